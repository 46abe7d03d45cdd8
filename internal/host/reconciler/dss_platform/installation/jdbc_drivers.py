"""JDBC drivers, each in a folder below DSS's data directory: a jar, or the jars of a zip."""

import os
import shutil
import zipfile

from ..step import StepError
from ..system import sha256_of
from . import archive, service
from .dss_step import WITH_BACKEND, DSSStep
from .record import Record

RECORD = "jdbc-drivers"


class JDBCDrivers(DSSStep):
    name = "jdbc-drivers"
    description = "DSS has the JDBC drivers that its connections name"
    node_types = WITH_BACKEND

    def ensure(self, host, desired):
        record = Record(host, desired)
        drivers = {driver["name"]: driver for driver in desired["dss"]["jdbcDrivers"]}
        for name, driver in drivers.items():
            try:
                ensure_driver(host, desired, driver)
            except StepError as failure:
                raise StepError(f"{name}: {failure.why}", failure.advice) from failure
        for name, entry in (record.get(RECORD) or {}).items():
            if name not in drivers:
                service.stop(host, desired)
                remove_files(host, desired, entry, ())
                record.set(RECORD, {key: value for key, value in record.get(RECORD).items() if key != name})
                host.changed(f"removed the JDBC driver {name}")


def ensure_driver(host, desired: dict, driver: dict) -> None:
    folder = folder_of(desired["dss"], driver)
    record = Record(host, desired)
    known = (record.get(RECORD) or {}).get(driver["name"], {})
    key = f"jdbc-{driver['name']}"
    entry = archive.known(host, desired, key, driver)
    if entry and known.get("archive") == entry["sha256"] and known.get("folder") == folder and _is_whole(host, known):
        return
    entry = archive.fetch(host, desired, key, driver, room=2.0)
    service.stop(host, desired)
    owner = host.account(desired["user"]["name"])[:2]
    # DSS's own folder below it, as lib, keeps its mode.
    if not host.exists(folder):
        host.folder(folder, owner=owner)
    with archive.on_trial(host, desired, [(key, driver)]):
        files = place(host, entry["file"], folder, owner)
    remove_files(host, desired, known, () if known.get("folder") != folder else files)
    record.update(RECORD, **{driver["name"]: {"archive": entry["sha256"], "folder": folder, "files": files}})
    host.changed(f"installed the JDBC driver {driver['name']} in {folder}")


def folder_of(dss: dict, driver: dict) -> str:
    parts = driver["folder"].split("/")
    if driver["folder"].startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise StepError(f"{driver['folder']!r} is no folder below DSS's data directory", "write it as lib/jdbc-athena")
    return f"{dss['dataDir']}/{driver['folder']}"


def place(host, source: str, folder: str, owner) -> dict:
    """Copies a jar, or the jars of a zip; returns name -> SHA-256 of what is there now."""
    files = {}
    if not source.endswith(".zip"):
        with open(host.path(source), "rb") as jar:
            files[os.path.basename(source)] = _copy(host, jar, f"{folder}/{os.path.basename(source)}", owner)
        return files
    try:
        with zipfile.ZipFile(host.path(source)) as packed:
            for member in packed.infolist():
                name = os.path.basename(member.filename)
                if name.endswith(".jar") and not name.startswith("."):
                    with packed.open(member) as jar:
                        files[name] = _copy(host, jar, f"{folder}/{name}", owner)
    except zipfile.BadZipFile as problem:
        raise StepError(f"{source} is no zip: {problem}", "correct the driver's address and checksum") from problem
    if not files:
        raise StepError(f"{source} has no jar", "correct the driver's address")
    return files


def _copy(host, jar, target: str, owner) -> str:
    with host.replacing(target, 0o644, owner) as incoming:
        with open(incoming, "wb") as out:
            shutil.copyfileobj(jar, out)
        return sha256_of(incoming)


def remove_files(host, desired: dict, known: dict, kept) -> None:
    for name in known.get("files", {}):
        if name not in kept:
            path = host.path(f"{known['folder']}/{name}")
            if os.path.exists(path):
                os.unlink(path)


def _is_whole(host, known: dict) -> bool:
    return all(host.digest(f"{known['folder']}/{name}") == digest for name, digest in known["files"].items())
