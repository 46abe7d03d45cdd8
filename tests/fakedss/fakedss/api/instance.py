"""The instance itself: what it is, its check of itself, its logs."""

import os

from ..errors import missing
from ..futures import collect, messages
from ..routes import route

CODES = ["WARN_SECURITY_NO_CGROUPS", "WARN_CONNECTION_FILESYSTEM_ROOT", "WARN_MISC_AUDIT_NO_LOG4J_LOCAL_TARGET"]


@route("GET", "/instance-info", admin=False)
def info(instance, request):
    return {"nodeId": instance.node_id, "nodeName": instance.node_id, "nodeType": instance.node_type.upper(),
            "dssVersion": instance.version, "dssStartupTimestamp": int(instance.started * 1000)}


@route("GET", "/admin/sanity-check/codes")
def codes(instance, request):
    return CODES


@route("POST", "/admin/sanity-check/run")
def sanity_check(instance, request):
    excluded = request.json() or []

    def work():
        said = [{"isFatal": False, "details": "", **m} for m in instance.switches.get("sanityMessages")]
        if "filesystem_root" in instance.store.get("connections", {}):
            text = "Connection filesystem_root gives access to the whole host"
            said += messages("WARNING", CODES[1], text)["messages"]
        return collect([m for m in said if m.get("code") not in excluded])
    return instance.futures.start("Sanity check", work)


@route("GET", "/projects", admin=False)
def projects(instance, request):
    return []


@route("GET", "/admin/logs")
def logs(instance, request):
    folder = os.path.join(instance.folder, "run")
    return [{"name": n, "totalSize": os.path.getsize(os.path.join(folder, n))}
            for n in sorted(os.listdir(folder)) if n.endswith(".log")]


@route("GET", "/admin/logs/{name}")
def log(instance, request, name):
    path = os.path.join(instance.folder, "run", os.path.basename(name))
    if not os.path.exists(path):
        raise missing(f"Log '{name}' does not exist")
    with open(path, encoding="utf-8", errors="replace") as file:
        return {"name": name, "tail": {"totalLines": 0, "lines": file.read().splitlines()[-1000:]}}
