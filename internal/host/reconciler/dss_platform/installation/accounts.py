"""Unix accounts of the people whose code DSS runs as themselves.

Their files are on the data volume and belong to numbers. So the numbers are on the volume too, a new instance gives the
accounts the same ones, and the number of an account that is gone is given to nobody else.
"""

from ..step import StepError
from .record import Record

RECORD = "accounts"
# Far from the numbers that packages and useradd take.
FIRST = 20000
SHELL = "/bin/bash"


def ensure(host, desired: dict) -> None:
    isolation = desired["dss"]["userIsolation"]
    check(host, desired, isolation["accounts"])
    groups = [*isolation["allowedGroups"], *[account["group"] for account in isolation["accounts"]]]
    for name in dict.fromkeys(groups):
        ensure_group(host, desired, name)
    for account in isolation["accounts"]:
        ensure_account(host, desired, account)
    remove_others(host, desired, {account["name"] for account in isolation["accounts"]})


def check(host, desired: dict, accounts: list) -> None:
    """Refuses accounts of the system: DSS would run users' code as them."""
    known = (Record(host, desired).get(RECORD) or {}).get("users", {})
    for account in accounts:
        name, found = account["name"], host.account(account["name"])
        if name in ("root", desired["user"]["name"]) or (found and found[0] < 1000 and name not in known):
            raise StepError(f"{name} is an account of the system, and users' code must not run as it",
                            "choose another name")


def ensure_group(host, desired: dict, name: str) -> None:
    if name in ("root", "wheel", "docker", "sudo", desired["user"]["name"]):
        raise StepError(f"the group {name} gives more rights than users' code may have",
                        "choose a group of its own for DSS's users")
    found = host.group(name)
    if found is None:
        found = number(host, desired, "groups", name)
        host.run("groupadd", "-g", str(found), name)
        host.changed(f"made group {name}")
    elif (_known(host, desired, "groups").get(name) or found) != found:
        raise StepError(f"group {name} has gid {found} here, and {_known(host, desired, 'groups')[name]} on the volume",
                        "remove the group from the host's image, or choose another name")


def ensure_account(host, desired: dict, account: dict) -> None:
    name, group = account["name"], account["group"]
    found = host.account(name)
    home = f"{_homes(desired)}/{name}"
    if found is None:
        uid = number(host, desired, "users", name)
        # The home is made by us: useradd would not take over the one of an old instance.
        host.run("useradd", "-M", "-u", str(uid), "-g", group, "-d", home, "-s", SHELL, name)
        host.changed(f"made account {name}")
        found = host.account(name)
    elif (_known(host, desired, "users").get(name) or found[0]) != found[0]:
        known = _known(host, desired, "users")[name]
        raise StepError(f"account {name} has uid {found[0]} here, and {known} on the volume",
                        "remove the account from the host's image, or choose another name")
    if found[1] != host.group(group) and name not in (host.members(group) or []):
        host.run("usermod", "-aG", group, name)
        host.changed(f"put {name} into the group {group}")
    if found[3].endswith(("nologin", "false")):
        host.run("usermod", "-s", SHELL, name)
        host.changed(f"gave {name} the shell {SHELL}")
    if name in _known(host, desired, "users"):
        host.folder(found[2], mode=0o700, owner=(found[0], found[1]))


def remove_others(host, desired: dict, wanted: set) -> None:
    """Removes accounts that we made and that are not wanted any more. Homes stay, and so do the numbers."""
    for name in sorted(_known(host, desired, "users")):
        if name not in wanted and host.account(name):
            host.run("userdel", name)
            host.changed(f"removed account {name}; its home stays")


def number(host, desired: dict, kind: str, name: str) -> int:
    """The number of a user or a group: what the volume knows, or the next one that nobody has had. Recorded before it
    is used."""
    known = _known(host, desired, kind)
    if name not in known:
        known[name] = max([FIRST - 1, *known.values()]) + 1
        Record(host, desired).update(RECORD, **{kind: known})
    return known[name]


def _known(host, desired: dict, kind: str) -> dict:
    return (Record(host, desired).get(RECORD) or {}).get(kind, {})


def _homes(desired: dict) -> str:
    """Beside the DSS user's home, where that is on the volume."""
    parent = desired["user"]["home"].rsplit("/", 1)[0]
    return parent if parent.startswith(desired["volume"]["mountPoint"] + "/") else "/home"
