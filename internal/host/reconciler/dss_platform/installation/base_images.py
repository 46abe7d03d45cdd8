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
        forget(host, desired)


def ensure_image(host, desired: dict, image: dict) -> None:
    dss, record = desired["dss"], Record(host, desired)
    if image["type"] == "spark" and not dss["spark"]:
        raise StepError("the base image of Spark needs DSS's Spark, which is not installed",
                        "name a Spark archive, or leave the image out")
    name = image_name(host, dss, image)
    key = image_key(image)
    known = (record.get(RECORD) or {}).get(key, {})
    fingerprint = {"version": dss["version"], "options": image["options"],
                   "integrations": {key: recorded(host, desired, key) for key in ("hadoop", "spark", "r")}}
    if known.get("fingerprint") == fingerprint and exists(host, name):
        return
    dssadmin(host, desired, "build-base-image", "--type", image["type"], *image["options"], timeout=BUILD_SECONDS)
    if not exists(host, name):
        raise StepError(f"build-base-image of {image['type']} has ended, and there is no image {name}",
                        f"see `docker images` and {dss['dataDir']}/run/install.log on the host")
    record.update(RECORD, **{key: {"fingerprint": fingerprint, "image": name}})
    host.changed(f"built {name}")
    discard(host, known.get("image"), name)


def discard(host, former, kept=None) -> None:
    """Clusters have an image from the registry; here a former one only takes room. An image in use stays."""
    if former and former != kept and exists(host, former):
        host.succeeds("docker", "image", "rm", former, timeout=600)


def forget(host, desired: dict) -> None:
    """Removes the images that are no longer asked for."""
    record, wanted = Record(host, desired), [image_key(image) for image in desired["dss"]["baseImages"]]
    known = record.get(RECORD) or {}
    names = [one["image"] for key, one in known.items() if key in wanted]
    for key in [key for key in known if key not in wanted]:
        if known[key]["image"] not in names:
            discard(host, known[key]["image"])
        record.set(RECORD, {k: v for k, v in (record.get(RECORD) or {}).items() if k != key})


def image_key(image: dict) -> str:
    """What tells an image from the others: there may be several of a type, with tags of their own."""
    return " ".join([image["type"], *filter(None, [given_tag(image)])])


def given_tag(image: dict):
    """The name and tag that the options give an image, or None."""
    options = image["options"]
    for place, word in enumerate(options):
        if word == "--tag" and place + 1 < len(options):
            return options[place + 1]
        if word.startswith("--tag="):
            return word.partition("=")[2]
    return None


def image_name(host, dss: dict, image: dict) -> str:
    """The name that the options give an image, or the one that DSS gives it."""
    tag = given_tag(image)
    if tag:
        return tag
    if image["type"] == "api-deployer":
        return f"dku-apideployer-apinode-base:dss-{dss['version']}"
    kinds = {"container-exec": "exec", "spark": "spark", "cde": "cde"}
    if image["type"] not in kinds:
        raise StepError(f"{image['type']} is no type of base image", f"choose of {', '.join([*kinds, 'api-deployer'])}")
    return f"dku-{kinds[image['type']]}-base-{layout.install_id(host, dss).lower()}:dss-{dss['version']}"


def exists(host, name: str) -> bool:
    return host.succeeds("docker", "image", "inspect", "--format", "{{.Id}}", name, timeout=120)
