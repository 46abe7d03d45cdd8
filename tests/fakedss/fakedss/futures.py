"""Long tasks. They go on in a thread of their own whether somebody looks or not; polls only delay what is seen."""

import secrets
import threading
import time

from .errors import NOT_FOUND, Refused
from .routes import route

LOST = "java.lang.RuntimeException"


class Futures:
    def __init__(self, store, switches):
        self.store, self.switches = store, switches
        self.threads = {}
        if not switches.get("keepFuturesOnRestart"):
            store.put("futures", {})
        else:
            self.end_orphans()

    def end_orphans(self) -> None:
        """What ran when the last server died fails."""
        with self.store.edit("futures") as all_futures:
            for future in all_futures.values():
                if not future["done"]:
                    future.update(done=True, error={"kind": LOST, "message": "the backend was restarted"})

    def start(self, name: str, work) -> dict:
        """Runs work() beside, and gives the answer of the call that started it."""
        if self.switches.get("futurePolls") <= 0 and not self.switches.get("futureSeconds"):
            return {"hasResult": True, "result": self.outcome(work)}
        job = secrets.token_urlsafe(6).replace("-", "x").replace("_", "y")
        with self.store.edit("futures") as all_futures:
            all_futures[job] = {"name": name, "polls": 0, "done": False, "started": time.time()}
        thread = threading.Thread(target=self.run, args=(job, work), daemon=True)
        self.threads[job] = thread
        thread.start()
        return state(job, name)

    def outcome(self, work):
        """What work() gives; a failure as the switch futureFailure says."""
        try:
            return work()
        except Refused as why:
            if self.switches.get("futureFailure") != "messages":
                raise
            return {"messages": messages("ERROR", "ERR_FAKE", why.message), "success": False}

    def run(self, job: str, work) -> None:
        time.sleep(self.switches.get("futureSeconds"))
        ended = {"done": True}
        try:
            ended["result"] = self.outcome(work)
        except Refused as why:
            ended["error"] = {"kind": why.kind, "message": why.message}
        except Exception as why:  # pylint: disable=broad-except
            ended["error"] = {"kind": "java.lang.RuntimeException", "message": f"{type(why).__name__}: {why}"}
        with self.store.edit("futures") as all_futures:
            if job in all_futures:
                all_futures[job].update(ended)

    def look(self, job: str, peek: bool) -> dict:
        with self.store.edit("futures") as all_futures:
            future = all_futures.get(job)
            if future is None:
                raise Refused(404, NOT_FOUND, f"Unknown future: {job}")
            future["polls"] += 1
            if not future["done"] or future["polls"] < self.switches.get("futurePolls"):
                return state(job, future["name"])
            if not peek:
                del all_futures[job]
        if "error" in future:
            raise Refused(500, future["error"]["kind"], future["error"]["message"])
        ended = {**state(job, future["name"]), "hasResult": True, "alive": False}
        return ended if peek else {**ended, "result": future.get("result")}

    def abort(self, job: str) -> None:
        with self.store.edit("futures") as all_futures:
            all_futures.pop(job, None)

    def wait(self, seconds: float = 10) -> None:
        """Waits until every task of this process has ended."""
        until = time.time() + seconds
        for thread in list(self.threads.values()):
            thread.join(max(0, until - time.time()))


def state(job: str, name: str) -> dict:
    return {"jobId": job, "jobDisplayName": name, "hasResult": False, "aborted": False, "alive": True}


def messages(severity: str = "", code: str = "", text: str = "", details: str = "") -> dict:
    """The list of messages that many answers carry; without a severity an empty one."""
    found = [{"severity": severity, "code": code, "title": text, "message": text, "details": details,
              "isFatal": severity == "ERROR"}] if severity else []
    return collect(found)


def collect(found: list) -> dict:
    kinds = {m["severity"] for m in found}
    worst = next((s for s in ("ERROR", "WARNING", "INFO", "SUCCESS") if s in kinds), None)
    said = {"anyMessage": bool(found), "error": "ERROR" in kinds, "fatal": False, "warning": "WARNING" in kinds,
            "success": "SUCCESS" in kinds, "messages": found}
    return {**said, "maxSeverity": worst} if worst else said


@route("GET", "/futures", admin=False)
def list_futures(instance, request):
    return [state(job, f["name"]) for job, f in instance.store.get("futures", {}).items() if not f["done"]]


@route("GET", "/futures/{id}", admin=False)
def get_future(instance, request, job):
    return instance.futures.look(job, request.flag("peek"))


@route("DELETE", "/futures/{id}", admin=False)
def abort_future(instance, request, job):
    instance.futures.abort(job)
    return {}
