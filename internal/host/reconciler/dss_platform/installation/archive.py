"""Archives that DSS is made of: found at the first of several addresses that has them, checked, and kept on the data
volume.

What was got is recorded with its SHA-256, so that a second run and a new instance download nothing. A download that was
cut off goes on where it stopped.
"""

import contextlib
import hashlib
import json
import os
import re

from ..step import StepError
from ..system import CommandFailed, sha256_of
from .record import Record

RECORD = "archives"
GIB = 1 << 30
DOWNLOAD_SECONDS = 4 * 3600
# What files begin with. Mirrors and proxies answer with pages of HTML and the code 200.
_BEGINNINGS = {".gz": b"\x1f\x8b", ".tgz": b"\x1f\x8b", ".zip": b"PK", ".jar": b"PK"}


def folder(dss: dict) -> str:
    return f"{dss['kitsDir']}/archives"


def known(host, desired: dict, name: str, wanted: dict):
    """What was got for an archive ({"file", "sha256", "url", "size"}), or None when it is not the one that is wanted
    now."""
    entry = (Record(host, desired).get(RECORD) or {}).get(name)
    if not entry:
        return None
    if wanted["sha256"]:
        return entry if entry["sha256"] == wanted["sha256"].lower() else None
    # Without a checksum a file of the same name is the same file, whichever mirror it came from.
    return entry if os.path.basename(entry["url"]) in [os.path.basename(url) for url in wanted["urls"]] else None


def fetch(host, desired: dict, name: str, wanted: dict, room: float = 1.0) -> dict:
    """Gets an archive, unless it is there. `room` is how often its size is needed beside itself, to unpack it."""
    entry = known(host, desired, name, wanted)
    if entry and _is_there(host, entry):
        return entry
    place = folder(desired["dss"])
    os.makedirs(host.path(place), exist_ok=True)
    region = desired["dss"]["region"]
    url, size = choose(host, wanted["urls"], region)
    target = f"{place}/{os.path.basename(url.split('?')[0])}"
    part = f"{place}/.{hashlib.sha256(url.encode()).hexdigest()[:12]}.part"
    _check_space(host, place, part, size, room)
    _download(host, url, part, size, region)
    digest = _checked(host, url, part, wanted["sha256"].lower())
    os.chmod(host.path(part), 0o644)
    os.replace(host.path(part), host.path(target))
    if not wanted["sha256"] and url.startswith("http://"):
        host.warn(f"{url} came without encryption and without a checksum: give its sha256 {digest}")
    facts = {"file": target, "sha256": digest, "url": url, "size": os.path.getsize(host.path(target))}
    Record(host, desired).update(RECORD, **{name: facts})
    if entry is None:
        _forget(host, desired, name, target)
    host.changed(f"got {url}")
    return facts


@contextlib.contextmanager
def on_trial(host, desired: dict, archives: list):
    """For the block that unpacks or installs archives ((name, what was wanted)). Where it fails, those without a checksum
    are got again by the next run: nothing else tells a broken file from a whole one."""
    try:
        yield
    except Exception:  # a broken zip raises errors of its own
        for name, wanted in archives:
            if not wanted["sha256"]:
                discard(host, desired, name)
        raise


def discard(host, desired: dict, name: str) -> None:
    """Removes an archive's file, and what is known of it."""
    record = Record(host, desired)
    entries = record.get(RECORD) or {}
    entry = entries.pop(name, None)
    if entry is None:
        return
    record.set(RECORD, entries)
    if all(other["file"] != entry["file"] for other in entries.values()):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(host.path(entry["file"]))


def _is_there(host, entry: dict) -> bool:
    try:
        return os.path.getsize(host.path(entry["file"])) == entry["size"]
    except FileNotFoundError:
        return False


def _forget(host, desired, name: str, kept: str) -> None:
    """Removes files that no archive is recorded with, as the kit of an older version."""
    place = folder(desired["dss"])
    files = {os.path.basename(e["file"]) for e in (Record(host, desired).get(RECORD) or {}).values()}
    for found in os.listdir(host.path(place)):
        if found not in files and not found.endswith(".part") and found != os.path.basename(kept):
            with contextlib.suppress(OSError):
                os.unlink(host.path(f"{place}/{found}"))


# Addresses.

