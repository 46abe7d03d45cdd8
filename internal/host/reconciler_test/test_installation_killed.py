"""Installing and upgrading, killed at the edges of every step: the next run must end as an undisturbed one does."""

import json
import os
import subprocess
import sys
import unittest

from dss_stand_ins import DSSTest
from stand_ins import COMMANDS, HERE

# At which of the commands: at all of them, or at each n-th.
EVERY = int(os.environ.get("DISTURB_EVERY", "1"))
CHILD = """
import json, sys
sys.path.insert(0, {here!r})
import dss_stand_ins
from dss_platform.installation import service
from dss_platform.system import System
def status_of(address, timeout=10):
    with open({root!r} + "/world.json") as file:
        running = "dataiku.service" in json.load(file)["is-active"]
    return {{"a": 401}}.get("" if address.endswith("configuration") else "a", 200) if running else None
service.status_of = status_of
host, desired = System({root!r}, {environment!r}), json.loads({desired!r})
for step in dss_stand_ins.steps():
    if step.wanted(desired):
        step.ensure(host, desired)
"""


class Killed(DSSTest):
    def child(self, kill_at):
        code = CHILD.format(here=HERE, root=self.root, environment={**self.environment, "KILL_AT": str(kill_at)},
                            desired=json.dumps(self.desired))
        return subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)

    def tree(self):
        """What the steps have made, but for what differs from run to run."""
        found = {}
        for top in ("etc", "data"):
            for folder, _, files in os.walk(os.path.join(self.root, top)):
                for name in files:
                    path = os.path.relpath(os.path.join(folder, name), self.root)
                    with open(os.path.join(folder, name), "rb") as file:
                        found[path] = file.read().replace(self.root.encode(), b"")
        found.pop("data/.dss-platform/upgrade.json", None)
        return found

    def edges(self, run):
        """The numbers of the first and the last command of every step of an undisturbed run, as counted by `calls`."""
        before, numbers = len(self.calls()), set()
        count = before
        self.events.clear()
        run()
        for event, fields in self.events:
            if event == "command" and fields["argv"][0] in COMMANDS:
                count += 1
                if fields["argv"][0] in ("runuser", "aws", "systemctl", "curl") or count == before + 1:
                    numbers.add(count)
        return sorted(numbers)

    def check(self, numbers, wanted):
        """Kills the run of a host like this one at each of the numbers."""
        subprocess.run(["cp", "-a", self.root, self.root + ".before"], check=True)
        self.addCleanup(subprocess.run, ["rm", "-rf", self.root + ".before"], check=True)
        for number in numbers:
            with self.subTest(command=number):
                subprocess.run(["rm", "-rf", self.root], check=True)
                subprocess.run(["cp", "-a", self.root + ".before", self.root], check=True)
                killed = self.child(number)
                self.assertEqual(killed.returncode, -9, killed.stderr.decode())
                self.host = self.new_host()
                self.ensure_all()
                self.assertEqual(self.tree(), wanted)
                self.assertLessEqual(len(self.world.get("snapshots", [])), 1)

    def test_a_first_installation(self):
        subprocess.run(["cp", "-a", self.root, self.root + ".fresh"], check=True)
        self.addCleanup(subprocess.run, ["rm", "-rf", self.root + ".fresh"], check=True)
        numbers = self.edges(self.ensure_all)
        wanted = self.tree()
        self.assertGreater(len(numbers), 20)
        subprocess.run(["rm", "-rf", self.root], check=True)
        subprocess.run(["cp", "-a", self.root + ".fresh", self.root], check=True)
        self.check(numbers[::EVERY], wanted)


class KilledUpgrade(Killed):
    prepared = "service"

    def test_a_first_installation(self):
        """Instead of it: an upgrade."""
        self.set_version("15.2.0")
        numbers = self.edges(self.ensure_all)
        wanted = self.tree()
        subprocess.run(["rm", "-rf", self.root], check=True)
        subprocess.run(["cp", "-a", self.root + ".copy", self.root], check=True)
        self.check(numbers[::EVERY], wanted)


if __name__ == "__main__":
    unittest.main()
