"""What a host has come to, as texts by name, so that two hosts can be compared.

What differs between two hosts without being a difference is replaced: the installation's id, generated ids, times, and
ciphertexts and hashes by the name of the secret that they are of.
"""

import glob
import hashlib
import hmac
import importlib.util
import json
import os
import pwd
import re
import subprocess

DATA, KITS, CLOUD = "/data/dss", "/data/kits", "/cloud"
DOCUMENTS = ("general-settings", "connections", "users", "groups", "plugins", "clusters", "code-envs", "license", "api-keys")
FILES = ("bin/env-site.sh", "bin/env-default.sh", "bin/env-hadoop.sh", "bin/env-spark.sh", "install.ini", "config/dip.properties",
         "dss-version.json")
TREES = ("lib", "hadoop-standalone-libs", "spark-standalone", "bin")
HOST_FILES = ("/etc/docker/daemon.json", "/etc/yum.repos.d/docker-ce.repo", "/etc/locale.conf", "/etc/security/limits.d/*",
              "/etc/dss-platform/*", "/etc/systemd/system/d*.service", "/etc/systemd/system/d*.service.d/*", "/etc/dataiku/*/*",
              "/etc/dataiku-security/*/security/security-config.ini", "/etc/sudoers.d/*dataiku*", "/data/home/dataiku/.aws/*",
              "/data/home/dataiku/.bashrc")


def collect() -> dict:
    ident = install_id()
    found = {**host_state(), **volume_state(), **cloud_state()}
    return {name: settled(text, ident) for name, text in sorted(found.items())}


def install_id() -> str:
    return re.search(r"^installid *= *(\S+)", read(f"{DATA}/install.ini"), re.M).group(1)


def settled(text: str, ident: str) -> str:
    text = re.sub(re.escape(ident), "INSTALLID", text, flags=re.I)
    text = re.sub(r"dataiku-dss-dataiku-[0-9a-f]{8}", "dataiku-dss-dataiku-HASH", text)
    text = re.sub(r"dss-platform-[0-9a-f]{8}", "dss-platform-KEY", text)
    return re.sub(r"\b1[5-9]\d{11}\b", "TIME", text)


def read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def load(path: str, default=None):
    return json.loads(read(path)) if os.path.exists(path) else default


def shown(document) -> str:
    return json.dumps(document, indent=1, sort_keys=True)


# Parts.

def host_state() -> dict:
    found = {}
    for pattern in HOST_FILES:
        for path in glob.glob(pattern):
            facts = os.stat(path)
            if not os.path.isdir(path):
                found[f"host {settled(path, install_id())}"] = f"{facts.st_mode & 0o7777:o} {owner(facts.st_uid)}\n{read(path)}"
    found["host sudoers"] = str(len(glob.glob("/etc/sudoers.d/*dataiku*")))
    # A unit that is off counts as one that never was: the host's ports are guarded only where the password is not yet changed.
    found["host units"] = shown({n: u for n, u in load("/var/lib/stand-ins/units.json", {}).items() if any(u.values())})
    found["host packages"] = shown(load("/var/lib/stand-ins/packages.json", {}))
    found["host users"] = "\n".join(run("getent", kind, name) for kind in ("passwd", "group")
                                    for name in ("dataiku", "ada", "old", "dss-users", "docker"))
    found["host filter"] = re.sub(r"packets \d+ bytes \d+", "", run("nft", "list", "ruleset"))
    found["host processes"] = "\n".join(sorted(filter(None, (
        "DSS" if "-m fakedss" in line else "dockerd" if "dockerd" in line else "" for line in commands()))))
    return found


def volume_state() -> dict:
    secrets = load(f"{CLOUD}/secrets.json", {})
    found = {f"DSS {name}": shown(plain(load(f"{DATA}/config/{name}.json", {}), secrets)) for name in DOCUMENTS}
    found["DSS api-keys"] = shown(sorted(shown({**key, "id": "", "hash": secret_of(key["hash"], secrets)})
                                         for key in load(f"{DATA}/config/api-keys.json", {}).values()))
    found.update({f"data {name}": read(f"{DATA}/{name}") for name in FILES if os.path.exists(f"{DATA}/{name}")})
    found.update({f"tree {name}": tree(f"{DATA}/{name}") for name in TREES})
    found["kits"] = "\n".join(sorted(os.listdir(KITS)) + sorted(os.listdir(f"{KITS}/archives")))
    found["images"] = "\n".join(sorted(load("/data/docker/images.json", {})))
    found["records"] = "\n".join(sorted(os.listdir("/data/.dss-platform")) + sorted(glob.glob("/data/.dss-platform/holds/*")))
    return found


def cloud_state() -> dict:
    return {"cloud secrets": "\n".join(sorted(load(f"{CLOUD}/secrets.json", {}))),
            "cloud repositories": "\n".join(sorted(load(f"{CLOUD}/repositories.json", {}))),
            "cloud snapshots": str(len(load(f"{CLOUD}/snapshots.json", {})))}


# Details.

def owner(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def run(*words) -> str:
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


def commands() -> list:
    lines = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            lines.append(read(path).replace("\0", " "))
        except OSError:
            continue
    return lines


def tree(folder: str) -> str:
    """Every file with its mode, owner, and the beginning of its hash."""
    lines = []
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if name.endswith(".pyc"):
                continue
            facts = os.lstat(path)
            content = "" if os.path.islink(path) else digest(path)
            lines.append(f"{os.path.relpath(path, folder)} {facts.st_mode:o} {owner(facts.st_uid)} {content}")
    return "\n".join(sorted(lines))


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:12] if "env-" not in path else ""


def ciphers():
    path = glob.glob(f"{KITS}/dataiku-dss-*/python/fakedss/ciphers.py")[0]
    spec = importlib.util.spec_from_file_location("ciphers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(document, secrets: dict):
    """A document with the names of secrets in place of ciphertexts and hashes."""
    if isinstance(document, dict):
        return {key: plain(value, secrets) for key, value in document.items()}
    if isinstance(document, list):
        return [plain(value, secrets) for value in document]
    if isinstance(document, str) and re.fullmatch(r"[0-9a-f]{16}\$[0-9a-f]{64}", document):
        return secret_of(document, secrets)
    if isinstance(document, str) and document.startswith("e:AES:"):
        with open(f"{DATA}/config/configkey.bin", "rb") as file:
            clear = ciphers().decrypt(file.read(), document)
        return next((f"secret {arn}" for arn, text in secrets.items() if text == clear), f"text {clear}")
    return document


def secret_of(kept: str, secrets: dict) -> str:
    """The secret that a hash is of."""
    for name, text in secrets.items():
        if hmac.compare_digest(ciphers().hash_secret(text.strip(), kept.split("$", 1)[0]), kept):
            return f"secret {name}"
    return "a text that is in no secret"
