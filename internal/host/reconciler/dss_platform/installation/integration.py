"""What `dssadmin install-…` adds to an installed DSS: done once per version of DSS and of what is added, while DSS is
stopped."""

from . import archive, layout, service
from .commands import dssadmin
from .dss_step import WITH_BACKEND, DSSStep
from .record import Record

RECORD = "integrations"


class Integration(DSSStep):
    """A subclass says which action it is, what it is made of, and how its presence shows."""

    node_types = WITH_BACKEND
    action = ""
    # A file of the data directory that shows that it is there; empty where there is none.
    marker = ""
    seconds = 3600

    def is_asked_for(self, dss: dict) -> bool:
        raise NotImplementedError

    def archive(self, dss: dict):
        """The archive that it is made of, or None."""
        return None

    def words(self, host, entry) -> list:
        """What follows the action on dssadmin's command line."""
        return []

    def wanted(self, desired):
        return super().wanted(desired) and self.is_asked_for(desired["dss"])

    def ensure(self, host, desired):
        dss = desired["dss"]
        spec = self.archive(dss)
        entry = archive.known(host, desired, self.name, spec) if spec else None
        if self._is_done(host, desired, spec, entry):
            return
        if spec:
            # Before DSS is stopped: this may take long.
            entry = archive.fetch(host, desired, self.name, spec, room=2.0)
        service.stop(host, desired)
        with archive.on_trial(host, desired, [(self.name, spec)] if spec else []):
            dssadmin(host, desired, self.action, *self.words(host, entry), timeout=self.seconds)
        Record(host, desired).update(RECORD, **{self.name: self.fingerprint(host, desired, entry)})
        host.changed(f"{self.action} for DSS {dss['version']}")

    def fingerprint(self, host, desired, entry) -> dict:
        """What must be the same for it to be left alone."""
        return {"version": desired["dss"]["version"], "kit": layout.install_dir(desired["dss"]),
                "archive": entry["sha256"] if entry else None}

    def _is_done(self, host, desired, spec, entry) -> bool:
        if spec and not entry:
            return False
        if self.marker and not host.exists(f"{desired['dss']['dataDir']}/{self.marker}"):
            return False
        return recorded(host, desired, self.name) == self.fingerprint(host, desired, entry)


def recorded(host, desired: dict, name: str):
    """The fingerprint of an integration that is done, or None."""
    return (Record(host, desired).get(RECORD) or {}).get(name)
