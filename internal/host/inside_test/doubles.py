"""A DSS for tests of what is done inside DSS: the fake server, the real client, and calls as root's side makes them."""

import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = os.path.dirname(HERE)
for folder in (os.path.join(HOST, "reconciler"), os.path.join(os.path.dirname(os.path.dirname(HOST)), "tests", "fakedss")):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from dss_platform.inside import child, session  # noqa: E402
from fakedss import Server  # noqa: E402

VERSIONS = ("14.7.5", "15.2.0")
# Pauses of the retries, as a part of their real length.
PACE = 0.001


class DSSTest(unittest.TestCase):
    """A test with a running fake DSS: `self.server`, and `self.run_subject` as root's side would call it."""

    version = VERSIONS[0]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(folder.name, self.version, futurePolls=1).start()
        self.addCleanup(self.server.stop)
        self.key = self.server.state.admin_key()
        self.memory = {}

    def session(self):
        return session.Session(self.server.url, self.key, PACE)

    @property
    def client(self):
        return self.session().client

    def settings(self):
        return self.server.state.store.get("general-settings")

    def run_subject(self, subject, payload, name=""):
        """Calls a subject until it needs no further call, and returns what it said."""
        said = {"changes": [], "warnings": [], "restarts": [], "failure": None}
        for _ in range(child.MOST_CALLS):
            answer = self.call(subject, payload, name)
            for part in ("changes", "warnings", "restarts"):
                said[part] += answer[part]
            if answer["failure"] or not answer.get("again"):
                return {**said, "failure": answer["failure"], "trace": answer.get("trace", "")}
        raise AssertionError("no end")

    def call(self, subject, payload, name=""):
        request = {"subject": subject, "url": self.server.url, "key": self.key, "pace": PACE,
                   "payload": {"version": self.version, **payload}, "memory": self.memory.get(name or subject, {})}
        answer = json.loads(json.dumps(child.carry_out(json.loads(json.dumps(request)))))
        self.memory[name or subject] = answer["memory"]
        return answer

    def succeed(self, subject, payload, name=""):
        said = self.run_subject(subject, payload, name)
        self.assertIsNone(said["failure"], said)
        return said

    def assert_settled(self, subject, payload, name=""):
        """Another run changes nothing, and writes nothing."""
        self.server.journal.clear()
        said = self.succeed(subject, payload, name)
        self.assertEqual((said["changes"], self.writes()), ([], []))
        return said

    def writes(self):
        return [(r["method"], r["path"]) for r in self.server.journal.writes()]

    def fault(self, **rule):
        self.server.switches.set(rules=[rule])

    def no_fault(self):
        self.server.switches.set(rules=[])


def in_both_versions(case):
    """Makes the tests of a class run against DSS 14 and DSS 15, and takes the class itself away: it has no version."""
    module = sys.modules[case.__module__]
    for version in VERSIONS:
        name = f"{case.__name__}{version.split('.')[0]}"
        setattr(module, name, type(name, (case,), {"version": version, "__module__": case.__module__}))
