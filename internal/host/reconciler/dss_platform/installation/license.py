"""The licence as a file, for what takes it otherwise than by DSS's API: the installer, DSS's tool, an API node.

The vendor's pages for every node type hand it to the installer (`installer.sh -l`), so that DSS is licensed from its first
start: without a licence an edition may refuse the API, and an API node does not serve.
"""

import contextlib
import json
import os

from ..inside.documents import fingerprint, is_same_secret
from ..inside.secret_values import read
from ..step import StepError
from . import service
from .record import Record

# The step `license` keeps its memory under this name, too.
RECORD = "inside-license"
# Not on the volume, which snapshots copy.
HANDED_OVER = "/run/dss-platform-license.json"
ADVICE = "put the text of the file that Dataiku sent into the secret"


def is_wanted(dss: dict) -> bool:
    return bool(dss["secrets"].get("license"))


def text_of(host, desired: dict) -> str:
    """The licence's text. One that is no JSON is refused before anything of DSS sees it."""
    arn = desired["dss"]["secrets"]["license"]
    text = read(host, desired, arn)
    try:
        if not isinstance(json.loads(text), dict):
            raise ValueError("no object")
    except ValueError:
        raise StepError(f"secret {arn} holds no licence: its text is no JSON object", ADVICE) from None
    return text


@contextlib.contextmanager
def handed_over(host, desired: dict, text: str):
    """The path of a file with the licence, which only root and the DSS user can read, and which goes with the block."""
    host.write(HANDED_OVER, text, mode=0o600, owner=owner_of(host, desired), note=False)
    try:
        yield host.path(HANDED_OVER)
    finally:
        discard(host)


def discard(host) -> None:
    """Removes the file, also the one of a run that was killed."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(host.path(HANDED_OVER))


def owner_of(host, desired: dict) -> tuple:
    return (host.account(desired["user"]["name"]) or (0, 0))[:2]


def remember(host, desired: dict, text: str) -> None:
    """Notes which licence DSS has; never its text."""
    Record(host, desired).update(RECORD, license=fingerprint(text))


def is_remembered(host, desired: dict, text: str) -> bool:
    return is_same_secret(text, (Record(host, desired).get(RECORD) or {}).get("license"))


def by_tool(host, desired: dict, text: str) -> None:
    """Sets the licence where DSS refuses the API without one: its tool on the host is let in."""
    tool = host.path(f"{desired['dss']['dataDir']}/bin/dsscli")
    with handed_over(host, desired, text) as path:
        host.run(tool, "set-license", "--file", path, user=desired["user"]["name"])
    remember(host, desired, text)
    host.changed("set the licence")


def in_data_directory(host, desired: dict, text: str) -> None:
    """Puts the licence where an API node, which has no API to set it, reads it when it starts."""
    path = f"{desired['dss']['dataDir']}/config/license.json"
    known = host.exists(path) and is_remembered(host, desired, text)
    if not known:
        service.ask_restart(host, "its licence changed")
    if not known or host.read(path) == text:
        host.write(path, text, mode=0o600, owner=owner_of(host, desired))
    if not known:
        remember(host, desired, text)
