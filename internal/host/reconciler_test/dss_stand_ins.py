"""A small stand-in for DSS's kit, and a host that is ready for the steps that install it.

It does what Dataiku's documentation and releases say of the kit's programs: the installer refuses root, a folder that is not empty
and questions without a terminal; dssadmin wants DSS stopped. Programs of root and those of the DSS user are told apart by FAKE_USER,
which the stand-in of runuser sets.
"""

import atexit
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from unittest import mock

from stand_ins import HostTest

from dss_platform.installation import (base_images, boot_unit, configuration, credentials, dependencies, graphics_export, hadoop,
                                       installation, jdbc_drivers, kit, port_guard, r, service, spark, user_isolation)
from dss_platform.steps import user

ARCHIVES = "https://downloads.example.com"
ID = "aB3dEf"

PROGRAM = f"""#!{sys.executable} -ES
import json, os, shutil, sys
root, path, args = os.environ["FAKE_ROOT"], os.path.abspath(__file__), sys.argv[1:]
name, person = os.path.basename(path), os.environ.get("FAKE_USER", "root")
def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)
def after(flag):
    return args[args.index(flag) + 1] if flag in args else None
def text_of(path):
    with open(path) as file:
        return file.read()
def write(path, text, mode=0o666):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode & ~os.umask(0o022))
world = json.loads(text_of(root + "/world.json"))
def keep():
    write(root + "/world.json", json.dumps(world))
def note(*words):
    with open(root + "/kit-calls", "a") as out:
        out.write(json.dumps([person, *words]) + "\\n")
running = any(unit.startswith("dataiku") for unit in world["is-active"])
def ini(data):
    found, section = {{}}, None
    for line in text_of(data + "/install.ini").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line:
            found[section, line.split("=")[0].strip()] = line.split("=", 1)[1].strip()
    return found
def attach(data, install):
    os.makedirs(data + "/bin", exist_ok=True)
    for program in ("dss", "dssadmin", "python"):
        shutil.copy(install + "/program", data + "/bin/" + program)
    write(data + "/bin/env-default.sh", 'export DKUINSTALLDIR="' + install + '"\\n')
    write(data + "/dss-version.json", text_of(install + "/dss-version.json"))
    os.makedirs(data + "/pyenv", exist_ok=True)
def installer():
    install, data = os.path.dirname(path), after("-d")
    note("installer.sh", *args)
    if person == "root":
        fail("[-] Installing or running DSS as root is not supported.")
    if os.umask(0o022) != 0o022:
        fail("[-] umask")
    if "-y" not in args:
        fail("[!] Press Enter to continue, Ctrl+C to abort")
    if os.path.exists(root + "/installer-fails"):
        fail(text_of(root + "/installer-fails"))
    if "-u" in args:
        if "-p" in args or "-l" in args:
            fail("[-] Bad usage: cannot specify port or license file while upgrading")
        if not os.path.exists(data + "/dss-version.json"):
            fail("[-] does not appear to be a valid DSS installation")
        if running:
            fail("[!] There seem to be an already running instance of the Studio")
        if not os.path.isdir(data + "/pyenv"):
            write(data + "/pyenv/python", after("-P"))
        if os.path.exists(root + "/installer-dies"):
            write(data + "/half-migrated", "")
            fail("killed")
        attach(data, install)
        return
    marker = data + "/DSS-INITIAL-INSTALL-IN-PROGRESS.txt"
    if os.path.exists(marker):
        fail("mv: cannot move: Permission denied")
    if os.path.exists(data) and os.listdir(data):
        fail("[-] Directory already exists, but is not empty. Aborting !")
    write(marker, "")
    if os.path.exists(root + "/installer-dies"):
        write(data + "/bin/half", "")
        fail("killed")
    kind = after("-t")
    if "-l" in args:
        note("licence", oct(os.stat(after("-l")).st_mode & 0o777))
        write(data + "/config/license.json", text_of(after("-l")))
    os.makedirs(data + "/run")
    write(data + "/pyenv/python", after("-P"))
    attach(data, install)
    write(data + "/bin/env-site.sh", "# This file is sourced last\\n")
    write(data + "/config/dip.properties", "# properties\\n")
    modules = "[modules]\\nprojects = false\\n\\n" if kind == "deployer" else ""
    write(data + "/install.ini", "[general]\\nnodetype = " + ("automation" if kind == "deployer" else kind) + "\\ninstallid = {ID}\\n\\n"
          + modules + "[server]\\nport = " + after("-p") + "\\n\\n[javaopts]\\nbackend.xmx = 8g\\n")
    os.unlink(marker)
def dssadmin():
    data = os.path.dirname(os.path.dirname(path))
    note("dssadmin", *args)
    action = args[0]
    if (person == "root") != (action == "install-impersonation"):
        fail("*** dssadmin: wrong user " + person)
    if running and action != "build-base-image":
        fail("DSS is running")
    if action in world.get("dssadmin-fails", []):
        fail("*** Error in " + action)
    if action in ("install-hadoop-integration", "install-spark-integration"):
        if not os.path.exists(after("-standaloneArchive")):
            fail("no archive")
        write(data + "/bin/env-" + action.split("-")[1] + ".sh", "export DKU=1\\n")
    elif action == "regenerate-config":
        write(data + "/install-support/nginx.conf", text_of(data + "/install.ini"))
    elif action == "install-impersonation":
        place = root + "/etc/dataiku-security/{ID}"
        kept = [place + "/security-config.ini", place + "/security/security-config.ini"]
        if not any(map(os.path.exists, kept)):
            write(kept[1], "[users]\\n# groups\\nallowed_user_groups =\\n\\n[dirs]\\ndss_datadir = " + data + "\\nadditional_allowed_file_dirs =\\n")
        write(root + "/etc/sudoers.d/dataiku-dss-" + args[1] + "-x", "rules")
        if ("mus", "exec_wrapper_location") not in ini(data):
            with open(data + "/install.ini", "a") as out:
                out.write("\\n[mus]\\nexec_wrapper_location = /etc/dataiku-security/{ID}/execwrapper.sh\\n")
    elif action == "build-base-image":
        version = json.loads(text_of(data + "/dss-version.json"))["product_version"]
        base = {{"container-exec": "dku-exec-base-{ID.lower()}", "spark": "dku-spark-base-{ID.lower()}", "cde": "dku-cde-base-{ID.lower()}",
                "api-deployer": "dku-apideployer-apinode-base"}}[after("--type")]
        world.setdefault("images", []).append(after("--tag") or base + ":dss-" + version)
        keep()
    elif action == "copy-databases-to-external":
        tables = world["postgresql"]["databases"]["dss"]
        if tables:
            fail("relation already exists")
        tables.append("half")
        keep()
        if os.path.exists(root + "/copy-dies"):
            fail("killed")
        tables.append("whole")
        keep()
def boot():
    note("install-boot.sh", *args)
    if person != "root":
        fail("not root")
    data, owner = args[-2:]
    unit = "dataiku." + after("-n") if "-n" in args else "dataiku"
    write(root + "/etc/systemd/system/" + unit + ".service", "[Service]\\nExecStart=/etc/dataiku/{ID}/dataiku-boot start\\n")
    write(root + "/etc/dataiku/{ID}/dataiku-boot.conf",
          "# Service configuration\\nDSS_DATADIR=\\"" + data + "\\"\\nDSS_USER=\\"" + owner + "\\"\\n# DSS_CGROUPS=\\n")
if name == "installer.sh":
    installer()
elif name == "install-deps.sh":
    note("install-deps.sh", *args)
    person == "root" or fail("not root")
    os.path.exists(root + "/deps-fail") and fail("Error: Unable to find a match: nginx")
elif name == "install-boot.sh":
    boot()
elif name == "dssadmin":
    dssadmin()
elif name == "dss":
    by_hand = os.path.dirname(os.path.dirname(path)) + "/run/by-hand"
    if args == ["stop"] and os.path.exists(by_hand):
        os.unlink(by_hand)
    if args == ["status"]:
        sys.exit(not (running and not world.get("dead") or os.path.exists(by_hand)))
"""


