"""Commands: `run` reconciles, `retry` does so when a deployment waits for it, `status` shows the last run.

`inside` is for the program itself: DSS's interpreter runs it as the DSS user.
"""

import argparse
import contextlib
import json
import os
import shutil
import time
import uuid

from . import engine, journal, lock, order, retry, status, wait_condition
from .inside import child
from .step import StepError
from .system import CommandFailed, System

FOLDER = "/opt/dss-platform"
KEPT_REVISIONS = 3
# `pulumi up` makes the stack while the host is at work; with a slow account this may take a while.
HANDLE_SECONDS = 900


def main(words: list, host=None, all_steps=None) -> int:
    args = _parser().parse_args(words)
    if args.command == "status":
        print((host or System()).read(status.PATH, "no run yet"))
        return 0
    if args.command == "inside":
        return child.main()
    if host is None:
        log = journal.Journal(journal.PATH)
        log.run = uuid.uuid4().hex[:8]
        host = System(log=log)
        engine.catch_signals()
    reconciler = Reconciler(host, args, order.ORDER if all_steps is None else all_steps)
    if args.command == "run":
        return reconciler.run()
    return reconciler.retry()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reconciler", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "retry"):
        one = commands.add_parser(name)
        one.add_argument("--desired", required=True, help="file with the desired state")
        one.add_argument("--revision", required=True, help="hash of program and desired state")
        one.add_argument("--region", required=True)
        one.add_argument("--stack", default="", help="stack with the wait condition; without it nobody is told")
        one.add_argument("--instance", default="", help="instance id; asked of the instance's metadata if not given")
        one.add_argument("--handle-seconds", type=float, default=HANDLE_SECONDS, help="how long to wait for the handle")
    commands.add_parser("status")
    commands.add_parser("inside")
    return parser


class Reconciler:
    """One invocation: lock, timer, steps, signal."""

    def __init__(self, host, args, all_steps: list):
        self.host, self.args, self.steps = host, args, all_steps
        instance = args.instance or instance_id(host)
        self.instance = instance
        self.condition = wait_condition.WaitCondition(host, args.stack, args.region, args.revision, instance)

    def run(self) -> int:
        """Runs at once, or as soon as another run has ended."""
        with lock.held(self.host.path(lock.PATH), waiting=lambda: self.host.log("waiting", why="another run is under way")):
            return self._reconcile()

    def retry(self) -> int:
        """Runs when the stack has a handle that has had no answer; is called by the timer."""
        try:
            with lock.held(self.host.path(lock.PATH), wait=False):
                try:
                    url = self.condition.url()
                except CommandFailed:
                    return 0  # the timer asks again
                if url is None:
                    self.condition.forget()
                    return 0
                if url in self.condition.answered():
                    return 0
                return self._reconcile()
        except lock.Busy:
            return 0

    def _reconcile(self) -> int:
        self.host.log("run", revision=self.args.revision[:12], instance=self.instance)
        if self.args.stack:
            retry.arm(self.host)
        outcome = engine.Engine(self.host, self.steps, wait_condition.REASON_LENGTH).run(self._desired(), self.args.revision)
        heard = self._tell(outcome)
        if outcome.success:
            tidy(self.host, self.args.revision)
            if heard and self.args.stack:
                retry.disarm(self.host)
        return 0 if outcome.success else 1

    def _desired(self) -> dict:
        with open(self.host.path(self.args.desired), encoding="utf-8") as file:
            return json.load(file)

    def _tell(self, outcome) -> bool:
        """Signals the outcome; True when somebody has heard it, or when there is nobody to tell."""
        if not self.args.stack:
            return True
        url = self.condition.await_url(self.args.handle_seconds)
        if url is None:
            self.host.log("not delivered", why=f"stack {self.args.stack} has no {self.condition.handle}")
            return False
        try:
            self.condition.send(url, outcome.success, outcome.message, outcome.data)
        except StepError as problem:
            self.host.log("not delivered", why=problem.why)
            return False
        self.host.log("signal", status="SUCCESS" if outcome.success else "FAILURE", message=outcome.message)
        return not self.condition.is_lost()


def instance_id(host) -> str:
    """The id of this instance: from cloud-init, which has it from the metadata service."""
    until = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError):
            found = (host.read("/var/lib/cloud/data/instance-id") or "").strip()
            if found.startswith("i-"):
                return found
        if time.monotonic() > until:
            raise SystemExit("no instance id in /var/lib/cloud/data/instance-id; give --instance")
        time.sleep(1)


def tidy(host, revision: str) -> None:
    """Keeps the newest revisions of the program, and this one."""
    folder = host.path(FOLDER)
    if not os.path.isdir(folder):
        return
    found = [e for e in os.scandir(folder) if e.is_dir(follow_symlinks=False) and len(e.name) == 64]
    found.sort(key=lambda e: e.stat().st_mtime, reverse=True)
    for entry in found[KEPT_REVISIONS:]:
        if entry.name != revision:
            shutil.rmtree(entry.path, ignore_errors=True)
