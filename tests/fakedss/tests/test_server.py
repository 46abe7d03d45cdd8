"""The server, asked by the vendor's client: whichever version of it this Python has."""

import base64
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import dataikuapi
from dataikuapi.utils import DataikuException

import build
from fakedss import Server
from fakedss.switches import write_switches

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ATTACH = "pycluster_eks-clusters_attach-eks-cluster"
CREATE = "pycluster_eks-clusters_create-eks-cluster"
INLINE = {"mode": "INLINE", "inlinedConfig": {"region": "eu-west-1"}, "inlinedPluginConfig": {}}
URL = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/dss"


class Talk(unittest.TestCase):
    """A server of its own for each test."""

    version = "14.7.5"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="fakedss-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.serve()
        self.client = dataikuapi.DSSClient(self.dss.url, self.dss.state.admin_key())

    def serve(self, **switches):
        self.dss = Server(self.folder, self.version, **switches).start()
        self.addCleanup(self.dss.stop)
        return self.dss

    def restart(self, version=None, **switches):
        """The same data, another process as far as anybody can tell."""
        self.dss.stop()
        self.version = version or self.version
        self.serve(**switches)
        self.client.host = self.dss.url

    def fails(self, text, work, *arguments, **named):
        with self.assertRaises(DataikuException) as seen:
            work(*arguments, **named)
        self.assertIn(text, str(seen.exception))

    def settings(self):
        return self.client.get_general_settings()

    def save(self, **values):
        """Sets top-level keys of the general settings, and gives what DSS has afterwards."""
        settings = self.settings()
        settings.get_raw().update(values)
        settings.save()
        return self.settings().get_raw()

    def containers(self, **values):
        merged = {**self.settings().get_raw()["containerSettings"], **values}
        return self.save(containerSettings=merged)["containerSettings"]

    def plugin(self, env="PYTHON39"):
        self.client.install_plugin_from_store("eks-clusters").wait_for_result()
        plugin = self.client.get_plugin("eks-clusters")
        if env:
            settings = plugin.get_settings()
            settings.set_code_env(plugin.create_code_env(python_interpreter=env).wait_for_result()["envName"])
            settings.save()
        return plugin

    def cluster(self, kind=ATTACH, name="eks-main", **config):
        if kind == ATTACH:
            config = {"connectionInfo": INLINE, "clusterId": "platform", **config}
        return self.client.create_cluster(name, kind, {"config": config}, "KUBERNETES")

    def status(self, path, **headers):
        asked = urllib.request.Request(self.dss.url + path, headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as said:
                return said.status
        except urllib.error.HTTPError as why:
            return why.code

    def actions(self, kind):
        return [a for a in self.dss.state.store.get("actions", []) if a["action"] == kind]


class Access(Talk):
    def test_keys_are_needed(self):
        self.assertEqual(self.status("/dip/publicapi/admin/licensing/status"), 401)
        self.assertEqual(self.status("/public/api/admin/licensing/status"), 401)
        self.fails("Invalid API key", dataikuapi.DSSClient(self.dss.url, "nonsense").list_groups)

    def test_both_roots_answer(self):
        key = self.dss.state.admin_key()
        word = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        for root in ("/dip/publicapi", "/public/api"):
            self.assertEqual(self.status(root + "/admin/general-settings", Authorization=word), 200)

    def test_configuration_needs_no_key(self):
        self.assertEqual(self.status("/dip/api/get-configuration"), 200)

    def test_login_is_not_offered(self):
        self.assertEqual(self.status("/dip/api/login"), 404)

    def test_keys_without_rights(self):
        secret = self.dss.state.add_key(label="x", globalPermissions={"admin": False})[1]
        self.fails("not admin", dataikuapi.DSSClient(self.dss.url, secret).list_groups)

    def test_secrets_of_keys_are_said_once(self):
        made = self.client.create_global_api_key(label="ci", admin=True)
        self.assertTrue(dataikuapi.DSSClient(self.dss.url, made.key).list_groups())
        listed = {k["label"]: k["key"] for k in self.client.list_global_api_keys()}
        self.assertEqual(listed["ci"], "******")
        with open(self.folder + "/config/api-keys.json", encoding="utf-8") as file:
            self.assertNotIn(made.key, file.read())
        made.delete()
        self.fails("Invalid API key", dataikuapi.DSSClient(self.dss.url, made.key).list_groups)

    def test_unknown_calls_are_told(self):
        self.fails("No handler found", self.client._perform_json, "GET", "/admin/nonsense")


class Settings(Talk):
    def test_unknown_keys_are_dropped_without_a_word(self):
        said = self.save(nonsense=1, containerSettings={"executionConfigs": [{"name": "a", "typo": 1}]})
        self.assertNotIn("nonsense", said)
        self.assertNotIn("typo", said["containerSettings"]["executionConfigs"][0])
        self.assertEqual(self.dss.journal.writes()[-1]["status"], 200)

    def test_null_is_absent(self):
        self.save(defaultK8sClusterId="eks")
        self.assertNotIn("defaultK8sClusterId", self.save(defaultK8sClusterId=None))

    def test_defaults_appear(self):
        config = self.containers(executionConfigs=[{"name": "a"}])["executionConfigs"][0]
        self.assertEqual((config["usableBy"], config["allowedGroups"], config["properties"]), ("ALL", [], []))

    def test_lists_have_to_be_lists(self):
        self.fails("BEGIN_ARRAY", self.save, containerSettings={"executionConfigs": {}})

    def test_14_keeps_the_repository_in_execution_configs(self):
        config = self.containers(executionConfigs=[{"name": "a", "repositoryURL": URL, "prePushMode": "ECR",
                                                    "imageBuildConfig": "ecr", "kubernetesRuntimeConfig": {}}],
                                 buildConfigs=[{"name": "ecr"}])
        self.assertNotIn("buildConfigs", config)
        self.assertEqual(config["executionConfigs"][0]["repositoryURL"], URL)
        self.assertNotIn("imageBuildConfig", config["executionConfigs"][0])
        self.assertNotIn("kubernetesRuntimeConfig", config["executionConfigs"][0])

    def test_secrets_are_salted_ciphertexts(self):
        def password(value):
            said = self.save(ldapSettings={"enabled": True, "bindPassword": value})
            return said["ldapSettings"]["bindPassword"]
        first = password("secret")
        self.assertTrue(first.startswith("e:AES:"))
        self.assertEqual(password(first), first)
        self.assertNotEqual(password("secret"), first)
        self.assertEqual(self.dss.state.clear(first), "secret")

    def test_settings_of_directories_come_by_a_doubled_slash(self):
        ldap = self.client.get_ldap_settings()
        ldap.ldap_settings.update(enabled=True, nonsense=1)
        ldap.save()
        self.assertEqual(self.settings().get_raw()["ldapSettings"]["enabled"], True)
        self.assertNotIn("nonsense", self.settings().get_raw()["ldapSettings"])

    def test_switches_drop_and_keep_keys(self):
        self.dss.switches.set(dropKeys=["maxRunningActivities"], keepKeys=["brandNew"])
        said = self.save(maxRunningActivities=7, brandNew=1)
        self.assertNotEqual(said.get("maxRunningActivities"), 7)
        self.assertEqual(said["brandNew"], 1)

    def test_variables(self):
        variables = self.client.get_global_variables()
        variables["a"] = 1
        variables.save()
        self.assertEqual(self.client.get_global_variables(), {"a": 1})


class Settings15(Talk):
    version = "15.2.0"

    def test_builds_are_named_by_execution_configs(self):
        build_config = {"name": "ecr", "imageBuilderType": "DOCKER",
                        "dockerBuilderConfig": {"pushConfigs": [{"repositoryURL": URL, "prePushMode": "ECR"}]}}
        config = {"name": "a", "imageBuildConfig": "ecr", "repositoryURL": URL, "prePushMode": "ECR",
                  "kubernetesRuntimeConfig": {"createNamespace": True, "nonsense": 1}}
        said = self.containers(buildConfigs=[build_config], executionConfigs=[config])
        self.assertEqual(said["buildConfigs"][0]["dockerBuilderConfig"]["pushConfigs"],
                         [{"repositoryURL": URL, "prePushMode": "ECR"}])
        self.assertNotIn("repositoryURL", said["executionConfigs"][0])
        self.assertNotIn("prePushMode", said["executionConfigs"][0])
        self.assertEqual(said["executionConfigs"][0]["kubernetesRuntimeConfig"]["createNamespace"], True)
        self.assertNotIn("nonsense", said["executionConfigs"][0]["kubernetesRuntimeConfig"])

    def test_unknown_builds_are_refused(self):
        config = {"name": "a", "imageBuildConfig": "gone"}
        self.fails("'gone' does not exist", self.containers, executionConfigs=[config])

    def test_the_hook_may_be_dropped(self):
        path = "containerSettings.buildConfigs[].dockerBuilderConfig.pushConfigs[].prePushMode"
        self.dss.switches.set(dropKeys=[path])
        config = {"name": "ecr", "dockerBuilderConfig": {"pushConfigs": [{"repositoryURL": URL, "prePushMode": "ECR"}]}}
        said = self.containers(buildConfigs=[config])
        self.assertEqual(said["buildConfigs"][0]["dockerBuilderConfig"]["pushConfigs"], [{"repositoryURL": URL}])

    def test_pushes_by_build_configs(self):
        config = {"name": "ecr", "baseImageType": "EXEC",
                  "dockerBuilderConfig": {"pushConfigs": [{"repositoryURL": URL, "prePushMode": "ECR"}]}}
        self.containers(buildConfigs=[config], executionConfigs=[{"name": n, "imageBuildConfig": "ecr"} for n in "ab"])
        self.client.push_base_images().wait_for_result()
        self.assertEqual([(a["target"], a["hook"]) for a in self.actions("push")],
                         [(f"{URL}/dku-exec-base-fake1234:dss-15.2.0", "ECR")])


class Upgrade(Talk):
    def test_the_newer_schema_reads_the_old_settings(self):
        self.containers(executionConfigs=[{"name": "a", "repositoryURL": URL}])
        self.save(studioExternalUrl="https://dss")
        self.restart("15.2.0")
        said = self.settings().get_raw()
        self.assertEqual(said["studioExternalUrl"], "https://dss")
        self.assertNotIn("repositoryURL", said["containerSettings"]["executionConfigs"][0])


class Connections(Talk):
    def s3(self, name="sales", mode="STS_ASSUME_ROLE", **params):
        return self.client.create_connection(name, "EC2", {"credentialsMode": mode, **params})

    def athena(self, other="sales", name="sales-athena", **params):
        params = {"credentialsMode": "FROM_AWS_CONNECTION", "associatedAWSConnection": other, "region": "eu-west-1",
                  "queryOutputLocation": "s3://b/q", **params}
        return self.client.create_connection(name, "Athena", params)

    def test_s3_is_called_ec2(self):
        self.fails("NullPointerException", self.client.create_connection, "x", "S3", {})
        self.assertNotIn("x", self.client.list_connections())

    def test_creation_takes_only_some_fields(self):
        body = {"name": "a", "type": "EC2", "params": {}, "allowWrite": False, "maxActivities": 5}
        self.client._perform_text("POST", "/admin/connections/", body=body)
        self.assertEqual(self.client.get_connection("a").get_definition()["allowWrite"], True)

    def test_unknown_parameters_are_dropped(self):
        connection = self.s3(regionOrEndpoint="eu-west-1", bucket="typo")
        definition = connection.get_definition()
        self.assertEqual(definition["params"]["regionOrEndpoint"], "eu-west-1")
        self.assertNotIn("bucket", definition["params"])

    def test_secret_keys(self):
        connection = self.s3(mode="KEYPAIR", accessKey="AKIA", secretKey="clear")
        first = connection.get_definition()["params"]["secretKey"]
        self.assertTrue(first.startswith("e:AES:"))
        settings = connection.get_settings()
        settings.allow_write = False
        settings.save()
        definition = connection.get_definition()
        self.assertEqual((definition["params"]["secretKey"], definition["allowWrite"]), (first, False))
        definition["params"]["secretKey"] = "clear"
        connection.set_definition(definition)
        self.assertNotEqual(connection.get_definition()["params"]["secretKey"], first)
        for request in self.dss.journal.read():
            self.assertNotIn("clear", json.dumps(request["body"]))

    def test_missing_ones(self):
        gone = self.client.get_connection("gone")
        for work in (gone.get_definition, gone.delete, gone.test):
            self.fails("java.lang.IllegalArgumentException: Connection 'gone' does not exist", work)

    def test_names_are_unique(self):
        self.s3()
        self.fails("already exists", self.s3)

    def test_modes_are_known_words(self):
        self.fails("No enum constant", self.s3, mode="ROLE")

    def test_athena_wants_keys_or_a_role(self):
        self.s3()
        self.s3("by-host", "ENVIRONMENT")
        self.assertTrue(self.athena().test()["connectionOK"])
        self.fails("by-host", self.athena, "by-host", "other")
        self.dss.switches.set(athenaOnEnvironment="test")
        self.assertFalse(self.athena("by-host", "other").test()["connectionOK"])

    def test_athena_may_come_first_but_does_not_work(self):
        self.assertFalse(self.athena("later").test()["connectionOK"])
        self.s3("later")
        self.assertTrue(self.client.get_connection("sales-athena").test()["connectionOK"])

    def test_tests_fail_as_told(self):
        self.dss.switches.set(connectionTestErrors={"sales": "Access Denied"})
        self.assertEqual(self.s3().test(), {"connectionOK": False, "connectionErrorMsg": "Access Denied"})

    def test_deletion(self):
        self.client.get_connection("filesystem_root").delete()
        self.assertEqual(list(self.client.list_connections()), ["filesystem_managed"])


class People(Talk):
    def test_users_get_a_group_of_their_own(self):
        self.client.create_group("data")
        self.client.create_user("ada", "pw", groups=["data"], profile="FULL_DESIGNER")
        groups = self.client.get_user("ada").get_settings().get_raw()["groups"]
        self.assertEqual((len(groups), groups[0]), (2, "data"))
        settings = self.client.get_user("ada").get_settings()
        settings.get_raw()["groups"] = ["data"]
        settings.save()
        self.assertEqual(self.client.get_user("ada").get_settings().get_raw()["groups"], groups)
        self.assertNotIn(groups[1], [g["name"] for g in self.client.list_groups()])

    def test_passwords(self):
        self.assertTrue(self.dss.state.password_is("admin", "admin"))
        settings = self.client.get_user("admin").get_settings()
        settings.get_raw()["password"] = "long and secret"
        settings.save()
        self.assertFalse(self.dss.state.password_is("admin", "admin"))
        self.assertTrue(self.dss.state.password_is("admin", "long and secret"))
        shown = json.dumps([self.client.get_user("admin").get_settings().get_raw(), self.client.list_users()])
        self.assertNotIn("passw", shown.lower())
        with open(self.folder + "/requests.jsonl", encoding="utf-8") as file:
            self.assertNotIn("long and secret", file.read())

    def test_profiles_have_to_be_licensed(self):
        self.fails("not allowed by your license", self.client.create_user, "ada", "pw")
        self.dss.state.set_license(licensedProfiles={"READER": 1})
        self.fails("not allowed", self.client.create_user, "ada", "pw", profile="FULL_DESIGNER")
        self.client.create_user("ada", "pw", profile="READER")

    def test_missing_ones(self):
        kind = "com.dataiku.dip.server.controllers.NotFoundException"
        self.fails(kind, self.client.get_user("gone").get_settings)
        self.fails(kind, self.client.get_group("gone").get_definition)
        self.fails(kind, self.client.create_user, "ada", "pw", groups=["gone"], profile="READER")

    def test_groups(self):
        group = self.client.create_group("data", "Data people")
        definition = group.get_definition()
        definition.update(mayCreateProjects=True, mayFly=True)
        group.set_definition(definition)
        self.assertEqual(group.get_definition()["mayCreateProjects"], True)
        self.assertNotIn("mayFly", group.get_definition())
        self.fails("already exists", self.client.create_group, "data")
        group.delete()
        self.fails("does not exist", group.get_definition)

    def test_many_at_once(self):
        said = self.client.create_users([{"login": "a", "password": "x", "userProfile": "READER"},
                                         {"login": "b", "password": "x", "userProfile": "NONE"}])
        self.assertEqual([s["status"] for s in said], ["SUCCESS", "FAILURE"])


class License(Talk):
    def test_free_edition(self):
        base = self.client.get_licensing_status()["base"]
        self.assertEqual((base["hasLicense"], base["communityEdition"]), (False, True))
        self.dss.switches.set(freeEditionApi=False)
        self.fails("Free Edition", self.settings)
        by_tool = urllib.request.Request(self.dss.url + "/public/api/admin/licensing/license", method="POST",
                                         data=json.dumps({"content": {}, "sig": "x"}).encode())
        by_tool.add_header("X-DKU-APITicket", self.dss.state.ticket())
        with urllib.request.urlopen(by_tool) as answer:
            self.assertEqual(answer.status, 200)
        self.settings()

    def test_licence(self):
        self.client.set_license(json.dumps({"content": {"licensedProfiles": {"READER": 3}}, "sig": "x"}))
        said = self.client.get_licensing_status()
        self.assertEqual((said["base"]["hasLicense"], said["base"]["valid"]), (True, True))
        self.assertEqual(list(said["limits"]["licensedProfiles"]), ["READER"])

    def test_expired(self):
        self.dss.state.set_license(expiresOn="2020-01-01")
        base = self.client.get_licensing_status()["base"]
        self.assertEqual((base["expired"], base["valid"]), (True, False))

    def test_malformed(self):
        self.fails("Invalid license", self.client.set_license, "{}")


class Plugins(Talk):
    def test_from_store(self):
        said = self.client.install_plugin_from_store("eks-clusters").wait_for_result()
        self.assertTrue(said["success"])
        self.assertEqual([(p["id"], p["version"]) for p in self.client.list_plugins()], [("eks-clusters", "1.5.0")])

    def test_failures_end_normally(self):
        self.assertFalse(self.client.install_plugin_from_store("nonsense").wait_for_result()["success"])
        self.dss.switches.set(pluginInstallError="no way to the store")
        said = self.client.install_plugin_from_store("eks-clusters").wait_for_result()
        self.assertEqual((said["success"], said["installationError"]["message"]), (False, "no way to the store"))
        self.assertEqual(self.client.list_plugins(), [])

    def test_from_git(self):
        address = "https://github.com/dataiku/dss-plugin-eks-clusters.git"
        self.assertTrue(self.client.install_plugin_from_git(address, "v1.4.2").wait_for_result()["success"])
        self.assertEqual(self.client.list_plugins()[0]["version"], "1.4.2")
        plugin = self.client.get_plugin("eks-clusters")
        self.assertTrue(plugin.update_from_git(address, "v1.5.0").wait_for_result()["success"])
        self.assertEqual(self.client.list_plugins()[0]["version"], "1.5.0")

    def archive(self):
        out = io.BytesIO()
        build.zip_files(out, build.plugin())
        out.seek(0)
        return out

    def test_from_archives(self):
        self.client.install_plugin_from_archive(self.archive())
        self.fails("already installed", self.client.install_plugin_from_archive, self.archive())
        plugin = self.client.get_plugin("eks-clusters")
        self.assertEqual(len(plugin.get_settings().list_parameter_set_names()), 3)
        plugin.update_from_zip(self.archive())
        self.assertTrue(plugin.delete().wait_for_result()["success"])
        self.assertTrue(self.client.start_install_plugin_from_archive(self.archive()).wait_for_result()["success"])
        bad = self.client.start_install_plugin_from_archive(io.BytesIO(b"no zip")).wait_for_result()
        self.assertFalse(bad["success"])

    def test_code_env(self):
        plugin = self.plugin(env=None)
        self.assertNotIn("codeEnvName", plugin.get_settings().get_raw())
        self.fails("not accepted", plugin.create_code_env("PYTHON312").wait_for_result)
        name = plugin.create_code_env("PYTHON311").wait_for_result()["envName"]
        self.assertNotIn("codeEnvName", plugin.get_settings().get_raw())
        settings = plugin.get_settings()
        settings.set_code_env(name)
        settings.save()
        self.assertEqual(plugin.get_settings().get_raw()["codeEnvName"], name)
        self.fails("already exists", plugin.create_code_env("PYTHON311").wait_for_result)
        plugin.update_code_env().wait_for_result()

    def test_presets(self):
        plugin = self.plugin()
        settings = plugin.get_settings()
        preset = settings.get_parameter_set("node-pool-request").create_preset("default", with_defaults=True)
        self.assertEqual(preset.config["machineType"], "m7i.4xlarge")
        connection = settings.get_parameter_set("connection-info").create_preset("default")
        connection.config.update(accessKey="AKIA", secretKey="clear", region="eu-west-1")
        settings.get_raw()["presets"].append({"name": "lost", "type": "invented", "config": {}})
        settings.save()
        found = {p["name"]: p for p in plugin.get_settings().get_raw()["presets"] if "accessKey" in p["config"]}
        self.assertTrue(found["default"]["config"]["secretKey"].startswith("e:AES:"))
        self.assertNotIn("invented", [p["type"] for p in plugin.get_settings().get_raw()["presets"]])
        again = plugin.get_settings()
        again.save()
        self.assertEqual(plugin.get_settings().get_raw(), again.get_raw())

    def test_an_update_keeps_settings(self):
        plugin = self.plugin()
        before = plugin.get_settings().get_raw()
        plugin.update_from_store().wait_for_result()
        self.assertEqual(plugin.get_settings().get_raw(), before)


class Clusters(Talk):
    def test_attaches(self):
        self.plugin()
        cluster = self.cluster()
        self.assertEqual(cluster.get_status().get_raw()["state"], "NONE")
        cluster.start()
        self.assertEqual(cluster.get_status().get_raw()["state"], "RUNNING")
        self.assertEqual(self.client.list_clusters()[0]["state"], "RUNNING")
        data = cluster.get_settings().get_plugin_data()
        self.assertTrue(os.path.isfile(data["kube_config_path"]))
        self.assertEqual(cluster.run_kubectl("get nodes")["rv"], 0)
        self.fails("it is RUNNING", cluster.start)

    def test_stop_deletes_unless_told_otherwise(self):
        self.plugin()
        cluster = self.cluster()
        cluster.start()
        cluster.stop(terminate=False)
        self.assertEqual(cluster.get_status().get_raw()["state"], "NONE")
        self.assertIsNone(cluster.get_settings().get_plugin_data())
        cluster.start()
        cluster.stop()
        self.assertEqual(self.client.list_clusters(), [])

    def test_needs_plugin_and_code_env(self):
        cluster = self.cluster()
        self.fails("not installed", cluster.start)
        plugin = self.plugin(env=None)
        self.fails("No module named", cluster.start)
        self.assertEqual(cluster.get_status().get_raw()["state"], "NONE")
        settings = plugin.get_settings()
        settings.set_code_env(plugin.create_code_env("PYTHON39").wait_for_result()["envName"])
        settings.save()
        cluster.start()

    def test_start_shows_its_state(self):
        self.plugin()
        cluster = self.cluster()
        self.dss.switches.set(clusterStartSeconds=1)
        thread = threading.Thread(target=cluster.start)
        thread.start()
        time.sleep(0.4)
        self.assertEqual(cluster.get_status().get_raw()["state"], "STARTING")
        self.fails("it is STARTING", cluster.start)
        thread.join()
        self.assertEqual(cluster.get_status().get_raw()["state"], "RUNNING")

    def test_created_ones_look_at_their_parameters(self):
        plugin = self.plugin()
        settings = plugin.get_settings()
        settings.get_parameter_set("networking-settings").create_preset("default").config["subnets"] = ["a", "b"]
        settings.save()
        self.fails("KeyError", self.cluster(CREATE, "one", connectionInfo=INLINE).start)
        self.fails("KeyError", self.cluster(CREATE, "two", connectionInfo=INLINE, advanced=True).start)
        network = {"mode": "PRESET", "name": "default"}
        self.fails("does not exist", self.cluster(CREATE, "x", networkingSettings={**network, "name": "gone"}).start)
        self.fails("two subnets", self.cluster(CREATE, "y", networkingSettings={"mode": "NONE"}).start)
        self.fails("validation", self.cluster(CREATE, "9_lives", networkingSettings=network).start)
        self.cluster(CREATE, "good", networkingSettings=network).start()
        self.assertEqual([a["cluster"] for a in self.actions("eksctl-create")], ["good"])

    def test_attach_without_a_name(self):
        self.plugin()
        self.fails("no name of an EKS cluster", self.cluster(clusterId="").start)

    def test_the_same_name_twice_makes_two(self):
        self.assertEqual([self.cluster().cluster_id, self.cluster().cluster_id], ["eks-main", "eks-main_1"])

    def test_failures_as_told(self):
        self.plugin()
        cluster = self.cluster()
        self.dss.switches.set(clusterStartError="no quota")
        self.fails("no quota", cluster.start)
        self.dss.switches.set(clusterStartError="", kubectlErrors=1)
        cluster.start()
        self.assertEqual([cluster.run_kubectl("get nodes")["rv"] for _ in range(2)], [1, 0])

    def test_a_restart_forgets_a_start_under_way(self):
        cluster = self.cluster()
        with self.dss.state.store.edit("clusters") as clusters:
            clusters[cluster.cluster_id]["state"] = "STARTING"
        self.restart()
        self.assertEqual(cluster.get_status().get_raw()["state"], "NONE")

    def test_definitions(self):
        cluster = self.cluster()
        settings = cluster.get_settings()
        settings.get_raw()["params"]["config"]["clusterId"] = "other"
        settings.get_raw()["state"] = "RUNNING"
        settings.save()
        self.assertEqual(cluster.get_settings().get_raw()["params"]["config"]["clusterId"], "other")
        self.assertEqual(cluster.get_status().get_raw()["state"], "NONE")
        cluster.delete()
        self.fails("does not exist", cluster.get_settings)


class Tools(Talk):
    """With stand-ins for the programs in PATH."""

    def setUp(self):
        super().setUp()
        self.bin = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.bin)
        before = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        os.environ["PATH"] = f"{self.bin}:/usr/bin:/bin"
        self.dss.switches.set(tools="auto")
        for name in ("aws", "docker", "kubectl"):
            self.tool(name, "")

    def tool(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(f'#!/bin/sh\necho "{name} $*" >>{self.bin}/log\n{text}\n')
        os.chmod(path, 0o755)

    def calls(self):
        with open(self.bin + "/log", encoding="utf-8") as file:
            return file.read().splitlines()

    def push(self):
        self.containers(executionConfigs=[{"name": "a", "repositoryURL": URL, "prePushMode": "ECR"}])
        return self.client.push_base_images().wait_for_result()

    def test_push_by_the_hook(self):
        self.tool("docker", '[ "$1" != login ] || cat >/dev/null')
        self.tool("aws", '[ "$2" != describe-repositories ] || { echo RepositoryNotFoundException >&2; exit 254; }')
        self.push()
        name = "dss/dku-exec-base-fake1234"
        host, image = URL.split("/")[0], "dku-exec-base-fake1234:dss-14.7.5"
        self.assertEqual(self.calls(), [
            f"docker image inspect {image}",
            "aws ecr get-login-password --region eu-west-1",
            f"docker login --username AWS --password-stdin {host}",
            f"aws ecr describe-repositories --repository-names {name} --region eu-west-1",
            f"aws ecr create-repository --repository-name {name} --region eu-west-1",
            f"docker tag {image} {URL}/{image}",
            f"docker push {URL}/{image}"])

    def test_push_without_image(self):
        self.tool("docker", '[ "$2" != inspect ]')
        self.fails("build the base image first", self.push)

    def test_push_without_rights(self):
        self.tool("aws", '[ "$2" != describe-repositories ] || { echo AccessDeniedException >&2; exit 254; }')
        self.fails("AccessDeniedException", self.push)

    def test_the_settings_call_sees_no_failure(self):
        self.tool("docker", "exit 1")
        self.containers(executionConfigs=[{"name": "a", "repositoryURL": URL}])
        self.settings().push_container_exec_base_images()

    def test_attach_asks_aws(self):
        self.plugin()
        said = {"cluster": {"status": "ACTIVE", "endpoint": "https://e", "certificateAuthority": {"data": "Y2E="}}}
        self.tool("aws", f"echo '{json.dumps(said)}'")
        self.tool("kubectl", "echo nodes")
        cluster = self.cluster()
        cluster.start()
        self.assertIn("aws eks describe-cluster --name platform --output json --region eu-west-1", self.calls())
        path = cluster.get_settings().get_plugin_data()["kube_config_path"]
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
        server = {"server": "https://e", "certificate-authority-data": "Y2E="}
        self.assertEqual(config["clusters"][0]["cluster"], server)
        self.assertEqual(cluster.run_kubectl("get nodes")["out"], "nodes\n")
        self.assertIn(f"kubectl --kubeconfig {path} get nodes", self.calls())

    def test_attach_of_what_is_not_there(self):
        self.plugin()
        self.tool("aws", "echo ResourceNotFoundException >&2; exit 254")
        self.fails("ResourceNotFoundException", self.cluster().start)
        self.tool("aws", """echo '{"cluster": {"status": "CREATING"}}'""")
        self.fails("is CREATING", self.cluster().start)


class Images(Talk):
    def test_spark_only_where_managed(self):
        kubernetes = {"managedKubernetes": True, "repositoryURL": URL, "prePushMode": "ECR"}
        spark = self.settings().get_raw()["sparkSettings"]
        elsewhere = {**kubernetes, "managedKubernetes": False}
        spark["executionConfigs"] += [{"name": "k8s", "kubernetesSettings": kubernetes},
                                      {"name": "local", "kubernetesSettings": elsewhere}]
        self.save(sparkSettings=spark)
        self.client.push_base_images().wait_for_result()
        self.assertEqual([a["image"] for a in self.actions("push")], ["dku-spark-base-fake1234:dss-14.7.5"])

    def test_missing_images_as_told(self):
        self.dss.switches.set(missingImages=["*"])
        self.containers(executionConfigs=[{"name": "a", "repositoryURL": URL}])
        self.fails("build the base image first", self.client.push_base_images().wait_for_result)
        self.dss.switches.set(futureFailure="messages")
        self.assertTrue(self.client.push_base_images().wait_for_result()["messages"]["error"])

    def test_cde_and_policies(self):
        self.fails("not enabled", self.client.build_cde_plugins_image().wait_for_result)
        self.containers(cdeEnabled=True)
        self.client.build_cde_plugins_image().wait_for_result()
        self.client.apply_kubernetes_namespaces_policies().wait_for_result()
        self.assertEqual((len(self.actions("cde-plugins-image")), len(self.actions("kubernetes-policies"))), (1, 1))


class CodeEnvs(Talk):
    def test_life(self):
        params = {"pythonInterpreter": "PYTHON311", "specPackageList": "pandas"}
        env = self.client.create_code_env("PYTHON", "py311", "DESIGN_MANAGED", params)
        settings = env.get_settings()
        self.assertEqual(settings.get_raw()["desc"]["pythonInterpreter"], "PYTHON311")
        self.assertEqual(settings.get_required_packages(), "")
        settings.set_required_packages("pandas", "numpy")
        settings.save()
        env.update_packages()
        self.assertEqual(env.get_settings().get_raw()["actualPackageList"], "pandas\nnumpy")
        self.assertEqual([(e["envName"], e["envLang"]) for e in self.client.list_code_envs()], [("py311", "PYTHON")])
        env.delete()
        self.fails("Not a file: /python/py311/desc.json", env.get_definition)

    def test_without_interpreter_on_the_host(self):
        self.dss.switches.set(interpreters=["PYTHON312"])
        self.fails("python3.9: command not found", self.client.create_code_env, "PYTHON", "x", "DESIGN_MANAGED")

    def test_as_a_future(self):
        done = self.client.create_code_env("PYTHON", "x", "DESIGN_MANAGED", {}, wait=False).wait_for_result()
        self.assertEqual(done["envName"], "x")

    def test_failed_update(self):
        env = self.client.create_code_env("PYTHON", "x", "DESIGN_MANAGED")
        self.dss.switches.set(codeEnvError="pip failed")
        with self.assertRaisesRegex(Exception, "pip failed"):
            env.update_packages()


class Futures(Talk):
    def test_polls_until_done(self):
        self.dss.switches.set(futurePolls=3)
        future = self.client.install_plugin_from_store("eks-clusters")
        self.dss.state.futures.wait()
        self.assertEqual([future.get_state()["hasResult"] for _ in range(3)], [False, False, True])
        self.assertEqual(len(self.client.list_plugins()), 1)
        self.fails("Unknown future", future.get_state)

    def test_peeking_takes_nothing_away(self):
        future = self.client.install_plugin_from_store("eks-clusters")
        self.dss.state.futures.wait()
        self.assertTrue(future.peek_state()["hasResult"])
        self.assertTrue(future.get_result()["success"])

    def test_results_at_once(self):
        self.dss.switches.set(futurePolls=0)
        future = self.client.install_plugin_from_store("eks-clusters")
        self.assertTrue(future.wait_for_result()["success"])

    def test_a_restart_forgets(self):
        self.dss.switches.set(futurePolls=9)
        future = self.client.install_plugin_from_store("eks-clusters")
        self.restart()
        self.fails("Unknown future", future.get_state)

    def test_a_restart_may_keep(self):
        self.dss.switches.set(futurePolls=9)
        future = self.client.install_plugin_from_store("eks-clusters")
        self.dss.state.futures.wait()
        self.restart(keepFuturesOnRestart=True)
        self.assertTrue(future.wait_for_result()["success"])

    def test_sanity_check(self):
        said = self.client.perform_instance_sanity_check()
        self.assertEqual((said.has_warning, said.has_error), (True, False))
        self.dss.switches.set(sanityMessages=[{"severity": "ERROR", "code": "ERR_X", "title": "x", "message": "y"}])
        self.assertEqual(self.client.perform_instance_sanity_check().max_severity, "ERROR")
        excluded = self.client.get_sanity_check_codes() + ["ERR_X"]
        self.assertFalse(self.client.perform_instance_sanity_check(excluded).has_error)

    def test_instance(self):
        self.assertEqual(self.client.get_instance_info().node_type, "DESIGN")


class Faults(Talk):
    def test_the_nth_request_fails(self):
        self.dss.switches.set(rules=[{"path": "/admin/groups", "nth": 2, "times": 2, "status": 500, "message": "boom"}])
        self.client.list_groups()
        self.fails("boom", self.client.list_groups)
        self.fails("boom", self.client.list_groups)
        self.client.list_groups()

    def test_a_connection_ends_after_the_write(self):
        self.dss.switches.set(rules=[{"method": "POST", "path": "/admin/groups", "drop": "after"}])
        with self.assertRaises(OSError):
            self.client.create_group("data")
        self.assertIn("data", [g["name"] for g in self.client.list_groups()])

    def test_a_connection_ends_before_the_write(self):
        self.dss.switches.set(rules=[{"method": "POST", "path": "/admin/groups", "drop": "before"}])
        with self.assertRaises(OSError):
            self.client.create_group("data")
        self.assertNotIn("data", [g["name"] for g in self.client.list_groups()])

    def test_an_error_after_the_write(self):
        self.dss.switches.set(rules=[{"method": "POST", "path": "/admin/groups", "status": 500, "afterWork": True}])
        self.fails("because the test wants it", self.client.create_group, "data")
        self.assertIn("data", [g["name"] for g in self.client.list_groups()])

    def test_delay(self):
        self.dss.switches.set(rules=[{"path": "/admin/groups", "delaySeconds": 0.5}])
        before = time.time()
        self.client.list_groups()
        self.assertGreater(time.time() - before, 0.5)

    def test_bad_gateway_after_a_start(self):
        self.restart(startup502Seconds=0.7)
        self.assertEqual(self.status("/"), 200)
        self.assertEqual(self.status("/dip/api/get-configuration"), 502)
        self.fails("502 Bad Gateway", self.client.list_groups)
        time.sleep(0.8)
        self.client.list_groups()

    def test_by_file(self):
        write_switches(self.folder, rules=[{"path": "/admin/groups", "status": 503}])
        self.fails("because the test wants it", self.client.list_groups)
        self.client.list_groups()

    def test_unknown_switches(self):
        with self.assertRaises(KeyError):
            self.dss.switches.set(nonsense=1)

    def test_journal_counts_writes(self):
        self.dss.journal.clear()
        self.client.list_groups()
        self.client.create_group("data")
        self.assertEqual([(r["method"], r["path"], r["status"]) for r in self.dss.journal.writes()],
                         [("POST", "/admin/groups/", 200)])
        self.assertEqual(len(self.dss.journal.read()), 2)


class Process(unittest.TestCase):
    """As a process of its own: what it did is there after a kill."""

    def begin(self, folder):
        command = [sys.executable, "-m", "fakedss", "--data", folder, "--admin-key"]
        process = subprocess.Popen(command, cwd=HERE, text=True, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, process.stdout.readline().strip(), process.stdout.readline().strip()

    def test_survives_a_kill(self):
        with tempfile.TemporaryDirectory() as folder:
            process, url, key = self.begin(folder)
            client = dataikuapi.DSSClient(url, key)
            connection = client.create_connection("s3", "EC2", {"credentialsMode": "KEYPAIR", "secretKey": "x"})
            before = connection.get_definition()
            process.send_signal(signal.SIGKILL)
            process.wait()
            process, url, _ = self.begin(folder)
            client = dataikuapi.DSSClient(url, key)
            self.assertEqual(client.get_connection("s3").get_definition(), before)
            process.terminate()
            self.assertEqual(process.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
