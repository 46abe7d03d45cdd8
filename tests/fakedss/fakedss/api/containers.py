"""Images for containers: pushed with the vendor's hook for ECR, plugins' image, policies of namespaces."""

from ..errors import Refused, illegal
from ..futures import messages
from ..routes import route

NAMES = {"EXEC": "dku-exec-base-{id}", "SPARK": "dku-spark-base-{id}", "CDE": "dku-cde-base-{id}",
         "API_DEPLOYER": "dku-apideployer-apinode-base"}
PUSH_FAILED = "com.dataiku.dip.exceptions.CodedException"


def image_name(instance, config: dict, kind: str) -> str:
    """The local image of a configuration; its own name where it says one."""
    if config.get("baseImage"):
        return config["baseImage"]
    name = NAMES[config.get("baseImageType") or kind].format(id=instance.install_id.lower())
    return f"{name}:dss-{instance.version}"


def pushes(instance) -> list:
    """[(image, repository URL, hook)] that the settings ask for, each once."""
    settings = instance.store.get("general-settings")
    containers = settings.get("containerSettings", {})
    builds = {b.get("name"): b for b in containers.get("buildConfigs", [])}
    wanted = []
    for config in containers.get("executionConfigs", []):
        build = builds.get(config.get("imageBuildConfig"))
        if build:
            wanted += built(instance, build, "EXEC")
        else:
            wanted += named(instance, config, "EXEC")
    for config in settings.get("sparkSettings", {}).get("executionConfigs", []):
        spark = config.get("kubernetesSettings", {})
        build = builds.get(spark.get("imageBuildConfig"))
        if not spark.get("managedKubernetes"):
            continue
        if build:
            wanted += built(instance, build, "SPARK", "SPARK")
        else:
            wanted += named(instance, spark, "SPARK")
    return list(dict.fromkeys(wanted))


def named(instance, config: dict, kind: str) -> list:
    """The push that a configuration asks for by itself."""
    url = config.get("repositoryURL")
    return [(image_name(instance, config, kind), url, config.get("prePushMode", "NONE"))] if url else []


def built(instance, build: dict, kind: str, forced: str = "") -> list:
    config = {**build, "baseImageType": forced} if forced else build
    return [(image_name(instance, config, kind), p["repositoryURL"], p.get("prePushMode", "NONE"))
            for p in build.get("dockerBuilderConfig", {}).get("pushConfigs", []) if p.get("repositoryURL")]


def push(instance, image: str, url: str, hook: str) -> None:
    target = f"{url.rstrip('/')}/{image}"
    if not instance.tools.has_image(image):
        raise Refused(500, PUSH_FAILED, f"ERR_CONTAINER_IMAGE_PUSH_FAILED: No such image: {image}: "
                                        "build the base image first")
    if instance.tools.on("docker"):
        if hook == "ECR":
            prepare_ecr(instance, url, image)
        instance.tools.must("docker", "tag", image, target, what="docker tag")
        instance.tools.must("docker", "push", target, what="docker push")
    instance.tools.record("push", image=image, target=target, hook=hook)


def prepare_ecr(instance, url: str, image: str) -> None:
    """What the hook does: logs docker in to the registry, and makes the repository where it is not there."""
    registry, _, prefix = url.partition("/")
    parts = registry.split(".")
    region = parts[3] if len(parts) > 4 and parts[1:3] == ["dkr", "ecr"] else ""
    where = ["--region", region] if region else []
    name = "/".join(p for p in (prefix.strip("/"), image.rsplit(":", 1)[0]) if p)
    password = instance.tools.must("aws", "ecr", "get-login-password", *where, what="aws ecr get-login-password")
    instance.tools.must("docker", "login", "--username", "AWS", "--password-stdin", registry, stdin=password,
                        what="docker login")
    seen = instance.tools.run("aws", "ecr", "describe-repositories", "--repository-names", name, *where)
    if seen.returncode and "RepositoryNotFoundException" not in seen.stderr:
        raise Refused(500, PUSH_FAILED, f"ERR_CONTAINER_IMAGE_PUSH_FAILED: pre-push script: {seen.stderr.strip()}")
    if seen.returncode:
        instance.tools.must("aws", "ecr", "create-repository", "--repository-name", name, *where,
                            what="ERR_CONTAINER_IMAGE_PUSH_FAILED: aws ecr create-repository")


@route("POST", "/admin/container-exec/actions/push-base-images")
def push_base_images(instance, request):
    def work():
        for image, url, hook in pushes(instance):
            push(instance, image, url, hook)
        return {"messages": messages()}
    return instance.futures.start("Push base images", work)


@route("POST", "/admin/container-exec/actions/build-cde-plugins-image")
def build_cde_plugins_image(instance, request):
    def work():
        base = f"dku-cde-base-{instance.install_id.lower()}:dss-{instance.version}"
        if not instance.store.get("general-settings")["containerSettings"].get("cdeEnabled"):
            raise illegal("Containerized DSS engine is not enabled")
        if not instance.tools.has_image(base):
            raise Refused(500, PUSH_FAILED, f"No such image: {base}: build the base image first")
        instance.tools.record("cde-plugins-image", plugins=sorted(instance.store.get("plugins", {})))
        return {"messages": messages()}
    return instance.futures.start("Build CDE image", work)


@route("POST", "/admin/container-exec/actions/apply-kubernetes-policies")
def apply_policies(instance, request):
    def work():
        running = [c["id"] for c in instance.store.get("clusters", {}).values() if c.get("state") == "RUNNING"]
        policies = instance.store.get("general-settings").get("k8sPoliciesSettings", {}).get("policies", [])
        instance.tools.record("kubernetes-policies", clusters=running, policies=[p.get("name") for p in policies])
        return {"messages": messages()}
    return instance.futures.start("Apply Kubernetes policies", work)


def jupyter(action: str):
    @route("POST", f"/admin/container-exec/actions/{action}-jupyter-support")
    def perform(instance, request):
        instance.tools.record(f"{action}-jupyter-support")
        return instance.futures.start(f"{action} Jupyter support", lambda: {"messages": messages()})
    return perform


for _action in ("install", "remove"):
    jupyter(_action)
