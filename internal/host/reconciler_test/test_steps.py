"""Each step on a bare host, on one that it has seen before, and on one where it must refuse."""

import hashlib
import io
import json
import os
import tarfile
import unittest

from stand_ins import HostTest

from dss_platform import steps
from dss_platform.step import StepError
from dss_platform.steps import clock, docker, limits, locale, metadata_guard, packages, tools, user, volume


class Files(HostTest):
    def test_what_a_killed_run_left_goes_with_the_next_write(self):
        self.put("/etc/.secret.conf.ab12_xyz", "half of it")
        self.put("/etc/.secret.conf.of-somebody-else", "theirs")
        self.host.write("/etc/secret.conf", "all of it")
        self.assertEqual(sorted(n for n in os.listdir(self.root + "/etc") if "secret" in n),
                         [".secret.conf.of-somebody-else", "secret.conf"])


class Volume(HostTest):
    def test_grows_with_its_disk(self):
        self.set_world(disk=200 << 30)
        self.assertIn("grew /data from 100 to 200 GiB", self.ensure(volume.Volume()))
        self.assertEqual(self.mode("/data/.dss-platform"), 0o700)
        self.assert_settled(volume.Volume())

    def test_a_missing_volume_is_told_with_the_mount_point(self):
        self.set_world(mounted=False)
        with self.assertRaisesRegex(StepError, "no volume is mounted on /data"):
            self.ensure(volume.Volume())
        self.assertFalse(os.path.exists(self.root + "/data"))


class Packages(HostTest):
    def test_installs_only_what_is_missing(self):
        self.set_world(packages={"acl": "1.0"})
        self.assertEqual(self.ensure(packages.Packages()), ["installed git"])
        self.assertEqual(self.calls("dnf"), [["dnf", "install", "-y", "git"]])
        self.assert_settled(packages.Packages())

    def test_an_unknown_package_is_told_by_name(self):
        self.set_world(denied=["git"])
        with self.assertRaisesRegex(StepError, "Unable to find a match: git"):
            self.ensure(packages.Packages())

    def test_dnf_that_lies_is_caught(self):
        self.desired["packages"] = ["a-28.x"]  # which the stand-in installs under another name
        with self.assertRaisesRegex(StepError, "did not install a-28.x"):
            self.ensure(packages.Packages())


class Locale(HostTest):
    def test_sets_language_and_keeps_the_rest(self):
        self.put("/etc/locale.conf", "LANG=C.UTF-8\nLC_TIME=de_DE.UTF-8\n")
        self.ensure(locale.Locale())
        self.assertEqual(self.text("/etc/locale.conf"), "LANG=en_US.UTF-8\nLC_TIME=de_DE.UTF-8\n")
        self.assertIn("glibc-langpack-en", self.world["packages"])
        self.assert_settled(locale.Locale())


class Clock(HostTest):
    def test_prefers_the_time_service_and_keeps_the_rest(self):
        self.ensure(clock.Clock())
        said = self.text("/etc/chrony.conf")
        self.assertIn("server 169.254.169.123 prefer", said)
        self.assertIn("pool 2.almalinux", said)
        self.assertIn("chronyd.service", self.world["is-active"])
        self.assert_settled(clock.Clock())

    def test_another_server_takes_the_place_of_the_first(self):
        self.ensure(clock.Clock())
        self.desired["clock"]["server"] = "10.0.0.2"
        self.ensure(clock.Clock())
        self.assertNotIn("169.254.169.123", self.text("/etc/chrony.conf"))
        self.assertEqual(self.text("/etc/chrony.conf").count("dss-platform: begin"), 1)

    def test_without_chrony_there_is_a_warning(self):
        self.set_world(units=[])
        self.assertEqual(self.ensure(clock.Clock()), [])
        self.assertEqual(len(self.host.warnings), 1)


