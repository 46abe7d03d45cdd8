"""Documents of DSS: how what we want is merged into what DSS has, and how the two differ.

DSS takes whole documents. Ours say only some keys of them; what an administrator set beside them stays. In a wanted document

* an object is merged key by key;
* a list that has an identity key (`lists`: path -> key) is merged element by element; other lists are taken as a whole;
* `null` means that the key must be absent, which is how DSS says "nothing selected";
* `{"$value": "..."}` is a secret. DSS gives secrets back as a ciphertext, so they are compared by what we remember of them.

A path is `containerSettings.executionConfigs[eks-small].name`; in `lists`, inside an element, `containerSettings.buildConfigs[].name`.
"""

import copy
import hashlib
import hmac
import json
import secrets

# A salted hash of a secret is kept on the volume. A password that a person chose must not be found from it quickly.
ROUNDS = 50_000
DROPPED, OTHER, PRESENT = "dropped", "other value", "must be absent"
# What a message shows of a value.
SHOWN_LENGTH = 120


class Secret:
    """A secret value inside a wanted document. It shows itself to nobody by accident."""

    def __init__(self, value: str):
        self.value = value

    def __repr__(self):
        return "***"

    def __eq__(self, other):
        return isinstance(other, Secret) and other.value == self.value

    def __hash__(self):
        return hash(self.value)


class Difference:
    """One key that is not as it is wanted."""

    def __init__(self, path: str, kind: str, wanted=None, found=None):
        self.path, self.kind, self.wanted, self.found = path, kind, wanted, found

    def __repr__(self):
        if self.kind == OTHER:
            return f"{self.path} is {shown(self.found)} instead of {shown(self.wanted)}"
        return f"{self.path} is missing" if self.kind == DROPPED else f"{self.path} is {shown(self.found)} and must be absent"

    def __eq__(self, other):
        return (self.path, self.kind) == (other.path, other.kind)


def shown(value) -> str:
    """A value as a message may show it."""
    text = json.dumps(plain(value, mask=True), sort_keys=True, default=str)
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH - 1] + "…"


def reveal(document):
    """The document with its placeholders turned into [Secret]s."""
    if isinstance(document, dict):
        if set(document) == {"$value"}:
            return Secret(document["$value"])
        return {key: reveal(value) for key, value in document.items()}
    if isinstance(document, list):
        return [reveal(item) for item in document]
    return document


def plain(document, mask: bool = False):
    """The document as DSS gets it: secrets as text, and nothing that must be absent."""
    if isinstance(document, Secret):
        return "***" if mask else document.value
    if isinstance(document, dict):
        return {key: plain(value, mask) for key, value in document.items() if value is not None}
    if isinstance(document, list):
        return [plain(item, mask) for item in document]
    return document


