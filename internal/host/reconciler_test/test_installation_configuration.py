"""Files of settings, integrations, drivers, images."""

import io
import os
import unittest
import zipfile

from dss_stand_ins import ARCHIVES, DSSTest, archive_of

from dss_platform.installation import (base_images, boot_unit, configuration, graphics_export, hadoop, jdbc_drivers, r,
                                       service, spark)
from dss_platform.step import StepError


class Configured(DSSTest):
    prepared = "boot-unit"

    def setUp(self):
        super().setUp()
        self.ensure(service.Service())


class Configuration(Configured):
    step = configuration.Configuration()

    def test_the_installation_ini(self):
        text = self.text("/data/dss/install.ini")
        self.assertIn("backend.xmx = 12g", text)
        self.assertIn("installid = aB3dEf", text)
        self.assertEqual(self.text("/data/dss/install-support/nginx.conf"), text)
        self.assertEqual(self.actions().count("regenerate-config"), 1)

    def test_drift_is_corrected_and_foreign_keys_stay(self):
        text = self.text("/data/dss/install.ini").replace("12g", "2g").replace("[server]",
                                                                               "[server]\n# mine\nssl_ciphers = recommended")
        self.put("/data/dss/install.ini", text)
        self.assertEqual(self.ensure(self.step), ["stopped DSS", "wrote /data/dss/install.ini"])
        text = self.text("/data/dss/install.ini")
        self.assertIn("backend.xmx = 12g", text)
        self.assertIn("# mine\nssl_ciphers = recommended", text)
        self.assertEqual(self.text("/data/dss/install-support/nginx.conf"), text)
        self.assert_settled(self.step)

    def test_what_is_not_wanted_any_more_is_as_before(self):
        self.desired["dss"]["installIni"] = {"server": {"ipv6": "true"}}
        self.ensure(self.step)
        text = self.text("/data/dss/install.ini")
        self.assertIn("backend.xmx = 8g", text)
        self.assertIn("ipv6 = true", text)
        self.desired["dss"]["installIni"] = {}
        self.ensure(self.step)
        self.assertNotIn("ipv6", self.text("/data/dss/install.ini"))
        self.assert_settled(self.step)

    def test_killed_before_dss_has_made_its_files(self):
        self.set_world(**{"dssadmin-fails": ["regenerate-config"]})
        self.desired["dss"]["installIni"] = {"javaopts": {"backend.xmx": "20g"}}
        with self.assertRaisesRegex(StepError, "dssadmin regenerate-config: "):
            self.ensure(self.step)
        self.set_world(**{"dssadmin-fails": []})
        self.ensure(self.step)
        self.assertIn("20g", self.text("/data/dss/install-support/nginx.conf"))
        self.assert_settled(self.step)

    def test_another_port(self):
        self.desired["dss"]["port"] = 12000
        self.ensure(self.step)
        self.assertIn("port = 12000", self.text("/data/dss/install.ini"))

    def test_the_environment(self):
        self.assertEqual(self.text("/data/dss/bin/env-site.sh"),
                         "# This file is sourced last\n# dss-platform: begin\nexport DKU_BACKEND_EXT_HOST=10.0.1.5\n# dss-platform: end\n")
        self.desired["dss"]["environment"] = {"A": "b c", "DKU_BACKEND_EXT_HOST": "dss.example.com"}
        self.ensure(self.step)
        self.assertIn("export A='b c'\nexport DKU_BACKEND_EXT_HOST=dss.example.com\n",
                      self.text("/data/dss/bin/env-site.sh"))
        self.assertEqual(service.asked(self.host), ["its environment changed"])
        self.assertEqual(self.ensure(service.Service()), ["stopped DSS", "started DSS"])
        self.desired["dss"]["environment"] = {}
        self.ensure(self.step)
        self.assertEqual(self.text("/data/dss/bin/env-site.sh"), "# This file is sourced last\n")

    def test_the_properties(self):
        self.put("/data/dss/config/dip.properties", "# mine\na=b\n" + self.text("/data/dss/config/dip.properties"))
        self.assert_settled(self.step)
        self.desired["dss"]["properties"] = {"a": "c"}
        self.ensure(self.step)
        self.assertEqual(self.text("/data/dss/config/dip.properties"), "# mine\na=c\n# properties\n")
        self.desired["dss"]["properties"] = {}
        self.ensure(self.step)
        self.assertEqual(self.text("/data/dss/config/dip.properties"), "# mine\na=b\n# properties\n")
        self.assert_settled(self.step)

    def test_modes_stay(self):
        os.chmod(self.root + "/data/dss/install.ini", 0o600)
        self.desired["dss"]["installIni"] = {"javaopts": {"backend.xmx": "20g"}}
        self.ensure(self.step)
        self.assertEqual(self.mode("/data/dss/install.ini"), 0o600)


