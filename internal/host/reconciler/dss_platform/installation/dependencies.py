"""Packages of the operating system that the kit asks for, by its own list."""

from ..step import StepError
from ..steps.packages import install
from ..system import CommandFailed
from . import commands, layout
from .dss_step import DSSStep

KNOWN = "dss-dependencies"
SECONDS = 3600


class Dependencies(DSSStep):
    name = "dependencies"
    description = "the packages that DSS's own installer asks for are installed"
    advice = "see whether the host reaches its package mirrors (NAT, proxy, or mirrors of your own)"

    def ensure(self, host, desired):
        dss = desired["dss"]
        words = options(dss)
        fingerprint = {"version": dss["version"], "options": words}
        if host.recall(KNOWN) == fingerprint:
            return
        if dss["r"]:
            add_repositories(host, desired["osRelease"])
        try:
            commands.as_root(host, desired, host.path(f"{layout.install_dir(dss)}/scripts/install/install-deps.sh"),
                             *words, timeout=SECONDS)
        except CommandFailed as problem:
            raise StepError(f"install-deps.sh: {problem.why}", self.advice) from problem
        host.remember(KNOWN, fingerprint)
        host.changed(f"installed the dependencies of DSS {dss['version']}")


def options(dss: dict) -> list:
    words = ["-yes"]
    if dss["r"]:
        words.append("-with-r")
    if dss["graphicsExport"]:
        words.append("-with-chrome")
    return words


def add_repositories(host, release: str) -> None:
    """R is in EPEL, and needs packages of a repository that is switched off by default."""
    install(host, ["epel-release", "dnf-plugins-core"])
    host.run("dnf", "config-manager", "--set-enabled", "powertools" if release == "8" else "crb", timeout=300)
