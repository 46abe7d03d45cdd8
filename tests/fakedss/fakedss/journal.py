"""The journal of requests: one JSON line for each, secrets masked, so that tests can count writes."""

import json
import os
import threading
import time

SECRET_KEYS = ("password", "secret", "token", "passphrase", "privatekey", "apikey")


def mask(value, name=""):
    if isinstance(value, dict):
        return {k: mask(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [mask(v, name) for v in value]
    if isinstance(value, str) and value and any(s in name.lower() for s in SECRET_KEYS):
        return "******"
    return value


class Journal:
    def __init__(self, path: str):
        self.path = path
        self.lock = threading.Lock()

    def add(self, method: str, path: str, query: dict, body, status: int) -> None:
        line = json.dumps({"time": round(time.time(), 3), "method": method, "path": path, "query": query,
                           "body": mask(body), "status": status})
        with self.lock:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(line + "\n")

    def read(self) -> list:
        try:
            with open(self.path, encoding="utf-8") as file:
                return [json.loads(line) for line in file if line.strip()]
        except FileNotFoundError:
            return []

    def writes(self) -> list:
        """Requests that may change something: those that are not GET."""
        return [r for r in self.read() if r["method"] != "GET"]

    def clear(self) -> None:
        with self.lock:
            if os.path.exists(self.path):
                os.truncate(self.path, 0)
