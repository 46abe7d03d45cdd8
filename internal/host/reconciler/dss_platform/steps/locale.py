"""The locale that DSS wants (`en_US.utf8` must exist)."""

import re

from ..step import Step
from .packages import install


class Locale(Step):
    name = "locale"
    description = "the locale exists and is the system's"

    def ensure(self, host, desired):
        locale = desired["locale"]
        language = locale.split("_")[0]
        # A locale is installed with its language pack, so the package is the proof.
        install(host, [f"glibc-langpack-{language}"])
        text = host.read("/etc/locale.conf", "")
        line = f"LANG={locale}"
        if not re.search(rf"^{re.escape(line)}$", text, re.M):
            kept = [one for one in text.splitlines() if not one.startswith("LANG=")]
            host.write("/etc/locale.conf", "\n".join([line, *kept]) + "\n")
