"""A fault at any request: it is got over, comes to the same end, and no write that was done is done again."""

import collections
import unittest

from doubles import in_both_versions
from fakedss.server import BAD_GATEWAY, Dropped
from test_killed import EVERY, KillCase

# To do these again is harmless, and DSS does not tell whether they were done.
REPEATABLE = ("actions/push-base-images", "/packages", "/images", "apply-kubernetes-policies", "/admin/users/admin", "run-kubectl")
# Whether a secret was set cannot be told from its ciphertext: a document with one is written again rather than trusted.
WITH_SECRETS = ("/admin/connections/sales", "/plugins/eks-clusters/settings")


def lost(perform, request):
    perform(request)
    raise Dropped


def error(perform, request):
    return 500, "application/json", b'{"errorType": "java.lang.RuntimeException", "message": "out of luck"}'


def gateway(perform, request):
    return 502, "text/html", BAD_GATEWAY


@in_both_versions
class Faults(KillCase):
    def setUp(self):
        super().setUp()
        # In this process: nothing is killed.
        self.call = super(KillCase, self).call
        self.fault_at, self.fault_of = None, None
        perform = self.server.answer

        def answer(request):
            if self.seen + 1 == self.fault_at:
                self.seen += 1
                return self.fault_of(perform, request)
            return perform(request)
        self.server.answer = answer

    def test_everywhere(self):
        for subject, payload, _ in self.subjects():
            before = self.keep()
            self.server.journal.clear()
            self.succeed(subject, payload)
            requests, wanted, writes = self.seen, self.world(), self.counted()
            after = self.keep()
            for fault in (lost, error, gateway):
                for number in range(1, requests + 1, EVERY):
                    with self.subTest(subject=subject, fault=fault.__name__, request=number):
                        self.restore(before)
                        self.server.journal.clear()
                        self.fault_at, self.fault_of = number, fault
                        self.succeed(subject, payload)
                        self.fault_at = None
                        self.assertEqual(self.world(), wanted)
                        self.assertEqual(self.once(self.counted()), self.once(writes))
                        self.assertLessEqual(sum(self.counted().values()), sum(writes.values()) + 1)
            self.restore(after)

    def once(self, writes):
        return {write: number for write, number in writes.items() if write[1] not in WITH_SECRETS}

    def counted(self):
        """The writes that DSS carried out, and how often."""
        return collections.Counter(w for w in self.writes() if not w[1].endswith(REPEATABLE))


if __name__ == "__main__":
    unittest.main()
