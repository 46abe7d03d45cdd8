"""The log: a line of JSON for each event in /var/log/dss-platform, and a line for people on standard output."""

import json
import os
import sys

from .status import stamp

PATH = "/var/log/dss-platform/reconciler.jsonl"
# An older log is kept once, under the same name with .1.
ROTATED_BYTES = 10_000_000
# Events that a person who follows a run wants to see.
SHOWN = {"run", "step", "changed", "warning", "unchanged", "skipped", "failed", "waiting", "done", "signal", "not delivered"}


class Journal:
    def __init__(self, path: str, out=None):
        # Commands' output may say more than everybody should know.
        os.makedirs(os.path.dirname(path), mode=0o750, exist_ok=True)
        if os.path.exists(path) and os.path.getsize(path) > ROTATED_BYTES:
            os.replace(path, path + ".1")
        self.path, self.out, self.run = path, out or sys.stdout, None

    def __call__(self, event: str, **fields) -> None:
        line = json.dumps({"time": stamp(), "run": self.run, "event": event, **fields}, sort_keys=False)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(line + "\n")
        if event in SHOWN:
            print(f"{event}: " + " · ".join(str(v) for v in fields.values() if v not in ("", None)),
                  file=self.out, flush=True)
