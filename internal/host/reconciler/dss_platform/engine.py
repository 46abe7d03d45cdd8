"""Runs the steps in order, and tells how each of them ended."""

import json
import signal
import time
import traceback

from .status import Status
from .step import StepError


class Interrupted(BaseException):
    """The run was told to end. No step may take it for a failure of its own."""


def catch_signals() -> None:
    """Turns the signals that end a process into an exception, so that the run can say that it was ended."""
    def end(number, _frame):
        raise Interrupted(signal.Signals(number).name)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)


class Outcome:
    """How a run ended: `message` is for one line, `data` for whoever asked for the run."""

    def __init__(self, success: bool, message: str, data: str):
        self.success, self.message, self.data = success, message, data


def message_of(name: str, why: str, advice: str, length: int) -> str:
    """`step NAME: WHY; ADVICE` in at most `length` characters. The cause is cut before the advice is."""
    why = " ".join(why.split())
    head, tail = f"step {name}: ", f"; {advice}" if advice else ""
    room = length - len(head) - len(tail)
    if room < 40:
        tail, room = "", length - len(head)
    if len(why) > room:
        why = why[:max(0, room - 1)] + "…"
    return head + why + tail


class Engine:
    def __init__(self, host, steps: list, length: int = 256):
        names = [step.name for step in steps]
        if len(set(names)) != len(names) or not all(names):
            raise ValueError(f"steps need names of their own: {names}")
        self.host, self.steps, self.length = host, steps, length

    def run(self, desired: dict, revision: str) -> Outcome:
        """Runs all steps up to the first that fails."""
        status, began = Status(self.host, revision), time.monotonic()
        status.save()
        for step in self.steps:
            failure = self._one(step, desired, status)
            if failure is not None:
                message = message_of(step.name, failure.why, failure.advice, self.length)
                status.close("failed", f"step {step.name}: {failure.why}", failure.advice)
                self.host.log("failed", message=f"step {step.name}: {failure.why}", advice=failure.advice)
                return Outcome(False, message, "")
        status.close("succeeded")
        changed = [s["name"] for s in status.document["steps"] if s["result"] == "changed"]
        data = json.dumps({
            "revision": revision[:12], "seconds": round(time.monotonic() - began), "changed": ",".join(changed) or "nothing"})
        self.host.log("done", data=data)
        return Outcome(True, "all steps succeeded", data)

    def _one(self, step, desired: dict, status: Status):
        """Runs a step; the failure, or None."""
        host, began = self.host, time.monotonic()
        host.changes, host.warnings = [], []
        status.begin(step)
        if not step.wanted(desired):
            host.log("skipped", step=step.name)
            status.end("skipped", seconds=0)
            return None
        host.log("step", name=step.name, description=step.description)
        failure = None
        try:
            step.ensure(host, desired)
        except StepError as problem:
            failure = StepError(host.masked(problem.why), problem.advice or step.advice)
        except Interrupted as problem:
            failure = StepError(f"ended by {problem}", "run it again: it goes on where it was")
        except Exception as problem:  # a defect of a step must be told like any other failure
            host.log("defect", trace=host.masked(traceback.format_exc()))
            failure = StepError(host.masked(f"{type(problem).__name__}: {problem}"), step.advice)
        seconds = round(time.monotonic() - began, 1)
        facts = {"seconds": seconds, "changes": [host.masked(c) for c in host.changes],
                 "warnings": [host.masked(w) for w in host.warnings]}
        if failure is not None:
            status.end("failed", message=failure.why, advice=failure.advice, **facts)
        else:
            if not host.changes:
                host.log("unchanged", step=step.name)
            status.end("changed" if host.changes else "unchanged", **facts)
        return failure
