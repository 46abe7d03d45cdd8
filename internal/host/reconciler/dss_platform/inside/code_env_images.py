"""Images of code environments, for those that name container configurations.

They are built when the definition, the DSS version, the base images, the registry or the configurations changed.
"""

from .code_envs import BUILD_SECONDS, future, with_log
from .documents import digest

IN_CONTAINERS = ("allContainerConfs", "containerConfs", "allSparkKubernetesConfs", "sparkKubernetesConfs")


def ensure(dss, payload: dict, memory: dict) -> None:
    around = [payload["version"], payload["images"], payload["url"], configurations(dss.client.get_general_settings().get_raw())]
    built = memory.setdefault("built", {})
    for env in payload["codeEnvs"]:
        name, language = env["name"], env["language"].upper()
        handle = dss.client.get_code_env(language, name)
        found = handle.get_settings().get_raw()
        desc = found.get("desc", {})
        if not any(desc.get(key) for key in IN_CONTAINERS):
            built.pop(name, None)
            continue
        current = digest([around, found.get("specPackageList"), desc.get("pythonInterpreter"), [desc.get(k) for k in IN_CONTAINERS]])
        if built.get(name) == current:
            continue
        build(dss, handle, name)
        built[name] = current
        dss.changed(f"built images of code environment {name}")


def build(dss, handle, name: str) -> None:
    with_log(dss, handle.env_lang, name, lambda: dss.task(
        f"the build of code environment {name}'s images", lambda: future(dss, handle.update_images(wait=False)), BUILD_SECONDS))


def configurations(settings: dict) -> list:
    """What of the container and Spark configurations the images depend on: their names and where images go."""
    found = [settings.get("containerSettings", {}).get(key) or [] for key in ("executionConfigs", "buildConfigs")]
    found.append(settings.get("sparkSettings", {}).get("executionConfigs") or [])
    return [[{key: one.get(key) for key in ("name", "repositoryURL", "imageBuildConfig", "dockerBuilderConfig")} for one in ones]
            for ones in found]
