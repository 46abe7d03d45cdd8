"""Runs the reconciler inside of a root, and disturbs it as a plan says; then lets it come to its end.

    python3 driver.py PLAN REPORT

PLAN is a JSON list of acts, see ACTS; the report is written after every act. It ends what runs in its name spaces without
asking: it refuses to work where it sees anything but a root of root.py.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import site_server
import state

DATA = "/data/dss"
STATUS = "/var/lib/dss-platform/status.json"
LOG = "/cloud/soak.log"
# A run that nobody disturbs is a quarter of a minute; one that waits for what a killed one has left takes longer.
RUN_SECONDS = 240
MOST_RUNS = 5


def main(plan: str, report: str) -> int:
    guard()
    with open(plan, encoding="utf-8") as file:
        acts = json.load(file)
    site = site_server.serve("/source")
    said = []
    for act in acts:
        said.append({"act": act["act"], **ACTS[act["act"]](act, site)})
        with open(report, "w", encoding="utf-8") as out:
            json.dump(said, out)
    return 0


def guard() -> None:
    """Signals go to everybody here, and the packet filter is emptied: only in name spaces that root.py has made."""
    addresses = subprocess.run(["ip", "-4", "address", "show", "dev", "eth0"], stdout=subprocess.PIPE, text=True, check=False).stdout
    if os.getppid() != 1 or "10.0.1.5/24" not in addresses or not os.path.ismount("/source"):
        raise SystemExit("driver.py runs in a root of root.py only")


# Processes.

def start(desired: str) -> subprocess.Popen:
    with open(LOG, "ab") as log:
        return subprocess.Popen(
            ["python3", "/source/reconciler", "run", "--desired", f"/source/{desired}", "--revision", "a" * 64, "--region", "eu-west-1"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def processes() -> dict:
    """{pid: (parent, command line)} of everybody but the first process and this one."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid()):
            with contextlib.suppress(OSError):
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
                with open(f"/proc/{name}/cmdline", encoding="utf-8", errors="replace") as file:
                    found[int(name)] = (parent, file.read().replace("\0", " "))
    return found


def services(found: dict) -> set:
    """What systemd would have started, and goes on when the control group of the reconciler is killed."""
    mine = {pid for pid, (_, line) in found.items()
            if "-m fakedss --data" in line or "/usr/local/bin/dockerd" in line or "/usr/local/bin/systemctl" in line}
    while True:
        more = {pid for pid, (parent, _) in found.items() if parent in mine} - mine
        if not more:
            return mine
        mine |= more


def kill(how: str, run: subprocess.Popen) -> None:
    """group: the reconciler's process group. tree: everything that it has started, but services. only: itself.
    term: it is asked to end. power: everything."""
    with contextlib.suppress(ProcessLookupError):
        if how in ("group", "term"):
            os.killpg(run.pid, signal.SIGKILL if how == "group" else signal.SIGTERM)
        elif how == "only":
            run.kill()
        else:
            kill_all(spare_services=how == "tree")


def kill_all(spare_services: bool) -> None:
    for _ in range(20):
        found = processes()
        rest = set(found) - (services(found) if spare_services else set())
        if not rest:
            return
        for pid in rest:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


# Faults.

