"""Which keys DSS knows. What it does not know it drops without a word, and answers 200.

A schema is JSON: an object names the known keys; true is any value; {"$default": V} any value, and V where the key is
absent; {"$secret": true} a secret; {"$any": S} a map with keys of one's own, each value after S; [S] a list after S.
null counts as absent, everywhere.
"""

import copy
import json
import os
from functools import lru_cache

from .ciphers import encrypt
from .errors import JSON_SYNTAX, Refused


@lru_cache(maxsize=None)
def read(name: str):
    """A schema of this package, by file name without suffix."""
    with open(os.path.join(os.path.dirname(__file__), "schemas", name + ".json"), encoding="utf-8") as file:
        return json.load(file)


class Filter:
    """Carries a document over to what DSS keeps of it."""

    def __init__(self, key: bytes, dropped=(), kept=()):
        """dropped, kept: paths (a.b[].c) that are dropped, or kept, whatever the schema says."""
        self.key, self.dropped, self.kept = key, set(dropped), set(kept)
        self.lost = []

    def apply(self, schema, value, path=""):
        if schema is True:
            return value
        if isinstance(schema, list):
            return self.elements(schema[0], value, path)
        if "$secret" in schema:
            return encrypt(self.key, value) if isinstance(value, str) else value
        if "$default" in schema:
            return value
        if not isinstance(value, dict):
            raise mismatch("BEGIN_OBJECT", value, path)
        if "$any" in schema:
            return {k: self.apply(schema["$any"], v, f"{path}.*") for k, v in value.items() if v is not None}
        return self.members(schema, value, path)

    def elements(self, schema, value, path):
        if not isinstance(value, list):
            raise mismatch("BEGIN_ARRAY", value, path)
        return [self.apply(schema, element, path + "[]") for element in value]

    def members(self, schema, value, path):
        out = {}
        for name, part in value.items():
            below = f"{path}.{name}" if path else name
            if part is None:
                continue
            if below in self.kept and name not in schema:
                out[name] = part
            elif name in schema and below not in self.dropped:
                out[name] = self.apply(schema[name], part, below)
            else:
                self.lost.append(below)
        for name, part in schema.items():
            if name not in out and isinstance(part, dict) and "$default" in part:
                out[name] = copy.deepcopy(part["$default"])
        return out


def mismatch(expected: str, value, path: str) -> Refused:
    kind = {dict: "BEGIN_OBJECT", list: "BEGIN_ARRAY", str: "STRING", bool: "BOOLEAN"}.get(type(value), "NUMBER")
    return Refused(500, JSON_SYNTAX, f"Expected {expected} but was {kind} at path $.{path}")
