"""Installing DSS: archives, kit, dependencies, the first installation, ports."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from unittest import mock

from dss_stand_ins import ARCHIVES, DSSTest, archive_of, kit_archive, packed, steps

from dss_platform.inside import child, steps as inside
from dss_platform.installation import (archive, assignments, commands, credentials, database_copy, dependencies, hadoop, ini,
                                       installation, kit, layout, ledger, license, port_guard, record, secrets, service)
from dss_platform.step import StepError
from dss_platform.system import CommandFailed


class Whole(DSSTest):
    def test_a_first_run_installs_and_a_second_one_changes_nothing(self):
        found = self.ensure_all()
        self.assertEqual(list(found), ["credentials", "kit", "dependencies", "port-guard", "installation",
                                       "configuration", "hadoop", "spark",
                                       "boot-unit", "base-images", "service"])
        self.assertEqual(self.kit_calls("installer.sh"),
                         [["dataiku", "installer.sh", "-d", self.root + "/data/dss", "-p", "11200", "-t",
                                                           "design", "-P", "python3.11", "-y"]])
        before = len(self.kit_calls())
        self.assertEqual(self.ensure_all(), {})
        self.assertEqual(len(self.kit_calls()), before)
        self.assertEqual(self.world["starts"], 1)

    def test_a_new_instance_installs_nothing_that_is_on_the_volume(self):
        self.ensure_all()
        self.new_instance()
        downloads, actions = len(self.calls("curl")), self.actions()
        found = self.ensure_all()
        self.assertEqual(sorted(found), ["boot-unit", "dependencies", "kit", "port-guard", "service"])
        self.assertEqual(found["kit"], ["labelled /data/kits like /opt"])
        self.assertEqual((len(self.calls("curl")), self.actions()), (downloads, actions))
        self.assertEqual(len(self.kit_calls("installer.sh")), 1)
        self.assertEqual(self.ensure_all(), {})

    def new_instance(self):
        """The root volume of a new instance: nothing of what was made outside of the data volume."""
        self.host.run("rm", "-rf", self.root + "/etc/systemd", self.root + "/etc/dataiku",
                      self.root + "/var/lib/dss-platform",
                      self.root + "/etc/dataiku-security", self.root + "/etc/sudoers.d",
                      self.root + "/etc/dss-platform/port-guard.nft")
        self.set_world(**{"is-enabled": [], "is-active": [], "packages": {}, "port-guard": False})

    def test_an_api_node_gets_what_it_needs(self):
        self.desired["dss"].update(nodeType="api", environment={}, properties={})
        names = [step.name for step in steps() if step.wanted(self.desired)]
        self.assertEqual(names, ["credentials", "kit", "dependencies", "installation", "configuration", "boot-unit",
                                 "service"])
        self.ensure_all()
        self.assertEqual(self.ensure_all(), {})

    def test_without_dss_no_step_is_wanted(self):
        del self.desired["dss"]
        self.assertEqual([step.name for step in steps() if step.wanted(self.desired)], [])

    def test_every_step_describes_itself(self):
        for step in [*steps(), port_guard.PortOpen()]:
            self.assertRegex(step.name, "^[a-z-]+$")
            self.assertTrue(step.description)


class Archives(DSSTest):
    content = packed({"a": (b"x" * 1000, 0o644)})

    def fetch(self, wanted, room=0.0):
        self.host.changes = []
        return archive.fetch(self.host, self.desired, "thing", wanted, room)

    def test_the_first_address_that_has_it_counts(self):
        self.serve("thing.tar.gz", self.content)
        entry = self.fetch(archive_of(f"{ARCHIVES}/none.tar.gz", f"{ARCHIVES}/thing.tar.gz", content=self.content))
        self.assertEqual(entry["url"], f"{ARCHIVES}/thing.tar.gz")
        self.assertEqual(entry["file"], "/data/kits/archives/thing.tar.gz")
        self.assertEqual(self.mode("/data/kits/archives/thing.tar.gz"), 0o644)
        calls = len(self.calls())
        self.assertEqual(self.fetch(archive_of(f"{ARCHIVES}/thing.tar.gz", content=self.content)), entry)
        self.assertEqual(len(self.calls()), calls)

    def test_no_address_has_it(self):
        with self.assertRaisesRegex(StepError,
                                    "no address has the archive: https://downloads.example.com/none.tar.gz: .*404 / s3://b/k: .*404"):
            self.fetch(archive_of(f"{ARCHIVES}/none.tar.gz", "s3://b/k"))

    def test_a_bucket(self):
        self.put("/s3/mirror/dss/thing.tar.gz", self.content)
        self.assertEqual(self.fetch(archive_of("s3://mirror/dss/thing.tar.gz"))["size"], len(self.content))
        self.assertIn(["aws", "s3api", "head-object", "--region", "eu-west-1", "--bucket", "mirror", "--key",
                       "dss/thing.tar.gz", "--output",
                       "json"], self.calls("aws"))

    def test_a_mismatch_says_both_hashes_and_leaves_nothing(self):
        self.serve("thing.tar.gz", self.content)
        wanted = {"urls": [f"{ARCHIVES}/thing.tar.gz"], "sha256": "0" * 64}
        digest = archive_of("", content=self.content)["sha256"]
        with self.assertRaisesRegex(StepError, f"has SHA-256 {digest}, and {'0' * 64} is wanted"):
            self.fetch(wanted)
        self.assertEqual(os.listdir(self.root + "/data/kits/archives"), [])

    def test_another_checksum_gets_it_again_and_forgets_the_old_file(self):
        self.serve("thing-1.tar.gz", self.content)
        self.fetch(archive_of(f"{ARCHIVES}/thing-1.tar.gz", content=self.content))
        other = packed({"b": (b"y", 0o644)})
        self.serve("thing-2.tar.gz", other)
        self.fetch(archive_of(f"{ARCHIVES}/thing-2.tar.gz", content=other))
        self.assertEqual(os.listdir(self.root + "/data/kits/archives"), ["thing-2.tar.gz"])

    def test_a_download_that_was_cut_off_goes_on(self):
        self.serve("thing.tar.gz", self.content)
        url = f"{ARCHIVES}/thing.tar.gz"
        self.fetch(archive_of(url))
        part = [call for call in self.calls("curl") if "-C" in call][0]
        begun = part[part.index("-o") + 1]
        os.unlink(self.root + "/data/kits/archives/thing.tar.gz")
        with open(begun, "wb") as out:
            out.write(self.content[:40])
        self.assertEqual(self.fetch(archive_of(url))["sha256"], archive_of("", content=self.content)["sha256"])
        self.assertEqual(self.text("/resumed").split(), ["0", "40"])

    def test_a_download_that_was_killed_before_its_checksum_is_not_got_again(self):
        self.serve("thing.tar.gz", self.content)
        self.fetch(archive_of(f"{ARCHIVES}/thing.tar.gz"))
        part = [call for call in self.calls("curl") if "-C" in call][0]
        os.rename(self.root + "/data/kits/archives/thing.tar.gz", part[part.index("-o") + 1])
        self.fetch(archive_of(f"{ARCHIVES}/thing.tar.gz"))
        self.assertEqual(self.text("/resumed").split(), ["0"])

    def test_a_server_that_refuses_head(self):
        self.set_world(**{"no-head": True})
        self.serve("thing.tar.gz", self.content)
        self.assertEqual(archive.choose(self.host, [f"{ARCHIVES}/thing.tar.gz"], "eu-west-1")[1], len(self.content))

    def test_a_page_in_its_place(self):
        self.serve("thing.tar.gz", b"<html>log in</html>")
        with self.assertRaisesRegex(StepError, "is no archive: it begins with b'<html>"):
            self.fetch(archive_of(f"{ARCHIVES}/thing.tar.gz"))

    def test_room_is_looked_for_first(self):
        self.serve("thing.tar.gz", self.content)
        with mock.patch.object(archive, "free_bytes", lambda path: 10):
            with self.assertRaisesRegex(StepError, "are free on /data/kits/archives"):
                self.fetch(archive_of(f"{ARCHIVES}/thing.tar.gz"), room=3.0)
        self.assertEqual([call for call in self.calls("curl") if "-C" in call], [])

    def test_http_without_a_checksum_is_told(self):
        self.put("/www/mirror/thing.tar.gz", self.content)
        self.fetch(archive_of("http://mirror/thing.tar.gz"))
        self.assertRegex(self.host.warnings[0], "without encryption and without a checksum")


class Kit(DSSTest):
    def test_it_is_for_everybody_to_read(self):
        self.ensure(kit.Kit())
        self.assertEqual(self.mode("/data/kits/dataiku-dss-14.7.5/program") & 0o055, 0o055)
        for folder in ("/data", "/data/kits"):
            self.assertEqual(self.mode(folder) & 0o011, 0o011)

    def test_another_version_inside_is_refused(self):
        self.serve("dataiku-dss-14.7.5.tar.gz", kit_archive("14.7.5", inside="14.7.4"))
        with self.assertRaisesRegex(StepError, "holds DSS 14.7.4, and DSS 14.7.5 is wanted"):
            self.ensure(kit.Kit())
        self.assertEqual(sorted(os.listdir(self.root + "/data/kits")), ["archives"])

    def test_a_broken_archive_is_got_again(self):
        whole = kit_archive("14.7.5")
        for broken in (whole[:len(whole) // 2], packed({"a": (b"", 0o644)}), kit_archive("14.7.5", inside="14.7.4")):
            self.serve("dataiku-dss-14.7.5.tar.gz", broken)
            with self.assertRaises(StepError):
                self.ensure(kit.Kit())
            self.assertEqual((os.listdir(self.root + "/data/kits/archives"), self.stored("archives")), ([], {}))
        self.serve("dataiku-dss-14.7.5.tar.gz", whole)
        self.assertIn("unpacked DSS 14.7.5 to /data/kits/dataiku-dss-14.7.5", self.ensure(kit.Kit()))

    def test_a_failure_with_an_archive_of_the_right_checksum_is_no_reason_to_get_it_again(self):
        content = kit_archive("14.7.5")
        self.desired["dss"]["kit"] = archive_of(f"{ARCHIVES}/dataiku-dss-14.7.5.tar.gz", content=content)
        self.serve("dataiku-dss-14.7.5.tar.gz", content)
        self.set_world(fail={"runuser": "No space left on device"})
        with self.assertRaises(StepError):
            self.ensure(kit.Kit())
        self.set_world(fail={})
        downloads = len(self.calls("curl"))
        self.ensure(kit.Kit())
        self.assertEqual(len(self.calls("curl")), downloads)

    def test_a_broken_archive_of_an_integration_is_got_again(self):
        self.ensure_all(until="configuration")
        self.set_world(**{"dssadmin-fails": ["install-hadoop-integration"]})
        with self.assertRaisesRegex(StepError, "install-hadoop-integration"):
            self.ensure(hadoop.Hadoop())
        self.assertNotIn("hadoop", self.stored("archives"))
        self.assertFalse(self.host.exists("/data/kits/archives/hadoop-14.7.5.tar.gz"))
        self.set_world(**{"dssadmin-fails": []})
        self.assertIn(f"got {ARCHIVES}/hadoop-14.7.5.tar.gz", self.ensure(hadoop.Hadoop()))

    def test_what_a_killed_run_left_is_replaced(self):
        self.put("/data/kits/.unpacking/dataiku-dss-14.7.5/dss-version.json", "{}")
        self.put("/data/kits/dataiku-dss-14.7.5/half", "")
        self.ensure(kit.Kit())
        self.assertFalse(self.host.exists("/data/kits/dataiku-dss-14.7.5/half"))
        self.assertEqual(self.ensure(kit.Kit()), [])

    def test_a_lower_version_is_refused_before_it_is_got(self):
        self.ensure_all()
        self.set_version("14.7.4")
        with self.assertRaisesRegex(StepError, "DSS 14.7.5 is installed, and 14.7.4 is lower"):
            self.ensure(kit.Kit())

    def test_a_folder_outside_of_the_volume_is_refused(self):
        self.desired["dss"]["kitsDir"] = "/opt/kits"
        with self.assertRaisesRegex(StepError, "not on the data volume /data"):
            self.ensure(kit.Kit())


class Dependencies(DSSTest):
    def test_once_per_version_and_options(self):
        self.ensure(kit.Kit())
        self.ensure(dependencies.Dependencies())
        self.assert_settled(dependencies.Dependencies())
        self.desired["dss"].update(r=True, graphicsExport=True)
        self.ensure(dependencies.Dependencies())
        self.assertEqual(self.kit_calls("install-deps.sh"), [["root", "install-deps.sh", "-yes"],
                                                             ["root", "install-deps.sh", "-yes", "-with-r",
                                                              "-with-chrome"]])
        self.assertEqual(self.world["dnf"], ["config-manager crb"])
        self.assertIn("epel-release", self.world["packages"])

    def test_release_8_calls_its_repository_otherwise(self):
        self.ensure(kit.Kit())
        self.desired["osRelease"] = "8"
        self.desired["dss"]["r"] = True
        self.ensure(dependencies.Dependencies())
        self.assertEqual(self.world["dnf"], ["config-manager powertools"])

    def test_a_failure_is_done_again(self):
        self.ensure(kit.Kit())
        self.put("/deps-fail", "")
        with self.assertRaisesRegex(StepError, "install-deps.sh: .*Unable to find a match: nginx"):
            self.ensure(dependencies.Dependencies())
        os.unlink(self.root + "/deps-fail")
        self.assertTrue(self.ensure(dependencies.Dependencies()))


class Installation(DSSTest):
    prepared = "kit"

    def installed(self):
        return self.ensure(installation.Installation())

    def test_the_java_that_stays_when_packages_change(self):
        self.installed()
        [call] = [call for call in self.calls("runuser") if "installer.sh" in call[-1]]
        self.assertIn("'env' 'JAVA_HOME=/usr/lib/jvm/jre-17'", call[-1])

    licence = json.dumps({"content": {"licenseId": "secret-of-the-licence"}, "sig": "x"})

    def give_licence(self, text):
        self.desired["dss"]["secrets"]["license"] = "arn:license"
        self.set_world(secrets={"arn:license": text})

    def test_the_licence_is_handed_to_the_installer(self):
        self.give_licence(self.licence)
        self.installed()
        [call] = self.kit_calls("installer.sh")
        self.assertEqual(call[-2:], ["-l", self.root + license.HANDED_OVER])
        self.assertEqual(self.kit_calls("licence"), [["dataiku", "licence", "0o600"]])
        self.assertEqual(self.text("/data/dss/config/license.json"), self.licence)
        self.assertFalse(self.host.exists(license.HANDED_OVER))
        self.assertEqual(sorted(self.stored("inside-license")["license"]), ["hash", "salt"])
        self.assertNotIn("secret-of-the-licence", self.text("/calls") + json.dumps(self.events)
                         + self.text("/data/.dss-platform/inside-license.json"))
        self.assertEqual(self.installed(), [])

    def test_the_licence_is_nowhere_after_a_failure(self):
        self.give_licence(self.licence)
        self.put("/installer-dies", "")
        with self.assertRaises(StepError):
            self.installed()
        self.assertFalse(self.host.exists(license.HANDED_OVER))
        self.put(license.HANDED_OVER, "of a run that was killed")
        with self.assertRaises(StepError):
            self.installed()
        self.assertFalse(self.host.exists(license.HANDED_OVER))
        self.assertFalse(self.host.exists("/data/.dss-platform/inside-license.json"))

    def test_a_secret_without_a_licence_is_told_before_the_installer_runs(self):
        for text, why in ((None, "has no value yet"), ("a page", "its text is no JSON object"), ("[]", "is no JSON object")):
            self.give_licence(text)
            with self.assertRaisesRegex(StepError, why):
                self.installed()
        self.assertEqual(self.kit_calls("installer.sh"), [])

    def test_the_record_is_of_the_volume(self):
        self.installed()
        self.assertEqual(self.stored("installation"), {"dataDir": "/data/dss", "previous": None, "python": "python3.11",
                                                       "state": "installed", "version": "14.7.5"})
        self.assertEqual(self.mode("/data/.dss-platform/installation.json"), 0o600)

    def test_what_a_killed_installation_left_is_removed(self):
        self.put("/installer-dies", "")
        with self.assertRaisesRegex(StepError, "installer.sh: .*killed"):
            self.installed()
        self.assertTrue(self.host.exists("/data/dss/bin/half"))
        os.unlink(self.root + "/installer-dies")
        self.assertIn("removed what an installation that was cut off has left in /data/dss", self.installed())
        self.assertEqual(layout.installed_version(self.host, self.desired["dss"]), "14.7.5")
        self.assertFalse(self.host.exists("/data/dss/bin/half"))

    def test_an_unfinished_installation_of_somebody_else_is_moved_aside(self):
        self.put(f"/data/dss/{layout.IN_PROGRESS}", "")
        self.put("/data/dss/precious", "")
        self.installed()
        [aside] = [name for name in os.listdir(self.root + "/data") if name.startswith("dss.unfinished-")]
        self.assertTrue(self.host.exists(f"/data/{aside}/precious"))

    def test_a_folder_with_something_in_it_is_left_alone(self):
        self.put("/data/dss/precious", "")
        with self.assertRaisesRegex(StepError, r"/data/dss is not empty and holds no DSS \(precious\)"):
            self.installed()
        self.assertTrue(self.host.exists("/data/dss/precious"))

    def test_data_that_are_gone_are_not_replaced_by_an_empty_dss(self):
        self.installed()
        self.host.run("rm", "-rf", self.root + "/data/dss")
        with self.assertRaisesRegex(StepError, "DSS 14.7.5 was installed in /data/dss, and is not there any more"):
            self.installed()

    def test_places_that_dss_would_refuse(self):
        for place, why in (("/data", "no folder below /data"), ("/home/dss", "no folder below /data"),
                           ("/data/kits/dss", "are inside each other")):
            with self.subTest(place):
                self.desired["dss"]["dataDir"] = place
                with self.assertRaisesRegex(StepError, why):
                    self.installed()
        os.symlink("/tmp", self.root + "/data/link")
        self.desired["dss"]["dataDir"] = "/data/link/dss"
        with self.assertRaisesRegex(StepError, "/data/link is a symbolic link"):
            self.installed()

    def test_another_data_directory_is_refused(self):
        self.installed()
        self.desired["dss"]["dataDir"] = "/data/other"
        with self.assertRaisesRegex(StepError, "DSS's data are in /data/dss, and /data/other is wanted"):
            self.installed()

    def test_another_node_type_is_refused(self):
        self.installed()
        self.desired["dss"]["nodeType"] = "automation"
        with self.assertRaisesRegex(StepError, "of the node type design, and automation is wanted"):
            self.installed()

    def test_a_deployer_calls_itself_automation(self):
        self.desired["dss"]["nodeType"] = "deployer"
        self.installed()
        self.assertEqual(self.installed(), [])
        self.desired["dss"]["nodeType"] = "automation"
        with self.assertRaisesRegex(StepError, "of the node type deployer"):
            self.installed()

    def test_a_missing_python_is_told(self):
        self.desired["dss"]["python"] = "python3.99"
        with self.assertRaisesRegex(StepError, "there is no python3.99"):
            self.installed()

    def test_another_python_makes_the_environment_anew(self):
        self.installed()
        self.put("/stand-ins/python3.10", "#!/bin/sh\n", 0o755)
        self.desired["dss"]["python"] = "python3.10"
        self.installed()
        self.assertEqual(self.text("/data/dss/pyenv/python"), "python3.10")
        self.assertEqual(self.installed(), [])

    def test_another_folder_of_kits_is_attached(self):
        self.installed()
        self.desired["dss"]["kitsDir"] = "/data/programs"
        self.ensure(kit.Kit())
        self.installed()
        self.assertEqual(layout.attached_kit(self.host, self.desired["dss"]),
                         self.root + "/data/programs/dataiku-dss-14.7.5")
        self.assertEqual(self.installed(), [])

    def test_a_program_of_an_earlier_run_is_waited_for(self):
        self.installed()
        with open(self.root + "/run/lock/dss-platform-command.lock", "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with mock.patch("dss_platform.installation.commands.PATIENCE", 0):
                with self.assertRaisesRegex(StepError, "an earlier run has started is still at work"):
                    self.ensure(dependencies.Dependencies())
        self.ensure(dependencies.Dependencies())


class Commands(DSSTest):
    target = "/data/touched"

    def touch(self):
        commands.as_root(self.host, self.desired, "touch", self.root + self.target)

    def test_what_a_run_that_is_gone_has_asked_for_is_not_started(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        with mock.patch.object(commands.os, "getpid", return_value=gone.pid), self.assertRaises(CommandFailed) as caught:
            self.touch()
        self.assertEqual((caught.exception.code, self.host.exists(self.target)), (commands.UNWANTED, False))
        self.touch()
        self.assertTrue(self.host.exists(self.target))

    def test_a_run_that_is_killed_while_its_program_waits(self):
        self.host.write(commands.LOCK, "")
        with open(self.host.path(commands.LOCK), "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = os.fork()
            if run == 0:
                try:
                    self.touch()
                finally:
                    os._exit(0)
            waiting = f"flock -w {commands.PATIENCE} 9"
            for _ in range(200):
                if "flock" in subprocess.run(["pgrep", "-a", "-f", f"^{waiting}"], check=False, stdout=subprocess.PIPE, text=True).stdout:
                    break
                time.sleep(0.05)
            os.kill(run, signal.SIGKILL)
            os.waitpid(run, 0)
        time.sleep(0.5)
        with open(self.host.path(commands.LOCK), "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
        self.assertFalse(self.host.exists(self.target))

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_another_user_sees_whether_the_run_lives(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        gone = subprocess.Popen(["true"])
        gone.wait()
        os.chmod(folder, 0o755)
        with open(folder + "/lock", "w", encoding="utf-8"):
            pass
        os.chmod(folder + "/lock", 0o666)
        for pid, code in ((os.getpid(), 0), (gone.pid, commands.UNWANTED)):
            words = ["bash", "-c", commands._SCRIPT, "dss-platform", folder + "/lock", "1", str(pid), "true"]
            done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", *words], check=False, cwd="/")
            self.assertEqual(done.returncode, code)


class SecondLife(DSSTest):
    """The data directory is gone, and a person has chosen to begin anew."""

    prepared = "service"
    kept = {"user": {"u": 1}, "credentials": {"keyPair": False}, "accounts": {"users": {"ada": 20000}}}

    def setUp(self):
        super().setUp()
        self.set_world(secrets={"arn:admin": None, "arn:key": "key"})
        self.use(mock.patch.object(child, "call", lambda *_, **__: self.children.append(_[2])))
        self.children = []
        self.ensure(inside.AdminPassword())
        self.ensure(port_guard.PortOpen())
        self.assertFalse(self.world["port-guard"])
        for name in ("inside-groups", "inside-license", "api-key", "upgrade", "user-isolation", "jdbc-drivers"):
            self.store(name, None if name == "upgrade" else {"made": ["x"]})
        self.store("accounts", self.kept["accounts"])
        self.put("/data/.dss-platform/holds/upgrade", "")
        service.stop(self.host, self.desired)
        self.host.run("rm", "-rf", self.root + "/data/dss")

    def begin_anew(self):
        os.unlink(self.root + "/data/.dss-platform/installation.json")

    def test_ports_are_closed_before_the_installer_runs(self):
        self.begin_anew()
        self.put("/installer-dies", "")
        with self.assertRaises(StepError):
            self.ensure_all()
        self.assertTrue(self.world["port-guard"])
        with self.assertRaisesRegex(StepError, "first password has not been changed"):
            self.ensure(port_guard.PortOpen())

    def test_everything_of_the_former_dss_is_done_again(self):
        self.begin_anew()
        found = self.ensure_all()
        for name in ("port-guard", "installation", "configuration", "hadoop", "spark", "service"):
            self.assertIn(name, found)
        self.assertTrue(self.world["port-guard"])
        self.assertEqual(sorted(os.listdir(self.root + "/data/.dss-platform")), [
            "accounts.json", "archives.json", "base-images.json", "configuration.json", "holds", "installation.json",
            "integrations.json", "user.json"])
        self.assertEqual(self.stored("accounts"), self.kept["accounts"])
        self.assertEqual(os.listdir(self.root + "/data/.dss-platform/holds"), [])
        with self.assertRaisesRegex(StepError, "first password has not been changed"):
            self.ensure(port_guard.PortOpen())
        self.ensure(inside.AdminPassword())
        self.assertEqual(self.children, ["administrator", "administrator"])
        self.assertIn("opened the ports of DSS", self.ensure(port_guard.PortOpen()))
        self.assertEqual(self.ensure_all(), {})

    def test_data_that_came_back_are_the_same_dss(self):
        with self.assertRaises(StepError) as caught:
            self.ensure_all()
        self.assertIn("to begin anew, remove /data/.dss-platform/installation.json", caught.exception.advice)
        self.assertTrue(self.world["port-guard"])
        Ports.put_dss(self)
        self.assertIn("opened the ports of DSS", self.ensure(port_guard.PortOpen()))

    def test_an_upgrade_that_was_at_work_on_data_that_are_gone_does_not_go_on(self):
        self.begin_anew()
        self.store("upgrade", {"id": "x", "from": "14.7.4", "to": "14.7.5", "phase": "migrating", "snapshot": "snap-1"})
        self.assertIn("installed DSS 14.7.5 in /data/dss", self.ensure_all()["installation"])

    def test_tables_of_the_former_dss_are_no_copy_of_this_one(self):
        for phase, former in (("copied", {"former": True}), ("configured", {})):
            self.store("runtime-database", {"version": "16", "phase": phase, "place": {"schema": "s"}, "password": {"hash": "x"}})
            database_copy.begin_anew(self.host, self.desired)
            database_copy.begin_anew(self.host, self.desired)
            self.assertEqual(self.stored("runtime-database"), {"version": "16", **former})


class Ports(DSSTest):
    def test_closed_until_the_password_is_changed(self):
        self.ensure(port_guard.PortGuard())
        rules = self.text("/etc/dss-platform/port-guard.nft")
        self.assertIn("iif lo accept\n    tcp dport 11200-11210 counter drop", rules)
        self.assertIn("Before=network-pre.target", self.text(f"/etc/systemd/system/{port_guard.UNIT}"))
        self.assert_settled(port_guard.PortGuard())
        with self.assertRaisesRegex(StepError, "first password has not been changed"):
            self.ensure(port_guard.PortOpen())
        self.store("admin", {"hash": "x"})
        with self.assertRaisesRegex(StepError, "first password has not been changed"):
            self.ensure(port_guard.PortOpen())
        self.put_dss()
        self.assertTrue(self.ensure(port_guard.PortOpen()))
        self.assertFalse(self.world["port-guard"])
        self.assertNotIn(port_guard.UNIT, self.world["is-enabled"])
        self.assertFalse(self.host.exists(port_guard.RULES))
        self.assert_settled(port_guard.PortOpen())
        self.assert_settled(port_guard.PortGuard())

    def test_rules_that_somebody_emptied_come_back(self):
        self.ensure(port_guard.PortGuard())
        rules = self.world["port-guard"]
        for found in (False, "table inet dss_port {\n  chain input {\n  }\n}\n"):
            self.set_world(**{"port-guard": found})
            self.assertEqual(self.ensure(port_guard.PortGuard()), [f"restarted {port_guard.UNIT}"])
            self.assertEqual(self.world["port-guard"], rules)

    def put_dss(self):
        for name, text in (("bin/dss", ""), ("install.ini", ""), ("dss-version.json", '{"product_version": "14.7.5"}')):
            self.put(f"/data/dss/{name}", text)

    def test_a_new_instance_of_a_dss_with_a_password_is_open(self):
        self.put_dss()
        self.store("admin", {"hash": "x"})
        self.assert_settled(port_guard.PortGuard())
        self.assert_settled(port_guard.PortOpen())


class Credentials(DSSTest):
    def test_region_only(self):
        self.put("/data/home/dataiku/.aws/config", "[default]\noutput = json\n")
        self.ensure(credentials.Credentials())
        self.assertEqual(self.text("/data/home/dataiku/.aws/config"), "[default]\noutput = json\nregion = eu-west-1\n")
        self.assertFalse(self.host.exists("/data/home/dataiku/.aws/credentials"))
        self.assert_settled(credentials.Credentials())

    def test_a_key_pair_comes_and_goes(self):
        self.set_world(secrets={"arn:pair": json.dumps({"AccessKeyId": "AKIA1", "SecretAccessKey": "very/secret"})})
        self.desired["dss"]["credentialsSecretArn"] = "arn:pair"
        self.ensure(credentials.Credentials())
        path = "/data/home/dataiku/.aws/credentials"
        self.assertEqual(self.text(path), "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = very/secret\n")
        self.assertEqual((self.mode(path), self.mode("/data/home/dataiku/.aws")), (0o600, 0o700))
        self.assert_settled(credentials.Credentials())
        self.assertNotIn("very/secret", json.dumps(self.events) + self.text("/calls"))
        self.desired["dss"]["credentialsSecretArn"] = ""
        self.assertEqual(self.ensure(credentials.Credentials()), [f"removed {path}"])
        self.assert_settled(credentials.Credentials())

    def test_a_secret_that_is_no_key_pair(self):
        self.desired["dss"]["credentialsSecretArn"] = "arn:pair"
        for text, why in ((None, "has no value"), ("AKIA1", "is no key pair"),
                          ('{"AccessKeyId": "A"}', "is no key pair")):
            self.set_world(secrets={"arn:pair": text})
            with self.assertRaisesRegex(StepError, why):
                self.ensure(credentials.Credentials())


class Secrets(DSSTest):
    def test_values_are_on_no_command_line_and_in_no_log(self):
        self.set_world(secrets={"arn:x": None})
        self.assertIsNone(secrets.read(self.host, "arn:x", "eu-west-1"))
        secrets.write(self.host, "arn:x", "eu-west-1", "hunter2hunter2")
        self.assertEqual(self.new_host().run("true"), "")
        self.assertEqual(secrets.read(self.host, "arn:x", "eu-west-1"), "hunter2hunter2")
        self.assertNotIn("hunter2", self.text("/calls") + json.dumps(self.events))
        self.assertEqual(self.host.masked("hunter2hunter2"), "***")

    def test_failures_have_advice(self):
        for said, advice in (("AccessDeniedException", "secretsmanager:GetSecretValue"),
                             ("ResourceNotFoundException", "correct the ARN"),
                             ("Could not connect", "reaches Secrets Manager")):
            self.set_world(fail={"aws": said})
            with self.assertRaises(StepError) as caught:
                secrets.read(self.host, "arn:x", "eu-west-1")
            self.assertIn(advice, caught.exception.advice)

    def test_values_inside_of_json_are_hidden_too(self):
        secrets.hide(self.host, '{"password": "longenough", "port": "5432"}')
        self.assertEqual(self.host.masked("longenough 5432"), "*** 5432")


class Records(DSSTest):
    def test_kept_for_root_and_no_change(self):
        known = record.Record(self.host, self.desired)
        self.assertIsNone(known.get("thing"))
        self.host.changes = []
        known.update("thing", a=1)
        self.assertEqual(known.update("thing", b=2), {"a": 1, "b": 2})
        self.assertEqual((self.host.changes, self.mode("/data/.dss-platform/thing.json")), ([], 0o600))
        self.put("/data/.dss-platform/thing.json", "{")
        self.assertEqual(known.get("thing", "default"), "default")


class Texts(unittest.TestCase):
    def test_ini_keeps_what_is_not_ours(self):
        text = "# top\n[server]\n; port\nPort : 10000\n  20000\nssl = true\n\n[git]\nmode = project\n"
        changed = ini.merged(text, {"server": {"port": "11200", "ipv6": "true"}, "git": {"mode": None},
                                    "logs": {"a.b": "1"}, "x": {"y": None}})
        self.assertEqual(changed,
                         "# top\n[server]\n; port\nport = 11200\nssl = true\nipv6 = true\n\n[git]\n\n[logs]\na.b = 1\n")
        self.assertEqual(ini.parsed(text)["server"], {"port": "10000\n20000", "ssl": "true"})
        self.assertEqual(ini.merged("", {"a": {"b": "c"}}), "[a]\nb = c\n")
        self.assertEqual(ini.merged(changed, {"server": {"port": "11200"}}), changed)
        with self.assertRaises(ValueError):
            ini.merged("", {"a": {"b": "c\n[d]"}})

    def test_assignments(self):
        text = '# a\nA = 1\n#B="2"\nC=3\n'
        self.assertEqual(assignments.with_properties(text, {"A": "x\\y", "C": None, "D": "4"}),
                         '# a\nA=x\\\\y\n#B="2"\nD=4\n')
        self.assertEqual(assignments.properties("A=x\\\\y\n"), {"A": "x\\y"})
        self.assertEqual(assignments.with_variables(text, {"B": 'cpu "m" $x'}), text + 'B="cpu \\"m\\" \\$x"\n')
        self.assertEqual(assignments.variables('A="cpu memory"\nB=\n'), {"A": "cpu memory", "B": ""})

    def test_the_ledger_gives_back_what_was_there(self):
        changes, before = ledger.plan({"a": "1", "x": "9"}, {"a": "2", "b": "3"}, {})
        self.assertEqual((changes, before), ({"a": "2", "b": "3"}, {"a": "1", "b": None}))
        self.assertEqual(ledger.plan({"a": "2", "b": "3", "x": "9"}, {"a": "2"}, before), ({"b": None}, {"a": "1"}))
        self.assertEqual(ledger.plan({"a": "2", "x": "9"}, {}, {"a": "1"}), ({"a": "1"}, {}))

    def test_versions(self):
        ordered = ["13.5.10", "14.7.5", "14.10.0", "15.0.0-beta3", "15.0.0", "15.2.0"]
        self.assertEqual(sorted(ordered, key=layout.numbers), ordered)


if __name__ == "__main__":
    unittest.main()