class Integrations(Configured):
    def test_their_command_lines(self):
        self.assertIn(["dataiku", "dssadmin", "install-hadoop-integration", "-standalone", "generic-hadoop3",
                       "-standaloneArchive",
                       self.root + "/data/kits/archives/hadoop-14.7.5.tar.gz"], self.kit_calls("dssadmin"))
        self.assertIn(["dataiku", "dssadmin", "install-spark-integration", "-standaloneArchive",
                       self.root + "/data/kits/archives/spark-14.7.5-3.5.3.tar.gz", "-forK8S"],
                       self.kit_calls("dssadmin"))

    def test_spark_follows_hadoop(self):
        os.unlink(self.root + "/data/dss/bin/env-hadoop.sh")
        self.assertEqual(self.ensure(hadoop.Hadoop()), ["stopped DSS", "install-hadoop-integration for DSS 14.7.5"])
        self.assert_settled(spark.Spark())
        other = b"\x1f\x8bother"
        self.serve("hadoop-2.tar.gz", other)
        self.desired["dss"]["hadoop"] = archive_of(f"{ARCHIVES}/hadoop-2.tar.gz", content=other)
        self.ensure(hadoop.Hadoop())
        self.assertEqual(self.ensure(spark.Spark()), ["install-spark-integration for DSS 14.7.5"])
        self.assert_settled(hadoop.Hadoop())
        self.assert_settled(spark.Spark())

    def test_an_archive_is_got_before_dss_is_stopped(self):
        self.desired["dss"]["spark"] = archive_of(f"{ARCHIVES}/none.tar.gz")
        with self.assertRaisesRegex(StepError, "no address has the archive"):
            self.ensure(spark.Spark())
        self.assertIn("dataiku.service", self.world["is-active"])

    def test_a_failure_is_done_again(self):
        self.desired["dss"]["r"] = True
        self.set_world(**{"dssadmin-fails": ["install-R-integration"]})
        with self.assertRaisesRegex(StepError, "dssadmin install-R-integration: .*Error in install-R-integration"):
            self.ensure(r.R())
        self.set_world(**{"dssadmin-fails": []})
        self.assertEqual(self.ensure(r.R()), ["install-R-integration for DSS 14.7.5"])
        self.assert_settled(r.R())

    def test_only_what_is_asked_for(self):
        self.assertFalse(r.R().wanted(self.desired) or graphics_export.GraphicsExport().wanted(self.desired))
        self.desired["dss"].update(hadoop=None, spark=None, graphicsExport=True)
        self.assertFalse(hadoop.Hadoop().wanted(self.desired) or spark.Spark().wanted(self.desired))
        self.assertEqual(self.ensure(graphics_export.GraphicsExport()),
                         ["stopped DSS", "install-graphics-export for DSS 14.7.5"])


