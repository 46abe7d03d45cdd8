"""A child that is killed (by SIGKILL) after any of its requests: the next run comes to the same end, and still knows what is ours."""

import json
import os
import signal
import unittest

# Here, so that the processes that are forked have it already.
import dataikuapi
from doubles import PACE, DSSTest, in_both_versions
from dss_platform.inside import child
from test_elastic import IMAGES, cluster, plugin
from test_subjects import ENV, GROUPS, LICENSE, LISTS, USER, athena, s3, settings_14, settings_15

assert dataikuapi.DSSClient
DOCUMENTS = ("general-settings", "connections", "groups", "users", "code-envs", "plugins", "clusters", "license")
# Which of the requests: all of them, or each n-th.
EVERY = int(os.environ.get("DISTURB_EVERY", "1"))
# What is another at every writing, or tells of nothing but it.
FLEETING = {"passwordHash", "creationDate", "createdOn", "id", "data"}


class Killed(Exception):
    """The child is dead."""


class KillCase(DSSTest):
    """A server that kills who asks, and what there is to carry out."""

    def subjects(self):
        document = settings_14() if self.version.startswith("14") else settings_15()
        env = {**ENV, "definition": {**ENV["definition"], "allContainerConfs": True}}
        return [
            ("groups", GROUPS, {"groups": []}),
            ("users", {"users": [{**USER, "definition": {**USER["definition"], "groups": ["administrators"]}}]}, {"users": []}),
            ("administrator", {"login": "admin", "password": {"$value": "a new password"}}, None),
            ("licensing", {"license": {"$value": LICENSE % "2099-01-01"}}, None),
            ("connections", {"connections": [s3(), athena()]}, {"connections": []}),
            ("settings", {"settings": [{"document": {"containerSettings": document["containerSettings"]}, "lists": LISTS}]},
             {"settings": []}),
            ("code_envs", {"codeEnvs": [env]}, None),
            ("code_env_images", {"codeEnvs": [env], **IMAGES}, None),
            ("plugins", {"plugins": [plugin()]}, {"plugins": []}),
            ("clusters", {"clusters": [cluster()]}, {"clusters": []}),
            ("push_images", IMAGES, None),
            ("namespace_policies", {}, None),
        ]

    def setUp(self):
        super().setUp()
        self.seen, self.kill_at, self.victim = 0, None, None
        perform = self.server.answer

        def answer(request):
            said = perform(request)
            self.seen += 1
            if self.seen == self.kill_at:
                os.kill(self.victim, signal.SIGKILL)
            return said
        self.server.answer = answer

    def call(self, subject, payload, name=""):
        """As the parent's, in a process of its own that can be killed."""
        request = {"subject": subject, "url": self.server.url, "key": self.key, "pace": PACE,
                   "payload": {"version": self.version, **payload}, "memory": self.memory.get(name or subject, {})}
        reading, writing = os.pipe()
        self.victim = os.fork()
        if self.victim == 0:
            os.close(reading)
            with os.fdopen(writing, "w", encoding="utf-8") as out:
                child.main(source=_Text(json.dumps(request)), out=out)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            text = said.read()
        if os.waitpid(self.victim, 0)[1]:
            raise Killed(subject)
        answer = child.answer_in(text)
        self.memory[name or subject] = answer["memory"]
        return answer

    def world(self):
        """The state, without what is another at every writing."""
        return {name: self.steady(self.server.state.store.get(name)) for name in DOCUMENTS}

    def steady(self, value):
        if isinstance(value, dict):
            return {key: self.steady(one) for key, one in sorted(value.items()) if key not in FLEETING}
        if isinstance(value, list):
            return [self.steady(one) for one in value]
        return self.server.state.clear(value) if isinstance(value, str) else value

    def keep(self):
        """A copy of all state, to begin again from."""
        return {name: self.server.state.store.get(name) for name in (*DOCUMENTS, "actions")}, json.loads(json.dumps(self.memory))

    def restore(self, kept):
        self.server.state.futures.wait()
        for name, value in kept[0].items():
            if value is None and os.path.exists(self.server.state.store.path(name)):
                os.unlink(self.server.state.store.path(name))
            elif value is not None:
                self.server.state.store.put(name, value)
        self.memory = json.loads(json.dumps(kept[1]))
        self.seen, self.kill_at = 0, None


