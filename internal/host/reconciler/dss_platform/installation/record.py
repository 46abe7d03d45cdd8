"""What is remembered on the data volume, so that the next instance knows it too.

[System.recall] keeps what is true of one instance. A record is about what outlives the instance: DSS's data directory,
archives, images. A file each, for root alone, replaced as a whole.
"""

import json
import os

FOLDER = ".dss-platform"


class Record:
    def __init__(self, host, desired: dict):
        self.host = host
        self.folder = f"{desired['volume']['mountPoint']}/{FOLDER}"

    def get(self, name: str, default=None):
        """The value under a name, or the default. A file that cannot be read counts as none."""
        try:
            return json.loads(self.host.read(self._path(name)) or "")
        except ValueError:
            return default

    def set(self, name: str, value) -> None:
        """Keeps a value. It is no change of the host."""
        path = self._path(name)
        os.makedirs(self.host.path(self.folder), mode=0o700, exist_ok=True)
        with self.host.replacing(path, 0o600) as incoming:
            with open(incoming, "w", encoding="utf-8") as file:
                json.dump(value, file, sort_keys=True)

    def update(self, name: str, **values) -> dict:
        """Sets keys of a dictionary that is kept, and returns all of it."""
        value = {**(self.get(name) or {}), **values}
        self.set(name, value)
        return value

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}.json"