def set_faults(faults: dict, site, over: threading.Event) -> None:
    clear_faults(site)
    site.faults = faults.get("site", [])
    os.makedirs("/etc/fakedss", exist_ok=True)
    with open("/etc/fakedss/faults", "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in faults.get("kit", []))
    with open("/cloud/faults.json", "w", encoding="utf-8") as out:
        json.dump(faults.get("commands", {}), out)
    os.chmod("/cloud/faults.json", 0o666)
    if faults.get("dss"):
        threading.Thread(target=fault_dss, args=(faults["dss"], over), daemon=True).start()


def fault_dss(switches: dict, over: threading.Event) -> None:
    """As soon as there is a DSS: before, the folder must be empty."""
    while not os.path.exists(f"{DATA}/bin/dss"):
        if over.wait(0.1):
            return
    with open("/tmp/faults.json", "w", encoding="utf-8") as out:
        json.dump(switches, out)
    os.chmod("/tmp/faults.json", 0o644)
    if not over.is_set():
        shutil.copy("/tmp/faults.json", f"{DATA}/faults.json")


def clear_faults(site) -> None:
    site.faults = []
    for path in ("/etc/fakedss/faults", "/cloud/faults.json", f"{DATA}/faults.json"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    for name in os.listdir("/tmp"):
        if name.startswith("fakedss-faults-"):
            shutil.rmtree(f"/tmp/{name}", ignore_errors=True)


# Acts.

def disturb(act: dict, site) -> dict:
    """A run with faults that is killed some seconds after a step has begun, perhaps beside a second one."""
    over, began = threading.Event(), time.monotonic()
    set_faults(act["faults"], site, over)
    moment = time.time_ns()
    runs, second = [start(act["desired"])], None
    if act.get("second") is not None:
        time.sleep(act["second"])
        second = start(act["desired"])
        runs.append(second)
    while runs[0].poll() is None and reached(moment) < act["step"] and time.monotonic() < began + RUN_SECONDS:
        time.sleep(0.02)
    with contextlib.suppress(subprocess.TimeoutExpired):
        runs[0].wait(act["seconds"])
    ended = runs[0].poll()
    at = step_now()
    kill(act["how"], runs[0])
    if second is not None and not act.get("spare"):
        kill(act["how"], second)
    if second is not None and act.get("spare") and act["how"] != "power":
        with contextlib.suppress(subprocess.TimeoutExpired):
            second.wait(RUN_SECONDS)
    if act["how"] == "term":
        with contextlib.suppress(subprocess.TimeoutExpired):
            runs[0].wait(30)
    for run in runs:
        if run.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    over.set()
    time.sleep(0.05)
    clear_faults(site)
    return {"at": at if ended is None else f"ended {ended}", "seconds": round(time.monotonic() - began, 1)}


def reached(since: int) -> int:
    """How many steps the run has begun that was started at a moment."""
    try:
        if os.stat(STATUS).st_mtime_ns < since:
            return 0
        with open(STATUS, encoding="utf-8") as file:
            return len(json.load(file)["steps"])
    except (OSError, ValueError):
        return 0


def step_now() -> str:
    """The step at which the run is."""
    try:
        with open(STATUS, encoding="utf-8") as file:
            steps = json.load(file)["steps"]
        return steps[-1]["name"] if steps else "beginning"
    except (OSError, ValueError):
        return "beginning"


def reboot(_act: dict, _site) -> dict:
    """The power fails, and comes back: volatile folders and the packet filter are empty, enabled units are started."""
    kill_all(spare_services=False)
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    for folder in ("/run", "/tmp"):
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(entry.path)
    os.makedirs("/run/lock", exist_ok=True)
    done = subprocess.run(["/usr/local/bin/systemctl", "stand-in-boot"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, check=False)
    return {"said": done.stdout[-500:]}


def converge(act: dict, _site) -> dict:
    """Runs without faults until one succeeds, then another one, which must change nothing. Then the state."""
    failures = []
    for _ in range(MOST_RUNS):
        began = time.monotonic()
        if finish(act["desired"]):
            break
        failures.append(failure())
    else:
        return {"converged": False, "failures": failures}
    seconds = round(time.monotonic() - began, 1)
    again = finish(act["desired"])
    with open(STATUS, encoding="utf-8") as file:
        changed = {s["name"]: s.get("changes") for s in json.load(file)["steps"] if s["result"] == "changed"}
    return {"converged": again and not changed, "failures": failures + ([] if again else [failure()]), "changed": changed,
            "seconds": seconds, "state": state.collect()}


def finish(desired: str) -> bool:
    run = start(desired)
    try:
        return run.wait(RUN_SECONDS) == 0
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return False


def failure() -> str:
    try:
        with open(STATUS, encoding="utf-8") as file:
            status = json.load(file)
    except (OSError, ValueError):
        return "there is no status"
    return f"{status['steps'][-1]['name']}: {status.get('message') or status['result']}" if status["steps"] else status["result"]


ACTS = {"disturb": disturb, "reboot": reboot, "converge": converge}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
