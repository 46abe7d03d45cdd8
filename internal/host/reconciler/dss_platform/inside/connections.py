"""Connections: made, brought to their definitions, tried; those of ours that are no longer wanted are removed.

An S3 connection and its Athena connection name each other. So all are made first, without the names of those that are
not there yet, and get their definitions then.
"""

from .definitions import ensure_definition, forget
from .documents import plain, reveal
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
        ensure_definition(dss, f"connection {connection['name']}", handle.get_definition, handle.set_definition,
                          connection["definition"], memory, version=payload["version"])
    for name in unwanted(payload, memory):
        remove(dss, name)
        forget(memory, f"connection {name}")
        if name in memory.get("made", ()):
            memory["made"].remove(name)
    for name in names:
        warn_unless_it_works(dss, name)


def create(dss, connection: dict, absent: set) -> None:
    name, definition = connection["name"], plain(reveal(connection["definition"]))
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
