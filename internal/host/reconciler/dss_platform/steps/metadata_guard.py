"""Keeps the credentials of the instance's role from everyone but root and the DSS user.

Code that DSS runs for other users, and containers, would otherwise read the role's keys from the metadata service. Hop limits
stop bridged containers only. The rules are in a table of their own, hook in before Docker's and a firewall's, and are
loaded at boot before there is a network.
"""

from ..step import Step
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

_UNIT = f"""[Unit]
Description=Keeps the instance's credentials from users other than root and DSS
DefaultDependencies=no
After=local-fs.target
Conflicts=shutdown.target
Before=network-pre.target docker.service shutdown.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {RULES}
ExecReload=/usr/sbin/nft -f {RULES}

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
        changed = host.write(RULES, rules, mode=0o600)
        nft = "/usr/sbin/nft" if host.exists("/usr/sbin/nft") or not host.exists("/usr/bin/nft") else "/usr/bin/nft"
        changed = host.unit(f"/etc/systemd/system/{UNIT}", _UNIT.replace("/usr/sbin/nft", nft)) or changed
        # Somebody may have emptied the kernel's rules behind the unit's back.
        loaded = host.succeeds("nft", "list", "table", "inet", TABLE)
        host.service(UNIT, restart=changed or not loaded)
