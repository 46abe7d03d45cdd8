"""Upgrades: what is done in which order, what is refused, and what goes on after it was cut off."""

import os
import unittest
from unittest import mock

from dss_stand_ins import DSSTest, steps

from dss_platform.installation import installation, kit, layout, service, upgrade
from dss_platform.step import StepError


class Upgrade(DSSTest):
    prepared = "service"

    def setUp(self):
        super().setUp()
        self.set_version("15.2.0")

    def installed(self):
        return layout.installed_version(self.host, self.desired["dss"])

    def test_everything_that_has_a_version_is_made_again(self):
        os.unlink(self.root + "/kit-calls")
        found = self.ensure_all()
        self.assertEqual(sorted(found), ["base-images", "boot-unit", "dependencies", "hadoop", "installation", "kit",
                                         "service", "spark"])
        self.assertEqual(found["installation"],
                         ["stopped DSS", "took snapshot snap-1", "upgraded DSS from 14.7.5 to 15.2.0"])
        self.assertEqual([call[1] if call[1] != "dssadmin" else call[2] for call in self.kit_calls()], [
            "install-deps.sh", "installer.sh", "install-hadoop-integration", "install-spark-integration",
            "install-boot.sh",
            "build-base-image", "build-base-image"])
        self.assertEqual(self.kit_calls("installer.sh"),
                         [["dataiku", "installer.sh", "-d", self.root + "/data/dss", "-u", "-y", "-P",
                                                           "python3.11"]])
        self.assertEqual(self.world["images"], ["dku-exec-base-ab3def:dss-15.2.0", "dku-spark-base-ab3def:dss-15.2.0"])
        self.assertEqual(self.ensure_all(), {})
        self.assertEqual(self.stored("installation")["previous"], "14.7.5")

    def test_the_snapshot_is_of_a_dss_that_stands_still(self):
        self.ensure_all()
        [taken] = self.world["snapshots"]
        self.assertEqual((taken["volume"], taken["running"]), ("vol-0123abcd", False))
        self.assertEqual(taken["tags"], {"dss-platform": "x", "dss-platform:upgrade": self.stored("upgrade")["id"]})

    def test_a_killed_run_takes_no_second_snapshot(self):
        self.put("/installer-dies", "")
        with self.assertRaisesRegex(StepError, "installer.sh -u: ") as caught:
            self.ensure_all()
        self.assertIn("to go back, make a new data volume from snap-1 for DSS 14.7.5", caught.exception.advice)
        # As if killed before the id was written down.
        state = self.stored("upgrade")
        state.pop("snapshot")
        self.store("upgrade", {**state, "phase": "snapshot"})
        os.unlink(self.root + "/installer-dies")
        self.ensure_all()
        self.assertEqual(len(self.world["snapshots"]), 1)
        self.assertEqual((self.installed(), self.stored("upgrade")["phase"]), ("15.2.0", "done"))

    def test_a_snapshot_that_failed_does_not_count(self):
        self.put("/installer-dies", "")
        with self.assertRaises(StepError):
            self.ensure_all()
        self.store("upgrade", {**self.stored("upgrade"), "phase": "snapshot"})
        self.set_world(snapshots=[{**self.world["snapshots"][0], "state": "error"}])
        os.unlink(self.root + "/installer-dies")
        self.ensure_all()
        self.assertEqual(len(self.world["snapshots"]), 2)

    def test_a_snapshot_that_fails_while_it_is_made_refuses_the_upgrade(self):
        self.set_world(**{"snapshot-state": "error", "snapshot-said": "Given key ID is not accessible"})
        with self.assertRaisesRegex(StepError, "snapshot snap-1 of the data volume has failed.*: Given key ID is not accessible") as caught:
            self.ensure_all()
        self.assertIn("the next run takes another one", caught.exception.advice)
        self.assertEqual((self.installed(), self.stored("upgrade")["phase"]), ("14.7.5", "snapshot"))
        self.set_world(**{"snapshot-state": "completed"})
        self.ensure_all()
        self.assertEqual((self.installed(), self.stored("upgrade")["snapshot"]), ("15.2.0", "snap-2"))

    def test_a_snapshot_that_is_still_being_written_is_good_enough(self):
        self.set_world(**{"snapshot-state": "pending"})
        self.use(mock.patch.multiple(upgrade, WATCH_SECONDS=0.2, WATCH_PAUSE=0.01))
        self.ensure_all()
        self.assertEqual(self.installed(), "15.2.0")

    def test_without_a_snapshot_there_is_no_upgrade(self):
        self.set_world(fail={"aws ec2": "An error occurred (UnauthorizedOperation)"})
        with self.assertRaisesRegex(StepError, "no snapshot of the data volume, and without one no upgrade"):
            self.ensure_all()
        self.assertEqual(self.installed(), "14.7.5")
        self.assertEqual(len(self.kit_calls("installer.sh")), 1)

    def test_dss_does_not_start_in_the_middle(self):
        self.put("/installer-dies", "")
        with self.assertRaises(StepError):
            self.ensure_all()
        self.assertTrue(os.path.exists(self.root + "/data/.dss-platform/holds/upgrade"))
        self.assertIn("ConditionDirectoryNotEmpty=!/data/.dss-platform/holds",
                      self.text("/etc/systemd/system/dataiku.service.d/10-dss-platform.conf"))
        with self.assertRaisesRegex(StepError, "DSS is not started while upgrade has not ended"):
            self.ensure(service.Service())

    def test_an_upgrade_that_has_begun_cannot_be_taken_back(self):
        self.put("/installer-dies", "")
        with self.assertRaises(StepError):
            self.ensure_all()
        for version in ("14.7.5", "15.2.1"):
            self.set_version(version)
            with self.assertRaisesRegex(StepError,
                                        f"from DSS 14.7.5 to 15.2.0 has begun, and {version} is wanted now") as caught:
                self.ensure(kit.Kit())
            self.assertIn("snap-1", caught.exception.advice)

    def test_one_that_has_changed_nothing_can(self):
        self.set_world(fail={"aws ec2": "no"})
        with self.assertRaises(StepError):
            self.ensure_all()
        self.set_world(fail={})
        self.set_version("14.7.5")
        self.assertEqual(sorted(self.ensure_all()), ["dependencies", "service"])
        self.assertIsNone(self.stored("upgrade"))

    def test_a_volume_from_the_snapshot_runs_the_old_version_again(self):
        # What the snapshot holds: the record of an upgrade that has changed nothing yet, and its hold.
        self.host.run("cp", "-a", self.root + "/data", self.root + "/before")
        self.store("upgrade", {"id": "x", "from": "14.7.5", "to": "15.2.0", "phase": "snapshot"})
        self.put("/data/.dss-platform/holds/upgrade", "")
        self.set_version("14.7.5")
        self.assertEqual(self.ensure_all(), {})
        self.assertFalse(os.path.exists(self.root + "/data/.dss-platform/holds/upgrade"))

    def test_the_kit_before_stays_and_the_one_before_that_goes(self):
        self.ensure_all()
        self.assertTrue(self.host.exists("/data/kits/dataiku-dss-14.7.5"))
        self.serve_version("15.3.0")
        self.set_version("15.3.0")
        self.ensure(kit.Kit())
        self.assertTrue(self.host.exists("/data/kits/dataiku-dss-14.7.5"))
        self.ensure_all()
        self.assertEqual(self.ensure(kit.Kit()), ["removed the kit of DSS 14.7.5"])
        self.assertTrue(self.host.exists("/data/kits/dataiku-dss-15.2.0"))

    def test_an_installer_that_changes_nothing_is_told(self):
        self.put("/data/kits/dataiku-dss-15.2.0/dss-version.json", '{"product_version": "15.2.0"}')
        self.ensure(kit.Kit())
        with open(self.root + "/data/kits/dataiku-dss-15.2.0/installer.sh", "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\n")
        os.chmod(self.root + "/data/kits/dataiku-dss-15.2.0/installer.sh", 0o755)
        with self.assertRaisesRegex(StepError, "installer.sh -u has ended, and /data/dss is of DSS 14.7.5"):
            self.ensure(installation.Installation())

    def test_on_a_new_instance_in_the_middle(self):
        self.put("/installer-dies", "")
        with self.assertRaises(StepError):
            self.ensure_all()
        os.unlink(self.root + "/installer-dies")
        self.host.run("rm", "-rf", self.root + "/etc/systemd", self.root + "/etc/dataiku",
                      self.root + "/var/lib/dss-platform")
        self.set_world(**{"is-enabled": [], "is-active": []})
        self.ensure_all()
        self.assertEqual((self.installed(), len(self.world["snapshots"])), ("15.2.0", 1))


