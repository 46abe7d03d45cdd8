"""Writes the files of a data directory: DATADIR INSTALL_DIR PYTHON NODE_TYPE PORT LICENSE (empty: upgrade)."""

import os
import random
import shutil
import string
import sys

from datadir import DataDir

PORTS = ("DKU_BASE_PORT", "DKU_NGINX_PORT", "DKU_BACKEND_PORT", "DKU_IPYTHON_PORT", "DKU_HPROXY_PORT",
         "DKU_EVENTSERVER_PORT")
WRAPPER = """#!/bin/bash
# Written by the installer.
set -e
DIP_HOME={home}
. "$DIP_HOME/bin/env-default.sh"
. "$DIP_HOME/bin/env-site.sh"
export DIP_HOME
exec {command} "$@"
"""


def new_ini(home: DataDir, node: str, port: str) -> str:
    """An installation's id has capitals, too: names of images want it in small letters."""
    letters = string.ascii_letters + string.digits
    ident = random.choice(string.ascii_uppercase) + "".join(random.choice(letters) for _ in range(7))
    return (f"[general]\nnodetype = {node}\ninstallid = {ident}\nnodeid = {node}-{ident.lower()}\n\n"
            f"[server]\nport = {port}\n")


def env_default(home: DataDir, install: str, python: str) -> str:
    """The environment of all that runs; made anew from install.ini by `dssadmin regenerate-config`."""
    ini = home.ini()
    lines = ["# Generated: do not edit, see env-site.sh.", f'export DKUINSTALLDIR="{install}"',
             f'export DKUPYTHONBIN="{python}"', f'export DKU_NODE_TYPE="{ini["general"]["nodetype"]}"',
             f'export DKUJAVABIN="{java()}"']
    lines += [f'export {name}="{home.port + i}"' for i, name in enumerate(PORTS)]
    if ini.has_section("javaopts"):
        for key, value in ini["javaopts"].items():
            process, _, option = key.partition(".")
            if option == "xmx":
                lines.append(f'export DKU_{process.upper()}_JAVA_OPTS="-Xmx{value}"')
    return "\n".join(lines) + "\n"


def java() -> str:
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else shutil.which("java") or "java"


def commands(install: str, node: str) -> dict:
    admin = f'"$DKUPYTHONBIN" "{install}/scripts/admin/%s.py"'
    shown = {"dss": admin % "dss", "dssadmin": admin % "dssadmin",
             "python": '"$DIP_HOME/pyenv/bin/python"'}
    if node == "api":
        shown["apinode-admin"] = admin % "apinode_admin"
    else:
        shown["dsscli"] = admin % "dsscli"
    return shown


def virtual_environment(home: DataDir, install: str) -> None:
    """DSS's own interpreter: this one, with the kit's packages, and nothing in the environment that others inherit."""
    base = os.path.realpath(sys.executable)
    home.write("pyenv/pyvenv.cfg", f"home = {os.path.dirname(base)}\ninclude-system-site-packages = false\n")
    packages = "lib/python{}.{}/site-packages".format(*sys.version_info)
    shutil.rmtree(home.path("pyenv", "lib"), ignore_errors=True)
    home.write(f"pyenv/{packages}/dss.pth", f"{install}/python\n")
    link = home.path("pyenv", "bin", "python")
    os.makedirs(os.path.dirname(link), exist_ok=True)
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(base, link)


def main(folder, install, python, node, port, license_file):
    home = DataDir(folder)
    if port:
        home.write("install.ini", new_ini(home, node, port))
    node = home.ini()["general"]["nodetype"]
    for name in ("config", "run", "lib/jdbc", "lib/java", "managed_datasets", "jobs", "tmp", "plugins", "code-envs"):
        os.makedirs(home.path(name), exist_ok=True)
    home.write("bin/env-default.sh", env_default(home, install, python))
    for name, text in (("bin/env-site.sh", "# Add your own environment here: export NAME=VALUE\n"),
                       ("config/dip.properties", "# Add your own properties here.\n")):
        if not os.path.exists(home.path(name)):
            home.write(name, text)
    virtual_environment(home, install)
    for name, command in commands(install, node).items():
        home.write(f"bin/{name}", WRAPPER.format(home=folder, command=command), 0o755)
    if license_file:
        shutil.copy(license_file, home.path("config", "license.json"))
        os.chmod(home.path("config", "license.json"), 0o600)
    shutil.copy(os.path.join(install, "dss-version.json"), home.path("dss-version.json"))


if __name__ == "__main__":
    main(*sys.argv[1:])
