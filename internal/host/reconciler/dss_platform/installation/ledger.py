"""Which keys of somebody else's file are ours, and what was in their place before.

A key that is no longer wanted gets back the value that it had before we set it.
"""


def plan(current: dict, wanted: dict, before: dict) -> tuple:
    """What to set (None: take away), and what to remember of the time before, for keys and values of any kind."""
    changes, remembered = {}, {}
    for key, value in wanted.items():
        if current.get(key) != value:
            changes[key] = value
        remembered[key] = before[key] if key in before else current.get(key)
    for key, value in before.items():
        if key not in wanted and current.get(key) != value:
            changes[key] = value
    return changes, remembered