class User(HostTest):
    def test_first_instance_writes_the_ids_on_the_volume(self):
        self.ensure(user.User())
        self.assertEqual(json.loads(self.text("/data/.dss-platform/user.json")), {"name": "dataiku", "uid": 1001, "gid": 1001})
        self.assertEqual(self.mode("/data/home/dataiku"), 0o711)
        self.assertEqual(self.text("/data/home/dataiku/.bashrc"), "# skeleton\n")
        self.assert_settled(user.User())

    def test_a_new_instance_takes_the_ids_of_the_volume(self):
        self.put("/data/.dss-platform/user.json", '{"name": "dataiku", "uid": 1042, "gid": 1043}')
        self.ensure(user.User())
        self.assertIn("dataiku:x:1042:1043::/data/home/dataiku:/bin/bash", self.text("/etc/passwd"))
        self.assert_settled(user.User())

    def test_the_volume_counts_more_than_the_settings(self):
        self.desired["user"]["uid"] = 2000
        self.put("/data/.dss-platform/user.json", '{"name": "dataiku", "uid": 1042, "gid": 1042}')
        self.ensure(user.User())
        self.assertIn("dataiku:x:1042:", self.text("/etc/passwd"))

    def test_settings_choose_the_ids_of_a_first_instance(self):
        self.desired["user"]["uid"] = 2000
        self.ensure(user.User())
        self.assertIn("dataiku:x:2000:2000:", self.text("/etc/passwd"))

    def test_other_ids_than_the_files_have_are_refused(self):
        self.put("/data/.dss-platform/user.json", '{"name": "dataiku", "uid": 1042, "gid": 1042}')
        self.put("/etc/passwd", "dataiku:x:1001:1001::/data/home/dataiku:/bin/bash\n")
        with self.assertRaisesRegex(StepError, "uid 1001 and gid 1001 here, and 1042 and 1042 on the volume"):
            self.ensure(user.User())

    def test_a_volume_of_another_user_is_refused(self):
        self.put("/data/.dss-platform/user.json", '{"name": "someone", "uid": 1042, "gid": 1042}')
        with self.assertRaisesRegex(StepError, "belongs to the user someone"):
            self.ensure(user.User())

    def test_a_record_that_cannot_be_read_is_not_overwritten(self):
        self.put("/data/.dss-platform/user.json", "{")
        with self.assertRaisesRegex(StepError, "cannot be read"):
            self.ensure(user.User())
        self.assertEqual(self.text("/data/.dss-platform/user.json"), "{")

    def test_a_killed_run_that_made_the_group_only(self):
        self.put("/data/.dss-platform/user.json", '{"name": "dataiku", "uid": 1042, "gid": 1042}')
        self.put("/etc/group", "dataiku:x:1042:\n")
        self.ensure(user.User())
        self.assertEqual(self.calls("groupadd"), [])


class Limits(HostTest):
    def test_soft_and_hard(self):
        self.ensure(limits.Limits())
        self.assertEqual(self.text("/etc/security/limits.d/90-dss-platform.conf").split("\n")[:-1], [
            "dataiku soft nofile 65536", "dataiku hard nofile 65536", "dataiku soft nproc 65537", "dataiku hard nproc 65537"])
        self.assert_settled(limits.Limits())


class MetadataGuard(HostTest):
    def setUp(self):
        super().setUp()
        self.ensure(user.User())

    def test_rules_for_both_families_and_for_what_is_forwarded(self):
        self.ensure(metadata_guard.MetadataGuard())
        rules = self.text("/etc/dss-platform/metadata-guard.nft")
        self.assertIn("ip daddr 169.254.169.254 meta skuid != { 0, 1001 } counter reject", rules)
        self.assertIn("ip6 daddr fd00:ec2::254 meta skuid != { 0, 1001 } counter reject", rules)
        self.assertIn("hook forward priority -10", rules)
        self.assert_settled(metadata_guard.MetadataGuard())

    def test_rules_that_somebody_emptied_come_back(self):
        self.ensure(metadata_guard.MetadataGuard())
        rules = self.world["guard"]
        flushed = "\n".join(line for line in rules.splitlines() if "reject" not in line)
        for found in (False, flushed, rules.replace("1001", "1001, 1002"), rules.replace("reject", "accept")):
            self.set_world(guard=found)
            self.assertEqual(self.ensure(metadata_guard.MetadataGuard()), [f"restarted {metadata_guard.UNIT}"], found)
            self.assertEqual(self.world["guard"], rules)
            self.assert_settled(metadata_guard.MetadataGuard())

    def test_further_users(self):
        self.desired["metadataGuard"]["allowedUIDs"] = [997]
        self.ensure(metadata_guard.MetadataGuard())
        self.assertIn("{ 0, 997, 1001 }", self.text("/etc/dss-platform/metadata-guard.nft"))

    def test_is_left_out_on_demand(self):
        self.desired["metadataGuard"]["enabled"] = False
        self.assertFalse(metadata_guard.MetadataGuard().wanted(self.desired))


