"""DSS's ports are closed to others as long as its first password, which everybody knows, is in force.

The rules are in a table of their own and are loaded at boot, before there is a network, until the ports are opened.
"""

from ..step import StepError
from ..steps import packet_filter
from ..steps.packages import install
from . import installation
from .dss_step import WITH_BACKEND, DSSStep
from .record import Record

TABLE = "dss_port"
RULES = "/etc/dss-platform/port-guard.nft"
UNIT = "dss-platform-port-guard.service"
UNIT_FILE = f"/etc/systemd/system/{UNIT}"
# DSS takes its port and the ten after it.
PORTS = 10
# Record of the step that gives the administrator another password.
ADMIN = "admin"

# An empty table of the name makes `delete` succeed the first time; nft loads a file as a whole or not at all.
_RULES = """table inet {table} {{
}}
delete table inet {table}
table inet {table} {{
  chain input {{
    type filter hook input priority -10; policy accept;
    iif lo accept
    tcp dport {first}-{last} counter drop
  }}
}}
"""

_UNIT = """[Unit]
Description=Keeps the ports of DSS closed until its first password is changed
DefaultDependencies=no
After=local-fs.target
Conflicts=shutdown.target
Before=network-pre.target shutdown.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={nft} -f {rules}
ExecReload={nft} -f {rules}

[Install]
WantedBy=multi-user.target
"""


class PortGuard(DSSStep):
    name = "port-guard"
    description = "nobody reaches DSS as long as its first password is in force"
    node_types = WITH_BACKEND

    def ensure(self, host, desired):
        if is_open(host, desired):
            return
        install(host, ["nftables"])
        port = desired["dss"]["port"]
        rules = _RULES.format(table=TABLE, first=port, last=port + PORTS)
        unit = _UNIT.format(nft=packet_filter.program(host), rules=RULES)
        packet_filter.keep_loaded(host, TABLE, (RULES, rules), (UNIT, unit))


class PortOpen(DSSStep):
    name = "port-open"
    description = "DSS's ports are open to whom the network lets in"
    node_types = WITH_BACKEND

    def ensure(self, host, desired):
        if not is_open(host, desired):
            raise StepError("the administrator's first password has not been changed", "see the step admin-password")
        if host.succeeds("nft", "list", "table", "inet", TABLE):
            host.run("nft", "delete", "table", "inet", TABLE)
            host.changed("opened the ports of DSS")
        if host.exists(UNIT_FILE):
            host.run("systemctl", "disable", "--now", "--quiet", UNIT)
            host.remove(RULES)
            # Last: it is what a run after a killed one knows its work by.
            host.remove(UNIT_FILE)
            host.run("systemctl", "daemon-reload")


def is_open(host, desired: dict) -> bool:
    """Whether the administrator of the DSS on this volume has a password of its own."""
    # The record may be of a data directory that is gone: the next one has the first password again.
    return bool(Record(host, desired).get(ADMIN)) and not installation.is_due(host, desired)
