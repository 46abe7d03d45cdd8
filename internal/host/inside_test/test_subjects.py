"""Each subject against the real client and a fake DSS: made, settled, restored, kept, removed."""

import unittest

from doubles import DSSTest, in_both_versions
from dss_platform.inside import child

GROUPS = {"groups": [{"name": "data", "definition": {"description": "Data people", "admin": False, "mayCreateProjects": True}}]}


@in_both_versions
class Groups(DSSTest):
    def stored(self):
        return self.server.state.store.get("groups")

    def test_first_run_makes_and_the_second_does_nothing(self):
        said = self.succeed("groups", GROUPS)
        self.assertIn("made group data", said["changes"])
        self.assertEqual((self.stored()["data"]["description"], self.stored()["data"]["mayCreateProjects"]), ("Data people", True))
        self.assert_settled("groups", GROUPS)

    def test_drift_is_restored_and_a_key_set_by_hand_stays(self):
        self.succeed("groups", GROUPS)
        with self.server.state.store.edit("groups") as groups:
            groups["data"].update(mayCreateProjects=False, mayWriteSafeCode=True)
        said = self.succeed("groups", GROUPS)
        self.assertEqual(said["changes"], ["group data: set mayCreateProjects"])
        self.assertTrue(self.stored()["data"]["mayWriteSafeCode"])

    def test_a_dropped_key_is_told_with_its_path(self):
        wanted = {"groups": [{"name": "data", "definition": {"noSuchRight": True}}]}
        said = self.run_subject("groups", wanted)
        self.assertIn("group data: DSS dropped noSuchRight", said["failure"]["why"])
        self.assertTrue(said["failure"]["advice"])

    def test_only_ours_are_removed(self):
        with self.server.state.store.edit("groups") as groups:
            groups["theirs"] = {"name": "theirs", "sourceType": "LOCAL"}
        both = {"groups": [*GROUPS["groups"], {"name": "theirs", "definition": {"description": "x"}}]}
        self.succeed("groups", both)
        said = self.succeed("groups", {"groups": []})
        self.assertEqual(said["changes"], ["removed group data, which is not wanted any more"])
        self.assertIn("theirs", self.stored())
        self.assert_settled("groups", {"groups": []})


USER = {"login": "ada", "definition": {"displayName": "Ada", "email": "ada@example.com", "userProfile": "FULL_DESIGNER",
                                       "groups": ["data"], "sourceType": "LOCAL"}, "password": {"$value": "first-password"}}


@in_both_versions
class Users(DSSTest):
    def setUp(self):
        super().setUp()
        self.succeed("groups", {"groups": [{"name": n, "definition": {}} for n in ("data", "more")]})

    def stored(self):
        return self.server.state.store.get("users")["ada"]

    def changed(self, **definition):
        return {"users": [{**USER, "definition": {**USER["definition"], **definition}}]}

    def test_first_run_makes_and_the_second_does_nothing(self):
        said = self.succeed("users", {"users": [USER]})
        self.assertEqual(said["changes"], ["made user ada"])
        self.assertTrue(self.server.state.password_is("ada", "first-password"))
        self.assertIn("data", self.stored()["groups"])
        self.assert_settled("users", {"users": [USER]})

    def test_groups_are_added_and_ours_of_before_taken_away(self):
        self.succeed("users", {"users": [USER]})
        with self.server.state.store.edit("users") as users:
            users["ada"]["groups"].append("administrators")
        self.succeed("users", self.changed(groups=["more"]))
        self.assertEqual(set(self.stored()["groups"]), {"user:ada", "administrators", "more"})
        self.assert_settled("users", self.changed(groups=["more"]))

    def test_a_group_that_somebody_else_gave_is_not_taken_away(self):
        self.client.create_user("ada", "her own", groups=["data"], profile="FULL_DESIGNER")
        self.succeed("users", {"users": [USER]})
        self.succeed("users", self.changed(groups=[]))
        self.assertIn("data", self.stored()["groups"])

    def test_a_group_that_somebody_took_away_comes_back(self):
        self.succeed("users", {"users": [USER]})
        with self.server.state.store.edit("users") as users:
            users["ada"]["groups"].remove("data")
        self.succeed("users", {"users": [USER]})
        self.assertIn("data", self.stored()["groups"])

    def test_the_password_is_set_when_the_secret_changes_and_not_else(self):
        self.succeed("users", {"users": [USER]})
        self.client.get_user("ada").get_settings()
        settings = self.client.get_user("ada").get_settings()
        settings.get_raw()["password"] = "her own"
        settings.save()
        self.assert_settled("users", {"users": [USER]})
        self.assertTrue(self.server.state.password_is("ada", "her own"))
        self.succeed("users", {"users": [{**USER, "password": {"$value": "second-password"}}]})
        self.assertTrue(self.server.state.password_is("ada", "second-password"))

    def test_a_user_without_a_secret_gets_a_password_that_nobody_knows(self):
        self.succeed("users", {"users": [{k: v for k, v in USER.items() if k != "password"}]})
        self.assertFalse(self.server.state.password_is("ada", ""))

    def test_a_user_that_was_there_keeps_the_password(self):
        self.client.create_user("ada", "her own", profile="FULL_DESIGNER")
        said = self.succeed("users", {"users": [USER]})
        self.assertTrue(self.server.state.password_is("ada", "her own"))
        self.assertTrue(any("displayName" in c for c in said["changes"]))
        self.succeed("users", {"users": []})
        self.assertIn("ada", self.server.state.store.get("users"))

    def test_what_was_set_by_hand_stays(self):
        self.succeed("users", {"users": [USER]})
        with self.server.state.store.edit("users") as users:
            users["ada"]["userProperties"] = {"team": "x"}
        self.succeed("users", self.changed(displayName="Ada L."))
        self.assertEqual((self.stored()["userProperties"], self.stored()["displayName"]), ({"team": "x"}, "Ada L."))

    def test_ours_are_removed(self):
        self.succeed("users", {"users": [USER]})
        self.succeed("users", {"users": []})
        self.assertEqual(set(self.server.state.store.get("users")), {"admin"})

    def test_a_profile_that_the_licence_lacks_is_told(self):
        said = self.run_subject("users", self.changed(userProfile="NO_SUCH"))
        self.assertIn("'NO_SUCH' is not allowed by your license", said["failure"]["why"])

    def test_no_password_is_remembered(self):
        self.succeed("users", {"users": [USER]})
        self.assertNotIn("first-password", str(self.memory))


