"""DSS's own check of the instance. What it finds are warnings: most of it is for an administrator to decide."""

from .session import message_text

SECONDS = 900
SHOWN = ("ERROR", "FATAL")


def ensure(dss, payload: dict, memory: dict) -> None:
    result = dss.task("the sanity check", lambda: dss.client.perform_instance_sanity_check(wait=False), SECONDS, check=False) or {}
    for message in result.get("messages") or []:
        if message.get("severity") in SHOWN:
            dss.warn(f"sanity check: {message_text(message)}")
