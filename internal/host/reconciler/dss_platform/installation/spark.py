"""Dataiku's build of Spark, for drivers on this host and executors on Kubernetes."""

from .integration import Integration, recorded


class Spark(Integration):
    name = "spark"
    description = "DSS has its standalone Spark, for Kubernetes"
    action = "install-spark-integration"
    marker = "bin/env-spark.sh"

    def is_asked_for(self, dss):
        return bool(dss["spark"])

    def archive(self, dss):
        return dss["spark"]

    def words(self, host, entry):
        return ["-standaloneArchive", host.path(entry["file"]), "-forK8S"]

    def fingerprint(self, host, desired, entry):
        # It takes over what the Hadoop integration has set up.
        return {**super().fingerprint(host, desired, entry), "hadoop": recorded(host, desired, "hadoop")}
