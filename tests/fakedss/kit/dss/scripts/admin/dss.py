"""bin/dss: starts and stops the server, as the user of the installation."""

import os
import signal
import subprocess
import sys
import time

from datadir import DataDir, die, fault

USAGE = "usage: dss {start|stop|restart|status|run}"


def command(home: DataDir) -> list:
    return [home.path("pyenv", "bin", "python"), "-m", "fakedss", "--data", home.folder, "--port", str(home.port),
            "--host", "0.0.0.0", "--version", home.version, "--tools", "auto"]


def start(home: DataDir) -> None:
    if home.process():
        die(f"DSS is already running, pid {home.process()}")
    fault("dss-start")
    print("Waiting for DSS supervisor to start ...")
    with open(home.path("run", "backend.log"), "ab") as log:
        child = subprocess.Popen(command(home), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.folder,
                                 start_new_session=True)
    for _ in range(200):
        if home.process() == child.pid:
            print(f"DSS started, pid={child.pid}")
            return
        if child.poll() is not None:
            die(f"DSS did not start: see {home.path('run', 'backend.log')}")
        time.sleep(0.05)
    die("DSS did not start in time")


def stop(home: DataDir) -> None:
    number = home.process()
    if not number:
        print("DSS is not running")
        return
    fault("dss-stop")
    os.kill(number, signal.SIGTERM)
    for turn in range(400):
        if not home.process():
            print("DSS stopped")
            return
        if turn == 300:
            os.kill(number, signal.SIGKILL)
        time.sleep(0.05)
    die("DSS did not stop")


def status(home: DataDir) -> None:
    number = home.process()
    if not number:
        print("DSS is not running")
        sys.exit(3)
    for name in ("backend", "ipython", "nginx"):
        print(f"{name:32} RUNNING   pid {number}")


def main() -> None:
    if os.geteuid() == 0:
        die("Installing or running DSS as root is not supported")
    if len(sys.argv) != 2:
        die(USAGE)
    home = DataDir(os.environ["DIP_HOME"])
    verb = sys.argv[1]
    if verb == "run":
        os.chdir(home.folder)
        os.execv(command(home)[0], command(home))
    if verb in ("stop", "restart"):
        stop(home)
    if verb in ("start", "restart"):
        start(home)
    elif verb == "status":
        status(home)
    elif verb != "stop":
        die(USAGE)


if __name__ == "__main__":
    main()
