"""Applies the policies for Kubernetes namespaces, when they or the running clusters changed since the last time."""

from .documents import digest

SECONDS = 1800


def ensure(dss, payload: dict, memory: dict) -> None:
    policies = dss.client.get_general_settings().get_raw().get("k8sPoliciesSettings")
    running = sorted(cluster["id"] for cluster in dss.client.list_clusters() if cluster.get("state") == "RUNNING")
    current = digest([policies, running])
    if memory.get("applied") == current:
        return
    dss.task("the application of the namespace policies", dss.client.apply_kubernetes_namespaces_policies, SECONDS)
    memory["applied"] = current
    dss.changed("applied the policies for Kubernetes namespaces")
