"""python3 -m fakedss: a server in the foreground."""

import argparse
import os
import signal
import sys
import threading

from .server import Server, process_id_file
from .store import write_file


def main() -> int:
    words = argparse.ArgumentParser(prog="fakedss")
    words.add_argument("--data", required=True, help="folder of the state; holds faults.json and requests.jsonl too")
    words.add_argument("--port", type=int, default=0, help="0 takes a free one")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--version", default="14.7.5")
    words.add_argument("--tools", choices=("off", "auto"), help="run docker, aws and kubectl where PATH has them")
    words.add_argument("--admin-key", action="store_true", help="print a new administrator's key in the second line")
    given = words.parse_args()
    switches = {"tools": given.tools} if given.tools else {}
    server = Server(given.data, given.version, given.port, given.host, **switches).start()
    write_file(process_id_file(given.data), f"{os.getpid()}\n", 0o644)
    print(server.url, flush=True)
    if given.admin_key:
        print(server.state.admin_key(), flush=True)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
