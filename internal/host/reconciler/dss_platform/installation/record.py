"""What is remembered on the data volume, so that the next instance knows it too.

[System.recall] keeps what is true of one instance. A record is about what outlives the instance: DSS's data directory,
archives, images. A file each, for root alone, replaced as a whole.
"""

import json
import os

FOLDER = ".dss-platform"
# What outlives DSS's data directory: the DSS user and its key pair, people's accounts, what was downloaded, what Docker
# has, and the server of the runtime databases, whose record [database_copy.begin_anew] sees to.
BESIDE_DATA = ("user", "credentials", "accounts", "archives", "base-images", "runtime-database")


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

    def forget_data_directory(self) -> None:
        """Drops every record that describes a data directory. For the next one it would be untrue, and unsafe: ports
        would be open because a former administrator had a password."""
        place = self.host.path(self.folder)
        for name in sorted(os.listdir(place) if os.path.isdir(place) else []):
            kind, ending = os.path.splitext(name)
            if ending == ".json" and kind not in BESIDE_DATA:
                os.unlink(os.path.join(place, name))

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}.json"