def zipped(**files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/") + (".txt" if name.startswith("doc") else ".jar"), content)
    return out.getvalue()


class Drivers(Configured):
    step = jdbc_drivers.JDBCDrivers()

    def want(self, name, content, folder="lib/jdbc-athena"):
        self.serve(name, content)
        self.desired["dss"]["jdbcDrivers"] = [{"name": "athena", "folder": folder,
                                               **archive_of(f"{ARCHIVES}/{name}", content=content)}]

    def test_a_jar(self):
        self.want("athena-3.0.jar", b"PK1")
        self.assertIn("installed the JDBC driver athena in /data/dss/lib/jdbc-athena", self.ensure(self.step))
        self.assertEqual(self.text("/data/dss/lib/jdbc-athena/athena-3.0.jar"), "PK1")
        self.assertNotIn("dataiku.service", self.world["is-active"])
        self.assert_settled(self.step)

    def test_the_jars_of_a_zip(self):
        self.want("athena.zip", zipped(deep__one="1", two="2", doc="3"))
        self.ensure(self.step)
        self.assertEqual(sorted(os.listdir(self.root + "/data/dss/lib/jdbc-athena")), ["one.jar", "two.jar"])
        self.assert_settled(self.step)

    def test_another_one_takes_its_place_and_foreign_ones_stay(self):
        self.want("athena-3.0.jar", b"PK1")
        self.ensure(self.step)
        self.put("/data/dss/lib/jdbc-athena/mine.jar", "mine")
        self.want("athena-3.1.jar", b"PK2")
        self.ensure(self.step)
        self.assertEqual(sorted(os.listdir(self.root + "/data/dss/lib/jdbc-athena")), ["athena-3.1.jar", "mine.jar"])
        self.want("athena-3.1.jar", b"PK2", folder="lib/jdbc-other")
        self.ensure(self.step)
        self.assertEqual(os.listdir(self.root + "/data/dss/lib/jdbc-athena"), ["mine.jar"])
        self.desired["dss"]["jdbcDrivers"] = []
        self.assertEqual(self.ensure(self.step), ["removed the JDBC driver athena"])
        self.assertEqual(os.listdir(self.root + "/data/dss/lib/jdbc-other"), [])
        self.assert_settled(self.step)

    def test_drift_is_corrected(self):
        self.want("athena-3.0.jar", b"PK1")
        self.ensure(self.step)
        self.put("/data/dss/lib/jdbc-athena/athena-3.0.jar", "tampered")
        self.ensure(self.step)
        self.assertEqual(self.text("/data/dss/lib/jdbc-athena/athena-3.0.jar"), "PK1")

    def test_what_is_refused(self):
        self.want("athena.zip", zipped(doc="3"))
        with self.assertRaisesRegex(StepError, "athena: /data/kits/archives/athena.zip has no jar"):
            self.ensure(self.step)
        for folder in ("/etc", "../x", "lib//x"):
            self.want("athena-3.0.jar", b"PK1", folder)
            with self.assertRaisesRegex(StepError, "is no folder below DSS's data directory"):
                self.ensure(self.step)


class BootUnit(Configured):
    step = boot_unit.BootUnit()
    path = "/etc/dataiku/aB3dEf/dataiku-boot.conf"

    def test_variables_are_merged(self):
        text = self.text(self.path)
        self.assertIn('DSS_CGROUPS="DSS"\nDSS_CGROUP_CONTROLLERS="cpu memory"\n', text)
        self.assertIn("DSS_DATADIR=", text)
        self.assertIn("dataiku.service", self.world["is-enabled"])

    def test_drift_and_foreign_variables(self):
        self.put(self.path, self.text(self.path).replace('"cpu memory"', '"cpu"') + 'DSS_CGROUP_ROOT="/mnt"\n')
        self.ensure(self.step)
        self.assertIn('DSS_CGROUP_CONTROLLERS="cpu memory"\nDSS_CGROUP_ROOT="/mnt"\n', self.text(self.path))
        self.assertEqual(self.ensure(service.Service()), ["stopped DSS", "started DSS"])
        os.unlink(self.root + "/etc/systemd/system/dataiku.service")
        self.ensure(self.step)
        self.assertIn('DSS_CGROUP_ROOT="/mnt"', self.text(self.path))
        self.assert_settled(self.step)

    def test_what_is_not_wanted_any_more_goes(self):
        self.desired["dss"]["boot"] = {}
        self.ensure(self.step)
        self.assertNotIn('DSS_CGROUPS="', self.text(self.path))
        self.assert_settled(self.step)

    def test_a_name_of_its_own(self):
        self.desired["dss"]["instanceName"] = "dev"
        self.ensure(self.step)
        self.assertEqual(self.kit_calls("install-boot.sh")[-1][2:4], ["-n", "dev"])
        self.assertIn("dataiku.dev.service", self.world["is-enabled"])


class BaseImages(Configured):
    step = base_images.BaseImages()

    def test_built_by_the_dss_user_while_dss_runs(self):
        self.assertEqual(self.ensure(self.step),
                         ["built dku-exec-base-ab3def:dss-14.7.5", "built dku-spark-base-ab3def:dss-14.7.5"])
        self.assertIn(["dataiku", "dssadmin", "build-base-image", "--type", "container-exec", "--without-r"],
                      self.kit_calls("dssadmin"))
        self.assertIn("dataiku.service", self.world["is-active"])
        self.assert_settled(self.step)

    def test_built_again_when_options_change_or_the_image_is_gone(self):
        self.ensure(self.step)
        self.desired["dss"]["baseImages"][0]["options"] = ["--tag", "mine:1"]
        self.assertEqual(self.ensure(self.step), ["built mine:1"])
        self.assertEqual(self.world["images"], ["dku-spark-base-ab3def:dss-14.7.5", "mine:1"])
        self.set_world(images=["mine:1"])
        self.assertEqual(self.ensure(self.step), ["built dku-spark-base-ab3def:dss-14.7.5"])

    def test_several_of_a_type(self):
        self.desired["dss"]["baseImages"].append({"type": "container-exec", "options": ["--with-cuda", "--tag", "cuda:1"]})
        self.ensure(self.step)
        self.assertEqual(sorted(self.world["images"]),
                         ["cuda:1", "dku-exec-base-ab3def:dss-14.7.5", "dku-spark-base-ab3def:dss-14.7.5"])
        self.assert_settled(self.step)
        del self.desired["dss"]["baseImages"][0]
        self.assertEqual(self.ensure(self.step), [])
        self.assertEqual(sorted(self.world["images"]), ["cuda:1", "dku-spark-base-ab3def:dss-14.7.5"])

    def test_names(self):
        dss = self.desired["dss"]
        for kind, name in (("cde", "dku-cde-base-ab3def:dss-14.7.5"),
                           ("api-deployer", "dku-apideployer-apinode-base:dss-14.7.5")):
            self.assertEqual(base_images.image_name(self.host, dss, {"type": kind, "options": []}), name)
        with self.assertRaisesRegex(StepError, "gpu is no type of base image"):
            base_images.image_name(self.host, dss, {"type": "gpu", "options": []})

    def test_a_build_that_lies_is_caught(self):
        self.desired["dss"]["baseImages"] = [{"type": "spark", "options": []}]
        self.put("/data/dss/bin/dssadmin", "#!/bin/sh\n", 0o755)
        with self.assertRaisesRegex(StepError,
                                    "build-base-image of spark has ended, and there is no image dku-spark-base-ab3def"):
            self.ensure(self.step)

    def test_spark_needs_spark(self):
        self.desired["dss"]["spark"] = None
        with self.assertRaisesRegex(StepError, "needs DSS's Spark"):
            self.ensure(self.step)


if __name__ == "__main__":
    unittest.main()
