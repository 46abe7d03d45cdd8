"""The signal to CloudFormation: who started a deployment hears from it how the run ended, and why."""

import hashlib
import json
import os
import time

from .system import CommandFailed

# CloudFormation allows more, but people read this in one line of a terminal.
REASON_LENGTH = 256
DATA_LENGTH = 1024
# Handles that have had a signal, one to a line; the boot writes into the same file.
ANSWERED = "/var/lib/dss-platform/answered"
KEPT = 50


def suffix(revision: str, instance: str) -> str:
    return hashlib.sha256((revision + instance).encode()).hexdigest()[:16]


def handle_name(revision: str, instance: str) -> str:
    return "Handle" + suffix(revision, instance)


def condition_name(revision: str, instance: str) -> str:
    return "Ready" + suffix(revision, instance)


def _quoted(text: str) -> str:
    """A value in a configuration of curl."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class WaitCondition:
    """The condition of one revision on one instance. Without a stack there is nobody to tell."""

    def __init__(self, host, stack: str, region: str, revision: str, instance: str):
        self.host, self.stack, self.region = host, stack, region
        self.handle, self.condition = handle_name(revision, instance), condition_name(revision, instance)

    def _describe(self, name: str, field: str):
        """A field of a resource of the stack, or None where there is no such resource (yet)."""
        try:
            return self.host.run(
                "aws", "cloudformation", "describe-stack-resource", "--region", self.region, "--stack-name", self.stack,
                "--logical-resource-id", name, "--query", f"StackResourceDetail.{field}", "--output", "text",
                timeout=60).strip()
        except CommandFailed as problem:
            if "does not exist" in problem.output:
                return None
            raise

    def url(self):
        """Where signals go, or None as long as the stack has no such handle."""
        found = self._describe(self.handle, "PhysicalResourceId")
        return found if found and found.startswith("http") else None

    def await_url(self, seconds: float, pause: float = 5):
        """Waits for the handle: the stack is made, or updated, while the host is at work. None when it never comes."""
        until = time.monotonic() + seconds
        while True:
            try:
                found = self.url()
            except CommandFailed as problem:
                # Throttled, or no network for a moment; a lasting refusal ends with the time.
                self.host.log("not delivered", why=problem.why)
                found = None
            if found or time.monotonic() >= until:
                return found
            time.sleep(min(pause, max(0, until - time.monotonic())))

    def is_lost(self) -> bool:
        """Whether the condition had failed before the signal came, so that nobody heard it."""
        try:
            return (self._describe(self.condition, "ResourceStatus") or "GONE").endswith(("FAILED", "GONE"))
        except CommandFailed:
            return False

    # What was answered.

    def answered(self) -> list:
        return (self.host.read(ANSWERED) or "").split()

    def note(self, url: str) -> None:
        self._keep([u for u in self.answered() if u != url] + [url])

    def forget(self) -> None:
        """The handle is gone: one that comes under its name is another one, even with the same address."""
        # Addresses have the stack and the handle's name in them.
        kept = [u for u in self.answered() if self.handle not in u]
        if kept != self.answered():
            self._keep(kept)

    def _keep(self, urls: list) -> None:
        os.makedirs(os.path.dirname(self.host.path(ANSWERED)), exist_ok=True)
        with self.host.replacing(ANSWERED, 0o600) as incoming:
            with open(incoming, "w", encoding="utf-8") as file:
                file.write("".join(f"{u}\n" for u in urls[-KEPT:]))

    def send(self, url: str, success: bool, reason: str, data: str) -> None:
        """Sends one signal, and notes that the handle has its answer."""
        body = json.dumps({
            "Status": "SUCCESS" if success else "FAILURE", "Reason": reason[:REASON_LENGTH],
            "UniqueId": self.handle, "Data": data[:DATA_LENGTH]})
        # Whoever knows the address can answer for the host.
        self.host.hide(url)
        # Everybody on the host can read command lines, so it comes in a configuration on curl's standard input.
        asked = f"url = {_quoted(url)}\ndata-binary = {_quoted(body)}\n"
        # It is signed for a request without a content type.
        self.host.run("curl", "-fsS", "--retry", "5", "--retry-connrefused", "-X", "PUT", "-H", "Content-Type:",
                      "-K", "-", stdin=asked, timeout=120)
        self.note(url)
