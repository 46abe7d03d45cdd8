"""Secrets Manager: values come from it and go to it, and are on no command line, in no file and in no log."""

import json

from ..step import StepError
from ..system import CommandFailed


def read(host, arn: str, region: str):
    """The text of a secret, or None where it has no value yet."""
    try:
        said = host.run("aws", "secretsmanager", "get-secret-value", "--region", region, "--secret-id", arn,
                        "--query", "SecretString", "--output", "json", timeout=120)
    except CommandFailed as problem:
        if "can't find the specified secret value" in problem.output:
            return None
        raise StepError(f"secret {arn} cannot be read: {problem.why}",
                        _advice(problem.output, "GetSecretValue")) from problem
    text = json.loads(said)
    if text is None:
        raise StepError(f"secret {arn} has a binary value", "put the value in as text")
    hide(host, text)
    return text


def write(host, arn: str, region: str, text: str) -> None:
    """Makes a text the current value of a secret."""
    hide(host, text)
    try:
        host.run("aws", "secretsmanager", "put-secret-value", "--region", region, "--secret-id", arn,
                 "--secret-string", "file:///dev/stdin", stdin=text, timeout=120)
    except CommandFailed as problem:
        raise StepError(f"secret {arn} cannot be written: {problem.why}",
                        _advice(problem.output, "PutSecretValue")) from problem


def hide(host, text: str) -> None:
    """Keeps a value, and the values inside of a JSON value, out of logs."""
    host.hide(text)
    host.hide(text.strip())
    try:
        document = json.loads(text)
    except ValueError:
        return
    if isinstance(document, dict):
        for value in document.values():
            # Short values are names, ports and the like; hiding them would blank out half of every message.
            if isinstance(value, str) and len(value) >= 8:
                host.hide(value)


def _advice(output: str, action: str) -> str:
    if "AccessDenied" in output:
        return f"allow the host's role secretsmanager:{action} on it, and the use of its key"
    if "ResourceNotFoundException" in output:
        return "correct the ARN, or create the secret"
    return "see whether the host reaches Secrets Manager (NAT, proxy or VPC endpoint)"
