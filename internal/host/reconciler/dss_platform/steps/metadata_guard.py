"""Keeps the credentials of the instance's role from everyone but root and the DSS user.

Code that DSS runs for other users, and containers, would otherwise read the role's keys from the metadata service. Hop limits
stop bridged containers only. The rules are in a table of their own, hook in before Docker's and a firewall's, and are
loaded at boot before there is a network.
"""

from ..step import Step
from . import packet_filter
from .packages import install

TABLE = "dss_metadata"
RULES = "/etc/dss-platform/metadata-guard.nft"
UNIT = "dss-platform-metadata-guard.service"

# An empty table of the name makes `delete` succeed the first time; nft loads a file as a whole or not at all.
_RULES = """table inet {table} {{
}}
delete table inet {table}
table inet {table} {{
  chain output {{
    type filter hook output priority -10; policy accept;
    ip daddr 169.254.169.254 meta skuid != {{ {allowed} }} counter reject
    ip6 daddr fd00:ec2::254 meta skuid != {{ {allowed} }} counter reject
  }}
  chain forward {{
    type filter hook forward priority -10; policy accept;
    ip daddr 169.254.169.254 counter reject
    ip6 daddr fd00:ec2::254 counter reject
  }}
}}
"""

_UNIT = """[Unit]
Description=Keeps the instance's credentials from users other than root and DSS
DefaultDependencies=no
After=local-fs.target
Conflicts=shutdown.target
Before=network-pre.target docker.service shutdown.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={nft} -f {rules}
ExecReload={nft} -f {rules}

[Install]
WantedBy=multi-user.target
"""


class MetadataGuard(Step):
    name = "metadata-guard"
    description = "only root and the DSS user reach the instance's metadata service"

    def wanted(self, desired):
        return desired["metadataGuard"]["enabled"]

    def ensure(self, host, desired):
        install(host, ["nftables"])
        uid = host.account(desired["user"]["name"])[0]
        allowed = sorted({0, uid, *desired["metadataGuard"]["allowedUIDs"]})
        rules = _RULES.format(table=TABLE, allowed=", ".join(str(u) for u in allowed))
        unit = _UNIT.format(nft=packet_filter.program(host), rules=RULES)
        packet_filter.keep_loaded(host, TABLE, (RULES, rules), (UNIT, unit))
