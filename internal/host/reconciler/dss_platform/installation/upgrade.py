"""The upgrade of DSS, as Dataiku's documentation has it: stop, snapshot, the new kit's installer on the old data
directory.

What the other steps make for a version (integrations, user isolation, boot unit, base images) they make again, because
their records have the version. A record on the volume says how far an upgrade is, so that it goes on after it was
killed, also on another instance.
"""

import json
import os
import re
import shutil
import time
import uuid

from ..step import StepError
from ..system import CommandFailed
from . import commands, holds, layout, service
from .record import Record

RECORD = "upgrade"
SNAPSHOT, MIGRATING, DONE = "snapshot", "migrating", "done"
# Finds the snapshot of an upgrade that was killed after it had asked for it.
TAG = "dss-platform:upgrade"
BOOT = "/etc/dss-platform/boot.conf"
INSTALLER_SECONDS = 3600
# A snapshot that cannot be made, as for want of rights on its key, fails within moments.
WATCH_SECONDS, WATCH_PAUSE = 60, 5


def pending(host, desired: dict):
    """The upgrade that has begun and not ended, or None."""
    state = Record(host, desired).get(RECORD)
    return state if state and state["phase"] in (SNAPSHOT, MIGRATING) else None


def refusal(installed, wanted: str, state):
    """(why, advice) when the wanted version cannot be reached from what there is, or None."""
    if state and state["phase"] == MIGRATING and state["to"] != wanted:
        return (f"the upgrade from DSS {state['from']} to {state['to']} has begun, and {wanted} is wanted now",
                f"set the version to {state['to']} and let it end; or make a new data volume from {state['snapshot']} "
                f"for {state['from']}")
    if installed and layout.numbers(wanted) < layout.numbers(installed):
        return (f"DSS {installed} is installed, and {wanted} is lower: DSS cannot go back",
                f"set the version to {installed} or later; or make a new data volume from a snapshot of DSS {wanted}")
    return None


def refuse_impossible(host, desired: dict) -> None:
    dss = desired["dss"]
    found = refusal(layout.installed_version(host, dss), dss["version"], pending(host, desired))
    if found:
        raise StepError(*found)


def run(host, desired: dict, installed: str) -> None:
    """Upgrades DSS, from the point at which an earlier run has left it."""
    refuse_impossible(host, desired)
    dss, record = desired["dss"], Record(host, desired)
    state = _begun(record, installed, dss["version"])
    service.stop(host, desired)
    holds.hold(host, desired, RECORD)
    if state["phase"] == SNAPSHOT:
        state = record.update(RECORD, snapshot=snapshot(host, desired, state))
        state = record.update(RECORD, phase=MIGRATING)
    migrate(host, desired, state)
    record.update("installation", state="installed", version=dss["version"], previous=state["from"],
                  dataDir=dss["dataDir"])
    record.update(RECORD, phase=DONE)
    holds.release(host, desired, RECORD)
    host.changed(f"upgraded DSS from {state['from']} to {dss['version']}")


def forget_unbegun(host, desired: dict) -> None:
    """Takes back an upgrade that has changed nothing yet; a volume that was made from its snapshot is in this state."""
    state = pending(host, desired)
    if state and state["phase"] == SNAPSHOT and state["to"] != desired["dss"]["version"]:
        Record(host, desired).set(RECORD, None)
        state = None
    if state is None:
        holds.release(host, desired, RECORD)


def _begun(record, installed: str, wanted: str) -> dict:
    state = record.get(RECORD)
    if state and state["phase"] == MIGRATING:
        return state
    if not state or state["phase"] == DONE or (state["from"], state["to"]) != (installed, wanted):
        state = {"id": uuid.uuid4().hex[:12], "from": installed, "to": wanted, "phase": SNAPSHOT}
        record.set(RECORD, state)
    return state


# The snapshot.

def snapshot(host, desired: dict, state: dict) -> str:
    """The id of the snapshot of this upgrade, which is asked for once. It has what was on the volume when it was asked
    for."""
    region = desired["dss"]["region"]
    host.run("sync", "-f", host.path(desired["volume"]["mountPoint"]), timeout=600)
    try:
        found = _existing(host, region, state["id"]) or _create(host, desired, state)
        _watch(host, region, state["id"], found)
    except CommandFailed as problem:
        raise StepError(f"no snapshot of the data volume, and without one no upgrade: {problem.why}",
                        "allow the host's role to create, tag and describe snapshots") from problem
    return found


