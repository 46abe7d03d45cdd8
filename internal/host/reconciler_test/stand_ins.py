"""A host for tests: files under a temporary folder, and stand-ins for the system's commands.

The stand-ins keep what they do in the same folder, so that a second run of a step finds what the first one has done. Every call
is a line in `calls`.
"""

import json
import os
import stat
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "reconciler"))

from dss_platform.system import System  # noqa: E402

COMMANDS = ["rpm", "dnf", "systemctl", "mountpoint", "findmnt", "xfs_growfs", "useradd", "usermod", "groupadd", "getenforce",
            "semanage", "restorecon", "nft", "docker", "curl", "aws", "unzip", "runuser", "userdel", "psql", "initdb", "postgres"]

# Without the interpreter's site packages, which take the longest of its start.
PROGRAM = f"""#!{sys.executable} -ES
import json, os, sys
root, name, args = os.environ["FAKE_ROOT"], os.path.basename(sys.argv[0]), sys.argv[1:]
with open(root + "/calls", "a") as out:
    out.write(json.dumps([name] + args) + "\\n")
with open(root + "/calls") as file:
    if sum(1 for _ in file) == int(os.environ.get("KILL_AT") or -1):
        os.kill(os.getppid(), 9)
        sys.exit(1)
def load():
    with open(root + "/world.json") as file:
        return json.load(file)
def keep(world):
    with open(root + "/world.json.new", "w") as out:
        json.dump(world, out)
    os.replace(root + "/world.json.new", root + "/world.json")
def append(path, line):
    os.makedirs(os.path.dirname(root + path), exist_ok=True)
    with open(root + path, "a") as out:
        out.write(line + "\\n")
world = load()
# What fails is the name of a command, or the name and its beginning: "aws ec2".
for failing, said in world["fail"].items():
    if [name, *args][:len(failing.split())] == failing.split():
        print(said, file=sys.stderr)
        sys.exit(1)
words = [a for a in args if not a.startswith("-")]
def after(flag):
    return args[args.index(flag) + 1] if flag in args else None
if name == "rpm":
    package = words[-1]
    if package not in world["packages"]:
        sys.exit(1)
    if "--qf" in args:
        print(world["packages"][package], end="")
elif name == "dnf" and words[0] in ("module", "config-manager"):
    world.setdefault("dnf", []).append(" ".join(words))
    keep(world)
elif name == "dnf":
    for word in words[1:]:
        package, _, version = word.partition("-28.") if "-28." in word else (word, "", "")
        if words[0] == "remove":
            world["packages"].pop(package, None)
        elif package in world["denied"]:
            print("Error: Unable to find a match: " + package, file=sys.stderr)
            sys.exit(1)
        else:
            world["packages"][package] = ("28." + version) if version else "1.0"
            if package == "docker-ce":
                append("/etc/group", "docker:x:990:")
            if package == "postgresql-server":
                append("/etc/passwd", "postgres:x:26:26::/var/lib/pgsql:/bin/bash")
    keep(world)
elif name == "systemctl":
    unit = words[-1] if words else ""
    if args[0] == "cat" and unit not in world["units"]:
        sys.exit(1)
    if args[0] in ("is-enabled", "is-active"):
        sys.exit(unit not in world[args[0]])
    if args[0] == "enable":
        world["is-enabled"].append(unit)
        if "--now" in args:
            world["is-active"].append(unit)
    if args[0] == "is-failed":
        sys.exit(unit not in world.get("is-failed", []))
    if args[0] in ("start", "restart") and unit.startswith("dataiku"):
        if not os.path.exists(root + "/etc/systemd/system/" + unit):
            print("Failed to start " + unit + ": Unit " + unit + " not found.", file=sys.stderr)
            sys.exit(5)
        world["starts"] = world.get("starts", 0) + 1
    if args[0] in ("start", "restart"):
        if unit not in world["is-active"]:
            world["is-active"].append(unit)
        if "metadata-guard" in unit:
            world["guard"] = open(root + "/etc/dss-platform/metadata-guard.nft").read()
        if "port-guard" in unit:
            world["port-guard"] = open(root + "/etc/dss-platform/port-guard.nft").read()
    if args[0] == "stop":
        world["is-active"] = [u for u in world["is-active"] if u != unit]
    if args[0] == "disable":
        for state in ("is-enabled", "is-active"):
            world[state] = [u for u in world[state] if u != unit]
    keep(world)
elif name == "mountpoint":
    sys.exit(not world["mounted"])
elif name == "findmnt":
    print(world["size"])
elif name == "xfs_growfs":
    world["size"] = world["disk"]
    keep(world)
elif name == "groupadd":
    append("/etc/group", f"{{words[-1]}}:x:{{after('-g')}}:")
elif name == "useradd":
    uid = after("-u") or "1001"
    gid = after("-g") or uid
    if not gid.isdigit():
        gid = [l.split(":")[2] for l in open(root + "/etc/group") if l.startswith(gid + ":")][0]
    if after("-g") is None:
        append("/etc/group", f"{{words[-1]}}:x:{{gid}}:")
    append("/etc/passwd", f"{{words[-1]}}:x:{{uid}}:{{gid}}::{{after('-d')}}:{{after('-s')}}")
elif name == "usermod" and "-aG" in args:
    path = root + "/etc/group"
    lines = [l.rstrip("\\n") for l in open(path)]
    with open(path, "w") as out:
        for line in lines:
            out.write((line + words[-1] if line.startswith(after("-aG") + ":") else line) + "\\n")
elif name == "restorecon" and "-v" in args and world.get("unlabelled", True):
    print("Relabeled " + words[-1])
elif name == "getenforce":
    print("Enforcing")
elif name == "nft":
    guard = "port-guard" if "dss_port" in args else "guard"
    if args[0] == "delete":
        world[guard] = False
        keep(world)
    elif not world.get(guard):
        sys.exit(1)
    else:
        # Counters go on counting.
        with open(root + "/calls") as file:
            print(world[guard].replace("counter", "counter packets %d bytes 4" % sum(1 for _ in file)))
elif name == "userdel":
    lines = [l for l in open(root + "/etc/passwd") if not l.startswith(words[-1] + ":")]
    open(root + "/etc/passwd", "w").writelines(lines)
elif name == "docker" and args[:2] == ["image", "inspect"]:
    sys.exit(words[-1] not in world.get("images", []))
elif name == "docker" and args[:2] == ["image", "rm"]:
    world["images"].remove(words[-1])
    keep(world)
elif name == "runuser":
    # Code that DSS's user runs is none of root's, which the stand-in of the kit looks at.
    os.environ["FAKE_USER"] = after("-l") or after("-u")
    os.environ.pop("KILL_AT", None)
    os.umask(0o077)
    if "-l" in args:
        os.execvp("bash", ["bash", "-c", after("-c")])
    os.execvp(args[args.index("--") + 1], args[args.index("--") + 1:])
elif name == "postgres":
    module = [m for m in world.get("dnf", []) if m.startswith("module enable")]
    print("postgres (PostgreSQL) " + (module[-1].rsplit(":", 1)[1] if module else "13") + ".11")
elif name == "initdb":
    os.makedirs(after("-D"))
    if os.geteuid() == 0:
        os.chown(after("-D"), 26, 26)
    for file, text in (("PG_VERSION", "16"), ("postgresql.conf", "# defaults\\n")):
        with open(os.path.join(after("-D"), file), "w") as out:
            out.write(text)
elif name == "psql":
    import base64, hashlib, hmac, re
    server = world.setdefault("postgresql", {{"roles": {{}}, "databases": {{}}}})
    if "postgresql.service" not in world["is-active"]:
        print("connection refused", file=sys.stderr)
        sys.exit(2)
    if "-h" in args:
        verifier = server["roles"].get(after("-U"))
        if not verifier or after("-d") not in server["databases"]:
            sys.exit(2)
        rounds, salt, stored = re.fullmatch(r"SCRAM-SHA-256\\$(\\d+):([^$]+)\\$([^:]+):.*", verifier).groups()
        salted = hashlib.pbkdf2_hmac("sha256", os.environ["PGPASSWORD"].encode(), base64.b64decode(salt), int(rounds))
        key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
        sys.exit(0 if base64.b64encode(key).decode() == stored else 2)
    text = sys.stdin.read()
    append("/statements", text)
    for role, verifier in re.findall(r'ALTER ROLE "(\\w+)" LOGIN PASSWORD \\'([^\\']+)\\'', text):
        server["roles"][role] = verifier
    for database in re.findall(r'DROP DATABASE IF EXISTS "(\\w+)"', text):
        server["databases"].pop(database, None)
    for database in re.findall(r'CREATE DATABASE "(\\w+)"', text):
        server["databases"].setdefault(database, [])
    keep(world)
elif name == "curl" and "-T" not in args and "PUT" in args:
    asked = {{}}
    for line in sys.stdin.read().splitlines():
        key, _, value = line.partition(" = ")
        asked[key] = json.loads(value)
    append("/signals", json.dumps({{"url": asked["url"], **json.loads(asked["data-binary"])}}))
elif name == "curl" and ("-I" in args or "-D" in args):
    source = root + "/www/" + args[-1].split("//", 1)[1]
    if not os.path.exists(source) or ("-I" in args and world.get("no-head")):
        print("curl: (22) The requested URL returned error: 404", file=sys.stderr)
        sys.exit(22)
    size = os.path.getsize(source)
    print("HTTP/1.1 200 OK\\r\\ncontent-length: %d\\r" % size if "-I" in args else "HTTP/1.1 206\\r\\ncontent-range: bytes 0-0/%d\\r" % size)
elif name == "curl":
    source = root + "/www/" + args[-1].split("//", 1)[1]
    if not os.path.exists(source):
        print("curl: (22) The requested URL returned error: 404", file=sys.stderr)
        sys.exit(22)
    if "-C" in args:
        begun = os.path.getsize(after("-o")) if os.path.exists(after("-o")) else 0
        append("/resumed", str(begun))
        with open(source, "rb") as file, open(after("-o"), "ab") as out:
            file.seek(begun)
            out.write(file.read())
    else:
        with open(source, "rb") as file, open(after("-o"), "wb") as out:
            out.write(file.read())
elif name == "aws":
    if args == ["--version"]:
        print("aws-cli/2.36.15 Python/3.13.0 Linux/5.14 exe/x86_64.almalinux.9")
    elif args[0] == "secretsmanager":
        secrets = world.setdefault("secrets", {{}})
        if args[1] == "put-secret-value":
            with open(after("--secret-string")[len("file://"):]) as file:
                secrets[after("--secret-id")] = file.read()
            keep(world)
        elif secrets.get(after("--secret-id")) is None:
            print("An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager "
                  "can't find the specified secret" + (" value for staging label: AWSCURRENT" if after("--secret-id") in secrets
                                                       else "."), file=sys.stderr)
            sys.exit(254)
        else:
            print(json.dumps(secrets[after("--secret-id")]))
    elif args[:2] == ["ec2", "describe-snapshots"]:
        tag, _, value = after("--filters")[len("Name=tag:"):].partition(",Values=")
        print(json.dumps([[s["id"], s["state"], s.get("said")] for s in world.get("snapshots", []) if s["tags"].get(tag) == value]))
    elif args[:2] == ["ec2", "create-snapshot"]:
        tags = {{t["Key"]: t["Value"] for t in json.loads(after("--tag-specifications"))[0]["Tags"]}}
        made = {{"id": "snap-%d" % (len(world.get("snapshots", [])) + 1), "volume": after("--volume-id"), "tags": tags,
                "state": world.get("snapshot-state", "completed"), "said": world.get("snapshot-said"),
                "running": "dataiku.service" in world["is-active"]}}
        world.setdefault("snapshots", []).append(made)
        keep(world)
        print(made["id"])
    elif args[0] in ("s3", "s3api"):
        place = "s3://%s/%s" % (after("--bucket"), after("--key")) if args[0] == "s3api" else words[-2]
        source = root + "/s3/" + place[len("s3://"):]
        if not os.path.exists(source):
            print("An error occurred (404) when calling the HeadObject operation: Not Found", file=sys.stderr)
            sys.exit(254)
        if args[0] == "s3api":
            print(json.dumps({{"ContentLength": os.path.getsize(source)}}))
        else:
            with open(source, "rb") as file, open(words[-1], "wb") as out:
                out.write(file.read())
    else:
        found = world["stack"].get(after("--logical-resource-id"))
        if found is None:
            print("An error occurred (ValidationError): Resource does not exist for stack", file=sys.stderr)
            sys.exit(254)
        print(found[after("--query").split(".")[1]])
"""

