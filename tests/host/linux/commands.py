#!/usr/bin/python3
"""Stand-ins for what AlmaLinux, Docker and AWS have and a bare root has not. One program, called by many names.

What they know is in /cloud (AWS: outlives an instance), in /var/lib/stand-ins (the instance's), and in Docker's data root.
Every call is a line in /cloud/calls, without what came on standard input.
"""

import configparser
import contextlib
import fcntl
import glob
import grp
import hashlib
import json
import os
import pwd
import shlex
import signal
import socket
import socketserver
import subprocess
import sys

NAME, ARGS = os.environ.pop("STAND_IN", None) or os.path.basename(sys.argv[0]), sys.argv[1:]
CLOUD, LOCAL = "/cloud", "/var/lib/stand-ins"


def main() -> None:
    os.umask(0)  # users of every kind come this way
    with open(f"{CLOUD}/calls", "a", encoding="utf-8") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.write(json.dumps({"user": os.geteuid(), "command": [NAME, *ARGS]}) + "\n")
    fault = take_fault(" ".join([NAME, *words()[:2]]))
    if fault == "before":
        fail("\nAn error occurred (ThrottlingException) when calling the operation (reached max retries: 2): Rate exceeded", 254)
    COMMANDS[NAME]()
    if fault == "after":
        fail("\nConnection was closed before we received a valid response from endpoint URL", 255)


def take_fault(call: str) -> str:
    """When a call fails because a test wants it: "before" or "after" its work, or "". /cloud/faults.json counts them:
    {beginning of a call: {"when", "times"}}."""
    if not os.path.exists(f"{CLOUD}/faults.json"):
        return ""
    with Kept(f"{CLOUD}/faults.json") as faults:
        for beginning, fault in faults.items():
            if call.startswith(beginning) and fault["times"] > 0:
                fault["times"] -= 1
                return fault["when"]
    return ""


def fail(text: str, code: int = 1):
    print(text, file=sys.stderr)
    sys.exit(code)


def after(flag: str, default=None):
    return ARGS[ARGS.index(flag) + 1] if flag in ARGS else default


def words() -> list:
    return [a for a in ARGS if not a.startswith("-")]


