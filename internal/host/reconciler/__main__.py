"""Entry point of the archive: `python3 reconciler.pyz run …`."""

import sys

from dss_platform.cli import main

sys.exit(main(sys.argv[1:]))
