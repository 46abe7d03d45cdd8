"""The administrator's API key: made by DSS's own tool on the host, kept in Secrets Manager, and nowhere else.

DSS tells a key once. So it goes into the secret at once; before that, a salted hash of it is recorded, by which a later run knows
whether the key in the secret is the one that it made, and which of the older ones may go.
"""

import base64
import json
import secrets as randomness
import ssl
import time
import urllib.error
import urllib.request

from ..installation import secrets, service
from ..installation.record import Record
from ..step import StepError
from ..system import CommandFailed
from . import child
from .documents import fingerprint, is_same_secret

PREFIX = "dss-platform-"
RECORD = "api-key"
PROBE = "/public/api/admin/licensing/status"
PROBE_API_NODE = "/admin/api/services"
# What DSS says to a key. Forbidden is what an edition without the API says to every key.
VALID, INVALID, FORBIDDEN, UNKNOWN = "valid", "invalid", "forbidden", "unknown"
# Pauses between probes, in seconds: a restarting backend is away for a minute or two.
PAUSES = (1, 2, 4, 8, 15, 30, 30, 30)


def current(host, desired: dict) -> str:
    """The key in the secret."""
    text = secrets.read(host, desired["dss"]["secrets"]["apiKey"], desired["dss"]["region"])
    if not text:
        raise StepError("there is no API key in the secret", "run again: the step api-key makes one")
    return text.strip()


def ensure(host, desired: dict) -> None:
    """Has a valid key in the secret."""
    dss, record = desired["dss"], Record(host, desired)
    text = (secrets.read(host, dss["secrets"]["apiKey"], dss["region"]) or "").strip()
    said = probe(host, desired, text) if text else INVALID
    if said == UNKNOWN and not is_ours(record, text):
        said = INVALID
    if said == INVALID:
        text = make(host, desired, record)
        said = probe(host, desired, text)
    if said == INVALID:
        raise StepError("DSS does not take the API key that it has just made", "see run/backend.log in DSS's data directory")
    if said == FORBIDDEN:
        if dss["secrets"].get("license"):
            return  # the step admin-password has the licence set first
        raise StepError("DSS knows the API key in the secret, and does not let it administer",
                        "the Free Edition may lack the API: give a licence; or give the key's secret a key with administrator's rights")
    tidy(host, desired, record, text)


def make(host, desired: dict, record) -> str:
    """Makes a key and puts it into the secret."""
    label = PREFIX + randomness.token_hex(4)
    made = create(host, desired, label)
    record.set(RECORD, {"label": label, **fingerprint(made["key"])})
    secrets.write(host, desired["dss"]["secrets"]["apiKey"], desired["dss"]["region"], made["key"])
    host.changed(f"made API key {label} and put it into its secret")
    return made["key"]


def create(host, desired: dict, label: str) -> dict:
    """Has DSS make a key. Its text is hidden from the log from here on."""
    dss = desired["dss"]
    if dss["nodeType"] == "api":
        words = ["apinode-admin", "admin-key-create", "--output", "json", "--label", label]
    else:
        words = ["dsscli", "api-key-create", "--output", "json", "--admin", "true", "--label", label]
    said = host.run(host.path(f"{dss['dataDir']}/bin/{words[0]}"), *words[1:], user=desired["user"]["name"], timeout=300)
    found = key_in(said)
    if found is None:
        # What it said may have the key in it.
        raise StepError(f"{words[0]} {words[1]} printed no key", "see whether DSS runs, and the tool's help for its options")
    host.hide(found["key"])
    return found


def key_in(said: str):
    """The object with the key in what a tool printed, or None."""
    return next((one for one in objects_in(said) if isinstance(one.get("key"), str) and one["key"].strip("*")), None)


def objects_in(said: str) -> list:
    """The JSON objects in what a tool printed: among other lines, alone or in a list."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(said):
        if said[at] in "[{":
            try:
                value, end = decoder.raw_decode(said, at)
                found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
                at = end
                continue
            except ValueError:
                pass
        at += 1
    return found


def is_ours(record, text: str) -> bool:
    """Whether a key is the last one that we made."""
    known = record.get(RECORD) or {}
    return "salt" in known and is_same_secret(text, known)


def tidy(host, desired: dict, record, text: str) -> None:
    """Deletes the keys of ours that nobody has: those of runs that ended before the key was in the secret, and replaced ones."""
    known = record.get(RECORD) or {}
    if known.get("tidy") or not is_ours(record, text):
        return
    if desired["dss"]["nodeType"] == "api":
        tidy_api_node(host, desired, known["label"])
    else:
        child.call(host, desired, "api_keys", {"prefix": PREFIX, "label": known["label"]}, text)
    record.set(RECORD, {**known, "tidy": True})


def tidy_api_node(host, desired: dict, label: str) -> None:
    """The same on an API node, whose keys its own tool lists and deletes."""
    tool, user = host.path(f"{desired['dss']['dataDir']}/bin/apinode-admin"), desired["user"]["name"]
    try:
        said = host.run(tool, "admin-keys-list", "--output", "json", user=user)
        for one in objects_in(said):
            found = one.get("label") or ""
            if found.startswith(PREFIX) and found != label and one.get("id"):
                host.run(tool, "admin-key-delete-by-id", one["id"], user=user)
                host.changed(f"deleted API key {found}, which nobody uses any more")
    except CommandFailed as problem:
        host.warn(f"older API keys named {PREFIX}… are left: {problem.why}")


def probe(host, desired: dict, key: str, pace: float = 1.0) -> str:
    """What DSS says to a key. A DSS that says nothing is a failure: it is no reason to make another key."""
    api_node = desired["dss"]["nodeType"] == "api"
    path = PROBE_API_NODE if api_node else PROBE
    address = service.url(host, desired) + path
    for pause in (*PAUSES, None):
        code = status_of(address, key)
        if code == 401:
            return INVALID
        if code == 403:
            return INVALID if api_node else FORBIDDEN
        if code is not None and 200 <= code < 300:
            return VALID
        if code is not None and code < 500 and api_node:
            return UNKNOWN  # this version has its list of services elsewhere
        if pause is not None:
            time.sleep(pause * pace)
    raise StepError(f"DSS does not say whether the API key is valid: {path} answers {code or 'nothing'}",
                    "see run/backend.log in DSS's data directory")


def status_of(address: str, key: str, timeout: float = 60):
    """The code of an answer to a request with a key, or None."""
    context = ssl.create_default_context()
    # The certificate is for DSS's public name, and this is the host itself.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(address)
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{key}:".encode()).decode())
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except (OSError, ValueError):
        return None
