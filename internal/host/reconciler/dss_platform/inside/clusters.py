"""Clusters: defined, started or attached, and tried with kubectl.

To start one that DSS creates takes 15 to 20 minutes, and DSS answers at its end only. An answer that does not come says
nothing; the cluster's state does.
"""

import time

from .definitions import ensure_definition, forget
from .documents import plain, reveal
from .session import PAUSES_500, DSSError, ServerError, Transient

RUNNING, STARTING, STOPPING = "RUNNING", "STARTING", "STOPPING"
# How long one request to start may take until the state is asked for instead.
START_ANSWER_SECONDS = 1800
POLL_SECONDS = 10


def ensure(dss, payload: dict, memory: dict) -> None:
    names = [cluster["name"] for cluster in payload["clusters"]]
    kinds = memory.setdefault("attached", {})
    kinds.update({cluster["name"]: bool(cluster.get("attach")) for cluster in payload["clusters"]})
    present = {cluster["name"] for cluster in dss.client.list_clusters()}
    dss.claim(memory, "made", [name for name in names if name not in present])
    for cluster in payload["clusters"]:
        one(dss, cluster, memory, payload["version"])
    for name in [made for made in memory.get("made", ()) if made not in names]:
        remove(dss, name, kinds.get(name, False), memory)
    memory["attached"] = {name: kind for name, kind in kinds.items() if name in names or name in memory.get("made", ())}


def find(dss, name: str):
    """The list's entry of a cluster, or None."""
    return next((cluster for cluster in dss.client.list_clusters() if cluster["name"] == name), None)


def one(dss, cluster: dict, memory: dict, version: str) -> None:
    name = cluster["name"]
    create(dss, cluster)
    handle = dss.client.get_cluster(find(dss, name)["id"])
    wanted = {key: cluster[key] for key in ("type", "architecture", "params") if key in cluster}
    running = state_of(handle) == RUNNING
    if ensure_definition(dss, f"cluster {name}", handle.get_definition, handle.set_definition, wanted, memory, version=version) \
            and running:
        dss.warn(f"cluster {name} runs, and its new definition takes effect when it is stopped and started in DSS")
    if not cluster.get("start", True):
        return
    until = time.monotonic() + cluster.get("timeoutSeconds", 3600)
    start(dss, handle, cluster, until)
    wait_for_nodes(dss, handle, name, until)


def create(dss, cluster: dict) -> None:
    def look():
        if find(dss, cluster["name"]):
            return None
        return lambda: dss.client.create_cluster(
            cluster["name"], cluster["type"], plain(reveal(cluster.get("params") or {})), cluster.get("architecture", "KUBERNETES"))

    if dss.settle(look):
        dss.changed(f"defined cluster {cluster['name']}")


def state_of(handle) -> str:
    return handle.get_status().get_raw().get("state") or "NONE"


def start(dss, handle, cluster: dict, until: float) -> None:
    """Starts the cluster unless it runs. One that is on its way, because of us before or of somebody else, is waited for."""
    name, attempt = cluster["name"], 0
    while settled_state(dss, handle, name, until) != RUNNING:
        problem, again = try_start(dss, handle, name, until)
        # Neither a good answer nor a missing one is proof.
        state = settled_state(dss, handle, name, until)
        if state == RUNNING:
            dss.changed(f"started cluster {name}")
            return
        # A creation that failed half-way leaves things behind, and says so the second time instead of why it failed.
        again = again and (cluster.get("attach") or not isinstance(problem, ServerError))
        if not again or attempt >= len(PAUSES_500):
            raise failed(name, str(problem) if problem else f"its state is {state}")
        dss.pause(PAUSES_500[attempt])
        attempt += 1


def try_start(dss, handle, name: str, until: float) -> tuple:
    """Asks DSS to start the cluster: (what went wrong or None, whether it may help to ask again)."""
    try:
        with dss.patience(min(START_ANSWER_SECONDS, max(1, until - time.monotonic()))):
            answer = handle.start()
        if isinstance(answer, dict) and answer.get("jobId"):
            dss.wait(dss.client.get_future(answer["jobId"]), f"the start of cluster {name}", until - time.monotonic())
    except Transient as problem:
        return problem, True
    except Exception as problem:
        # The client raises a bare Exception for what DSS refuses.
        if not isinstance(problem, DSSError) and type(problem) is not Exception:
            raise
        return problem, False
    return None, False


def failed(name: str, why: str) -> DSSError:
    return DSSError(f"cluster {name} does not start: {why}",
                    advice="see the cluster's log in DSS (Administration > Clusters); for an attached one, whether the DSS role "
                           "has an access entry in EKS")


def settled_state(dss, handle, name: str, until: float) -> str:
    """The state, once it is neither on its way up nor down."""
    while True:
        state = state_of(handle)
        if state not in (STARTING, STOPPING):
            return state
        if time.monotonic() > until:
            raise DSSError(f"cluster {name} is still {state}", advice="see the cluster's log in DSS; run again to wait longer")
        dss.pause(POLL_SECONDS)


def wait_for_nodes(dss, handle, name: str, until: float) -> None:
    """DSS's way into the cluster may open a little later than the cluster runs."""
    while True:
        try:
            code, said = kubectl_result(handle.run_kubectl("get nodes"))
        except DSSError as problem:
            code, said = 1, str(problem)
        if code == 0:
            return
        if time.monotonic() > until:
            raise DSSError(f"kubectl does not work on cluster {name}: {said}",
                           advice="see whether the DSS role has an access entry in EKS, and whether the host reaches its endpoint")
        dss.pause(POLL_SECONDS)


def kubectl_result(result: dict):
    """The (exit code, output) of what DSS says about a command."""
    # The key of the code is not documented; it is the only number.
    code = next((value for value in result.values() if isinstance(value, int) and not isinstance(value, bool)), 0)
    texts = [value for value in result.values() if isinstance(value, str) and value.strip()]
    return code, " ".join(texts)[-300:]


def remove(dss, name: str, attached: bool, memory: dict) -> None:
    """Detaches and forgets a cluster. One that DSS made is left to people: to delete it is to delete what runs on it."""
    found = find(dss, name)
    if found is not None and not attached:
        dss.warn(f"cluster {name} is not wanted any more; DSS made it, so it is left: stop and delete it in DSS")
        return
    if found is not None:
        handle = dss.client.get_cluster(found["id"])

        def detach():
            return (lambda: handle.stop(terminate=False)) if state_of(handle) == RUNNING else None

        def delete():
            return handle.delete if find(dss, name) else None

        dss.settle(detach)
        dss.settle(delete)
        dss.changed(f"detached cluster {name} and removed its definition")
    memory["made"].remove(name)
    forget(memory, f"cluster {name}")
