"""General settings and instance variables."""

from ..errors import illegal
from ..routes import route


@route("GET", "/admin/general-settings")
def get_settings(instance, request):
    return instance.store.get("general-settings")


@route("PUT", "/admin/general-settings")
def put_settings(instance, request):
    kept = instance.settings_filter()
    document = kept.apply(instance.settings_schema(), request.object())
    check_build_configs(document)
    with instance.store.lock:
        instance.store.put("general-settings", document)
        if kept.lost:
            instance.tools.record("dropped-settings", paths=sorted(set(kept.lost)))
    return {}


def check_build_configs(document: dict) -> None:
    """An execution configuration may only name a build configuration that exists."""
    containers = document.get("containerSettings", {})
    known = {c.get("name") for c in containers.get("buildConfigs", [])}
    for config in containers.get("executionConfigs", []):
        wanted = config.get("imageBuildConfig")
        if wanted and wanted not in known:
            raise illegal(f"Image build configuration '{wanted}' does not exist "
                          f"(in containerized execution configuration '{config.get('name')}')")


@route("GET", "/admin/variables")
def get_variables(instance, request):
    return instance.store.get("variables", {})


@route("PUT", "/admin/variables")
def put_variables(instance, request):
    instance.store.put("variables", request.object())
    return {}


def subject(name: str, setting: str):
    """The pages of the user directories: parts of the general settings with an address of their own."""
    @route("GET", f"/admin/iam/{name}")
    def read(instance, request):
        return instance.store.get("general-settings").get(setting, {})

    @route("PUT", f"/admin/iam/{name}")
    def write(instance, request):
        kept = instance.settings_filter()
        part = kept.apply(instance.settings_schema()[setting], request.object(), setting)
        with instance.store.edit("general-settings") as document:
            document[setting] = part
        return {}
    return read, write


for _name, _key in (("sso-settings", "ssoSettings"), ("ldap-settings", "ldapSettings"),
                    ("azure-ad-settings", "azureADSettings")):
    subject(_name, _key)
