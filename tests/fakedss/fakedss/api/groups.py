"""Groups."""

from ..errors import illegal, missing
from ..routes import route


def find(instance, name: str) -> dict:
    found = instance.store.get("groups").get(name)
    if found is None:
        raise missing(f"Group '{name}' does not exist")
    return found


@route("GET", "/admin/groups")
def list_groups(instance, request):
    return list(instance.store.get("groups").values())


@route("GET", "/groups", admin=False)
def list_infos(instance, request):
    return [{"name": g["name"]} for g in instance.store.get("groups").values()]


@route("POST", "/admin/groups")
def create_group(instance, request):
    body = request.object()
    name = body.get("name")
    with instance.store.edit("groups") as groups:
        if not name or name in groups:
            raise illegal(f"Group '{name}' already exists" if name else "name is not specified")
        # Creation takes these three; rights come by a definition.
        groups[name] = instance.filter("group", {k: body.get(k) for k in ("name", "description", "sourceType")})
    return {"msg": f"Created group {name}"}


@route("GET", "/admin/groups/{name}")
def get_group(instance, request, name):
    return find(instance, name)


@route("PUT", "/admin/groups/{name}")
def put_group(instance, request, name):
    with instance.store.edit("groups") as groups:
        find(instance, name)
        groups[name] = instance.filter("group", {**request.object(), "name": name})
    return {"msg": f"Updated group {name}"}


@route("DELETE", "/admin/groups/{name}")
def delete_group(instance, request, name):
    find(instance, name)
    with instance.store.edit("groups") as groups:
        groups.pop(name)
    with instance.store.edit("users") as users:
        for user in users.values():
            user["groups"] = [g for g in user["groups"] if g != name]
    return {}
