"""Takes away the API keys that this program made before the one that it uses."""


def ensure(dss, payload: dict, memory: dict) -> None:
    for item in dss.client.list_global_api_keys():
        label = item.get("label") or ""
        if not label.startswith(payload["prefix"]) or label == payload["label"]:
            continue
        delete(dss, item["id"])
        dss.changed(f"deleted API key {label}, which nobody uses any more")


def delete(dss, identity: str) -> None:
    from dataikuapi.dss.admin import DSSGlobalApiKey  # only DSS's interpreter has it

    def look():
        if all(item["id"] != identity for item in dss.client.list_global_api_keys()):
            return None
        # The list's own way to a handle wants the key's text, which DSS does not tell.
        return DSSGlobalApiKey(dss.client, "", identity).delete

    dss.settle(look)
