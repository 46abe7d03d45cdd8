"""DSS's data directory: made by the kit's installer, taken over by the kit of another version, or left as it is."""

import os
import shutil
import time

from ..step import StepError
from ..system import CommandFailed
from . import commands, database_copy, holds, layout, license, service, upgrade
from .dss_step import DSSStep
from .kit import make_traversable
from .record import Record

RECORD = "installation"
INSTALLING, INSTALLED = "installing", "installed"


class Installation(DSSStep):
    name = "installation"
    description = "DSS is installed in its data directory, at the wanted version"
    advice = "see run/install.log in DSS's data directory on the host"

    def ensure(self, host, desired):
        dss, record = desired["dss"], Record(host, desired)
        license.discard(host)
        check_place(host, desired)
        installed = layout.installed_version(host, dss)
        upgrade.forget_unbegun(host, desired)
        make_traversable(host, desired, dss["dataDir"])
        if is_due(host, desired):
            install(host, desired)
        elif installed != dss["version"] or upgrade.pending(host, desired):
            upgrade.run(host, desired, installed)
        check_node_type(host, dss)
        known = record.get(RECORD) or {}
        if known.get("state") != INSTALLED:
            record.set(RECORD, {"state": INSTALLED, "version": dss["version"], "previous": known.get("previous"),
                                "python": dss["python"], "dataDir": dss["dataDir"]})
        reattach(host, desired)


def check_place(host, desired: dict) -> None:
    """Refuses a data directory that DSS would refuse, or that is not where DSS's data are."""
    dss, mount = desired["dss"], desired["volume"]["mountPoint"]
    data = dss["dataDir"]
    if data == mount or not data.startswith(mount + "/"):
        raise StepError(f"{data} is no folder below {mount}",
                        f"choose a folder below {mount}: the top of a volume is never empty")
    if f"{data}/".startswith(f"{dss['kitsDir']}/") or f"{dss['kitsDir']}/".startswith(f"{data}/"):
        raise StepError(f"data directory {data} and kits {dss['kitsDir']} are inside each other", "keep them apart")
    part = data
    while len(part) > len(mount):
        if os.path.islink(host.path(part)):
            raise StepError(f"{part} is a symbolic link, which DSS does not support in its data directory",
                            "put a folder there")
        part = os.path.dirname(part)
    known = Record(host, desired).get(RECORD) or {}
    if known.get("state") == INSTALLED and known.get("dataDir", data) != data:
        raise StepError(f"DSS's data are in {known['dataDir']}, and {data} is wanted",
                        f"set the data directory to {known['dataDir']}")


def check_node_type(host, dss: dict) -> None:
    """Refuses a node of another type. A deployer calls itself an automation node, without projects."""
    found = layout.install_ini(host, dss)
    known = found.get("general", {}).get("nodetype", "design")
    if known == "automation" and found.get("modules", {}).get("projects", "").lower() == "false":
        known = "deployer"
    if known != dss["nodeType"] and not (dss["nodeType"] == "deployer" and known == "automation"):
        raise StepError(f"{dss['dataDir']} is of the node type {known}, and {dss['nodeType']} is wanted",
                        "a node keeps its type: set it back, or use another data volume")


# The first installation.

def is_due(host, desired: dict) -> bool:
    """Whether there is no DSS in the data directory: neither a whole one, nor one that an upgrade is at work on."""
    if layout.installed_version(host, desired["dss"]) is not None:
        return False
    pending = upgrade.pending(host, desired)
    return not (pending and pending["phase"] == upgrade.MIGRATING and entries_of(host, desired["dss"]["dataDir"]))


def entries_of(host, folder: str) -> list:
    """What is in a folder; nothing where there is no folder."""
    return os.listdir(host.path(folder)) if host.exists(folder) else []


