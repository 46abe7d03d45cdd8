"""The HTTP server, and how tests hold it."""

import base64
import json
import os
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from . import api
from .errors import UNAUTHORIZED, Refused
from .instance import Instance
from .request import Request
from .routes import find

# Who calls with the ticket of the tools on the host.
CLI = "cli"
ROOTS = ("/dip/publicapi", "/public/api")
PAGE = b"<!doctype html><title>Dataiku</title>"
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Dropped(Exception):
    """The connection ends without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    disable_nagle_algorithm = True

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), self.headers, raw)
        try:
            status, kind, body = self.server.owner.answer(request)
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.reply(status, kind, body)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def reply(self, status, kind, body):
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *args):
        pass


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address, owner):
        self.owner = owner
        self.open = set()
        super().__init__(address, Handler)

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """Clients that go away are part of the tests."""

    def cut(self):
        """Ends the connections that clients keep open."""
        for request in list(self.open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def drained(self, seconds: float) -> None:
        """Waits for what still works on a request, so that nothing writes after the end."""
        until = time.time() + seconds
        while self.open and time.time() < until:
            time.sleep(0.01)


class Server:
    """A DSS that listens. Use start() and stop(), or `with Server(...) as dss`.

    Attributes for tests: url, switches, journal, and state, an Instance (store, futures, admin_key(), password_is(),
    clear(), set_license()).
    """

    def __init__(self, data_dir: str, version: str = "14.7.5", port: int = 0, host: str = "127.0.0.1", **switches):
        self.state = Instance(data_dir, version, **switches)
        self.switches, self.journal = self.state.switches, self.state.journal
        self.host, self.port = host, port
        self.listener = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> "Server":
        self.listener = Listener((self.host, self.port), self)
        self.port = self.listener.server_address[1]
        self.state.started = time.time()
        self.state.ticket()
        api.clusters.forget_unfinished(self.state)
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self.listener:
            self.listener.shutdown()
            self.listener.cut()
            self.listener.drained(2)
            self.listener.server_close()
            self.listener = None
        self.state.futures.wait(2)

    __enter__ = start

    def __exit__(self, *why):
        self.stop()

    # Answers.

    def answer(self, request: Request):
        """(status, content type, body). Writes the journal."""
        early = self.outside(request)
        if early:
            return early
        root = next((r for r in ROOTS if request.path.startswith(r + "/")), None)
        if root is None:
            return 404, "text/html", b"not found"
        request.path = request.path[len(root):]
        status, body = 500, None
        try:
            status, body = self.guarded(request)
        finally:
            self.journal.add(request.method, request.path, request.query, request.readable(), status)
        if isinstance(body, str):
            return status, "text/plain; charset=utf-8", body.encode()
        return status, "application/json", json.dumps(body).encode()

    def outside(self, request):
        """Answers of nginx and of the few pages that need no key; None for the API."""
        if request.path in ("/", ""):
            return 200, "text/html", PAGE
        if self.state.node_type == "api":
            return (200, "text/plain", b"OK") if request.path.rstrip("/") == "/isAlive" else None
        if time.time() - self.state.started < self.switches.get("startup502Seconds"):
            return 502, "text/html", BAD_GATEWAY
        if request.path == "/dip/api/get-configuration":
            said = {"version": {"product_version": self.state.version, "conf_version": "61"},
                    "nodeType": self.state.node_type.upper(), "hasLicense": bool(self.state.license())}
            return 200, "application/json", json.dumps(said).encode()
        return None

    def guarded(self, request):
        """(status, body) of a call of the API, faults and all."""
        rule = self.rule(request)
        time.sleep(rule.get("delaySeconds", 0))
        if rule.get("drop") == "before":
            raise Dropped
        if "status" in rule and rule.get("drop") != "after" and not rule.get("afterWork"):
            return rule["status"], failure(rule)
        try:
            answer = self.perform(request)
        except Refused as why:
            return why.status, why.body()
        if rule.get("drop") == "after":
            raise Dropped
        return (rule["status"], failure(rule)) if "status" in rule else answer

    def perform(self, request):
        found = find(request.method, request.path)
        request.caller = self.authenticate(request)
        if found is None:
            return 404, {"errorType": "org.springframework.web.servlet.NoHandlerFoundException",
                         "message": f"No handler found for {request.method} {request.path}"}
        function, parts, admin = found
        if admin and not request.caller.get("admin"):
            raise Refused(403, UNAUTHORIZED, "Action forbidden, you are not admin")
        # The tools on the host are no use of the API.
        by_tool = request.caller["id"] == CLI
        if admin and not by_tool and not self.state.license() and not self.switches.get("freeEditionApi"):
            raise Refused(403, "com.dataiku.dip.license.LicenseException", "The API is not available in Free Edition")
        return 200, function(self.state, request, *parts)

    def authenticate(self, request) -> dict:
        ticket = request.headers.get("X-DKU-APITicket")
        if ticket is not None and ticket == self.state.ticket():
            return {"id": CLI, "admin": True}
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            secret = base64.b64decode(text).decode(errors="replace").partition(":")[0]
            key = self.state.key_of(secret)
            if key:
                return {"id": key["id"], "admin": key.get("globalPermissions", {}).get("admin", False)}
            raise Refused(401, UNAUTHORIZED, "Invalid API key")
        raise Refused(401, UNAUTHORIZED, "Authentication is required")

    def rule(self, request) -> dict:
        """The fault that this request meets."""
        met = {}
        for number, rule in enumerate(self.switches.get("rules")):
            if rule.get("method", request.method) != request.method:
                continue
            if not re.search(rule.get("path", ""), request.path):
                continue
            count = self.switches.count(f"rule {number} {json.dumps(rule, sort_keys=True)}")
            first = rule.get("nth", 1)
            if not met and first <= count < first + rule.get("times", 1):
                met = rule
        return met


def failure(rule):
    if rule["status"] == 502:
        return BAD_GATEWAY.decode()
    return {"errorType": rule.get("errorType", "java.lang.RuntimeException"),
            "message": rule.get("message", "this request fails because the test wants it")}


def process_id_file(folder: str) -> str:
    return os.path.join(folder, "run", "backend.pid")
