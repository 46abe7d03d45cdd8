"""The status document: what the last run did, for people and programs on the host. It never holds secrets."""

import time

PATH = "/var/lib/dss-platform/status.json"


def stamp(seconds=None) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Status:
    """Written after every step, so that a killed run shows where it was."""

    def __init__(self, host, revision: str):
        self.host = host
        self.document = {"revision": revision, "result": "running", "started": stamp(), "ended": None, "steps": []}

    def begin(self, step) -> None:
        self.document["steps"].append({
            "name": step.name, "description": step.description, "result": "running", "started": stamp()})
        self.save()

    def end(self, result: str, **facts) -> None:
        self.document["steps"][-1].update(result=result, ended=stamp(), **facts)
        self.save()

    def close(self, result: str, message: str = "", advice: str = "") -> None:
        self.document.update(result=result, ended=stamp(), message=message, advice=advice)
        self.save()

    def save(self) -> None:
        self.host.remember("status", self.document)
