"""All steps against the stand-in of the kit, with real users, files and processes: in namespaces of their own.

Folders that the steps write to are fresh ones there, and the kernel's packet filter is another one. What a Debian
machine lacks (dnf, systemctl and others) are small scripts. It needs root, `unshare`, and a Python with Dataiku's
client, which the kit carries.
"""

import glob
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from dss_stand_ins import DSSTest
from stand_ins import DESIRED

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
FAKEDSS = os.path.join(REPOSITORY, "tests", "fakedss")
MODULES = ("certifi", "charset_normalizer", "dataikuapi", "dateutil", "idna", "requests", "urllib3", "six")
PYTHON = "python3.11"

TOOLS = {
    "rpm": 'case "$*" in *nothing*) exit 1;; esac',
    "dnf": "true", "semanage": "true", "restorecon": "true",
    "getenforce": "echo Enforcing",
    "docker": 'cd /var/lib/dss-platform-test; case "$1 $2" in "build -t") echo "$3" >>images;;\n'
              '"image inspect") for name; do :; done; grep -qx -- "$name" images;; "image rm") sed -i "\\\\#^$3\\$#d" images;; esac',
    "aws": 'case "$*" in *describe-snapshots*) cat /var/lib/dss-platform-test/snapshots 2>/dev/null || echo "[]";;\n'
           '*create-snapshot*) echo \'[["snap-1","completed",null]]\' >/var/lib/dss-platform-test/snapshots; echo snap-1;; esac',
    # Runs units as systemd would: as the user that they name.
    "systemctl": """state=/var/lib/dss-platform-test
for unit; do :; done
file=/etc/systemd/system/$unit
value() { sed -n "s/^$1=+*//p" "$file"; }
running() { runuser -l dataiku -c "/data/dss/bin/dss status" >/dev/null 2>&1; }
case $1 in
  is-enabled) [ -e "$state/enabled-$unit" ] ;;
  enable) touch "$state/enabled-$unit" ;;
  is-active) [ -e "$state/active-$unit" ] ;;
  is-failed) exit 1 ;;
  stop) rm -f "$state/active-$unit"; runuser -l dataiku -c "$(value ExecStop)" ;;
  restart|start)
    [ -e "$file" ] || exit 5
    if [ "$unit" = dataiku.service ]; then
      [ -z "$(ls -A /data/.dss-platform/holds 2>/dev/null)" ] || exit 0
      running && runuser -l dataiku -c "$(value ExecStop)"
      runuser -l dataiku -c "$(value ExecStart)" </dev/null >/dev/null 2>&1 || exit 1
    else
      sh -c "$(value ExecStart | head -n 1)"
    fi
    touch "$state/active-$unit" ;;
esac""",
}

CHILD = """
import json, subprocess, sys
sys.path.insert(0, {here!r})
import dss_stand_ins
from dss_platform.steps import user
from dss_platform.system import System
host, desired = System("/"), json.loads(sys.argv[1])
found = {{}}
for step in [user.User(), *dss_stand_ins.steps()]:
    if step.wanted(desired):
        host.changes = []
        step.ensure(host, desired)
        if host.changes:
            found[step.name] = host.changes
print("changed: " + json.dumps(found))
"""


def can_unshare() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "-mn", "true"], check=False,
                                                stderr=subprocess.DEVNULL).returncode == 0


@unittest.skipUnless(importlib.util.find_spec("dataikuapi"),
                     "the kit carries Dataiku's client, which this Python lacks")