def choose(host, urls: list, region: str) -> tuple:
    """The first address that has the file, and the file's size (None when the server does not tell)."""
    refusals = []
    for url in urls:
        try:
            return url, (_size_in_s3(host, url, region) if url.startswith("s3://") else _size_on_server(host, url))
        except CommandFailed as problem:
            refusals.append(f"{url}: {problem.why}")
    raise StepError("no address has the archive: " + " / ".join(refusals),
                    "see whether the version exists, whether the host reaches the address (NAT, proxy or mirror), and "
                    "whether its role may read a bucket")


def _bucket_and_key(url: str) -> tuple:
    bucket, _, key = url[len("s3://"):].partition("/")
    return bucket, key


def _size_in_s3(host, url: str, region: str):
    bucket, key = _bucket_and_key(url)
    said = host.run("aws", "s3api", "head-object", "--region", region, "--bucket", bucket, "--key", key,
                    "--output", "json", timeout=120)
    return json.loads(said).get("ContentLength")


def _size_on_server(host, url: str):
    asked = ["-fsSL", "--retry", "3", "--retry-connrefused", "--connect-timeout", "15", "--max-time", "60"]
    try:
        said = host.run("curl", *asked, "-I", url, timeout=300)
    except CommandFailed as problem:
        if problem.code != 22:
            raise
        # Some servers, and every address that S3 has signed for a GET, refuse a HEAD.
        said = host.run("curl", *asked, "-r", "0-0", "-D", "-", "-o", "/dev/null", url, timeout=300)
    ranges = re.findall(r"^content-range: bytes 0-0/(\d+)", said, re.M | re.I)
    lengths = re.findall(r"^content-length: (\d+)", said, re.M | re.I)
    found = ranges or lengths
    return int(found[-1]) if found else None


# Content.

def free_bytes(path: str) -> int:
    facts = os.statvfs(path)
    return facts.f_bavail * facts.f_frsize


def _check_space(host, place: str, part: str, size, room: float) -> None:
    if not size:
        return
    have = os.path.getsize(host.path(part)) if host.exists(part) else 0
    needed, free = int(size * (1 + room)) - have, free_bytes(host.path(place))
    if free < needed:
        raise StepError(f"{free / GIB:.1f} GiB are free on {place}, and {needed / GIB:.1f} GiB are needed",
                        "make the data volume larger, or remove what is not needed on it")


def _download(host, url: str, part: str, size, region: str) -> None:
    """Brings the file to its whole length. What is there of it stays."""
    target = host.path(part)
    if url.startswith("s3://"):
        # The CLI writes to a name of its own beside the target, and does not go on with what a killed one has left.
        for name in os.listdir(os.path.dirname(target)):
            if name.startswith(os.path.basename(target) + "."):
                os.unlink(os.path.join(os.path.dirname(target), name))
        host.run("aws", "s3", "cp", "--only-show-errors", "--region", region, url, target, timeout=DOWNLOAD_SECONDS)
        return
    have = os.path.getsize(target) if os.path.exists(target) else 0
    if size and have == size:
        return
    if size and have > size:
        os.unlink(target)
    try:
        _curl(host, url, target)
    except CommandFailed as problem:
        # 33: the server cannot go on in the middle; 22 after a beginning: it says that there is nothing left, or
        # another file.
        if have == 0 or problem.code not in (22, 33, 36):
            raise
        os.unlink(target)
        _curl(host, url, target)


def _curl(host, url: str, target: str) -> None:
    host.run("curl", "-fsSL", "--retry", "5", "--retry-connrefused", "--connect-timeout", "15", "--speed-limit", "1024",
             "--speed-time", "120", "-C", "-", "-o", target, url, timeout=DOWNLOAD_SECONDS)


def _checked(host, url: str, part: str, wanted: str) -> str:
    """The SHA-256 of what was got. What is not what was wanted is removed, so that the next run begins anew."""
    target = host.path(part)
    digest = sha256_of(target)
    if wanted and digest != wanted:
        os.unlink(target)
        raise StepError(f"{url} has SHA-256 {digest}, and {wanted} is wanted",
                        "compare with the publisher's list: correct the checksum, or the mirror's file")
    beginning = _BEGINNINGS.get(os.path.splitext(url.split("?")[0])[1])
    with open(target, "rb") as file:
        head = file.read(60)
    if beginning and not head.startswith(beginning):
        os.unlink(target)
        raise StepError(f"{url} is no archive: it begins with {head[:40]!r}",
                        "correct the address: a mirror or proxy answered in its place")
    return digest
