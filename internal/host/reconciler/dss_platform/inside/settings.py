"""General settings: the template's documents, then the overlays, in one read-modify-write.

The step `defaults` has the same form; it comes after the clusters, because it names one.
"""

import copy

from .definitions import Definition, Layer
from .documents import elements, holder_of, value_at

# What DSS reads when it starts.
NEEDS_RESTART = ("metastoreCatalogsSettings", "cgroupSettings")

# What names a cluster or a configuration, or says how it is chosen. It is removed when nothing sets it any more, because what it
# names may be gone. Other keys keep their last value: what they were before, nobody knows.
NAMES = ("defaultK8sClusterId", "useImplicitK8sCluster", "containerSettings.defaultExecutionConfig")


def ensure(dss, payload: dict, memory: dict) -> None:
    layers = [Layer(with_cluster_ids(dss, one["document"]), one.get("lists"), one.get("dropped", "fail"), one.get("source", ""))
              for one in payload["settings"]]
    definition = Definition(dss, "general settings", lambda: dss.client.get_general_settings().get_raw(),
                            lambda document: write(dss, document, memory), layers, memory, payload["version"])
    wanted = {(path, one) for layer in layers for path, ones in elements(layer.document, layer.lists).items() for one in ones}
    # Lists that no document names any more are still known by what was made in them.
    keys = memory.setdefault("lists", {})
    keys.update(definition.lists)
    stale = {path: key for path, key in keys.items() if path not in definition.lists}
    if stale:
        layers.append(Layer({}, stale))
    gone = [(path, one) for path, one in map(tuple, memory.get("made", ())) if (path, one) not in wanted]
    for path, one in gone:
        definition.gone.setdefault(path, []).append(one)

    names = {path: value_at(layer.document, path) for layer in layers for path in NAMES if is_in(layer.document, path)}
    ours = memory.setdefault("names", {})
    definition.unset = {path: values for path, values in ours.items() if path not in names}

    def before_write(found, paths):
        claim_names(dss, ours, {path: value for path, value in names.items() if value_at(found, path) != value})
        present = elements(found, definition.lists)
        dss.claim(memory, "made", sorted([path, one] for path, one in wanted if one not in present.get(path, ())))
        note_restart(dss, memory, paths)

    definition.ensure(before_write)
    # Nothing is left to write: what a killed run, or one whose answer was lost, has written takes effect as well.
    ask_noted_restart(dss, memory)
    memory["made"] = [[path, one] for path, one in map(tuple, memory.get("made", ())) if (path, one) in wanted]
    memory["names"] = {path: [names[path]] for path in ours if path in names}
    memory["lists"] = {path: key for path, key in keys.items() if path not in stale}


def is_in(document: dict, path: str) -> bool:
    return path.rpartition(".")[2] in (holder_of(document, path) or {})


def claim_names(dss, ours: dict, names: dict) -> None:
    """Has the values kept before they are written, beside earlier ones that may still be there: only ours are removed later."""
    fresh = {path: value for path, value in names.items() if value not in ours.get(path, ())}
    for path, value in fresh.items():
        ours.setdefault(path, []).append(value)
    if fresh:
        dss.again()


def write(dss, document: dict, memory: dict) -> None:
    settings = dss.client.get_general_settings()
    settings.settings = document
    settings.save()
    ask_noted_restart(dss, memory)


def note_restart(dss, memory: dict, paths: list) -> None:
    """Remembers before the write that DSS has to be restarted after it: a run that is killed in between must not forget it."""
    parts = [part for part in NEEDS_RESTART if any(path == part or path.startswith(f"{part}.") for path in paths)]
    if parts and memory.get("restartFor") != parts:
        memory["restartFor"] = parts
        dss.again()


def ask_noted_restart(dss, memory: dict) -> None:
    """Asks for the restart after the write: DSS may have been restarted between a killed run and this one."""
    parts = memory.pop("restartFor", None)
    if parts:
        dss.ask_restart(f"{', '.join(parts)} changed in the general settings")


def with_cluster_ids(dss, document: dict) -> dict:
    """The document with the id of the default cluster in place of its name, which DSS may have made another one from."""
    name = document.get("defaultK8sClusterId")
    if not isinstance(name, str):
        return document
    ids = [cluster["id"] for cluster in dss.client.list_clusters() if cluster.get("name") == name]
    return {**copy.deepcopy(document), "defaultK8sClusterId": ids[0]} if ids else document