class Refusals(unittest.TestCase):
    def test_which_versions_can_be_reached(self):
        migrating = {"phase": "migrating", "from": "14.7.5", "to": "15.2.0", "snapshot": "snap-1"}
        for installed, wanted, state, refused in (
                (None, "14.7.5", None, False), ("14.7.5", "14.7.5", None, False), ("14.7.5", "14.7.6", None, False),
                ("14.7.5", "15.2.0", None, False), ("15.2.0", "14.7.6", None, True), ("14.7.10", "14.7.9", None, True),
                ("15.0.0", "15.0.0-beta3", None, True), ("14.7.5", "15.2.0", migrating, False),
                ("15.2.0", "15.2.0", migrating, False),
                ("14.7.5", "14.7.5", migrating, True), ("15.2.0", "15.3.0", migrating, True)):
            with self.subTest(installed=installed, wanted=wanted, state=bool(state)):
                found = upgrade.refusal(installed, wanted, state)
                self.assertEqual(bool(found), refused)
                if found:
                    self.assertTrue(all(found))

    def test_steps_that_have_a_version_come_after_the_installation(self):
        names = [step.name for step in steps()]
        for name in ("hadoop", "spark", "user-isolation", "boot-unit", "base-images", "service"):
            self.assertLess(names.index("installation"), names.index(name))
        self.assertLess(names.index("spark"), names.index("user-isolation"))


if __name__ == "__main__":
    unittest.main()
