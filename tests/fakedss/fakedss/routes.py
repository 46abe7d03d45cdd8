"""The table of calls: method and path, with {parts}, to the function that answers."""

import re
from urllib.parse import unquote

TABLE = []


def route(method: str, path: str, admin: bool = True):
    """Registers a function of (instance, request, *parts). admin: only for keys with administrator's rights."""
    pattern = re.compile("/?".join(["^" + re.sub(r"\{\w+\}", "([^/]+)", path.rstrip("/")), "$"]))

    def register(function):
        TABLE.append((method, pattern, function, admin))
        return function
    return register


def find(method: str, path: str):
    """(function, parts, admin), or None. Doubled slashes count as one: the client sends such paths."""
    plain = re.sub("/+", "/", path)
    for verb, pattern, function, admin in TABLE:
        match = pattern.match(plain)
        if match and verb == method:
            return function, [unquote(part) for part in match.groups()], admin
    return None
