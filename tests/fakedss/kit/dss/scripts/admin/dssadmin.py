"""bin/dssadmin: integrations, user isolation, base images, databases. Each verb with the refusals of the real one."""

import glob
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tarfile

import images
import layout
from datadir import DataDir, die, fault

ETC = os.environ.get("FAKEDSS_ETC", "/etc")
SECURITY = """[users]
# Groups whose members DSS may act as, separated by ;
allowed_user_groups =

[dirs]
dss_datadir = {home}
additional_allowed_file_dirs =
"""


def need_stopped(home: DataDir) -> None:
    if home.process():
        die("DSS is running: stop it first (bin/dss stop)")


def need_user() -> None:
    if os.geteuid() == 0:
        die("this command must not be run as root")


def options(words: list, taking: tuple, bare: tuple = ()) -> dict:
    """Options with a single dash and their values; anything else is refused."""
    found, rest = {}, list(words)
    while rest:
        name = rest.pop(0)
        if name in taking and rest:
            found[name] = rest.pop(0)
        elif name in bare:
            found[name] = True
        else:
            die(f"unexpected argument: {name}")
    return found


def unpack(home: DataDir, archive: str, kind: str, target: str) -> dict:
    """Unpacks the archive of an integration, and gives what it says of itself."""
    if not os.path.isfile(archive):
        die(f"Archive not found: {archive}")
    try:
        with tarfile.open(archive) as file:
            about = json.load(file.extractfile("about.json"))
            if about["kind"] != kind or about["version"] != home.version:
                die(f"{os.path.basename(archive)} is for {about['kind']} of DSS {about['version']}, not {home.version}")
            shutil.rmtree(home.path(target), ignore_errors=True)
            file.extractall(home.path(target))
    except (tarfile.TarError, KeyError, OSError) as why:
        die(f"Could not read {archive}: {why}")
    return about


def install_hadoop_integration(home: DataDir, words: list) -> None:
    need_user()
    need_stopped(home)
    given = options(words, ("-standalone", "-standaloneArchive"))
    if given.get("-standalone", "generic-hadoop3") != "generic-hadoop3" or "-standaloneArchive" not in given:
        die("usage: install-hadoop-integration -standalone generic-hadoop3 -standaloneArchive FILE")
    about = unpack(home, given["-standaloneArchive"], "hadoop", "hadoop-standalone-libs")
    home.write("bin/env-hadoop.sh", f'# DSS {about["version"]}\nexport DKU_HADOOP_VERSION="generic-hadoop3"\n')


def install_spark_integration(home: DataDir, words: list) -> None:
    need_user()
    need_stopped(home)
    given = options(words, ("-standaloneArchive",), ("-forK8S",))
    if not os.path.exists(home.path("bin", "env-hadoop.sh")):
        die("Hadoop integration is not installed: run install-hadoop-integration first")
    if "-standaloneArchive" not in given:
        die("usage: install-spark-integration -standaloneArchive FILE -forK8S")
    about = unpack(home, given["-standaloneArchive"], "spark", "spark-standalone")
    lines = [f'# DSS {about["version"]}', f'export DKU_SPARK_VERSION="{about["spark"]}"',
             f'export SPARK_HOME="{home.path("spark-standalone")}"', f'export DKU_SPARK_FOR_K8S="{"-forK8S" in given}"']
    home.write("bin/env-spark.sh", "\n".join(lines) + "\n")


def install_r_integration(home: DataDir, words: list) -> None:
    need_user()
    need_stopped(home)
    if not shutil.which("R") and not packaged("R-core-devel"):
        die("R is not installed: run install-deps.sh -with-r")
    os.makedirs(home.path("R.lib"), exist_ok=True)
    home.write("bin/R", f"#!/bin/sh\n# DSS {home.version}\nexec R \"$@\"\n", 0o755)


def packaged(name: str) -> bool:
    """Whether a package of the operating system is installed."""
    if not shutil.which("rpm"):
        return False
    return subprocess.run(["rpm", "-q", name], check=False, capture_output=True).returncode == 0


def install_graphics_export(home: DataDir, words: list) -> None:
    need_user()
    need_stopped(home)
    with open("/etc/os-release", encoding="utf-8") as file:
        if 'ID="amzn"' in file.read():
            die("Graphics exports are not supported on Amazon Linux")
    home.write("graphics-export/version", home.version + "\n")


