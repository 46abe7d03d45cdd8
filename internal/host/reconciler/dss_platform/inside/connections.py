"""Connections: made, brought to their definitions, tried; those of ours that are no longer wanted are removed.

An S3 connection and its Athena connection name each other. So all are made first, without the names of those that are
not there yet, and get their definitions then.

Beside its `definition` a connection may have an `unverified` one, with keys that nobody has seen on a running DSS. It
is merged and compared as well, but what DSS drops of it is a warning.
"""

from .definitions import WARN, Definition, Layer, forget
from .documents import merge, plain, reveal
from .session import DSSError


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
    for name in names:
        warn_unless_it_works(dss, name)


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


def warn_unless_it_works(dss, name: str) -> None:
    try:
        result = dss.client.get_connection(name).test()
    except DSSError as problem:
        dss.warn(f"connection {name} cannot be tested: {problem}")
        return
    if not result.get("connectionOK"):
        said = result.get("connectionErrorMsg") or result.get("detailedMessage") or result.get("message") or "no message"
        dss.warn(f"connection {name} does not work: {said}")
