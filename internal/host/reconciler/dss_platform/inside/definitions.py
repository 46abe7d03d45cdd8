"""Brings one document of DSS to what is wanted: read, merge, write, and read back.

DSS answers 200 to keys that it does not know, and drops them; and it has no locks. So the document is read right before it
is written, and every key that was set is compared afterwards.
"""

from .documents import (DROPPED, WRITTEN, Ciphertexts, differences, digest, elements, holder_of, merge, plain, reveal, secrets_of,
                        value_at, without)
from .session import DSSError

FAIL, WARN = "fail", "warn"
# How many differences a message lists.
LISTED = 8


class Layer:
    """A wanted document. A later layer overrides an earlier one; `source` is its name in messages."""

    def __init__(self, document: dict, lists=None, dropped: str = FAIL, source: str = ""):
        self.document, self.lists, self.dropped, self.source = reveal(document), lists or {}, dropped, source


class Definition:
    """One document of DSS: how it is read and written, and what it shall be."""

    def __init__(self, dss, what: str, read, save, layers: list, memory: dict, version: str = ""):
        self.dss, self.what, self.read, self.save, self.layers, self.memory = dss, what, read, save, layers, memory
        self.version = version
        self.known = Ciphertexts(memory.setdefault("secrets", {}).setdefault(what, {}))
        # Elements of lists that we made before and that are not wanted any more: path -> identities.
        self.gone = {}
        # Keys that we set before and that no layer names any more: path -> values that were ours.
        self.unset = {}

    @property
    def lists(self) -> dict:
        return {path: key for layer in self.layers for path, key in layer.lists.items()}

    def target(self, found: dict):
        """What the document shall be. Secrets in it are still [Secret]s."""
        wanted = without(found, self.gone, self.lists)
        for path in self._ours(found):
            holder, key = holder_of(wanted, path), path.rpartition(".")[2]
            # DSS has no boolean that is absent.
            holder[key] = False if holder[key] is True else None
        for layer in self.layers:
            wanted = merge(wanted, layer.document, layer.lists)
        return wanted

    def differences(self, found: dict, known) -> list:
        """The (difference, layer) of all keys that are not as the layers, taken together, want them."""
        target, seen = self.target(found), []
        for layer in self.layers:
            overridden = [d.path for d in differences(target, layer.document, layer.lists)]
            seen += [(d, layer) for d in differences(found, layer.document, layer.lists, known)
                     if not any(_related(d.path, path) for path in overridden)]
        return seen

    def ensure(self, before_write=lambda found, paths: None) -> bool:
        """Makes it so; True when something was written. `before_write` sees what is there, and the paths that will change: those
        that are set, and those that are removed."""
        found, first = {}, []

        def look():
            found["now"] = self.read()
            paths, obsolete = self._pending(found["now"]), self._obsolete(found["now"])
            if not paths and not obsolete:
                return None
            before_write(found["now"], paths + obsolete)
            if not first:
                first.extend(([f"set {_listed(paths)}"] if paths else []) + ([f"removed {_listed(obsolete)}"] if obsolete else []))
            return lambda: self.save(plain(self.target(found["now"])))

        wrote = self.dss.settle(look)
        if wrote:
            self.dss.changed(f"{self.what}: {', '.join(first)}")
            found["now"] = self.read()
            self._learn(found["now"])
        self._report(self.differences(found["now"], WRITTEN if wrote else self.known))
        return wrote

    def is_to_be_written(self, found: dict) -> bool:
        """Whether [ensure] would write, if this is there."""
        return bool(self._pending(found) or self._obsolete(found))

    def _pending(self, found: dict) -> list:
        """The paths that are to be set."""
        return list(dict.fromkeys(d.path for d, _ in self.differences(found, self.known) if not self._is_accepted(d)))

    def _ours(self, found: dict) -> list:
        """The keys that still have a value of ours which is no longer wanted. Another value is somebody's own choice."""
        return [path for path, values in self.unset.items() if value_at(found, path) in [v for v in values if v not in (None, False)]]

    def _obsolete(self, found: dict) -> list:
        """The keys and elements that are to be removed."""
        present = elements(found, self.lists)
        return self._ours(found) + [f"{path}[{one}]" for path, ones in self.gone.items() for one in ones if one in present.get(path, ())]

    # What this version of DSS is known to drop, or to make another value of, is not written again at every run.

    def _is_accepted(self, difference) -> bool:
        noted = self.memory.get("dropped", {}).get(self.what, {})
        return noted.get(difference.path) == self._note(difference)

    def _note(self, difference) -> list:
        made = [] if difference.kind == DROPPED else [digest(difference.found)]
        return [digest(difference.wanted), self.version, *made]

    def _learn(self, found: dict) -> None:
        """Remembers what DSS gives back for our secrets."""
        for layer in self.layers:
            for path, secret, have in secrets_of(found, layer.document, layer.lists):
                if have is not None:
                    self.known.learn(path, secret, have)

    def _report(self, left: list) -> None:
        """Tells what is still not as it is wanted, and remembers what DSS dropped."""
        noted = {d.path: self._note(d) for d, of in left if d.kind == DROPPED or of.dropped == WARN}
        self.memory.setdefault("dropped", {})[self.what] = noted
        if not noted:
            del self.memory["dropped"][self.what]
        for layer in self.layers:
            dropped = [d.path for d, of in left if of is layer and d.kind == DROPPED]
            others = [repr(d) for d, of in left if of is layer and d.kind != DROPPED]
            if dropped and layer.dropped == WARN:
                self.dss.warn(f"{self.what}: DSS dropped {_listed(dropped)}{_from(layer)}")
            if others and layer.dropped == WARN:
                self.dss.warn(f"{self.what}: {'; '.join(others[:LISTED])}{_from(layer)}")
        failing = [(d, of) for d, of in left if of.dropped == FAIL]
        if not failing:
            return
        dropped = [d.path for d, _ in failing if d.kind == DROPPED]
        others = [repr(d) for d, _ in failing if d.kind != DROPPED]
        said = ([f"DSS dropped {_listed(dropped)}"] if dropped else []) + others[:LISTED]
        raise DSSError(f"{self.what}: {'; '.join(said)}{_from(failing[0][1])}",
                       advice="this version of DSS has no such key, or takes no such value: correct it, or set it in DSS and see "
                              "what DSS writes")


def ensure_definition(dss, what: str, read, save, wanted: dict, memory: dict, lists=None, version: str = "") -> bool:
    """Brings a document to one wanted document; True when something was written."""
    return Definition(dss, what, read, save, [Layer(wanted, lists)], memory, version).ensure()


def _related(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies in the other."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


def _listed(paths: list) -> str:
    more = len(paths) - LISTED
    return ", ".join(paths[:LISTED]) + (f" and {more} more" if more > 0 else "")


def _from(layer: Layer) -> str:
    return f" (from {layer.source})" if layer.source else ""


def forget(memory: dict, what: str) -> None:
    """Drops what is remembered of an object that is gone."""
    for part in ("secrets", "dropped"):
        memory.get(part, {}).pop(what, None)