def install_impersonation(home: DataDir, words: list) -> None:
    if os.geteuid() != 0:
        die("install-impersonation must be run as root")
    need_stopped(home)
    if len(words) != 1:
        die("usage: install-impersonation DSS_USER")
    user = words[0]
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        die(f"no such user: {user}")
    if os.stat(home.folder).st_uid != account.pw_uid:
        die(f"{home.folder} does not belong to {user}")
    folder = f"{ETC}/dataiku-security/{home.install_id}"
    os.makedirs(folder + "/security", mode=0o755, exist_ok=True)
    wrapper = folder + "/execwrapper.sh"
    for old in glob.glob(f"{ETC}/sudoers.d/dataiku-dss-{user}-*"):
        os.unlink(old)
    put(f"{ETC}/sudoers.d/dataiku-dss-{user}-{secrets.token_hex(4)}",
        f"Defaults:{user} !requiretty\n{user} ALL=(root) NOPASSWD: {wrapper}\n", 0o440)
    put(wrapper, "#!/bin/sh\nexec \"$@\"\n", 0o500)
    if not os.path.exists(folder + "/security/security-config.ini"):
        put(folder + "/security/security-config.ini", SECURITY.format(home=home.folder), 0o600)
    os.chmod(home.folder, 0o711)
    remember_isolation(home, account)


def remember_isolation(home: DataDir, account) -> None:
    ini = home.ini()
    if not ini.has_section("mus"):
        ini.add_section("mus")
    ini["mus"]["enabled"] = "true"
    with open(home.path("install.ini"), "w", encoding="utf-8") as out:
        ini.write(out)
    os.chown(home.path("install.ini"), account.pw_uid, account.pw_gid)


def put(path: str, text: str, mode: int) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as out:
        out.write(text)
    os.chmod(path, mode)


def regenerate_config(home: DataDir, words: list) -> None:
    need_user()
    need_stopped(home)
    text = layout.env_default(home, os.environ["DKUINSTALLDIR"], os.environ["DKUPYTHONBIN"])
    home.write("bin/env-default.sh", text)


def copy_databases_to_external(home: DataDir, words: list) -> None:
    """No database is written: the connection has to be there, and the copy is noted."""
    need_user()
    need_stopped(home)
    try:
        with open(home.path("config", "general-settings.json"), encoding="utf-8") as file:
            internal = json.load(file).get("internalDatabase", {})
    except OSError:
        internal = {}
    connection = internal.get("connection") or {}
    if connection.get("type") != "PostgreSQL":
        die("internalDatabase.connection of the general settings is no PostgreSQL connection")
    missing = [k for k in ("host", "user", "password", "db") if not connection.get("params", {}).get(k)]
    if missing:
        die(f"internalDatabase.connection.params lacks {', '.join(missing)}")
    said = {"schema": internal.get("schema", ""), "tableNamePrefix": internal.get("tableNamePrefix", "")}
    home.write("config/databases-copied.json", json.dumps(said) + "\n")


def build_cde_plugins_image(home: DataDir, words: list) -> None:
    need_user()
    images.build(home, f"dku-cde-plugins-{home.install_id.lower()}:dss-{home.version}", "cde-plugins", [])


def build_base_image(home: DataDir, words: list) -> None:
    need_user()
    images.build_base(home, words)


def build_code_env_images(home: DataDir, words: list) -> None:
    need_user()
    images.build(home, f"dku-code-envs-{home.install_id.lower()}:dss-{home.version}", "code-envs", words)


VERBS = {
    "install-hadoop-integration": install_hadoop_integration, "install-spark-integration": install_spark_integration,
    "install-R-integration": install_r_integration, "install-graphics-export": install_graphics_export,
    "install-impersonation": install_impersonation, "regenerate-config": regenerate_config,
    "build-base-image": build_base_image, "build-cde-plugins-image": build_cde_plugins_image,
    "build-container-exec-code-env-images": build_code_env_images, "build-code-env-images": build_code_env_images,
    "copy-databases-to-external": copy_databases_to_external,
}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in VERBS:
        die("usage: dssadmin COMMAND, with COMMAND one of " + ", ".join(sorted(VERBS)))
    verb, words = sys.argv[1], sys.argv[2:]
    fault(f"dssadmin-{verb}", *words)
    VERBS[verb](DataDir(os.environ["DIP_HOME"]), words)
    fault(f"dssadmin-{verb}-end")
    print(f"[+] {verb}: done")


if __name__ == "__main__":
    main()
