"""The child's way to DSS: DSS's client with retries, futures that are looked into, errors in short, and a list of changes.

Reads are repeated by themselves. A write whose answer was lost may have happened: [Session.settle] looks again before it
writes again.
"""

import contextlib
import re
import time

# Pauses between attempts, in seconds: a restarting backend is away for a minute or two.
PAUSES = (1, 2, 4, 8, 15, 30, 30, 30)
# DSS answers 500 for faults of its own and for what it will never accept; the latter is not worth the long wait.
PAUSES_500 = (1, 2, 4)
TRANSIENT = {502, 503, 504}
# Classes of exceptions that say no for good.
DEFINITE = re.compile(r"IllegalArgument|NotFound|Unauthorized|Forbidden|Security|Validation|JsonSyntax|NoSuchElement|"
                      r"UnsupportedOperation|DuplicateKey|AlreadyExists|License")
CONNECT_SECONDS, READ_SECONDS = 15, 300
MESSAGE_LENGTH = 600
LOG_LINES = 5


class DSSError(Exception):
    """DSS said no. `kind` is the Java class, without its package; `status` the HTTP status, or 0."""

    def __init__(self, message: str, kind: str = "", status: int = 0, advice: str = ""):
        text = " ".join(message.split())
        if len(text) > MESSAGE_LENGTH:
            text = text[:MESSAGE_LENGTH - 1] + "…"
        super().__init__(f"{kind}: {text}" if kind else text)
        self.kind, self.status, self.advice = kind, status, advice


class Transient(DSSError):
    """There was no answer, or one that may be another in a minute. What was asked for may have been done."""

    pauses = PAUSES


class ServerError(Transient):
    """A 500 that does not say no for good."""

    pauses = PAUSES_500


class Again(Exception):
    """Ends the child so that its memory is kept before it goes on: what it is about to make must be known as ours."""


def error_of(status: int, content_type: str, body: str, document) -> DSSError:
    """The error for an answer with a status of 400 and more; `document` is its JSON, or None."""
    if not isinstance(document, dict):
        title = re.search(r"<title>(.*?)</title>", body, re.I | re.S)
        text = title.group(1) if title else re.sub(r"<[^>]*>", " ", body)
        text = f"HTTP {status}: {text.strip() or 'no text'}"
        document = {}
    else:
        text = document.get("detailedMessage") or document.get("message") or f"HTTP {status}"
    kind = (document.get("errorType") or "").rsplit(".", 1)[-1]
    lines = ((document.get("logTail") or {}).get("lines") or [])[-LOG_LINES:]
    if lines:
        text += " | log: " + " | ".join(line.strip() for line in lines)
    if status in TRANSIENT:
        return Transient(text, kind, status)
    if status == 500 and not DEFINITE.search(kind) and not re.search(r"does not exist|Not a file", text):
        return ServerError(text, kind, status)
    advice = ""
    if status == 401:
        advice = "the API key is not valid (any more): run again, and a new one is made"
    return DSSError(text, kind, status, advice)


