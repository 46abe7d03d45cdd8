"""What a step is.

A step makes one part of the host as the desired state says. It must be safe to run again at any time, also after it
was killed half-way: it looks first, changes only what differs, and replaces files as a whole.
"""


class StepError(Exception):
    """A step cannot be done. `why` is the cause, `advice` is what a person can do about it."""

    def __init__(self, why: str, advice: str = ""):
        super().__init__(why)
        self.why, self.advice = why, advice


class Step:
    """One named part of the host. A subclass has a name, a description and `ensure`."""

    # Lower case, with hyphens; it is in logs, in the status and in the message that `pulumi up` shows.
    name = ""
    # What the step sees to, for a person who reads the status.
    description = ""
    # What to do when a command of the step fails and the step has nothing better to say.
    advice = "see /var/log/dss-platform/reconciler.jsonl on the host"

    def wanted(self, desired: dict) -> bool:
        """False when the desired state has no use for the step; it is then skipped."""
        return True

    def ensure(self, host, desired: dict) -> None:
        """Makes it so. `host` carries out changes and keeps a list of them; see [System]."""
        raise NotImplementedError
