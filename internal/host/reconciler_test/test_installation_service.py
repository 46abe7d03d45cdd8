"""Starting and waiting, user isolation, the runtime database."""

import json
import os
import unittest
from unittest import mock

from dss_stand_ins import DSSTest

from dss_platform.installation import (accounts, database_copy, postgresql, runtime_database, service, user_isolation)
from dss_platform.inside import child, keys
from dss_platform.step import StepError


class Installed(DSSTest):
    prepared = "boot-unit"


class Service(Installed):
    step = service.Service()

    def test_it_starts_once_and_waits(self):
        self.assertEqual(self.ensure(self.step), ["started DSS"])
        self.assert_settled(self.step)
        self.assertEqual(self.world["starts"], 1)

    def test_a_front_without_its_backend_is_not_ready(self):
        self.answers["/public/api/admin/licensing/status"] = 502
        self.put("/data/dss/run/backend.log",
                 "".join(f"line {n}\n" for n in range(100)) + "java.lang.OutOfMemoryError\n")
        with self.assertRaisesRegex(StepError,
                                    "DSS is not ready after 0 s: /public/api/admin/licensing/status answers 502; its log "
                                               "ends with: line 95 .* java.lang.OutOfMemoryError") as caught:
            service.settle(self.host, self.desired)
        self.assertIn("/data/dss/run/backend.log", caught.exception.advice)

    def test_a_unit_that_has_failed_is_not_waited_for(self):
        self.set_world(**{"is-failed": ["dataiku.service"]})
        self.answers["/dip/api/get-configuration"] = None
        with mock.patch.object(service, "READY_SECONDS", 3600):
            with self.assertRaisesRegex(StepError, "dataiku.service has failed"):
                service.settle(self.host, self.desired)

    def test_a_unit_whose_processes_are_gone_is_started_again(self):
        self.ensure(self.step)
        self.set_world(dead=True)
        with mock.patch.object(service, "wait_ready", lambda *_: None):
            self.assertEqual(self.ensure(self.step), ["started DSS"])

    def test_restarts_are_asked_for_and_done_once(self):
        self.ensure(self.step)
        self.assertEqual(self.ensure(service.Restart()), [])
        service.ask_restart(self.host, "a change")
        service.ask_restart(self.host, "a change")
        self.assertEqual(self.ensure(service.Restart()), ["stopped DSS", "started DSS"])
        self.assertEqual(self.ensure(service.Restart()), [])
        service.ask_restart(self.host, "a change")
        self.assertEqual(self.ensure(self.step), ["stopped DSS", "started DSS"])
        self.assertEqual(self.world["starts"], 3)

    def test_a_restart_that_was_killed_is_done_again(self):
        self.ensure(self.step)
        service.ask_restart(self.host, "a change")
        self.answers["/dip/api/get-configuration"] = 502
        with self.assertRaises(StepError):
            self.ensure(self.step)
        self.answers["/dip/api/get-configuration"] = 200
        self.ensure(self.step)
        self.assertEqual(service.asked(self.host), [])

    def test_a_dss_that_was_started_by_hand_is_stopped_too(self):
        self.put("/data/dss/run/by-hand", "")
        self.host.changes, self.host.warnings = [], []
        service.stop(self.host, self.desired)
        self.assertFalse(self.host.exists("/data/dss/run/by-hand"))
        self.assertIn("systemctl start dataiku.service", self.host.warnings[0])

    def test_where_it_answers(self):
        self.assertEqual(service.url(self.host, self.desired), "http://127.0.0.1:11200")
        self.put("/data/dss/install.ini",
                 self.text("/data/dss/install.ini").replace("[server]", "[server]\nssl = true"))
        self.assertEqual(service.url(self.host, self.desired), "https://127.0.0.1:11200")
        self.assertEqual(service.probes("api"), [("/isAlive/", (200,))])


