"""Puts the values of secrets where a document names them, on root's side: the child gets values, not ARNs."""

import json

from ..installation import secrets
from ..step import StepError



def read(host, desired: dict, arn: str) -> str:
    """The text of a secret, which must have one."""
    text = secrets.read(host, arn, desired["dss"]["region"])
    if text is None:
        raise StepError(f"secret {arn} has no value yet", "put a value into it, and run again")
    return text


def resolve(host, desired: dict, document, texts=None):
    """The document with `{"$value": ...}` in place of `{"$secret": ARN, "$key": ...}`."""
    texts = {} if texts is None else texts
    if isinstance(document, list):
        return [resolve(host, desired, item, texts) for item in document]
    if not isinstance(document, dict):
        return document
    if "$secret" not in document:
        return {key: resolve(host, desired, value, texts) for key, value in document.items()}
    arn = document["$secret"]
    if arn not in texts:
        texts[arn] = read(host, desired, arn)
    value = texts[arn] if not document.get("$key") else key_of(texts[arn], document["$key"], arn)
    host.hide(value)
    return {"$value": value}


def key_of(text: str, key: str, arn: str) -> str:
    """One key of a secret that holds a JSON object."""
    try:
        value = json.loads(text)[key]
    except (ValueError, KeyError, TypeError) as problem:
        raise StepError(f"secret {arn} has no key {key}", "put a JSON object with this key into it") from problem
    return value if isinstance(value, str) else json.dumps(value)
