"""DSS as a service: started and stopped by systemd alone, and waited for until it answers."""

import os
import ssl
import time
import urllib.error
import urllib.request

from ..step import StepError
from ..system import CommandFailed
from . import database_copy, holds, layout
from .commands import as_user
from .dss_step import ALL, DSSStep

ASKED = "dss-restart"
READY_SECONDS = 1800
STOP_SECONDS = 900
# What the message of a DSS that does not start keeps of its log.
LOG_LINES, LOG_WIDTH = 6, 300


class Service(DSSStep):
    name = "service"
    description = "DSS runs and answers"
    node_types = ALL

    def ensure(self, host, desired):
        settle(host, desired)


class Restart(DSSStep):
    name = "restart"
    description = "what takes effect after a restart of DSS has taken effect"
    node_types = ALL

    def ensure(self, host, desired):
        if asked(host):
            settle(host, desired)


def unit(desired: dict) -> str:
    """The name of the unit that DSS's install-boot.sh makes."""
    name = desired["dss"].get("instanceName", "")
    return f"dataiku.{name}.service" if name else "dataiku.service"


def url(host, desired: dict) -> str:
    """Where DSS answers on this host."""
    dss = desired["dss"]
    encrypted = layout.install_ini(host, dss).get("server", {}).get("ssl", "").lower() == "true"
    return f"{'https' if encrypted else 'http'}://127.0.0.1:{dss['port']}"


# Restarts.

def ask_restart(host, why: str) -> None:
    """Has the next `service` or `restart` step restart DSS. It is asked for before the change, so that no killed run
    forgets it."""
    reasons = asked(host)
    if why not in reasons:
        host.remember(ASKED, [*reasons, why])


def asked(host) -> list:
    return host.recall(ASKED) or []


def settle(host, desired: dict) -> None:
    """Makes DSS run, with what it was asked to be restarted for, and waits until it answers."""
    reasons = asked(host)
    if reasons and is_running(host, desired):
        host.log("restart", why=", ".join(reasons))
        stop(host, desired)
    if not is_running(host, desired):
        start(host, desired)
    wait_ready(host, desired)
    if reasons:
        host.remember(ASKED, [])


# Starting and stopping.

def is_running(host, desired: dict) -> bool:
    """Whether the unit is up and DSS's own supervisor with it: the unit may outlive its processes."""
    return host.succeeds("systemctl", "is-active", "--quiet", unit(desired)) and _supervised(host, desired)


def _supervised(host, desired: dict) -> bool:
    program = f"{desired['dss']['dataDir']}/bin/dss"
    if not host.exists(program):
        return False
    # Only a look: without the lock that DSS's installers hold.
    return host.succeeds(host.path(program), "status", user=desired["user"]["name"], timeout=120)


def stop(host, desired: dict) -> None:
    """Stops DSS where it runs. The step `service` starts it again."""
    name = unit(desired)
    active = host.succeeds("systemctl", "is-active", "--quiet", name)
    if active:
        host.run("systemctl", "stop", name, timeout=STOP_SECONDS)
        host.changed("stopped DSS")
    if _supervised(host, desired):
        # Started by hand, behind systemd's back.
        as_user(host, desired, host.path(f"{desired['dss']['dataDir']}/bin/dss"), "stop", timeout=STOP_SECONDS)
        host.warn("DSS had been started by bin/dss: use `systemctl start " + name + "` instead")
        host.changed("stopped DSS")


def start(host, desired: dict) -> None:
    """Starts DSS, once what must not be interrupted has come to its end."""
    database_copy.finish(host, desired)
    held = holds.held(host, desired)
    if held:
        raise StepError(f"DSS is not started while {' and '.join(held)} has not ended",
                        "run it again: the step of that name goes on where it was")
    name = unit(desired)
    # A unit that has failed too often, or whose processes are gone, is not started again by `start`.
    host.run("systemctl", "reset-failed", name, check=False)
    try:
        host.run("systemctl", "restart", name, timeout=STOP_SECONDS)
    except CommandFailed as problem:
        raise StepError(f"{problem.why}{_log_end(host, desired)}",
                        f"see `journalctl -u {name}` on the host") from problem
    host.changed("started DSS")


# Readiness.

def probes(node_type: str) -> list:
    """Paths, and the codes with which they answer when DSS is ready."""
    if node_type == "api":
        return [("/isAlive/", (200,))]
    # The front answers before the backend behind it does. Without a key, a backend that is ready refuses.
    return [("/dip/api/get-configuration", (200,)), ("/public/api/admin/licensing/status", (401, 403))]


def status_of(address: str, timeout: float = 10):
    """The code that an address answers with, or None."""
    context = ssl.create_default_context()
    # The certificate is for DSS's public name, and this is the host itself.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(address, timeout=timeout) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except (OSError, ValueError):
        return None


def wait_ready(host, desired: dict, seconds: float = 0, pause: float = 3) -> None:
    """Waits until DSS answers and its backend is ready. The failure has the end of the backend's log."""
    seconds = seconds or READY_SECONDS
    base, until, said = url(host, desired), time.monotonic() + seconds, ""
    while True:
        said = _unready(base, desired["dss"]["nodeType"])
        if not said:
            return
        if host.succeeds("systemctl", "is-failed", "--quiet", unit(desired)):
            raise StepError(f"{unit(desired)} has failed{_log_end(host, desired)}",
                            f"see `journalctl -u {unit(desired)}` and {desired['dss']['dataDir']}/run on the host")
        if time.monotonic() >= until:
            raise StepError(f"DSS is not ready after {round(seconds)} s: {said}{_log_end(host, desired)}",
                            f"see {desired['dss']['dataDir']}/run/backend.log on the host")
        time.sleep(min(pause, max(0, until - time.monotonic())))


def _unready(base: str, node_type: str) -> str:
    for path, codes in probes(node_type):
        code = status_of(base + path)
        if code not in codes:
            return f"{path} answers {code}" if code else "it does not answer"
    return ""


def _log_end(host, desired: dict) -> str:
    name = "apimain.log" if desired["dss"]["nodeType"] == "api" else "backend.log"
    try:
        with open(host.path(f"{desired['dss']['dataDir']}/run/{name}"), "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 20_000))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip()[:LOG_WIDTH] for line in text.splitlines() if line.strip()][-LOG_LINES:]
    return "; its log ends with: " + " | ".join(lines) if lines else ""
