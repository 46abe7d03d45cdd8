"""The steps on root's side: secrets, keys, records, and whole runs through DSS's interpreter."""

import fcntl
import io
import json
import os
import subprocess
import threading
import unittest
import zipfile
from unittest import mock

from host_doubles import ARNS, HostTest
from test_elastic import cluster, plugin
from test_subjects import ENV, GROUPS, LICENSE, LISTS, USER, athena, s3, settings_14

from dss_platform import order
from dss_platform.inside import child, keys, steps
from dss_platform.inside.documents import is_same_secret
from dss_platform.installation import license, service
from dss_platform.installation.record import Record
from dss_platform.step import StepError


class Stop(BaseException):
    """Ends a run as a kill would: nobody handles it."""


class ApiKey(HostTest):
    def test_made_once_and_kept(self):
        self.assertEqual(len(self.ensure(steps.ApiKey())), 1)
        key = self.secret("apiKey")
        self.assertEqual(keys.probe(self.host, self.desired, key), keys.VALID)
        self.assertEqual(len(self.labels()), 1)
        self.assertEqual(self.ensure(steps.ApiKey()), [])
        self.assertEqual((self.secret("apiKey"), len(self.calls("dsscli"))), (key, 1))

    def test_the_key_is_on_no_command_line_in_no_file_and_in_no_log(self):
        self.ensure(steps.ApiKey())
        key = self.secret("apiKey")
        os.unlink(self.root + "/secrets.json")
        for folder, _, files in os.walk(self.root):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(key.encode(), file.read(), name)
        self.assertNotIn(key, json.dumps(self.events))

    def test_an_invalid_one_is_replaced_and_older_ones_of_ours_go(self):
        self.ensure(steps.ApiKey())
        first = self.labels()
        self.server.state.add_key(label="theirs", globalPermissions={"admin": True})
        self.secrets(apiKey="somebody's mistake")
        self.ensure(steps.ApiKey())
        self.assertEqual(keys.probe(self.host, self.desired, self.secret("apiKey")), keys.VALID)
        self.assertEqual(len(self.labels()), 2)
        self.assertFalse(set(first) & set(self.labels()))

    def test_a_valid_key_of_somebody_is_used(self):
        self.secrets(apiKey=self.server.state.admin_key())
        self.assertEqual(self.ensure(steps.ApiKey()), [])
        self.assertEqual(self.calls("dsscli"), [])

    def test_killed_between_any_two_commands(self):
        for moment in ("before", "after"):
            for number in range(1, 6):
                with self.subTest(moment=moment, number=number):
                    self.secrets(apiKey=None)
                    self.kill(steps.ApiKey(), moment, number)
                    self.ensure(steps.ApiKey())
                    self.assertEqual(keys.probe(self.host, self.desired, self.secret("apiKey")), keys.VALID)
                    self.assertEqual(len(self.labels()), 1, "keys that nobody has must go")
                    self.assertEqual(self.ensure(steps.ApiKey()), [])

    def kill(self, step, moment, number):
        """Runs a step, and ends it before or after its n-th command."""
        host, count = self.new_host(), []
        run = host.run

        def counted(*argv, **options):
            count.append(1)
            if len(count) == number and moment == "before":
                raise Stop
            said = run(*argv, **options)
            if len(count) == number and moment == "after":
                raise Stop
            return said
        host.run = counted
        try:
            step.ensure(host, self.desired)
        except Stop:
            pass

    def test_a_dss_that_does_not_answer_is_no_reason_for_another_key(self):
        self.ensure(steps.ApiKey())
        self.server.stop()
        with mock.patch.object(keys, "PAUSES", ()), self.assertRaisesRegex(StepError, "does not say whether the API key is valid"):
            self.ensure(steps.ApiKey())
        self.assertEqual(len(self.calls("dsscli")), 1)

    def test_a_tool_that_prints_no_key_is_told_without_its_output(self):
        with mock.patch.object(keys, "key_in", return_value=None), self.assertRaisesRegex(StepError, "printed no key"):
            self.ensure(steps.ApiKey())

    def test_output_of_the_tools(self):
        for said, key in (('[{"id": "1", "key": "k"}]', "k"), ('noise {x}\n[1]\n{"key": "k", "label": "l"}\nmore', "k"),
                          ('[{"key": "******"}]', None), ("nothing", None), ('{"id": 1}', None)):
            with self.subTest(said=said):
                found = keys.key_in(said)
                self.assertEqual(found and found["key"], key)


