"""Rules of the kernel's packet filter in a table of their own, loaded now and by a unit at every start of the host."""

import re

from ..system import CommandFailed


def keep_loaded(host, table: str, rules: tuple, unit: tuple) -> None:
    """Makes a table have the rules of a file: `rules` is (path, text), and `unit`, which loads them, (name, text)."""
    changed = host.write(*rules, mode=0o600)
    changed = host.unit(f"/etc/systemd/system/{unit[0]}", unit[1]) or changed
    # Somebody may have emptied the table, or changed it, behind the unit's back. The kernel shows rules in words of its
    # own, so they are compared with what it showed when they were loaded.
    known = f"nft-{table}"
    found = loaded(host, table)
    host.service(unit[0], restart=changed or found is None or host.recall(known) != found)
    found = loaded(host, table)
    if host.recall(known) != found:
        host.remember(known, found)


def loaded(host, table: str):
    """What the kernel shows of a table, without what counts; None where there is no such table."""
    try:
        said = host.run("nft", "list", "table", "inet", table)
    except CommandFailed:
        return None
    return re.sub(r"\bpackets \d+ bytes \d+\b", "", said)


def program(host) -> str:
    """Where nft is on this host."""
    return "/usr/sbin/nft" if host.exists("/usr/sbin/nft") or not host.exists("/usr/bin/nft") else "/usr/bin/nft"
