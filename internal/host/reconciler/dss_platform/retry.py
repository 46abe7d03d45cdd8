"""The timer that takes up a run that failed, or that was killed.

`pulumi up` after a failed one has the same revision: the association does not change, and nobody would call the
reconciler. So the document starts a timer before it gets the reconciler, which keeps it going, and takes it away when a run
has succeeded and has been heard. The timer looks for a handle that nobody has answered, and only then runs everything
again. The boot brings its units.
"""

TIMER = "dss-platform-retry.timer"


def arm(host) -> None:
    """Starts the timer, which another run that ended meanwhile may have stopped."""
    if not host.succeeds("systemctl", "is-active", "--quiet", TIMER):
        host.run("systemctl", "enable", "--now", "--quiet", TIMER)


def disarm(host) -> None:
    """Stops the timer. The service may be what runs us, so it is left to end by itself."""
    host.run("systemctl", "disable", "--now", "--quiet", TIMER)
