"""Programs that DSS runs on its host: docker, aws, kubectl. Run where the switch says so, else only recorded."""

import os
import shutil
import subprocess
import time

from .errors import Refused


class Tools:
    def __init__(self, instance):
        self.instance = instance

    def on(self, *names) -> bool:
        """Whether these programs are there and may be run."""
        return self.instance.switches.get("tools") == "auto" and all(shutil.which(name) for name in names)

    def run(self, *command, stdin=None, timeout=600):
        """A finished process; its output is text."""
        # Tools in Python have packages of their own.
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        try:
            return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False,
                                  env=environment)
        except (OSError, subprocess.TimeoutExpired) as why:
            return subprocess.CompletedProcess(command, 127, "", str(why))

    def must(self, *command, stdin=None, what=""):
        """The standard output of a command that has to work."""
        done = self.run(*command, stdin=stdin)
        if done.returncode:
            text = (done.stderr or done.stdout).strip()
            raise Refused(500, "com.dataiku.dip.exceptions.ProcessDiedException",
                          f"{what or command[0]} failed, exit code {done.returncode}: {text}")
        return done.stdout

    def record(self, what: str, **more) -> None:
        """Notes what was done, or would be done, in config/actions.json."""
        with self.instance.store.edit("actions", []) as actions:
            actions.append({"time": round(time.time(), 3), "action": what, **more})

    def has_image(self, image: str) -> bool:
        if self.on("docker"):
            return self.run("docker", "image", "inspect", image).returncode == 0
        gone = self.instance.switches.get("missingImages")
        return "*" not in gone and image not in gone

    def log(self, name: str, text: str) -> None:
        folder = os.path.join(self.instance.folder, "run")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "a", encoding="utf-8") as out:
            out.write(text.rstrip("\n") + "\n")
