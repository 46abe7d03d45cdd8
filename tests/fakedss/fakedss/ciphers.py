"""Secrets as DSS gives them back: a ciphertext with a salt of its own, another one each time a clear text is set.

The cipher is no real one: a test double only has to behave like one, and its tests want to read what was set.
"""

import base64
import hashlib
import hmac
import os
import secrets

PREFIX = "e:AES:"


def key_file(folder: str) -> bytes:
    """The key of the installation, made at the first use."""
    path = os.path.join(folder, "configkey.bin")
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
        return key_file(folder)


def stream(key: bytes, salt: bytes, length: int) -> bytes:
    out = b""
    while len(out) < length:
        out += hmac.new(key, salt + len(out).to_bytes(4, "big"), hashlib.sha256).digest()
    return out[:length]


def encrypt(key: bytes, clear: str) -> str:
    """The ciphertext of a clear text; what is a ciphertext already, or empty, stays."""
    if not clear or clear.startswith(PREFIX):
        return clear
    salt, data = secrets.token_bytes(16), clear.encode()
    mixed = bytes(a ^ b for a, b in zip(data, stream(key, salt, len(data))))
    return PREFIX + base64.b64encode(salt + mixed).decode()


def decrypt(key: bytes, text: str) -> str:
    if not text.startswith(PREFIX):
        return text
    raw = base64.b64decode(text[len(PREFIX):])
    return bytes(a ^ b for a, b in zip(raw[16:], stream(key, raw[:16], len(raw) - 16))).decode()


def hash_secret(secret: str, salt: str = "") -> str:
    salt = salt or secrets.token_hex(8)
    return salt + "$" + hashlib.pbkdf2_hmac("sha256", secret.encode(), salt.encode(), 1000).hex()


def matches(secret: str, kept: str) -> bool:
    return hmac.compare_digest(hash_secret(secret, kept.split("$", 1)[0]), kept)