class Docker(HostTest):
    def setUp(self):
        super().setUp()
        self.ensure(user.User())

    def test_a_bare_host(self):
        self.ensure(docker.Docker())
        settings = json.loads(self.text("/etc/docker/daemon.json"))
        self.assertEqual(settings["data-root"], "/data/docker")
        self.assertFalse(settings["features"]["containerd-snapshotter"])
        self.assertEqual(settings["log-opts"], {"max-size": "100m", "max-file": "5"})
        self.assertIn("RequiresMountsFor=/data/docker", self.text("/etc/systemd/system/docker.service.d/10-dss-platform.conf"))
        self.assertEqual(self.host.members("docker"), ["dataiku"])
        self.assertIn(["semanage", "fcontext", "-a", "-e", "/var/lib/docker", "/data/docker"], self.calls("semanage"))
        self.assert_settled(docker.Docker())

    def test_an_old_volume_is_not_labelled_anew(self):
        self.ensure(docker.Docker())
        self.assertIn(["restorecon", "-R", "/data/docker"], self.calls("restorecon"))
        os.unlink(self.root + "/calls")
        os.unlink(self.root + "/var/lib/dss-platform/selinux.json")
        self.set_world(unlabelled=False)
        self.ensure(docker.Docker())
        self.assertEqual(self.calls("restorecon"), [["restorecon", "-v", "/data/docker"]])

    def test_podmans_docker_goes(self):
        self.set_world(packages={"podman-docker": "4.9"})
        self.assertIn("removed podman-docker", self.ensure(docker.Docker()))
        self.assertNotIn("podman-docker", self.world["packages"])

    def test_a_mirror_is_the_repositorys_base_too(self):
        self.desired["docker"]["repositoryURL"] = "https://mirror.example.com/docker/docker-ce.repo"
        self.put("/www/mirror.example.com/docker/docker-ce.repo",
                 "[docker-ce-stable]\nbaseurl=https://download.docker.com/linux/centos/$releasever/$basearch/stable\n")
        self.ensure(docker.Docker())
        self.assertIn("baseurl=https://mirror.example.com/docker/$releasever", self.text("/etc/yum.repos.d/docker-ce.repo"))
        self.assert_settled(docker.Docker())

    def test_something_else_than_a_repository_is_refused(self):
        self.put("/www/download.docker.com/linux/centos/docker-ce.repo", "<html>log in</html>")
        with self.assertRaisesRegex(StepError, "no repository file"):
            self.ensure(docker.Docker())
        self.assertFalse(os.path.exists(self.root + "/etc/yum.repos.d/docker-ce.repo"))
        self.assertEqual(os.listdir(self.root + "/etc/yum.repos.d"), [])

    def test_a_pinned_version_and_another_one(self):
        self.desired["docker"]["version"] = "28.5.1"
        self.ensure(docker.Docker())
        self.assertEqual(self.world["packages"]["docker-ce"], "28.5.1")
        self.assert_settled(docker.Docker())
        self.desired["docker"]["version"] = "28.5.2"
        self.assertEqual(self.ensure(docker.Docker()), ["set Docker to 28.5.2"])
        self.assertEqual(self.world["packages"]["docker-ce-cli"], "28.5.2")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Tools(HostTest):
    def tool(self, version="1.35.7", content=None, **more):
        content = content or f"#!/bin/sh\necho 'Client Version: v{version}'\n".encode()
        self.put("/www/example.com/kubectl", content)
        return {"name": "kubectl", "version": version, "url": "https://example.com/kubectl", "sha256": sha256(content),
                "format": "binary", "member": "", "versionArguments": ["version"], **more}

    def test_a_binary(self):
        self.desired["tools"] = [self.tool()]
        self.assertEqual(self.ensure(tools.Tools()), ["installed kubectl 1.35.7"])
        self.assertEqual(self.mode("/usr/local/bin/kubectl"), 0o755)
        self.assertEqual(os.listdir(self.root + "/usr/local/bin"), ["kubectl"])
        before = len(self.calls("curl"))
        self.assert_settled(tools.Tools())
        self.assertEqual(len(self.calls("curl")), before)

    def test_another_version_replaces_the_first(self):
        self.desired["tools"] = [self.tool()]
        self.ensure(tools.Tools())
        self.desired["tools"] = [self.tool("1.35.8")]
        self.assertEqual(self.ensure(tools.Tools()), ["installed kubectl 1.35.8"])
        self.assertIn("1.35.8", self.text("/usr/local/bin/kubectl"))

    def test_a_tool_that_was_tampered_with_is_replaced(self):
        self.desired["tools"] = [self.tool()]
        self.ensure(tools.Tools())
        self.put("/usr/local/bin/kubectl", "#!/bin/sh\necho 'Client Version: v1.35.7' and more\n", 0o755)
        self.assertEqual(self.ensure(tools.Tools()), ["installed kubectl 1.35.7"])

    def test_a_wrong_checksum_leaves_the_old_tool(self):
        self.desired["tools"] = [self.tool()]
        self.ensure(tools.Tools())
        before = self.text("/usr/local/bin/kubectl")
        self.desired["tools"] = [self.tool("1.35.8", sha256="0" * 64)]
        with self.assertRaisesRegex(StepError, f"and {'0' * 64} is wanted"):
            self.ensure(tools.Tools())
        self.assertEqual(self.text("/usr/local/bin/kubectl"), before)
        self.assertEqual(os.listdir(self.root + "/usr/local/bin"), ["kubectl"])

    def test_another_version_than_promised_is_refused(self):
        self.desired["tools"] = [self.tool("1.35.70", content=b"#!/bin/sh\necho v1.35.7\n")]
        with self.assertRaisesRegex(StepError, "is not kubectl 1.35.70"):
            self.ensure(tools.Tools())
        self.assertFalse(os.path.exists(self.root + "/usr/local/bin/kubectl"))

    def test_a_missing_download_names_the_reason(self):
        self.desired["tools"] = [{**self.tool(), "url": "https://example.com/none"}]
        with self.assertRaisesRegex(StepError, "curl failed with code 22: .*404"):
            self.ensure(tools.Tools())

    def packed(self, name):
        out, content = io.BytesIO(), b"#!/bin/sh\necho 0.230.0\n"
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        self.put("/www/example.com/eksctl.tar.gz", out.getvalue())
        return {"name": "eksctl", "version": "0.230.0", "url": "https://example.com/eksctl.tar.gz",
                "sha256": sha256(out.getvalue()), "format": "tar.gz", "member": "eksctl", "versionArguments": ["version"]}

    def test_a_member_of_an_archive(self):
        self.desired["tools"] = [self.packed("eksctl")]
        self.assertEqual(self.ensure(tools.Tools()), ["installed eksctl 0.230.0"])
        self.assert_settled(tools.Tools())

    def test_a_member_that_is_not_there(self):
        self.desired["tools"] = [self.packed("../eksctl")]
        with self.assertRaisesRegex(StepError, "has no file eksctl"):
            self.ensure(tools.Tools())

    def test_what_has_an_installer_is_judged_by_its_version(self):
        cli = {"name": "aws", "version": "2.36.15", "url": "https://example.com/none", "sha256": "0" * 64,
               "format": "installer", "member": "aws/install", "versionArguments": ["--version"]}
        self.put("/usr/local/bin/aws", "#!/bin/sh\necho aws-cli/2.36.15 Python/3.13\n", 0o755)
        self.desired["tools"] = [cli]
        self.assertEqual(self.ensure(tools.Tools()), [])
        self.desired["tools"] = [{**cli, "version": "2.36.1"}]
        with self.assertRaisesRegex(StepError, "404"):
            self.ensure(tools.Tools())


class Order(unittest.TestCase):
    def test_steps_come_after_what_they_need(self):
        names = [step.name for step in steps.ORDER]
        for first, second in (("volume", "user"), ("packages", "user"), ("user", "metadata-guard"), ("user", "docker"),
                              ("metadata-guard", "docker")):
            self.assertLess(names.index(first), names.index(second))

    def test_every_step_describes_itself(self):
        for step in steps.ORDER:
            self.assertRegex(step.name, "^[a-z-]+$")
            self.assertTrue(step.description)


if __name__ == "__main__":
    unittest.main()