class ApiNode(HostTest):
    node_type = "api"

    def test_a_node_that_says_nothing_about_keys_is_served_by_what_was_recorded(self):
        self.assertEqual(len(self.ensure(steps.ApiKey())), 1)  # the fake answers 404
        self.assertEqual(self.ensure(steps.ApiKey()), [])
        self.secrets(apiKey="somebody's mistake")
        self.assertEqual(len(self.ensure(steps.ApiKey())), 2)
        self.assertEqual(len(self.labels()), 1, "the older one must go")

    def test_its_own_tool_makes_the_key_and_no_other_step_is_wanted(self):
        with mock.patch.object(keys, "status_of", lambda address, key: 200 if key.startswith("dkuaps") and address.endswith(
                "/admin/api/services") else 401):
            self.secrets(apiKey="old")
            self.assertEqual(len(self.ensure(steps.ApiKey())), 1)
            self.assertEqual(self.ensure(steps.ApiKey()), [])
        self.assertEqual([c[1] for c in self.calls("apinode-admin")], ["admin-key-create", "admin-keys-list"])
        self.desired["dss"]["inside"] = {"groups": GROUPS["groups"], "sanityCheck": True, "pushImages": {"url": "x"}}
        self.desired["dss"]["secrets"]["license"] = "arn"
        self.assertEqual([s.name for s in steps.ORDER if s.wanted(self.desired)], ["api-key", "license"])

    def test_another_licence_is_put_where_it_is_read_at_the_next_start(self):
        self.desired["dss"]["secrets"]["license"] = ARNS["license"]
        path = f"{self.data}/config/license.json"
        for day in ("2098-01-01", "2099-01-01"):
            self.secrets(license=LICENSE % day)
            self.assertEqual(self.ensure(steps.License()), ["wrote /data/dss/config/license.json"])
            self.assertEqual(self.text("/data/dss/config/license.json"), LICENSE % day)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assertEqual(service.asked(self.host), ["its licence changed"])
            self.host.remember(service.ASKED, [])
            before = os.stat(path)
            self.assertEqual((self.ensure(steps.License()), service.asked(self.host)), ([], []))
            self.assertEqual(os.stat(path).st_ino, before.st_ino, "an unchanged licence must not be written")
            self.assertNotIn(day, self.text("/data/.dss-platform/inside-license.json"))
        os.chmod(path, 0o644)
        self.ensure(steps.License())
        self.assertEqual((os.stat(path).st_mode & 0o777, service.asked(self.host)), (0o600, []))


class Inside(HostTest):
    def setUp(self):
        super().setUp()
        self.secrets(apiKey=self.server.state.admin_key())

    def declare(self, **parts):
        self.desired["dss"]["inside"] = parts

    def record(self, name):
        return Record(self.host, self.desired).get(name)


class AdminPassword(Inside):
    def password_is(self, password):
        return self.server.state.password_is("admin", password)

    def test_generated_set_and_recorded(self):
        self.assertEqual(len(self.ensure(steps.AdminPassword())), 2)
        password = self.secret("adminPassword")
        self.assertGreaterEqual(len(password), 32)
        self.assertTrue(self.password_is(password) and not self.password_is("admin"))
        self.assertNotIn(password, json.dumps(self.record("admin")) + json.dumps(self.events))
        self.assertEqual(self.ensure(steps.AdminPassword()), [])

    def test_another_value_in_the_secret_is_set(self):
        self.ensure(steps.AdminPassword())
        self.secrets(adminPassword="chosen by a person\n")
        self.assertEqual(self.ensure(steps.AdminPassword()), ["set the password of admin"])
        self.assertTrue(self.password_is("chosen by a person"))

    def test_killed_between_any_two_commands(self):
        for moment in ("before", "after"):
            for number in range(1, 6):
                with self.subTest(moment=moment, number=number):
                    self.secrets(adminPassword=None)
                    ApiKey.kill(self, steps.AdminPassword(), moment, number)
                    password = self.secret("adminPassword") or ""
                    if is_same_secret(password, self.record("admin")):
                        self.assertTrue(self.password_is(password), "recorded before it was set")
                    self.ensure(steps.AdminPassword())
                    self.assertTrue(self.password_is(self.secret("adminPassword")))


