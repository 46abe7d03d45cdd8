"""The kit: DSS's program of one version, unpacked on the data volume."""

import os
import re
import shutil

from ..step import StepError
from . import archive, commands, layout, upgrade
from .dss_step import DSSStep
from .record import Record

UNPACK_SECONDS = 1800
# The kit is some 2 GB packed, and several times that unpacked.
ROOM = 3.0


class Kit(DSSStep):
    name = "kit"
    description = "DSS's program of the wanted version is on the data volume"
    advice = "see whether the host reaches the kit's address (NAT, proxy, or a mirror of your own)"

    def ensure(self, host, desired):
        dss = desired["dss"]
        upgrade.refuse_impossible(host, desired)
        owner = host.account(desired["user"]["name"])[:2]
        host.folder(dss["kitsDir"], owner=owner)
        make_traversable(host, desired, dss["kitsDir"])
        host.label(dss["kitsDir"], "/opt")
        if layout.product_version(host, f"{layout.install_dir(dss)}/dss-version.json") != dss["version"]:
            entry = archive.fetch(host, desired, "kit", dss["kit"], room=ROOM)
            with archive.on_trial(host, desired, [("kit", dss["kit"])]):
                unpack(host, desired, entry)
        # User isolation wants it readable by everybody.
        _grant(host, layout.install_dir(dss), 0o055)
        remove_old(host, desired)


def make_traversable(host, desired: dict, path: str) -> None:
    """Lets everybody pass through the folders above a path, from the mount point on."""
    mount = desired["volume"]["mountPoint"]
    if not path.startswith(mount + "/"):
        raise StepError(f"{path} is not on the data volume {mount}", f"choose a folder below {mount}")
    above = os.path.dirname(path)
    while len(above) >= len(mount):
        if host.exists(above):
            _grant(host, above, 0o011)
        above = os.path.dirname(above)


def _grant(host, path: str, bits: int) -> None:
    mode = os.stat(host.path(path)).st_mode & 0o7777
    if mode & bits != bits:
        os.chmod(host.path(path), mode | bits)
        host.changed(f"let everybody into {path}")


def unpack(host, desired: dict, entry: dict) -> None:
    """Unpacks beside its place, looks at it, and only then puts it in place."""
    dss = desired["dss"]
    scratch, target = f"{dss['kitsDir']}/.unpacking", layout.install_dir(dss)
    for leftover in (scratch, target):
        shutil.rmtree(host.path(leftover), ignore_errors=True)
    host.folder(scratch, owner=host.account(desired["user"]["name"])[:2])
    commands.as_user(host, desired, "tar", "-xzf", host.path(entry["file"]), "-C", host.path(scratch),
                     timeout=UNPACK_SECONDS)
    folders = os.listdir(host.path(scratch))
    top = f"{scratch}/{folders[0]}" if len(folders) == 1 else scratch
    found = layout.product_version(host, f"{top}/dss-version.json")
    if found != dss["version"] or not host.exists(f"{top}/installer.sh"):
        shutil.rmtree(host.path(scratch), ignore_errors=True)
        held = f"DSS {found}" if found else "no kit of DSS"
        raise StepError(f"{entry['url']} holds {held}, and DSS {dss['version']} is wanted",
                        "correct the version, or the kit's address")
    host.run("chmod", "-R", "u+rwX,go+rX,go-w", host.path(top), timeout=UNPACK_SECONDS)
    if host.has_command("restorecon"):
        host.run("restorecon", "-R", host.path(top), check=False, timeout=UNPACK_SECONDS)
    # After a power failure the kit must be there with all of its files, or not at all.
    host.run("sync", "-f", host.path(top), timeout=UNPACK_SECONDS)
    os.rename(host.path(top), host.path(target))
    shutil.rmtree(host.path(scratch), ignore_errors=True)
    host.changed(f"unpacked DSS {dss['version']} to {target}")


def remove_old(host, desired: dict) -> None:
    """Removes kits that nothing needs: neither the wanted nor the installed version, nor the one before it."""
    dss = desired["dss"]
    installation = Record(host, desired).get("installation") or {}
    pending = upgrade.pending(host, desired) or {}
    needed = {dss["version"], layout.installed_version(host, dss), installation.get("version"),
              installation.get("previous"), pending.get("from"), pending.get("to")}
    attached = os.path.basename(layout.attached_kit(host, dss))
    for name in sorted(os.listdir(host.path(dss["kitsDir"]))):
        found = re.fullmatch(r"dataiku-dss-(\d.*)", name)
        if found and found.group(1) not in needed and name != attached:
            shutil.rmtree(host.path(f"{dss['kitsDir']}/{name}"), ignore_errors=True)
            host.changed(f"removed the kit of DSS {found.group(1)}")
