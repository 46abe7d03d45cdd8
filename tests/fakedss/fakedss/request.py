"""One request, as the functions that answer see it."""

import json
from email.parser import BytesParser
from email.policy import HTTP

from .errors import JSON_SYNTAX, Refused


class Request:
    def __init__(self, method, path, query, headers, raw):
        self.method, self.path, self.query, self.headers, self.raw = method, path, query, headers, raw
        self.caller = None

    def flag(self, name: str, default: bool = False) -> bool:
        return self.query.get(name, str(default)).lower() == "true"

    @property
    def multipart(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("multipart/form-data")

    def json(self):
        """The body; None where there is none."""
        if not self.raw:
            return None
        try:
            return json.loads(self.raw)
        except ValueError as why:
            raise Refused(400, JSON_SYNTAX, f"malformed JSON: {why}") from why

    def object(self) -> dict:
        body = self.json()
        if not isinstance(body, dict):
            raise Refused(500, JSON_SYNTAX, "Expected BEGIN_OBJECT at path $")
        return body

    def file(self, name: str = "file") -> bytes:
        """The content of a file of a form."""
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode()
        for part in BytesParser(policy=HTTP).parsebytes(head + self.raw).iter_parts():
            if part.get_param("name", header="content-disposition") == name:
                return part.get_payload(decode=True)
        raise Refused(400, "java.lang.IllegalArgumentException", f"Required request part '{name}' is not present")

    def readable(self):
        """The body for the journal."""
        if self.multipart:
            return f"<form of {len(self.raw)} bytes>"
        try:
            return self.json()
        except Refused:
            return f"<{len(self.raw)} bytes>"
