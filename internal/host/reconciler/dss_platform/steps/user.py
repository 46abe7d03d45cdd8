"""The Unix user that DSS runs as.

Its home is on the data volume, because what DSS and its plugins keep there (`.aws`, `.kube`, `.docker`, `.ssh`) must outlive
the instance as DSS's own data does. The files of the volume belong to numbers, so the numbers are written on the volume
too, and a new instance gives the user the same ones.
"""

import json
import os

from ..step import Step, StepError


class User(Step):
    name = "user"
    description = "the DSS user exists, with the ids that own its files"

    def ensure(self, host, desired):
        user = desired["user"]
        record = f"{desired['volume']['mountPoint']}/.dss-platform/user.json"
        wanted = recorded(host, record, user)
        found = host.account(user["name"])
        if found is None:
            create(host, user, wanted)
            found = host.account(user["name"])
            if found is None:
                raise StepError(f"useradd made no user {user['name']}", "see /etc/passwd on the host")
        if wanted and found[:2] != wanted:
            raise StepError(
                f"user {user['name']} has uid {found[0]} and gid {found[1]} here, and {wanted[0]} and {wanted[1]} on the volume",
                f"remove the user from the host's image, or correct {record}")
        if (found[2], found[3]) != (user["home"], user["shell"]):
            host.run("usermod", "-d", user["home"], "-s", user["shell"], user["name"])
            host.changed(f"gave {user['name']} its home {user['home']} and shell {user['shell']}")
        self._home(host, user, found[:2])
        write_record(host, record, user["name"], found[:2])

    def _home(self, host, user, owner):
        parent = os.path.dirname(user["home"])
        if parent not in ("/home", "/"):
            host.folder(parent)
        # Others may pass, which user isolation needs, and may not list.
        host.folder(user["home"], mode=0o711, owner=owner)
        for name in (".bashrc", ".bash_profile"):
            skeleton = host.read(f"/etc/skel/{name}")
            if skeleton is not None and not host.exists(f"{user['home']}/{name}"):
                host.write(f"{user['home']}/{name}", skeleton, owner=owner)
        if parent not in ("/home", "/"):
            host.label(parent, "/home")


def recorded(host, record: str, user: dict):
    """The (uid, gid) that the volume knows, that the settings ask for, or None."""
    text = host.read(record)
    if text is not None:
        try:
            known = json.loads(text)
            ids = int(known["uid"]), int(known["gid"])
        except (ValueError, KeyError, TypeError) as problem:
            raise StepError(f"{record} cannot be read: {problem}",
                            "write {\"name\", \"uid\", \"gid\"} of the owner of DSS's files into it") from problem
        if known.get("name") != user["name"]:
            raise StepError(f"the volume belongs to the user {known.get('name')}, not to {user['name']}",
                            f"set the user back, or change the owner of all files and then {record}")
        return ids
    return (user["uid"], user["uid"]) if user.get("uid") else None


def write_record(host, record: str, name: str, ids) -> None:
    text = json.dumps({"name": name, "uid": ids[0], "gid": ids[1]}, sort_keys=True) + "\n"
    host.write(record, text)


def create(host, user: dict, ids) -> None:
    name = user["name"]
    options = []
    if ids:
        # A run that was killed may have left the group.
        if host.members(name) is None:
            host.run("groupadd", "-g", str(ids[1]), name)
        options = ["-u", str(ids[0]), "-g", str(ids[1])]
    elif host.members(name) is not None:
        options = ["-g", name]
    else:
        options = ["-U"]
    # The home is made by us: useradd would not take over the one of an old instance.
    host.run("useradd", "-M", *options, "-d", user["home"], "-s", user["shell"], name)
    host.changed(f"made user {name}")
