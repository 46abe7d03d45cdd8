"""The steps inside DSS, on root's side: what each hands to its child."""

import re
import secrets as randomness
import time

from ..installation import archive, layout, license, secrets
from ..installation.dss_step import ALL, WITH_BACKEND, DSSStep
from ..installation.record import Record
from ..step import StepError
from ..system import CommandFailed
from . import child, keys
from .documents import fingerprint, is_same_secret
from .secret_values import resolve

ADMIN_LOGIN = "admin"
ADMIN_RECORD = "admin"
PASSWORD_BYTES = 33
EKS_POLL_SECONDS = 20


def inside(desired: dict) -> dict:
    return desired["dss"].get("inside") or {}


class InsideStep(DSSStep):
    """A step that one child carries out. Without anything declared there is only to remove what was made before."""

    node_types = WITH_BACKEND
    subject = ""
    # The key of desired["dss"]["inside"] that the step is about.
    key = ""
    seconds = child.SECONDS
    # Whether what is declared may go again, and has to be removed then.
    removes = True

    def wanted(self, desired):
        return super().wanted(desired) and (self.removes or bool(inside(desired).get(self.key)))

    def ensure(self, host, desired):
        record = Record(host, desired)
        memory = record.get(f"inside-{self.name}") or {}
        if not self.declares(desired) and not memory.get("made"):
            return
        payload = {"version": desired["dss"]["version"], **self.payload(host, desired)}
        child.call(host, desired, self.subject, payload, keys.current(host, desired), record, self.time(desired), self.name)

    def declares(self, desired) -> bool:
        return bool(inside(desired).get(self.key))

    def payload(self, host, desired) -> dict:
        return {self.key: resolve(host, desired, inside(desired).get(self.key) or [])}

    def time(self, desired) -> float:
        return self.seconds


class ApiKey(DSSStep):
    name = "api-key"
    description = "the secret has an administrator's API key that DSS takes"
    advice = "see run/backend.log in DSS's data directory, and whether the host's role may read and write the secret"
    node_types = ALL

    def ensure(self, host, desired):
        keys.ensure(host, desired)


class AdminPassword(DSSStep):
    name = "admin-password"
    description = "the administrator's password is the one in its secret"
    node_types = WITH_BACKEND

    def ensure(self, host, desired):
        dss, record = desired["dss"], Record(host, desired)
        arn = dss["secrets"]["adminPassword"]
        password = secrets.read(host, arn, dss["region"])
        if password is None:
            # First the secret: a password that is in force and in no secret would be known to nobody.
            password = randomness.token_urlsafe(PASSWORD_BYTES)
            secrets.write(host, arn, dss["region"], password)
            host.changed("made a password for the administrator and put it into its secret")
        password = password.strip()
        if not password:
            raise StepError(f"secret {arn} is empty", "put the administrator's password into it")
        if is_same_secret(password, record.get(ADMIN_RECORD)):
            return
        key = keys.current(host, desired)
        License.let_in(host, desired, key)
        payload = {"login": ADMIN_LOGIN, "password": {"$value": password}}
        child.call(host, desired, "administrator", payload, key)
        record.set(ADMIN_RECORD, fingerprint(password))


class License(DSSStep):
    name = "license"
    description = "DSS has the licence that is in its secret"
    advice = "see whether the licence is valid for this instance"
    node_types = ALL

    def wanted(self, desired):
        return super().wanted(desired) and license.is_wanted(desired["dss"])

    def ensure(self, host, desired):
        text = license.text_of(host, desired)
        if desired["dss"]["nodeType"] not in WITH_BACKEND:
            license.in_data_directory(host, desired, text)
            return
        key = keys.current(host, desired)
        self.let_in(host, desired, key)
        payload = {"license": {"$value": text}}
        child.call(host, desired, "licensing", payload, key, Record(host, desired), name=self.name)

    @staticmethod
    def let_in(host, desired, key: str) -> None:
        """An edition without the API takes a licence from DSS's tool on the host. Until it has, the administrator's
        password cannot be changed either, so AdminPassword needs this first."""
        if license.is_wanted(desired["dss"]) and keys.probe(host, desired, key) == keys.FORBIDDEN:
            license.by_tool(host, desired, license.text_of(host, desired))