class Kept:
    """A JSON file that one process at a time reads and writes."""

    def __init__(self, path: str):
        self.path = path

    def __enter__(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        self.lock = open(self.path + ".lock", "a", encoding="utf-8")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            with open(self.path, encoding="utf-8") as file:
                self.value = json.load(file)
        except FileNotFoundError:
            self.value = {}
        return self.value

    def __exit__(self, *_):
        with open(self.path + ".new", "w", encoding="utf-8") as out:
            json.dump(self.value, out)
        os.replace(self.path + ".new", self.path)
        self.lock.close()


# Packages.

DOCKER_UNIT = "[Unit]\nDescription=Docker\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/local/bin/dockerd\n[Install]\nWantedBy=x\n"


def rpm():
    """Everybody may ask."""
    try:
        with open(f"{LOCAL}/packages.json", encoding="utf-8") as file:
            packages = json.load(file)
    except FileNotFoundError:
        packages = {}
    names = [word for word in words() if word != after("--qf")]
    missing = [name for name in names if name not in packages]
    if missing:
        fail("\n".join(f"package {name} is not installed" for name in missing))
    if "--qf" in ARGS:
        print(packages[names[-1]], end="")


def dnf():
    verb, *names = words()
    with Kept(f"{LOCAL}/packages.json") as packages:
        for name in names if verb in ("install", "module") else []:
            packages[name] = "1.0"
            if name == "docker-ce":
                subprocess.run(["groupadd", "-f", "docker"], check=True)
                with open("/etc/systemd/system/docker.service", "w", encoding="utf-8") as out:
                    out.write(DOCKER_UNIT)
        for name in names if verb == "remove" else []:
            packages.pop(name, None)


# systemd.

def units() -> Kept:
    return Kept(f"{LOCAL}/units.json")


def unit_file(name: str):
    for folder in ("/etc/systemd/system", "/usr/lib/systemd/system"):
        if os.path.exists(f"{folder}/{name}"):
            return f"{folder}/{name}"
    return None


def service_of(name: str) -> dict:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(unit_file(name))
    return dict(unit["Service"]) if unit.has_section("Service") else {}


def execute(name: str, line: str) -> None:
    """Runs a command of a unit as its user, the way systemd does: with nobody's terminal and a clean environment."""
    service = service_of(name)
    user = pwd.getpwnam(service.get("User", "root"))
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": user.pw_dir, "USER": user.pw_name}

    def become():
        os.umask(0o022)
        os.setsid()
        os.initgroups(user.pw_name, user.pw_gid)
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    with open(f"/var/log/unit-{name}.log", "a", encoding="utf-8") as log:
        done = subprocess.run(shlex.split(line.lstrip("-@")), env=environment, preexec_fn=become, stdin=subprocess.DEVNULL,
                              stdout=log, stderr=log, cwd=user.pw_dir if os.path.isdir(user.pw_dir) else "/", check=False)
    if done.returncode and not line.startswith("-"):
        fail(f"Job for {name} failed: {line} ended with {done.returncode}; see /var/log/unit-{name}.log")


def kept_by_condition(name: str) -> bool:
    """Whether a folder is not empty on which the unit must wait; systemd then does nothing, and that is no failure."""
    prefix, files = "ConditionDirectoryNotEmpty=!", [unit_file(name), *glob.glob(f"/etc/systemd/system/{name}.d/*.conf")]
    for path in files:
        with open(path, encoding="utf-8") as file:
            folders = [line[len(prefix):].strip() for line in file if line.startswith(prefix)]
        if any(os.path.isdir(folder) and os.listdir(folder) for folder in folders):
            return True
    return False


def start(name: str, active: dict) -> None:
    if active.get(name, {}).get("active"):
        return
    if unit_file(name) is None:
        fail(f"Unit {name} not found.", 5)
    if kept_by_condition(name):
        return
    if name.endswith(".service") and "ExecStart" in service_of(name):
        execute(name, service_of(name)["ExecStart"])
    active.setdefault(name, {})["active"] = True


def stop(name: str, active: dict) -> None:
    if not active.get(name, {}).get("active"):
        return
    if name.endswith(".service") and "ExecStop" in service_of(name):
        execute(name, service_of(name)["ExecStop"])
    active[name]["active"] = False


def systemctl():
    """systemd goes on with what it was asked for when systemctl is killed: what starts and stops units is a process of its own."""
    if (words() or [""])[0] not in ("start", "stop", "restart", "enable", "disable", "stand-in-boot"):
        return manage()
    worker = os.fork()
    if worker:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))
    os.setsid()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    manage()


def boot():
    """What the machine does when it starts: every unit is down, and those that are enabled start, the guards first."""
    with units() as known:
        for state in known.values():
            state["active"] = False
        for name in sorted((n for n, state in known.items() if state.get("enabled")), key=lambda n: ("guard" not in n, "docker" not in n, n)):
            with contextlib.suppress(SystemExit):
                start(name, known)


def manage():
    verb, *names = words() or [""]
    if verb == "stand-in-boot":
        return boot()
    names = [n if "." in n.rsplit("/", 1)[-1] else n + ".service" for n in names]
    if verb == "cat" and any(unit_file(n) is None for n in names):
        fail(f"No files found for {names[0]}.")
    if verb in ("daemon-reload", "cat", "reset-failed"):
        return None
    with units() as known:
        for name in names:
            if verb in ("is-enabled", "is-active"):
                state = known.get(name, {}).get(verb[3:], False)
                if "--quiet" not in ARGS:
                    print(verb[3:] if state else "inactive")
                if not state:
                    sys.exit(3 if verb == "is-active" else 1)
            elif verb in ("enable", "disable"):
                if unit_file(name) is None:
                    fail(f"Unit file {name} does not exist.")
                known.setdefault(name, {})["enabled"] = verb == "enable"
            if verb in ("start", "restart") or (verb == "enable" and "--now" in ARGS):
                if verb == "restart":
                    stop(name, known)
                start(name, known)
            if verb == "stop" or (verb == "disable" and "--now" in ARGS):
                stop(name, known)
    return None


