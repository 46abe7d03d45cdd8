"""The reconciler, killed and disturbed again and again: how often it comes to its end after all, and to the same end.

    python3 soak.py RUNS

A run prints its seed and what happened; `SEED=… soak.py 1` repeats one. Needs what test_linux.py needs.
"""

import concurrent.futures
import copy
import difflib
import json
import os
import shutil
import subprocess
import sys
import threading
import time

from deployment import WORK, Deployment
from disturbances import FROM_NOTHING, NEW_MAJOR, OLDER_SETTINGS, UPGRADE, Plan, told
from root import HERE

AT_ONCE = 2
PROGRAMS = ("driver.py", "site_server.py", "state.py")
OLD, NEW, OLDER = "desired-14.7.5.json", "desired-15.2.0.json", "desired-other.json"
# The states that a host comes from, and those to which it goes.
BEFORE = {FROM_NOTHING: None, NEW_MAJOR: None, OLDER_SETTINGS: OLDER, UPGRADE: OLD}
AFTER = {FROM_NOTHING: OLD, NEW_MAJOR: NEW, OLDER_SETTINGS: OLD, UPGRADE: NEW}
INSTANCE_SECONDS = 1500


class Host(Deployment):
    """Instances in which the driver carries out a plan."""

    def act(self, instance: str, acts: list) -> list:
        """What the driver reports of its acts; a line with its error where it could not go on."""
        for name, value in (("plan.json", acts), ("report.json", [])):
            with open(self.path("cloud", name), "w", encoding="utf-8") as out:
                json.dump(value, out)
        # The shell stays: the first process adopts what the killed ones leave.
        command = "python3 /source/driver.py /cloud/plan.json /cloud/report.json; exit $?"
        try:
            done = self.instance(instance, "/bin/bash", "-c", command, timeout=INSTANCE_SECONDS)
            error = f"the driver ended with {done.returncode}: {done.stdout[-2000:]}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            error = f"no end after {INSTANCE_SECONDS} s"
        with open(self.path("cloud", "report.json"), encoding="utf-8") as file:
            report = json.load(file)
        return report + ([{"act": "driver", "error": error}] if error else [])


