"""A data directory: what it says of itself, and whether its DSS runs."""

import configparser
import json
import os
import subprocess
import sys


class DataDir:
    def __init__(self, folder: str):
        self.folder = folder

    def path(self, *parts) -> str:
        return os.path.join(self.folder, *parts)

    def ini(self) -> configparser.ConfigParser:
        found = configparser.ConfigParser(interpolation=None)
        found.optionxform = str
        found.read(self.path("install.ini"))
        return found

    @property
    def install_id(self) -> str:
        return self.ini()["general"]["installid"]

    @property
    def port(self) -> int:
        return self.ini().getint("server", "port")

    @property
    def version(self) -> str:
        with open(self.path("dss-version.json"), encoding="utf-8") as file:
            return json.load(file)["product_version"]

    def process(self) -> int:
        """The process of the running server; 0 where there is none."""
        try:
            with open(self.path("run", "backend.pid"), encoding="utf-8") as file:
                number = int(file.read())
            with open(f"/proc/{number}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except (OSError, ValueError):
            return 0
        return number if b"fakedss" in words and self.folder.encode() in words else 0

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        target = self.path(name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target + ".new", "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(target + ".new", mode)
        os.replace(target + ".new", target)


def die(text: str, code: int = 1):
    print(f"[-] {text}", file=sys.stderr)
    sys.exit(code)


def fault(name: str, *words) -> None:
    """Lets the script beside happen what a test wants; what kills, kills this process."""
    script = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fault")
    if subprocess.run([script, name, *words], check=False).returncode:
        sys.exit(1)
