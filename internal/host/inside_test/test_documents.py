"""Merging and comparing documents."""

import copy
import json
import random
import unittest

import doubles
from dss_platform.inside.documents import (DROPPED, OTHER, PRESENT, Ciphertexts, Secret, differences, digest, elements, fingerprint,
                                           is_same_secret, merge, plain, reveal, secrets_of, shown, without)

assert doubles.HERE  # it finds the reconciler
LISTS = {"c.configs": "name", "c.configs[].inner": "id"}

MERGES = [
    # found, wanted, result
    ({}, {"a": 1}, {"a": 1}),
    ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
    ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, {"a": {"x": 5, "y": 2}}),
    ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    ({"b": 2}, {"a": None}, {"b": 2}),
    ({"a": "text"}, {"a": {"x": None, "y": 1}}, {"a": {"y": 1}}),
    ({"l": [1, 2]}, {"l": [3]}, {"l": [3]}),
    ({"l": [{"k": 1, "default": True}]}, {"l": [{"k": 1}]}, {"l": [{"k": 1, "default": True}]}),
    ({"l": [{"k": 1, "default": True}]}, {"l": [{"k": 2}]}, {"l": [{"k": 2}]}),
    ({"l": []}, {"l": [{"k": None, "m": 1}]}, {"l": [{"m": 1}]}),
    ({"c": {"configs": [{"name": "theirs", "z": 1}]}}, {"c": {"configs": [{"name": "ours", "a": 1}]}},
     {"c": {"configs": [{"name": "theirs", "z": 1}, {"name": "ours", "a": 1}]}}),
    ({"c": {"configs": [{"name": "ours", "a": 0, "hand": 1}]}}, {"c": {"configs": [{"name": "ours", "a": 1}]}},
     {"c": {"configs": [{"name": "ours", "a": 1, "hand": 1}]}}),
    ({"c": {"configs": [{"name": "ours", "inner": [{"id": 1, "x": 1}, {"id": 2}]}]}},
     {"c": {"configs": [{"name": "ours", "inner": [{"id": 2, "y": 1}]}]}},
     {"c": {"configs": [{"name": "ours", "inner": [{"id": 1, "x": 1}, {"id": 2, "y": 1}]}]}}),
    ({"c": {"configs": None}}, {"c": {"configs": [{"name": "a"}]}}, {"c": {"configs": [{"name": "a"}]}}),
]

DIFFERENCES = [
    # found, wanted, [(path, kind)]
    ({"a": 1, "b": 2}, {"a": 1}, []),
    ({"a": 1}, {"a": 2}, [("a", OTHER)]),
    ({}, {"a": {"b": 1}}, [("a", DROPPED)]),
    ({"a": {}}, {"a": {"b": 1}}, [("a.b", DROPPED)]),
    ({"a": 1}, {"a": True}, [("a", OTHER)]),
    ({"a": 1}, {"a": 1.0}, []),
    ({"a": "1"}, {"a": 1}, [("a", OTHER)]),
    ({"a": 1}, {"a": None}, [("a", PRESENT)]),
    ({"a": None}, {"a": None}, []),
    ({}, {"a": []}, []),
    ({}, {"a": ""}, [("a", DROPPED)]),
    ({"a": [1]}, {"a": []}, [("a", OTHER)]),
    ({"l": [{"k": 1, "default": 2}]}, {"l": [{"k": 1}]}, []),
    ({"l": [{"k": 1}, {"k": 2}]}, {"l": [{"k": 1}, {"k": 3, "m": 1}]}, [("l[1].k", OTHER), ("l[1].m", DROPPED)]),
    ({"c": {"configs": []}}, {"c": {"configs": [{"name": "ours"}]}}, [("c.configs[ours]", DROPPED)]),
    ({"c": {"configs": [{"name": "x"}, {"name": "ours", "a": 2}]}}, {"c": {"configs": [{"name": "ours", "a": 1}]}},
     [("c.configs[ours].a", OTHER)]),
    ({"a": 5}, {"a": {"b": 1}}, [("a", OTHER)]),
    ({"a": 5}, {"a": [1]}, [("a", OTHER)]),
]


class Merge(unittest.TestCase):
    def test_table(self):
        for found, wanted, result in MERGES:
            with self.subTest(found=found, wanted=wanted):
                before = copy.deepcopy(found)
                self.assertEqual(merge(found, wanted, LISTS), result)
                self.assertEqual(found, before, "merge must not change what it is given")

    def test_merging_settles(self):
        """After a merge nothing differs, a second merge changes nothing, and what is not ours stays."""
        source = random.Random(20)
        for _ in range(3000):
            found, wanted = generated(source), generated(source, nulls=True)
            merged = merge(found, wanted, LISTS)
            where = json.dumps([found, wanted])
            self.assertEqual(differences(merged, wanted, LISTS), [], where)
            self.assertEqual(merge(merged, wanted, LISTS), merged, where)
            self.assertEqual({k for k in found if k not in wanted}, {k for k in merged if k not in wanted}, where)
            for key in found:
                if key not in wanted:
                    self.assertEqual(merged[key], found[key], where)
            theirs = [e for e in names_of(found) if e not in names_of(wanted)]
            if isinstance(wanted.get("c", {}), dict) and (wanted.get("c") or {}).get("configs", 0) is not None \
                    and not ("c" in wanted and wanted["c"] is None):
                self.assertEqual([e for e in names_of(merged) if e not in names_of(wanted)], theirs, where)


