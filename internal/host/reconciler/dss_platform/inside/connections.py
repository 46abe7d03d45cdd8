"""Connections: made, brought to their definitions, tried; those of ours that are no longer wanted are removed.

An S3 connection and its Athena connection name each other. So all are made first, without the names of those that are
not there yet, and get their definitions then.

Beside its `definition` a connection may have an `unverified` one, with keys that nobody has seen on a running DSS. It
is merged and compared as well, but what DSS drops of it is a warning.
"""

import re

from .definitions import WARN, Definition, Layer, forget
from .documents import merge, plain, reveal
from .session import DSSError

S3 = "EC2"
# What S3 says of a bucket that is not there. A bare 404 may be about a folder, which nobody has written to yet.
NO_BUCKET = re.compile(r"NoSuchBucket|specified bucket does not exist", re.I)


def ensure(dss, payload: dict, memory: dict) -> None:
    names = [connection["name"] for connection in payload["connections"]]
    present = set(dss.client.list_connections())
    absent = [name for name in names if name not in present]
    dss.claim(memory, "made", absent)
    for connection in payload["connections"]:
        if connection["name"] in absent:
            create(dss, connection, set(absent))
    for connection in payload["connections"]:
        handle = dss.client.get_connection(connection["name"])
        Definition(dss, f"connection {connection['name']}", handle.get_definition, handle.set_definition,
                   layers(connection), memory, payload["version"]).ensure()
    for name in unwanted(payload, memory):
        remove(dss, name)
        forget(memory, f"connection {name}")
        if name in memory.get("made", ()):
            memory["made"].remove(name)
    try_all(dss, payload["connections"])


def layers(connection: dict) -> list:
    """What a connection shall be. What was asked for by name comes last, and has the last word."""
    unverified = connection.get("unverified")
    guessed = [Layer(unverified, dropped=WARN, source="unverified")] if unverified else []
    return [*guessed, Layer(connection["definition"])]


def create(dss, connection: dict, absent: set) -> None:
    name = connection["name"]
    definition = plain(merge(reveal(connection.get("unverified", {})), reveal(connection["definition"])))
    params = {key: value for key, value in definition.get("params", {}).items()
              if not (isinstance(value, str) and value in absent)}

    def look():
        if name in dss.client.list_connections():
            return None
        return lambda: dss.client.create_connection(
            name, definition["type"], params, definition.get("usableBy", "ALL"), definition.get("allowedGroups"),
            definition.get("description"))

    if dss.settle(look):
        dss.changed(f"made connection {name}")


def unwanted(payload: dict, memory: dict) -> list:
    """Those of ours that are no longer wanted, and those that shall not be there whoever made them."""
    wanted = {connection["name"] for connection in payload["connections"]}
    candidates = [*memory.get("made", ()), *payload.get("removedConnections", ())]
    return [name for name in dict.fromkeys(candidates) if name not in wanted]


def remove(dss, name: str) -> None:
    def look():
        return dss.client.get_connection(name).delete if name in dss.client.list_connections() else None

    if dss.settle(look):
        dss.changed(f"removed connection {name}")


def try_all(dss, connections: list) -> None:
    """Has DSS test the connections. What may be right in a moment, or is right for others, is a warning; a bucket that does not
    exist is a wrong name."""
    absent = []
    for connection in connections:
        said = problem_of(dss, connection["name"])
        if said and connection["definition"].get("type") == S3 and NO_BUCKET.search(said):
            absent.append(connection)
        elif said:
            dss.warn(f"connection {connection['name']} {said}")
    if absent:
        what = "; ".join(f"connection {one['name']}: bucket {bucket_of(one)} does not exist" for one in absent)
        raise DSSError(what, advice="correct the connection's `bucket`, or create the bucket and run again")


def problem_of(dss, name: str) -> str:
    """Why a connection does not work, or nothing."""
    try:
        result = dss.client.get_connection(name).test()
    except DSSError as problem:
        return f"cannot be tested: {problem}"
    if result.get("connectionOK"):
        return ""
    said = result.get("connectionErrorMsg") or result.get("detailedMessage") or result.get("message") or "no message"
    return f"does not work: {said}"


def bucket_of(connection: dict) -> str:
    return connection["definition"].get("params", {}).get("chbucket") or "(none is named)"
