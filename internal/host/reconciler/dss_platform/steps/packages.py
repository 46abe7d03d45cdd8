"""Packages of the operating system."""

from ..step import Step, StepError


class Packages(Step):
    name = "packages"
    description = "the packages that DSS and the other steps need are installed"
    advice = "see whether the host reaches its package mirrors (NAT, proxy, or mirrors of your own)"

    def ensure(self, host, desired):
        install(host, desired["packages"])


def missing(host, names) -> list:
    """The packages of a list that are not installed."""
    return [name for name in names if not host.succeeds("rpm", "-q", "--quiet", name)]


def install(host, names, *options) -> list:
    """Installs what is missing of a list, and returns it."""
    absent = missing(host, names)
    if not absent:
        return []
    host.run("dnf", "install", "-y", *options, *absent, timeout=1800)
    still = missing(host, absent)
    if still:
        raise StepError(f"dnf did not install {', '.join(still)}", "see /var/log/dnf.log on the host")
    host.changed(f"installed {', '.join(absent)}")
    return absent
