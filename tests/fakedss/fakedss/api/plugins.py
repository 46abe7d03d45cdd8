"""Plugins: installation, settings, presets, code environment."""

import io
import json
import zipfile

from ..ciphers import encrypt
from ..errors import Refused, illegal
from ..instance import default
from ..routes import route
from . import code_envs

NOT_A_PLUGIN = "com.dataiku.dip.exceptions.CodedException"


def find(instance, ident: str) -> dict:
    found = instance.store.get("plugins", {}).get(ident)
    if found is None:
        raise illegal(f"Plugin '{ident}' not found")
    return found


def set_type(ident: str, parameter_set: str) -> str:
    """The type of the presets of a parameter set: the server's own name for it, which nobody can know beforehand."""
    return f"parameter-set-{ident}-{parameter_set}"


# Where plugins come from.


def from_store(ident: str) -> dict:
    found = default("store").get(ident)
    if found is None:
        raise illegal(f"Plugin '{ident}' does not exist in the plugin store")
    return {"id": ident, "source": {"kind": "store"}, **found}


def from_git(body: dict) -> dict:
    """The plugin of a repository: it is known by the repository's name, the version by the tag."""
    address = body.get("gitRepositoryUrl") or ""
    ident = next((i for i in default("store") if i in address), None)
    if ident is None:
        raise Refused(500, "com.dataiku.dip.exceptions.ProcessDiedException", f"git: could not read from {address}")
    checkout = body.get("gitCheckout") or "master"
    found = from_store(ident)
    version = checkout.removeprefix("v")
    if version[:1].isdigit():
        found["version"] = version
    return {**found, "source": {"kind": "git", "url": address, "checkout": checkout, "subpath": body.get("gitSubpath")}}