@unittest.skipUnless(os.path.exists(f"/usr/bin/{PYTHON}"), f"DSS's own environment needs {PYTHON}")
@unittest.skipUnless(can_unshare(), "needs root and mount namespaces")
class Kit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        os.chmod(cls.folder, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        for name in MODULES:
            source = importlib.util.find_spec(name).origin
            source = os.path.dirname(source) if source.endswith("__init__.py") else source
            target = os.path.join(cls.folder, "client", os.path.basename(source))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            subprocess.run(["cp", "-r", source, target], check=True)
        for version in ("14.7.5", "15.2.0"):
            subprocess.run([sys.executable, os.path.join(FAKEDSS, "build.py"), "--version", version, "--client",
                            cls.folder + "/client",
                            "--out", cls.folder + "/site"], check=True, stdout=subprocess.DEVNULL)
        cls.port = 21200
        for place in ("/data", "/var/lib/dss-platform", "/var/lib/dss-platform-test"):
            if not os.path.exists(place):
                # What others are mounted on in the namespace is an empty folder outside of it.
                os.mkdir(place)
                cls.addClassCleanup(os.rmdir, place)

    def desired(self, version):
        desired = json.loads(json.dumps(DESIRED))
        dss = DSSTest.dss(DSSTest())

        def archive(pattern):
            [path] = glob.glob(f"{self.folder}/site/{pattern}")
            return {"urls": [f"file://{path}"], "sha256": ""}
        dss.update(version=version, port=self.port, kit=archive(f"dataiku-dss-{version}.tar.gz"),
                   hadoop=archive(f"*hadoop-standalone*{version}*"),
                   spark=archive(f"*spark-standalone-{version}*"), environment={"DKU_BACKEND_EXT_HOST": "10.0.1.5"},
                   boot={},
                   userIsolation={"allowedGroups": ["dss-users"], "additionalDirs": [],
                                  "accounts": [{"name": "ada", "group": "dss-users"}]},
                   jdbcDrivers=[{"name": "athena", "folder": "lib/jdbc-athena", **archive("*thena*.zip")}])
        return {**desired, "dss": dss}

    def script(self) -> str:
        """Fresh folders, tools, and then each of the runs; a new instance has fresh ones of its own beside the old
        volume."""
        tools = "".join(f"cat >/usr/local/bin/{name} <<'END'\n#!/bin/bash\n{text}\nEND\nchmod 755 /usr/local/bin/{name}\n"
                        for name, text in TOOLS.items())
        child = os.path.join(self.folder, "child.py")
        with open(child, "w", encoding="utf-8") as out:
            out.write(CHILD.format(here=HERE))
        first, second = (json.dumps(self.desired(version)) for version in ("14.7.5", "15.2.0"))
        return f"""set -eu
instance() {{
  mkdir -p {self.folder}/etc-$1 {self.folder}/work-$1
  mount -t tmpfs tmpfs {self.folder}/etc-$1
  mkdir {self.folder}/etc-$1/upper {self.folder}/etc-$1/work
  mount -t overlay overlay -o lowerdir=/etc,upperdir={self.folder}/etc-$1/upper,workdir={self.folder}/etc-$1/work /etc
  mount -t tmpfs tmpfs /usr/local/bin
  mount -t tmpfs tmpfs /run/lock
  mkdir -p /var/lib/dss-platform /var/lib/dss-platform-test
  mount -t tmpfs tmpfs /var/lib/dss-platform
  mount -t tmpfs tmpfs /var/lib/dss-platform-test
  chmod 777 /var/lib/dss-platform-test
  {tools}
  mkdir -p /etc/systemd/system /etc/dss-platform
  getent group docker >/dev/null || groupadd docker
  echo "volume='vol-0123abcd'" >/etc/dss-platform/boot.conf
}}
run() {{ echo "run: $1"; {sys.executable} {child} "$2"; }}
ip link set lo up
mkdir -p /data
mount -t tmpfs tmpfs /data
instance one
trap 'cat /data/dss/run/*.log >&2 || true; runuser -l dataiku -c "/data/dss/bin/dss stop" || true' ERR
run first '{first}'
run again '{first}'
run upgrade '{second}'
run upgraded '{second}'
systemctl stop dataiku.service
cp /var/lib/dss-platform-test/images /data/images
nft delete table inet dss_port
umount /var/lib/dss-platform-test /var/lib/dss-platform /run/lock /usr/local/bin /etc
instance two
cp /data/images /var/lib/dss-platform-test/images
run instance '{second}'
run settled '{second}'
nft list table inet dss_port
runuser -l dataiku -c 'umask; cat /etc/dataiku-security/*/security/security-config.ini' >/dev/null 2>&1 && exit 9
runuser -u ada -- test -x /data/dss && runuser -u ada -- test -r /data/kits/dataiku-dss-15.2.0/installer.sh
runuser -u ada -- cat /data/home/dataiku/.aws/config 2>/dev/null && exit 10
systemctl stop dataiku.service
"""

    def test_installed_upgraded_and_on_a_new_instance(self):
        done = subprocess.run(["unshare", "-mn", "--propagation", "private", "bash", "-c", self.script()], check=False,
                              timeout=900,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:])
        names, changes = [], {}
        for line in done.stdout.splitlines():
            if line.startswith("run: "):
                names.append(line[5:])
            if line.startswith("changed: "):
                changes[names[-1]] = json.loads(line[9:])
        self.assertIn("tcp dport 21200-21210 counter", done.stdout)
        self.assertEqual((changes["again"], changes["upgraded"], changes["settled"]), ({}, {}, {}))
        self.assertIn("installed DSS 14.7.5 in /data/dss", changes["first"]["installation"])
        self.assertEqual(changes["upgrade"]["installation"],
                         ["stopped DSS", "took snapshot snap-1", "upgraded DSS from 14.7.5 to 15.2.0"])
        for name in ("hadoop", "spark", "user-isolation", "boot-unit", "base-images", "service"):
            self.assertIn(name, changes["upgrade"])
        self.assertEqual([name for name in ("installation", "configuration", "hadoop", "spark", "jdbc-drivers",
                                            "base-images")
                          if name in changes["instance"]], [])
        self.assertIn("set up user isolation for DSS 15.2.0", changes["instance"]["user-isolation"])


if __name__ == "__main__":
    unittest.main()
