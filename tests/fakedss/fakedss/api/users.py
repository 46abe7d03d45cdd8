"""Users. Their passwords are kept as hashes and never given back."""

import time

from .. import ciphers
from ..errors import Refused, illegal, missing
from ..routes import route

LICENSE = "com.dataiku.dip.license.LicenseException"


def find(instance, login: str) -> dict:
    found = instance.store.get("users").get(login)
    if found is None:
        raise missing(f"User '{login}' does not exist")
    return found


def shown(user: dict) -> dict:
    return {k: v for k, v in user.items() if k != "passwordHash"}


def own_group(login: str) -> str:
    """The group that every user made by the API gets, besides those that were asked for."""
    return f"user:{login}"


def check(instance, user: dict) -> None:
    profile = user.get("userProfile")
    if profile not in instance.profiles():
        raise Refused(500, LICENSE, f"User profile '{profile}' is not allowed by your license")
    groups = instance.store.get("groups")
    for name in user.get("groups", []):
        if name not in groups and name != own_group(user["login"]):
            raise missing(f"Group '{name}' does not exist")


def clean(instance, body: dict, before: dict) -> dict:
    """What DSS keeps of a definition of a user."""
    user = instance.filter("user", {k: v for k, v in body.items() if k != "password"})
    if body.get("password"):
        user["passwordHash"] = ciphers.hash_secret(body["password"])
    elif "passwordHash" in before:
        user["passwordHash"] = before["passwordHash"]
    if before.get("ownGroup"):
        user["ownGroup"] = True
    if user.get("ownGroup") and own_group(user["login"]) not in user["groups"]:
        user["groups"] = [*user["groups"], own_group(user["login"])]
    check(instance, user)
    return user


def create(instance, body: dict) -> None:
    login = body.get("login")
    if not login:
        raise illegal("login is not specified")
    if body.get("sourceType", "LOCAL") == "LOCAL" and not body.get("password"):
        raise illegal("password is not specified")
    with instance.store.edit("users") as users:
        if login in users:
            raise illegal(f"User '{login}' already exists")
        defaults = {"creationDate": int(time.time() * 1000), "preferences": {"uiLanguage": "en"}, "secrets": [],
                    "credentials": {}}
        users[login] = clean(instance, {**defaults, **body}, {"ownGroup": True})


def update(instance, login: str, body: dict) -> None:
    with instance.store.edit("users") as users:
        before = find(instance, login)
        users[login] = clean(instance, {**body, "login": login}, before)


def delete(instance, login: str) -> None:
    find(instance, login)
    with instance.store.edit("users") as users:
        users.pop(login)


def without_mark(user: dict) -> dict:
    return {k: v for k, v in shown(user).items() if k != "ownGroup"}


@route("GET", "/admin/users")
def list_users(instance, request):
    return [without_mark(u) for u in instance.store.get("users").values()]


@route("GET", "/users", admin=False)
def list_infos(instance, request):
    return [{k: u.get(k) for k in ("login", "displayName", "groups", "email", "enabled")}
            for u in instance.store.get("users").values()]


@route("POST", "/admin/users")
def create_user(instance, request):
    body = request.object()
    create(instance, body)
    return {"msg": f"Created user {body['login']}"}


@route("GET", "/admin/users/{login}")
def get_user(instance, request, login):
    return without_mark(find(instance, login))


@route("PUT", "/admin/users/{login}")
def put_user(instance, request, login):
    update(instance, login, request.object())
    return {"msg": f"Updated user {login}"}


@route("DELETE", "/admin/users/{login}")
def delete_user(instance, request, login):
    delete(instance, login)
    return {}


def bulk(items, work) -> list:
    """Does something for each, and tells for each how it ended."""
    said = []
    for login, item in items:
        try:
            work(item)
            said.append({"login": login, "status": "SUCCESS", "error": ""})
        except Refused as why:
            said.append({"login": login, "status": "FAILURE", "error": why.message})
    return said


@route("POST", "/admin/users/actions/bulk")
def create_users(instance, request):
    return bulk([(u.get("login"), u) for u in request.json()], lambda u: create(instance, u))


@route("PUT", "/admin/users/actions/bulk")
def edit_users(instance, request):
    def edit(change):
        update(instance, change["login"], {**find(instance, change["login"]), **change})
    return bulk([(u.get("login"), u) for u in request.json()], edit)


@route("DELETE", "/admin/users/actions/bulk")
def delete_users(instance, request):
    return bulk([(u, u) for u in request.json()], lambda login: delete(instance, login))
