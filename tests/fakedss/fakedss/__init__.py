"""A stand-in for the HTTP side of Dataiku DSS, for tests: see README.md beside this package."""

from .server import Server

__all__ = ["Server"]