class License(Inside):
    def setUp(self):
        super().setUp()
        self.desired["dss"]["secrets"]["license"] = ARNS["license"]

    def test_set_once(self):
        self.secrets(license=LICENSE % "2099-01-01")
        self.assertEqual(self.ensure(steps.License()), ["set the licence"])
        self.assertEqual(self.ensure(steps.License()), [])

    def test_a_secret_without_a_value_is_told(self):
        self.secrets(license=None)
        with self.assertRaisesRegex(StepError, "has no value yet"):
            self.ensure(steps.License())

    def without_api(self):
        """An edition that refuses the API as long as it has no licence, and lets its tool on the host in."""
        self.server.switches.set(freeEditionApi=False)
        self.secrets(license=LICENSE % "2099-01-01")
        run = self.host.run

        def by_tool(*argv, **options):
            if "set-license" in argv:
                with open(argv[3], encoding="utf-8") as file:
                    self.server.state.store.put("license", json.load(file))
                return ""
            return run(*argv, **options)
        self.host.run = by_tool

    def test_an_edition_without_the_api_takes_it_from_the_tool(self):
        self.without_api()
        self.ensure(steps.ApiKey())  # the key is refused, and yet good
        self.assertEqual(self.ensure(steps.License()), ["set the licence"])
        self.assertFalse(os.path.exists(self.root + license.HANDED_OVER))

    def test_an_edition_without_the_api_comes_to_its_end_in_the_real_order(self):
        self.without_api()
        for name in ("bin/dss", "dss-version.json"):
            self.put(f"/data/dss/{name}", {"product_version": self.version})
        first = {step.name: self.ensure(step) for step in order.INSIDE[:4]}
        self.assertEqual(list(first), ["api-key", "admin-password", "port-open", "license"])
        self.assertIn("set the licence", first["admin-password"])
        self.assertTrue(self.server.state.password_is("admin", self.secret("adminPassword")))
        self.assertEqual(first["license"], [], "it is set once")


class Everything(Inside):
    def setUp(self):
        super().setUp()
        self.secrets(sales=json.dumps({"AccessKeyId": "AKIA", "SecretAccessKey": "hunter2hunter2"}), ada="ada's password")
        connection = s3(secretKey={"$secret": ARNS["sales"], "$key": "SecretAccessKey"})
        presets = [{"parameterSet": "connection-info", "name": "default", "config": {"region": "eu-west-1"}}]
        user = {key: USER[key] for key in ("login", "definition")}
        self.declare(
            groups=GROUPS["groups"], users=[{**user, "passwordSecretArn": ARNS["ada"]}], codeEnvs=[ENV],
            plugins=[plugin(presets=presets)], connections=[connection, athena()], removedConnections=["filesystem_root"],
            settings=[{"document": settings_14(), "lists": LISTS, "dropped": "fail", "source": "template"}],
            pushImages={"url": "1.dkr.ecr.eu-west-1.amazonaws.com/dss"}, cdePluginsImage=False, clusters=[cluster()],
            defaults=[{"document": {"defaultK8sClusterId": "eks-main"}, "lists": {}, "dropped": "fail", "source": "defaults"}],
            namespacePolicies=True, sanityCheck=True)
        self.put("/images.json", json.dumps("dku-exec-base-abc123:dss-14.7.5 sha256:1\nalpine:3 sha256:9\n"
                                            "1.dkr.ecr/dss/dku-exec-base-abc123:dss-14.7.5 sha256:1"))

    def run_all(self):
        changed = {}
        for step in steps.ORDER:
            found = self.ensure(step)
            if found:
                changed[step.name] = found
        return changed

    def test_all_steps_and_all_again(self):
        first = self.run_all()
        self.assertEqual(sorted(first), sorted(
            s.name for s in steps.ORDER if s.name not in ("api-key", "license", "code-env-images", "sanity-check")))
        store = self.server.state.store
        self.assertTrue(self.server.state.password_is("ada", "ada's password"))
        self.assertEqual(self.server.state.clear(store.get("connections")["sales"]["params"]["secretKey"]), "hunter2hunter2")
        self.assertEqual(store.get("general-settings")["defaultK8sClusterId"], "eks-main")
        self.assertEqual(self.host.recall("dss-restart"), ["metastoreCatalogsSettings changed in the general settings"])
        self.server.journal.clear()
        self.assertEqual(self.run_all(), {})
        quiet = ("run-kubectl", "sanity-check/run")
        self.assertEqual([r["path"] for r in self.server.journal.writes() if not r["path"].endswith(quiet)], [])
        self.assert_no_secrets_lie_about()

    def assert_no_secrets_lie_about(self):
        for secret in ("hunter2hunter2", "ada's password", self.secret("apiKey")):
            self.assertNotIn(secret, json.dumps(self.events) + self.text("/calls"))
            for name in os.listdir(self.root + "/data/.dss-platform"):
                self.assertNotIn(secret, self.text("/data/.dss-platform/" + name), name)

    def test_nothing_declared_any_more_is_removed(self):
        self.run_all()
        self.declare(groups=[], users=[], codeEnvs=[], plugins=[], connections=[], settings=[], defaults=[], clusters=[],
                     pushImages=None, namespacePolicies=False, sanityCheck=False)
        self.run_all()
        store = self.server.state.store
        self.assertEqual((set(store.get("users")), set(store.get("connections")), store.get("clusters")),
                         ({"admin"}, {"filesystem_managed"}, {}))
        self.assertNotIn("data", store.get("groups"))
        self.assertEqual(store.get("general-settings")["containerSettings"]["executionConfigs"], [])
        before = len(self.calls("python"))
        self.assertEqual(self.run_all(), {})
        self.assertEqual(len(self.calls("python")), before, "without anything to do no child is started")

    def test_images_are_pushed_when_docker_has_others(self):
        self.run_all()
        self.put("/images.json", json.dumps("dku-exec-base-abc123:dss-14.7.5 sha256:2"))
        self.assertEqual(list(self.run_all()), ["push-images"])

    def test_an_unknown_key_of_a_secret_is_told(self):
        self.secrets(sales="{}")
        with self.assertRaisesRegex(StepError, "has no key SecretAccessKey"):
            self.ensure(steps.Connections())


