"""What the AWS CLI and SDKs find in the home of the DSS user: the region, and a key pair where the user has one of its
own."""

import json

from ..step import StepError
from . import ini, secrets
from .dss_step import ALL, DSSStep
from .record import Record

RECORD = "credentials"
KEYS = ("aws_access_key_id", "aws_secret_access_key")


class Credentials(DSSStep):
    name = "credentials"
    description = "the DSS user has its region, and its key pair where it has one, out of others' reach"
    node_types = ALL

    def ensure(self, host, desired):
        dss, user = desired["dss"], desired["user"]
        owner = host.account(user["name"])[:2]
        place = f"{user['home']}/.aws"
        host.folder(place, mode=0o700, owner=owner)
        config = ini.merged(host.read(f"{place}/config", ""), {"default": {"region": dss["region"]}})
        host.write(f"{place}/config", config, mode=0o600, owner=owner)
        record = Record(host, desired)
        if dss["credentialsSecretArn"]:
            pair = key_pair(host, dss["credentialsSecretArn"], dss["region"])
            record.set(RECORD, {"keyPair": True})
            self._write(host, f"{place}/credentials", dict(zip(KEYS, pair)), owner)
        elif (record.get(RECORD) or {}).get("keyPair"):
            # A key pair that is no longer wanted would still count more than the role.
            self._write(host, f"{place}/credentials", dict.fromkeys(KEYS), owner)
            record.set(RECORD, {"keyPair": False})

    def _write(self, host, path, values, owner):
        text = ini.merged(host.read(path, ""), {"default": values})
        if not any(ini.parsed(text).values()):
            host.remove(path)
        else:
            host.write(path, text, mode=0o600, owner=owner)


def key_pair(host, arn: str, region: str) -> tuple:
    """(id, secret) of the key pair in a secret."""
    text = secrets.read(host, arn, region)
    advice = 'put {"AccessKeyId": …, "SecretAccessKey": …} into it'
    if text is None:
        raise StepError(f"secret {arn} has no value", advice)
    try:
        document = json.loads(text)
        pair = document["AccessKeyId"], document["SecretAccessKey"]
    except (ValueError, KeyError, TypeError):
        raise StepError(f"secret {arn} is no key pair", advice) from None
    if not all(isinstance(value, str) and value and "\n" not in value for value in pair):
        raise StepError(f"secret {arn} is no key pair", advice)
    host.hide(pair[1])
    return pair