class Groups(InsideStep):
    name = subject = key = "groups"
    description = "groups are as they are wanted"


class Users(InsideStep):
    name = subject = key = "users"
    description = "users, and what they are members of, are as they are wanted"

    def payload(self, host, desired):
        users = []
        for user in inside(desired).get("users") or []:
            one = {"login": user["login"], "definition": resolve(host, desired, user["definition"])}
            if user.get("passwordSecretArn"):
                one["password"] = resolve(host, desired, {"$secret": user["passwordSecretArn"]})
            users.append(one)
        return {"users": users}


class CodeEnvs(InsideStep):
    name, subject, key = "code-envs", "code_envs", "codeEnvs"
    description = "code environments have their definitions, and their packages"
    seconds = 4 * 3600
    removes = False


class Plugins(InsideStep):
    name = subject = key = "plugins"
    description = "plugins are installed, with their code environments and presets"
    seconds = 2 * 3600

    def payload(self, host, desired):
        plugins = resolve(host, desired, inside(desired).get("plugins") or [])
        for plugin in plugins:
            if plugin["source"]["kind"] == "archive":
                got = archive.fetch(host, desired, *self.archive_of(plugin))
                plugin["path"] = host.path(got["file"])
                # Another mirror of the same file is no other plugin.
                plugin["source"] = {"kind": "archive", "sha256": got["sha256"]}
        return {"plugins": plugins}

    def ensure(self, host, desired):
        plugins = inside(desired).get("plugins") or []
        with archive.on_trial(host, desired, [self.archive_of(one) for one in plugins if one["source"]["kind"] == "archive"]):
            super().ensure(host, desired)

    @staticmethod
    def archive_of(plugin: dict) -> tuple:
        return f"plugin-{plugin['id']}", plugin["source"]["archive"]


class Connections(InsideStep):
    name = subject = key = "connections"
    description = "connections are as they are wanted, and work"

    def declares(self, desired):
        return super().declares(desired) or bool(inside(desired).get("removedConnections"))

    def payload(self, host, desired):
        return {**super().payload(host, desired), "removedConnections": inside(desired).get("removedConnections") or []}


class Settings(InsideStep):
    name = subject = key = "settings"
    description = "the general settings have what is wanted in them"


class Defaults(InsideStep):
    name, subject, key = "defaults", "settings", "defaults"
    description = "default cluster and default configurations are set"

    def payload(self, host, desired):
        return {"settings": resolve(host, desired, inside(desired).get("defaults") or [])}


class PushImages(InsideStep):
    name, subject, key = "push-images", "push_images", "pushImages"
    description = "the registry has the base images"
    advice = "see whether the host's role may push to the registry, and the task's log in DSS"
    seconds = 3 * 3600
    removes = False

    def wanted(self, desired):
        return DSSStep.wanted(self, desired) and bool(inside(desired).get("pushImages") or inside(desired).get("cdePluginsImage"))

    def ensure(self, host, desired):
        if self.declares(desired):
            super().ensure(host, desired)
        if inside(desired).get("cdePluginsImage"):
            payload = {"version": desired["dss"]["version"], **self.payload(host, desired)}
            child.call(host, desired, "cde_image", payload, keys.current(host, desired), Record(host, desired), self.seconds)

    def payload(self, host, desired):
        return {"url": (inside(desired).get("pushImages") or {}).get("url", ""), "images": base_images(host, desired)}


class CodeEnvImages(PushImages):
    name, subject, key = "code-env-images", "code_env_images", "codeEnvs"
    description = "code environments have images for their container configurations"
    seconds = 4 * 3600

    def wanted(self, desired):
        return InsideStep.wanted(self, desired)

    def ensure(self, host, desired):
        InsideStep.ensure(self, host, desired)

    def payload(self, host, desired):
        return {**super().payload(host, desired), "codeEnvs": inside(desired).get("codeEnvs") or []}


