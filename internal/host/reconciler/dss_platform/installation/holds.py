"""Holds keep systemd from starting DSS on data that are not whole: a host may reboot in the middle of anything.

A hold is a file on the data volume, named after who holds. A drop-in of DSS's unit makes it a condition that there is
none.
"""

import os

from .record import Record


def folder(desired: dict) -> str:
    return f"{Record(None, desired).folder}/holds"


def hold(host, desired: dict, who: str) -> None:
    """Keeps DSS from being started until [release]."""
    os.makedirs(host.path(folder(desired)), mode=0o700, exist_ok=True)
    host.write(f"{folder(desired)}/{who}", "", mode=0o600, note=False)


def release(host, desired: dict, who: str) -> None:
    path = host.path(f"{folder(desired)}/{who}")
    if os.path.exists(path):
        os.unlink(path)


def held(host, desired: dict) -> list:
    """Who holds."""
    place = host.path(folder(desired))
    return sorted(os.listdir(place)) if os.path.isdir(place) else []
