"""DSS's own programs, run as they want it: by the DSS user, without a terminal, with a umask that others can live with.

A program goes on when the run that started it is killed. So each holds a lock for as long as it, or anything it
started, lives: the next run waits for its end instead of starting a second installer beside the first. One whose run was
killed while it still waited is not started any more: by then it may be something that nobody wants.
"""

import os

from ..step import StepError
from ..system import CommandFailed

LOCK = "/run/lock/dss-platform-command.lock"
# How long a program of an earlier run is waited for, in seconds.
PATIENCE = 3600
BUSY, UNWANTED = 75, 76

# The DSS user may not send signals to root's run: only "no such process" tells that it is gone.
_SCRIPT = ('exec 9<>"$1" || exit 1; flock -w "$2" 9 || exit %d; [[ $(LC_ALL=C; kill -0 "$3" 2>&1) != *"No such process"* ]] || exit %d; '
           'shift 3; umask 022; exec "$@"' % (BUSY, UNWANTED))


def as_user(host, desired: dict, *argv, timeout: int = 900, environment=None) -> str:
    """Runs a program as the DSS user, in a login session of its own. The environment is not for secrets."""
    return _run(host, desired, argv, timeout, environment, user=desired["user"]["name"])


def as_root(host, desired: dict, *argv, timeout: int = 900) -> str:
    """Runs one of DSS's programs that want root."""
    return _run(host, desired, argv, timeout, None)


def dssadmin(host, desired: dict, *words, timeout: int = 900) -> str:
    """Runs DATADIR/bin/dssadmin, which writes its log to DATADIR/run/install.log."""
    data = desired["dss"]["dataDir"]
    try:
        return as_user(host, desired, host.path(f"{data}/bin/dssadmin"), *words, timeout=timeout)
    except CommandFailed as problem:
        raise StepError(f"dssadmin {words[0]}: {problem.why}", f"see {data}/run/install.log on the host") from problem


def _run(host, desired, argv, timeout, environment, **options) -> str:
    owner = (host.account(desired["user"]["name"]) or (0, 0))[:2]
    host.write(LOCK, "", mode=0o600, owner=owner, note=False)
    settings = ["env", *[f"{key}={value}" for key, value in environment.items()]] if environment else []
    words = ["bash", "-c", _SCRIPT, "dss-platform", host.path(LOCK), str(PATIENCE), str(os.getpid()), *settings, *argv]
    try:
        return host.run(*words, timeout=timeout + PATIENCE, **options)
    except CommandFailed as problem:
        if problem.code == BUSY:
            raise StepError("a program that an earlier run has started is still at work",
                            f"wait for its end, or end it: `fuser -v {LOCK}` on the host names it") from problem
        raise