class Clusters(Inside):
    def setUp(self):
        super().setUp()
        self.declare(clusters=[cluster(timeoutSeconds=0.3)])

    def test_eks_is_waited_for(self):
        self.put("/eks.json", ["An error occurred (ResourceNotFoundException)", "CREATING", "ACTIVE"])
        steps.await_eks(self.host, self.desired, cluster(), pause=0.01)
        self.assertEqual(len(self.calls("aws")[-3:]), 3)

    def test_eks_that_never_comes_is_told(self):
        self.put("/eks.json", ["CREATING"])
        with self.assertRaisesRegex(StepError, "EKS cluster dss-dev is not ACTIVE: CREATING"):
            steps.await_eks(self.host, self.desired, cluster(timeoutSeconds=0.05), pause=0.01)
        self.put("/eks.json", ["An error occurred (AccessDeniedException): not authorized"])
        with self.assertRaisesRegex(StepError, "AccessDenied"):
            steps.await_eks(self.host, self.desired, cluster(timeoutSeconds=0.05), pause=0.01)

    def test_eks_that_failed_is_told_at_once(self):
        self.put("/eks.json", ["FAILED"])
        with self.assertRaisesRegex(StepError, "EKS cluster dss-dev is FAILED"):
            self.ensure(steps.Clusters())


class Archives(Inside):
    def test_an_archive_is_handed_to_the_child(self):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as packed:
            packed.writestr("plugin.json", json.dumps({"id": "mine", "version": "1.0"}))
        os.makedirs(self.root + "/data/kits/archives")
        with open(self.root + "/data/kits/archives/mine.zip", "wb") as out:
            out.write(content.getvalue())
        source = {"kind": "archive", "url": "", "checkout": "", "subpath": "", "archive": {"urls": ["s3://b/mine.zip"], "sha256": ""}}
        self.declare(plugins=[{"id": "mine", "source": source, "version": "1.0", "codeEnvInterpreter": "", "presets": []}])
        got = {"file": "/data/kits/archives/mine.zip", "sha256": "1" * 64}
        with mock.patch.object(steps.archive, "fetch", return_value=got):
            self.assertEqual(self.ensure(steps.Plugins()), ["installed plugin mine 1.0"])
            self.assertEqual(self.ensure(steps.Plugins()), [])

    def test_a_broken_archive_is_got_again(self):
        self.put("/data/kits/archives/mine.zip", "PK broken")
        got = {"file": "/data/kits/archives/mine.zip", "sha256": "1" * 64, "url": "s3://b/mine.zip", "size": 9}
        Record(self.host, self.desired).set("archives", {"plugin-mine": got, "kit": got})
        source = {"kind": "archive", "url": "", "checkout": "", "subpath": "", "archive": {"urls": ["s3://b/mine.zip"], "sha256": ""}}
        self.declare(plugins=[{"id": "mine", "source": source, "version": "1.0", "codeEnvInterpreter": "", "presets": []}])
        with self.assertRaises(StepError):
            self.ensure(steps.Plugins())
        self.assertEqual(list(self.record("archives")), ["kit"])


