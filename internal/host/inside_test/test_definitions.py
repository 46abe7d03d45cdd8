"""What DSS makes of a value: kept as it is, dropped, or turned into another one."""

import unittest

import doubles  # noqa: F401  (finds the packages)

from dss_platform.inside.definitions import FAIL, WARN, Definition, Layer
from dss_platform.inside.session import DSSError


class Stubborn:
    """A DSS that turns some values into others, and counts what is written."""

    def __init__(self, **makes):
        self.document, self.makes, self.writes, self.warnings, self.changes = {}, makes, 0, [], []
        self.warn, self.changed = self.warnings.append, self.changes.append

    def settle(self, look):
        write = look()
        if write is None:
            return False
        write()
        return True

    def save(self, document):
        self.writes += 1
        self.document = {**document, **self.makes}

    def ensure(self, memory, dropped, **wanted):
        layer = Layer(wanted, {}, dropped, "unverified")
        return Definition(self, "settings", lambda: dict(self.document), self.save, [layer], memory, "15.2.0").ensure()


class OtherValues(unittest.TestCase):
    def test_of_what_is_verified_fail(self):
        with self.assertRaisesRegex(DSSError, r'size is "1000" instead of 1000'):
            Stubborn(size="1000").ensure({}, FAIL, size=1000)

    def test_of_what_is_not_verified_are_told_and_not_written_again(self):
        dss, memory = Stubborn(size="1000"), {}
        self.assertTrue(dss.ensure(memory, WARN, size=1000))
        self.assertEqual(dss.warnings, ['settings: size is "1000" instead of 1000 (from unverified)'])
        self.assertFalse(dss.ensure(memory, WARN, size=1000))
        self.assertEqual((dss.writes, len(dss.warnings)), (1, 2), "told at every run")

    def test_drift_of_what_is_not_verified_is_restored(self):
        dss, memory = Stubborn(size="1000"), {}
        dss.ensure(memory, WARN, size=1000)
        dss.document["size"] = "7"
        self.assertTrue(dss.ensure(memory, WARN, size=1000))
        self.assertEqual(dss.document["size"], "1000")

    def test_another_wanted_value_is_written(self):
        dss, memory = Stubborn(size="1000"), {}
        dss.ensure(memory, WARN, size=1000)
        self.assertTrue(dss.ensure(memory, WARN, size=2000))


if __name__ == "__main__":
    unittest.main()
