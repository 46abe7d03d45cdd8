"""DSS's own files of settings: install.ini, env-site.sh and dip.properties. What the administrator wrote into them
stays."""

import json
import os
import shlex

from ..step import StepError
from ..system import CommandFailed
from . import assignments, ini, ledger, service
from .commands import dssadmin
from .dss_step import ALL, DSSStep
from .record import Record

RECORD = "configuration"
BEGIN, END = "# dss-platform: begin", "# dss-platform: end"
ADDRESS = "@privateAddress"
INSTANCE_DATA = "/run/cloud-init/instance-data.json"


class Configuration(DSSStep):
    name = "configuration"
    description = "DSS's install.ini, environment and properties are as wanted"
    node_types = ALL

    def ensure(self, host, desired):
        install_ini(host, desired)
        environment(host, desired)
        properties(host, desired)


# install.ini

def wanted_ini(dss: dict) -> dict:
    """Section -> key -> value: what is asked for, and the port. Keys as DSS's reader has them."""
    sections = {name: {key.lower(): value for key, value in values.items()}
                for name, values in dss["installIni"].items()}
    sections["server"] = {**sections.get("server", {}), "port": str(dss["port"])}
    return sections


def install_ini(host, desired: dict) -> None:
    """Merges into install.ini, and has DSS make the files that it derives from it."""
    record, path = Record(host, desired), f"{desired['dss']['dataDir']}/install.ini"
    text, wanted = host.read(path, ""), wanted_ini(desired["dss"])
    known = record.get(RECORD) or {}
    changes, before = {}, {}
    for section in sorted({*wanted, *known.get("ini", {})}):
        changes[section], before[section] = ledger.plan(
            ini.parsed(text).get(section, {}), wanted.get(section, {}), known.get("ini", {}).get(section, {}))
    changed = any(changes.values())
    if not changed and known.get("regenerated"):
        return
    # A run that was killed between the two has changed the file; else the installer has made what is derived from it.
    cut_off = known.get("regenerated") is False
    if changed or cut_off:
        service.stop(host, desired)
        # What was there before is known before anything changes; what is not wanted any more is forgotten only
        # afterwards.
        both = {name: {**before[name], **known.get("ini", {}).get(name, {})} for name in before}
        record.update(RECORD, ini=both, regenerated=False)
        _write(host, desired, path, ini.merged(text, changes))
        dssadmin(host, desired, "regenerate-config")
    record.update(RECORD, ini={name: keys for name, keys in before.items() if keys}, regenerated=True)


def _write(host, desired, path: str, text: str, mode: int = 0o600) -> bool:
    """Writes a file of the DSS user, with the mode that it has."""
    if host.exists(path):
        mode = os.stat(host.path(path)).st_mode & 0o7777
    return host.write(path, text, mode=mode, owner=host.account(desired["user"]["name"])[:2])


# env-site.sh

def environment(host, desired: dict) -> None:
    """A block at the end of env-site.sh, which DSS reads when it starts."""
    path = f"{desired['dss']['dataDir']}/bin/env-site.sh"
    values = {name: private_address(host) if value == ADDRESS else value
              for name, value in desired["dss"]["environment"].items()}
    text = host.read(path, "")
    wanted = with_block(text,
                        "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(values.items())))
    if text != wanted:
        service.ask_restart(host, "its environment changed")
        _write(host, desired, path, wanted, 0o644)


def with_block(text: str, content: str) -> str:
    """A text with our block at its end, so that it counts more than the rest; without content there is none."""
    kept, inside = [], False
    for line in text.splitlines():
        if line in (BEGIN, END):
            inside = line == BEGIN
        elif not inside:
            kept.append(f"{line}\n")
    return "".join(kept) + (f"{BEGIN}\n{content}{END}\n" if content else "")


def private_address(host) -> str:
    """The host's private IPv4 address: what cloud-init was told by EC2, or else what it reaches the metadata service
    from."""
    try:
        found = json.loads(host.read(INSTANCE_DATA, "") or "{}")["ds"]["meta_data"]["local-ipv4"]
        if found:
            return found
    except (ValueError, KeyError, TypeError):
        pass
    try:
        words = host.run("ip", "-4", "-o", "route", "get", "169.254.169.254", timeout=30).split()
        return words[words.index("src") + 1]
    except (CommandFailed, ValueError, IndexError) as problem:
        raise StepError("the host's private address is not known", f"see {INSTANCE_DATA} on the host") from problem


# dip.properties

def properties(host, desired: dict) -> None:
    """Keys of config/dip.properties, which DSS reads when it starts."""
    record, path = Record(host, desired), f"{desired['dss']['dataDir']}/config/dip.properties"
    wanted, known = desired["dss"]["properties"], (record.get(RECORD) or {}).get("properties", {})
    text = host.read(path, "")
    changes, before = ledger.plan(assignments.properties(text), wanted, known)
    if changes:
        service.ask_restart(host, "its properties changed")
        record.update(RECORD, properties={**before, **known})
        _write(host, desired, path, assignments.with_properties(text, changes))
    if before != known:
        record.update(RECORD, properties=before)
