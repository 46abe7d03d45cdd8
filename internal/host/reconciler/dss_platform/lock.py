"""One run at a time. The kernel lets the lock go when its holder dies, however it dies."""

import contextlib
import fcntl
import os

PATH = "/run/lock/dss-platform.lock"


class Busy(Exception):
    """Another run is under way."""


@contextlib.contextmanager
def held(path: str, wait: bool = True, waiting=lambda: None):
    """Holds the lock for the block. Without `wait`, a lock that is taken raises [Busy]."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise Busy(path) from None
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
