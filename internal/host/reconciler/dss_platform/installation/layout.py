"""Where DSS's things lie on the host, and what they say about what is installed."""

import json
import re

from ..step import StepError
from . import ini

# DSS's installer makes it first and removes it last.
IN_PROGRESS = "DSS-INITIAL-INSTALL-IN-PROGRESS.txt"


def install_dir(dss: dict, version: str = "") -> str:
    """INSTALL_DIR of Dataiku's documentation: the unpacked kit."""
    return f"{dss['kitsDir']}/dataiku-dss-{version or dss['version']}"


def installed_version(host, dss: dict):
    """The version that the data directory belongs to, or None where DSS is not installed (to the end)."""
    data = dss["dataDir"]
    whole = host.exists(f"{data}/bin/dss") and host.exists(f"{data}/install.ini")
    if not whole or host.exists(f"{data}/{IN_PROGRESS}"):
        return None
    return product_version(host, f"{data}/dss-version.json")


def product_version(host, path: str):
    """The version in a `dss-version.json`, or None."""
    try:
        return str(json.loads(host.read(path) or "")["product_version"])
    except (ValueError, KeyError, TypeError):
        return None


def install_ini(host, dss: dict) -> dict:
    """Section -> key -> value of `install.ini`."""
    return ini.parsed(host.read(f"{dss['dataDir']}/install.ini", ""))


def install_id(host, dss: dict) -> str:
    """The id that DSS gave itself when it was installed; names of folders and images have it."""
    found = install_ini(host, dss).get("general", {}).get("installid", "")
    if not found:
        raise StepError(f"{dss['dataDir']}/install.ini has no installid",
                        "take install.ini from a snapshot of the volume")
    return found


def attached_kit(host, dss: dict) -> str:
    """The INSTALL_DIR that the data directory runs from, or nothing."""
    found = re.search(r"^\s*(?:export\s+)?DKUINSTALLDIR=[\"']?([^\"'\n]+)",
                      host.read(f"{dss['dataDir']}/bin/env-default.sh", ""), re.M)
    return found.group(1) if found else ""


def numbers(version: str) -> tuple:
    """A version as what compares: 15.0.0-beta3 comes before 15.0.0."""
    head, _, tail = version.partition("-")
    parts = [int(part) for part in re.findall(r"\d+", head)]
    return tuple(parts + [0] * (4 - len(parts))), not tail, [int(part) for part in re.findall(r"\d+", tail)]
