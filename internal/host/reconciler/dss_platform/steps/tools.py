"""Command line tools at pinned versions: kubectl, AWS CLI, eksctl, aws-iam-authenticator.

DSS's EKS plugin looks for them in the PATH, and downloads an eksctl of its own choice where there is none.
"""

import os
import shutil
import tarfile
import tempfile

from ..step import Step, StepError
from ..system import sha256_of
from .packages import install

FOLDER = "/usr/local/bin"
BINARY, TAR, INSTALLER = "binary", "tar.gz", "installer"


class Tools(Step):
    name = "tools"
    description = "the command line tools that DSS calls are installed at their versions"
    advice = "see whether the host reaches the tools' addresses (NAT, proxy, or mirrors of your own)"

    def ensure(self, host, desired):
        for tool in desired["tools"]:
            if is_installed(host, tool):
                continue
            try:
                fetch(host, tool)
            except StepError as failure:
                raise StepError(f"{tool['name']}: {failure.why}", failure.advice) from failure


def record_name(tool: dict) -> str:
    return f"tool-{tool['name']}"


def is_installed(host, tool: dict) -> bool:
    """Whether the very file of the pinned archive is in place; for what has an installer, whether it has the version."""
    if tool["format"] == INSTALLER:
        return says_version(host, f"{FOLDER}/{tool['name']}", tool)
    known = host.recall(record_name(tool))
    return bool(known) and known.get("archive") == tool["sha256"] and known.get("file") == host.digest(f"{FOLDER}/{tool['name']}")


def says_version(host, path: str, tool: dict) -> bool:
    try:
        said = host.run(host.path(path) if host.exists(path) else path, *tool["versionArguments"], timeout=60)
    except StepError:
        return False
    # 1.35.1 must not pass for 1.35.10.
    words = "".join(c if c.isalnum() or c in ".-+" else " " for c in said).split()
    return any(word.lstrip("v") == tool["version"] for word in words)


def fetch(host, tool: dict) -> None:
    """Downloads, compares, unpacks, tries and only then puts in place."""
    os.makedirs(host.path(FOLDER), exist_ok=True)
    scratch = tempfile.mkdtemp(prefix=".dss-platform-", dir=host.path(FOLDER))
    try:
        archive = os.path.join(scratch, "archive")
        host.download(tool["url"], archive, tool["sha256"])
        if tool["format"] == INSTALLER:
            run_installer(host, tool, archive, scratch)
        else:
            place(host, tool, archive, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    host.changed(f"installed {tool['name']} {tool['version']}")


def place(host, tool: dict, archive: str, scratch: str) -> None:
    binary = archive if tool["format"] == BINARY else unpack(tool, archive, scratch)
    os.chmod(binary, 0o755)
    relative = "/" + os.path.relpath(binary, host.root)
    if not says_version(host, relative, tool):
        raise StepError(f"{tool['url']} is not {tool['name']} {tool['version']}, or does not run here",
                        "correct the tool's version, or its address and checksum")
    digest = sha256_of(binary)
    os.replace(binary, host.path(f"{FOLDER}/{tool['name']}"))
    host.remember(record_name(tool), {"version": tool["version"], "archive": tool["sha256"], "file": digest})


def unpack(tool: dict, archive: str, scratch: str) -> str:
    """Takes one member out of the archive; its path inside does not matter to where it goes."""
    target = os.path.join(scratch, tool["name"])
    try:
        with tarfile.open(archive) as packed, open(target, "wb") as out:
            member = packed.extractfile(tool["member"])
            if member is None:
                raise KeyError(tool["member"])
            shutil.copyfileobj(member, out)
    except (KeyError, tarfile.TarError) as problem:
        raise StepError(f"{tool['url']} has no file {tool['member']}", "correct the tool's archive member") from problem
    return target


def run_installer(host, tool: dict, archive: str, scratch: str) -> None:
    """AWS's own installer for its CLI, from the unpacked archive."""
    install(host, ["unzip"])
    host.run("unzip", "-q", "-o", archive, "-d", scratch)
    host.run(os.path.join(scratch, tool["member"]), "--update", "--install-dir", host.path("/usr/local/aws-cli"),
             "--bin-dir", host.path(FOLDER))
    if not says_version(host, f"{FOLDER}/{tool['name']}", tool):
        raise StepError(f"{tool['url']} did not install {tool['name']} {tool['version']}",
                        "correct the tool's version, or its address and checksum")
