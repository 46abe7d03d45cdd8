"""The state: JSON documents in a folder, replaced as a whole: a killed server leaves the old one or the new one."""

import copy
import json
import os
import threading
from contextlib import contextmanager


def write_file(path: str, text: str, mode: int = 0o600) -> None:
    """Replaces a file so that a reader, or a crash, sees the old text or the new one."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}.{threading.get_ident()}.new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, path)


def read_json(path: str, default=None):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return default


class Store:
    """Documents by name, in FOLDER/NAME.json. What get() gives is a copy: only edit() and put() change anything."""

    def __init__(self, folder: str):
        self.folder = folder
        self.lock = threading.RLock()

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name + ".json")

    def get(self, name: str, default=None):
        with self.lock:
            found = read_json(self.path(name))
            return copy.deepcopy(default) if found is None else found

    def put(self, name: str, document) -> None:
        with self.lock:
            write_file(self.path(name), json.dumps(document, indent=1))

    @contextmanager
    def edit(self, name: str, default=None):
        """The document to change in place; written when the block ends without an error."""
        with self.lock:
            document = self.get(name, {} if default is None else default)
            yield document
            self.put(name, document)
