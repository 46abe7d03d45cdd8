"""What the steps of DSS have in common."""

from ..step import Step

# Node types with a backend: projects, users, settings. An API node has none of these.
WITH_BACKEND = ("design", "automation", "deployer")
ALL = (*WITH_BACKEND, "api")


class DSSStep(Step):
    """A step that is wanted on a host with DSS, for the node types that it is about."""

    node_types = ALL

    def wanted(self, desired):
        dss = desired.get("dss")
        return bool(dss) and dss["nodeType"] in self.node_types
