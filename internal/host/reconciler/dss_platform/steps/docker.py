"""Docker CE: DSS builds and pushes its container images with it, and does not work with podman."""

import json
import os

from ..step import Step, StepError
from .packages import missing

REPOSITORY = "/etc/yum.repos.d/docker-ce.repo"
PUBLISHER = "https://download.docker.com/linux/centos"
CONFIGURATION = "/etc/docker/daemon.json"
DROP_IN = "/etc/systemd/system/docker.service.d/10-dss-platform.conf"
PACKAGES = ["docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin"]
# podman-docker puts a `docker` in place that DSS does not work with; runc clashes with containerd.io.
IN_THE_WAY = ["podman-docker", "runc"]


class Docker(Step):
    name = "docker"
    description = "Docker CE runs, keeps its images on the data volume, and the DSS user may use it"
    advice = "see `journalctl -u docker` on the host, and whether it reaches the repository"

    def ensure(self, host, desired):
        docker, user = desired["docker"], desired["user"]["name"]
        self._clear(host)
        self._repository(host, docker["repositoryURL"])
        self._install(host, docker["version"])
        host.folder(docker["dataRoot"], mode=0o710)
        host.label(docker["dataRoot"], "/var/lib/docker")
        restart = host.write(CONFIGURATION, configuration(docker))
        drop_in = f"[Unit]\nRequiresMountsFor={docker['dataRoot']}\n"
        host.unit(DROP_IN, drop_in)
        host.service("docker.service", restart=restart)
        if user not in (host.members("docker") or []):
            host.run("usermod", "-aG", "docker", user)
            host.changed(f"put {user} into the group docker")
        host.run("docker", "info", timeout=120)

    def _clear(self, host):
        present = [name for name in IN_THE_WAY if host.succeeds("rpm", "-q", "--quiet", name)]
        if present:
            host.run("dnf", "remove", "-y", *present)
            host.changed(f"removed {', '.join(present)}")

    def _repository(self, host, url: str):
        mark = f"# from {url}\n"
        if (host.read(REPOSITORY) or "").startswith(mark):
            return
        os.makedirs(os.path.dirname(host.path(REPOSITORY)), exist_ok=True)
        with host.replacing(REPOSITORY) as incoming:
            host.download(url, incoming)
            with open(incoming, encoding="utf-8") as file:
                text = file.read()
            if "[docker-ce-stable]" not in text:
                raise StepError(f"{url} is no repository file of Docker CE", "correct the URL: it ends with docker-ce.repo")
            # A mirror has the publisher's file, with the publisher's addresses in it.
            with open(incoming, "w", encoding="utf-8") as file:
                file.write(mark + text.replace(PUBLISHER, url.rsplit("/", 1)[0]))
        host.changed(f"wrote {REPOSITORY}")

    def _install(self, host, version: str):
        pinned = {"docker-ce", "docker-ce-cli"} if version else set()
        if version and not missing(host, pinned) and installed_version(host) != version:
            host.run("dnf", "install", "-y", "--allowerasing", *[f"{name}-{version}" for name in sorted(pinned)], timeout=1800)
            host.changed(f"set Docker to {version}")
        absent = missing(host, PACKAGES)
        if absent:
            names = [f"{name}-{version}" if name in pinned else name for name in absent]
            host.run("dnf", "install", "-y", "--allowerasing", *names, timeout=1800)
            host.changed(f"installed {', '.join(names)}")
        if version and installed_version(host) != version:
            raise StepError(f"Docker {installed_version(host)} is installed, and {version} is wanted",
                            "name a version that the repository has, as `dnf list --showduplicates docker-ce` shows it")


def installed_version(host) -> str:
    return host.run("rpm", "-q", "--qf", "%{VERSION}", "docker-ce").strip()


def configuration(docker: dict) -> str:
    """The daemon's settings."""
    return json.dumps({
        "data-root": docker["dataRoot"],
        # With containerd's store, the default of Docker 29, images would lie outside of the data root, on the root volume.
        "features": {"containerd-snapshotter": False},
        "live-restore": True,
        "log-driver": "json-file",
        "log-opts": {"max-size": docker["logMaxSize"], "max-file": str(docker["logMaxFiles"])},
    }, indent=2, sort_keys=True) + "\n"
