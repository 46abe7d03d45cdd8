"""Brings a host to the state that the platform's program wants for it, and says how it went."""
