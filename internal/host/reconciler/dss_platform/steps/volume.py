"""The data volume: mounted, and as large as its disk."""

from ..step import Step, StepError

GIB = 1 << 30


class Volume(Step):
    name = "volume"
    description = "the data volume is mounted, and its file system fills it"
    advice = "see `journalctl -u dss-platform-boot` on the host, which mounts the volume"

    def ensure(self, host, desired):
        mount = desired["volume"]["mountPoint"]
        if not host.succeeds("mountpoint", "-q", mount):
            raise StepError(
                f"no volume is mounted on {mount}",
                "see `journalctl -u dss-platform-boot` on the host: it mounts the volume and says what is in its way")
        before = _size(host, mount)
        # XFS grows while it is in use; without room to grow this does nothing.
        host.run("xfs_growfs", mount)
        after = _size(host, mount)
        if after > before:
            host.changed(f"grew {mount} from {before // GIB} to {after // GIB} GiB")
        host.folder(f"{mount}/.dss-platform", mode=0o700)


def _size(host, mount: str) -> int:
    return int(host.run("findmnt", "--bytes", "--noheadings", "--output", "SIZE", "--mountpoint", mount).strip())