class UserIsolation(Installed):
    step = user_isolation.UserIsolation()
    path = "/etc/dataiku-security/aB3dEf/security/security-config.ini"

    def setUp(self):
        super().setUp()
        self.desired["dss"]["userIsolation"] = {
            "allowedGroups": ["dss-users"], "additionalDirs": ["/sys/fs/cgroup/DSS", "/mnt/x"],
            "accounts": [{"name": "ada", "group": "dss-users"}, {"name": "bob", "group": "dss-users"}]}

    def test_accounts_sudoers_and_configuration(self):
        self.ensure(self.step)
        self.assertIn("ada:x:20000:20000::/data/home/ada:/bin/bash", self.text("/etc/passwd"))
        self.assertEqual(self.text(self.path),
                         "[users]\n# groups\nallowed_user_groups = dss-users\n\n[dirs]\ndss_datadir = "
                         f"{self.root}/data/dss\nadditional_allowed_file_dirs = /sys/fs/cgroup/DSS;/mnt/x\n")
        self.assertEqual(self.mode(self.path), 0o600)
        self.assertEqual(self.mode("/data/home/ada"), 0o700)
        self.assertIn(["root", "dssadmin", "install-impersonation", "dataiku"], self.kit_calls())
        self.assert_settled(self.step)

    def test_the_other_place_of_the_configuration(self):
        self.ensure(self.step)
        other = "/etc/dataiku-security/aB3dEf/security-config.ini"
        os.rename(self.root + self.path, self.root + other)
        os.rmdir(os.path.dirname(self.root + self.path))
        self.assert_settled(self.step)

    def test_drift_is_corrected_and_foreign_keys_stay(self):
        self.ensure(self.step)
        self.put(self.path,
                 self.text(self.path).replace("dss-users",
                                              "everybody").replace("[dirs]", "auto_create_users = yes\n[dirs]"), 0o644)
        self.ensure(self.step)
        self.assertIn("allowed_user_groups = dss-users\n", self.text(self.path))
        self.assertIn("auto_create_users = yes\n", self.text(self.path))
        self.assertEqual(self.mode(self.path), 0o600)
        os.unlink(self.root + "/etc/sudoers.d/dataiku-dss-dataiku-x")
        self.assertEqual(self.ensure(self.step), ["set up user isolation for DSS 14.7.5"])
        self.assert_settled(self.step)

    def test_a_new_instance_has_it_again_with_the_same_numbers(self):
        self.ensure(self.step)
        self.desired["dss"]["userIsolation"]["accounts"].reverse()
        self.host.run("rm", "-rf", self.root + "/etc/dataiku-security", self.root + "/etc/sudoers.d",
                      self.root + "/var/lib/dss-platform")
        self.put("/etc/passwd",
                 "".join(line for line in self.text("/etc/passwd").splitlines(True) if "2000" not in line))
        self.put("/etc/group", "root:x:0:\ndataiku:x:1001:\n")
        self.assertIn("set up user isolation for DSS 14.7.5", self.ensure(self.step))
        self.assertEqual((self.host.account("ada")[0], self.host.account("bob")[0], self.host.group("dss-users")),
                         (20000, 20001, 20000))
        self.assert_settled(self.step)

    def test_a_number_is_given_once(self):
        self.ensure(self.step)
        self.desired["dss"]["userIsolation"]["accounts"] = [{"name": "cleo", "group": "dss-users"}]
        self.assertEqual(self.ensure(self.step)[-2:],
                         ["removed account ada; its home stays", "removed account bob; its home stays"])
        self.assertEqual(self.host.account("cleo")[0], 20002)
        self.assertTrue(self.host.exists("/data/home/ada"))
        self.assert_settled(self.step)

    def test_an_account_that_is_there_is_put_into_the_group(self):
        self.put("/etc/passwd", self.text("/etc/passwd") + "ada:x:5000:5000::/home/ada:/sbin/nologin\n")
        self.ensure(self.step)
        self.assertIn("ada", self.host.members("dss-users"))
        self.assertIn(["usermod", "-s", "/bin/bash", "ada"], self.calls("usermod"))
        self.assertFalse(self.host.exists("/home/ada"))

    def test_accounts_and_groups_of_the_system_are_refused(self):
        self.put("/etc/passwd", self.text("/etc/passwd") + "nginx:x:990:990::/:/sbin/nologin\n")
        for name in ("root", "dataiku", "nginx"):
            self.desired["dss"]["userIsolation"]["accounts"] = [{"name": name, "group": "dss-users"}]
            with self.assertRaisesRegex(StepError, f"{name} is an account of the system"):
                self.ensure(self.step)
        self.desired["dss"]["userIsolation"].update(accounts=[], allowedGroups=["docker"])
        with self.assertRaisesRegex(StepError, "the group docker gives more rights"):
            self.ensure(self.step)

    def test_another_number_than_on_the_volume_is_refused(self):
        self.store("accounts", {"users": {"ada": 20000}, "groups": {}})
        self.put("/etc/passwd", self.text("/etc/passwd") + "ada:x:5000:5000::/home/ada:/bin/bash\n")
        with self.assertRaisesRegex(StepError, "account ada has uid 5000 here, and 20000 on the volume"):
            self.ensure(self.step)

    def test_it_is_a_choice_of_the_first_day(self):
        self.store("admin", {"hash": "x"})
        with self.assertRaisesRegex(StepError, "has been used without user isolation"):
            self.ensure(self.step)
        self.desired["dss"]["userIsolation"]["enableLater"] = True
        self.assertTrue(self.ensure(self.step))
        del self.desired["dss"]["userIsolation"]["enableLater"]
        self.assert_settled(self.step)
        self.desired["dss"]["userIsolation"] = None
        with self.assertRaisesRegex(StepError, "does not support switching it off"):
            self.ensure(self.step)

    def test_without_it_nothing_is_done(self):
        self.desired["dss"]["userIsolation"] = None
        self.assert_settled(self.step)

    def test_after_an_upgrade_it_is_set_up_again(self):
        self.ensure(self.step)
        self.set_version("15.2.0")
        self.ensure_all(until="boot-unit")
        self.assertEqual(self.actions().count("install-impersonation"), 2)


