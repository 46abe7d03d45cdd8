"""The whole reconciler on a real Linux root: installation, a second run, another instance, an upgrade, and what end users reach.

The desired state is the one that the Go program renders. Needs root, Go, and the client's releases (see ../run).
"""

import json
import re
import subprocess
import unittest

from deployment import Deployment

VERSION, NEWER = "14.7.5", "15.2.0"
RUN = """
cd /source && python3 -m http.server --bind 127.0.0.1 8000 >/dev/null 2>&1 &
for attempt in 1 2 3 4 5 6 7 8 9 10; do curl -fs http://127.0.0.1:8000/ >/dev/null && break; sleep 0.3; done
reconcile() {{
  python3 /source/reconciler run --desired "/source/$1" --revision {revision} --region eu-west-1
  code=$?
  cp /var/lib/dss-platform/status.json "/cloud/status-$2.json"
  return $code
}}
{commands}
"""


class Platform(Deployment):
    """Runs the reconciler on instances, and tells what came of it."""

    def reconcile(self, instance: str, commands: str) -> str:
        done = self.instance(instance, "/bin/bash", "-c", RUN.format(revision="a" * 64, commands=commands))
        if done.returncode:
            raise AssertionError(f"{instance} ended with {done.returncode}:\n{done.stdout[-6000:]}")
        return done.stdout

    def changed(self, name: str) -> list:
        return [step["name"] for step in self.kept(f"status-{name}")["steps"] if step["result"] == "changed"]

    def calls(self, command: str) -> list:
        with open(self.path("cloud", "calls"), encoding="utf-8") as file:
            return [call["command"] for call in map(json.loads, file) if call["command"][0] == command]


class Lifetime(unittest.TestCase):
    """One platform from nothing to its upgrade: each part builds on the one before."""

    @classmethod
    def setUpClass(cls):
        cls.platform = Platform()
        cls.addClassCleanup(cls.platform.close)
        cls.platform.publish(VERSION)
        cls.platform.publish(NEWER)

    def test_1_installs_and_is_settled(self):
        # End users have accounts; what they reach is tried under one of them, while DSS runs.
        private_of_dss = "/data/home/dataiku/.aws/credentials"
        private = f"{private_of_dss} /data/home/dataiku/.aws/config /data/.dss-platform/installation.json /data/dss/config/users.json"
        said = self.platform.reconcile("i-1", f"""
set -e
reconcile desired-{VERSION}.json first
reconcile desired-{VERSION}.json second
attempt() {{ code=0; runuser -u "$1" -- "${{@:3}}" >/dev/null 2>&1 || code=$?; echo "$2 as $1: $code"; }}
ip address add 169.254.169.254/32 dev lo
ip address add fd00:ec2::254/128 dev lo nodad
printf '%s metadata\n' 169.254.169.254 fd00:ec2::254 >>/etc/hosts  # or the server looks for its name where there is no network
for address in 169.254.169.254 fd00:ec2::254; do
  python3 -m http.server --bind "$address" 80 >/dev/null 2>&1 &
done
for address in 169.254.169.254 '[fd00:ec2::254]'; do
  fetch="curl -gsS -m 2 -o /dev/null http://$address/"
  for wait in 1 2 3 4 5 6 7 8 9 10; do $fetch 2>/dev/null && break; sleep 0.5; done
  for user in root dataiku ada; do attempt "$user" "$address" $fetch; done
done
for user in root ada; do
  for path in {private}; do attempt "$user" "$path" cat "$path"; done
done
attempt dataiku {private_of_dss} cat {private_of_dss}
nft list table inet dss_port >/dev/null 2>&1 && echo "port guarded" || echo "port open"
curl -fsS http://127.0.0.1:11200/dip/api/get-configuration >/dev/null && echo "DSS answers"
systemctl stop dataiku.service
""")
        self.assertEqual(self.platform.changed("second"), [])
        self.assertIn("DSS answers", said)
        self.assertIn("port open", said)
        for address in ("169.254.169.254", "[fd00:ec2::254]"):
            self.assertIn(f"{address} as root: 0\n", said)
            self.assertIn(f"{address} as dataiku: 0\n", said)
            self.assertRegex(said, rf"{re.escape(address)} as ada: [1-9]", "end users must not reach the role's keys")
        self.assertIn(f"{private_of_dss} as dataiku: 0\n", said)
        for path in private.split():
            self.assertIn(f"{path} as root: 0\n", said)
            self.assertRegex(said, rf"{path} as ada: [1-9]")
        secrets = self.platform.kept("secrets")
        self.assertEqual(len(secrets), 5, "the host has filled two")
        self.assertTrue(any("dku-exec-base" in name for name in self.platform.kept("repositories")))

    def test_2_secrets_are_nowhere_else(self):
        words = [text for arn, text in self.platform.kept("secrets").items() if arn.endswith((":admin", ":key"))]
        self.assertEqual(len(words), 2)
        for folder in (self.platform.path("cloud", "calls"), self.platform.path("cloud", "status-first.json"),
                       self.platform.path("data", ".dss-platform"), self.platform.path("data", "home")):
            for word in words:
                found = subprocess.run(["grep", "-rlF", "--", word, folder], stdout=subprocess.PIPE, text=True, check=False)
                self.assertEqual(found.stdout, "", f"a secret lies in {folder}")

    def test_3_another_instance_installs_nothing_again(self):
        said = self.platform.reconcile("i-2", f"set -e\nreconcile desired-{VERSION}.json other\nsystemctl stop dataiku.service")
        again = self.platform.changed("other")
        self.assertIn("user-isolation", again, "what lies on the system's volume is made again")
        self.assertNotIn("changed: got http://127.0.0.1:8000/dataiku", said, "nothing is downloaded")
        for step in ("installation", "hadoop", "spark", "base-images", "plugins", "connections", "settings", "push-images"):
            self.assertNotIn(step, again)

    def test_4_upgrades_after_a_snapshot(self):
        said = self.platform.reconcile("i-3", f"""
set -e
reconcile desired-{NEWER}.json upgraded
reconcile desired-{NEWER}.json settled
reconcile desired-{VERSION}.json lower && exit 9
cat /data/dss/dss-version.json
systemctl stop dataiku.service
""")
        self.assertIn(NEWER, said)
        self.assertEqual(len(self.platform.kept("snapshots")), 1)
        self.assertEqual(self.platform.changed("settled"), [])
        lower = self.platform.kept("status-lower")
        self.assertEqual(lower["result"], "failed")
        self.assertIn(f"DSS {NEWER}", lower["message"])


if __name__ == "__main__":
    unittest.main()