def names_of(document):
    return elements(document, {"c.configs": "name"})["c.configs"]


def generated(source, nulls=False):
    """A document with a list that has an identity key at c.configs."""
    document = {key: value(source, 2, nulls) for key in "abd" if source.random() < 0.6}
    if source.random() < 0.8:
        document["c"] = {"configs": [
            {"name": name, **{key: value(source, 1, nulls) for key in "xy" if source.random() < 0.5}}
            for name in source.sample(["one", "two", "three"], source.randint(0, 3))]}
    return document


def value(source, depth, nulls):
    kinds = ["number", "text", "flag"] + (["object", "list"] if depth else []) + (["null"] if nulls else [])
    kind = source.choice(kinds)
    if kind == "object":
        return {key: value(source, depth - 1, nulls) for key in "pq" if source.random() < 0.7}
    if kind == "list":
        return [value(source, depth - 1, False) for _ in range(source.randint(0, 3))]
    return {"number": source.randint(0, 2), "text": source.choice("st"), "flag": source.random() < 0.5, "null": None}[kind]


class Differences(unittest.TestCase):
    def test_table(self):
        for found, wanted, expected in DIFFERENCES:
            with self.subTest(found=found, wanted=wanted):
                self.assertEqual([(d.path, d.kind) for d in differences(found, wanted, LISTS)], expected)

    def test_messages_have_both_values_and_no_secrets(self):
        self.assertEqual(repr(differences({"a": 1}, {"a": 2})[0]), "a is 1 instead of 2")
        wanted = reveal({"a": {"password": {"$value": "hunter2"}, "x": 1}})
        self.assertNotIn("hunter2", repr(differences({"a": 5}, wanted)))
        self.assertNotIn("hunter2", repr(differences({"a": {"password": "other", "x": 1}}, wanted)))
        self.assertLessEqual(len(shown("x" * 500)), 120)


class Elements(unittest.TestCase):
    def test_identities_by_list(self):
        self.assertEqual(elements({"c": {"configs": [{"name": "a"}, {"name": "b"}]}}, LISTS), {"c.configs": ["a", "b"]})
        self.assertEqual(elements({}, LISTS), {"c.configs": []})

    def test_removal_keeps_the_rest(self):
        found = {"c": {"configs": [{"name": "a"}, {"name": "b"}], "x": 1}}
        self.assertEqual(without(found, {"c.configs": ["a"]}, LISTS), {"c": {"configs": [{"name": "b"}], "x": 1}})
        self.assertEqual(without({}, {"c.configs": ["a"]}, LISTS), {})


class Secrets(unittest.TestCase):
    def test_placeholders_become_values_only_where_dss_gets_them(self):
        document = reveal({"params": {"secretKey": {"$value": "hunter2"}, "l": [{"v": {"$value": "x"}}], "gone": None}})
        self.assertEqual(document["params"]["secretKey"], Secret("hunter2"))
        self.assertNotIn("hunter2", repr(document) + shown(document))
        self.assertEqual(plain(document), {"params": {"secretKey": "hunter2", "l": [{"v": "x"}]}})

    def test_memory_tells_both_sides(self):
        known = Ciphertexts({})
        wanted = reveal({"p": {"$value": "one"}})
        self.assertEqual(len(differences({"p": "cipher-1"}, wanted, known=known)), 1)
        known.learn("p", wanted["p"], "cipher-1")
        self.assertEqual(differences({"p": "cipher-1"}, wanted, known=known), [])
        self.assertEqual(len(differences({"p": "cipher-2"}, wanted, known=known)), 1, "somebody set it in DSS")
        self.assertEqual(len(differences({"p": "cipher-1"}, reveal({"p": {"$value": "two"}}), known=known)), 1, "the secret changed")
        self.assertEqual([d.kind for d in differences({}, wanted, known=known)], [DROPPED])
        self.assertNotIn("one", json.dumps(known.known))
        self.assertNotIn("cipher-1", json.dumps(known.known))

    def test_places_of_secrets(self):
        wanted = reveal({"c": {"configs": [{"name": "a", "p": {"$value": "s"}}]}})
        found = {"c": {"configs": [{"name": "b"}, {"name": "a", "p": "cipher"}]}}
        self.assertEqual(secrets_of(found, wanted, LISTS), [("c.configs[a].p", Secret("s"), "cipher")])

    def test_fingerprints_are_salted(self):
        one, other = fingerprint("hunter2"), fingerprint("hunter2")
        self.assertNotEqual(one["hash"], other["hash"])
        self.assertTrue(is_same_secret("hunter2", one) and is_same_secret("hunter2", other))
        self.assertFalse(is_same_secret("hunter3", one) or is_same_secret("hunter2", None))

    def test_digests_see_a_changed_secret(self):
        self.assertEqual(digest({"a": Secret("x")}), digest({"a": Secret("x")}))
        self.assertNotEqual(digest({"a": Secret("x")}), digest({"a": Secret("y")}))


if __name__ == "__main__":
    unittest.main()
