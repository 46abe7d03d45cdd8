"""The steps, in the order in which they run. Each comes after what it needs."""

from .clock import Clock
from .docker import Docker
from .limits import Limits
from .locale import Locale
from .metadata_guard import MetadataGuard
from .packages import Packages
from .tools import Tools
from .user import User
from .volume import Volume

ORDER = [
    Volume(),  # everything that must survive the instance is on it
    Packages(),
    Locale(),
    Clock(),
    User(),  # has its home on the volume
    Limits(),
    MetadataGuard(),  # before anything that runs for others than root
    Docker(),  # lets the user in
    Tools(),
]
