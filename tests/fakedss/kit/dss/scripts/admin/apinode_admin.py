"""bin/apinode-admin of an API node: administrator's keys."""

import argparse
import hashlib
import json
import os
import secrets

from datadir import DataDir, die, fault


def words() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="apinode-admin")
    verbs = top.add_subparsers(dest="verb", required=True)
    for name in ("admin-key-create", "admin-keys-list", "admin-key-delete-by-id"):
        made = verbs.add_parser(name)
        made.add_argument("--output", choices=("fancy", "json"), default="fancy")
        if name == "admin-key-create":
            made.add_argument("--label", default="")
        if name == "admin-key-delete-by-id":
            made.add_argument("id")
    return top


def load(home: DataDir) -> dict:
    try:
        with open(home.path("config", "admin-keys.json"), encoding="utf-8") as file:
            return json.load(file)
    except OSError:
        return {}


def main() -> None:
    if os.geteuid() == 0:
        die("this command must not be run as root")
    given = words().parse_args()
    fault(f"apinode-admin-{given.verb}")
    home = DataDir(os.environ["DIP_HOME"])
    if not home.process():
        die("Could not connect to the API node. Is it running?")
    keys = load(home)
    if given.verb == "admin-key-create":
        ident, key = secrets.token_hex(8), secrets.token_urlsafe(24)
        keys[ident] = {"id": ident, "label": given.label, "hash": hashlib.sha256(key.encode()).hexdigest()}
        said = {"id": ident, "label": given.label, "key": key}
        print(json.dumps(said) if given.output == "json" else f"The new API key is:\n\t{key}")
    elif given.verb == "admin-key-delete-by-id":
        if keys.pop(given.id, None) is None:
            die(f"no such key: {given.id}")
    else:
        print(json.dumps([{"id": k["id"], "label": k["label"], "key": "******"} for k in keys.values()]))
    home.write("config/admin-keys.json", json.dumps(keys) + "\n", 0o600)


if __name__ == "__main__":
    main()
