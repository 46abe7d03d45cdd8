"""What the server answers when it refuses: the body that the vendor's client turns into an exception."""

ILLEGAL = "java.lang.IllegalArgumentException"
NOT_FOUND = "com.dataiku.dip.server.controllers.NotFoundException"
UNAUTHORIZED = "com.dataiku.dip.exceptions.UnauthorizedException"
CODED = "com.dataiku.dip.exceptions.CodedException"
JSON_SYNTAX = "com.google.gson.JsonSyntaxException"
NULL_POINTER = "java.lang.NullPointerException"


class Refused(Exception):
    """A request that ends with an HTTP error of the form that DSS gives its errors."""

    def __init__(self, status: int, kind: str, message: str):
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message

    def body(self) -> dict:
        return {"errorType": self.kind, "message": self.message, "detailedMessage": self.message,
                "detailedMessageHTML": self.message, "stackTraceStr": f"{self.kind}: {self.message}"}


def illegal(message: str) -> Refused:
    return Refused(500, ILLEGAL, message)


def missing(message: str) -> Refused:
    return Refused(404, NOT_FOUND, message)
