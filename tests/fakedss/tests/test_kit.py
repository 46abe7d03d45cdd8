"""The kit's scripts: what they refuse, what they leave behind. As another user than root, in a scratch folder."""

import glob
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import urllib.request

import certifi
import charset_normalizer
import dataikuapi
import dateutil
import idna
import requests
import six
import urllib3

import build

ROOT = os.geteuid() == 0
USER = "nobody" if ROOT else pwd.getpwuid(os.geteuid()).pw_name
TOOLS = {
    "java": "exit 0",
    "getenforce": 'echo "${FAKE_SELINUX:-Permissive}"',
    "docker": 'echo "docker $*" >>"$SCRATCH/docker.log"; [ "$1" != build ] || cat Dockerfile >>"$SCRATCH/docker.log"',
    "systemctl": 'echo "$*" >>"$SCRATCH/systemctl.log"',
    "dnf": 'echo "dnf $*" >>"$SCRATCH/dnf.log"',
    "rpm": '[ ! -e "$SCRATCH/nothing-installed" ]',
}


def make_client(folder):
    """The client and what it needs, as pip would unpack them."""
    for module in (certifi, charset_normalizer, dataikuapi, dateutil, idna, requests, urllib3):
        source = os.path.dirname(module.__file__)
        target = os.path.join(folder, os.path.basename(source))
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(six.__file__, folder)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Kit(unittest.TestCase):
    """One scratch folder for all: kits of two versions, tools that stand in for the host's."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.mkdtemp(prefix="fakedss-kit-")
        os.chmod(cls.scratch, 0o755)
        cls.make_archives()
        cls.tools = os.path.join(cls.scratch, "tools")
        os.mkdir(cls.tools)
        for name, text in TOOLS.items():
            path = os.path.join(cls.tools, name)
            with open(path, "w", encoding="utf-8") as out:
                out.write("#!/bin/sh\n" + text + "\n")
            os.chmod(path, 0o755)

    @classmethod
    def make_archives(cls):
        client, cls.archives = os.path.join(cls.scratch, "client"), os.path.join(cls.scratch, "archives")
        os.mkdir(client)
        make_client(client)
        cls.sums = {}
        for version in ("14.7.4", "14.7.5"):
            cls.sums.update(build.build(version, "3.5.3", client, cls.archives, "3.5.0"))
            with tarfile.open(os.path.join(cls.archives, f"dataiku-dss-{version}.tar.gz")) as archive:
                archive.extractall(os.path.join(cls.scratch, "kits"))
        cls.client = client

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.scratch)

    def setUp(self):
        self.place = tempfile.mkdtemp(dir=self.scratch)
        os.chmod(self.place, 0o755)
        if ROOT:
            shutil.chown(self.place, USER)
        self.datadir = os.path.join(self.place, "dss")
        self.port = free_port()
        self.addCleanup(self.stop)
        self.faults("")

    def stop(self):
        if os.path.exists(self.datadir + "/bin/dss"):
            self.run_in("dss", "stop")

    def environment(self, **more):
        return {"PATH": f"{self.tools}:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": self.place, "SCRATCH": self.place,
                "FAKEDSS_FAULTS": self.place + "/faults", "FAKEDSS_FAULT_STATE": self.place + "/fault-state",
                "FAKEDSS_ETC": self.place + "/etc", "FAKEDSS_CALLS": self.place + "/calls.jsonl", **more}

    def faults(self, text):
        with open(self.place + "/faults", "w", encoding="utf-8") as out:
            out.write(text)

    def run_as(self, user, *command, **more):
        """A finished process; without a terminal, and with nothing on stdin."""
        if ROOT and user != "root":
            command = ("setpriv", f"--reuid={user}", "--regid=nogroup", "--clear-groups", "--", *command)
        given = more.pop("input", "")
        return subprocess.run(command, env=self.environment(**more), cwd="/", input=given, capture_output=True,
                              text=True, check=False, timeout=60, start_new_session=True)

    def kit(self, version="14.7.5"):
        return os.path.join(self.scratch, "kits", f"dataiku-dss-{version}")

    def install(self, *words, version="14.7.5", user=USER, **more):
        return self.run_as(user, self.kit(version) + "/installer.sh", *words, **more)

    def fresh(self):
        return "-d", self.datadir, "-p", str(self.port), "-P", "/usr/bin/python3"

    def install_fresh(self, *words, version="14.7.5"):
        self.good(self.install(*self.fresh(), "-y", *words, version=version))

    def run_in(self, tool, *words, user=USER, **more):
        return self.run_as(user, f"{self.datadir}/bin/{tool}", *words, **more)

    def listed(self, *words):
        """What dsscli prints as JSON."""
        return json.loads(self.good(self.run_in("dsscli", *words, "--output", "json")))

    def good(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def refused(self, done, text):
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(text, done.stderr)

    def install_id(self):
        with open(self.datadir + "/install.ini", encoding="utf-8") as file:
            return next(line.split(" = ")[1].strip() for line in file if line.startswith("installid"))

    def until_ready(self):
        page = f"http://127.0.0.1:{self.port}/dip/api/get-configuration"
        for _ in range(100):
            try:
                with urllib.request.urlopen(page, timeout=5) as said:
                    return json.load(said)
            except OSError:
                time.sleep(0.05)
        return self.fail("DSS does not answer")

    def integrate(self):
        archive = f"{self.archives}/dataiku-dss-hadoop-standalone-libs-generic-hadoop3-14.7.5.tar.gz"
        self.good(self.run_in("dssadmin", "install-hadoop-integration", "-standalone", "generic-hadoop3",
                              "-standaloneArchive", archive))
        self.good(self.run_in("dssadmin", *self.spark()))

    def spark(self, version="14.7.5"):
        return ("install-spark-integration", "-standaloneArchive",
                f"{self.archives}/dataiku-dss-spark-standalone-{version}-3.5.3-generic-hadoop3.tar.gz", "-forK8S")


class Archives(Kit):
    def test_same_input_gives_same_bytes(self):
        again = build.build("14.7.5", "3.5.3", self.client, self.place + "/again", "3.5.0")
        self.assertEqual(again, {n: s for n, s in self.sums.items() if n in again})

    def test_contents_are_for_everybody(self):
        with tarfile.open(self.archives + "/dataiku-dss-14.7.5.tar.gz") as archive:
            for entry in archive:
                self.assertTrue(entry.mode & 0o004, entry.name)
                self.assertTrue(entry.name.startswith("dataiku-dss-14.7.5"), entry.name)


class Installer(Kit):
    @unittest.skipUnless(ROOT, "needs root")
    def test_refuses_root(self):
        done = self.install("-d", self.datadir, "-p", "11200", "-y", user="root")
        self.refused(done, "as root is not supported")
        self.assertFalse(os.path.exists(self.datadir))

    def test_refuses_a_folder_with_something_in_it(self):
        os.makedirs(self.datadir + "/lost+found")
        self.refused(self.install("-d", self.datadir, "-p", "11200", "-y"), "is not empty")

    def test_takes_an_empty_folder(self):
        os.mkdir(self.datadir)
        if ROOT:
            shutil.chown(self.datadir, USER)
        self.install_fresh()

    def test_refuses_a_folder_inside_of_the_kit(self):
        self.refused(self.install("-d", self.kit() + "/data", "-p", "11200", "-y"), "must not be inside")

    def test_enforcing_prompts_without_y(self):
        words = self.fresh()
        self.refused(self.install(*words, FAKE_SELINUX="Enforcing"), "Press Enter")
        self.assertFalse(os.path.exists(self.datadir))
        self.good(self.install(*words, FAKE_SELINUX="Enforcing", input="\n"))

    def test_enforcing_waits_forever_on_an_open_stdin(self):
        command = [self.kit() + "/installer.sh", "-d", self.datadir, "-p", "11200"]
        if ROOT:
            command = ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups", "--", *command]
        with subprocess.Popen(command, env=self.environment(FAKE_SELINUX="Enforcing"), cwd="/", stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
            with self.assertRaises(subprocess.TimeoutExpired):
                process.wait(2)
            os.killpg(process.pid, signal.SIGKILL)

    def test_y_answers_prompts(self):
        self.good(self.install(*self.fresh(), "-y", FAKE_SELINUX="Enforcing"))

    def test_leaves_the_layout(self):
        with open(self.place + "/license", "w", encoding="utf-8") as out:
            out.write('{"content": {}, "sig": "x"}')
        self.install_fresh("-l", self.place + "/license", "-t", "automation")
        for name in ("dss-version.json", "install.ini", "bin/dss", "bin/dssadmin", "bin/dsscli", "bin/python",
                     "bin/env-default.sh", "bin/env-site.sh", "config/dip.properties", "config/license.json"):
            self.assertTrue(os.path.exists(f"{self.datadir}/{name}"), name)
        with open(self.datadir + "/install.ini", encoding="utf-8") as file:
            text = file.read()
        self.assertIn("nodetype = automation", text)
        self.assertIn(f"port = {self.port}", text)
        self.assertRegex(text, r"installid = [A-Z]\w{7}\n")
        self.assertFalse(os.path.exists(self.datadir + "/DSS-INITIAL-INSTALL-IN-PROGRESS.txt"))

    def test_refuses_a_second_installation(self):
        self.install_fresh()
        self.refused(self.install("-d", self.datadir, "-p", "11200", "-y"), "is not empty")

    def test_moves_away_what_a_killed_installation_left(self):
        self.faults("installer-middle die 1")
        done = self.install("-d", self.datadir, "-p", str(self.port), "-y")
        self.assertEqual(done.returncode, -signal.SIGKILL)
        self.assertTrue(os.path.exists(self.datadir + "/DSS-INITIAL-INSTALL-IN-PROGRESS.txt"))
        self.install_fresh()
        self.assertEqual(len(glob.glob(self.datadir + ".failed-install.*")), 1)

    def test_needs_java_unless_told_otherwise(self):
        words = (*self.fresh(), "-y")
        self.refused(self.install(*words, JAVA_HOME="/nowhere"), "Java")
        self.good(self.install(*words, "-n", JAVA_HOME="/nowhere"))

    def test_needs_dependencies(self):
        with open(self.place + "/nothing-installed", "w", encoding="utf-8"):
            pass
        self.refused(self.install("-d", self.datadir, "-p", "11200", "-y"), "dependencies are missing")

    def test_refuses_unknown_python_and_licence(self):
        words = ("-d", self.datadir, "-p", str(self.port), "-y")
        self.refused(self.install(*words, "-P", "python2.9"), "could not find python2.9")
        self.refused(self.install(*words, "-P", "/usr/bin/python3", "-l", "/nowhere"), "License file not found")


class Upgrade(Kit):
    def test_refuses_port_and_licence(self):
        self.install_fresh(version="14.7.4")
        for words in (("-p", "11200"), ("-l", "/nowhere")):
            self.refused(self.install("-u", "-d", self.datadir, "-y", *words), "cannot be used with -u")

    def test_refuses_a_lower_version(self):
        self.install_fresh()
        self.refused(self.install("-u", "-d", self.datadir, "-y", version="14.7.4"), "cannot downgrade")

    def test_refuses_while_running(self):
        self.install_fresh(version="14.7.4")
        self.good(self.run_in("dss", "start"))
        self.refused(self.install("-u", "-d", self.datadir, "-y"), "stop it before the upgrade")

    def test_refuses_what_is_no_data_directory(self):
        self.refused(self.install("-u", "-d", self.datadir, "-y"), "is no DSS data directory")

    def test_upgrades_and_keeps_what_is_there(self):
        self.install_fresh(version="14.7.4")
        with open(self.datadir + "/install.ini", encoding="utf-8") as file:
            before = file.read()
        with open(self.datadir + "/config/dip.properties", "a", encoding="utf-8") as out:
            out.write("mine=1\n")
        self.good(self.install("-u", "-d", self.datadir, "-P", "/usr/bin/python3", "-y"))
        with open(self.datadir + "/install.ini", encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        with open(self.datadir + "/config/dip.properties", encoding="utf-8") as file:
            self.assertIn("mine=1", file.read())
        self.good(self.run_in("dss", "start"))
        self.assertEqual(self.until_ready()["version"]["product_version"], "14.7.5")


class Running(Kit):
    def test_starts_stops_and_survives_a_kill(self):
        self.install_fresh()
        self.good(self.run_in("dss", "start"))
        self.until_ready()
        self.refused(self.run_in("dss", "start"), "already running")
        key = self.listed("api-key-create", "--admin", "true", "--label", "x")[0]["key"]
        client = dataikuapi.DSSClient(f"http://127.0.0.1:{self.port}", key)
        client.create_group("kept")
        with open(self.datadir + "/run/backend.pid", encoding="utf-8") as file:
            os.kill(int(file.read()), signal.SIGKILL)
        time.sleep(0.2)
        self.assertEqual(self.run_in("dss", "status").returncode, 3)
        self.good(self.run_in("dss", "start"))
        self.until_ready()
        self.assertIn("kept", [g["name"] for g in client.list_groups()])
        self.good(self.run_in("dss", "stop"))
        self.assertEqual(self.run_in("dss", "status").returncode, 3)

    @unittest.skipUnless(ROOT, "needs root")
    def test_refuses_root(self):
        self.install_fresh()
        for tool in (("dss", "start"), ("dsscli", "api-keys-list"), ("dssadmin", "regenerate-config")):
            self.refused(self.run_in(*tool, user="root"), "root")

    def test_keys_are_said_once(self):
        self.install_fresh()
        self.good(self.run_in("dss", "start"))
        self.until_ready()
        made = self.listed("api-key-create", "--admin", "true", "--label", "one")
        self.assertIsInstance(made, list)
        self.assertEqual([(k["label"], k["key"]) for k in self.listed("api-keys-list")], [("one", "******")])
        self.good(self.run_in("dsscli", "api-key-delete", made[0]["id"]))
        self.assertEqual(self.listed("api-keys-list"), [])
        with self.assertRaises(dataikuapi.utils.DataikuException):
            dataikuapi.DSSClient(f"http://127.0.0.1:{self.port}", made[0]["key"]).list_groups()

    def test_dsscli_needs_a_running_dss(self):
        self.install_fresh()
        self.refused(self.run_in("dsscli", "api-keys-list"), "Is it running?")

    def test_python_has_the_client(self):
        self.install_fresh()
        said = self.good(self.run_in("python", "-c", "import dataikuapi, os; print(dataikuapi.__file__, *os.environ)"))
        self.assertIn(self.kit(), said)
        self.assertNotIn("PYTHONPATH", said)

    def test_environment_of_the_site_reaches_the_server(self):
        self.install_fresh()
        with open(self.datadir + "/bin/env-site.sh", "a", encoding="utf-8") as out:
            out.write('export DKU_BACKEND_EXT_HOST="10.0.0.5"\n')
        self.good(self.run_in("dss", "start"))
        with open(self.datadir + "/run/backend.pid", encoding="utf-8") as file:
            with open(f"/proc/{int(file.read())}/environ", "rb") as environ:
                self.assertIn(b"DKU_BACKEND_EXT_HOST=10.0.0.5", environ.read().split(b"\0"))

    def test_api_node(self):
        self.install_fresh("-t", "api")
        self.assertFalse(os.path.exists(self.datadir + "/bin/dsscli"))
        self.good(self.run_in("dss", "start"))
        said = self.good(self.run_in("apinode-admin", "admin-key-create", "--output", "json", "--label", "x"))
        self.assertTrue(json.loads(said)["key"])
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/isAlive/", timeout=5) as answer:
            self.assertEqual(answer.status, 200)


class Integrations(Kit):
    def test_spark_needs_hadoop(self):
        self.install_fresh()
        self.refused(self.run_in("dssadmin", *self.spark()), "Hadoop integration is not installed")
        self.integrate()
        with open(self.datadir + "/bin/env-spark.sh", encoding="utf-8") as file:
            self.assertIn('DKU_SPARK_VERSION="3.5.3"', file.read())

    def test_archives_of_another_version_are_refused(self):
        self.install_fresh()
        self.integrate()
        self.refused(self.run_in("dssadmin", *self.spark("14.7.4")), "not 14.7.5")

    def test_refused_while_running(self):
        self.install_fresh()
        self.good(self.run_in("dss", "start"))
        for verb in (("install-hadoop-integration",), ("install-spark-integration",), ("install-R-integration",),
                     ("install-graphics-export",), ("regenerate-config",), ("copy-databases-to-external",)):
            self.refused(self.run_in("dssadmin", *verb), "stop it first")

    def test_memory_takes_effect_by_regenerate_config(self):
        self.install_fresh()
        with open(self.datadir + "/install.ini", "a", encoding="utf-8") as out:
            out.write("\n[javaopts]\nbackend.xmx = 12g\n")
        with open(self.datadir + "/bin/env-default.sh", encoding="utf-8") as file:
            self.assertNotIn("12g", file.read())
        self.good(self.run_in("dssadmin", "regenerate-config"))
        with open(self.datadir + "/bin/env-default.sh", encoding="utf-8") as file:
            self.assertIn('DKU_BACKEND_JAVA_OPTS="-Xmx12g"', file.read())

    def test_databases_want_a_connection(self):
        self.install_fresh()
        self.refused(self.run_in("dssadmin", "copy-databases-to-external"), "no PostgreSQL connection")
        with open(self.datadir + "/config/general-settings.json", "w", encoding="utf-8") as out:
            params = {"host": "localhost", "port": 5432, "user": "dss", "password": "e:AES:x", "db": "dss"}
            json.dump({"internalDatabase": {"connection": {"type": "PostgreSQL", "params": params}}}, out)
        self.good(self.run_in("dssadmin", "copy-databases-to-external"))

    def test_base_images(self):
        self.install_fresh()
        self.integrate()
        ident = self.install_id()
        self.refused(self.run_in("dssadmin", "build-base-image", "--type", "other"), "--type has to be one of")
        self.refused(self.run_in("dssadmin", "build-base-image", "--type", "spark", "--with-cheese"), "unrecognized")
        options = ("--without-r", "--system-packages", "a,b")
        self.good(self.run_in("dssadmin", "build-base-image", "--type", "container-exec", *options))
        self.good(self.run_in("dssadmin", "build-base-image", "--type", "spark"))
        self.good(self.run_in("dssadmin", "build-base-image", "--type", "api-deployer"))
        with open(self.place + "/docker.log", encoding="utf-8") as file:
            log = file.read()
        for tag in (f"dku-exec-base-{ident.lower()}:dss-14.7.5", f"dku-spark-base-{ident.lower()}:dss-14.7.5",
                    "dku-apideployer-apinode-base:dss-14.7.5"):
            self.assertIn(f"docker build -t {tag} ", log)
        self.assertIn("--system-packages a,b", log)

    @unittest.skipUnless(ROOT, "needs root")
    def test_impersonation(self):
        self.install_fresh()
        self.refused(self.run_in("dssadmin", "install-impersonation", USER), "must be run as root")
        self.good(self.run_in("dss", "start"))
        self.refused(self.run_in("dssadmin", "install-impersonation", USER, user="root"), "stop it first")
        self.good(self.run_in("dss", "stop"))
        for _ in range(2):
            self.good(self.run_in("dssadmin", "install-impersonation", USER, user="root"))
        self.assertEqual(len(glob.glob(self.place + f"/etc/sudoers.d/dataiku-dss-{USER}-*")), 1)
        [config] = glob.glob(self.place + "/etc/dataiku-security/*/security/security-config.ini")
        with open(config, encoding="utf-8") as file:
            self.assertIn("allowed_user_groups", file.read())
        self.assertEqual(stat.S_IMODE(os.stat(self.datadir).st_mode), 0o711)


class Host(Kit):
    @unittest.skipUnless(ROOT, "needs root")
    def test_boot(self):
        self.install_fresh()
        script = self.kit() + "/scripts/install/install-boot.sh"
        self.refused(self.run_as(USER, script, self.datadir, USER), "as root")
        self.refused(self.run_as("root", script, self.place, USER), "no DSS data directory")
        self.good(self.run_as("root", script, "-n", "dev", self.datadir, USER))
        with open(self.place + "/etc/systemd/system/dataiku.dev.service", encoding="utf-8") as file:
            self.assertIn(f"ExecStart={self.datadir}/bin/dss start", file.read())
        [config] = glob.glob(self.place + "/etc/dataiku/*/dataiku-boot.conf")
        with open(config, encoding="utf-8") as file:
            self.assertIn(f'DSS_DATADIR="{self.datadir}"', file.read())
        with open(self.place + "/systemctl.log", encoding="utf-8") as file:
            self.assertIn("enable dataiku.dev.service", file.read())

    @unittest.skipUnless(ROOT, "needs root")
    def test_dependencies(self):
        script = self.kit() + "/scripts/install/install-deps.sh"
        self.refused(self.run_as(USER, script, "-yes"), "as root")
        self.refused(self.run_as("root", script), "aborted")
        self.good(self.run_as("root", script, "-yes", "-with-r"))
        with open(self.place + "/dnf.log", encoding="utf-8") as file:
            log = file.read()
        self.assertIn("java-17-openjdk-headless", log)
        self.assertIn("R-core-devel", log)

    def test_faults_happen_as_often_as_told(self):
        self.install_fresh()
        self.faults("dssadmin-regenerate-config fail 2\n")
        self.assertNotEqual(self.run_in("dssadmin", "regenerate-config").returncode, 0)
        self.assertNotEqual(self.run_in("dssadmin", "regenerate-config").returncode, 0)
        self.good(self.run_in("dssadmin", "regenerate-config"))
        with open(self.place + "/calls.jsonl", encoding="utf-8") as file:
            calls = [json.loads(line)["command"][0] for line in file]
        self.assertEqual(calls.count("dssadmin-regenerate-config"), 3)


if __name__ == "__main__":
    sys.exit(unittest.main())