class Session:
    """One child's conversation with DSS. `client` is a dataikuapi.DSSClient whose requests go through the retries."""

    def __init__(self, url: str, key: str, pace: float = 1.0):
        import dataikuapi  # only DSS's interpreter has it
        self.client = dataikuapi.DSSClient(url, api_key=key, no_check_certificate=url.startswith("https://127.0.0.1"))
        web = self.client._session
        # DSS is on this host: a proxy of the environment must not get the key.
        web.trust_env = False
        self._send, web.request = web.request, self._request
        self.pace, self.read_seconds = pace, READ_SECONDS
        self.changes, self.warnings, self.restarts = [], [], []

    # Reporting.

    def changed(self, what: str) -> None:
        self.changes.append(what)

    def warn(self, what: str) -> None:
        self.warnings.append(what)

    def ask_restart(self, why: str) -> None:
        """What was set takes effect when DSS has been restarted."""
        self.restarts.append(why)

    def claim(self, memory: dict, name: str, identities) -> None:
        """Has the memory kept before things are made, so that they are known as ours even if we are killed right after."""
        made = memory.setdefault(name, [])
        fresh = [one for one in identities if one not in made]
        if fresh:
            made.extend(fresh)
            self.again()

    def again(self) -> None:
        """Ends this child; root keeps the memory, does what was asked of it, and starts another one."""
        raise Again()

    # Requests.

    def _request(self, method, url, **options):
        options.setdefault("timeout", (CONNECT_SECONDS, self.read_seconds))
        attempt = 0
        while True:
            try:
                return self._once(method, url, options)
            except Transient as problem:
                # A connection that was refused carried nothing.
                if method.upper() != "GET" and problem.kind != "refused":
                    raise
                if attempt >= len(problem.pauses):
                    raise
                self.pause(problem.pauses[attempt])
                attempt += 1

    def _once(self, method, url, options):
        import requests
        try:
            answer = self._send(method, url, **options)
        except requests.exceptions.Timeout as problem:
            kind = "refused" if isinstance(problem, requests.exceptions.ConnectTimeout) else "timeout"
            raise Transient(f"DSS gave no answer to {method} {path_of(url)} in time", kind) from problem
        except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError) as problem:
            kind = "refused" if "refused" in str(problem) or "NewConnectionError" in str(problem) else "connection"
            raise Transient(f"the connection to DSS broke at {method} {path_of(url)}", kind) from problem
        if answer.status_code < 400:
            return answer
        try:
            document = answer.json()
        except ValueError:
            document = None
        raise error_of(answer.status_code, answer.headers.get("Content-Type", ""), answer.text, document)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds * self.pace)

    @contextlib.contextmanager
    def patience(self, seconds: float):
        """Waits this long for the answers to the requests of a block."""
        before, self.read_seconds = self.read_seconds, seconds
        try:
            yield
        finally:
            self.read_seconds = before

    # Writes.

    def settle(self, look) -> bool:
        """Writes until there is nothing left to write. `look` returns the write that is left, as a function, or None.

        True when something was written."""
        wrote, attempt = False, 0
        while True:
            write = look()
            if write is None:
                return wrote
            try:
                write()
                return True
            except Transient as problem:
                # It may have happened: look again.
                wrote = wrote or problem.kind != "refused"
                if attempt >= len(problem.pauses):
                    raise
                self.pause(problem.pauses[attempt])
                attempt += 1

    # Futures.

    def task(self, what: str, start, seconds: float, done=None, check: bool = True):
        """Starts a long task and waits for its result. `done` tells whether it has happened already: it is asked when an
        answer is lost, so that nothing is started twice."""
        before, attempt = {f["jobId"] for f in self._futures()}, 0
        while True:
            try:
                return self.wait(start(), what, seconds, check)
            except Transient as problem:
                if attempt >= len(problem.pauses):
                    raise
                self.pause(problem.pauses[attempt])
                attempt += 1
                found, result = self._running_since(before, what, seconds, check)
                if found or (done is not None and done()):
                    return result

    def _futures(self) -> list:
        return [f for f in self.client.list_futures(all_users=True) if f.get("jobId")]

    def _running_since(self, before: set, what: str, seconds: float, check: bool):
        """Waits for the task whose start had no answer, if it shows: (whether there was one, its result)."""
        mine = (None, self.client.get_auth_info().get("authIdentifier"))
        fresh = [f for f in self._futures() if f["jobId"] not in before and f.get("owner") in mine]
        if len(fresh) != 1:
            return False, None
        try:
            return True, self.wait(self.client.get_future(fresh[0]["jobId"]), what, seconds, check)
        except Transient:
            return False, None

    def wait(self, future, what: str, seconds: float, check: bool = True):
        """The result of a future, after a look whether it tells a failure."""
        state, until = future.state or {}, time.monotonic() + seconds
        if state.get("hasResult"):
            return self._result(state.get("result"), what, check)
        if future.job_id is None:
            return self._result(state, what, check)
        pause = 0.5
        while True:
            state = self._state_of(future.peek_state)
            if state.get("hasResult"):
                break
            if state.get("aborted"):
                raise DSSError(f"{what} was aborted", advice="somebody aborted the task in DSS: run again")
            if state.get("unknown"):
                raise Transient(f"DSS does not know the task of {what} any more", "lost")
            if state.get("alive") is False:
                raise DSSError(f"{what} ended without a result: {said_by(state) or 'no message'}")
            if time.monotonic() > until:
                raise DSSError(f"{what} has not ended after {round(seconds)} s", advice="see the task in DSS's running background tasks")
            self.pause(pause)
            pause = min(pause * 1.5, 10)
        state = self._state_of(future.get_state)
        if not state.get("hasResult"):
            # The result was fetched, and its answer was lost.
            raise Transient(f"the result of {what} is lost", "lost")
        return self._result(state.get("result"), what, check)

    def _state_of(self, ask) -> dict:
        """The state of a future. An error with a Java class is that of the task: to ask again changes nothing."""
        try:
            return ask() or {}
        except ServerError as problem:
            if not problem.kind:
                raise
            raise DSSError(str(problem), status=problem.status) from problem
        except Transient:
            raise
        except DSSError as problem:
            if problem.status != 404:
                raise
            # A result is told once: its answer was lost, or DSS was restarted.
            raise Transient(f"DSS does not know the task any more ({problem})", "lost") from problem

    def _result(self, result, what: str, check: bool):
        failure = failure_in(result) if check else None
        if failure is not None:
            raise DSSError(f"{what} failed: {failure}")
        return result


def path_of(url: str) -> str:
    return re.sub(r"^\w+://[^/]*(/dip/publicapi)?", "", url)


def failure_in(result):
    """What a result says about its own failure, or None. Futures that failed may well end normally."""
    if not isinstance(result, dict):
        return None
    problem = result.get("installationError")
    if problem:
        return said_by(problem) or "no message"
    messages = result.get("messages")
    for holder in (messages, result):
        if isinstance(holder, dict) and (holder.get("error") is True or holder.get("fatal") is True):
            return said_by(holder) or "no message"
    if result.get("success") is False and "anyMessage" not in result and "maxSeverity" not in result:
        return said_by(result) or "no message"
    return None


def said_by(document) -> str:
    """The text of an error, or of a list of messages, whichever form it has."""
    if isinstance(document, str):
        return document
    if not isinstance(document, dict):
        return ""
    messages = document.get("messages")
    if isinstance(messages, dict):
        return said_by(messages)
    if isinstance(messages, list) and messages:
        serious = [m for m in messages if m.get("severity") in ("ERROR", "FATAL")] or messages
        return "; ".join(message_text(m) for m in serious)
    for key in ("detailedMessage", "message", "storedError", "error", "err"):
        if document.get(key) and not isinstance(document[key], bool):
            return said_by(document[key])
    return ""


def message_text(message: dict) -> str:
    """`CODE: title - details` of one message."""
    details = message.get("details") or message.get("message") or ""
    title = message.get("title") or ""
    text = " - ".join(part for part in (title, details) if part and part != message.get("code"))
    return f"{message['code']}: {text}" if message.get("code") else text
