"""Global API keys. Only hashes are kept: a secret is said once, by the call that makes it."""

from ..errors import missing
from ..routes import route

HIDDEN = "******"


def shown(key: dict) -> dict:
    return {**{k: v for k, v in key.items() if k != "hash"}, "key": HIDDEN}


def find(instance, ident: str) -> dict:
    found = instance.store.get("api-keys", {}).get(ident)
    if found is None:
        raise missing(f"API key '{ident}' does not exist")
    return found


@route("GET", "/admin/global-api-keys")
def list_keys(instance, request):
    return [shown(k) for k in instance.store.get("api-keys", {}).values()]


@route("POST", "/admin/global-api-keys")
def create_key(instance, request):
    body = request.object()
    known = {k: body[k] for k in ("label", "description", "globalPermissions", "groups", "projects") if body.get(k)}
    ident, secret = instance.add_key(**known)
    return {**shown(find(instance, ident)), "key": secret}


@route("GET", "/admin/global-api-keys/{id}")
def get_key(instance, request, ident):
    return shown(find(instance, ident))


@route("PUT", "/admin/global-api-keys/{id}")
def put_key(instance, request, ident):
    before = find(instance, ident)
    body = request.object()
    with instance.store.edit("api-keys") as keys:
        known = ("label", "description", "globalPermissions", "groups")
        keys[ident] = {**before, **{k: body[k] for k in known if k in body}}
    return {}


@route("DELETE", "/admin/global-api-keys/{id}")
def delete_key(instance, request, ident):
    find(instance, ident)
    with instance.store.edit("api-keys") as keys:
        keys.pop(ident)
    return {}


@route("GET", "/auth/info", admin=False)
def auth_info(instance, request):
    return {"authIdentifier": f"api:{request.caller['id']}", "groups": [], "isAdmin": request.caller["admin"]}
