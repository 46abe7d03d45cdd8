"""bin/dsscli: keys, users and lists, by the API of the running server."""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request

from datadir import DataDir, die, fault


class Api:
    def __init__(self, home: DataDir):
        self.root = f"http://127.0.0.1:{home.port}/dip/publicapi"
        try:
            with open(home.path("run", "shared-secret.txt"), encoding="utf-8") as file:
                self.ticket = file.read()
        except OSError as why:
            die(f"Could not connect to DSS. Is it running? ({why})")

    def call(self, method: str, path: str, body=None):
        asked = urllib.request.Request(self.root + path, method=method, headers={"X-DKU-APITicket": self.ticket},
                                       data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(asked, timeout=600) as said:
                return json.load(said)
        except urllib.error.HTTPError as why:
            text = why.read().decode(errors="replace")
            die(f"{method} {path}: {why.code} {json.loads(text).get('message', '') if text.startswith('{') else text}")
        except OSError as why:
            die(f"Could not connect to DSS. Is it running? ({why})")

    def future(self, path: str):
        state = self.call("POST", path)
        while not state.get("hasResult"):
            time.sleep(0.3)
            state = self.call("GET", f"/futures/{state['jobId']}?peek=false")
        return state.get("result")


def show(rows: list, how: str) -> None:
    if how == "json":
        print(json.dumps(rows, indent=2))
        return
    names = list(dict.fromkeys(k for row in rows for k in row))
    print("\t".join(names))
    for row in rows:
        print("\t".join(str(row.get(n, "")) for n in names))


def words() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dsscli")
    verbs = top.add_subparsers(dest="verb", required=True)

    def verb(name):
        made = verbs.add_parser(name)
        made.add_argument("--output", choices=("fancy", "json"), default="fancy")
        return made
    made = verb("api-key-create")
    made.add_argument("--admin", default="false")
    made.add_argument("--label", default="")
    made.add_argument("--description", default="")
    verb("api-key-delete").add_argument("key")
    for name in ("api-keys-list", "users-list", "groups-list", "connections-list", "code-envs-list",
                 "container-exec-base-images-push"):
        verb(name)
    made = verb("user-edit")
    for name in ("password", "email", "display-name", "user-profile"):
        made.add_argument(f"--{name}")
    made.add_argument("login")
    verb("set-license").add_argument("--file", required=True)
    return top


def edit_user(api: Api, given) -> dict:
    user = api.call("GET", f"/admin/users/{given.login}")
    for name, key in (("password", "password"), ("email", "email"), ("display_name", "displayName"),
                      ("user_profile", "userProfile")):
        if getattr(given, name) is not None:
            user[key] = getattr(given, name)
    return api.call("PUT", f"/admin/users/{given.login}", user)


def run(api: Api, given) -> None:
    verb = given.verb
    if verb == "api-key-create":
        body = {"label": given.label, "description": given.description,
                "globalPermissions": {"admin": given.admin.lower() == "true"}}
        show([api.call("POST", "/admin/global-api-keys/", body)], given.output)
    elif verb == "api-key-delete":
        api.call("DELETE", f"/admin/global-api-keys/{given.key}")
    elif verb == "user-edit":
        edit_user(api, given)
    elif verb == "set-license":
        with open(given.file, encoding="utf-8") as file:
            api.call("POST", "/admin/licensing/license", json.load(file))
    elif verb == "container-exec-base-images-push":
        api.future("/admin/container-exec/actions/push-base-images")
    else:
        path = {"api-keys-list": "global-api-keys", "users-list": "users", "groups-list": "groups",
                "connections-list": "connections", "code-envs-list": "code-envs"}[verb]
        found = api.call("GET", f"/admin/{path}/")
        show(list(found.values()) if isinstance(found, dict) else found, given.output)


def main() -> None:
    if os.geteuid() == 0:
        die("this command must not be run as root")
    given = words().parse_args()
    fault(f"dsscli-{given.verb}", *sys.argv[2:])
    run(Api(DataDir(os.environ["DIP_HOME"])), given)
    fault(f"dsscli-{given.verb}-end")


if __name__ == "__main__":
    main()
