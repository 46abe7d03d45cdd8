"""The two ends of a call into DSS: `call`, which root makes, and `main`, which answers it as the DSS user.

What is asked for goes to the child's standard input, so that no secret is on a command line or in a file. The answer is a
line of its standard output with a mark before it; whatever else the interpreter or a login shell prints does not matter.
"""

import contextlib
import fcntl
import importlib
import json
import os
import signal
import sys
import traceback

from ..installation import service
from ..step import StepError

MARK = "dss-platform-result: "
SUBJECTS = ("administrator", "api_keys", "cde_image", "clusters", "code_env_images", "code_envs", "connections", "groups", "licensing",
            "namespace_policies", "plugins", "push_images", "sanity_check", "settings", "users")
# A child that waits for DSS longer than this is ended.
SECONDS = 3600
# The child ends itself; root waits this much longer before it ends it.
GRACE_SECONDS = 60
# More restarts than any subject has things to make would be a defect.
MOST_CALLS = 20
LOCK = ".dss-platform-inside.lock"
ADVICE = "see /var/log/dss-platform/reconciler.jsonl on the host, and run/backend.log in DSS's data directory"


# Root's end.

def program() -> str:
    """The archive, or the folder, that this program runs from."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def call(host, desired: dict, subject: str, payload: dict, key: str, record=None, seconds: float = SECONDS, name: str = "") -> dict:
    """Has one subject carried out in DSS, and returns the child's memory, which is kept in the record of the volume."""
    memory_name = f"inside-{name or subject}"
    memory = (record.get(memory_name) if record else None) or {}
    for _ in range(MOST_CALLS):
        answer = _ask(host, desired, {
            "subject": subject, "url": service.url(host, desired), "key": key, "payload": payload, "memory": memory, "seconds": seconds,
            "run": os.getpid(), "lock": os.path.join(desired["user"]["home"], LOCK)})
        for what in answer["changes"]:
            host.changed(what)
        for what in answer["warnings"]:
            host.warn(what)
        for why in answer.get("restarts", ()):
            service.ask_restart(host, why)
        if record is not None and answer["memory"] != memory:
            record.set(memory_name, answer["memory"])
        memory = answer["memory"]
        if answer["failure"]:
            if answer.get("trace"):
                host.log("defect", trace=host.masked(answer["trace"]))
            raise StepError(host.masked(answer["failure"]["why"]), answer["failure"]["advice"])
        if not answer.get("again"):
            return memory
    raise StepError(f"{subject} came to no end after {MOST_CALLS} calls", "this is a defect: see the log on the host")


def _ask(host, desired: dict, request: dict) -> dict:
    said = host.run(host.path(f"{desired['dss']['dataDir']}/bin/python"), program(), "inside", user=desired["user"]["name"],
                    stdin=json.dumps(request), timeout=request["seconds"] + GRACE_SECONDS)
    return answer_in(said)


def answer_in(said: str) -> dict:
    """The child's answer in what it printed."""
    lines = [line for line in said.splitlines() if line.startswith(MARK)]
    try:
        answer = json.loads(lines[-1][len(MARK):])
        return {"changes": [], "warnings": [], "failure": None, "memory": {}, **answer}
    except (IndexError, ValueError, TypeError) as problem:
        last = " | ".join(line.strip() for line in said.splitlines()[-3:] if line.strip())
        raise StepError(f"DSS's interpreter gave no answer: {last or 'no output'}", ADVICE) from problem


# The child's end.

def main(source=None, out=None) -> int:
    """Answers the request on the standard input. It ends with 0 whenever it has an answer."""
    out = out or sys.stdout
    request, answer = None, None
    try:
        request = json.load(source or sys.stdin)
        with _deadline(request.get("seconds")), _alone(request.get("lock")):
            _check_wanted(request.get("run"))
            answer = carry_out(request)
    except BaseException as problem:  # root must hear of everything, also of a SystemExit of somebody's module
        answer = {"memory": (request or {}).get("memory", {}), **_defect(problem)}
    print(f"\n{MARK}{json.dumps(answer)}", file=out, flush=True)
    return 0


def carry_out(request: dict, session=None) -> dict:
    """The answer to a request."""
    from . import session as sessions
    memory = request["memory"]
    answer, dss = {"changes": [], "warnings": [], "restarts": [], "failure": None}, session
    try:
        subject = _module(request["subject"])
        dss = dss or sessions.Session(request["url"], request["key"], request.get("pace", 1.0))
        subject.ensure(dss, request["payload"], memory)
    except sessions.Again:
        answer["again"] = True
    except sessions.DSSError as problem:
        answer["failure"] = {"why": str(problem), "advice": problem.advice}
    except StepError as problem:
        answer["failure"] = {"why": problem.why, "advice": problem.advice}
    except (Exception, TooLong) as problem:
        # The client raises no class of its own for what DSS refuses.
        refusal = {"failure": {"why": str(problem), "advice": ADVICE}}
        answer.update(refusal if type(problem) is Exception else _defect(problem))
    if dss is not None:
        answer.update(changes=dss.changes, warnings=dss.warnings, restarts=dss.restarts)
    return {**answer, "memory": memory}


def _module(subject: str):
    if subject not in SUBJECTS:
        raise StepError(f"there is no subject {subject}", "this is a defect of the program")
    return importlib.import_module(f".{subject}", __package__)


def _defect(problem: BaseException) -> dict:
    trace = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__))
    return {"failure": {"why": f"{type(problem).__name__}: {problem}", "advice": ADVICE}, "trace": trace[-8000:]}


class TooLong(BaseException):
    """The child's time is over. Nobody in between may take it for an error of its own."""


@contextlib.contextmanager
def _deadline(seconds):
    """Ends the block after a time: a child must not outlive the run that asked for it by much."""
    if not seconds:
        yield
        return

    def end(_number, _frame):
        raise TooLong(f"no end after {round(seconds)} s")

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _check_wanted(run) -> None:
    """Refuses what a run has asked for that was killed meanwhile: another one may have asked for something else since."""
    if not run:
        return
    try:
        os.kill(run, 0)
    except ProcessLookupError:
        raise StepError("the run that asked for it is gone", "nothing: the next run asks again") from None
    except PermissionError:
        pass  # it is root's, and alive


@contextlib.contextmanager
def _alone(path):
    """One child at a time: when root's process is killed its child may still be at work."""
    if not path:
        yield
        return
    with open(path, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