@in_both_versions
class Administrator(DSSTest):
    payload = {"login": "admin", "password": {"$value": "a new password"}}

    def test_sets_the_password(self):
        self.succeed("administrator", self.payload)
        self.assertTrue(self.server.state.password_is("admin", "a new password"))

    def test_an_instance_without_that_user_is_warned_of(self):
        with self.server.state.store.edit("users") as users:
            users.pop("admin")
        self.assertIn("no user admin", self.succeed("administrator", self.payload)["warnings"][0])


@in_both_versions
class ApiKeys(DSSTest):
    def test_only_older_ones_of_ours_go(self):
        for label in ("dss-platform-old", "dss-platform-new", "theirs"):
            self.server.state.add_key(label=label, globalPermissions={"admin": True})
        payload = {"prefix": "dss-platform-", "label": "dss-platform-new"}
        self.succeed("api_keys", payload)
        labels = {key["label"] for key in self.server.state.store.get("api-keys").values()}
        self.assertEqual(labels, {"dss-platform-new", "theirs", "tests"})
        self.assert_settled("api_keys", payload)


LICENSE = '{"content": {"licenseId": "L1", "licensedProfiles": {"FULL_DESIGNER": 10}, "expiresOn": "%s"}, "sig": "x"}'


@in_both_versions
class Licensing(DSSTest):
    def payload(self, day="2099-01-01"):
        return {"license": {"$value": LICENSE % day}}

    def test_is_set_once(self):
        self.assertEqual(self.succeed("licensing", self.payload())["changes"], ["set the licence"])
        self.assert_settled("licensing", self.payload())
        self.assertEqual(self.succeed("licensing", self.payload("2098-01-01"))["changes"], ["set the licence"])

    def test_one_that_went_away_is_set_again(self):
        import os
        self.succeed("licensing", self.payload())
        os.unlink(self.server.state.store.path("license"))
        self.assertEqual(self.succeed("licensing", self.payload())["changes"], ["set the licence"])

    def test_an_expired_one_is_refused(self):
        self.assertIn("expired", self.run_subject("licensing", self.payload("2020-01-01"))["failure"]["why"])

    def test_no_json_is_told_without_its_text(self):
        failure = self.run_subject("licensing", {"license": {"$value": "not json"}})["failure"]
        self.assertEqual(failure["why"], "the secret of the licence holds no JSON")

    def test_a_refused_one_is_told(self):
        self.assertIn("signature", self.run_subject("licensing", {"license": {"$value": "{}"}})["failure"]["why"])

    def test_a_lost_answer_sets_it_once(self):
        self.fault(method="POST", path="licensing/license", drop="after")
        self.succeed("licensing", self.payload())
        self.assertEqual(self.writes(), [("POST", "/admin/licensing/license")])


