"""What happens to a host in one run of the soak: all of it follows from the seed."""

import random

FROM_NOTHING, OLDER_SETTINGS, UPGRADE, NEW_MAJOR = "nothing to 14.7.5", "other settings to 14.7.5", "14.7.5 to 15.2.0", "nothing to 15.2.0"
SCENARIOS = {FROM_NOTHING: 4, OLDER_SETTINGS: 2, UPGRADE: 3, NEW_MAJOR: 1}
# Half of the runs are killed after a time: how long one takes that nobody disturbs, and what is left of it later, in seconds.
WHOLE, REST = 16, 9
# The others are killed in a step, whichever the machine's speed: the steps in order.py, and how long one takes at most.
STEPS, STEP_SECONDS = 43, 2

SCRIPTS = ("installer", "installer-middle", "installer-end", "install-deps", "install-deps-end", "install-boot", "install-boot-end",
           "dss-start", "dss-stop", "dssadmin-install-hadoop-integration", "dssadmin-install-hadoop-integration-end",
           "dssadmin-install-spark-integration", "dssadmin-install-spark-integration-end", "dssadmin-regenerate-config",
           "dssadmin-install-impersonation", "dssadmin-install-impersonation-end", "dssadmin-build-base-image",
           "dssadmin-build-base-image-end", "dsscli-api-key-create", "dsscli-api-key-create-end",
           "dsscli-container-exec-base-images-push", "dsscli-container-exec-base-images-push-end")
CALLS = ("aws secretsmanager get-secret-value", "aws secretsmanager put-secret-value", "aws eks describe-cluster",
         "aws ecr create-repository", "aws ecr get-login-password", "aws ec2 create-snapshot", "aws ec2 describe-snapshots",
         "dnf install", "docker build", "docker image", "docker tag", "docker push", "systemctl restart", "systemctl enable")
PATHS = ("", "general-settings", "connections", "users", "groups", "plugins", "clusters", "futures", "code-envs", "licensing",
         "global-api-keys", "container-exec")
FILES = ("dataiku-dss-14.7.5.tar.gz", "dataiku-dss-15.2.0.tar.gz", "kubectl", "aws", "eksctl", "with-dependencies.jar")
SWITCHES = ({"pluginInstallError": "no space left on device"}, {"codeEnvError": "pip failed"}, {"clusterStartError": "no such host"},
            {"connectionTestErrors": {"sales": "Access Denied"}}, {"futurePolls": 4}, {"kubectlErrors": 3}, {"startup502Seconds": 3},
            {"futureSeconds": 2}, {"clusterStartSeconds": 3})
HOW = ("group", "group", "group", "tree", "only", "term", "power")


class Plan:
    """Acts by instance: when there are several, each begins with an empty system on the volume of the one before."""

    def __init__(self, seed: int):
        self.seed, self.random = seed, random.Random(seed)
        self.scenario = self.random.choices(list(SCENARIOS), list(SCENARIOS.values()))[0]
        self.target = "15.2.0" if self.scenario in (UPGRADE, NEW_MAJOR) else "14.7.5"
        self.instances = [[]]
        for number in range(self.random.randint(2, 4)):
            self._disturb(first=number == 0)
        self.instances[-1].append({"act": "converge", "desired": self.desired})

    @property
    def desired(self) -> str:
        return f"desired-{self.target}.json"

    def _disturb(self, first: bool) -> None:
        act = disturbance(self.random, WHOLE if first else REST)
        self.instances[-1].append({"act": "disturb", "desired": self.desired, **act})
        fate = self.random.random()
        if fate < 0.12:
            self.instances.append([])
        elif fate < 0.3 or act["how"] == "power":
            self.instances[-1].append({"act": "reboot"})


def disturbance(chance: random.Random, most_seconds: float) -> dict:
    how = chance.choice(HOW)
    act = {"how": how, "faults": faults(chance, how)}
    if chance.random() < 0.5:
        act.update(step=0, seconds=round(chance.uniform(0.2, most_seconds), 2))
    else:
        act.update(step=chance.randint(1, STEPS), seconds=round(STEP_SECONDS * chance.random() ** 2, 2))
    if chance.random() < 0.2:
        act.update(second=round(chance.uniform(0, 2), 2), spare=chance.random() < 0.5)
    return act


def faults(chance: random.Random, how: str) -> dict:
    # A script that never ends must die with the run: the next one waits for it as long as it lives.
    actions = ["fail", "die", "wait:3"] + (["hang"] if how in ("tree", "power") else [])
    found = {"kit": [f"{place} {chance.choice(actions)} 1" for place in some(chance, SCRIPTS)]}
    found["commands"] = {call: {"when": chance.choice(("before", "after")), "times": chance.randint(1, 2)}
                         for call in some(chance, CALLS)}
    found["site"] = [{"name": name, "action": chance.choice(("cut", "refuse"))} for name in some(chance, FILES)]
    found["dss"] = {"rules": [rule(chance) for _ in range(chance.choice((0, 1, 2, 4)))]}
    if chance.random() < 0.3:
        found["dss"].update(chance.choice(SWITCHES))
    return found


def some(chance: random.Random, of: tuple) -> list:
    return chance.sample(of, chance.choice((0, 0, 1, 1, 2)))


def rule(chance: random.Random) -> dict:
    """A fault of some of DSS's answers, often those to writes."""
    found = {"path": chance.choice(PATHS), "nth": chance.randint(1, 6), "times": chance.randint(1, 2)}
    if chance.random() < 0.6:
        found["method"] = chance.choice(("PUT", "POST", "DELETE"))
    found.update(chance.choice(({"status": 500}, {"status": 502}, {"status": 503}, {"status": 500, "afterWork": True},
                                {"status": 502, "afterWork": True}, {"drop": "before"}, {"drop": "after"}, {"delaySeconds": 2})))
    return found


def told(act: dict, report: dict) -> str:
    """An act and what came of it, in a few words."""
    if act["act"] != "disturb":
        return act["act"]
    parts = [*act["faults"]["kit"], *(f"{call} fails {how['when']}" for call, how in act["faults"]["commands"].items()),
             *(f"{fault['action']} {fault['name']}" for fault in act["faults"]["site"]),
             *(f"{key} {value}" for key, value in act["faults"]["dss"].items() if key != "rules")]
    rules = len(act["faults"]["dss"]["rules"])
    parts += [f"{rules} requests"] if rules else []
    second = "" if "second" not in act else ", beside a second run" + (" that is spared" if act["spare"] else "")
    text = f"{act['how']} at {report.get('at', '?')} after {report.get('seconds', '?')} s{second}"
    return text + (f" [{', '.join(parts)}]" if parts else "")