class Protocol(Inside):
    def call(self, subject="groups", payload=None, **options):
        return child.call(self.host, self.desired, subject, {"version": "", **(payload or GROUPS)}, self.secret("apiKey"), **options)

    def test_noise_does_not_matter(self):
        self.call()
        self.assertIn("made group data", self.host.changes)

    def test_a_defect_is_a_failure_with_a_trace_in_the_log(self):
        with self.assertRaisesRegex(StepError, "KeyError: 'groups'"):
            self.call(payload={"nothing": 1})
        self.assertIn("Traceback", [f["trace"] for e, f in self.events if e == "defect"][0])

    def test_an_unknown_subject(self):
        with self.assertRaisesRegex(StepError, "no subject os"):
            self.call("os")

    def test_a_child_that_says_nothing(self):
        for said in ("", "Segmentation fault\n", child.MARK + "{", child.MARK + "[]"):
            with self.subTest(said=said), self.assertRaisesRegex(StepError, "gave no answer"):
                child.answer_in(said)
        self.assertEqual(child.answer_in(f"x\n{child.MARK}{{\"memory\": {{\"a\": 1}}}}\ny\n")["memory"], {"a": 1})

    def test_an_interpreter_that_is_missing_is_a_failure(self):
        os.unlink(f"{self.data}/bin/python")
        with self.assertRaises(StepError):
            self.call()

    def test_memory_of_a_failed_child_is_kept(self):
        record = Record(self.host, self.desired)
        with self.assertRaises(StepError):
            self.call(payload={"groups": [{"name": "data", "definition": {"unknown": 1}}]}, record=record)
        self.assertEqual(record.get("inside-groups")["made"], ["data"])

    def test_a_child_ends_in_time(self):
        self.server.switches.set(rules=[{"method": "GET", "path": "/admin/groups", "delaySeconds": 5}])
        with self.assertRaisesRegex(StepError, "TooLong: no end after 1 s"):
            self.call(seconds=1)

    def test_waiting_for_another_child_ends_in_time(self):
        with open(f"{self.desired['user']['home']}/{child.LOCK}", "w", encoding="utf-8") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with mock.patch.object(child, "GRACE_SECONDS", 5), self.assertRaisesRegex(StepError, "TooLong: no end after 1 s"):
                self.call(seconds=1)

    def test_a_child_whose_run_is_gone_does_nothing(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        with mock.patch.object(child.os, "getpid", return_value=gone.pid), \
                self.assertRaisesRegex(StepError, "the run that asked for it is gone"):
            self.call()
        self.assertNotIn("data", self.server.state.store.get("groups"))

    def test_it_runs_out_of_an_archive(self):
        path = f"{self.root}/reconciler.pyz"
        with zipfile.ZipFile(path, "w") as packed:
            for folder, _, files in os.walk(child.program()):
                for name in [n for n in files if n.endswith(".py")]:
                    packed.write(os.path.join(folder, name), os.path.relpath(os.path.join(folder, name), child.program()))
        with mock.patch.object(child, "program", return_value=path):
            self.call()
        self.assertIn("made group data", self.host.changes)

    def test_one_child_at_a_time(self):
        with open(f"{self.desired['user']['home']}/{child.LOCK}", "w", encoding="utf-8") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            thread = threading.Thread(target=self.call)
            thread.start()
            thread.join(2)
            self.assertTrue(thread.is_alive())
            self.assertNotIn("data", self.server.state.store.get("groups"))
        thread.join(20)
        self.assertIn("data", self.server.state.store.get("groups"))


if __name__ == "__main__":
    unittest.main()