def from_zip(data: bytes) -> dict:
    """The plugin of an archive, whose root holds plugin.json."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            about = json.loads(archive.read("plugin.json"))
            sets = {n.split("/")[1]: json.loads(archive.read(n)).get("params", [])
                    for n in names if n.startswith("parameter-sets/") and n.endswith("/parameter-set.json")}
            clusters = sorted({n.split("/")[1] for n in names
                               if n.startswith("python-clusters/") and n.endswith("/cluster.json")})
            env = next((json.loads(archive.read(n)) for n in names if n == "code-env/python/desc.json"), {})
    except (zipfile.BadZipFile, KeyError, ValueError) as why:
        raise Refused(500, NOT_A_PLUGIN, f"Invalid plugin archive: {why}") from why
    return {"id": about["id"], "version": about.get("version", ""), "label": about.get("meta", {}).get("label", ""),
            "parameterSets": sets, "clusters": clusters, "interpreters": env.get("acceptedPythonInterpreters", []),
            "source": {"kind": "archive"}}


def place(instance, make, update: str = "") -> dict:
    """Installs or updates; failures end normally, with success: false."""
    problem = instance.switches.get("pluginInstallError")
    try:
        if problem:
            raise Refused(500, NOT_A_PLUGIN, problem)
        plugin = make()
        with instance.store.edit("plugins") as plugins:
            if update and plugin["id"] != update:
                raise illegal(f"The archive is of plugin '{plugin['id']}'")
            if not update and plugin["id"] in plugins:
                raise illegal(f"Plugin '{plugin['id']}' is already installed")
            plugin["settings"] = plugins.get(plugin["id"], {}).get("settings") or new_settings(instance, plugin)
            plugins[plugin["id"]] = plugin
    except Refused as why:
        return {"success": False, "installationError": {**why.body(), "message": why.message}, "needsRestart": False}
    return {"success": True, "pluginDesc": {"id": plugin["id"], "version": plugin["version"]}, "needsRestart": False}


def new_settings(instance, plugin: dict) -> dict:
    sets = [{"name": n, "type": set_type(plugin["id"], n)} for n in plugin["parameterSets"]]
    for one in sets:
        one["defaultPermission"] = {}
    return instance.filter("plugin-settings", {"parameterSets": sets, "presets": []})


def at_once(said: dict) -> dict:
    """The answer of the calls without a future: they fail with an error."""
    if not said["success"]:
        raise Refused(500, said["installationError"]["errorType"], said["installationError"]["message"])
    return said


@route("GET", "/plugins", admin=False)
def list_plugins(instance, request):
    return [{"id": p["id"], "version": p["version"], "isDev": False, "meta": {"label": p["label"]}}
            for p in instance.store.get("plugins", {}).values()]


@route("POST", "/plugins/actions/installFromStore")
def install_from_store(instance, request):
    ident = request.object().get("pluginId")
    return instance.futures.start(f"Install {ident}", lambda: place(instance, lambda: from_store(ident)))


@route("POST", "/plugins/actions/installFromGit")
def install_from_git(instance, request):
    body = request.object()
    return instance.futures.start("Install from git", lambda: place(instance, lambda: from_git(body)))


@route("POST", "/plugins/actions/installFromZip")
def install_from_zip(instance, request):
    data = request.file()
    return at_once(place(instance, lambda: from_zip(data)))


@route("POST", "/plugins/actions/future/installFromZip")
def install_from_zip_later(instance, request):
    data = request.file()
    return instance.futures.start("Install from zip", lambda: place(instance, lambda: from_zip(data)))


@route("POST", "/plugins/{id}/actions/updateFromStore")
def update_from_store(instance, request, ident):
    find(instance, ident)
    return instance.futures.start(f"Update {ident}", lambda: place(instance, lambda: from_store(ident), ident))


@route("POST", "/plugins/{id}/actions/updateFromGit")
def update_from_git(instance, request, ident):
    find(instance, ident)
    body = request.object()
    return instance.futures.start(f"Update {ident}", lambda: place(instance, lambda: from_git(body), ident))


@route("POST", "/plugins/{id}/actions/updateFromZip")
def update_from_zip(instance, request, ident):
    find(instance, ident)
    data = request.file()
    return at_once(place(instance, lambda: from_zip(data), ident))


@route("POST", "/plugins/{id}/actions/future/updateFromZip")
def update_from_zip_later(instance, request, ident):
    find(instance, ident)
    data = request.file()
    return instance.futures.start(f"Update {ident}", lambda: place(instance, lambda: from_zip(data), ident))


@route("GET", "/plugins/{id}/actions/listUsages")
def usages(instance, request, ident):
    kind = f"pycluster_{ident}_"
    used = [{"elementKind": "python-clusters", "elementType": c["type"], "objectType": "CLUSTER", "objectId": c["id"],
             "projectKey": None} for c in instance.store.get("clusters", {}).values() if c["type"].startswith(kind)]
    return {"usages": used, "missingTypes": []}


@route("POST", "/plugins/{id}/actions/delete")
def delete(instance, request, ident):
    find(instance, ident)
    force = (request.json() or {}).get("force")

    def work():
        if not force and usages(instance, request, ident)["usages"]:
            return {"success": False, "messages": {"error": True, "messages": [{"message": "the plugin is used"}]}}
        with instance.store.edit("plugins") as plugins:
            plugins.pop(ident, None)
        return {"success": True}
    return instance.futures.start(f"Delete {ident}", work)


# Settings.


def descriptions(plugin: dict) -> list:
    return [{"id": n, "elementType": set_type(plugin["id"], n), "ownerPluginId": plugin["id"],
             "desc": {"params": params, "pluginParams": []}} for n, params in plugin["parameterSets"].items()]


@route("GET", "/plugins/{id}/settings")
def get_settings(instance, request, ident):
    plugin = find(instance, ident)
    return {**plugin["settings"], "accessibleParameterSetDescs": descriptions(plugin)}


def hide_passwords(instance, plugin: dict, preset: dict) -> None:
    for name, params in plugin["parameterSets"].items():
        if preset["type"] == set_type(plugin["id"], name):
            for param in params:
                value = preset.get("config", {}).get(param["name"])
                if param.get("type") == "PASSWORD" and isinstance(value, str):
                    preset["config"][param["name"]] = encrypt(instance.key, value)


def save_settings(instance, ident: str, body: dict) -> None:
    kept = instance.filter("plugin-settings", {k: v for k, v in body.items() if k != "accessibleParameterSetDescs"})
    with instance.store.edit("plugins") as plugins:
        plugin = find(instance, ident)
        types = {set_type(ident, n) for n in plugin["parameterSets"]}
        # A preset whose type is not one of the plugin's own is lost without a word.
        kept["presets"] = [p for p in kept.get("presets", []) if p.get("type") in types]
        kept["parameterSets"] = kept.get("parameterSets") or plugin["settings"]["parameterSets"]
        for preset in kept["presets"]:
            hide_passwords(instance, plugin, preset)
        plugins[ident]["settings"] = kept


@route("POST", "/plugins/{id}/settings")
def post_settings(instance, request, ident):
    save_settings(instance, ident, request.object())
    return {}


@route("POST", "/plugins/{id}/settings/future")
def post_settings_later(instance, request, ident):
    body = request.object()

    def work():
        save_settings(instance, ident, body)
        return {"success": True}
    return instance.futures.start(f"Settings of {ident}", work)


# Code environment.


@route("POST", "/plugins/{id}/code-env/actions/create")
def create_code_env(instance, request, ident):
    plugin = find(instance, ident)
    body = request.object()
    name = f"plugin_{ident}_managed"

    def work():
        interpreter = body.get("pythonInterpreter")
        if interpreter and plugin["interpreters"] and interpreter not in plugin["interpreters"]:
            raise illegal(f"Python interpreter {interpreter} is not accepted by plugin {ident}: "
                          f"{', '.join(plugin['interpreters'])}")
        if f"PYTHON/{name}" in instance.store.get("code-envs", {}):
            raise illegal(f"Code env '{name}' already exists")
        return code_envs.make(instance, "PYTHON", name, "PLUGIN_MANAGED", {"pythonInterpreter": interpreter})
    return instance.futures.start(f"Code env of {ident}", work)


@route("POST", "/plugins/{id}/code-env/actions/update")
def update_code_env(instance, request, ident):
    plugin = find(instance, ident)
    name = plugin["settings"].get("codeEnvName")

    def work():
        env = code_envs.find(instance, "PYTHON", str(name))
        code_envs.check_interpreter(instance, env["desc"]["pythonInterpreter"])
        return {"envName": name, "messages": {"error": False, "messages": []}}
    return instance.futures.start(f"Update code env of {ident}", work)
