"""DSS's runtime databases in a PostgreSQL on the same host, as Dataiku advises, instead of in files of its own."""

import hashlib
import hmac
import secrets as randomness

from ..inside import child, keys
from ..step import StepError
from . import database_copy, holds, postgresql, secrets, service
from .database_copy import COPIED, CONFIGURED, CONFIGURING, HOLD, RECORD, ROLE
from .dss_step import WITH_BACKEND, DSSStep
from .record import Record


class RuntimeDatabase(DSSStep):
    name = "runtime-database"
    description = "DSS keeps its runtime databases in PostgreSQL on this host"
    node_types = WITH_BACKEND

    def wanted(self, desired):
        return super().wanted(desired) and bool(desired["dss"]["runtimeDatabase"])

    def ensure(self, host, desired):
        ensure_server(host, desired)
        password = ensure_password(host, desired)
        wanted = desired["dss"]["runtimeDatabase"]
        postgresql.ensure_role(host, ROLE, password)
        postgresql.ensure_schema(host, ROLE, wanted["schema"])
        connect(host, desired, password)
        # Also what stopped DSS above wants it started.
        service.settle(host, desired)


class PostgreSQLServer(DSSStep):
    """Comes before DSS is started: on a new instance DSS needs the server that its data are in."""

    name = "postgresql"
    description = "the PostgreSQL that DSS's runtime databases are in runs on this host"
    node_types = WITH_BACKEND

    def wanted(self, desired):
        return super().wanted(desired) and bool(desired["dss"]["runtimeDatabase"])

    def ensure(self, host, desired):
        ensure_server(host, desired)


def ensure_server(host, desired: dict) -> None:
    """Makes the server run, of the version that the data on the volume are of."""
    record, version = Record(host, desired), desired["dss"]["runtimeDatabase"]["version"]
    known = (record.get(RECORD) or {}).get("version")
    if known and known != version:
        raise StepError(f"the runtime databases are of PostgreSQL {known}, and {version} is wanted",
                        f"set the version to {known}; or carry them over with pg_upgrade, and correct "
                        f"{record.folder}/{RECORD}.json")
    postgresql.ensure_packages(host, desired)
    postgresql.ensure_cluster(host, desired)
    restart = postgresql.ensure_settings(host, desired)
    if restart and (record.get(RECORD) or {}).get("phase") == COPIED:
        # DSS does not get over a restart of its database.
        service.stop(host, desired)
    host.service(postgresql.UNIT, restart=restart)
    if not known:
        record.update(RECORD, version=version)


def ensure_password(host, desired: dict) -> str:
    """The password in the secret, which gets one the first time."""
    dss = desired["dss"]
    arn = dss["runtimeDatabase"]["passwordSecretArn"]
    password = secrets.read(host, arn, dss["region"])
    if password is None:
        password = randomness.token_urlsafe(32)
        secrets.write(host, arn, dss["region"], password)
        host.changed("generated the password of the runtime database")
    return password


def connect(host, desired: dict, password: str) -> None:
    """Has DSS's settings name the database, once and when the password is another one, and the data copied, once."""
    record, wanted = Record(host, desired), desired["dss"]["runtimeDatabase"]
    state = record.get(RECORD) or {}
    place = {"schema": wanted["schema"], "tablePrefix": wanted["tablePrefix"]}
    if state.get("place") not in (None, place):
        raise StepError(f"the runtime databases are in {state['place']}, and {place} is wanted",
                        "set schema and table prefix back: DSS does not move databases between schemas")
    first = state.get("phase") != COPIED
    if not first and _same(state.get("password"), password):
        return
    if not service.is_running(host, desired):
        service.settle(host, desired)
    if first:
        holds.hold(host, desired, HOLD)
        record.update(RECORD, phase=CONFIGURING, place=place, schema=wanted["schema"])
    service.ask_restart(host, "its runtime database changed")
    # Without a record: what the step `settings` has made is no business of this call.
    child.call(host, desired, "settings", payload(desired["dss"], password), keys.current(host, desired), name=RECORD)
    record.update(RECORD, password=_fingerprint(password), **({"phase": CONFIGURED} if first else {}))
    if first:
        service.stop(host, desired)
        database_copy.finish(host, desired)


def payload(dss: dict, password: str) -> dict:
    """What the step `settings` would be asked to merge into DSS's general settings."""
    wanted = dss["runtimeDatabase"]
    parameters = {"host": "localhost", "port": postgresql.PORT, "user": ROLE, "password": {"$value": password},
                  "db": ROLE}
    database = {"connection": {"type": "PostgreSQL", "params": parameters}, "schema": wanted["schema"]}
    if wanted["tablePrefix"]:
        database["tableNamePrefix"] = wanted["tablePrefix"]
    layer = {"document": {"internalDatabase": database}, "lists": {}, "dropped": "fail", "source": "runtime database"}
    return {"settings": [layer], "version": dss["version"]}


def _fingerprint(password: str) -> dict:
    salt = randomness.token_hex(16)
    return {"salt": salt, "hash": _hashed(password, salt)}


def _hashed(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), 100_000).hex()


def _same(known, password: str) -> bool:
    return bool(known) and hmac.compare_digest(known["hash"], _hashed(password, known["salt"]))