def packed(files: dict) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, (content, mode) in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def kit_archive(version: str, inside: str = "") -> bytes:
    top, program = f"dataiku-dss-{version}", PROGRAM.encode()
    return packed({
        f"{top}/dss-version.json": (json.dumps({"product_version": inside or version}).encode(), 0o644),
        f"{top}/program": (program, 0o700),
        f"{top}/installer.sh": (program, 0o755),
        f"{top}/scripts/install/install-deps.sh": (program, 0o755),
        f"{top}/scripts/install/install-boot.sh": (program, 0o755),
    })


def archive_of(*urls, content=None) -> dict:
    return {"urls": list(urls), "sha256": hashlib.sha256(content).hexdigest() if content else ""}


def steps() -> list:
    """The steps, in the order of the contract, up to the first start."""
    return [credentials.Credentials(), kit.Kit(), dependencies.Dependencies(), port_guard.PortGuard(), installation.Installation(),
            configuration.Configuration(), hadoop.Hadoop(), spark.Spark(), r.R(), graphics_export.GraphicsExport(),
            jdbc_drivers.JDBCDrivers(), user_isolation.UserIsolation(), boot_unit.BootUnit(), base_images.BaseImages(),
            service.Service()]


# Hosts on which steps have run already: name of the last step -> folder. Paths are in what the steps write, so each has its own
# folder and a copy of it.
PREPARED = {}


