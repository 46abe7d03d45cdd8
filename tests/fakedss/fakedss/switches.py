"""What tests can set: how this DSS behaves, and which faults it has. In a file, and in the process."""

import copy
import json
import os
import threading

from .store import read_json, write_file

DEFAULTS = {
    # Faults by request: [{"method", "path" (regular expression, below the API's root), "nth": 1, "times": 1,
    #  "status", "errorType", "message", "delaySeconds", "drop": "before" | "after"}]
    "rules": [],
    "startup502Seconds": 0,          # the first seconds of a server: "/" answers 200, everything else 502
    "futurePolls": 1,                # looks at a future before its result is there
    "futureSeconds": 0,              # what a future takes at least
    "futureFailure": "error",        # how a failed future ends: "error" (HTTP 500) | "messages" (messages.error)
    "keepFuturesOnRestart": False,   # a restarted DSS knows nothing of earlier futures
    "pluginInstallError": "",        # set: installations of plugins end with success: false and this message
    "codeEnvError": "",              # set: code environments cannot be built, for this reason
    "interpreters": ["PYTHON39", "PYTHON310", "PYTHON311", "PYTHON312"],  # what the host has
    "clusterStartSeconds": 0,
    "clusterStartError": "",
    "requirePluginCodeEnv": True,    # a cluster of a plugin without code env does not start
    "athenaOnEnvironment": "reject",  # Athena on an ENVIRONMENT connection: "reject" | "test" (only its test fails)
    "connectionTestErrors": {},      # name of a connection -> why its test fails
    "dropKeys": [],                  # further paths of the general settings that are dropped: "a.b[].c"
    "keepKeys": [],                  # paths that are kept although the schema has not got them
    "freeEditionApi": True,          # false: without a licence the admin API answers 403
    "tools": "off",                  # "off": nothing runs, what would be done is recorded | "auto": what PATH has runs
    "missingImages": [],             # with tools off: base images that docker has not got ("*": none of them is there)
    "kubectlErrors": 0,              # the first N run-kubectl calls answer Forbidden
    "sanityMessages": [],            # [{"severity", "code", "title", "message", "details"}]
}


class Switches:
    """Values by name: what the process set, else what the file says, else the default."""

    def __init__(self, path: str, **given):
        self.path = path
        self.given = {}
        self.counts = {}
        self.lock = threading.Lock()
        self.set(**given)

    def set(self, **values) -> None:
        """Sets switches of this process. Rules count from here anew."""
        unknown = set(values) - set(DEFAULTS)
        if unknown:
            raise KeyError(f"no such switch: {', '.join(sorted(unknown))}")
        self.given.update(values)
        if "rules" in values:
            self.counts = {}

    def clear(self) -> None:
        self.given, self.counts = {}, {}

    def file(self) -> dict:
        try:
            found = read_json(self.path, {})
        except (OSError, json.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, **values) -> None:
        """Sets switches in the file, for a server in another process."""
        write_file(self.path, json.dumps({**self.file(), **values}, indent=1), 0o644)

    def get(self, name: str):
        if name in self.given:
            return copy.deepcopy(self.given[name])
        return self.file().get(name, copy.deepcopy(DEFAULTS[name]))

    def count(self, key: str) -> int:
        """How often it was asked, this time included."""
        with self.lock:
            self.counts[key] = self.counts.get(key, 0) + 1
            return self.counts[key]


def write_switches(folder: str, **values) -> None:
    """Sets switches of the server that has (or will have) its data in a folder."""
    Switches(os.path.join(folder, "faults.json")).write(**values)
