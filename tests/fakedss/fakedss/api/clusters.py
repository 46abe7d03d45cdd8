"""Clusters: definitions, start and stop (which answer when they are done), kubectl."""

import re
import shlex
import time

from .. import eks
from ..errors import Refused, illegal, missing
from ..futures import messages
from ..routes import route

KERNEL = "com.dataiku.dip.io.SocketBlockLinkKernelException"


def find(instance, ident: str) -> dict:
    found = instance.store.get("clusters", {}).get(ident)
    if found is None:
        raise missing(f"Cluster '{ident}' does not exist")
    return found


def new_id(name: str, taken) -> str:
    """The id of a new cluster: its name in simple letters, with a number where it is taken."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    ident, number = plain, 1
    while ident in taken:
        ident, number = f"{plain}_{number}", number + 1
    return ident


def change(instance, ident: str, **values) -> dict:
    with instance.store.edit("clusters") as clusters:
        if ident in clusters:
            clusters[ident].update(values)
        return clusters.get(ident)


@route("GET", "/admin/clusters")
def list_clusters(instance, request):
    return [{k: c.get(k) for k in ("id", "name", "type", "architecture", "state")}
            for c in instance.store.get("clusters", {}).values()]


@route("POST", "/admin/clusters")
def create(instance, request):
    body = request.object()
    if not body.get("name"):
        raise illegal("Cluster name is not specified")
    kept = instance.filter("cluster", {"params": {}, **body})
    with instance.store.edit("clusters") as clusters:
        ident = new_id(kept["name"], clusters)
        state = {} if kept["type"] == "manual" else {"state": "NONE"}
        clusters[ident] = {**kept, "id": ident, "owner": "admin", "origin": {"type": "USER"}, **state}
        return clusters[ident]


@route("GET", "/admin/clusters/{id}")
def get(instance, request, ident):
    return find(instance, ident)


@route("PUT", "/admin/clusters/{id}")
def put(instance, request, ident):
    with instance.store.edit("clusters") as clusters:
        before = find(instance, ident)
        kept = instance.filter("cluster", {"params": {}, **request.object()})
        fixed = {k: before[k] for k in ("id", "type", "architecture", "state", "data") if k in before}
        clusters[ident] = {**kept, **fixed}
        return clusters[ident]


@route("DELETE", "/admin/clusters/{id}")
def delete(instance, request, ident):
    find(instance, ident)
    with instance.store.edit("clusters") as clusters:
        clusters.pop(ident)
    return {}


@route("GET", "/admin/clusters/{id}/status")
def status(instance, request, ident):
    cluster = find(instance, ident)
    return {"clusterId": ident, "clusterType": cluster["type"], "state": cluster.get("state", "NONE"), "usages": []}


def plugin_of(instance, cluster: dict) -> tuple:
    """(plugin, element) of a cluster type; refused where the plugin is not there."""
    match = re.fullmatch(r"pycluster_(.+)_([a-z0-9-]+)", cluster["type"])
    if not match:
        raise illegal(f"Cluster type {cluster['type']} is not managed")
    plugin = instance.store.get("plugins", {}).get(match[1])
    if plugin is None or match[2] not in plugin["clusters"]:
        raise illegal(f"Unknown cluster type {cluster['type']}: its plugin is not installed")
    env = plugin["settings"].get("codeEnvName")
    if instance.switches.get("requirePluginCodeEnv") and f"PYTHON/{env}" not in instance.store.get("code-envs", {}):
        raise Refused(500, KERNEL, "Error in Python process: <class 'ModuleNotFoundError'>: No module named 'boto3'")
    return plugin, match[2]


@route("POST", "/admin/clusters/{id}/actions/start")
def start(instance, request, ident):
    with instance.store.lock:
        cluster = find(instance, ident)
        if cluster.get("state") not in (None, "NONE"):
            raise illegal(f"Cluster '{ident}' cannot be started: it is {cluster['state']}")
        change(instance, ident, state="STARTING")
    try:
        plugin, element = plugin_of(instance, cluster)
        time.sleep(instance.switches.get("clusterStartSeconds"))
        if instance.switches.get("clusterStartError"):
            raise Refused(500, KERNEL, instance.switches.get("clusterStartError"))
        begun = eks.start(instance, cluster, plugin, element)
    except BaseException:
        change(instance, ident, state="NONE")
        raise
    overrides = {"executionConfigsGenericOverrides": {"kubeConfigPath": begun["kube_config_path"], "properties": []}}
    change(instance, ident, state="RUNNING", data=begun, containerSettings=overrides)
    return {"messages": messages(), "state": "RUNNING"}


@route("POST", "/admin/clusters/{id}/actions/stop")
def stop(instance, request, ident):
    cluster = find(instance, ident)
    if cluster.get("state") != "RUNNING" and not request.flag("forceStop"):
        raise illegal(f"Cluster '{ident}' cannot be stopped: it is {cluster.get('state', 'NONE')}")
    change(instance, ident, state="STOPPING")
    instance.tools.record("cluster-stop", cluster=ident)
    if request.flag("terminate", True):
        delete(instance, request, ident)
    else:
        with instance.store.edit("clusters") as clusters:
            for name in ("data", "containerSettings"):
                clusters[ident].pop(name, None)
            clusters[ident]["state"] = "NONE"
    return {"messages": messages()}


@route("POST", "/admin/clusters/{id}/k8s/actions/run-kubectl")
def run_kubectl(instance, request, ident):
    cluster = find(instance, ident)
    path = cluster.get("data", {}).get("kube_config_path")
    if not path:
        raise illegal(f"Cluster '{ident}' is not started")
    words = shlex.split(request.object().get("args", ""))
    if instance.switches.count("kubectl") <= instance.switches.get("kubectlErrors"):
        return {"rv": 1, "out": "", "err": "Error from server (Forbidden): nodes is forbidden"}
    if not instance.tools.on("kubectl"):
        return {"rv": 0, "out": eks.stand_in(words), "err": ""}
    done = instance.tools.run("kubectl", "--kubeconfig", path, *words)
    return {"rv": done.returncode, "out": done.stdout, "err": done.stderr}


def clean_up(kind: str):
    @route("POST", f"/admin/clusters/{{id}}/k8s/{kind}")
    def perform(instance, request, ident):
        find(instance, ident)
        return {"success": True, "deletedResources": [], "kubectlResult": {"rv": 0, "out": "", "err": ""}}
    return perform


for _kind in ("jobs/actions/delete-finished", "pods/actions/delete-finished", "pods/actions/delete-all"):
    clean_up(_kind)


def forget_unfinished(instance) -> None:
    """A restarted backend knows of no start or stop that was under way."""
    with instance.store.edit("clusters") as clusters:
        for cluster in clusters.values():
            if cluster.get("state") in ("STARTING", "STOPPING"):
                cluster["state"] = "NONE"