class DSSTest(HostTest):
    """A host with its DSS user, and addresses that have what DSS is made of."""

    version = "14.7.5"
    # Tests begin with a host on which the steps up to this one have run.
    prepared = ""

    def setUp(self):
        super().setUp()
        self.make_ready()
        if self.prepared not in PREPARED:
            return
        if os.path.exists(self.root + ".copy"):
            shutil.rmtree(self.root)
            subprocess.run(["cp", "-a", self.root + ".copy", self.root], check=True)
        else:
            self.ensure_all(until=self.prepared)
            subprocess.run(["cp", "-a", self.root, self.root + ".copy"], check=True)
        self.events.clear()
        self.host = self.new_host()

    def make_root(self):
        if not self.prepared:
            return super().make_root()
        if self.prepared not in PREPARED:
            folder = tempfile.mkdtemp()
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            PREPARED[self.prepared] = os.path.join(folder, "root")
        shutil.rmtree(PREPARED[self.prepared], ignore_errors=True)
        os.mkdir(PREPARED[self.prepared])
        return PREPARED[self.prepared]

    def make_ready(self):
        self.put("/etc/dss-platform/boot.conf", "region='eu-west-1'\nvolume='vol-0123abcd'\n")
        self.put("/run/cloud-init/instance-data.json", json.dumps({"ds": {"meta_data": {"local-ipv4": "10.0.1.5"}}}))
        self.put("/usr/lib/jvm/jre-17/bin/java", "", 0o755)
        self.put("/stand-ins/python3.11", "#!/bin/sh\n", 0o755)
        self.desired["dss"] = self.dss()
        self.serve_version("14.7.5")
        self.serve_version("15.2.0")
        self.ensure(user.User())
        self.answers = {"/dip/api/get-configuration": 200, "/public/api/admin/licensing/status": 401, "/isAlive/": 200}
        self.use(mock.patch.object(service, "status_of", self.status_of))
        self.use(mock.patch.object(service, "READY_SECONDS", 0.2))

    def use(self, patch):
        patch.start()
        self.addCleanup(patch.stop)

    def status_of(self, address, timeout=10):
        running = any(unit.startswith("dataiku") for unit in self.world["is-active"])
        return self.answers["/" + address.split("/", 3)[3]] if running else None

    def dss(self) -> dict:
        return {
            "version": self.version, "nodeType": "design", "port": 11200, "region": "eu-west-1", "dataDir": "/data/dss",
            "kitsDir": "/data/kits", "kit": archive_of(f"{ARCHIVES}/dataiku-dss-{self.version}.tar.gz"), "python": "python3.11",
            "hadoop": archive_of(f"{ARCHIVES}/hadoop-{self.version}.tar.gz"),
            "spark": archive_of(f"{ARCHIVES}/spark-{self.version}-3.4.1.tar.gz", f"{ARCHIVES}/spark-{self.version}-3.5.3.tar.gz"),
            "r": False, "graphicsExport": False, "userIsolation": None, "installIni": {"javaopts": {"backend.xmx": "12g"}},
            "environment": {"DKU_BACKEND_EXT_HOST": "@privateAddress"},
            "properties": {"dku.feature.portRangeLimitation.enabled": "true"},
            "boot": {"DSS_CGROUPS": "DSS", "DSS_CGROUP_CONTROLLERS": "cpu memory"}, "jdbcDrivers": [],
            "baseImages": [{"type": "container-exec", "options": ["--without-r"]}, {"type": "spark", "options": []}],
            "runtimeDatabase": None, "secrets": {"license": "", "adminPassword": "arn:admin", "apiKey": "arn:key"},
            "credentialsSecretArn": "", "snapshotTags": {"dss-platform": "x"}, "inside": {},
        }

    def set_version(self, version):
        dss = self.desired["dss"]
        text = json.dumps({key: dss[key] for key in ("version", "kit", "hadoop", "spark")})
        dss.update(json.loads(text.replace(dss["version"], version)))

    def serve(self, name, content):
        self.put(f"/www/{ARCHIVES.split('//')[1]}/{name}", content)

    def serve_version(self, version):
        self.serve(f"dataiku-dss-{version}.tar.gz", kit_archive(version))
        self.serve(f"hadoop-{version}.tar.gz", packed({"hadoop": (b"jars", 0o644)}))
        self.serve(f"spark-{version}-3.5.3.tar.gz", packed({"spark": (b"jars", 0o644)}))

    # Running.

    def ensure_all(self, until=None):
        """Runs all steps; returns step -> changes, of those that changed something."""
        found = {}
        for step in steps():
            if step.wanted(self.desired):
                changes = self.ensure(step)
                if changes:
                    found[step.name] = changes
            if step.name == until:
                break
        return found

    def kit_calls(self, name=None):
        try:
            lines = self.text("/kit-calls").splitlines()
        except FileNotFoundError:
            return []
        return [call for call in map(json.loads, lines) if name is None or call[1] == name]

    def actions(self):
        """What dssadmin was called for."""
        return [call[2] for call in self.kit_calls("dssadmin")]

    def stored(self, name):
        return json.loads(self.text(f"/data/.dss-platform/{name}.json"))

    def store(self, name, value):
        self.put(f"/data/.dss-platform/{name}.json", json.dumps(value), 0o600)
