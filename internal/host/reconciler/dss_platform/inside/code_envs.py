"""Code environments: made, brought to their definitions, and built when these or the DSS version changed.

One that is no longer wanted is left alone: projects may use it, and DSS keeps no list of that which could be trusted.
"""

from .definitions import Definition, Layer
from .documents import digest
from .session import DSSError

CREATION_SECONDS, BUILD_SECONDS = 3600, 3600
# Keys that DSS keeps in the definition's `desc`; in ours they may stand beside the others.
IN_DESC = {"pythonInterpreter", "conda", "condaPythonVersion", "installCorePackages", "corePackagesSet", "installJupyterSupport",
           "yarnPythonBin", "yarnRBin", "envSettings", "allContainerConfs", "containerConfs", "allSparkKubernetesConfs",
           "sparkKubernetesConfs", "dockerImageResources", "predefinedContainerHooks", "rebuildDependentCodeStudioTemplates",
           "owner"}
# What is kept of one that has to be built from nothing.
REBUILD = {"rebuild": True}
LOG_LINES = 5
ADVICE = ("see the logs of the code environment in DSS, whether the host has the interpreter, and whether it reaches its "
          "package index")


def ensure(dss, payload: dict, memory: dict) -> None:
    known = memory.setdefault("built", {})
    envs = [CodeEnv(dss, env, memory, payload["version"]) for env in payload["codeEnvs"]]
    # All at once: the child is ended to keep what is noted, and may not be ended as often as there are code environments.
    note(dss, known, {name: rebuild for env in envs for name, rebuild in env.due().items()})
    for env in envs:
        env.ensure(known)


def note(dss, known: dict, due: dict) -> None:
    """Has it kept that code environments are no longer built as they are wanted, before they are written: a run that is killed
    between the write and the build finds nothing to write, and must still build."""
    before = dict(known)
    for name, rebuild in due.items():
        if rebuild:
            known[name] = REBUILD
        elif known.get(name) != REBUILD:
            known.pop(name, None)
    if known != before:
        dss.again()


class CodeEnv:
    """One code environment that is wanted."""

    def __init__(self, dss, env: dict, memory: dict, version: str):
        self.dss, self.env, self.name, self.language = dss, env, env["name"], env["language"].upper()
        self.wanted = placed(env["definition"])
        self.built = {"definition": digest(self.wanted), "version": version}
        self.handle = dss.client.get_code_env(self.language, self.name)
        self.definition = Definition(dss, f"code environment {self.name}", lambda: self.handle.get_settings().get_raw(),
                                     self.handle.set_definition, [Layer(self.wanted)], memory, version)

    def due(self) -> dict:
        """Its name, and whether it is to be built from nothing, if it is to be made or written."""
        if not exists(self.dss, self.env):
            return {self.name: False}
        found = self.definition.read()
        return {self.name: self.has_other_interpreter(found)} if self.definition.is_to_be_written(found) else {}

    def has_other_interpreter(self, found: dict) -> bool:
        interpreter = self.wanted.get("desc", {}).get("pythonInterpreter")
        return interpreter is not None and found.get("desc", {}).get("pythonInterpreter") != interpreter

    def ensure(self, known: dict) -> None:
        create(self.dss, self.env, self.wanted)
        # Somebody may have changed it while others were built.
        self.definition.ensure(lambda found, paths: note(self.dss, known, {self.name: self.has_other_interpreter(found)}))
        if known.get(self.name) == self.built:
            return
        build(self.dss, self.handle, self.name, force=known.get(self.name) == REBUILD)
        known[self.name] = self.built
        self.dss.changed(f"built code environment {self.name}")


def placed(definition: dict) -> dict:
    """The definition with each key where DSS has it."""
    desc = {**definition.get("desc", {}), **{k: v for k, v in definition.items() if k in IN_DESC}}
    rest = {k: v for k, v in definition.items() if k not in IN_DESC and k != "desc"}
    return {**rest, "desc": desc} if desc else rest


def exists(dss, env: dict) -> bool:
    return any(found.get("envName") == env["name"] and found.get("envLang", "").upper() == env["language"].upper()
               for found in dss.client.list_code_envs())


def create(dss, env: dict, wanted: dict) -> None:
    if exists(dss, env):
        return
    params = {key: value for key, value in wanted.get("desc", {}).items() if value is not None}

    def start():
        return dss.client.create_code_env(env["language"].upper(), env["name"], env.get("deploymentMode", "DESIGN_MANAGED"),
                                          dict(params), wait=False)

    with_log(dss, env["language"].upper(), env["name"], lambda: dss.task(
        f"the creation of code environment {env['name']}", start, CREATION_SECONDS, done=lambda: exists(dss, env)))
    dss.changed(f"made code environment {env['name']}")


def build(dss, handle, name: str, force: bool) -> None:
    """Brings the packages to the definition. Images have a step of their own: they need the container configurations."""
    with_log(dss, handle.env_lang, name, lambda: dss.task(
        f"the update of code environment {name}", lambda: future(dss, handle.update_packages(force_rebuild_env=force, wait=False)),
        BUILD_SECONDS))


def future(dss, answer):
    """The client gives a future, or what DSS answered if it did not wait to be told to."""
    from dataikuapi.dss.future import DSSFuture  # only DSS's interpreter has it
    return answer if isinstance(answer, DSSFuture) else DSSFuture.from_resp(dss.client, answer)


def with_log(dss, language: str, name: str, do):
    """DSS tells why a code environment cannot be built in its log only."""
    try:
        return do()
    except Exception as problem:
        # The client raises a bare Exception for what DSS refuses.
        if not isinstance(problem, DSSError) and type(problem) is not Exception:
            raise
        tail = log_of(dss, language, name)
        raise DSSError(f"{problem}{' | log: ' + tail if tail else ''}", advice=ADVICE) from problem


def log_of(dss, language: str, name: str) -> str:
    """The end of the newest log of a code environment, or nothing."""
    try:
        handle = dss.client.get_code_env(language, name)
        logs = handle.list_logs() or []
        newest = max(logs, key=lambda log: log.get("lastModified") or 0)
        lines = [line.strip() for line in handle.get_log(newest["name"]).splitlines() if line.strip()]
    except (DSSError, ValueError, KeyError):
        return ""
    return " | ".join(lines[-LOG_LINES:])
