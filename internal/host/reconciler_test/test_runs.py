"""Whole runs: order, status, messages, lock, timer, signal, and runs that are killed."""

import fcntl
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

from stand_ins import COMMANDS, HERE, HostTest

from dss_platform import cli, engine, lock, retry, status, wait_condition
from dss_platform.step import Step, StepError
from dss_platform.steps import ORDER
from dss_platform.system import System

REVISION = "a" * 64
# In which of the steps a run is killed: in all of them, or in each n-th.
EVERY = int(os.environ.get("DISTURB_EVERY", "1"))


class Works(Step):
    description = "works"

    def __init__(self, name, do=lambda host: None):
        self.name, self.do = name, do

    def ensure(self, host, desired):
        self.do(host)


def fails(why, advice=""):
    def do(host):
        raise StepError(why, advice)
    return do


class Run(HostTest):
    def setUp(self):
        super().setUp()
        self.put("/desired.json", json.dumps(self.desired))

    def run_it(self, steps, command="run", **options):
        words = [command, "--desired", "/desired.json", "--revision", REVISION, "--region", "eu-west-1"]
        for name, value in {"handle-seconds": 0, **options}.items():
            words += [f"--{name}", str(value)]
        return cli.main(words, host=self.host, all_steps=steps)

    def status(self):
        return json.loads(self.text(status.PATH))

    def is_armed(self):
        return retry.TIMER in self.world["is-active"]

    def open_handle(self, url="https://example.com/Handle", state="CREATE_IN_PROGRESS"):
        """A stack that waits for this revision. Real addresses have the handle's name in them."""
        url = f"{url}/{wait_condition.handle_name(REVISION, 'i-0123')}"
        self.set_world(stack={
            wait_condition.handle_name(REVISION, "i-0123"): {"PhysicalResourceId": url},
            wait_condition.condition_name(REVISION, "i-0123"): {"ResourceStatus": state}})
        return url


class Results(Run):
    def test_the_status_tells_each_step(self):
        steps = [Works("one", lambda host: host.changed("a thing")), Works("two"), Works("three", fails("no luck", "try again")),
                 Works("four")]
        self.assertEqual(self.run_it(steps), 1)
        said = self.status()
        self.assertEqual([(s["name"], s["result"]) for s in said["steps"]],
                         [("one", "changed"), ("two", "unchanged"), ("three", "failed")])
        self.assertEqual((said["result"], said["message"], said["advice"]), ("failed", "step three: no luck", "try again"))
        self.assertEqual(said["revision"], REVISION)
        self.assertTrue(said["ended"])
        self.assertEqual(self.mode(status.PATH), 0o644)

    def test_a_step_that_is_not_wanted_is_skipped(self):
        step = Works("one", fails("must not run"))
        step.wanted = lambda desired: False
        self.assertEqual(self.run_it([step]), 0)
        self.assertEqual(self.status()["steps"][0]["result"], "skipped")

    def test_a_defect_is_a_failure_with_a_name(self):
        self.assertEqual(self.run_it([Works("one", lambda host: {}["key"])]), 1)
        self.assertEqual(self.status()["message"], "step one: KeyError: 'key'")

    def test_secrets_stay_out(self):
        def do(host):
            host.hide("hunter2")
            host.changed("set hunter2")
            raise StepError("cannot use hunter2")
        url = self.open_handle()
        self.run_it([Works("one", do)], stack="host")
        self.assertNotIn("hunter2", self.text(status.PATH) + self.text("/signals") + json.dumps(self.events))
        self.assertIn("***", self.status()["message"])
        self.assertNotIn(url, json.dumps([e for e in self.events if e[0] != "command"]))

    def test_a_failed_command_tells_its_last_lines(self):
        def do(host):
            host.run("sh", "-c", "echo first >&2; echo second >&2; exit 3")
        self.run_it([Works("one", do)])
        self.assertEqual(self.status()["message"], "step one: sh failed with code 3: first | second")

    def test_names_are_unique(self):
        with self.assertRaises(ValueError):
            engine.Engine(self.host, [Works("one"), Works("one")])


class Messages(unittest.TestCase):
    def test_short_ones_are_whole(self):
        self.assertEqual(engine.message_of("tools", "no\n  network", "see the NAT", 256), "step tools: no network; see the NAT")

    def test_long_causes_are_cut_and_the_advice_stays(self):
        said = engine.message_of("tools", "x" * 500, "see the NAT", 256)
        self.assertEqual(len(said), 256)
        self.assertTrue(said.endswith("…; see the NAT"))

    def test_a_long_advice_gives_way_to_the_cause(self):
        self.assertEqual(engine.message_of("tools", "cause", "y" * 300, 256), "step tools: cause")


