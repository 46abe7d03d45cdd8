"""Users: made, brought to their definitions, put into their groups, and those of ours that are no longer wanted removed.

DSS puts users that the API makes into a group of their own, and administrators put them into others. So group lists are
never equal to ours: ours are added, and those that we added before are taken away.
"""

import secrets

from .definitions import ensure_definition, forget
from .documents import fingerprint, is_same_secret, plain, reveal

KEPT = {"admin"}


def ensure(dss, payload: dict, memory: dict) -> None:
    logins = [user["login"] for user in payload["users"]]
    present = {user["login"]: user.get("groups") or [] for user in dss.client.list_users()}
    given = memory.setdefault("groups", {})
    memberships = [[user["login"], name] for user in payload["users"] for name in user["definition"].get("groups") or []
                   if name not in present.get(user["login"], ()) and name not in given.get(user["login"], ())]
    for login, name in memberships:
        given.setdefault(login, []).append(name)
    dss.claim(memory, "made", [login for login in logins if login not in present])
    if memberships:
        # As with what is made: those that we give must be known, or nobody would take them away later.
        dss.again()
    for user in payload["users"]:
        one(dss, user, memory, payload["version"])
    for login in [made for made in memory.get("made", ()) if made not in logins]:
        remove(dss, login)
        forget(memory, f"user {login}")
        for part in ("groups", "passwords"):
            memory.get(part, {}).pop(login, None)
        memory["made"].remove(login)


def one(dss, user: dict, memory: dict, version: str) -> None:
    login, definition = user["login"], user["definition"]
    password = user.get("password")
    made = create(dss, login, plain(reveal(definition)), password["$value"] if password else None)
    wanted = {key: value for key, value in definition.items() if key != "groups"}
    handle = dss.client.get_user(login)

    def read():
        return handle.get_settings().get_raw()

    def save(document):
        settings = handle.get_settings()
        settings.get_raw().clear()
        settings.get_raw().update(document)
        settings.save()

    ensure_definition(dss, f"user {login}", read, save, wanted, memory, version=version)
    groups(dss, login, definition.get("groups") or [], memory)
    if password:
        set_password(dss, login, password["$value"], memory, made)


def create(dss, login: str, definition: dict, password) -> bool:
    source = definition.get("sourceType", "LOCAL")
    if password is None and source == "LOCAL":
        # Nobody knows it: an administrator gives the user another one.
        password = secrets.token_urlsafe(32)

    def look():
        if any(user["login"] == login for user in dss.client.list_users()):
            return None
        return lambda: dss.client.create_user(
            login, password, definition.get("displayName", login), source, definition.get("groups") or [],
            definition["userProfile"], definition.get("email") or None)

    made = dss.settle(look)
    if made:
        dss.changed(f"made user {login}")
    return made


def groups(dss, login: str, wanted: list, memory: dict) -> None:
    """Ours are among the user's groups; those that we gave before and that are no longer wanted are not."""
    given = memory["groups"].get(login, [])
    gone = [name for name in given if name not in wanted]

    def look():
        settings = dss.client.get_user(login).get_settings()
        found = settings.get_raw().get("groups") or []
        target = [name for name in found if name not in gone] + [name for name in wanted if name not in found]
        if target == found:
            return None
        settings.get_raw()["groups"] = target
        return settings.save

    if dss.settle(look):
        dss.changed(f"user {login}: set groups {', '.join(wanted) or 'none of ours'}")
        found = dss.client.get_user(login).get_settings().get_raw().get("groups") or []
        missing = [name for name in wanted if name not in found]
        if missing:
            dss.warn(f"user {login} is not in {', '.join(missing)}: DSS did not keep it")
    memory["groups"][login] = [name for name in given if name in wanted]


def set_password(dss, login: str, password: str, memory: dict, made: bool) -> None:
    """Sets the password when the secret's value is another one than at our last run; users change theirs otherwise."""
    known = memory.setdefault("passwords", {})
    if made or login not in known:
        known[login] = fingerprint(password)
        return
    if is_same_secret(password, known[login]):
        return
    put_password(dss, login, password)
    dss.changed(f"user {login}: set the password of its secret")
    known[login] = fingerprint(password)


def put_password(dss, login: str, password: str) -> None:
    settings = dss.client.get_user(login).get_settings()
    settings.get_raw()["password"] = password
    tried = []

    def look():
        # DSS does not tell passwords: the same one is set again when the answer was lost.
        if tried == ["done"]:
            return None
        return write

    def write():
        settings.save()
        tried.append("done")

    dss.settle(look)


def remove(dss, login: str) -> None:
    def look():
        if login in KEPT or all(user["login"] != login for user in dss.client.list_users()):
            return None
        return dss.client.get_user(login).delete

    if dss.settle(look):
        dss.changed(f"removed user {login}, which is not wanted any more")