def base_images(host, desired: dict) -> dict:
    """The ids of DSS's base images, by name and tag, as Docker has them."""
    install_id = layout.install_id(host, desired["dss"]).lower()
    said = host.run("docker", "images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}", timeout=120)
    base = re.compile(rf"^dku-(?:[a-z-]+-base-{re.escape(install_id)}|apideployer-apinode-base):")
    return dict(sorted(line.split(" ", 1) for line in said.splitlines() if base.match(line)))


class Clusters(InsideStep):
    name = subject = key = "clusters"
    description = "clusters are defined, run, and answer to kubectl"
    advice = "see the cluster's log in DSS (Administration > Clusters)"

    def time(self, desired):
        return 600 + sum(one.get("timeoutSeconds", 3600) for one in inside(desired).get("clusters") or [])

    def payload(self, host, desired):
        for cluster in inside(desired).get("clusters") or []:
            # With a role of its own the cluster is not the DSS user's to ask about; starting it tells.
            assumes = cluster["params"].get("config", {}).get("assumeRoleARN")
            if cluster.get("attach") and cluster.get("eksName") and cluster.get("start", True) and not assumes:
                await_eks(host, desired, cluster)
        return super().payload(host, desired)


def await_eks(host, desired: dict, cluster: dict, pause: float = EKS_POLL_SECONDS) -> None:
    """Waits until EKS says ACTIVE: the cluster may be made at the same time as the host."""
    name, until = cluster["eksName"], time.monotonic() + cluster.get("timeoutSeconds", 3600)
    waiting = False
    while True:
        state, detail = eks_state(host, desired, cluster)
        if state == "ACTIVE":
            return
        if state in ("FAILED", "DELETING"):
            raise StepError(f"EKS cluster {name} is {state}", "see the cluster in the EKS console")
        if time.monotonic() > until:
            raise StepError(f"EKS cluster {name} is not ACTIVE: {detail or state}",
                            "see the cluster in the EKS console, and whether the host's role may call eks:DescribeCluster")
        if not waiting:
            host.log("waiting", why=f"EKS cluster {name} is {state}")
            waiting = True
        time.sleep(pause)


def eks_state(host, desired: dict, cluster: dict) -> tuple:
    """The (state, detail) of a cluster, asked as the DSS user, whose cluster it is; one that is not there yet is ABSENT."""
    region = cluster.get("eksRegion") or desired["dss"]["region"]
    try:
        return host.run("aws", "eks", "describe-cluster", "--region", region, "--name", cluster["eksName"],
                        "--query", "cluster.status", "--output", "text", user=desired["user"]["name"], timeout=120).strip(), ""
    except CommandFailed as problem:
        if "ResourceNotFoundException" in problem.output:
            return "ABSENT", "there is no such cluster"
        # A role gets its rights while the host is at work, and the network may be away for a moment: time tells.
        return "UNKNOWN", problem.why


class NamespacePolicies(InsideStep):
    name, subject, key = "namespace-policies", "namespace_policies", "namespacePolicies"
    description = "the policies for Kubernetes namespaces are applied"
    removes = False

    def payload(self, host, desired):
        return {}


class SanityCheck(InsideStep):
    name, subject, key = "sanity-check", "sanity_check", "sanityCheck"
    description = "DSS's own check of the instance has run"
    removes = False

    def payload(self, host, desired):
        return {}


# In the order in which they run; PortOpen comes after AdminPassword, RuntimeDatabase and Restart after Settings.
ORDER = [ApiKey(), AdminPassword(), License(), Groups(), Users(), CodeEnvs(), Plugins(), Connections(), Settings(),
         PushImages(), CodeEnvImages(), Clusters(), Defaults(), NamespacePolicies(), SanityCheck()]
