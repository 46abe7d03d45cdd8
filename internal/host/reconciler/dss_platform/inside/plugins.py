"""Plugins: installed from the store, from git or from an archive, with their code environments and presets."""

from .definitions import Definition, Layer
from .documents import digest
from .session import DSSError

INSTALL_SECONDS, CODE_ENV_SECONDS = 1800, 3600
ADVICE = {
    "store": "see whether the host reaches Dataiku's plugin store; without it, take the plugin from an archive",
    "git": "see whether the host reaches the repository, and whether DSS may read it",
    "archive": "see whether the archive is a plugin's: a zip with plugin.json at its top",
}


def ensure(dss, payload: dict, memory: dict) -> None:
    for plugin in payload["plugins"]:
        installed(dss, plugin, memory)
        code_env(dss, plugin, memory, payload["version"])
    for plugin in payload["plugins"]:
        presets(dss, plugin["id"], plugin.get("presets") or [], memory, payload["version"])
    wanted = {plugin["id"] for plugin in payload["plugins"]}
    for identity in sorted({owner for owner, _, _ in memory.get("made", ()) if owner not in wanted}):
        if version_of(dss, identity) is not None:
            presets(dss, identity, [], memory, payload["version"])
        memory["made"] = [one for one in memory["made"] if one[0] != identity]


# The plugin itself.

def version_of(dss, identity: str):
    """The version of an installed plugin, or None."""
    return next((p.get("version", "") for p in dss.client.list_plugins() if p["id"] == identity), None)


def installed(dss, plugin: dict, memory: dict) -> None:
    """Installs, or updates where another version, or another source, is wanted."""
    identity, wanted, source = plugin["id"], plugin.get("version", ""), digest(plugin["source"])
    known = memory.setdefault("sources", {})
    found = version_of(dss, identity)
    if found is None:
        ask_restart_for(dss, identity, dss.task(
            f"the installation of plugin {identity}", lambda: install(dss, plugin), INSTALL_SECONDS,
            done=lambda: version_of(dss, identity) is not None))
        found = version_of(dss, identity)
        if found is None:
            raise DSSError(f"plugin {identity} is not there after its installation",
                           advice=ADVICE[plugin["source"]["kind"]] + "; and whether the source holds a plugin of this id")
        dss.changed(f"installed plugin {identity} {found}")
    elif (wanted and found != wanted) or known.get(identity, source) != source:
        update(dss, plugin, found)
        found = version_of(dss, identity)
        dss.changed(f"updated plugin {identity} to {found}")
    if wanted and found != wanted:
        raise DSSError(f"plugin {identity} is {found}, and {wanted} is wanted",
                       advice=f"the {plugin['source']['kind']} has another version: correct the version, or the source")
    known[identity] = source


def install(dss, plugin: dict):
    source, client = plugin["source"], dss.client
    if source["kind"] == "store":
        return client.install_plugin_from_store(plugin["id"])
    if source["kind"] == "git":
        return client.install_plugin_from_git(source["url"], source.get("checkout") or "master", source.get("subpath") or None)
    with open(plugin["path"], "rb") as file:
        return client.start_install_plugin_from_archive(file)


def update(dss, plugin: dict, before: str) -> None:
    source, handle, wanted = plugin["source"], dss.client.get_plugin(plugin["id"]), plugin.get("version", "")

    def start():
        if source["kind"] == "store":
            return handle.update_from_store()
        if source["kind"] == "git":
            return handle.update_from_git(source["url"], source.get("checkout") or "master", source.get("subpath") or None)
        with open(plugin["path"], "rb") as file:
            return handle.start_update_from_zip(file)

    ask_restart_for(dss, plugin["id"], dss.task(
        f"the update of plugin {plugin['id']}", start, INSTALL_SECONDS,
        done=lambda: bool(wanted) and before != wanted and version_of(dss, plugin["id"]) == wanted))


def ask_restart_for(dss, identity: str, result) -> None:
    """Some plugins bring what DSS loads when it starts."""
    if isinstance(result, dict) and result.get("needsRestart"):
        dss.ask_restart(f"plugin {identity} needs it")


# Its code environment.

def code_env(dss, plugin: dict, memory: dict, version: str) -> None:
    interpreter = plugin.get("codeEnvInterpreter")
    if not interpreter:
        return
    identity, handle = plugin["id"], dss.client.get_plugin(plugin["id"])
    current = {"plugin": version_of(dss, identity), "dss": version}
    known = memory.setdefault("codeEnvs", {})
    name = handle.get_settings().get_raw().get("codeEnvName")
    if not name or name not in names(dss):
        name = left_over(dss, identity) or create(dss, handle, identity, interpreter)
        select(dss, handle, identity, name)
    elif known.get(identity, current) != current:
        dss.task(f"the update of plugin {identity}'s code environment", handle.update_code_env, CODE_ENV_SECONDS)
        dss.changed(f"updated code environment {name} of plugin {identity}")
    known[identity] = current
    warn_of_interpreter(dss, identity, name, interpreter)