class Answer(unittest.TestCase):
    def test_the_real_curl_sends_it_and_has_the_address_on_no_command_line(self):
        got = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append((self.path, self.headers.get("Content-Type"), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        with tempfile.TemporaryDirectory() as root:
            commands = []
            host = System(root, {"PATH": os.environ["PATH"], "NO_PROXY": "*"},
                          lambda event, **fields: commands.append(fields.get("argv")))
            reason = 'it said "no\\n" \\ $x `y`\nand more ✓'
            wait = wait_condition.WaitCondition(host, "stack", "r", REVISION, "i-1")
            wait.send(f"http://127.0.0.1:{server.server_port}/answer?Signature=a%2Fb%3D&x=1", False, reason, "{}")
            self.assertEqual([(path, kind) for path, kind, _ in got], [("/answer?Signature=a%2Fb%3D&x=1", None)])
            self.assertEqual((got[0][2]["Status"], got[0][2]["Reason"]), ("FAILURE", reason))
            self.assertNotIn("127.0.0.1", json.dumps(commands))


class Signals(Run):
    def test_success_has_a_summary(self):
        url = self.open_handle()
        self.assertEqual(self.run_it([Works("one", lambda host: host.changed("x"))], stack="host"), 0)
        [signal] = self.signals()
        self.assertEqual((signal["url"], signal["Status"]), (url, "SUCCESS"))
        self.assertEqual(json.loads(signal["Data"])["changed"], "one")
        self.assertFalse(self.is_armed())

    def test_failure_has_step_cause_and_advice(self):
        self.open_handle()
        self.run_it([Works("one", fails("no luck", "try again"))], stack="host")
        [signal] = self.signals()
        self.assertEqual((signal["Status"], signal["Reason"]), ("FAILURE", "step one: no luck; try again"))
        self.assertLessEqual(len(signal["Reason"]), 256)

    def test_the_handle_may_come_late(self):
        threading.Timer(0.5, self.open_handle).start()
        waited = wait_condition.WaitCondition(self.host, "host", "eu-west-1", REVISION, "i-0123").await_url(10, pause=0.1)
        self.assertTrue(waited.startswith("https://example.com/"))

    def test_names_agree_with_the_template(self):
        # The Go side has the same example.
        self.assertEqual(wait_condition.handle_name("revision", "i-0123456789abcdef0"), "Handledba23d7e0845d149")


class Timer(Run):
    def test_a_failure_leaves_the_timer_and_a_new_handle_repairs(self):
        first = self.open_handle("https://example.com/first")
        broken = [Works("one", fails("no luck"))]
        self.run_it(broken, stack="host")
        self.assertTrue(self.is_armed())
        # The handle has its answer: the timer has nothing to do.
        self.run_it([Works("one", fails("must not run"))], command="retry", stack="host")
        self.assertEqual([s["url"] for s in self.signals()], [first])
        second = self.open_handle("https://example.com/second")
        self.assertEqual(self.run_it([Works("one")], command="retry", stack="host"), 0)
        self.assertEqual([(s["url"], s["Status"]) for s in self.signals()], [(first, "FAILURE"), (second, "SUCCESS")])
        self.assertFalse(self.is_armed())

    def test_a_handle_that_went_and_came_back_is_another_one(self):
        self.open_handle()
        self.run_it([Works("one", fails("no luck"))], stack="host")
        self.set_world(stack={})
        self.run_it([Works("one", fails("must not run"))], command="retry", stack="host")
        self.open_handle()
        self.assertEqual(self.run_it([Works("one")], command="retry", stack="host"), 0)
        self.assertEqual([s["Status"] for s in self.signals()], ["FAILURE", "SUCCESS"])

    def test_a_success_that_nobody_hears_keeps_the_timer(self):
        self.assertEqual(self.run_it([Works("one")], stack="host"), 0)  # no handle
        self.assertTrue(self.is_armed())
        self.open_handle(state="CREATE_FAILED")  # timed out before
        self.run_it([Works("one")], command="retry", stack="host")
        self.assertTrue(self.is_armed())
        self.open_handle("https://example.com/next")
        self.run_it([Works("one")], command="retry", stack="host")
        self.assertFalse(self.is_armed())

    def test_without_a_stack_there_is_no_timer(self):
        self.run_it([Works("one", fails("no luck"))])
        self.assertFalse(self.is_armed())
        self.assertEqual(self.calls("aws"), [])

    def test_it_leaves_a_run_alone_that_is_under_way(self):
        self.open_handle()
        with lock.held(self.root + lock.PATH):
            self.assertEqual(self.run_it([Works("one", fails("must not run"))], command="retry", stack="host"), 0)
        self.assertEqual(self.calls("aws"), [])

    def test_a_network_that_is_away_is_no_failure(self):
        self.set_world(fail={"aws": "Could not connect to the endpoint URL"})
        self.assertEqual(self.run_it([Works("one", fails("must not run"))], command="retry", stack="host"), 0)


class Lock(Run):
    def test_a_second_run_waits_and_then_runs(self):
        began, order = threading.Event(), []
        with open(self.root + "/lockfile", "a", encoding="utf-8") as other:
            fcntl.flock(other, fcntl.LOCK_EX)

            def second():
                with lock.held(self.root + "/lockfile", waiting=began.set):
                    order.append("second")
            thread = threading.Thread(target=second)
            thread.start()
            self.assertTrue(began.wait(5))
            order.append("first")
            fcntl.flock(other, fcntl.LOCK_UN)
            thread.join(5)
        self.assertEqual(order, ["first", "second"])


CHILD = """
import sys
sys.path[:0] = [{here!r}, {reconciler!r}]
from dss_platform import cli, steps
from dss_platform.system import System
host = System({root!r}, {environment!r})
sys.exit(cli.main({words!r}, host=host, all_steps=steps.ORDER))
"""


class Killed(Run):
    """A run is killed for good, early and late in its steps; the next run must end as an undisturbed one does."""

    words = ["run", "--desired", "/desired.json", "--revision", REVISION, "--region", "eu-west-1"]

    def child(self, kill_at):
        code = CHILD.format(here=HERE, reconciler=os.path.join(os.path.dirname(HERE), "reconciler"), root=self.root,
                            environment={**self.environment, "KILL_AT": str(kill_at)}, words=self.words)
        return subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def tree(self):
        """What the run has made: files and their content, without what tells of the runs themselves."""
        found = {}
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if path.split("/")[0] in ("etc", "data", "usr") or path.startswith("var/lib/dss-platform/tool-"):
                    found[path] = self.text("/" + path)
        return found

    def edges(self):
        """The numbers of the first command of every step, and of the last of those with several changes, as counted by `calls`."""
        numbers, count, name = {}, 0, None
        for event, fields in self.events:
            if event == "step":
                name = fields["name"]
            elif event == "command" and fields["argv"][0] in COMMANDS:
                count += 1
                numbers.setdefault(name, []).append(count)
        late = {"user", "metadata-guard", "docker", "tools"}
        return sorted({all_of[0] for all_of in numbers.values()} | {numbers[name][-1] for name in late})

    def test_at_every_step(self):
        from test_steps import Tools
        self.desired["tools"] = [Tools.tool(self)]
        self.put("/desired.json", json.dumps(self.desired))
        self.assertEqual(cli.main(self.words, host=self.host, all_steps=ORDER), 0)
        wanted, edges = self.tree(), self.edges()
        self.assertGreaterEqual(len(edges), 10)
        for number in edges[::EVERY]:
            with self.subTest(command=number):
                HostTest.setUp(self)
                self.desired["tools"] = [Tools.tool(self)]
                self.put("/desired.json", json.dumps(self.desired))
                killed = self.child(number)
                self.assertEqual(killed.returncode, -9, killed.stderr.decode())
                self.assertEqual(self.status()["result"], "running")
                host = System(self.root, self.environment)
                self.assertEqual(cli.main(self.words, host=host, all_steps=ORDER), 0)
                self.assertEqual(self.tree(), wanted)
        self.assertEqual(cli.main(self.words, host=self.new_host(), all_steps=ORDER), 0)
        self.assertEqual({s["result"] for s in self.status()["steps"]}, {"unchanged"})

    def test_a_polite_end_is_told(self):
        def end(host):
            raise engine.Interrupted("SIGTERM")
        self.open_handle()
        self.assertEqual(self.run_it([Works("one", end)], stack="host"), 1)
        self.assertIn("step one: ended by SIGTERM", self.signals()[0]["Reason"])


if __name__ == "__main__":
    unittest.main()
