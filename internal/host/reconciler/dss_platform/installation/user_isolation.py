"""User isolation: DSS runs its users' code as their own Unix accounts, so that it cannot read what DSS itself can."""

import os

from ..step import StepError
from ..system import CommandFailed
from . import accounts, commands, ini, layout, service
from .dss_step import WITH_BACKEND, DSSStep
from .integration import recorded
from .record import Record

RECORD = "user-isolation"
KNOWN = "dss-user-isolation"
SECURITY = "/etc/dataiku-security"
SUDOERS = "/etc/sudoers.d"


class UserIsolation(DSSStep):
    name = "user-isolation"
    description = "DSS runs its users' code as their own accounts"
    node_types = WITH_BACKEND

    def ensure(self, host, desired):
        isolation, record = desired["dss"]["userIsolation"], Record(host, desired)
        enabled = is_enabled(host, desired)
        if isolation is None:
            if enabled:
                raise StepError("user isolation is on, and DSS does not support switching it off",
                                "set it again; or begin with another data volume")
            return
        if not enabled and record.get("admin") and not isolation.get("enableLater"):
            raise StepError("this DSS has been used without user isolation: what is there belongs to the DSS user, and "
                            "Dataiku does not support switching it on later",
                            "begin with another data volume, or set enableLater to do it all the same")
        accounts.ensure(host, desired)
        impersonate(host, desired)
        security(host, desired, isolation)


def is_enabled(host, desired: dict) -> bool:
    known = Record(host, desired).get(RECORD) or {}
    section = layout.install_ini(host, desired["dss"]).get("mus", {})
    return bool(known.get("enabled") or section.get("exec_wrapper_location") or section.get("enabled") == "true")


def impersonate(host, desired: dict) -> None:
    """Runs DSS's own script, which writes to /etc and to the data directory: on every instance, and after every
    upgrade."""
    dss, user = desired["dss"], desired["user"]["name"]
    identity = layout.install_id(host, dss)
    fingerprint = {"version": dss["version"], "id": identity, "spark": recorded(host, desired, "spark")}
    if host.recall(KNOWN) == fingerprint and configuration(host, identity) and _has_sudoers(host, user):
        return
    service.stop(host, desired)
    Record(host, desired).set(RECORD, {"enabled": True})
    try:
        commands.as_root(host, desired, host.path(f"{dss['dataDir']}/bin/dssadmin"), "install-impersonation", user,
                         timeout=1800)
    except CommandFailed as problem:
        raise StepError(f"dssadmin install-impersonation: {problem.why}",
                        f"see {dss['dataDir']}/run/install-impersonation.log on the host") from problem
    if not configuration(host, identity):
        raise StepError(f"install-impersonation has made no security-config.ini below {SECURITY}/{identity}",
                        f"see {dss['dataDir']}/run/install-impersonation.log on the host")
    host.remember(KNOWN, fingerprint)
    host.changed(f"set up user isolation for DSS {dss['version']}")


def configuration(host, identity: str):
    """The configuration of the wrapper that DSS runs code with, or None. Versions of DSS put it in one of two places.
    """
    for path in (f"{SECURITY}/{identity}/security/security-config.ini", f"{SECURITY}/{identity}/security-config.ini"):
        if host.exists(path):
            return path
    return None


def _has_sudoers(host, user: str) -> bool:
    folder = host.path(SUDOERS)
    return os.path.isdir(folder) and any(name.startswith(f"dataiku-dss-{user}-") for name in os.listdir(folder))


def security(host, desired: dict, isolation: dict) -> None:
    """Says whom DSS may run code as, and where beside its data directory it may change owners."""
    path = configuration(host, layout.install_id(host, desired["dss"]))
    text = host.read(path, "")
    wanted = {"users": {"allowed_user_groups": ";".join(isolation["allowedGroups"])},
              "dirs": {"additional_allowed_file_dirs": ";".join(isolation["additionalDirs"])}}
    found = ini.parsed(text)
    if any(found.get(section, {}).get(key) != value for section, values in wanted.items() for key,
           value in values.items()):
        text = ini.merged(text, wanted)
    # Root's alone: whoever writes it chooses whom DSS runs code as.
    host.write(path, text, mode=0o600, owner=(0, 0))