@in_both_versions
class Kill(KillCase):
    def test_everywhere(self):
        self.kills = asked = 0
        for subject, payload, nothing in self.subjects():
            self.server.state.futures.wait()
            before = self.keep()
            begun = self.world()
            self.seen = 0
            self.succeed(subject, payload)
            requests, wanted = self.seen, self.world()
            after = self.keep()
            self.assertGreater(requests, 1, subject)
            self.assert_quiet(subject, payload)
            for number in range(1, requests + 1, EVERY):
                asked += 1 if nothing is None else 2
                with self.subTest(subject=subject, killed_after_request=number):
                    self.restore(before)
                    self.kill_it(subject, payload, number)
                    self.succeed(subject, payload)
                    self.assertEqual(self.world(), wanted)
                    self.assert_quiet(subject, payload)
                    if nothing is None:
                        continue
                    self.restore(before)
                    self.kill_it(subject, payload, number)
                    self.server.state.futures.wait()
                    self.succeed(subject, nothing)
                    self.assert_removed(subject, begun)
            self.restore(after)
        self.assertGreater(self.kills, 0.9 * asked)

    def test_a_restart_is_not_forgotten(self):
        """Whichever run wrote what is read at the start: it or a later one asks for the restart after the write."""
        payload = {"settings": [{"document": {"metastoreCatalogsSettings": {"synchronizeTo": {"flavor": "AWS_GLUE"}}}}]}
        self.kills = 0
        self.succeed("settings", payload)
        self.drift("general-settings", lambda found: found.update(metastoreCatalogsSettings={"synchronizeTo": {"flavor": "DSS_INTERNAL"}}))
        drifted = self.keep()
        self.seen = 0
        self.succeed("settings", payload)
        for number in range(1, self.seen + 1):
            with self.subTest(killed_after_request=number):
                self.restore(drifted)
                self.kill_it("settings", payload, number)
                self.assertEqual(len(self.succeed("settings", payload)["restarts"]), 1)
                self.assertEqual(self.succeed("settings", payload)["restarts"], [])
        self.assertGreater(self.kills, 1)

    def test_defaults_go_whichever_run_set_them(self):
        """The next run still knows which values were set from here, the last one and the one that was to take its place."""
        one, other, nothing = ({"settings": [{"document": document}]} for document in (
            {"defaultK8sClusterId": "one"}, {"defaultK8sClusterId": "other"}, {}))
        self.kills = 0
        begun, empty = self.world(), self.keep()
        self.succeed("settings", one)
        for before, payload in ((empty, one), (self.keep(), other), (self.keep(), nothing)):
            self.restore(before)
            self.succeed("settings", payload)
            for number in range(1, self.seen + 1):
                with self.subTest(killed_after_request=number, payload=payload):
                    self.restore(before)
                    self.kill_it("settings", payload, number)
                    self.succeed("settings", nothing)
                    self.assertEqual(self.world(), begun)
                    self.assert_quiet("settings", nothing)
        self.assertGreater(self.kills, 5)

    def test_a_code_environment_that_somebody_changed_is_built(self):
        """It is restored and built, whichever requests of it were killed; so is one that somebody deleted."""
        payload = {"codeEnvs": [ENV]}
        self.succeed("code_envs", payload)
        wanted, kept, self.kills = self.world(), self.keep(), 0
        for name, change in {
                "packages": lambda envs: envs["PYTHON/py311"].update(specPackageList="numpy\n", actualPackageList="numpy\n"),
                "interpreter": lambda envs: envs["PYTHON/py311"]["desc"].update(pythonInterpreter="PYTHON39"),
                "deleted": lambda envs: envs.clear()}.items():
            self.restore(kept)
            self.drift("code-envs", change)
            drifted = self.keep()
            self.seen = 0
            self.succeed("code_envs", payload)
            for number in range(1, self.seen + 1, EVERY):
                with self.subTest(changed=name, killed_after_request=number):
                    self.restore(drifted)
                    self.server.journal.clear()
                    self.kill_it("code_envs", payload, number)
                    self.server.state.futures.wait()
                    self.succeed("code_envs", payload)
                    self.assertEqual(self.world(), wanted)
                    builds = [r for r in self.server.journal.writes() if r["path"].endswith("/packages")]
                    self.assertEqual(builds[-1]["query"].get("forceRebuildEnv"), str(name == "interpreter"))
                    self.assert_quiet("code_envs", payload)
        self.assertGreater(self.kills, 3)

    def drift(self, name, change):
        with self.server.state.store.edit(name) as found:
            change(found)

    def kill_it(self, subject, payload, number):
        self.kill_at = number
        try:
            self.succeed(subject, payload)
            # Futures are asked for as often as they take: this time there were fewer requests.
            self.assertLess(self.seen, number)
        except Killed:
            self.kills += 1
        self.kill_at = None

    def assert_quiet(self, subject, payload):
        self.server.journal.clear()
        said = self.succeed(subject, payload)
        if subject != "administrator":  # a password is not told, so it is set again
            self.assertEqual((said["changes"], [p for _, p in self.writes() if not p.endswith("run-kubectl")]), ([], []))

    def assert_removed(self, subject, begun):
        """What we made is gone, although the run that made it could not tell."""
        found = self.world()
        if subject == "plugins":
            presets = ((found["plugins"] or {}).get("eks-clusters") or {}).get("settings", {}).get("presets", [])
            self.assertEqual(presets, [])
            return
        # An empty list, and none, are the same.
        self.assertEqual({k: v or {} for k, v in found.items()}, {k: v or {} for k, v in begun.items()})


class _Text:
    def __init__(self, text):
        self.text = text

    def read(self):
        return self.text


if __name__ == "__main__":
    unittest.main()