def s3(**params):
    return {"name": "sales", "definition": {
        "type": "EC2", "usableBy": "ALLOWED", "allowedGroups": ["administrators"], "allowWrite": True, "allowManagedDatasets": True,
        "detailsReadability": {"readableBy": "NONE", "allowedGroups": []},
        "params": {"credentialsMode": "KEYPAIR", "accessKey": "AKIA", "secretKey": {"$value": "hunter2"}, "chbucket": "bucket",
                   "regionOrEndpoint": "eu-west-1", "hdfsInterface": "S3A", "associatedAthenaConnection": "sales-athena", **params}}}


def athena(**params):
    return {"name": "sales-athena", "definition": {
        "type": "Athena", "usableBy": "ALLOWED", "allowedGroups": ["administrators"], "allowWrite": False,
        "params": {"region": "eu-west-1", "queryOutputLocation": "s3://bucket/athena", "credentialsMode": "FROM_AWS_CONNECTION",
                   "associatedAWSConnection": "sales", **params}}}


@in_both_versions
class Connections(DSSTest):
    payload = {"connections": [s3(), athena()], "removedConnections": ["filesystem_root"]}

    def stored(self):
        return self.server.state.store.get("connections")

    def test_first_run_makes_and_the_second_does_nothing(self):
        said = self.succeed("connections", self.payload)
        self.assertEqual(said["warnings"], [])
        self.assertEqual(self.stored()["sales"]["params"]["associatedAthenaConnection"], "sales-athena")
        self.assertEqual(self.stored()["sales-athena"]["params"]["associatedAWSConnection"], "sales")
        self.assertEqual(self.server.state.clear(self.stored()["sales"]["params"]["secretKey"]), "hunter2")
        self.assertTrue(self.stored()["sales"]["allowManagedDatasets"])
        self.assertNotIn("filesystem_root", self.stored())
        self.assert_settled("connections", self.payload)
        self.assertNotIn("hunter2", str(self.memory))

    def test_at_its_making_a_connection_names_none_that_is_not_there(self):
        self.succeed("connections", self.payload)
        made = {r["body"]["name"]: r["body"]["params"] for r in self.server.journal.writes() if r["method"] == "POST"}
        self.assertNotIn("associatedAthenaConnection", made["sales"])
        self.assertIn("chbucket", made["sales"])

    def test_a_changed_secret_is_one_write(self):
        self.succeed("connections", self.payload)
        self.server.journal.clear()
        changed = {**self.payload, "connections": [s3(secretKey={"$value": "hunter3"}), athena()]}
        self.succeed("connections", changed)
        self.assertEqual(self.writes(), [("PUT", "/admin/connections/sales")])
        self.assertEqual(self.server.state.clear(self.stored()["sales"]["params"]["secretKey"]), "hunter3")
        self.assert_settled("connections", changed)

    def test_a_secret_that_somebody_set_in_dss_is_set_back(self):
        self.succeed("connections", self.payload)
        handle = self.client.get_connection("sales")
        handle.set_definition({**handle.get_definition(), "params": {**handle.get_definition()["params"], "secretKey": "other"}})
        self.succeed("connections", self.payload)
        self.assertEqual(self.server.state.clear(self.stored()["sales"]["params"]["secretKey"]), "hunter2")

    def test_drift_is_restored_and_what_was_set_by_hand_stays(self):
        self.succeed("connections", self.payload)
        with self.server.state.store.edit("connections") as connections:
            connections["sales"]["allowWrite"] = False
            connections["sales"]["params"]["usePathMode"] = True
        said = self.succeed("connections", self.payload)
        self.assertEqual(said["changes"], ["connection sales: set allowWrite"])
        self.assertTrue(self.stored()["sales"]["params"]["usePathMode"])
        self.assert_settled("connections", self.payload)

    def test_a_dropped_key_is_told_with_its_path(self):
        said = self.run_subject("connections", {"connections": [s3(noSuchKey="x")]})
        self.assertIn("connection sales: DSS dropped params.noSuchKey", said["failure"]["why"])

    def unverified(self, params, **wanted):
        """The two connections, of which the one to Athena has unverified parameters."""
        return {"connections": [s3(), {**athena(**wanted), "unverified": {"params": params}}]}

    def test_an_unverified_key_is_set_where_dss_knows_it(self):
        wanted = self.unverified({"fetchSize": 1000})
        self.assertEqual(self.succeed("connections", wanted)["warnings"], [])
        self.assertEqual(self.stored()["sales-athena"]["params"]["fetchSize"], 1000)
        self.assert_settled("connections", wanted)
        with self.server.state.store.edit("connections") as connections:
            connections["sales-athena"]["params"]["fetchSize"] = 5
        self.assertEqual(self.succeed("connections", wanted)["changes"], ["connection sales-athena: set params.fetchSize"])

    def test_an_unverified_key_that_dss_drops_is_a_warning(self):
        wanted = self.unverified({"noSuchKey": "x", "fetchSize": 1000, "properties": [{"name": "WorkGroup", "value": "sales"}]})
        dropped = "connection sales-athena: DSS dropped params.noSuchKey, params.properties[0].name (from unverified)"
        self.assertEqual(self.succeed("connections", wanted)["warnings"], [dropped])
        self.assertEqual(self.assert_settled("connections", wanted)["warnings"], [dropped])
        # Another change writes once, and does not put the half of the property there a second time.
        more = {"connections": [wanted["connections"][0], {**wanted["connections"][1], "definition": {
            **wanted["connections"][1]["definition"], "allowWrite": True}}]}
        self.assertEqual(self.succeed("connections", more)["warnings"], [dropped])
        self.assertEqual(self.stored()["sales-athena"]["params"]["properties"], [{"value": "sales"}])

    def test_beside_unverified_keys_the_definition_is_strict(self):
        said = self.run_subject("connections", self.unverified({"noSuchKey": "x"}, fetchRows=5))
        self.assertIn("connection sales-athena: DSS dropped params.fetchRows", said["failure"]["why"])
        self.assertNotIn("noSuchKey", said["failure"]["why"])

    def test_the_definition_overrides_unverified_keys(self):
        wanted = self.unverified({"fetchSize": 1000}, fetchSize=20)
        self.succeed("connections", wanted)
        self.assertEqual(self.stored()["sales-athena"]["params"]["fetchSize"], 20)
        self.assert_settled("connections", wanted)

    def test_at_its_making_a_connection_has_its_unverified_keys(self):
        self.succeed("connections", self.unverified({"fetchSize": 1000}))
        made = {r["body"]["name"]: r["body"]["params"] for r in self.server.journal.writes() if r["method"] == "POST"}
        self.assertEqual(made["sales-athena"]["fetchSize"], 1000)
        self.assertEqual(made["sales-athena"]["credentialsMode"], "FROM_AWS_CONNECTION")

    def test_one_that_does_not_work_is_a_warning(self):
        self.server.switches.set(connectionTestErrors={"sales": "Access Denied"})
        self.assertEqual(self.succeed("connections", self.payload)["warnings"], ["connection sales does not work: Access Denied"])

    def test_a_bucket_that_does_not_exist_is_an_error(self):
        for said in ("com.amazonaws.services.s3.model.AmazonS3Exception: The specified bucket does not exist (Service: Amazon S3; "
                     "Status Code: 404; Error Code: NoSuchBucket; Request ID: 1)",
                     "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: 1)"):
            with self.subTest(said=said):
                self.server.switches.set(connectionTestErrors={"sales": said, "sales-athena": "Access Denied"})
                answer = self.run_subject("connections", self.payload)
                self.assertEqual(answer["failure"]["why"], "connection sales: bucket bucket does not exist")
                self.assertIn("create the bucket", answer["failure"]["advice"])
                self.assertEqual(answer["warnings"], ["connection sales-athena does not work: Access Denied"])
        self.server.switches.set(connectionTestErrors={})
        self.assert_settled("connections", self.payload)

    def test_all_buckets_that_do_not_exist_are_told_at_once(self):
        more = {**s3(chbucket="other"), "name": "more"}
        self.server.switches.set(connectionTestErrors={"sales": "NoSuchBucket", "more": "NoSuchBucket"})
        self.assertEqual(self.run_subject("connections", {"connections": [s3(), athena(), more]})["failure"]["why"],
                         "connection sales: bucket bucket does not exist; connection more: bucket other does not exist")

    def test_a_refused_test_may_tell_of_the_bucket_too(self):
        self.fault(method="GET", path="connections/sales/test", status=400, message="The specified bucket does not exist")
        self.assertEqual(self.run_subject("connections", self.payload)["failure"]["why"],
                         "connection sales: bucket bucket does not exist")

    def test_what_may_be_a_missing_folder_or_is_no_s3_is_a_warning(self):
        self.server.switches.set(connectionTestErrors={"sales": "Not Found (Service: Amazon S3; Status Code: 404)",
                                                       "sales-athena": "The specified bucket does not exist"})
        self.assertEqual(len(self.succeed("connections", self.payload)["warnings"]), 2)

    def test_ours_are_removed_and_theirs_stay(self):
        self.succeed("connections", self.payload)
        self.succeed("connections", {"connections": [s3(associatedAthenaConnection=None)]})
        self.assertEqual(set(self.stored()), {"sales", "filesystem_managed"})
        self.assertNotIn("associatedAthenaConnection", self.stored()["sales"]["params"])

    def test_dss_says_why_it_refuses(self):
        said = self.run_subject("connections", {"connections": [s3(credentialsMode="ENVIRONMENT"), athena()]})
        self.assertIn("Cannot take credentials from connection 'sales'", said["failure"]["why"])


