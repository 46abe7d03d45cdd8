"""A Linux root of its own for a test: the machine's, with a layer above it that is thrown away, in name spaces of its own.

What must outlive an instance (the data volume, what the stand-in of AWS knows) is in folders that several roots are given.
Needs root. There is no network but loopback, whose firewall is the kernel's.
"""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = os.path.join(HERE, "commands.py")
# What makes a root of the folders that it gets, and then becomes the command.
ENTER = """
set -e
mount --make-rprivate /
mount -t tmpfs layer "$LAYER"
mkdir "$LAYER/upper" "$LAYER/work" "$LAYER/root"
mount -t overlay root -o lowerdir=/,upperdir="$LAYER/upper",workdir="$LAYER/work" "$LAYER/root"
cd "$LAYER/root"
mkdir -p proc sys dev run tmp var/tmp data cloud source
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs run run
mount -t tmpfs tmp tmp
chmod 1777 tmp
mount --bind "$DATA" data
mount --bind "$CLOUD" cloud
mount --bind "$SOURCE" source
ip link set lo up
ip link add eth0 type veth peer name wire
ip address add 10.0.1.5/24 dev eth0
ip link set eth0 up
ip link set wire up
ip route add default via 10.0.1.1
exec chroot . /bin/sh -c 'cd / && exec /usr/bin/python3 -c "$PREPARE" "$@"' enter "$@"
"""
# Inside: the commands that stand in come first in the PATH, those of the machine that would betray it go.
PREPARE = """
import os, shutil, sys
for name in os.environ["NAMES"].split():
    target = "/usr/local/bin/" + name
    if os.path.lexists(target):
        os.unlink(target)
    shutil.copy("/source/commands.py", target)
    os.chmod(target, 0o755)
for folder in ("/var/lib/cloud/data", "/etc/dss-platform", "/etc/systemd/system", "/etc/docker"):
    os.makedirs(folder, exist_ok=True)
open("/var/lib/cloud/data/instance-id", "w").write(os.environ["INSTANCE"])
open("/etc/dss-platform/boot.conf", "w").write("volume='vol-0123456789abcdef0'\\nregion='eu-west-1'\\nstack=''\\n")
os.execvp(sys.argv[1], sys.argv[1:])
"""
STAND_INS = ("rpm dnf systemctl docker dockerd getenforce restorecon semanage xfs_growfs java nginx")


class Root:
    """Folders that outlive instances, and instances over them."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="dss-root-")
        for name in ("data", "cloud", "source", "layer"):
            os.makedirs(os.path.join(self.folder, name))
        os.chmod(self.folder, 0o755)
        os.chmod(self.path("cloud"), 0o777)
        shutil.copy(COMMANDS, self.path("source"))

    def path(self, *names) -> str:
        return os.path.join(self.folder, *names)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def instance(self, name: str, *command, timeout=600, environment=None) -> subprocess.CompletedProcess:
        """A new instance over the same volume: runs one command as root in it. When that ends, everything of it ends."""
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child", "/bin/sh", "-c", ENTER, "enter", *command],
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LAYER": self.path("layer"),
                 "DATA": self.path("data"), "CLOUD": self.path("cloud"), "SOURCE": self.path("source"), "PREPARE": PREPARE,
                 "NAMES": STAND_INS, "INSTANCE": name, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout, check=False)


if __name__ == "__main__":
    root = Root()
    try:
        done = root.instance("i-0123", *sys.argv[1:])
        print(done.stdout, end="")
        sys.exit(done.returncode)
    finally:
        root.close()