def _existing(host, region: str, mark: str):
    for name, condition, _ in _described(host, region, mark):
        if condition != "error":
            return name
    return None


def _described(host, region: str, mark: str) -> list:
    """(id, state, what EC2 says about the state) of the snapshots of an upgrade."""
    said = host.run("aws", "ec2", "describe-snapshots", "--region", region, "--owner-ids", "self", "--filters",
                    f"Name=tag:{TAG},Values={mark}", "--query", "Snapshots[].[SnapshotId,State,StateMessage]",
                    "--output", "json", timeout=300)
    return [(one[0], one[1], "".join(filter(None, one[2:]))) for one in json.loads(said or "[]")]


def _watch(host, region: str, mark: str, name: str) -> None:
    """Looks for a while whether the snapshot fails. It holds what was on the volume when it was asked for, so one that
    is still being written is good enough: large volumes take hours."""
    until = time.monotonic() + WATCH_SECONDS
    while True:
        condition, said = next(((c, s) for found, c, s in _described(host, region, mark) if found == name), ("", ""))
        if condition == "error":
            raise StepError(f"snapshot {name} of the data volume has failed, and without one no upgrade{said and ': ' + said}",
                            "see whether the host's role may use the key of the volume, and the snapshot in EC2; the next "
                            "run takes another one")
        if condition == "completed" or time.monotonic() >= until:
            return
        time.sleep(WATCH_PAUSE)


def _create(host, desired: dict, state: dict) -> str:
    tags = {**(desired["dss"].get("snapshotTags") or {}), TAG: state["id"]}
    listed = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
    made = host.run(
        "aws", "ec2", "create-snapshot", "--region", desired["dss"]["region"], "--volume-id", volume_id(host),
        "--description", f"before the upgrade of DSS from {state['from']} to {state['to']}",
        "--tag-specifications", json.dumps([{"ResourceType": "snapshot", "Tags": listed}]),
        "--query", "SnapshotId", "--output", "text", timeout=300).strip()
    host.changed(f"took snapshot {made}")
    return made


def volume_id(host) -> str:
    found = re.search(r"^volume='?(vol-[0-9a-f]+)'?", host.read(BOOT, ""), re.M)
    if not found:
        raise StepError(f"{BOOT} does not name the data volume", "see `journalctl -u dss-platform-boot` on the host")
    return found.group(1)


# The migration.

def migrate(host, desired: dict, state: dict) -> None:
    """Has the wanted kit take over the data directory. It may be run again after it was killed."""
    data, back = desired["dss"]["dataDir"], ""
    if state.get("snapshot"):
        back = f"; to go back, make a new data volume from {state['snapshot']} for DSS {state['from']}"
    try:
        take_over(host, desired)
    except CommandFailed as problem:
        raise StepError(f"installer.sh -u: {problem.why}",
                        f"see {data}/run/install.log on the host, and run it again{back}") from problem
    found = layout.installed_version(host, desired["dss"])
    if found != desired["dss"]["version"]:
        raise StepError(f"installer.sh -u has ended, and {data} is of DSS {found}",
                        f"see {data}/run/install.log on the host{back}")


def take_over(host, desired: dict) -> None:
    """Runs the kit's installer on a data directory that exists. Port and licence are not given: the installer refuses
    them."""
    dss, record = desired["dss"], Record(host, desired)
    known = (record.get("installation") or {}).get("python")
    environment = host.path(f"{dss['dataDir']}/pyenv")
    if known not in (None, dss["python"]):
        # The installer would keep the environment that it finds, with the Python that it was made with.
        record.update("installation", python="")
        if os.path.isdir(environment):
            shutil.rmtree(environment + ".before", ignore_errors=True)
            os.rename(environment, environment + ".before")
    commands.as_user(
        host, desired, host.path(f"{layout.install_dir(dss)}/installer.sh"), "-d", host.path(dss["dataDir"]), "-u",
        "-y",
        "-P", dss["python"], timeout=INSTALLER_SECONDS, environment=java_environment(host))
    record.update("installation", python=dss["python"])
    shutil.rmtree(environment + ".before", ignore_errors=True)


def java_environment(host) -> dict:
    """The Java that DSS is to keep: a path that stays the same when the package is updated."""
    for home in ("/usr/lib/jvm/jre-17", "/usr/lib/jvm/jre-17-openjdk", "/usr/lib/jvm/java-17-openjdk"):
        if os.path.exists(host.path(f"{home}/bin/java")):
            return {"JAVA_HOME": home}
    return {}
