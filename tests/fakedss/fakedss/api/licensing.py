"""The licence and what it allows."""

import json
import time

from ..errors import Refused
from ..instance import FREE_PROFILES
from ..routes import route
from ..store import write_file

LICENSE = "com.dataiku.dip.license.LicenseException"
FREE_TYPES = ["Filesystem", "EC2", "PostgreSQL", "MySQL", "GCS", "HDFS"]


def expired(content: dict) -> bool:
    day = content.get("expiresOn", "")
    return bool(day) and day[:10] < time.strftime("%Y-%m-%d", time.gmtime())


@route("GET", "/admin/licensing/status")
def status(instance, request):
    found = instance.license()
    if not found:
        return {"base": {"hasLicense": False, "valid": True, "expired": False, "communityEdition": True},
                "limits": {"licensedProfiles": {n: {"licensed": c} for n, c in FREE_PROFILES.items()}},
                "features": {"allowedConnectionTypes": FREE_TYPES, "userIsolation": False, "containers": False},
                "usage": {"users": len(instance.store.get("users"))}}
    content = found["content"]
    ended = expired(content)
    profiles = {n: {"licensed": c} for n, c in content.get("licensedProfiles", {}).items()}
    return {"base": {"hasLicense": True, "valid": not ended, "expired": ended, "communityEdition": False,
                     "licenseContent": {k: content.get(k) for k in ("licenseId", "licenseKind", "expiresOn")}},
            "limits": {"licensedProfiles": profiles},
            "features": {"allowedConnectionTypes": content.get("allowedConnectionTypes", ["*"]), "userIsolation": True,
                         "containers": True},
            "usage": {"users": len(instance.store.get("users"))}}


@route("POST", "/admin/licensing/license")
def set_license(instance, request):
    body = request.object()
    if not isinstance(body.get("content"), dict) or not body.get("sig"):
        raise Refused(500, LICENSE, "Invalid license: signature check failed")
    write_file(instance.store.path("license"), json.dumps(body, indent=1))
    return {}
