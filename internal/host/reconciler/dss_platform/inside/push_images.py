"""Pushes the base images to the registry, when they, the registry or the DSS version changed since the last time."""

from .documents import digest

SECONDS = 7200


def ensure(dss, payload: dict, memory: dict) -> None:
    current = digest([payload["url"], payload["version"], payload["images"]])
    if memory.get("pushed") == current:
        return
    dss.task("the push of the base images", dss.client.push_base_images, SECONDS)
    memory["pushed"] = current
    dss.changed(f"pushed the base images to {payload['url'] or 'the registry'}")
