"""One installation: its folder, its state, its switches, and what other parts ask about it."""

import configparser
import json
import os
import secrets
import time

from . import ciphers
from .futures import Futures
from .journal import Journal
from .schema import Filter, read
from .store import Store, read_json, write_file
from .switches import Switches
from .tools import Tools

FREE_PROFILES = {"FULL_DESIGNER": 3, "READER": 1}


class Instance:
    """Everything of one DSS. Its documents are in FOLDER/config, as the real one's."""

    def __init__(self, folder: str, version: str, **switches):
        self.folder, self.version = os.path.abspath(folder), version
        self.major = int(version.split(".")[0])
        if self.major not in (14, 15):
            raise ValueError(f"version {version}: only 14.x and 15.x are known")
        self.store = Store(os.path.join(self.folder, "config"))
        self.switches = Switches(os.path.join(self.folder, "faults.json"), **switches)
        self.journal = Journal(os.path.join(self.folder, "requests.jsonl"))
        self.key = ciphers.key_file(self.store.folder)
        self.futures = Futures(self.store, self.switches)
        self.tools = Tools(self)
        self.started = time.time()
        self.seed()

    # What the installation says of itself.

    def ini(self) -> configparser.ConfigParser:
        found = configparser.ConfigParser(interpolation=None)
        found.read(os.path.join(self.folder, "install.ini"))
        return found

    @property
    def install_id(self) -> str:
        return self.ini().get("general", "installid", fallback="Fake1234")

    @property
    def node_type(self) -> str:
        return self.ini().get("general", "nodetype", fallback="design")

    @property
    def node_id(self) -> str:
        return self.ini().get("general", "nodeid", fallback="node-" + self.install_id.lower())

    # Documents of a new installation.

    def seed(self) -> None:
        """A new installation: user admin with password admin, two groups, default settings, one connection."""
        if self.store.get("users") is not None:
            self.migrate()
            return
        self.keep_settings(default(f"general-settings-{self.major}"))
        self.store.put("connections", default("connections"))
        self.store.put("groups", default("groups"))
        self.store.put("version", {"major": self.major})
        users = default("users")
        users["admin"]["passwordHash"] = ciphers.hash_secret("admin")
        self.store.put("users", users)

    def migrate(self) -> None:
        """A newer major reads the old settings with its own schema: what it does not know is gone."""
        if self.store.get("version", {}).get("major") == self.major:
            return
        self.keep_settings(self.store.get("general-settings", {}))
        self.store.put("version", {"major": self.major})

    def keep_settings(self, document: dict) -> None:
        self.store.put("general-settings", self.settings_filter().apply(self.settings_schema(), document))

    def settings_schema(self):
        return read(f"general-settings-{self.major}")

    def settings_filter(self) -> Filter:
        return Filter(self.key, self.switches.get("dropKeys"), self.switches.get("keepKeys"))

    def filter(self, schema: str, document: dict) -> dict:
        return Filter(self.key).apply(read(schema), document)

    # Keys, tickets, users.

    def ticket(self) -> str:
        """What the command line tools of the installation show instead of a key."""
        path = os.path.join(self.folder, "run", "shared-secret.txt")
        if not os.path.exists(path):
            write_file(path, secrets.token_urlsafe(24))
        with open(path, encoding="utf-8") as file:
            return file.read()

    def add_key(self, **definition) -> tuple:
        """A new global API key: (id, secret). The secret is nowhere else."""
        secret = "dkuaps-" + secrets.token_urlsafe(24)
        ident = secrets.token_hex(8)
        with self.store.edit("api-keys") as keys:
            keys[ident] = {"id": ident, "hash": ciphers.hash_secret(secret), "createdOn": int(time.time() * 1000),
                           "createdBy": "admin", **definition}
        return ident, secret

    def admin_key(self) -> str:
        """A valid administrator's key, for tests."""
        return self.add_key(label="tests", globalPermissions={"admin": True}, groups=[])[1]

    def key_of(self, secret: str):
        for key in self.store.get("api-keys", {}).values():
            if ciphers.matches(secret, key["hash"]):
                return key
        return None

    def password_is(self, login: str, password: str) -> bool:
        """Whether a user could log in with a password."""
        user = self.store.get("users").get(login)
        return bool(user and user.get("enabled", True) and user.get("passwordHash")
                    and ciphers.matches(password, user["passwordHash"]))

    def clear(self, ciphertext: str) -> str:
        """The clear text of a secret."""
        return ciphers.decrypt(self.key, ciphertext)

    # The licence.

    def license(self):
        try:
            return read_json(os.path.join(self.store.folder, "license.json"))
        except json.JSONDecodeError:
            return None

    def set_license(self, **content) -> dict:
        """Puts a valid licence in place, with other content where that is given."""
        document = default("license")
        document["content"].update(content)
        self.store.put("license", document)
        return document

    def profiles(self) -> dict:
        found = self.license()
        return found["content"].get("licensedProfiles", {}) if found else dict(FREE_PROFILES)


def default(name: str):
    with open(os.path.join(os.path.dirname(__file__), "defaults", name + ".json"), encoding="utf-8") as file:
        return json.load(file)
