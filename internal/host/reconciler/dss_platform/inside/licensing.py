"""The licence: set when it is another one than we set, or when DSS has none that is valid."""

from .documents import fingerprint, is_same_secret
from .session import DSSError

ADVICE = "put a licence that is valid for this instance into its secret"


def ensure(dss, payload: dict, memory: dict) -> None:
    text = payload["license"]["$value"]
    before = dss.client.get_licensing_status()
    if not (is_same_secret(text, memory.get("license")) and is_valid(before)):
        set_license(dss, text, before)
        memory["license"] = fingerprint(text)
        dss.changed("set the licence")
    check(dss.client.get_licensing_status())


def base(status: dict) -> dict:
    return status.get("base") or {}


def is_valid(status: dict) -> bool:
    found = base(status)
    return bool(found.get("hasLicense")) and found.get("valid") is not False and not found.get("expired")


def set_license(dss, text: str, before: dict) -> None:
    tried = []

    def look():
        # When the answer was lost, another status tells that it happened.
        if tried and dss.client.get_licensing_status() != before:
            return None
        return write

    def write():
        tried.append(True)
        try:
            dss.client.set_license(text)
        except ValueError as problem:
            raise DSSError("the secret of the licence holds no JSON", advice=ADVICE) from problem

    dss.settle(look)


def check(status: dict) -> None:
    found = base(status)
    if not found.get("hasLicense"):
        raise DSSError("DSS has no licence after it was set", advice=ADVICE)
    if found.get("expired"):
        raise DSSError("the licence has expired", advice=ADVICE)
    if found.get("valid") is False:
        raise DSSError("the licence is not valid for this instance", advice=ADVICE)
