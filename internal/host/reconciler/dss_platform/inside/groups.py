"""Groups: made, brought to their definitions, and those of ours that are no longer wanted removed."""

from .definitions import ensure_definition, forget
from .documents import plain, reveal

# DSS needs it to have an administrator.
KEPT = {"administrators"}


def ensure(dss, payload: dict, memory: dict) -> None:
    names = [group["name"] for group in payload["groups"]]
    present = {group["name"] for group in dss.client.list_groups()}
    dss.claim(memory, "made", [name for name in names if name not in present])
    for group in payload["groups"]:
        create(dss, group["name"], plain(reveal(group["definition"])))
    for group in payload["groups"]:
        handle = dss.client.get_group(group["name"])
        ensure_definition(dss, f"group {group['name']}", handle.get_definition, handle.set_definition, group["definition"],
                          memory, version=payload["version"])
    for name in [one for one in memory.get("made", ()) if one not in names]:
        remove(dss, name)
        forget(memory, f"group {name}")
        memory["made"].remove(name)


def create(dss, name: str, definition: dict) -> None:
    def look():
        if any(group["name"] == name for group in dss.client.list_groups()):
            return None
        return lambda: dss.client.create_group(name, definition.get("description"), definition.get("sourceType", "LOCAL"))

    if dss.settle(look):
        dss.changed(f"made group {name}")


def remove(dss, name: str) -> None:
    def look():
        if name in KEPT or all(group["name"] != name for group in dss.client.list_groups()):
            return None
        return dss.client.get_group(name).delete

    if dss.settle(look):
        dss.changed(f"removed group {name}, which is not wanted any more")