DESIRED = {
    "osRelease": "9",
    "volume": {"mountPoint": "/data", "sizeGiB": 100},
    "user": {"name": "dataiku", "home": "/data/home/dataiku", "shell": "/bin/bash", "uid": 0},
    "limits": {"openFiles": 65536, "processes": 65537},
    "locale": "en_US.UTF-8",
    "clock": {"server": "169.254.169.123"},
    "packages": ["acl", "git"],
    "metadataGuard": {"enabled": True, "allowedUIDs": []},
    "docker": {"dataRoot": "/data/docker", "version": "", "repositoryURL": "https://download.docker.com/linux/centos/docker-ce.repo",
               "logMaxSize": "100m", "logMaxFiles": 5},
    "tools": [],
}


class HostTest(unittest.TestCase):
    """A test with a host: `self.host`, what its commands know in `self.world`, and `self.calls()`."""

    def setUp(self):
        self.root = self.make_root()
        binaries = os.path.join(self.root, "stand-ins")
        os.makedirs(binaries)
        for name in COMMANDS:
            path = os.path.join(binaries, name)
            with open(path, "w", encoding="utf-8") as out:
                out.write(PROGRAM)
            os.chmod(path, stat.S_IRWXU)
        self.events = []
        self.environment = {"PATH": f"{binaries}:/usr/bin:/bin", "FAKE_ROOT": self.root}
        self.desired = json.loads(json.dumps(DESIRED))
        self.set_world(packages={}, denied=[], fail={}, units=["chronyd.service"], **{"is-enabled": [], "is-active": []},
                       mounted=True, size=100 << 30, disk=100 << 30, stack={})
        self.put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
        self.put("/etc/group", "root:x:0:\n")
        self.put("/etc/chrony.conf", "pool 2.almalinux.pool.ntp.org iburst\n")
        self.put("/etc/skel/.bashrc", "# skeleton\n")
        self.put("/var/lib/cloud/data/instance-id", "i-0123\n")
        self.put("/www/download.docker.com/linux/centos/docker-ce.repo",
                 "[docker-ce-stable]\nbaseurl=https://download.docker.com/linux/centos/$releasever/$basearch/stable\n")
        self.host = self.new_host()

    def make_root(self):
        """An empty folder, which goes with the test."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def new_host(self):
        return System(self.root, self.environment, lambda event, **fields: self.events.append((event, fields)))

    # Files.

    def put(self, path, text, mode=0o644):
        target = self.root + path
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w" if isinstance(text, str) else "wb") as out:
            out.write(text)
        os.chmod(target, mode)

    def text(self, path):
        with open(self.root + path, encoding="utf-8") as file:
            return file.read()

    def mode(self, path):
        return os.stat(self.root + path).st_mode & 0o7777

    # What the commands know.

    @property
    def world(self):
        return json.loads(self.text("/world.json"))

    def set_world(self, **facts):
        known = self.world if os.path.exists(self.root + "/world.json") else {}
        self.put("/world.json", json.dumps({**known, **facts}))

    def calls(self, name=None):
        if not os.path.exists(self.root + "/calls"):
            return []
        found = [json.loads(line) for line in self.text("/calls").splitlines()]
        return [c for c in found if name is None or c[0] == name]

    def signals(self):
        if not os.path.exists(self.root + "/signals"):
            return []
        return [json.loads(line) for line in self.text("/signals").splitlines()]

    # Steps.

    def ensure(self, step):
        """Runs a step, and returns what it changed."""
        self.host.changes, self.host.warnings = [], []
        step.ensure(self.host, self.desired)
        return self.host.changes

    def assert_settled(self, step):
        """A second run of the step changes nothing."""
        self.assertEqual(self.ensure(step), [])
