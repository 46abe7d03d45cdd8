#!/usr/bin/env python3
"""Makes the archives that an installation of DSS downloads. The same input gives the same bytes.

Prints JSON: {file name: SHA-256}.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
EPOCH = (2026, 1, 1, 0, 0, 0)
SECONDS = 1767225600


def files_below(folder: str) -> dict:
    """{path below the folder: path}, sorted, without what Python makes."""
    found = {}
    for at, below, names in os.walk(folder):
        below[:] = sorted(b for b in below if b != "__pycache__" and not (at == folder and b == "bin"))
        for name in sorted(names):
            if not name.endswith(".pyc"):
                path = os.path.join(at, name)
                found[os.path.relpath(path, folder)] = path
    return found


def read(path: str) -> tuple:
    """(content, mode) of a file: 755 where it can be run, else 644."""
    with open(path, "rb") as file:
        return file.read(), 0o755 if os.access(path, os.X_OK) and os.stat(path).st_mode & 0o111 else 0o644


def pack(target: str, content: dict) -> None:
    """A tar.gz of {path: (bytes, mode)}, with the folders that the paths need."""
    folders = sorted({"/".join(p.split("/")[:i]) for p in content for i in range(1, p.count("/") + 1)})
    with open(target, "wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as zipped, \
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder in folders:
            archive.addfile(entry(folder, tarfile.DIRTYPE, 0o755))
        for path in sorted(content):
            data, mode = content[path]
            archive.addfile(entry(path, tarfile.REGTYPE, mode, len(data)), io.BytesIO(data))


def entry(path: str, kind: bytes, mode: int, size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(path)
    made.type, made.mode, made.size, made.mtime = kind, mode, size, SECONDS
    return made


def zip_files(target, content: dict) -> None:
    """A zip of {path: bytes}; target: a path or a file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(content):
            made = zipfile.ZipInfo(path, EPOCH)
            made.compress_type, made.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(made, content[path])


def text(document) -> bytes:
    return (json.dumps(document, indent=1) + "\n").encode()


def kit(version: str, client: str) -> dict:
    root = f"dataiku-dss-{version}"
    content = {f"{root}/{n}": read(p) for n, p in files_below(os.path.join(HERE, "kit", "dss")).items()}
    content.update({f"{root}/python/{n}": read(p) for n, p in files_below(client).items()})
    server = os.path.join(HERE, "fakedss")
    content.update({f"{root}/python/fakedss/{n}": read(p) for n, p in files_below(server).items()})
    about = {"product_version": version, "product_commitid": "0" * 40, "conf_version": "61"}
    content[f"{root}/dss-version.json"] = (text(about), 0o644)
    return content


def integration(kind: str, version: str, **more) -> dict:
    return {"about.json": (text({"kind": kind, "version": version, **more}), 0o644),
            "jars/README.txt": (b"The libraries would be here.\n", 0o644)}


def plugin() -> dict:
    """The release archive of the EKS plugin, as far as the server reads it."""
    with open(os.path.join(HERE, "fakedss", "defaults", "store.json"), encoding="utf-8") as file:
        about = json.load(file)["eks-clusters"]
    meta = {"id": "eks-clusters", "version": about["version"], "meta": {"label": about["label"]}}
    content = {"plugin.json": text(meta),
               "code-env/python/desc.json": text({"acceptedPythonInterpreters": about["interpreters"]}),
               "code-env/python/spec/requirements.txt": b"PyYAML\nawscli\nboto3\n"}
    for name, params in about["parameterSets"].items():
        content[f"parameter-sets/{name}/parameter-set.json"] = text({"params": params, "pluginParams": []})
    for name in about["clusters"]:
        content[f"python-clusters/{name}/cluster.json"] = text({"meta": {"label": name}})
    return content


def driver(version: str) -> bytes:
    out = io.BytesIO()
    zip_files(out, {"META-INF/MANIFEST.MF": f"Manifest-Version: 1.0\nImplementation-Version: {version}\n".encode(),
                    "META-INF/services/java.sql.Driver": b"com.amazon.athena.jdbc.AthenaDriver\n"})
    return out.getvalue()


def build(version: str, spark: str, client: str, out: str, athena: str) -> dict:
    os.makedirs(out, exist_ok=True)
    target = {n: os.path.join(out, n) for n in (
        f"dataiku-dss-{version}.tar.gz", f"dataiku-dss-hadoop-standalone-libs-generic-hadoop3-{version}.tar.gz",
        f"dataiku-dss-spark-standalone-{version}-{spark}-generic-hadoop3.tar.gz",
        f"athena-jdbc-{athena}-with-dependencies.jar", f"athena-jdbc-{athena}.zip",
        "dss-plugin-eks-clusters.zip", "license.json")}
    paths = list(target.values())
    pack(paths[0], kit(version, client))
    pack(paths[1], integration("hadoop", version))
    pack(paths[2], integration("spark", version, spark=spark))
    jar = driver(athena)
    with open(paths[3], "wb") as file:
        file.write(jar)
    zip_files(paths[4], {f"athena-jdbc-{athena}-with-dependencies.jar": jar, "LICENSE.txt": b"Stand-in.\n"})
    zip_files(paths[5], plugin())
    with open(os.path.join(HERE, "fakedss", "defaults", "license.json"), "rb") as source, open(paths[6], "wb") as file:
        file.write(source.read())
    return {name: digest(path) for name, path in target.items()}


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--version", default="14.7.5", help="version of DSS")
    words.add_argument("--spark", default="3.5.3", help="version of Spark in its archive's name")
    words.add_argument("--athena", default="3.5.0", help="version of the Athena driver")
    words.add_argument("--client", required=True, help="folder with the DSS client (pip install --target)")
    words.add_argument("--out", required=True, help="folder for the archives")
    given = words.parse_args()
    if not os.path.isdir(os.path.join(given.client, "dataikuapi")):
        words.error(f"{given.client} has no dataikuapi")
    print(json.dumps(build(given.version, given.spark, given.client, given.out, given.athena), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
