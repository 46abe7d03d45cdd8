"""PostgreSQL on the host, with its data on the data volume."""

import base64
import hashlib
import hmac
import os
import secrets as randomness

from ..step import StepError
from ..steps.packages import install, missing
from ..system import CommandFailed

UNIT = "postgresql.service"
DROP_IN = f"/etc/systemd/system/{UNIT}.d/10-dss-platform.conf"
OWNER = "postgres"
PORT = 5432
# What release 9 of the distribution has outside of its modules.
PLAIN = {"9": "13"}
_SETTINGS = """# Written by dss-platform.
listen_addresses = 'localhost'
port = {port}
max_connections = {connections}
shared_buffers = 512MB
password_encryption = 'scram-sha-256'
"""
_INCLUDE = "include 'dss-platform.conf'\n"


def base_dir(desired: dict) -> str:
    return f"{desired['volume']['mountPoint']}/pgsql"


def data_dir(desired: dict) -> str:
    return f"{base_dir(desired)}/{desired['dss']['runtimeDatabase']['version']}/data"


def ensure_packages(host, desired: dict) -> None:
    """Installs the server of the wanted major version from the distribution's own modules."""
    version, release = desired["dss"]["runtimeDatabase"]["version"], desired["osRelease"]
    if missing(host, ["postgresql-server"]):
        if PLAIN.get(release) != version and release in ("8", "9"):
            host.run("dnf", "module", "reset", "-y", "postgresql", timeout=600)
            host.run("dnf", "module", "enable", "-y", f"postgresql:{version}", timeout=600)
        install(host, ["postgresql-server", "postgresql"])
    said = host.run("postgres", "--version", timeout=60)
    if f" {version}." not in said:
        raise StepError(f"the host has {said.strip()}, and PostgreSQL {version} is wanted",
                        f"set the version to what AlmaLinux {release} has: `dnf module list postgresql` on the host")


def ensure_cluster(host, desired: dict) -> None:
    """Makes the database cluster beside its place, and then puts it in place: a killed initdb leaves no half of one."""
    data = data_dir(desired)
    owner = host.account(OWNER)[:2]
    host.folder(base_dir(desired))
    host.folder(os.path.dirname(data), mode=0o700, owner=owner)
    if not host.exists(f"{data}/PG_VERSION"):
        scratch = f"{data}.new"
        host.run("rm", "-rf", host.path(scratch), timeout=600)
        _as_postgres(host, "initdb", "-D", host.path(scratch), "--encoding=UTF8", f"--locale={desired['locale']}",
                     "--auth-local=peer", "--auth-host=scram-sha-256")
        os.rename(host.path(scratch), host.path(data))
        host.changed(f"made the database cluster {data}")
    elif os.geteuid() == 0 and os.stat(host.path(data)).st_uid != owner[0]:
        # Another image has the account under another number.
        host.run("chown", "-R", f"{owner[0]}:{owner[1]}", host.path(os.path.dirname(data)), timeout=3600)
        host.changed(f"corrected the owner of {data}")
    host.label(base_dir(desired), "/var/lib/pgsql")


def ensure_settings(host, desired: dict) -> bool:
    """Writes settings and unit; True when the server has to be restarted."""
    data, owner = data_dir(desired), host.account(OWNER)[:2]
    text = _SETTINGS.format(port=PORT, connections=desired["dss"]["runtimeDatabase"]["maxConnections"])
    changed = host.write(f"{data}/dss-platform.conf", text, mode=0o600, owner=owner)
    main = host.read(f"{data}/postgresql.conf", "")
    if _INCLUDE not in main:
        changed = host.write(f"{data}/postgresql.conf", f"{main.rstrip()}\n{_INCLUDE}", mode=0o600,
                             owner=owner) or changed
    drop_in = f"[Unit]\nRequiresMountsFor={data}\n[Service]\nEnvironment=PGDATA={data}\n"
    return host.unit(DROP_IN, drop_in) or changed


def ensure_role(host, name: str, password: str) -> bool:
    """Makes role and database of one name, with this password; True when something was done."""
    if _may_log_in(host, name, password):
        return False
    verifier = scram_verifier(password)
    role, database = _identifier(name), _literal(name)
    _psql(host, "postgres", f"""
SELECT 'CREATE ROLE {role} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {database})\\gexec
ALTER ROLE {role} LOGIN PASSWORD {_literal(verifier)};
SELECT 'CREATE DATABASE {role} OWNER {role}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname =
{database})\\gexec
""")
    if not _may_log_in(host, name, password):
        raise StepError(f"role {name} cannot log in to its database",
                        f"see pg_hba.conf and the log of {UNIT} on the host")
    host.changed(f"made role and database {name}, with the password of its secret")
    return True


def ensure_schema(host, name: str, schema: str) -> None:
    if schema != "public":
        _psql(host, name, f"CREATE SCHEMA IF NOT EXISTS {_identifier(schema)} AUTHORIZATION {_identifier(name)};\n")


def recreate(host, name: str) -> None:
    """Makes the database empty."""
    _psql(host, "postgres", f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE);\n"
                            f"CREATE DATABASE {_identifier(name)} OWNER {_identifier(name)};\n")


def scram_verifier(password: str, salt: bytes = b"", rounds: int = 4096) -> str:
    """What PostgreSQL keeps of a password. It gets this, so that the password is in no statement that it could log."""
    salt = salt or randomness.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    words = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{words[0]}${words[1]}:{words[2]}"


def _may_log_in(host, name: str, password: str) -> bool:
    return host.succeeds("psql", "-h", "127.0.0.1", "-p", str(PORT), "-U", name, "-d", name, "-w", "-X", "-q", "-c",
                         "SELECT 1",
                         environment={"PGPASSWORD": password}, timeout=120)


def _psql(host, database: str, text: str) -> str:
    try:
        return _as_postgres(host, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-p", str(PORT), "-d", database,
                            stdin=text)
    except CommandFailed as problem:
        raise StepError(f"PostgreSQL: {problem.why}", f"see `journalctl -u {UNIT}` on the host") from problem


def _as_postgres(host, *argv, stdin=None) -> str:
    return host.run("runuser", "-u", OWNER, "--", *argv, stdin=stdin, timeout=900)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