def install(host, desired: dict) -> None:
    dss, record = desired["dss"], Record(host, desired)
    clear_place(host, desired)
    if not host.has_command(dss["python"]):
        raise StepError(f"there is no {dss['python']} for DSS's own environment",
                        f"put the package {dss['python']} on the list of packages")
    text = license.text_of(host, desired) if license.is_wanted(dss) else None
    forget_former(host, desired)
    record.set(RECORD, {"state": INSTALLING, "version": dss["version"], "dataDir": dss["dataDir"]})
    # Made here, because the DSS user may not make folders at the top of the volume.
    if not host.exists(dss["dataDir"]):
        host.folder(dss["dataDir"], mode=0o711, owner=host.account(desired["user"]["name"])[:2])
    words = ["-d", host.path(dss["dataDir"]), "-p", str(dss["port"]), "-t", dss["nodeType"], "-P", dss["python"], "-y"]
    try:
        if text is None:
            run_installer(host, desired, words)
        else:
            with license.handed_over(host, desired, text) as path:
                run_installer(host, desired, [*words, "-l", path])
    except CommandFailed as problem:
        raise StepError(f"installer.sh: {problem.why}",
                        f"see {dss['dataDir']}/run/install.log on the host") from problem
    found = layout.installed_version(host, dss)
    if found != dss["version"]:
        raise StepError(f"installer.sh has ended, and {dss['dataDir']} has {'DSS ' + found if found else 'no DSS'}",
                        f"see {dss['dataDir']}/run/install.log on the host")
    if text is not None:
        license.remember(host, desired, text)
    host.changed(f"installed DSS {dss['version']} in {dss['dataDir']}")


def run_installer(host, desired: dict, words: list) -> None:
    commands.as_user(host, desired, host.path(f"{layout.install_dir(desired['dss'])}/installer.sh"), *words,
                     timeout=upgrade.INSTALLER_SECONDS, environment=upgrade.java_environment(host))


def forget_former(host, desired: dict) -> None:
    """Forgets the data directory that was here before: what was done to it, and what it was held back for."""
    database_copy.begin_anew(host, desired)
    Record(host, desired).forget_data_directory()
    for who in (upgrade.RECORD, RECORD):
        holds.release(host, desired, who)


def clear_place(host, desired: dict) -> None:
    """Makes room for the installer, which wants no folder or an empty one. Only what it has left itself goes."""
    data = desired["dss"]["dataDir"]
    known = Record(host, desired).get(RECORD) or {}
    entries = entries_of(host, data)
    if known.get("state") == INSTALLED:
        raise StepError(f"DSS {known.get('version')} was installed in {data}, and is not there any more",
                        "put the data directory back from a snapshot of the volume; to begin anew, remove "
                        f"{Record(host, desired).folder}/{RECORD}.json")
    if not entries:
        return
    if layout.IN_PROGRESS not in entries:
        raise StepError(f"{data} is not empty and holds no DSS ({', '.join(sorted(entries)[:3])})",
                        "choose another data directory, or empty this one")
    if known.get("state") == INSTALLING and known.get("dataDir") == data:
        # We began it, and DSS never ran: nobody's data are in there.
        shutil.rmtree(host.path(data))
        host.changed(f"removed what an installation that was cut off has left in {data}")
        return
    aside = f"{data}.unfinished-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    os.rename(host.path(data), host.path(aside))
    host.warn(f"{data} had an installation that somebody else began: it is in {aside} now")
    host.changed(f"moved {data} to {aside}")


# What keeps an installation usable.

def reattach(host, desired: dict) -> None:
    """Runs the installer again where the data directory runs from another folder, or with another Python, than is
    wanted."""
    dss = desired["dss"]
    attached = layout.attached_kit(host, dss)
    moved = bool(attached) and attached != host.path(layout.install_dir(dss))
    if not moved and (Record(host, desired).get(RECORD) or {}).get("python") in (None, dss["python"]):
        holds.release(host, desired, RECORD)
        return
    service.stop(host, desired)
    holds.hold(host, desired, RECORD)
    upgrade.migrate(host, desired, {"from": dss["version"]})
    holds.release(host, desired, RECORD)
    host.changed(f"attached {dss['dataDir']} to {layout.install_dir(dss)} with {dss['python']}")