# Docker: a daemon of root's behind a socket for its group, and a client that hands it its arguments.

SOCKET = "/run/docker.sock"


def dockerd():
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SOCKET)
    server = socketserver.ThreadingUnixStreamServer(SOCKET, DockerRequest)
    os.chown(SOCKET, 0, grp.getgrnam("docker").gr_gid)
    os.chmod(SOCKET, 0o660)
    if os.fork() == 0:
        os.setsid()
        server.serve_forever()


class DockerRequest(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            code, out = 0, docker_answer(json.loads(self.rfile.readline()))
        except KeyError as image:
            code, out = 1, f"Error response from daemon: No such image: {image.args[0]}"
        self.wfile.write(json.dumps({"code": code, "out": out}).encode())


def docker():
    """The client; whoever is in the socket's group has a daemon."""
    if "--password-stdin" in ARGS:
        sys.stdin.read()
    with socket.socket(socket.AF_UNIX) as daemon:
        try:
            daemon.connect(SOCKET)
        except OSError as problem:
            fail(f"Cannot connect to the Docker daemon at unix://{SOCKET}: {problem}")
        daemon.sendall(json.dumps(ARGS).encode() + b"\n")
        answer = json.loads(daemon.makefile().read())
    print(answer["out"], file=sys.stderr if answer["code"] else sys.stdout)
    sys.exit(answer["code"])


def docker_answer(args: list) -> str:
    with open("/etc/docker/daemon.json", encoding="utf-8") as file:
        folder = json.load(file)["data-root"]
    said = [a for a in args if not a.startswith("-")]
    verb, rest = said[0] if said else "", said[1:]
    if verb == "image":
        verb, rest = f"image {rest[0]}", rest[1:]
    form = next((args[i + 1] for i, a in enumerate(args) if a in ("--format", "-f")), None)
    with Kept(f"{folder}/images.json") as images:
        if verb == "build":
            ident = "sha256:" + hashlib.sha256(" ".join(args).encode()).hexdigest()
            images.update({args[i + 1]: ident for i, a in enumerate(args) if a in ("-t", "--tag")})
        elif verb == "tag":
            images[rest[1]] = images[rest[0]]
        elif verb in ("image inspect", "inspect", "push"):
            found = [images[name] for name in rest if name != form]
            return "\n".join(found) if form else json.dumps([{"Id": ident} for ident in found])
        elif verb in ("images", "image ls"):
            return "\n".join(docker_line(tag, ident, form or "{{.Repository}} {{.Tag}} {{.ID}}") for tag, ident in images.items())
    return ""


def docker_line(tag: str, ident: str, form: str) -> str:
    name, _, version = tag.rpartition(":")
    for key, value in (("Repository", name), ("Tag", version), ("ID", ident)):
        form = form.replace("{{." + key + "}}", value)
    return form


# AWS.

def aws():
    if ARGS == ["--version"]:
        print("aws-cli/2.36.15 Python/3.13.0 Linux/5.14 exe/x86_64.almalinux.9")
        return
    service, verb = words()[0], words()[1]
    operation = AWS.get((service, verb))
    if operation is None:
        fail(f"An error occurred (NotImplemented): {service} {verb}", 254)
    operation()


def show(value) -> None:
    """Prints an answer as --query and --output ask for it; only paths of names and [0] are understood."""
    for part in (after("--query") or "").replace("[0]", ".0").replace("[-1]", ".-1").split("."):
        if part:
            value = value[int(part)] if part.lstrip("-").isdigit() else value.get(part)
            if value is None:
                break
    if isinstance(value, str) and after("--output") == "text":
        print(value)
    elif value is None and after("--output") == "text":
        print("None")
    else:
        print(json.dumps(value))


def given(flag: str) -> str:
    text = after(flag)
    if text in ("file:///dev/stdin", "file://-"):
        return sys.stdin.read()
    if text.startswith("file://"):
        with open(text[7:], encoding="utf-8") as file:
            return file.read()
    return text


def get_secret_value():
    with Kept(f"{CLOUD}/secrets.json") as secrets:
        value = secrets.get(after("--secret-id"))
        if value is None:
            fail("\nAn error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find "
                 "the specified secret value for staging label: AWSCURRENT", 254)
        show({"ARN": after("--secret-id"), "SecretString": value})


def put_secret_value():
    with Kept(f"{CLOUD}/secrets.json") as secrets:
        secrets[after("--secret-id")] = given("--secret-string")
        show({"ARN": after("--secret-id"), "VersionId": hashlib.sha256(os.urandom(8)).hexdigest()[:32]})


def create_snapshot():
    with Kept(f"{CLOUD}/snapshots.json") as kept:
        found = {"SnapshotId": f"snap-{len(kept):017x}", "VolumeId": after("--volume-id"), "State": "completed",
                 "Tags": after("--tag-specifications", "")}
        kept[found["SnapshotId"]] = found
        show(found)


def describe_snapshots():
    """Filters compare tags as text: what was asked for must stand in what the snapshot was tagged with."""
    values = [part.split("Values=")[1] for a in ARGS for part in [a] if "Values=" in a and "tag:" in a]
    with Kept(f"{CLOUD}/snapshots.json") as kept:
        # For the one --query that is asked: Snapshots[].[SnapshotId,State,StateMessage]
        print(json.dumps([[s["SnapshotId"], s["State"], None] for s in kept.values() if all(v in s["Tags"] for v in values)]))


def describe_cluster():
    with Kept(f"{CLOUD}/clusters.json") as clusters:
        name = after("--name")
        if name not in clusters:
            fail(f"\nAn error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: {name}.",
                 254)
        show({"cluster": {"name": name, "status": clusters[name], "endpoint": "https://127.0.0.1:1", "certificateAuthority": {"data": ""}}})


def create_repository():
    with Kept(f"{CLOUD}/repositories.json") as kept:
        kept[after("--repository-name")] = True
        show({"repository": {"repositoryName": after("--repository-name")}})


def describe_repositories():
    with Kept(f"{CLOUD}/repositories.json") as kept:
        name = after("--repository-names")
        if name not in kept:
            fail("\nAn error occurred (RepositoryNotFoundException) when calling the DescribeRepositories operation: The repository with name "
                 f"'{name}' does not exist", 254)
        show({"repositories": [{"repositoryName": name}]})


def copy_object():
    source, target = [w for w in words() if w.startswith("s3://") or w.startswith("/")][:2]
    path = f"{CLOUD}/s3/{source[5:]}"
    if not os.path.exists(path):
        fail("fatal error: An error occurred (404) when calling the HeadObject operation: Key does not exist")
    subprocess.run(["cp", path, target], check=True)


def head_object():
    path = f"{CLOUD}/s3/{after('--bucket')}/{after('--key')}"
    if not os.path.exists(path):
        fail("\nAn error occurred (404) when calling the HeadObject operation: Not Found", 254)
    show({"ContentLength": os.path.getsize(path)})


AWS = {
    ("secretsmanager", "get-secret-value"): get_secret_value, ("secretsmanager", "put-secret-value"): put_secret_value,
    ("ec2", "create-snapshot"): create_snapshot, ("ec2", "describe-snapshots"): describe_snapshots,
    ("eks", "describe-cluster"): describe_cluster, ("s3", "cp"): copy_object, ("s3api", "head-object"): head_object,
    ("ecr", "get-login-password"): lambda: print("password"), ("ecr", "create-repository"): create_repository,
    ("ecr", "describe-repositories"): describe_repositories,
}


# The rest.

def getenforce():
    print("Enforcing")


def says_version():
    print({"kubectl": "Client Version: v1.35.7", "eksctl": "0.230.0", "aws-iam-authenticator": '{"Version":"0.6.14"}'}[NAME])


def nothing():
    return


COMMANDS = {
    "rpm": rpm, "dnf": dnf, "systemctl": systemctl, "docker": docker, "dockerd": dockerd, "aws": aws, "getenforce": getenforce,
    "kubectl": says_version, "eksctl": says_version, "aws-iam-authenticator": says_version,
    **{name: nothing for name in ("restorecon", "semanage", "xfs_growfs", "java", "nginx")},
}

if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
