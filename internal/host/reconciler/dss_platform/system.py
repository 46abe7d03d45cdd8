"""The host as steps see it: its files under a root folder, its commands, and the list of what was changed."""

import contextlib
import glob
import grp
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile

from .step import StepError

STATE = "/var/lib/dss-platform"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What the message of a failed command keeps of its output.
SHOWN_LINES = 3
# What the names of temporary files end in.
_RANDOM = "[a-z0-9_]" * 8


class CommandFailed(StepError):
    """A command ended with a code other than 0, or did not end in time."""

    def __init__(self, argv, code, output):
        self.code, self.output = code, output
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        said = " | ".join(lines[-SHOWN_LINES:]) or "no output"
        super().__init__(f"{os.path.basename(argv[0])} failed with code {code}: {said}")


class System:
    """Carries out what steps ask for. Tests give it another root folder and a PATH with stand-ins."""

    def __init__(self, root: str = "/", environment=None, log=None):
        self.root = root
        self.environment = {"PATH": PATH, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/root"}
        for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
                     "http_proxy", "https_proxy", "no_proxy"):
            if os.environ.get(name):
                self.environment[name] = os.environ[name]
        self.environment.update(environment or {})
        self.log = log or (lambda event, **fields: None)
        self.changes = []
        self.warnings = []
        self._secrets = []

    # Reporting.

    def changed(self, what: str) -> None:
        """Notes that something was changed; a step without notes is `unchanged`."""
        self.changes.append(what)
        self.log("changed", what=self.masked(what))

    def warn(self, what: str) -> None:
        """Notes what a person should know, and what is no failure."""
        self.warnings.append(what)
        self.log("warning", what=self.masked(what))

    def hide(self, secret: str) -> None:
        """Keeps a value out of logs, status and messages from now on."""
        if secret and secret not in self._secrets:
            self._secrets.append(secret)

    def masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    # Commands.

    def run(self, *argv, check=True, stdin=None, user=None, timeout=900, environment=None, cwd=None) -> str:
        """Runs a command and returns its standard output. `user` runs it as that user, with that user's login shell."""
        argv = list(argv)
        if user is not None:
            argv = ["runuser", "-l", user, "-c", " ".join(_quoted(word) for word in argv)]
        self.log("command", argv=[self.masked(word) for word in argv])
        try:
            done = subprocess.run(
                argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=timeout,
                universal_newlines=True, errors="replace", cwd=cwd or "/",
                stdin=None if stdin is not None else subprocess.DEVNULL,
                env={**self.environment, **(environment or {})})
        except FileNotFoundError as problem:
            raise CommandFailed(argv, 127, f"{argv[0]}: command not found") from problem
        except subprocess.TimeoutExpired as problem:
            raise CommandFailed(argv, "timeout", f"no end after {timeout} s") from problem
        if check and done.returncode != 0:
            self.log("command failed", code=done.returncode, output=self.masked((done.stdout + done.stderr)[-4000:]))
            raise CommandFailed(argv, done.returncode, self.masked(done.stderr.strip() or done.stdout))
        return done.stdout

    def succeeds(self, *argv, **options) -> bool:
        """Whether a command ends with 0."""
        try:
            self.run(*argv, **options)
        except CommandFailed:
            return False
        return True

    def has_command(self, name: str) -> bool:
        return shutil.which(name, path=self.environment["PATH"]) is not None

    # Files. Paths are those of the host; they begin with a slash.

    def path(self, path: str) -> str:
        """Where a file of the host really lies."""
        return os.path.join(self.root, path.lstrip("/"))

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.path(path))

    def read(self, path: str, default=None):
        """The text of a file, or the default where there is none."""
        try:
            with open(self.path(path), encoding="utf-8", errors="replace") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return default

    def write(self, path: str, text: str, mode=0o644, owner=None, note=True) -> bool:
        """Makes a file have this text, mode and owner (uid, gid), in one move. True when it had not.

        Without `note` it is none of the step's changes."""
        target = self.path(path)
        if self.read(path) == text and self._settle(target, mode, owner) is not None:
            return False
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with self.replacing(path, mode, owner) as incoming:
            with open(incoming, "w", encoding="utf-8") as file:
                file.write(text)
        if note:
            self.changed(f"wrote {path}")
        return True

    def _settle(self, target: str, mode: int, owner):
        """Corrects mode and owner of what is there; None when it is no plain file or directory."""
        if os.path.islink(target) or not os.path.exists(target):
            return None
        facts = os.stat(target)
        corrected = False
        if owner is not None and os.geteuid() == 0 and (facts.st_uid, facts.st_gid) != tuple(owner):
            os.chown(target, *owner)
            corrected = True
        if facts.st_mode & 0o7777 != mode:
            os.chmod(target, mode)
            corrected = True
        if corrected:
            self.changed(f"corrected owner and mode of /{os.path.relpath(target, self.root)}")
        return corrected

    @contextlib.contextmanager
    def replacing(self, path: str, mode: int = 0o644, owner=None):
        """Gives a temporary file beside the target; on a clean end it takes the target's place, else it goes.

        What a killed run left there goes, too: it may hold a secret. There is one run at a time."""
        target = self.path(path)
        folder, name = os.path.split(target)
        for left in glob.glob(f"{glob.escape(folder)}/.{glob.escape(name)}.{_RANDOM}"):
            os.unlink(left)
        handle, incoming = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        os.close(handle)
        try:
            yield incoming
            os.chmod(incoming, mode)
            if owner is not None and os.geteuid() == 0:
                os.chown(incoming, *owner)
            with open(incoming, "rb") as file:
                os.fsync(file.fileno())
            os.replace(incoming, target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(incoming)

    def folder(self, path: str, mode=0o755, owner=None) -> bool:
        """Makes a folder exist with this mode and owner. True when it was made."""
        target = self.path(path)
        made = not os.path.isdir(target)
        if made:
            os.makedirs(target)
            self.changed(f"made {path}")
            os.chmod(target, mode)
            if owner is not None and os.geteuid() == 0:
                os.chown(target, *owner)
        else:
            self._settle(target, mode, owner)
        return made

    def remove(self, path: str) -> bool:
        """Makes a file not exist. True when it did."""
        try:
            os.unlink(self.path(path))
        except FileNotFoundError:
            return False
        self.changed(f"removed {path}")
        return True

    def digest(self, path: str):
        """SHA-256 of a file, or None where there is none."""
        try:
            return sha256_of(self.path(path))
        except FileNotFoundError:
            return None

    # State that steps keep between runs.

    def recall(self, name: str):
        """What a step remembered under a name, or None."""
        try:
            return json.loads(self.read(f"{STATE}/{name}.json") or "null")
        except ValueError:
            return None

    def remember(self, name: str, value) -> None:
        """Keeps a value for later runs. It is no change of the host."""
        target = f"{STATE}/{name}.json"
        os.makedirs(os.path.dirname(self.path(target)), exist_ok=True)
        with self.replacing(target) as incoming:
            with open(incoming, "w", encoding="utf-8") as file:
                json.dump(value, file, sort_keys=True)

    # The host's own things.

    def account(self, name: str):
        """The (uid, gid, home, shell) of a user, or None."""
        if self.root != "/":
            return _account_in(self.read("/etc/passwd", ""), name)
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            return None
        return found.pw_uid, found.pw_gid, found.pw_dir, found.pw_shell

    def members(self, group: str):
        """The users that a group lists, or None where there is no such group."""
        if self.root != "/":
            for line in self.read("/etc/group", "").splitlines():
                fields = line.split(":")
                if fields[0] == group:
                    return [m for m in fields[3].split(",") if m]
            return None
        try:
            return grp.getgrnam(group).gr_mem
        except KeyError:
            return None

    def group(self, name: str):
        """The gid of a group, or None."""
        if self.root != "/":
            for line in self.read("/etc/group", "").splitlines():
                fields = line.split(":")
                if fields[0] == name:
                    return int(fields[2])
            return None
        try:
            return grp.getgrnam(name).gr_gid
        except KeyError:
            return None

    def service(self, unit: str, restart: bool = False) -> None:
        """Makes a unit start with the host, and run now. `restart` is for a changed configuration."""
        if not self.succeeds("systemctl", "is-enabled", "--quiet", unit):
            self.run("systemctl", "enable", "--quiet", unit)
            self.changed(f"enabled {unit}")
        if restart:
            self.run("systemctl", "restart", unit)
            self.changed(f"restarted {unit}")
        elif not self.succeeds("systemctl", "is-active", "--quiet", unit):
            self.run("systemctl", "start", unit)
            self.changed(f"started {unit}")

    def unit(self, path: str, text: str) -> bool:
        """Makes a unit file, or a drop-in, have this text. True when systemd had to be told."""
        if not self.write(path, text):
            return False
        self.run("systemctl", "daemon-reload")
        return True

    def download(self, url: str, target: str, sha256: str = "") -> None:
        """Gets a file into a path of this machine, and refuses one with another checksum."""
        self.run("curl", "-fsSL", "--retry", "5", "--retry-connrefused", "--connect-timeout", "15", "--max-time", "1200",
                 "-o", target, url, timeout=1300)
        found = sha256_of(target)
        if sha256 and found != sha256:
            raise StepError(
                f"{url} has SHA-256 {found}, and {sha256} is wanted",
                "compare with the publisher's list: correct the checksum, or the mirror's file")

    def label(self, path: str, like: str) -> None:
        """Gives a folder the SELinux contexts that another one has by policy, where SELinux is in use."""
        if not self.has_command("getenforce") or self.run("getenforce", check=False).strip() in ("", "Disabled"):
            return
        known = self.recall("selinux") or {}
        if known.get(path) == like:
            return
        # The same equivalence twice is an error to semanage; it is what we want.
        if not self.succeeds("semanage", "fcontext", "-a", "-e", like, path):
            self.run("semanage", "fcontext", "-m", "-e", like, path)
        # A volume that was labelled under another instance is left alone: it may have millions of files.
        if self.run("restorecon", "-v", path).strip():
            self.run("restorecon", "-R", path)
        self.remember("selinux", {**known, path: like})
        self.changed(f"labelled {path} like {like}")


def sha256_of(path: str) -> str:
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            total.update(part)
    return total.hexdigest()


def _account_in(text: str, name: str):
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] == name:
            return int(fields[2]), int(fields[3]), fields[5], fields[6]
    return None


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
