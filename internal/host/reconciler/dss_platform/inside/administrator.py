"""The password of DSS's first administrator."""

from .users import put_password


def ensure(dss, payload: dict, memory: dict) -> None:
    login = payload["login"]
    if all(user["login"] != login for user in dss.client.list_users()):
        dss.warn(f"DSS has no user {login}: nobody's password was set")
        return
    put_password(dss, login, payload["password"]["$value"])
    dss.changed(f"set the password of {login}")
