"""Plugins, clusters, images, policies and DSS's check of itself, against the real client and a fake DSS."""

import io
import json
import os
import unittest
import zipfile

from doubles import DSSTest, in_both_versions


def plugin(**changes):
    return {"id": "eks-clusters", "source": {"kind": "store"}, "version": "", "codeEnvInterpreter": "PYTHON39", "presets": [
        {"parameterSet": "connection-info", "name": "default", "config": {"region": "eu-west-1", "secretKey": {"$value": "hunter2"}}},
        {"parameterSet": "networking-settings", "name": "default",
         "config": {"subnets": ["subnet-a", "subnet-b"], "securityGroups": ["sg-dss"]}}], **changes}


@in_both_versions
class Plugins(DSSTest):
    payload = {"plugins": [plugin()]}

    def stored(self):
        return self.server.state.store.get("plugins")["eks-clusters"]

    def preset(self, part):
        return next(p for p in self.stored()["settings"]["presets"] if part in p["type"])

    def test_first_run_installs_and_the_second_does_nothing(self):
        said = self.succeed("plugins", self.payload)
        self.assertIn("installed plugin eks-clusters 1.5.0", said["changes"])
        self.assertEqual(self.stored()["settings"]["codeEnvName"], "plugin_eks-clusters_managed")
        env = self.server.state.store.get("code-envs")["PYTHON/plugin_eks-clusters_managed"]
        self.assertEqual(env["desc"]["pythonInterpreter"], "PYTHON39")
        self.assertEqual(self.preset("networking")["config"]["subnets"], ["subnet-a", "subnet-b"])
        self.assertIs(self.preset("networking")["config"]["privateNetworking"], False)  # the plugin's default
        self.assertEqual(self.server.state.clear(self.preset("connection")["config"]["secretKey"]), "hunter2")
        self.assert_settled("plugins", self.payload)
        self.assertNotIn("hunter2", str(self.memory))

    def test_drift_is_restored_and_what_was_set_by_hand_stays(self):
        self.succeed("plugins", self.payload)
        with self.server.state.store.edit("plugins") as plugins:
            settings = plugins["eks-clusters"]["settings"]
            kind = next(p for p in settings["presets"] if "networking" in p["type"])
            kind["config"].update(subnets=["subnet-z"], sharedSG="sg-hand")
            settings["presets"].append({**kind, "name": "by-hand"})
        said = self.succeed("plugins", self.payload)
        self.assertEqual(len(said["changes"]), 1)
        self.assertEqual((self.preset("networking")["config"]["subnets"], self.preset("networking")["config"]["sharedSG"]),
                         (["subnet-a", "subnet-b"], "sg-hand"))
        self.assertIn("by-hand", [p["name"] for p in self.stored()["settings"]["presets"]])
        self.assert_settled("plugins", self.payload)

    def test_presets_of_ours_are_removed(self):
        self.succeed("plugins", self.payload)
        with self.server.state.store.edit("plugins") as plugins:
            presets = plugins["eks-clusters"]["settings"]["presets"]
            presets.append({**presets[0], "name": "by-hand"})
        self.succeed("plugins", {"plugins": [plugin(presets=plugin()["presets"][:1])]})
        self.assertEqual([p["name"] for p in self.stored()["settings"]["presets"]], ["default", "by-hand"])
        self.succeed("plugins", {"plugins": []})
        self.assertEqual([p["name"] for p in self.stored()["settings"]["presets"]], ["by-hand"])
        self.assert_settled("plugins", {"plugins": []})

    def test_an_unknown_parameter_set_is_told_with_those_that_there_are(self):
        wrong = plugin(presets=[{"parameterSet": "connection", "name": "x", "config": {}}])
        self.assertIn("it has connection-info, networking-settings, node-pool-request",
                      self.run_subject("plugins", {"plugins": [wrong]})["failure"]["why"])

    def test_a_failed_installation_is_seen_in_its_result(self):
        self.server.switches.set(pluginInstallError="store is not reachable")
        said = self.run_subject("plugins", self.payload)
        self.assertIn("store is not reachable", said["failure"]["why"])
        self.server.switches.set(pluginInstallError="")
        self.succeed("plugins", self.payload)

    def test_a_version_that_the_source_does_not_have(self):
        said = self.run_subject("plugins", {"plugins": [plugin(version="9.9.9")]})
        self.assertIn("plugin eks-clusters is 1.5.0, and 9.9.9 is wanted", said["failure"]["why"])

    def test_git_at_another_tag_is_an_update_with_its_code_environment(self):
        def at(tag):
            return {"plugins": [plugin(version=tag[1:], source={
                "kind": "git", "url": "https://github.com/dataiku/dss-plugin-eks-clusters", "checkout": tag, "subpath": ""})]}
        self.succeed("plugins", at("v1.4.0"))
        self.server.journal.clear()
        said = self.succeed("plugins", at("v1.5.0"))
        self.assertIn("updated plugin eks-clusters to 1.5.0", said["changes"])
        self.assertIn(("POST", "/plugins/eks-clusters/code-env/actions/update"), self.writes())
        self.assertEqual(len(self.stored()["settings"]["presets"]), 2)
        self.assert_settled("plugins", at("v1.5.0"))

    def test_an_archive_is_installed_and_another_one_is_an_update(self):
        def packed(version):
            path = os.path.join(self.server.state.folder, f"plugin-{version}.zip")
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w") as archive:
                archive.writestr("plugin.json", json.dumps({"id": "mine", "version": version}))
            with open(path, "wb") as out:
                out.write(content.getvalue())
            return {"plugins": [{"id": "mine", "version": "", "codeEnvInterpreter": "", "path": path,
                                 "source": {"kind": "archive", "sha256": version}}]}
        self.succeed("plugins", packed("1.0"))
        self.assert_settled("plugins", packed("1.0"))
        said = self.succeed("plugins", packed("2.0"))
        self.assertEqual(said["changes"], ["updated plugin mine to 2.0"])
        self.assert_settled("plugins", packed("2.0"))

    def test_an_archive_of_another_plugin_is_told(self):
        path = os.path.join(self.server.state.folder, "p.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("plugin.json", json.dumps({"id": "other", "version": "1"}))
        said = self.run_subject("plugins", {"plugins": [{"id": "mine", "path": path, "source": {"kind": "archive", "sha256": "x"}}]})
        self.assertIn("plugin mine is not there after its installation", said["failure"]["why"])

    def test_an_interpreter_that_the_plugin_refuses_is_told(self):
        said = self.run_subject("plugins", {"plugins": [plugin(codeEnvInterpreter="PYTHON312")]})
        self.assertIn("PYTHON312 is not accepted", said["failure"]["why"])

    def test_a_code_environment_of_a_killed_run_is_taken(self):
        self.succeed("plugins", self.payload)
        with self.server.state.store.edit("plugins") as plugins:
            plugins["eks-clusters"]["settings"].pop("codeEnvName")
        self.succeed("plugins", self.payload)
        self.assertEqual(self.stored()["settings"]["codeEnvName"], "plugin_eks-clusters_managed")

    def test_a_code_environment_that_somebody_deleted_is_made_again(self):
        self.succeed("plugins", self.payload)
        with self.server.state.store.edit("code-envs") as envs:
            envs.clear()
        said = self.succeed("plugins", self.payload)
        self.assertEqual(said["changes"], ["made code environment plugin_eks-clusters_managed for plugin eks-clusters"])

    def test_another_version_of_dss_updates_the_code_environment(self):
        self.succeed("plugins", self.payload)
        self.server.journal.clear()
        self.succeed("plugins", {**self.payload, "version": "15.9.9"})
        self.assertEqual(self.writes(), [("POST", "/plugins/eks-clusters/code-env/actions/update")])


def cluster(**changes):
    return {"name": "eks-main", "type": "pycluster_eks-clusters_attach-eks-cluster", "architecture": "KUBERNETES",
            "params": {"config": {"connectionInfo": {"mode": "INLINE", "inlinedConfig": {"region": "eu-west-1"}},
                                  "clusterId": "dss-dev"}},
            "eksName": "dss-dev", "attach": True, "start": True, "timeoutSeconds": 20, **changes}


@in_both_versions
class Clusters(DSSTest):
    payload = {"clusters": [cluster()]}

    def setUp(self):
        super().setUp()
        self.succeed("plugins", {"plugins": [plugin()]})
        self.server.journal.clear()

    def stored(self):
        return self.server.state.store.get("clusters")["eks-main"]

    def starts(self):
        return [p for m, p in self.writes() if p.endswith("/actions/start")]

    def settled(self, payload):
        """A second run changes nothing. Its only requests beside reads are looks with kubectl."""
        self.server.journal.clear()
        said = self.succeed("clusters", payload)
        self.assertEqual((said["changes"], [p for _, p in self.writes() if not p.endswith("run-kubectl")]), ([], []))

    def test_first_run_attaches_and_the_second_does_nothing(self):
        said = self.succeed("clusters", self.payload)
        self.assertEqual(said["changes"], ["defined cluster eks-main", "started cluster eks-main"])
        self.assertEqual(self.stored()["state"], "RUNNING")
        self.settled(self.payload)

    def test_kubectl_may_work_later(self):
        self.server.switches.set(kubectlErrors=3)
        self.succeed("clusters", self.payload)
        self.assertEqual(len([p for _, p in self.writes() if p.endswith("run-kubectl")]), 4)

    def test_kubectl_that_never_works_is_told(self):
        self.server.switches.set(kubectlErrors=10 ** 6)
        said = self.run_subject("clusters", {"clusters": [cluster(timeoutSeconds=0.3)]})
        self.assertIn("kubectl does not work on cluster eks-main: Error from server (Forbidden)", said["failure"]["why"])
        self.assertIn("access entry", said["failure"]["advice"])

    def test_a_start_that_fails_is_told(self):
        self.server.switches.set(clusterStartError="Unable to describe cluster dss-dev")
        said = self.run_subject("clusters", self.payload)
        self.assertIn("cluster eks-main does not start: ", said["failure"]["why"])
        self.assertIn("Unable to describe cluster dss-dev", said["failure"]["why"])
        self.server.switches.set(clusterStartError="")
        self.succeed("clusters", self.payload)

    def test_a_creation_that_fails_is_not_tried_twice(self):
        self.server.switches.set(clusterStartError="eksctl failed")
        self.run_subject("clusters", {"clusters": [cluster(type="pycluster_eks-clusters_create-eks-cluster", attach=False)]})
        self.assertEqual(len(self.starts()), 1)

    def test_a_lost_answer_is_no_failure_and_no_second_start(self):
        for fault in ({"drop": "after"}, {"status": 504, "afterWork": True}):
            with self.subTest(fault=fault):
                self.server.journal.clear()
                self.server.switches.set(clusterStartSeconds=0.3)
                self.fault(method="POST", path="actions/start", **fault)
                self.succeed("clusters", self.payload)
                self.assertEqual((len(self.starts()), self.stored()["state"]), (1, "RUNNING"))
                self.client.get_cluster("eks-main").stop(terminate=False)

    def test_a_start_that_was_not_heard_is_repeated(self):
        self.fault(method="POST", path="actions/start", drop="before")
        self.succeed("clusters", self.payload)
        self.assertEqual(self.stored()["state"], "RUNNING")

    def test_one_that_is_starting_is_waited_for(self):
        self.succeed("clusters", {"clusters": [cluster(start=False)]})
        self.server.switches.set(clusterStartSeconds=0.5)
        import threading
        other = self.client
        thread = threading.Thread(target=lambda: other.get_cluster("eks-main").start())
        thread.start()
        while self.stored()["state"] != "STARTING":
            pass
        self.succeed("clusters", self.payload)
        thread.join()
        self.assertEqual(len(self.starts()), 1)

    def test_one_that_takes_too_long_is_told(self):
        self.succeed("clusters", {"clusters": [cluster(start=False)]})
        with self.server.state.store.edit("clusters") as clusters:
            clusters["eks-main"]["state"] = "STARTING"
        said = self.run_subject("clusters", {"clusters": [cluster(timeoutSeconds=0.2)]})
        self.assertIn("cluster eks-main is still STARTING", said["failure"]["why"])

    def test_drift_is_restored_with_a_warning_and_what_was_set_by_hand_stays(self):
        self.succeed("clusters", self.payload)
        with self.server.state.store.edit("clusters") as clusters:
            clusters["eks-main"]["params"]["config"].update(clusterId="other", assumeRoleARN="arn:hand")
        said = self.succeed("clusters", self.payload)
        self.assertEqual(said["changes"], ["cluster eks-main: set params.config.clusterId"])
        self.assertIn("takes effect when it is stopped", said["warnings"][0])
        self.assertEqual(self.stored()["params"]["config"]["assumeRoleARN"], "arn:hand")
        self.settled(self.payload)

    def test_a_dropped_key_is_told_with_its_path(self):
        said = self.run_subject("clusters", {"clusters": [cluster(params={"config": {"clusterId": "dss-dev"}, "unknown": 1})]})
        self.assertIn("cluster eks-main: DSS dropped params.unknown", said["failure"]["why"])

    def test_an_attached_one_of_ours_is_detached_and_forgotten(self):
        self.succeed("clusters", self.payload)
        self.succeed("clusters", {"clusters": []})
        self.assertEqual(self.server.state.store.get("clusters"), {})
        self.settled({"clusters": []})

    def test_one_that_dss_created_is_left_and_told(self):
        created = {"clusters": [cluster(type="pycluster_eks-clusters_create-eks-cluster", attach=False, start=False)]}
        self.succeed("clusters", created)
        said = self.succeed("clusters", {"clusters": []})
        self.assertIn("it is left", said["warnings"][0])
        self.assertIn("eks-main", self.server.state.store.get("clusters"))

    def test_one_that_was_there_is_not_removed(self):
        self.client.create_cluster("eks-main", cluster()["type"], cluster()["params"], "KUBERNETES")
        self.succeed("clusters", self.payload)
        self.succeed("clusters", {"clusters": []})
        self.assertIn("eks-main", self.server.state.store.get("clusters"))


IMAGES = {"url": "1.dkr.ecr.eu-west-1.amazonaws.com/dss", "images": {"dku-exec-base-x:dss-14": "sha256:1"}}


@in_both_versions
class Images(DSSTest):
    def test_pushed_when_something_changed(self):
        self.assertEqual(self.succeed("push_images", IMAGES)["changes"], [f"pushed the base images to {IMAGES['url']}"])
        self.assert_settled("push_images", IMAGES)
        for change in ({"url": "other"}, {"images": {"dku-exec-base-x:dss-14": "sha256:2"}}, {"version": "15.9.9"}):
            with self.subTest(change=change):
                self.assertEqual(len(self.succeed("push_images", {**IMAGES, **change})["changes"]), 1)

    def test_a_failed_push_is_told_and_tried_again_by_the_next_run(self):
        settings = {"containerSettings": {"executionConfigs": [
            {"name": "x", "type": "KUBERNETES", "repositoryURL": IMAGES["url"], "prePushMode": "ECR"}]}}
        if self.version.startswith("15"):
            settings = {"containerSettings": {
                "buildConfigs": [{"name": "ecr", "dockerBuilderConfig": {"pushConfigs": [{"repositoryURL": IMAGES["url"]}]}}],
                "executionConfigs": [{"name": "x", "type": "KUBERNETES", "imageBuildConfig": "ecr"}]}}
        self.succeed("settings", {"settings": [{"document": settings}]})
        self.server.switches.set(missingImages=["*"])
        said = self.run_subject("push_images", IMAGES)
        self.assertIn("ERR_CONTAINER_IMAGE_PUSH_FAILED", said["failure"]["why"])
        self.server.switches.set(missingImages=[])
        self.assertEqual(len(self.succeed("push_images", IMAGES)["changes"]), 1)

    def test_the_image_of_the_engine_is_built_when_plugins_change(self):
        with self.server.state.store.edit("general-settings") as found:
            found["containerSettings"]["cdeEnabled"] = True
        self.assertEqual(len(self.succeed("cde_image", IMAGES)["changes"]), 1)
        self.assert_settled("cde_image", IMAGES)
        self.succeed("plugins", {"plugins": [plugin()]})
        self.assertEqual(len(self.succeed("cde_image", IMAGES)["changes"]), 1)

    def test_policies_are_applied_when_they_change(self):
        self.assertEqual(len(self.succeed("namespace_policies", {})["changes"]), 1)
        self.assert_settled("namespace_policies", {})
        with self.server.state.store.edit("general-settings") as found:
            found["k8sPoliciesSettings"] = {"policies": [{"name": "p"}]}
        self.assertEqual(len(self.succeed("namespace_policies", {})["changes"]), 1)


@in_both_versions
class SanityCheck(DSSTest):
    def test_errors_are_warnings_with_their_codes(self):
        self.server.switches.set(sanityMessages=[
            {"severity": "ERROR", "code": "ERR_X", "title": "Broken", "message": "m", "details": "more"},
            {"severity": "WARNING", "code": "WARN_Y", "title": "Hm", "message": "m"}])
        said = self.succeed("sanity_check", {})
        self.assertEqual((said["warnings"], said["changes"]), (["sanity check: ERR_X: Broken - more"], []))


if __name__ == "__main__":
    unittest.main()
