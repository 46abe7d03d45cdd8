"""DSS as a unit of systemd, by DSS's own script, and the cgroups that it makes before DSS starts."""

import re

from ..step import StepError
from ..system import CommandFailed
from . import assignments, commands, holds, layout, ledger, service
from .dss_step import ALL, DSSStep

KNOWN = "dss-boot-unit"
VARIABLES = "dss-boot-variables"


class BootUnit(DSSStep):
    name = "boot-unit"
    description = "DSS starts with the host, as a unit of systemd"
    node_types = ALL

    def ensure(self, host, desired):
        dss = desired["dss"]
        configuration = f"/etc/dataiku/{layout.install_id(host, dss)}/dataiku-boot.conf"
        before = assignments.variables(host.read(configuration, ""))
        fingerprint = {"kit": layout.install_dir(dss), "dataDir": dss["dataDir"], "user": desired["user"]["name"]}
        if host.recall(KNOWN) != fingerprint or not host.exists(unit_file(desired)) or not host.exists(configuration):
            run_script(host, desired)
            host.remember(KNOWN, fingerprint)
            host.changed(f"made {service.unit(desired)}")
        set_variables(host, configuration, dss["boot"], before)
        drop_in = f"{unit_file(desired)}.d/10-dss-platform.conf"
        host.unit(drop_in, _DROP_IN.format(mount=desired["volume"]["mountPoint"], holds=holds.folder(desired)))
        if not host.succeeds("systemctl", "is-enabled", "--quiet", service.unit(desired)):
            host.run("systemctl", "enable", "--quiet", service.unit(desired))
            host.changed(f"enabled {service.unit(desired)}")


_DROP_IN = """[Unit]
RequiresMountsFor={mount}
Wants=network-online.target
After=network-online.target docker.service postgresql.service
ConditionDirectoryNotEmpty=!{holds}
"""


def unit_file(desired: dict) -> str:
    return f"/etc/systemd/system/{service.unit(desired)}"


def run_script(host, desired: dict) -> None:
    dss = desired["dss"]
    name = dss.get("instanceName", "")
    script = f"{layout.install_dir(dss)}/scripts/install/install-boot.sh"
    try:
        commands.as_root(host, desired, host.path(script), *(["-n", name] if name else []), host.path(dss["dataDir"]),
                         desired["user"]["name"], timeout=600)
    except CommandFailed as problem:
        raise StepError(f"install-boot.sh: {problem.why}",
                        f"run {script} on the host, and see what it says") from problem
    if not host.exists(unit_file(desired)):
        raise StepError(f"install-boot.sh has made no {unit_file(desired)}",
                        "DSS of version 13 and later makes a unit of systemd: see whether the version is one of these")
    host.run("systemctl", "daemon-reload")


def set_variables(host, path: str, wanted: dict, before: dict) -> None:
    """Merges into dataiku-boot.conf. DSS's script writes it anew, so what others had set in it is put back."""
    text, known = host.read(path, ""), host.recall(VARIABLES) or {}
    current = assignments.variables(text)
    own = {key for key in before if re.fullmatch(r"DSS_(DATADIR|USER)", key)}
    foreign = {key: value for key, value in before.items()
               if key not in own and key not in known and current.get(key) != value}
    changes, remembered = ledger.plan({**current, **foreign}, wanted, known)
    changes = {**foreign, **changes}
    if changes:
        # The cgroups are made when the unit starts.
        service.ask_restart(host, "its cgroups changed")
        host.remember(VARIABLES, {**remembered, **known})
        host.write(path, assignments.with_variables(text, changes))
    if remembered != known:
        host.remember(VARIABLES, remembered)
