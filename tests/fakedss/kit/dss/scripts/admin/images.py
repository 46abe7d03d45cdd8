"""Base images: a small Dockerfile that says what was asked for, and `docker build`."""

import os
import re
import subprocess
import tempfile

from datadir import DataDir, die

TYPES = {"container-exec": "dku-exec-base-{id}", "spark": "dku-spark-base-{id}", "cde": "dku-cde-base-{id}",
         "api-deployer": "dku-apideployer-apinode-base"}
BARE = ("--with-cuda", "--without-r", "--with-r", "--no-cache")
TAKING = {"--tag": 1, "--cuda-version": 1, "--http-proxy": 1, "--no-proxy": 1, "--system-packages": 1,
          "--dockerfile-prepend": 1, "--dockerfile-append": 1, "--copy-to-buildenv": 2, "--distrib": 1,
          "--cran-mirror": 1}


def parse(words: list) -> tuple:
    """(type, tag, [options])."""
    kind, tag, given, rest = None, None, [], list(words)
    while rest:
        name, _, value = rest.pop(0).partition("=")
        count = 1 if name == "--type" else TAKING.get(name, 0)
        if not count and name not in BARE and not re.fullmatch(r"--(with|without)-py3\d+", name):
            die(f"unrecognized argument: {name}")
        values = [value] if value else rest[:count]
        if not value:
            rest = rest[count:]
        if count and len(values) < count:
            die(f"{name} needs {count} value(s)")
        if name == "--type":
            kind = values[0]
        elif name == "--tag":
            tag = values[0]
        else:
            given.append((name, values))
    return kind, tag, given


def dockerfile(home: DataDir, what: str, given: list) -> str:
    """The text of the image; files that options name become part of it."""
    before, after = "", ""
    lines = ["FROM scratch", f'LABEL com.dataiku.dss.version="{home.version}" kind="{what}"']
    for name, values in given:
        lines.append(f'LABEL option="{name} {" ".join(values)}"')
        if name.startswith("--dockerfile-"):
            try:
                with open(values[0], encoding="utf-8") as file:
                    text = file.read()
            except OSError as why:
                die(f"{name}: {why}")
            before, after = (text, after) if name.endswith("prepend") else (before, text)
        if name == "--copy-to-buildenv" and not os.path.exists(values[0]):
            die(f"{name}: no such file: {values[0]}")
    return "\n".join([lines[0], before, *lines[1:], after, ""])


def build(home: DataDir, tag: str, what: str, given: list) -> None:
    with tempfile.TemporaryDirectory() as context:
        with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as out:
            out.write(dockerfile(home, what, [g if isinstance(g, tuple) else (g, []) for g in given]))
        try:
            done = subprocess.run(["docker", "build", "-t", tag, "."], cwd=context, check=False)
        except OSError as why:
            die(f"cannot run docker: {why}")
        if done.returncode:
            die(f"docker build of {tag} failed")
    print(f"[+] built {tag}")


def build_base(home: DataDir, words: list) -> None:
    kind, tag, given = parse(words)
    if kind not in TYPES:
        die(f"--type has to be one of {', '.join(TYPES)}")
    if kind == "spark" and not os.path.exists(home.path("bin", "env-spark.sh")):
        die("Spark integration is not installed")
    name = TYPES[kind].format(id=home.install_id.lower())
    build(home, tag or f"{name}:dss-{home.version}", kind, given)
