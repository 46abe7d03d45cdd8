"""The server that archives and tools are downloaded from, with parts of files, and with faults."""

import http.server
import os
import threading


class Site(http.server.ThreadingHTTPServer):
    """`faults` is a list of {"name": what the path ends with, "action": "cut" | "refuse"}; each happens once."""

    daemon_threads = True

    def __init__(self, folder: str, port: int):
        super().__init__(("127.0.0.1", port), Request)
        self.folder, self.faults, self.taking = folder, [], threading.Lock()

    def fault(self, path: str) -> str:
        with self.taking:
            for fault in self.faults:
                if path.endswith(fault["name"]):
                    self.faults = [one for one in self.faults if one is not fault]
                    return fault["action"]
        return ""


class Request(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, with_body: bool):
        action = self.server.fault(self.path) if with_body else ""
        if action == "refuse":
            return self.send_error(503)
        try:
            with open(self.server.folder + "/" + os.path.basename(self.path), "rb") as file:
                content = file.read()
        except OSError:
            return self.send_error(404)
        first = 0
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            first, _, last = asked[6:].partition("-")
            first = int(first)
            if first >= len(content):
                return self.send_error(416)
            part = content[first:int(last) + 1 if last else None]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(content)}")
        else:
            part = content
            self.send_response(200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if with_body:
            self.wfile.write(part[:len(part) // 2] if action == "cut" else part)
        self.close_connection = True
        return None

    def log_message(self, format, *args):  # noqa: A002 (the base class's name)
        pass


def serve(folder: str, port: int = 8000) -> Site:
    server = Site(folder, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
