"""Builds and pushes the image of the containerized engine, when what it is made of changed since the last time."""

from .documents import digest

SECONDS = 7200


def ensure(dss, payload: dict, memory: dict) -> None:
    plugins = sorted([plugin["id"], plugin.get("version", "")] for plugin in dss.client.list_plugins())
    current = digest([payload["url"], payload["version"], payload["images"], plugins])
    if memory.get("built") == current:
        return
    dss.task("the build of the containerized engine's image", dss.client.build_cde_plugins_image, SECONDS)
    memory["built"] = current
    dss.changed("built and pushed the image of the containerized engine with plugins")
