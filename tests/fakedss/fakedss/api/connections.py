"""Connections."""

from ..errors import NULL_POINTER, Refused, illegal
from ..routes import route
from ..schema import read

MODES = {
    "EC2": ("KEYPAIR", "STS_ASSUME_ROLE", "ENVIRONMENT", "CUSTOM_PROVIDER", "PER_USER"),
    "Athena": ("USER_PASSWORD", "FROM_AWS_CONNECTION"),
}


def find(instance, name: str) -> dict:
    found = instance.store.get("connections", {}).get(name)
    if found is None:
        raise illegal(f"Connection '{name}' does not exist")
    return found


def clean(instance, document: dict) -> dict:
    """What DSS keeps of a definition, with its defaults and its secrets as ciphertexts."""
    kind = document.get("type")
    params = read("connection-params").get(kind)
    if params is None:
        # The real one says nothing that helps: a type that it cannot find ends in a null pointer.
        raise Refused(500, NULL_POINTER, "null")
    schema = {**read("connection"), "params": params}
    kept = instance.settings_filter().apply(schema, {"params": {}, **document})
    kept.setdefault("detailsReadability", {"readableBy": "NONE", "allowedGroups": []})
    mode = kept["params"].get("credentialsMode")
    if kind in MODES and mode not in MODES[kind]:
        raise illegal(f"No enum constant credentialsMode.{mode}")
    return kept


def check_athena(instance, document: dict) -> None:
    if instance.switches.get("athenaOnEnvironment") == "reject":
        problem = athena_problem(instance, document, exists=False)
        if problem:
            raise illegal(problem)


def athena_problem(instance, document: dict, exists: bool) -> str:
    """Why an Athena connection cannot take its credentials where it says; exists: the other one has to be there."""
    params = document.get("params", {})
    if document["type"] != "Athena" or params.get("credentialsMode") != "FROM_AWS_CONNECTION":
        return ""
    name = params.get("associatedAWSConnection")
    other = instance.store.get("connections", {}).get(name)
    if other is None:
        return f"Connection '{name}' does not exist" if exists else ""
    mode = other["params"].get("credentialsMode")
    if other["type"] != "EC2" or mode not in ("KEYPAIR", "STS_ASSUME_ROLE"):
        return f"Cannot take credentials from connection '{name}': its credentials mode is {mode}"
    return ""


@route("GET", "/admin/connections")
def list_connections(instance, request):
    return instance.store.get("connections", {})


@route("POST", "/admin/connections")
def create_connection(instance, request):
    body = request.object()
    name = body.get("name")
    if not name:
        raise illegal("Connection name is not specified")
    with instance.store.edit("connections") as connections:
        if name in connections:
            raise illegal(f"Connection '{name}' already exists")
        # Creation takes these and nothing else; the rest has to be set by a definition.
        known = ("name", "type", "params", "usableBy", "allowedGroups", "description")
        definition = clean(instance, {k: body.get(k) for k in known})
        check_athena(instance, definition)
        connections[name] = definition
    return {"msg": f"Created connection {name}"}


@route("GET", "/admin/connections/{name}")
def get_connection(instance, request, name):
    return find(instance, name)


@route("PUT", "/admin/connections/{name}")
def put_connection(instance, request, name):
    with instance.store.edit("connections") as connections:
        before = find(instance, name)
        body = request.object()
        if body.get("type", before["type"]) != before["type"]:
            raise illegal("The type of a connection cannot be changed")
        definition = clean(instance, {**body, "name": name, "type": before["type"]})
        check_athena(instance, definition)
        connections[name] = definition
    return {"msg": f"Updated connection {name}"}


@route("DELETE", "/admin/connections/{name}")
def delete_connection(instance, request, name):
    find(instance, name)
    with instance.store.edit("connections") as connections:
        connections.pop(name)
    return {}


@route("POST", "/admin/connections/{name}/sync")
def sync_connection(instance, request, name):
    find(instance, name)
    return instance.futures.start(f"Sync {name}", lambda: {"success": True})


@route("GET", "/connections/get-names", admin=False)
def names(instance, request):
    kind = request.query.get("type", "all")
    return [n for n, c in instance.store.get("connections", {}).items() if kind in ("all", c["type"])]


@route("GET", "/connections/{name}/test", admin=False)
def test_connection(instance, request, name):
    definition = find(instance, name)
    problem = instance.switches.get("connectionTestErrors").get(name)
    problem = problem or athena_problem(instance, definition, exists=True)
    if definition["type"] == "Athena" and not problem and not definition["params"].get("queryOutputLocation"):
        problem = "No query output location"
    if problem:
        return {"connectionOK": False, "connectionErrorMsg": problem}
    return {"connectionOK": True}


@route("GET", "/connections/{name}/info", admin=False)
def info(instance, request, name):
    found = find(instance, name)
    return {"name": name, "type": found["type"], "credentialsMode": found["credentialsMode"], "params": found["params"]}
