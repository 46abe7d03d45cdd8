"""INI files as DSS and its tools read them, changed in place: what others wrote into them stays, comments too."""

import re

_SECTION = re.compile(r"^\s*\[([^\]]+)\]")
_OPTION = re.compile(r"^([^\s#;\[=:][^=:]*?)\s*[=:]\s*(.*?)\s*$")


def parsed(text: str) -> dict:
    """Section -> key -> value. Keys are in lower case, as Python's reader, which DSS uses, has them."""
    found, section, last = {}, None, None
    for line in text.splitlines():
        begins, option = _SECTION.match(line), _OPTION.match(line)
        if begins:
            section, last = found.setdefault(begins.group(1), {}), None
        elif section is not None and option:
            last = option.group(1).lower()
            section[last] = option.group(2)
        elif last and _continues(line):
            section[last] += "\n" + line.strip()
    return found


def merged(text: str, changes: dict) -> str:
    """The text with section -> key -> value set; a value of None takes the key away."""
    lines = text.splitlines()
    for section, values in changes.items():
        for key, value in values.items():
            if value is not None and "\n" in value:
                raise ValueError(f"[{section}] {key} has more than one line")
            lines = _with(lines, section, key, value)
    return "".join(f"{line}\n" for line in lines)


def _with(lines: list, section: str, key: str, value) -> list:
    start, end = _bounds(lines, section)
    if start is None:
        if value is None:
            return lines
        gap = [""] if lines and lines[-1].strip() else []
        return [*lines, *gap, f"[{section}]", f"{key} = {value}"]
    kept, found, dropping = [], False, False
    for line in lines[start:end]:
        option = _OPTION.match(line)
        if option:
            dropping = option.group(1).lower() == key.lower()
            if dropping and not found and value is not None:
                kept.append(f"{key} = {value}")
                found = True
        elif not _continues(line):
            dropping = False
        if not dropping:
            kept.append(line)
    if not found and value is not None:
        place = len(kept)
        while place and not kept[place - 1].strip():
            place -= 1
        kept.insert(place, f"{key} = {value}")
    return lines[:start] + kept + lines[end:]


def _bounds(lines: list, section: str):
    """The lines of a section: from the one after its head to the one before the next head."""
    start = None
    for number, line in enumerate(lines):
        head = _SECTION.match(line)
        if head and start is not None:
            return start, number
        if head and head.group(1) == section:
            start = number + 1
    return start, len(lines)


def _continues(line: str) -> bool:
    return line[:1] in (" ", "\t") and bool(line.strip()) and line.strip()[0] not in "#;"
