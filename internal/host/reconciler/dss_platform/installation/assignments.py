"""Files of lines KEY=VALUE: Java's properties, and shell variables. What others wrote into them stays."""

import re
import shlex


def properties(text: str) -> dict:
    """Key -> value of a Java properties file, as it stands there."""
    return _parsed(text, lambda value: value.replace("\\\\", "\\"))


def with_properties(text: str, changes: dict) -> str:
    """The text with keys set; a value of None takes the key away."""
    return _merged(text, changes, lambda value: value.replace("\\", "\\\\"))


def variables(text: str) -> dict:
    """Name -> value of a shell file that only sets variables."""
    return _parsed(text, _unquoted)


def with_variables(text: str, changes: dict) -> str:
    return _merged(text, changes, lambda value: '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"')


def _parsed(text: str, read) -> dict:
    found = {}
    for line in text.splitlines():
        option = _option(line)
        if option:
            found[option.group(1)] = read(option.group(2))
    return found


def _merged(text: str, changes: dict, write) -> str:
    lines, left = [], dict(changes)
    for value in changes.values():
        if value is not None and "\n" in value:
            raise ValueError("a value has more than one line")
    for line in text.splitlines():
        option = _option(line)
        key = option.group(1) if option else None
        if key not in changes:
            lines.append(line)
        elif left.get(key) is not None:
            lines.append(f"{key}={write(left.pop(key))}")
    lines += [f"{key}={write(value)}" for key, value in left.items() if value is not None]
    return "".join(f"{line}\n" for line in lines)


def _option(line: str):
    return re.match(r"^\s*([^\s#!=:]+)\s*[=:]\s*(.*?)\s*$", line)


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value)) if value else ""
    except ValueError:
        return value