class Soak:
    """What the runs share: archives, volumes to begin with, and the ends of hosts that nobody disturbed."""

    def __init__(self):
        self.template = Host()
        for name in PROGRAMS:
            shutil.copy(os.path.join(HERE, name), self.template.path("source"))
        for version in ("14.7.5", "15.2.0"):
            self.template.publish(version)
        with open(self.template.path("source", OLD), encoding="utf-8") as file:
            other = other_settings(json.load(file))
        with open(self.template.path("source", OLDER), "w", encoding="utf-8") as out:
            json.dump(other, out)
        self.volumes, self.ends, self.printing = {}, {}, threading.Lock()

    def close(self) -> None:
        for host in [self.template, *self.volumes.values()]:
            host.close()

    def host(self, before=None) -> Host:
        """A host's folders: a new volume, or a copy of one on which there is a DSS."""
        host = Host()
        shutil.rmtree(host.path("source"))
        shutil.copytree(self.template.path("source"), host.path("source"), copy_function=os.link)
        if before:
            for name in ("data", "cloud"):
                subprocess.run(["cp", "-a", "--", self.volumes[before].path(name) + "/.", host.path(name)], check=True)
        return host

    def prepare(self, scenarios: set) -> None:
        """Hosts that nobody disturbs: first those that others begin with, then the ends to compare with."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._volume, {BEFORE[s] for s in scenarios} - {None}))
            list(pool.map(self._end, scenarios))

    def _volume(self, desired: str) -> None:
        host = self.host()
        check(host.act("i-0", [{"act": "converge", "desired": desired}]), desired)
        self.volumes[desired] = host

    def _end(self, scenario: str) -> None:
        host = self.host(BEFORE[scenario])
        try:
            began = time.monotonic()
            self.ends[scenario] = check(host.act("i-1", [{"act": "converge", "desired": AFTER[scenario]}]), scenario)
            print(f"undisturbed: {scenario}, {time.monotonic() - began:.0f} s with a second run that changed nothing", flush=True)
        finally:
            host.close()

    def run(self, number: int, seed: int) -> bool:
        plan, began = Plan(seed), time.monotonic()
        host = self.host(BEFORE[plan.scenario])
        try:
            said, reports = [], []
            for place, acts in enumerate(plan.instances):
                said += ["another instance"] if place else []
                reports = host.act(f"i-{place + 1}", acts)
                said += [told(act, report) for act, report in zip(acts, reports) if act["act"] != "converge"]
                if "error" in reports[-1]:
                    break
            problems = self.problems(plan, reports[-1])
            self.tell(f"run {number} seed {seed}: {plan.scenario}: {'; '.join(said)}; "
                      f"{'NOT converged' if problems else 'converged'} in {round(time.monotonic() - began)} s", problems)
            if problems:
                self.keep(host, seed, plan, reports)
            return not problems
        finally:
            host.close()

    def problems(self, plan: Plan, last: dict) -> list:
        """Why a host is not where it should be; empty when it is."""
        if last["act"] != "converge":
            return [last.get("error", "the driver said nothing of the end")]
        if not last["converged"]:
            return [f"a run failed: {why}" for why in last["failures"]] + [
                f"a further run changed {step}: {what}" for step, what in last.get("changed", {}).items()]
        return differences(self.ends[plan.scenario], last["state"])

    def tell(self, line: str, problems: list) -> None:
        with self.printing:
            print(line, *(f"    {problem}" for problem in problems), sep="\n", flush=True)

    def keep(self, host: Host, seed: int, plan: Plan, reports: list) -> None:
        """What a person needs who looks for the cause."""
        folder = os.path.join(WORK, "soak")
        os.makedirs(folder, exist_ok=True)
        shutil.copy(host.path("cloud", "soak.log"), os.path.join(folder, f"{seed}.log"))
        with open(os.path.join(folder, f"{seed}.json"), "w", encoding="utf-8") as out:
            json.dump({"plan": plan.instances, "reports": reports}, out, indent=1)
        self.tell(f"    see {folder}/{seed}.log and {seed}.json", [])


def check(reports: list, what: str) -> dict:
    """The state of a host that nobody disturbed."""
    if not reports[-1].get("converged"):
        raise SystemExit(f"{what}: without any disturbance: {json.dumps(reports[-1])[:3000]}")
    return reports[-1]["state"]


def differences(wanted: dict, found: dict) -> list:
    lines = []
    for name in sorted(set(wanted) | set(found)):
        if wanted.get(name) != found.get(name):
            texts = [(side.get(name) or "").splitlines() for side in (wanted, found)]
            diff = difflib.unified_diff(*texts, "undisturbed", "this", n=0, lineterm="")
            lines.append(f"{name} differs: " + " | ".join(line.strip() for line in list(diff)[2:14]))
    return lines


def other_settings(desired: dict) -> dict:
    """The settings that a host may have had before: some other, some more, some less."""
    desired = copy.deepcopy(desired)
    dss, inside = desired["dss"], desired["dss"]["inside"]
    dss["installIni"].setdefault("javaopts", {})["backend.xmx"] = "3g"
    dss["installIni"]["javaopts"]["jek.xmx"] = "1g"
    dss["environment"]["OLD"] = "1"
    dss["properties"]["dku.old"] = "true"
    options = dss["baseImages"][0]["options"]
    dss["baseImages"][0]["options"] = [] if options else ["--without-r"]
    inside["groups"].append({**copy.deepcopy(inside["groups"][0]), "name": "old"})
    inside["users"].append({**copy.deepcopy(inside["users"][0]), "login": "old"})
    connection = next(copy.deepcopy(c) for c in inside["connections"] if c["definition"]["type"] == "EC2")
    connection["name"] = "old"
    for key in ("associatedAthenaConnection", "defaultMetastoreDatabase"):
        connection["definition"]["params"].pop(key, None)
    inside["connections"].append(connection)
    sizes = inside["settings"][0]["document"]["containerSettings"]["executionConfigs"]
    sizes.append({**copy.deepcopy(sizes[0]), "name": "old"})
    inside["clusters"], inside["defaults"] = [], []
    inside["plugins"][0]["presets"] = inside["plugins"][0]["presets"][:1]
    return desired


def main(words: list) -> int:
    runs = int(words[0]) if words else 50
    first = int(os.environ.get("SEED") or int.from_bytes(os.urandom(3), "big"))
    seeds = range(first, first + runs)
    soak, began = Soak(), time.monotonic()
    try:
        soak.prepare({Plan(seed).scenario for seed in seeds})
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(soak.run, range(1, runs + 1), seeds))
    finally:
        soak.close()
    print(f"took {round(time.monotonic() - began)} s", f"converged {sum(results)} of {runs}", sep="\n", flush=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
