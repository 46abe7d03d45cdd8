"""Code environments."""

from ..errors import Refused, illegal
from ..futures import messages
from ..routes import route

AT_CREATION = ("pythonInterpreter", "conda", "installCorePackages", "corePackagesSet", "installJupyterSupport")
CANNOT_BUILD = "com.dataiku.dip.exceptions.ProcessDiedException"


def find(instance, language: str, name: str) -> dict:
    found = instance.store.get("code-envs", {}).get(f"{language.upper()}/{name}")
    if found is None:
        # That is what the real one says, of an environment that never was as of one whose creation failed.
        raise Refused(500, "java.io.IOException", f"Not a file: /{language.lower()}/{name}/desc.json")
    return found


def check_interpreter(instance, wanted) -> str:
    """The interpreter for what was asked for; PYTHON39 where nothing was."""
    interpreter = wanted or "PYTHON39"
    if interpreter not in instance.switches.get("interpreters"):
        number = interpreter.removeprefix("PYTHON")
        raise Refused(500, CANNOT_BUILD, f"python{number[0]}.{number[1:]}: command not found")
    if instance.switches.get("codeEnvError"):
        raise Refused(500, CANNOT_BUILD, instance.switches.get("codeEnvError"))
    return interpreter


def make(instance, language: str, name: str, mode: str, desc: dict) -> dict:
    """Makes an environment and keeps it."""
    if language.upper() == "PYTHON":
        desc = {**desc, "pythonInterpreter": check_interpreter(instance, desc.get("pythonInterpreter"))}
    env = instance.filter("code-env", {
        "envName": name, "envLang": language.upper(), "deploymentMode": mode, "owner": "admin",
        "desc": {**desc, "deploymentMode": mode}})
    with instance.store.edit("code-envs") as envs:
        envs[f"{language.upper()}/{name}"] = env
    return {"envName": name, "messages": messages()}


def waited(instance, request, title: str, work):
    """The end of the work, or its future: the caller says whether it waits."""
    return work() if request.flag("wait", True) else instance.futures.start(title, work)


@route("GET", "/admin/code-envs")
def list_envs(instance, request):
    return [{**{k: e[k] for k in ("envName", "envLang", "deploymentMode", "owner")},
             "pythonInterpreter": e["desc"].get("pythonInterpreter")}
            for e in instance.store.get("code-envs", {}).values()]


@route("GET", "/admin/code-envs/usages")
def usages(instance, request):
    return []


@route("POST", "/admin/code-envs/{language}/{name}")
def create(instance, request, language, name):
    body = request.object()
    if f"{language.upper()}/{name}" in instance.store.get("code-envs", {}):
        raise illegal(f"Code env '{name}' already exists")
    # The list of packages comes by a definition, not at the creation.
    desc = {k: body[k] for k in AT_CREATION if body.get(k) is not None}
    mode = body.get("deploymentMode", "DESIGN_MANAGED")
    return waited(instance, request, f"Create {name}", lambda: make(instance, language, name, mode, desc))


@route("GET", "/admin/code-envs/{language}/{name}")
def get(instance, request, language, name):
    return find(instance, language, name)


@route("PUT", "/admin/code-envs/{language}/{name}")
def put(instance, request, language, name):
    before = find(instance, language, name)
    fixed = {"envName": name, "envLang": before["envLang"], "deploymentMode": before["deploymentMode"],
             "actualPackageList": before["actualPackageList"]}
    env = instance.filter("code-env", {**request.object(), **fixed})
    with instance.store.edit("code-envs") as envs:
        envs[f"{language.upper()}/{name}"] = env
    return env


@route("DELETE", "/admin/code-envs/{language}/{name}")
def delete(instance, request, language, name):
    find(instance, language, name)

    def work():
        with instance.store.edit("code-envs") as envs:
            envs.pop(f"{language.upper()}/{name}", None)
        return {"messages": messages()}
    return waited(instance, request, f"Delete {name}", work)


@route("POST", "/admin/code-envs/{language}/{name}/packages")
def update_packages(instance, request, language, name):
    find(instance, language, name)

    def work():
        problem = instance.switches.get("codeEnvError")
        if problem:
            return {"messages": messages("ERROR", "ERR_CODEENV_UPDATE_FAILED", problem)}
        with instance.store.edit("code-envs") as envs:
            env = envs[f"{language.upper()}/{name}"]
            env["actualPackageList"] = env["specPackageList"]
        return {"messages": messages()}
    return waited(instance, request, f"Update {name}", work)


@route("POST", "/admin/code-envs/{language}/{name}/images")
def update_images(instance, request, language, name):
    find(instance, language, name)
    instance.tools.record("code-env-images", env=name)
    return waited(instance, request, f"Images of {name}", lambda: {"messages": messages()})


@route("POST", "/admin/code-envs/{language}/{name}/jupyter")
def jupyter(instance, request, language, name):
    find(instance, language, name)

    def work():
        with instance.store.edit("code-envs") as envs:
            envs[f"{language.upper()}/{name}"]["desc"]["installJupyterSupport"] = request.flag("active")
        return {"messages": messages()}
    return waited(instance, request, f"Jupyter support of {name}", work)
