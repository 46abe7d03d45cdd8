"""Retries, errors and futures."""

import unittest

from doubles import PACE, DSSTest
from dss_platform.inside import session
from dss_platform.inside.session import DSSError, Transient, error_of, failure_in

GROUPS = {"groups": [{"name": "data", "definition": {"description": "Data people"}}]}


class Retries(DSSTest):
    def test_reads_are_repeated(self):
        for fault in ({"status": 500}, {"status": 502}, {"status": 503}, {"drop": "before"}, {"drop": "after"}):
            with self.subTest(fault=fault):
                self.fault(method="GET", path="/admin/groups", times=2, **fault)
                self.assertIn("administrators", [g["name"] for g in self.client.list_groups()])

    def test_a_read_that_hangs_is_repeated(self):
        dss = self.session()
        self.fault(method="GET", path="/admin/groups", delaySeconds=1)
        with dss.patience(0.2):
            self.assertTrue(dss.client.list_groups())

    def test_an_end_is_made_of_it(self):
        self.fault(method="GET", path="/admin/groups", times=99, status=502)
        with self.assertRaisesRegex(Transient, "^HTTP 502: 502 Bad Gateway$"):
            self.client.list_groups()
        self.assertEqual(len(self.server.journal.read()), len(session.PAUSES) + 1)

    def test_a_definite_refusal_is_not_repeated(self):
        with self.assertRaisesRegex(DSSError, "^IllegalArgumentException: Connection 'x' does not exist$"):
            self.client.get_connection("x").get_definition()
        self.assertEqual(len(self.server.journal.read()), 1)

    def test_a_write_whose_answer_was_lost_is_not_done_twice(self):
        for number, fault in enumerate(({"drop": "after"}, {"status": 502, "afterWork": True}, {"status": 500, "afterWork": True})):
            with self.subTest(fault=fault):
                wanted = {"groups": [{"name": f"data{number}", "definition": {"description": "x", "mayCreateProjects": True}}]}
                self.memory, payload = {}, wanted
                for method in ("POST", "PUT"):
                    self.server.journal.clear()
                    self.fault(method=method, path="/admin/groups", **fault)
                    self.succeed("groups", payload)
                    self.assertEqual([m for m, _ in self.writes()].count(method), 1, self.writes())
                    with self.server.state.store.edit("groups") as groups:
                        groups[f"data{number}"]["description"] = "drifted"

    def test_a_write_that_was_not_done_is_done_again(self):
        for number, fault in enumerate(({"drop": "before"}, {"status": 502}, {"status": 500})):
            with self.subTest(fault=fault):
                self.memory = {}
                for method in ("POST", "PUT"):
                    self.fault(method=method, path="/admin/groups", **fault)
                    self.succeed("groups", {"groups": [{"name": f"data{number}", "definition": {"description": method}}]})
                self.assertEqual(self.server.state.store.get("groups")[f"data{number}"]["description"], "PUT")

    def test_a_backend_that_is_away_is_waited_for(self):
        port, folder = self.server.port, self.server.state.folder
        self.server.stop()
        import threading
        from fakedss import Server

        def come_back():
            self.server = Server(folder, self.version, port=port).start()
        dss = session.Session(self.server.url, self.key, 0.1)
        timer = threading.Timer(0.3, come_back)
        timer.start()
        self.assertTrue(dss.client.list_groups())
        timer.join()

    def test_a_wrong_key_is_told_at_once(self):
        dss = session.Session(self.server.url, "wrong", PACE)
        with self.assertRaises(DSSError) as raised:
            dss.client.list_groups()
        self.assertIn("API key", raised.exception.advice)

    def test_no_proxy_sees_the_key(self):
        import os
        from unittest import mock
        with mock.patch.dict(os.environ, {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}):
            self.assertTrue(self.client.list_groups())


class Errors(unittest.TestCase):
    def test_short_text(self):
        page = "<html><head><title>502 Bad Gateway</title></head><body>" + "x" * 5000 + "</body></html>"
        self.assertEqual(str(error_of(502, "text/html", page, None)), "HTTP 502: 502 Bad Gateway")
        said = error_of(500, "", "", {"errorType": "com.dataiku.dip.exceptions.CodedException", "message": "short",
                                      "detailedMessage": "long, caused by: short", "logTail": {"lines": ["a", "b"]}})
        self.assertEqual(str(said), "CodedException: long, caused by: short | log: a | b")
        self.assertLess(len(str(error_of(500, "", "", {"message": "y" * 9000}))), 700)

    def test_results_that_tell_a_failure(self):
        for result, why in (
                ({"success": False, "installationError": {"message": "no store"}}, "no store"),
                ({"success": False, "installationError": "no store"}, "no store"),
                ({"messages": {"error": True, "messages": [{"severity": "ERROR", "code": "E1", "title": "t", "details": "d"},
                                                           {"severity": "INFO", "title": "fine"}]}}, "E1: t - d"),
                ({"error": True, "anyMessage": True, "messages": [{"severity": "ERROR", "message": "m"}]}, "m"),
                ({"success": False}, "no message"),
                ({"success": True}, None),
                ({"anyMessage": False, "success": False, "error": False, "messages": []}, None),
                ({"envName": "x", "messages": {"error": False, "success": False, "messages": []}}, None),
                (None, None), ("text", None)):
            with self.subTest(result=result):
                self.assertEqual(failure_in(result), why)


class Futures(DSSTest):
    def test_a_result_whose_answer_was_lost_does_not_repeat_the_task(self):
        payload = {"codeEnvs": [{"name": "e", "language": "PYTHON", "definition": {"pythonInterpreter": "PYTHON311"}}]}
        self.fault(method="GET", path="^/futures/.", nth=2, drop="after")
        self.succeed("code_envs", payload)
        self.assertEqual([p for m, p in self.writes()].count("/admin/code-envs/PYTHON/e"), 1)

    def test_a_start_whose_answer_was_lost_is_found_among_the_tasks(self):
        self.server.switches.set(futureSeconds=0.5, rules=[{"method": "POST", "path": "/admin/code-envs/PYTHON/e$", "drop": "after"}])
        payload = {"codeEnvs": [{"name": "e", "language": "PYTHON", "definition": {"pythonInterpreter": "PYTHON311"}}]}
        self.succeed("code_envs", payload)
        self.assertEqual([p for m, p in self.writes()].count("/admin/code-envs/PYTHON/e"), 1)

    def test_a_task_that_takes_too_long_is_told(self):
        self.server.switches.set(futureSeconds=5)
        dss = self.session()
        future = dss.client.perform_instance_sanity_check(wait=False)
        with self.assertRaisesRegex(DSSError, "the check has not ended after 0 s"):
            dss.wait(future, "the check", 0.1)

    def test_a_failed_task_is_told_and_not_repeated(self):
        self.server.switches.set(codeEnvError="no compiler")
        payload = {"codeEnvs": [{"name": "e", "language": "PYTHON", "definition": {"pythonInterpreter": "PYTHON311"}}]}
        for form in ("error", "messages"):
            with self.subTest(form=form):
                self.server.switches.set(futureFailure=form)
                self.server.journal.clear()
                self.assertIn("no compiler", self.run_subject("code_envs", payload)["failure"]["why"])
                self.assertEqual(len(self.writes()), 1)


if __name__ == "__main__":
    unittest.main()
