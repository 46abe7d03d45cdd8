"""The one-time copy of DSS's runtime databases from its own files to PostgreSQL.

Between the moment that DSS's settings name PostgreSQL and the end of the copy DSS must not start: it would begin with
empty databases. So whatever starts DSS finishes the copy first, and a hold keeps systemd from starting it after a
reboot.
"""

import json

from . import holds, postgresql
from .commands import dssadmin
from .record import Record

RECORD = "runtime-database"
HOLD = "runtime-database"
# What DSS's role and database are called.
ROLE = "dss"
# The settings are being written; they are written; the copy has begun; it has ended.
CONFIGURING, CONFIGURED, COPYING, COPIED = "configuring", "configured", "copying", "copied"
COPY_SECONDS = 4 * 3600


def is_configured(host, dss: dict) -> bool:
    """Whether DSS's settings name a database outside of DSS."""
    try:
        settings = json.loads(host.read(f"{dss['dataDir']}/config/general-settings.json") or "{}")
        return bool(settings["internalDatabase"]["connection"]["type"])
    except (ValueError, KeyError, TypeError):
        return False


def begin_anew(host, desired: dict) -> None:
    """For a data directory that is made anew: nothing is copied yet, and tables of a former DSS are in the way."""
    record = Record(host, desired)
    state = record.get(RECORD) or {}
    if set(state) - {"version", "former"}:
        former = state.get("former") or state.get("phase") in (COPYING, COPIED)
        record.set(RECORD, {"version": state.get("version"), **({"former": True} if former else {})})
    holds.release(host, desired, HOLD)


def finish(host, desired: dict) -> None:
    """Brings a copy to its end that has to come before DSS may start. DSS does not run."""
    record = Record(host, desired)
    state = record.get(RECORD) or {}
    if state.get("phase") == CONFIGURING and not is_configured(host, desired["dss"]):
        # Cut off before DSS had heard of it.
        holds.release(host, desired, HOLD)
        return
    if state.get("phase") not in (CONFIGURING, CONFIGURED, COPYING):
        return
    host.service(postgresql.UNIT)
    if state["phase"] == COPYING or state.get("former"):
        # A copy that was cut off; DSS has not run since, so nothing in there is anybody's only copy. Or the tables are of
        # a DSS whose data directory is gone, and without it they are of no use.
        postgresql.recreate(host, ROLE)
        postgresql.ensure_schema(host, ROLE, state["schema"])
    record.update(RECORD, phase=COPYING)
    dssadmin(host, desired, "copy-databases-to-external", timeout=COPY_SECONDS)
    record.update(RECORD, phase=COPIED, former=False)
    holds.release(host, desired, HOLD)
    host.changed("copied DSS's runtime databases to PostgreSQL")
