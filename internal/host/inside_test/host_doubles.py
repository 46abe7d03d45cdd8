"""A host with a fake DSS on it: the commands that the steps call, and DSS's interpreter, which is the one of the tests."""

import json
import os
import stat
import sys
import tempfile
import unittest

from doubles import Server

from dss_platform.system import System

REGION, ACCOUNT = "eu-west-1", "1"

PROGRAM = f"""#!{sys.executable} -ES
import json, os, sys, urllib.request, base64
root, name, args = os.environ["FAKE_ROOT"], os.path.basename(sys.argv[0]), sys.argv[1:]
with open(root + "/calls", "a") as out:
    out.write(json.dumps([name] + args) + "\\n")
def load(path, empty):
    try:
        with open(root + path) as file:
            return json.load(file)
    except FileNotFoundError:
        return empty
def keep(path, value):
    with open(root + path, "w") as out:
        json.dump(value, out)
def after(flag):
    return args[args.index(flag) + 1] if flag in args else None
if name == "runuser":
    os.execv("/bin/sh", ["sh", "-c", args[3]])
elif name == "aws" and args[:2] == ["secretsmanager", "get-secret-value"]:
    secrets = load("/secrets.json", {{}})
    if after("--secret-id") not in secrets:
        sys.exit("An error occurred (ResourceNotFoundException): Secrets Manager can't find the specified secret.")
    if secrets[after("--secret-id")] is None:
        sys.exit("An error occurred (ResourceNotFoundException): Secrets Manager can't find the specified secret value for "
                 "staging label: AWSCURRENT")
    print(json.dumps(secrets[after("--secret-id")]))
elif name == "aws" and args[:2] == ["secretsmanager", "put-secret-value"]:
    keep("/secrets.json", {{**load("/secrets.json", {{}}), after("--secret-id"): sys.stdin.read()}})
elif name == "aws" and args[:2] == ["eks", "describe-cluster"]:
    states = load("/eks.json", ["ACTIVE"])
    keep("/eks.json", states[1:] or states)
    if states[0].startswith("An error"):
        sys.exit(states[0])
    print(states[0])
elif name == "docker":
    print(load("/images.json", ""))
elif name == "apinode-admin" and args[0] != "admin-key-create":
    path = os.environ["FAKE_DATA"] + "/config/api-keys.json"
    with open(path) as file:
        found = json.load(file)
    if args[0] == "admin-key-delete-by-id":
        del found[args[1]]
        with open(path, "w") as out:
            json.dump(found, out)
    else:
        print(json.dumps([{{"id": one["id"], "label": one["label"], "key": "******"}} for one in found.values()]))
elif name in ("dsscli", "apinode-admin"):
    request = urllib.request.Request(os.environ["FAKE_URL"] + "/public/api/admin/global-api-keys", method="POST", data=json.dumps(
        {{"label": after("--label"), "globalPermissions": {{"admin": True}}}}).encode())
    request.add_header("Authorization", "Basic " + base64.b64encode((os.environ["FAKE_KEY"] + ":").encode()).decode())
    with urllib.request.urlopen(request) as answer:
        made = json.load(answer)
    print("[INFO] a line that is no JSON")
    print(json.dumps([made] if name == "dsscli" else made, indent=1))
elif name == "python":
    print("Welcome to the interpreter of DSS")
    sys.stdout.flush()
    os.environ["PYTHONWARNINGS"] = "ignore"
    os.execv({sys.executable!r}, [{sys.executable!r}] + args)
"""

ARNS = {part: f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{part}" for part in ("license", "adminPassword", "apiKey", "sales", "ada")}


class HostTest(unittest.TestCase):
    """A test with a host, on which a fake DSS runs."""

    version = "14.7.5"
    node_type = "design"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.data = f"{self.root}/data/dss"
        os.makedirs(f"{self.data}/bin")
        self.put("/data/dss/install.ini", f"[general]\nnodetype = {self.node_type}\ninstallid = AbC123\n")
        self.server = Server(self.data, self.version).start()
        self.addCleanup(self.server.stop)
        self.stand_ins()
        self.events = []
        self.desired = {
            "user": {"name": "dataiku", "home": f"{self.root}/data/home"}, "volume": {"mountPoint": "/data"},
            "dss": {"version": self.version, "nodeType": self.node_type, "port": self.server.port, "region": REGION,
                    "dataDir": "/data/dss", "kitsDir": "/data/kits", "installIni": {},
                    "secrets": {"license": "", "adminPassword": ARNS["adminPassword"], "apiKey": ARNS["apiKey"]}, "inside": {}}}
        os.makedirs(self.desired["user"]["home"])
        self.secrets(apiKey=None, adminPassword=None)
        self.host = self.new_host()

    def stand_ins(self):
        folder = f"{self.root}/stand-ins"
        os.makedirs(folder)
        for path in [f"{folder}/{name}" for name in ("runuser", "aws", "docker")] + \
                [f"{self.data}/bin/{name}" for name in ("dsscli", "apinode-admin", "python")]:
            with open(path, "w", encoding="utf-8") as out:
                out.write(PROGRAM)
            os.chmod(path, stat.S_IRWXU)

    def new_host(self):
        environment = {"PATH": f"{self.root}/stand-ins:/usr/bin:/bin", "FAKE_ROOT": self.root, "FAKE_DATA": self.data,
                       "FAKE_URL": self.server.url, "FAKE_KEY": self.server.state.admin_key()}
        return System(self.root, environment, lambda event, **fields: self.events.append((event, fields)))

    def put(self, path, text):
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        with open(self.root + path, "w", encoding="utf-8") as out:
            out.write(text if isinstance(text, str) else json.dumps(text))

    def text(self, path):
        with open(self.root + path, encoding="utf-8") as file:
            return file.read()

    def secrets(self, **values):
        known = json.loads(self.text("/secrets.json")) if os.path.exists(self.root + "/secrets.json") else {}
        self.put("/secrets.json", {**known, **{ARNS[name]: value for name, value in values.items()}})

    def secret(self, name):
        return json.loads(self.text("/secrets.json"))[ARNS[name]]

    def calls(self, name):
        if not os.path.exists(self.root + "/calls"):
            return []
        return [c for c in map(json.loads, self.text("/calls").splitlines()) if c[0] == name]

    def labels(self):
        return sorted(k["label"] for k in self.server.state.store.get("api-keys").values() if k["label"] != "tests")

    def ensure(self, step):
        """Runs a step if it is wanted, and returns what it changed."""
        self.host.changes, self.host.warnings = [], []
        if step.wanted(self.desired):
            step.ensure(self.host, self.desired)
        return self.host.changes