def settings_14():
    return {"containerSettings": {"executionConfigs": [{
        "name": "eks-small", "type": "KUBERNETES", "usableBy": "ALL", "repositoryURL": "1.dkr.ecr.eu-west-1.amazonaws.com/dss",
        "prePushMode": "ECR", "baseImageType": "EXEC", "kubernetesNamespace": "dssns-${dssUserLogin}", "createNamespace": True,
        "kubernetesResources": {"memRequestMB": 2048, "memLimitMB": 4096, "cpuRequest": 1, "cpuLimit": 2}}]},
        "metastoreCatalogsSettings": {"synchronizeTo": {"flavor": "AWS_GLUE"}}, "maxRunningActivities": 40}


def settings_15():
    return {"containerSettings": {
        "buildConfigs": [{"name": "ecr", "baseImageType": "EXEC", "imageBuilderType": "DOCKER",
                          "dockerBuilderConfig": {"pushConfigs": [{"repositoryURL": "1.dkr.ecr.eu-west-1.amazonaws.com/dss"}]}}],
        "executionConfigs": [{"name": "eks-small", "type": "KUBERNETES", "imageBuildConfig": "ecr", "usableBy": "ALL",
                              "workloadType": "ANY", "kubernetesRuntimeConfig": {"createNamespace": True, "kubernetesResources": {
                                  "memRequestMB": 2048, "memLimitMB": 4096, "cpuRequest": 1, "cpuLimit": 2}}}]},
        "metastoreCatalogsSettings": {"synchronizeTo": {"flavor": "AWS_GLUE"}}, "maxRunningActivities": 40}