class RuntimeDatabase(Installed):
    step = runtime_database.RuntimeDatabase()

    def setUp(self):
        super().setUp()
        self.ensure(service.Service())
        self.desired["dss"]["runtimeDatabase"] = {"version": "16", "maxConnections": 500, "schema": "public",
                                                  "tablePrefix": "dss_",
                                                  "passwordSecretArn": "arn:db"}
        self.set_world(secrets={"arn:db": None})
        self.asked = []
        self.use(mock.patch.object(keys, "current", lambda host, desired: "key"))
        self.use(mock.patch.object(child, "call", self.settings))

    def settings(self, host, desired, subject, payload, key, record=None, name=""):
        self.assertEqual((subject, record), ("settings", None))
        self.assertIn("dataiku.service", self.world["is-active"])
        self.asked.append(payload)
        document = payload["settings"][0]["document"]
        self.put("/data/dss/config/general-settings.json", json.dumps(document))

    def test_server_role_settings_and_copy(self):
        found = self.ensure(self.step)
        self.assertEqual(found[-3:], ["stopped DSS", "copied DSS's runtime databases to PostgreSQL", "started DSS"])
        self.assertEqual(self.world["dnf"], ["module reset postgresql", "module enable postgresql:16"])
        self.assertIn("max_connections = 500", self.text("/data/pgsql/16/data/dss-platform.conf"))
        self.assertTrue(self.text("/data/pgsql/16/data/postgresql.conf").endswith("include 'dss-platform.conf'\n"))
        self.assertIn("Environment=PGDATA=/data/pgsql/16/data", self.text(postgresql.DROP_IN))
        self.assertEqual(self.world["postgresql"]["databases"], {"dss": ["half", "whole"]})
        [asked] = self.asked
        self.assertEqual(asked["version"], "14.7.5")
        database = asked["settings"][0]["document"]["internalDatabase"]
        self.assertEqual((database["schema"], database["tableNamePrefix"]), ("public", "dss_"))
        password = self.world["secrets"]["arn:db"]
        self.assertEqual(database["connection"]["params"],
                         {"host": "localhost", "port": 5432, "user": "dss", "db": "dss",
                                                            "password": {"$value": password}})
        self.assertNotIn(password, self.text("/calls") + self.text("/statements") + json.dumps(self.events)
                         + self.text("/data/.dss-platform/runtime-database.json"))
        self.assert_settled(self.step)
        self.assertEqual((len(self.asked), self.actions().count("copy-databases-to-external")), (1, 1))

    def test_a_new_instance_has_its_server_before_dss_starts(self):
        self.ensure(self.step)
        self.host.run("rm", "-rf", self.root + "/etc/systemd/system/postgresql.service.d",
                      self.root + "/var/lib/dss-platform")
        self.set_world(packages={}, **{"is-active": []})
        self.ensure(runtime_database.PostgreSQLServer())
        self.assertIn("postgresql.service", self.world["is-active"])
        self.assertEqual(len(self.calls("initdb")), 1)
        self.ensure(service.Service())
        self.assert_settled(self.step)
        self.assertEqual(len(self.asked), 1)

    def test_another_dss_gets_a_database_of_its_own(self):
        self.ensure(self.step)
        service.stop(self.host, self.desired)
        database_copy.begin_anew(self.host, self.desired)
        os.unlink(self.root + "/data/dss/config/general-settings.json")
        self.assertIn("copied DSS's runtime databases to PostgreSQL", self.ensure(self.step))
        self.assertEqual(self.world["postgresql"]["databases"], {"dss": ["half", "whole"]})
        self.assertEqual(self.text("/statements").count("DROP DATABASE"), 1)
        self.assert_settled(self.step)

    def test_a_copy_that_was_cut_off_begins_anew_before_dss_starts(self):
        self.put("/copy-dies", "")
        with self.assertRaisesRegex(StepError, "copy-databases-to-external"):
            self.ensure(self.step)
        self.assertTrue(os.path.exists(self.root + "/data/.dss-platform/holds/runtime-database"))
        os.unlink(self.root + "/copy-dies")
        self.assertIn("copied DSS's runtime databases to PostgreSQL", self.ensure(service.Service()))
        self.assertEqual(self.world["postgresql"]["databases"], {"dss": ["half", "whole"]})
        self.assertEqual(os.listdir(self.root + "/data/.dss-platform/holds"), [])
        self.assert_settled(self.step)

    def test_killed_around_the_settings(self):
        with mock.patch.object(child, "call", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                self.ensure(self.step)
        # A reboot: DSS has not heard of it, and starts as before.
        self.set_world(**{"is-active": ["postgresql.service"]})
        self.ensure(service.Service())
        self.assertNotIn("copy-databases-to-external", self.actions())
        # The same, after DSS has heard of it: the copy comes first.
        self.put("/data/dss/config/general-settings.json",
                 '{"internalDatabase": {"connection": {"type": "PostgreSQL"}}}')
        self.set_world(**{"is-active": ["postgresql.service"]})
        self.ensure(service.Service())
        self.assertEqual(self.stored("runtime-database")["phase"], database_copy.COPIED)

    def test_another_password(self):
        self.ensure(self.step)
        self.set_world(secrets={"arn:db": "another-password"})
        self.ensure(self.step)
        self.assertEqual((len(self.asked), self.actions().count("copy-databases-to-external")), (2, 1))
        self.assert_settled(self.step)

    def test_another_number_of_connections_restarts_both(self):
        self.ensure(self.step)
        self.desired["dss"]["runtimeDatabase"]["maxConnections"] = 600
        found = self.ensure(self.step)
        self.assertEqual([what for what in found if not what.startswith("wrote")],
                         ["stopped DSS", "restarted postgresql.service", "started DSS"])
        self.assert_settled(self.step)

    def test_what_is_refused(self):
        self.ensure(self.step)
        self.desired["dss"]["runtimeDatabase"]["schema"] = "other"
        with self.assertRaisesRegex(StepError, "DSS does not move|is wanted"):
            self.ensure(self.step)
        self.desired["dss"]["runtimeDatabase"].update(schema="public", version="15")
        with self.assertRaisesRegex(StepError, "are of PostgreSQL 16, and 15 is wanted"):
            self.ensure(self.step)

    def test_the_version_that_the_release_has_without_a_module(self):
        self.desired["dss"]["runtimeDatabase"]["version"] = "13"
        self.ensure(self.step)
        self.assertNotIn("dnf", self.world)

    def test_a_version_that_the_release_does_not_have(self):
        self.desired["dss"]["runtimeDatabase"]["version"] = "13"
        self.set_world(dnf=["module enable postgresql:15"])
        with self.assertRaisesRegex(StepError, "the host has postgres .PostgreSQL. 15.11, and PostgreSQL 13 is wanted"):
            self.ensure(self.step)


class Verifier(unittest.TestCase):
    def test_of_rfc_7677(self):
        # The example of the RFC; the proof and the signature there follow from these two keys.
        import base64
        made = postgresql.scram_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)
        self.assertEqual(made,
                         "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                               ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=")


class Numbers(DSSTest):
    def test_a_number_is_known_before_it_is_used(self):
        self.assertEqual(accounts.number(self.host, self.desired, "users", "ada"), 20000)
        self.assertEqual(accounts.number(self.host, self.desired, "users", "ada"), 20000)
        self.assertEqual(self.stored("accounts"), {"users": {"ada": 20000}})


if __name__ == "__main__":
    unittest.main()
