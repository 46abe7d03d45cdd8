"""What the instances of a test have in common: their volume, AWS, and what they download, made from the program as it is."""

import hashlib
import json
import os
import shutil
import subprocess

from root import HERE, Root

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
WORK = os.environ.get("HOST_WORK") or os.path.join(REPOSITORY, ".local", "host")
SOURCE = "http://127.0.0.1:8000"
LICENSE = {"content": {"licenseId": "test", "licensedProfiles": {"FULL_DESIGNER": 5}, "expiresOn": "2099-12-31"}, "sig": "x"}
KEY_PAIR = {"AccessKeyId": "AKIAXXXXXXXXXXXXXXXX", "SecretAccessKey": "the pair of a user of DSS's own"}


class Deployment(Root):
    """Instances over one volume, with what they download."""

    def __init__(self):
        super().__init__()
        shutil.copytree(f"{REPOSITORY}/internal/host/reconciler", self.path("source", "reconciler"),
                        ignore=shutil.ignore_patterns("__pycache__"))
        with open(self.path("source", "docker-ce.repo"), "w", encoding="utf-8") as out:
            out.write("[docker-ce-stable]\nbaseurl=https://download.docker.com/linux/centos/9/x86_64/stable\n")
        # The command line tools are downloads.
        self.tools = {}
        for name in ("aws", "kubectl", "eksctl", "aws-iam-authenticator"):
            program = f'#!/bin/sh\nSTAND_IN={name} exec /usr/bin/python3 /source/commands.py "$@"\n'
            with open(self.path("source", name), "w", encoding="utf-8") as out:
                out.write(program)
            self.tools[name] = hashlib.sha256(program.encode()).hexdigest()
        self.keep("secrets", {"arn:aws:secretsmanager:eu-west-1:123456789012:secret:license": json.dumps(LICENSE),
                              "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ada": "a first password",
                              "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pair": json.dumps(KEY_PAIR)})
        self.keep("clusters", {"compute": "ACTIVE"})

    def keep(self, name: str, value) -> None:
        path = self.path("cloud", f"{name}.json")
        with open(path, "w", encoding="utf-8") as out:
            json.dump(value, out)
        os.chmod(path, 0o666)

    def kept(self, name: str):
        with open(self.path("cloud", f"{name}.json"), encoding="utf-8") as file:
            return json.load(file)

    def publish(self, version: str) -> None:
        """The archives of a release, and the state that wants it."""
        built = subprocess.run(
            ["python3", f"{REPOSITORY}/tests/fakedss/build.py", "--version", version, "--spark", "3.5.3",
             "--client", f"{WORK}/client-{version}", "--out", self.path("source")], check=True, stdout=subprocess.PIPE)
        with open(self.path("source", f"desired-{version}.json"), "w", encoding="utf-8") as out:
            subprocess.run(["go", "run", "./tests/host/desired", version, SOURCE], cwd=REPOSITORY, check=True, stdout=out, text=True,
                           input=json.dumps({**json.loads(built.stdout), **self.tools}))