LISTS = {"containerSettings.executionConfigs": "name", "containerSettings.buildConfigs": "name", "sparkSettings.executionConfigs": "name"}


@in_both_versions
class Settings(DSSTest):
    RESTART = ["metastoreCatalogsSettings changed in the general settings"]

    def document(self):
        return settings_14() if self.version.startswith("14") else settings_15()

    def payload(self, *overlays, **changes):
        template = {"document": {**self.document(), **changes}, "lists": LISTS, "dropped": "fail", "source": "template"}
        return {"settings": [template, *overlays]}

    def test_first_run_writes_once_and_the_second_does_nothing(self):
        said = self.succeed("settings", self.payload())
        self.assertEqual(self.writes(), [("PUT", "/admin/general-settings")])
        self.assertEqual([c["name"] for c in self.settings()["containerSettings"]["executionConfigs"]], ["eks-small"])
        self.assertEqual(self.settings()["maxRunningActivities"], 40)
        self.assertEqual(said["restarts"], ["metastoreCatalogsSettings changed in the general settings"])
        self.assertEqual(self.assert_settled("settings", self.payload())["restarts"], [])

    def test_drift_is_restored_and_what_was_set_by_hand_stays(self):
        self.succeed("settings", self.payload())
        with self.server.state.store.edit("general-settings") as found:
            found["maxRunningActivities"] = 5
            found["studioExternalUrl"] = "https://dss.example.com"
            found["containerSettings"]["executionConfigs"].append({"name": "by-hand", "type": "KUBERNETES"})
        said = self.succeed("settings", self.payload())
        self.assertEqual(said["changes"], ["general settings: set maxRunningActivities"])
        self.assertEqual(self.settings()["studioExternalUrl"], "https://dss.example.com")
        self.assertEqual([c["name"] for c in self.settings()["containerSettings"]["executionConfigs"]], ["eks-small", "by-hand"])
        self.assertEqual(said["restarts"], [])

    def test_elements_of_ours_are_removed(self):
        self.succeed("settings", self.payload())
        with self.server.state.store.edit("general-settings") as found:
            found["containerSettings"]["executionConfigs"].append({"name": "by-hand", "type": "KUBERNETES"})
        said = self.succeed("settings", {"settings": [{"document": {"maxRunningActivities": 40}, "lists": {}}]})
        self.assertRegex(said["changes"][0], r"^general settings: removed .*containerSettings\.executionConfigs\[eks-small\]")
        self.assertEqual([c["name"] for c in self.settings()["containerSettings"]["executionConfigs"]], ["by-hand"])
        self.assert_settled("settings", {"settings": [{"document": {"maxRunningActivities": 40}, "lists": {}}]})

    def test_an_overlay_counts_more_than_the_template(self):
        overlay = {"document": {"maxRunningActivities": 7, "security": {"secureCookies": True}}, "lists": {}, "dropped": "fail",
                   "source": "overlay"}
        self.succeed("settings", self.payload(overlay))
        self.assertEqual(self.settings()["maxRunningActivities"], 7)
        self.assert_settled("settings", self.payload(overlay))

    def test_a_dropped_key_fails_with_path_and_source_and_is_not_written_again(self):
        overlay = {"document": {"containerSettings": {"noSuchKey": 1}, "alsoUnknown": {"a": 1}}, "lists": {}, "dropped": "fail",
                   "source": "overlay"}
        said = self.run_subject("settings", self.payload(overlay))
        self.assertEqual(said["failure"]["why"],
                         "general settings: DSS dropped containerSettings.noSuchKey, alsoUnknown (from overlay)")
        self.server.journal.clear()
        self.assertIn("dropped", self.run_subject("settings", self.payload(overlay))["failure"]["why"])
        self.assertEqual(self.writes(), [])

    def test_a_dropped_key_may_be_a_warning(self):
        overlay = {"document": {"noSuchKey": 1}, "lists": {}, "dropped": "warn", "source": "overlay"}
        self.assertEqual(self.succeed("settings", self.payload(overlay))["warnings"],
                         ["general settings: DSS dropped noSuchKey (from overlay)"])
        self.assertEqual(len(self.assert_settled("settings", self.payload(overlay))["warnings"]), 1)
        # Another version may know it.
        self.server.journal.clear()
        self.succeed("settings", {**self.payload(overlay), "version": "15.9.9"})
        self.assertEqual(len(self.writes()), 1)

    def test_null_makes_a_key_absent(self):
        with self.server.state.store.edit("general-settings") as found:
            found["defaultK8sClusterId"] = "old"
        self.succeed("settings", self.payload(defaultK8sClusterId=None))
        self.assertNotIn("defaultK8sClusterId", self.settings())
        self.assert_settled("settings", self.payload(defaultK8sClusterId=None))

    def test_a_restart_is_known_before_the_write_and_asked_for_after_it(self):
        self.call("settings", self.payload())  # claims the elements
        second = self.call("settings", self.payload())
        self.assertEqual((second["restarts"], second["again"], self.writes()), ([], True, []))
        third = self.call("settings", self.payload())
        self.assertEqual((third["restarts"], self.writes()), (self.RESTART, [("PUT", "/admin/general-settings")]))

    def test_each_write_of_what_is_read_at_the_start_is_a_restart(self):
        self.succeed("settings", self.payload())
        for _ in range(2):
            with self.server.state.store.edit("general-settings") as found:
                found["metastoreCatalogsSettings"]["synchronizeTo"]["flavor"] = "DSS_INTERNAL"
            self.assertEqual(self.succeed("settings", self.payload())["restarts"], self.RESTART)
            self.assertEqual(self.assert_settled("settings", self.payload())["restarts"], [])

    def test_cgroups_that_are_removed_are_a_restart(self):
        cgroups = {"document": {"cgroupSettings": {"cgroups": [{"cgroupPathTemplate": "DSS"}]}},
                   "lists": {"cgroupSettings.cgroups": "cgroupPathTemplate"}}
        self.succeed("settings", self.payload(cgroups))
        said = self.succeed("settings", self.payload())
        self.assertEqual(said["changes"], ["general settings: removed cgroupSettings.cgroups[DSS]"])
        self.assertEqual(said["restarts"], ["cgroupSettings changed in the general settings"])

    def test_a_refused_write_is_no_restart_and_a_failed_run_after_it_is_one(self):
        self.fault(method="PUT", path="general-settings", status=400, message="no")
        self.assertEqual(self.run_subject("settings", self.payload())["restarts"], [])
        self.no_fault()
        said = self.run_subject("settings", self.payload(noSuchKey=1))
        self.assertIn("dropped noSuchKey", said["failure"]["why"])
        self.assertEqual(said["restarts"], self.RESTART)

    def test_steps_of_one_subject_have_memories_of_their_own(self):
        self.succeed("settings", self.payload())
        self.succeed("settings", {"settings": [{"document": {"containerSettings": {"defaultExecutionConfig": "eks-small"}}}]}, "defaults")
        self.assertEqual(self.settings()["containerSettings"]["defaultExecutionConfig"], "eks-small")
        self.assert_settled("settings", self.payload())

    def test_somebody_elses_write_in_between_is_kept(self):
        dss = self.session()
        read = dss.client.get_general_settings
        counts = []

        def meddle():
            counts.append(1)
            with self.server.state.store.edit("general-settings") as found:
                found["studioExternalUrl"] = f"https://{len(counts)}.example.com"
            return read()
        dss.client.get_general_settings = meddle
        request = {"subject": "settings", "payload": {"version": "", "settings": [{"document": {"maxRunningActivities": 3}}]}, "memory": {}}
        self.assertIsNone(child.carry_out(request, dss)["failure"])
        self.assertEqual(self.settings()["maxRunningActivities"], 3)

    def test_the_default_cluster_is_set_by_its_id(self):
        with self.server.state.store.edit("clusters") as clusters:
            clusters["the-id"] = {"id": "the-id", "name": "EKS main", "type": "manual", "architecture": "KUBERNETES", "params": {}}
        payload = {"settings": [{"document": {"defaultK8sClusterId": "EKS main"}}]}
        self.succeed("settings", payload, "defaults")
        self.assertEqual(self.settings()["defaultK8sClusterId"], "the-id")
        self.assert_settled("settings", payload, "defaults")

    def defaults(self, cluster="", config="", **more):
        document = {**({"defaultK8sClusterId": cluster, "useImplicitK8sCluster": False} if cluster else {}),
                    **({"containerSettings": {"defaultExecutionConfig": config}} if config else {}), **more}
        return {"settings": [{"document": document}]}

    def chosen(self):
        found = self.settings()
        return (found.get("defaultK8sClusterId"), bool(found.get("useImplicitK8sCluster")),
                found["containerSettings"].get("defaultExecutionConfig"))

    def test_defaults_that_are_no_longer_wanted_are_removed(self):
        self.succeed("settings", self.defaults("main", "small"), "defaults")
        self.assertEqual(self.chosen(), ("main", False, "small"))
        self.assert_settled("settings", self.defaults("main", "small"), "defaults")
        said = self.succeed("settings", self.defaults(), "defaults")
        self.assertEqual(said["changes"], ["general settings: removed defaultK8sClusterId, containerSettings.defaultExecutionConfig"])
        self.assertEqual(self.chosen(), (None, False, None))
        self.assert_settled("settings", self.defaults(), "defaults")

    def test_on_the_way_to_the_implicit_cluster_and_back(self):
        self.succeed("settings", self.defaults("main", "small"), "defaults")
        implicit = self.defaults(config="small", useImplicitK8sCluster=True)
        self.succeed("settings", implicit, "defaults")
        self.assertEqual(self.chosen(), (None, True, "small"))
        self.assert_settled("settings", implicit, "defaults")
        self.succeed("settings", self.defaults(config="small"), "defaults")
        self.assertEqual(self.chosen(), (None, False, "small"))
        self.assert_settled("settings", self.defaults(config="small"), "defaults")

    def test_defaults_that_an_administrator_chose_are_kept(self):
        self.succeed("settings", self.defaults("main", "small"), "defaults")
        with self.server.state.store.edit("general-settings") as found:
            found["defaultK8sClusterId"] = "hers"
            found["containerSettings"]["defaultExecutionConfig"] = "hers"
        self.succeed("settings", self.defaults(), "defaults")
        self.assertEqual(self.chosen(), ("hers", False, "hers"))
        # Not even if it is later what was set from here once.
        with self.server.state.store.edit("general-settings") as found:
            found["defaultK8sClusterId"] = "main"
        self.assert_settled("settings", self.defaults(), "defaults")

    def test_defaults_that_were_there_before_are_kept(self):
        with self.server.state.store.edit("general-settings") as found:
            found["defaultK8sClusterId"] = "main"
        self.succeed("settings", self.defaults("main"), "defaults")
        self.succeed("settings", self.defaults(), "defaults")
        self.assertEqual(self.chosen()[0], "main")

    def test_another_default_takes_the_place_of_the_first(self):
        self.succeed("settings", self.defaults("main"), "defaults")
        self.succeed("settings", self.defaults("other"), "defaults")
        self.assertEqual(self.chosen()[0], "other")
        self.succeed("settings", self.defaults(), "defaults")
        self.assertEqual(self.chosen()[0], None)


