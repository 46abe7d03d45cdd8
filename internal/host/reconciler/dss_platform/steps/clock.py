"""The clock: kept by chrony from the time service of the instance, which needs no network."""

from ..step import Step

BEGIN, END = "# dss-platform: begin", "# dss-platform: end"
FILE = "/etc/chrony.conf"


class Clock(Step):
    name = "clock"
    description = "the clock follows the time service of the instance"

    def ensure(self, host, desired):
        if not host.succeeds("systemctl", "cat", "chronyd.service"):
            host.warn("there is no chronyd.service: the clock is left to whatever keeps it")
            return
        server = desired["clock"]["server"]
        block = f"{BEGIN}\nserver {server} prefer iburst minpoll 4 maxpoll 4\n{END}\n"
        changed = host.write(FILE, with_block(host.read(FILE, ""), block))
        host.service("chronyd.service", restart=changed)


def with_block(text: str, block: str) -> str:
    """A text with our block in it, in place of the one it had."""
    kept, inside = [], False
    for line in text.splitlines():
        if line == BEGIN:
            inside = True
        elif line == END:
            inside = False
        elif not inside:
            kept.append(line)
    return block + "".join(f"{line}\n" for line in kept)
