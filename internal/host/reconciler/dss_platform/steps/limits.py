"""Limits of the DSS user's processes (DSS wants 65536 open files and processes)."""

from ..step import Step

FILE = "/etc/security/limits.d/90-dss-platform.conf"


class Limits(Step):
    name = "limits"
    description = "the DSS user may open files and start processes as DSS needs"

    def ensure(self, host, desired):
        user, limits = desired["user"]["name"], desired["limits"]
        lines = [f"{user} {kind} {item} {limits[key]}\n"
                 for item, key in (("nofile", "openFiles"), ("nproc", "processes")) for kind in ("soft", "hard")]
        host.write(FILE, "".join(lines))
