"""The EKS plugin's two kinds of cluster: one that it creates, one that it attaches to."""

import json
import os
import re
import shutil

from .errors import Refused, illegal
from .store import write_file

KERNEL = "com.dataiku.dip.io.SocketBlockLinkKernelException"
NAME = r"[A-Za-z][A-Za-z0-9-]{0,99}"


def python_error(text: str) -> Refused:
    """How DSS tells that code of a plugin failed."""
    return Refused(500, KERNEL, f"Error in Python process: {text}")


def key_of(config: dict, key: str):
    if key not in config:
        raise python_error(f"<class 'KeyError'>: '{key}'")
    return config[key]


def preset(plugin: dict, parameter_set: str, choice) -> dict:
    """The configuration that a parameter names: {"mode": "PRESET" | "INLINE" | "NONE", …}."""
    if not isinstance(choice, dict) or choice.get("mode", "NONE") == "NONE":
        return {}
    if choice["mode"] == "INLINE":
        return choice.get("inlinedConfig", {})
    kind = next(s["type"] for s in plugin["settings"]["parameterSets"] if s["name"] == parameter_set)
    for one in plugin["settings"]["presets"]:
        if one["name"] == choice.get("name") and one["type"] == kind:
            return one["config"]
    raise illegal(f"Preset '{choice.get('name')}' of {parameter_set} does not exist")


def start(instance, cluster: dict, plugin: dict, element: str) -> dict:
    """Starts, and gives the data that DSS keeps with the cluster."""
    config = cluster.get("params", {}).get("config", {})
    connection = preset(plugin, "connection-info", config.get("connectionInfo"))
    region = connection.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    if element == "attach-eks-cluster":
        return attach(instance, cluster, config, region)
    return create(instance, cluster, plugin, config, region)


def create(instance, cluster: dict, plugin: dict, config: dict, region: str) -> dict:
    """Nothing is created: what the plugin looks at is looked at, and what eksctl would be asked for recorded."""
    name = cluster["id"]
    if not re.fullmatch(NAME, name):
        raise python_error(f"eksctl: validation for {name} failed, name must satisfy regular expression pattern: "
                           "[a-zA-Z][-a-zA-Z0-9]*")
    network = preset(plugin, "networking-settings", key_of(config, "networkingSettings"))
    if not config.get("advanced"):
        if len(network.get("subnets", [])) + len(network.get("privateSubnets", [])) < 2:
            raise python_error("<class 'Exception'>: eksctl needs at least two subnets")
        if network.get("controlPlaneSG") and network.get("sharedSG"):
            raise python_error("<class 'Exception'>: controlPlaneSG and sharedSG exclude each other")
        preset(plugin, "node-pool-request", config.get("nodePool"))
    instance.tools.record("eksctl-create", cluster=name, region=region, network=network,
                          version=config.get("k8sVersion"))
    return describe(instance, cluster, {"name": name, "endpoint": f"https://{name}.eks.invalid", "region": region})


def attach(instance, cluster: dict, config: dict, region: str) -> dict:
    name = config.get("clusterId") or ""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", name):
        raise python_error(f"<class 'Exception'>: '{name}' is no name of an EKS cluster")
    found = {"name": name, "endpoint": f"https://{name}.eks.invalid", "region": region}
    if instance.tools.on("aws"):
        where = ["--region", region] if region else []
        told = instance.tools.run("aws", "eks", "describe-cluster", "--name", name, "--output", "json", *where)
        if told.returncode:
            raise python_error(f"<class 'Exception'>: Could not get the cluster {name}: {told.stderr.strip()}")
        said = json.loads(told.stdout)["cluster"]
        if said.get("status") not in ("ACTIVE", "UPDATING"):
            raise python_error(f"<class 'Exception'>: cluster {name} is {said.get('status')}")
        found.update(endpoint=said["endpoint"], ca=said["certificateAuthority"]["data"])
    begun = describe(instance, cluster, found, config.get("assumeRoleARN") or "")
    instance.tools.record("attach", cluster=cluster["id"], eks=name, region=region)
    if instance.tools.on("aws", "kubectl"):
        # Only looked at: whether DSS may use the cluster is told by run-kubectl, and may come later.
        where = ("--kubeconfig", begun["kube_config_path"], "--request-timeout=20s")
        seen = instance.tools.run("kubectl", *where, "get", "nodes")
        instance.tools.log("clusters.log", f"{cluster['id']}: kubectl: {seen.returncode} {seen.stderr.strip()}")
    return begun


def describe(instance, cluster: dict, found: dict, role: str = "") -> dict:
    """Writes the configuration of kubectl, and gives the data to keep."""
    path = os.path.join(instance.folder, "clusters", cluster["id"], "exec", "kube_config")
    write_file(path, json.dumps(kube_config(found, role), indent=1))
    return {"kube_config_path": path, "cluster": {"Name": found["name"], "Endpoint": found["endpoint"],
                                                  "Region": found["region"]}}


def kube_config(found: dict, role: str) -> dict:
    server = {"server": found["endpoint"]}
    if found.get("ca"):
        server["certificate-authority-data"] = found["ca"]
    context = {"cluster": found["name"], "user": found["name"]}
    return {"apiVersion": "v1", "kind": "Config", "current-context": found["name"], "preferences": {},
            "clusters": [{"name": found["name"], "cluster": server}],
            "contexts": [{"name": found["name"], "context": context}],
            "users": [{"name": found["name"], "user": {"exec": token_command(found, role)}}]}


def token_command(found: dict, role: str) -> dict:
    """aws-iam-authenticator as the plugin has it, or the AWS CLI where that is not there."""
    if shutil.which("aws-iam-authenticator"):
        command, words = "aws-iam-authenticator", ["token", "-i", found["name"], *(["-r", role] if role else [])]
    else:
        region = ["--region", found["region"]] if found["region"] else []
        command, words = "aws", [*region, "eks", "get-token", "--cluster-name", found["name"],
                                 *(["--role-arn", role] if role else [])]
    return {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": command, "args": words,
            "interactiveMode": "Never", "provideClusterInfo": False}


def stand_in(words: list) -> str:
    """What kubectl says where it does not run."""
    if words[:2] in (["get", "nodes"], ["get", "node"]):
        return "NAME          STATUS   ROLES    AGE   VERSION\nip-10-0-0-1   Ready    <none>   1m    v1.33.1\n"
    return "No resources found\n"