ENV = {"name": "py311", "language": "PYTHON", "deploymentMode": "DESIGN_MANAGED",
       "definition": {"pythonInterpreter": "PYTHON311", "specPackageList": "pandas\n", "installJupyterSupport": True}}


@in_both_versions
class CodeEnvs(DSSTest):
    payload = {"codeEnvs": [ENV]}

    def stored(self):
        return self.server.state.store.get("code-envs")["PYTHON/py311"]

    def test_first_run_makes_and_the_second_does_nothing(self):
        self.succeed("code_envs", self.payload)
        self.assertEqual((self.stored()["desc"]["pythonInterpreter"], self.stored()["actualPackageList"]), ("PYTHON311", "pandas\n"))
        self.assert_settled("code_envs", self.payload)

    def test_packages_are_updated_when_the_definition_or_the_version_changes(self):
        self.succeed("code_envs", self.payload)
        changed = {"codeEnvs": [{**ENV, "definition": {**ENV["definition"], "specPackageList": "numpy\n"}}]}
        self.succeed("code_envs", changed)
        self.assertEqual(self.stored()["actualPackageList"], "numpy\n")
        self.server.journal.clear()
        self.succeed("code_envs", {**changed, "version": "15.9.9"})
        self.assertEqual(self.writes(), [("POST", "/admin/code-envs/PYTHON/py311/packages")])

    def test_another_interpreter_is_a_rebuild(self):
        self.succeed("code_envs", self.payload)
        self.server.journal.clear()
        changed = {"codeEnvs": [{**ENV, "definition": {**ENV["definition"], "pythonInterpreter": "PYTHON312"}}]}
        self.succeed("code_envs", changed)
        [request] = [r for r in self.server.journal.writes() if r["path"].endswith("/packages")]
        self.assertEqual(request["query"]["forceRebuildEnv"], "True")
        self.assert_settled("code_envs", changed)

    def test_what_somebody_changed_is_restored_and_built(self):
        self.succeed("code_envs", self.payload)
        with self.server.state.store.edit("code-envs") as envs:
            envs["PYTHON/py311"].update(specPackageList="numpy\n", actualPackageList="numpy\n")
        said = self.succeed("code_envs", self.payload)
        self.assertEqual(said["changes"], ["code environment py311: set specPackageList", "built code environment py311"])
        self.assertEqual(self.stored()["actualPackageList"], "pandas\n")
        self.assert_settled("code_envs", self.payload)

    def test_many_are_changed_in_one_run(self):
        def envs(packages):
            return {"codeEnvs": [{**ENV, "name": f"env-{number}", "definition": {**ENV["definition"], "specPackageList": packages}}
                                 for number in range(child.MOST_CALLS + 5)]}
        self.succeed("code_envs", envs("pandas\n"))
        self.succeed("code_envs", envs("numpy\n"))
        found = self.server.state.store.get("code-envs").values()
        self.assertEqual({env["actualPackageList"] for env in found}, {"numpy\n"})

    def test_one_that_cannot_be_built_is_told(self):
        self.server.switches.set(codeEnvError="No matching distribution found for pandsa")
        said = self.run_subject("code_envs", self.payload)
        self.assertIn("No matching distribution found for pandsa", said["failure"]["why"])
        self.server.switches.set(codeEnvError="")
        self.succeed("code_envs", self.payload)

    def test_a_failed_update_is_seen_in_its_result(self):
        self.succeed("code_envs", self.payload)
        self.server.switches.set(codeEnvError="no space left")
        changed = {"codeEnvs": [{**ENV, "definition": {**ENV["definition"], "specPackageList": "numpy\n"}}]}
        self.assertIn("ERR_CODEENV_UPDATE_FAILED: no space left", self.run_subject("code_envs", changed)["failure"]["why"])
        self.server.switches.set(codeEnvError="")
        self.assertIn("built code environment py311", self.succeed("code_envs", changed)["changes"])

    def test_images_follow_configurations_and_base_images(self):
        env = {**ENV, "definition": {**ENV["definition"], "allContainerConfs": True}}
        self.succeed("code_envs", {"codeEnvs": [env]})
        around = {"codeEnvs": [env], "images": {"dku-exec-base-x:dss-1": "sha256:1"}, "url": "registry/dss"}
        self.assertEqual(self.succeed("code_env_images", around)["changes"], ["built images of code environment py311"])
        self.assert_settled("code_env_images", around)
        self.succeed("code_env_images", {**around, "images": {"dku-exec-base-x:dss-1": "sha256:2"}})
        self.assert_settled("code_env_images", {**around, "images": {"dku-exec-base-x:dss-1": "sha256:2"}})

    def test_without_container_configurations_there_are_no_images(self):
        self.succeed("code_envs", self.payload)
        self.assert_settled("code_env_images", {**self.payload, "images": {}, "url": ""})


if __name__ == "__main__":
    unittest.main()
