"""The timer that takes up a run that failed, or that was killed.

`pulumi up` after a failed one has the same revision: the association does not change, and nobody would call the
reconciler. So a run sets a timer before it begins and takes it away when it has succeeded and has been heard. The timer
looks for a handle that nobody has answered, and only then runs everything again.
"""

import os

NAME = "dss-platform-retry"
SERVICE = f"/etc/systemd/system/{NAME}.service"
TIMER = f"/etc/systemd/system/{NAME}.timer"
SECONDS = 15

_SERVICE = """[Unit]
Description=Runs the DSS platform's reconciler again when a deployment waits for it
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart={command}
"""

_TIMER = f"""[Unit]
Description=Looks for a deployment that waits for the DSS platform's reconciler

[Timer]
OnBootSec={SECONDS}
OnActiveSec={SECONDS}
OnUnitInactiveSec={SECONDS}
AccuracySec=1

[Install]
WantedBy=timers.target
"""


def arm(host, command: str) -> None:
    """Sets the timer for a command line; one that is set already gets the new command."""
    # It comes and goes with every run, and is no part of the host's state.
    service = host.write(SERVICE, _SERVICE.format(command=command), note=False)
    timer = host.write(TIMER, _TIMER, note=False)
    if service or timer:
        host.run("systemctl", "daemon-reload")
    if timer or not host.succeeds("systemctl", "is-active", "--quiet", f"{NAME}.timer"):
        host.run("systemctl", "enable", "--now", "--quiet", f"{NAME}.timer")


def disarm(host) -> None:
    """Takes the timer away. The service may be what runs us, so it is not stopped."""
    if not host.exists(TIMER):
        return
    host.run("systemctl", "disable", "--now", "--quiet", f"{NAME}.timer", check=False)
    for path in (TIMER, SERVICE):
        if host.exists(path):
            os.unlink(host.path(path))
    host.run("systemctl", "daemon-reload", check=False)
