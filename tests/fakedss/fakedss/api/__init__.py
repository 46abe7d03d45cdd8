"""The calls, by subject. Importing this package registers all of them."""

from .. import futures
from . import clusters, code_envs, connections, containers, groups, instance, keys, licensing, plugins, settings, users

__all__ = ["clusters", "code_envs", "connections", "containers", "futures", "groups", "instance", "keys", "licensing",
           "plugins", "settings", "users"]
