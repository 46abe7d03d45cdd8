"""Hadoop's libraries without a cluster of Hadoop: DSS reads and writes S3 with them."""

from .integration import Integration


class Hadoop(Integration):
    name = "hadoop"
    description = "DSS has its standalone Hadoop libraries"
    action = "install-hadoop-integration"
    marker = "bin/env-hadoop.sh"

    def is_asked_for(self, dss):
        return bool(dss["hadoop"])

    def archive(self, dss):
        return dss["hadoop"]

    def words(self, host, entry):
        return ["-standalone", "generic-hadoop3", "-standaloneArchive", host.path(entry["file"])]