def digest(value) -> str:
    """A short hash of a document, to see later whether it changed. It is not for secrets: see [fingerprint]."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_secret_text).encode()).hexdigest()


def _secret_text(value):
    # A document's digest tells a change of a secret too, and is not the hash of the secret alone.
    if isinstance(value, Secret):
        return {"$secret": hashlib.pbkdf2_hmac("sha256", value.value.encode(), b"document", ROUNDS).hex()}
    raise TypeError(f"{type(value).__name__} is no part of a document")


def fingerprint(value: str, salt: str = "") -> dict:
    """What is remembered of a secret: a salt, and the hash with it."""
    salt = salt or secrets.token_hex(16)
    return {"salt": salt, "hash": hashlib.pbkdf2_hmac("sha256", value.encode(), bytes.fromhex(salt), ROUNDS).hex()}


def is_same_secret(value: str, known) -> bool:
    """Whether a value is the one whose fingerprint is known."""
    if not known:
        return False
    return hmac.compare_digest(fingerprint(value, known["salt"])["hash"], known["hash"])


class Ciphertexts:
    """What is remembered of the secrets inside documents: fingerprint, and hash of the text that DSS gave back for them."""

    def __init__(self, known: dict):
        self.known = known

    def is_set(self, path: str, secret: Secret, found) -> bool:
        """Whether DSS still has the secret that we set, as far as can be told."""
        if found == secret.value:
            return True
        known = self.known.get(path)
        return bool(known) and known["read"] == digest(found) and is_same_secret(secret.value, known)

    def learn(self, path: str, secret: Secret, found) -> None:
        """Remembers what DSS gave back after the secret was set."""
        self.known[path] = {**fingerprint(secret.value), "read": digest(found)}


class _Written:
    """Right after a write every secret that is there counts as set."""

    def is_set(self, path, secret, found):
        return True


WRITTEN = _Written()


def child_path(path: str, key) -> str:
    return f"{path}.{key}" if path else str(key)


def merge(found, wanted, lists=None, path: str = ""):
    """A copy of what was found, with what is wanted in it. Secrets stay [Secret]s: see [plain]."""
    lists = lists or {}
    if isinstance(wanted, dict):
        base = found if isinstance(found, dict) else {}
        merged = {key: copy.deepcopy(value) for key, value in base.items() if not (key in wanted and wanted[key] is None)}
        for key, value in wanted.items():
            if value is not None:
                merged[key] = merge(base.get(key), value, lists, child_path(path, key))
        return merged
    if isinstance(wanted, list):
        if path in lists:
            return _merge_elements(found if isinstance(found, list) else [], wanted, lists, path)
        # DSS fills in defaults inside of elements: where nothing of ours differs, they stay.
        if isinstance(found, list) and not differences(found, wanted, lists, path=path):
            return copy.deepcopy(found)
        return [merge(None, item, lists, f"{path}[]") for item in wanted]
    return copy.deepcopy(wanted)


def _merge_elements(found: list, wanted: list, lists: dict, path: str) -> list:
    key = lists[path]
    merged = copy.deepcopy(found)
    for element in wanted:
        at = _position(merged, key, element[key])
        if at is None:
            merged.append(merge(None, element, lists, f"{path}[]"))
        else:
            merged[at] = merge(merged[at], element, lists, f"{path}[]")
    return merged


def _position(elements: list, key: str, identity):
    return next((n for n, e in enumerate(elements) if isinstance(e, dict) and e.get(key) == identity), None)


def differences(found, wanted, lists=None, known=None, path: str = "", place: str = "") -> list:
    """What differs in the keys that are wanted. `known` tells secrets; `place` is the path for people."""
    lists, place = lists or {}, place or path
    if isinstance(wanted, Secret):
        return _secret_differences(found, wanted, known, place)
    if isinstance(wanted, dict):
        return _object_differences(found, wanted, lists, known, path, place)
    if isinstance(wanted, list):
        return _list_differences(found, wanted, lists, known, path, place)
    if isinstance(wanted, bool) != isinstance(found, bool) or wanted != found:
        return [Difference(place, OTHER, wanted, found)]
    return []


def _secret_differences(found, wanted, known, place) -> list:
    same = known.is_set(place, wanted, found) if known is not None else found in (wanted, wanted.value)
    return [] if same else [Difference(place, OTHER, wanted, Secret(""))]


def _object_differences(found, wanted, lists, known, path, place) -> list:
    if not isinstance(found, dict):
        return [Difference(place, OTHER, wanted, found)]
    seen = []
    for key, value in wanted.items():
        below, at = child_path(path, key), child_path(place, key)
        if value is None:
            if found.get(key) is not None:
                seen.append(Difference(at, PRESENT, None, found[key]))
        elif found.get(key) is None:
            # Where there is nothing, an empty object or list of ours asks for nothing.
            if value not in ({}, []):
                seen.append(Difference(at, DROPPED, value))
        else:
            seen += differences(found[key], value, lists, known, below, at)
    return seen


def _list_differences(found, wanted, lists, known, path, place) -> list:
    if not isinstance(found, list):
        return [Difference(place, OTHER, wanted, found)]
    seen = []
    if path in lists:
        key = lists[path]
        for element in wanted:
            at, name = _position(found, key, element[key]), f"{place}[{element[key]}]"
            if at is None:
                seen.append(Difference(name, DROPPED, element))
            else:
                seen += differences(found[at], element, lists, known, f"{path}[]", name)
        return seen
    if len(found) != len(wanted):
        return [Difference(place, OTHER, wanted, found)]
    for number, (have, want) in enumerate(zip(found, wanted)):
        seen += differences(have, want, lists, known, f"{path}[]", f"{place}[{number}]")
    return seen


def secrets_of(found, wanted, lists=None, path: str = "", place: str = "") -> list:
    """The (path, secret, what was found for it) of all secrets of a wanted document."""
    lists, place = lists or {}, place or path
    if isinstance(wanted, Secret):
        return [(place, wanted, found)]
    seen = []
    if isinstance(wanted, dict):
        have = found if isinstance(found, dict) else {}
        for key, value in wanted.items():
            seen += secrets_of(have.get(key), value, lists, child_path(path, key), child_path(place, key))
    if isinstance(wanted, list):
        have = found if isinstance(found, list) else []
        for number, item in enumerate(wanted):
            name = item[lists[path]] if path in lists else number
            at = _position(have, lists[path], name) if path in lists else (number if number < len(have) else None)
            seen += secrets_of(None if at is None else have[at], item, lists, f"{path}[]", f"{place}[{name}]")
    return seen


def elements(document, lists: dict) -> dict:
    """The identities of a document's elements, by the path of their list. Lists inside of elements are not looked at."""
    seen = {}
    for path, key in lists.items():
        if "[]" in path:
            continue
        value = document
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        seen[path] = [e[key] for e in value or [] if isinstance(e, dict) and key in e]
    return seen


def without(document: dict, gone: dict, lists: dict) -> dict:
    """A copy without the elements that `gone` names, by the path of their list."""
    left = copy.deepcopy(document)
    for path, identities in gone.items():
        holder, parts = left, path.split(".")
        for part in parts[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        found = holder.get(parts[-1]) if isinstance(holder, dict) else None
        if isinstance(found, list) and path in lists:
            key = lists[path]
            holder[parts[-1]] = [e for e in found if not (isinstance(e, dict) and e.get(key) in identities)]
    return left


def value_at(document, path: str):
    """The value at a path of objects, or None."""
    for part in path.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document


def holder_of(document, path: str):
    """The object in which the last key of a path is, or None where there is none."""
    above, _, _ = path.rpartition(".")
    holder = value_at(document, above) if above else document
    return holder if isinstance(holder, dict) else None
