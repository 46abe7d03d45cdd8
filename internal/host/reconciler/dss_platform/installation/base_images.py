"""The container images that DSS builds its own images on: built on this host, anew for each version of DSS and other
options."""

from ..step import StepError
from . import layout
from .commands import dssadmin
from .dss_step import WITH_BACKEND, DSSStep
from .integration import recorded
from .record import Record

RECORD = "base-images"
BUILD_SECONDS = 7200


class BaseImages(DSSStep):
    name = "base-images"
    description = "the base images of DSS's containers are built, for its version"
    advice = "see run/install.log in DSS's data directory, and whether Docker reaches the registries of its images"
    node_types = WITH_BACKEND

    def ensure(self, host, desired):
        for image in desired["dss"]["baseImages"]:
            ensure_image(host, desired, image)


def ensure_image(host, desired: dict, image: dict) -> None:
    dss, record = desired["dss"], Record(host, desired)
    if image["type"] == "spark" and not dss["spark"]:
        raise StepError("the base image of Spark needs DSS's Spark, which is not installed",
                        "name a Spark archive, or leave the image out")
    name = image_name(host, dss, image)
    known = (record.get(RECORD) or {}).get(image["type"], {})
    fingerprint = {"version": dss["version"], "options": image["options"],
                   "integrations": {key: recorded(host, desired, key) for key in ("hadoop", "spark", "r")}}
    if known.get("fingerprint") == fingerprint and exists(host, name):
        return
    dssadmin(host, desired, "build-base-image", "--type", image["type"], *image["options"], timeout=BUILD_SECONDS)
    if not exists(host, name):
        raise StepError(f"build-base-image of {image['type']} has ended, and there is no image {name}",
                        f"see `docker images` and {dss['dataDir']}/run/install.log on the host")
    record.update(RECORD, **{image["type"]: {"fingerprint": fingerprint, "image": name}})
    host.changed(f"built {name}")
    former = known.get("image")
    if former and former != name and exists(host, former):
        # Clusters have it from the registry; here it only takes room. An image in use stays.
        host.succeeds("docker", "image", "rm", former, timeout=600)


def image_name(host, dss: dict, image: dict) -> str:
    """The name that DSS gives an image, or the one that the options give it."""
    options = image["options"]
    for place, word in enumerate(options):
        if word == "--tag" and place + 1 < len(options):
            return options[place + 1]
        if word.startswith("--tag="):
            return word.partition("=")[2]
    if image["type"] == "api-deployer":
        return f"dku-apideployer-apinode-base:dss-{dss['version']}"
    kinds = {"container-exec": "exec", "spark": "spark", "cde": "cde"}
    if image["type"] not in kinds:
        raise StepError(f"{image['type']} is no type of base image", f"choose of {', '.join([*kinds, 'api-deployer'])}")
    return f"dku-{kinds[image['type']]}-base-{layout.install_id(host, dss).lower()}:dss-{dss['version']}"


def exists(host, name: str) -> bool:
    return host.succeeds("docker", "image", "inspect", "--format", "{{.Id}}", name, timeout=120)