def names(dss) -> list:
    return [env["envName"] for env in dss.client.list_code_envs()]


def left_over(dss, identity: str):
    """The environment that DSS made for the plugin in a run that ended before it was selected, or None."""
    return next((name for name in names(dss) if name.startswith(f"plugin_{identity}_")), None)


def create(dss, handle, identity: str, interpreter: str) -> str:
    result = dss.task(f"the creation of plugin {identity}'s code environment",
                      lambda: handle.create_code_env(python_interpreter=interpreter), CODE_ENV_SECONDS,
                      done=lambda: left_over(dss, identity) is not None)
    name = (result or {}).get("envName") or left_over(dss, identity)
    if not name or name not in names(dss):
        raise DSSError(f"DSS made no code environment for plugin {identity}",
                       advice=f"see whether the plugin works with {interpreter}, and whether it is installed on the host")
    dss.changed(f"made code environment {name} for plugin {identity}")
    return name


def select(dss, handle, identity: str, name: str) -> None:
    def look():
        settings = handle.get_settings()
        if settings.get_raw().get("codeEnvName") == name:
            return None
        settings.set_code_env(name)
        return settings.save

    if dss.settle(look):
        dss.changed(f"plugin {identity}: set code environment {name}")
    if handle.get_settings().get_raw().get("codeEnvName") != name:
        raise DSSError(f"DSS does not keep code environment {name} of plugin {identity}")


def warn_of_interpreter(dss, identity: str, name: str, interpreter: str) -> None:
    found = dss.client.get_code_env("PYTHON", name).get_settings().get_raw().get("desc", {}).get("pythonInterpreter")
    if found and found != interpreter:
        dss.warn(f"code environment {name} of plugin {identity} has {found}, and {interpreter} is wanted: delete it in DSS, "
                 "and the next run makes it anew")


# Its presets.

def presets(dss, identity: str, wanted: list, memory: dict, version: str) -> None:
    """Makes presets, corrects the keys that we set in them, and removes those of ours that are no longer wanted."""
    made = [tuple(rest) for owner, *rest in memory.get("made", ()) if owner == identity]
    if not wanted and not made:
        return
    handle = dss.client.get_plugin(identity)
    settings = handle.get_settings()
    named = {(type_of(settings, identity, one["parameterSet"]), one["name"]): one for one in wanted}
    present = {(p["type"], p["name"]) for p in settings.get_raw().get("presets") or []}
    dss.claim(memory, "made", [[identity, *pair] for pair in named if pair not in present])

    document = {"presets": [preset(kind, one) for (kind, _), one in named.items()]}
    definition = Definition(dss, f"plugin {identity}", lambda: with_identities(handle), lambda found: save(handle, found),
                            [Layer(document, {"presets": "identity"})], memory, version)
    definition.gone = {"presets": [f"{kind}/{name}" for kind, name in made if (kind, name) not in named]}
    definition.ensure()
    memory["made"] = [one for one in memory.get("made", ()) if one[0] != identity or tuple(one[1:]) in named]


def with_identities(handle) -> dict:
    """The plugin's presets, with type and name as one key: names are unique within a type only."""
    found = handle.get_settings().get_raw().get("presets") or []
    return {"presets": [{**one, "identity": f"{one['type']}/{one['name']}"} for one in found]}


def save(handle, document: dict) -> None:
    settings = handle.get_settings()
    present = {(one["type"], one["name"]) for one in settings.get_raw().get("presets") or []}
    for one in document["presets"]:
        del one["identity"]
        if (one["type"], one["name"]) not in present:
            complete(settings, one)
    settings.get_raw()["presets"] = document["presets"]
    settings.save()


def type_of(settings, identity: str, parameter_set: str) -> str:
    """The type of a parameter set's presets, as the server has it."""
    found = settings.get_parameter_set(parameter_set)
    if found is None:
        known = ", ".join(settings.list_parameter_set_names()) or "none"
        raise DSSError(f"plugin {identity} has no parameter set {parameter_set}; it has {known}",
                       advice="correct the preset's parameter set, or the plugin's version")
    return found.settings["type"]


def preset(kind: str, one: dict) -> dict:
    """What is wanted of a preset."""
    rest = {key: value for key, value in one.items() if key not in ("parameterSet", "name")}
    return {"identity": f"{kind}/{one['name']}", "type": kind, "name": one["name"], "config": {}, **rest}


def complete(settings, one: dict) -> None:
    """Gives a new preset the keys that DSS's own have, and the defaults of its parameters."""
    for key, empty in (("pluginConfig", {}), ("defaultPermission", {}), ("permissions", [])):
        one.setdefault(key, empty)
    for name in settings.list_parameter_set_names():
        found = settings.get_parameter_set(name)
        if found is None or found.settings["type"] != one["type"]:
            continue
        description = found.desc.get("desc") or {}
        for holder, params in (("config", "params"), ("pluginConfig", "pluginParams")):
            for param in description.get(params) or []:
                if param.get("defaultValue") is not None:
                    one[holder].setdefault(param["name"], param["defaultValue"])
