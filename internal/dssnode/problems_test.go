package dssnode

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// change is what a case breaks of a node without problems.
type change struct {
	*Installation
	*Settings[string]
	*Facts
}

type brokenCase struct {
	name string
	do   func(change)
	// want are the problems: path, then a part of what is said.
	want [][2]string
}

// check breaks the full node of DSS 14, or what a case makes of it, and compares all problems.
func check(t *testing.T, cases []brokenCase) {
	t.Helper()
	require.Empty(t, Problems(fullInstallation("14.7.5"), fullSettings(), facts()))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			installation, settings, known := fullInstallation("14.7.5"), fullSettings(), facts()
			c.do(change{&installation, &settings, &known})
			got := Problems(installation, settings, known)
			var paths, want []string
			for _, p := range got {
				paths = append(paths, p.Path)
			}
			for _, w := range c.want {
				want = append(want, w[0])
			}
			require.Equal(t, want, paths, "%v", got)
			for i, w := range c.want {
				assert.Contains(t, got[i].Wrong, w[1])
				assert.NotEmpty(t, got[i].Wrong)
			}
		})
	}
}

func one(path, text string) [][2]string { return [][2]string{{path, text}} }

func TestInstallationProblems(t *testing.T) {
	check(t, []brokenCase{
		{"no release", func(c change) { c.Version = "latest" }, one("installation.version", `"latest" is no release`)},
		{"13", func(c change) {
			*c.Installation, *c.Settings = Installation{Version: "13.5.5", AllowUnknownVersion: true}, minimal()
		}, one("installation.version", "DSS 13.5.5 is not supported")},
		{"unknown", func(c change) { c.Version = "14.9.0" }, one("installation.version", "not a release of DSS that is known")},
		{"unknown and allowed", func(c change) { c.Version, c.AllowUnknownVersion = "16.1.0", true }, nil},
		{"govern", func(c change) { *c.Installation = Installation{NodeType: "govern"}; *c.Settings = Settings[string]{} },
			one("installation.nodeType", "PostgreSQL")},
		{"node type", func(c change) { *c.Installation = Installation{NodeType: "edge"}; *c.Settings = Settings[string]{} },
			one("installation.nodeType", `"edge"`)},
		{"automation without licence", func(c change) {
			*c.Installation, *c.Settings, c.HasLicense = Installation{NodeType: NodeAutomation}, Settings[string]{}, false
		}, one("installation.nodeType", "Free Edition has no automation node")},
		{"deployer with Spark and more", func(c change) {
			*c.Installation = Installation{
				NodeType: NodeDeployer, Hadoop: yes(), Spark: yes(), GraphicsExport: true, UserIsolation: UserIsolation{Enabled: yes()},
				MemoryLimit: MemoryLimit{GiB: 8}, PortRange: &PortRange{From: 20000, To: 20100},
			}
			*c.Settings = Settings[string]{OverlayJSON: `{"x": 1}`}
		}, [][2]string{
			{"installation.hadoop", "deployer has no use"}, {"installation.spark", ""}, {"installation.graphicsExport", ""},
			{"installation.userIsolation.enabled", ""}, {"installation.memoryLimit", ""}, {"installation.portRange", ""},
		}},
		{"API node with everything", func(c change) {
			*c.Installation = Installation{
				NodeType: NodeAPI, BaseImages: []BaseImage{{Type: ImageAPIDeployer}}, RuntimeDatabase: &RuntimeDatabase{},
				AthenaDriver: &AthenaDriver{Installed: true},
			}
			*c.Settings = Settings[string]{SanityCheck: no(), Groups: []Group{{Name: "x"}}, OverlayJSON: "{"}
		}, [][2]string{
			{"installation.baseImages", ""}, {"installation.runtimeDatabase", ""}, {"installation.athenaDriver", ""},
			{"settings.groups", "an API node has no settings"}, {"settings.sanityCheck", ""}, {"settings.overlayJson", ""},
		}},
		{"source", func(c change) { c.Source = "ftp://x/y" }, one("installation.source", "not of that form")},
		{"http without checksums", func(c change) { c.Source, c.KitSHA256 = "http://mirror.internal/dss", "" },
			one("installation.source", "http lets everybody")},
		{"http with checksums", func(c change) { c.Source = "http://mirror.internal/dss" }, nil},
		{"checksums", func(c change) { c.KitSHA256, c.HadoopSHA256, c.SparkSHA256 = "x", "Y", checksum[1:] }, [][2]string{
			{"installation.kitSha256", `"x"`}, {"installation.hadoopSha256", `"Y"`}, {"installation.sparkSha256", ""},
		}},
		{"Spark version", func(c change) { c.SparkVersion = "three" }, one("installation.sparkVersion", `"three"`)},
		{"checksum of any Spark", func(c change) { c.SparkVersion = "" }, one("installation.sparkSha256", "which archive")},
		{"Python of DSS", func(c change) { c.Python = "3.12" }, one("installation.python", "does not run on Python \"3.12\"")},
		{"Spark without Hadoop", func(c change) { c.Hadoop, c.Spark = no(), yes() }, one("installation.spark", "Hadoop libraries")},
		{"isolation without licence", func(c change) {
			*c.Installation, *c.Settings, c.HasLicense = Installation{UserIsolation: UserIsolation{Enabled: yes()}}, Settings[string]{}, false
		}, one("installation.userIsolation.enabled", "feature of a licence")},
		{"isolation off with groups", func(c change) { c.UserIsolation.Enabled, c.MemoryLimit = no(), MemoryLimit{} },
			one("installation.userIsolation.enabled", "which is off")},
		{"isolation's names", func(c change) {
			c.UserIsolation.AllowedGroups[1], c.UserIsolation.AdditionalDirs = "Engineers", []string{"/a;/b"}
			c.UserIsolation.Accounts[1].Group = "analysts"
		}, [][2]string{{"installation.userIsolation.allowedGroups[1]", ""}, {"installation.userIsolation.additionalDirs[0]", ""}}},
		{"isolation's groups", func(c change) { c.UserIsolation.AllowedGroups = append(c.UserIsolation.AllowedGroups, "docker") },
			one("installation.userIsolation.allowedGroups[2]", "more rights")},
		{"accounts", func(c change) {
			c.UserIsolation.Accounts = []UnixAccount{{Name: "Ada"}, {Name: "dataiku"}, {}, {Name: "x", Group: "wheel"}, {Name: "x"}}
		}, [][2]string{
			{"installation.userIsolation.accounts[0].name", ""}, {"installation.userIsolation.accounts[1].name", "dataiku is no account"},
			{"installation.userIsolation.accounts[2].name", "missing"}, {"installation.userIsolation.accounts[3].group", `"wheel"`},
			{"installation.userIsolation.accounts[4].name", `"x" is the name of`},
		}},
		{"login that is no account", func(c change) { c.UserIsolation.Accounts, c.Users[0].Login = nil, "ada@example.com" },
			one("installation.userIsolation.accounts[0].name", "ada@example.com")},
		{"heap", func(c change) { c.BackendMemoryGiB, c.MemoryLimit = 40, MemoryLimit{Enabled: no()} }, [][2]string{
			{"installation.backendMemoryGiB", "40 is not between"}, {"installation.backendMemoryGiB", "more than half"},
		}},
		{"limit without isolation on 9", func(c change) {
			c.UserIsolation, c.MemoryLimit, c.Users = UserIsolation{Enabled: no()}, MemoryLimit{GiB: 20}, nil
		}, one("installation.memoryLimit.enabled", "version 2 of cgroups")},
		{"limit without isolation on 8", func(c change) {
			c.UserIsolation, c.MemoryLimit, c.Users, c.OSRelease = UserIsolation{Enabled: no()}, MemoryLimit{GiB: 20}, nil, "8"
		}, nil},
		{"limit's percent", func(c change) { c.MemoryLimit.Percent = 5 }, one("installation.memoryLimit.percent", "5 is not between")},
		{"limit of an unknown host", func(c change) { c.HostMemoryMiB = 0 }, one("installation.memoryLimit.gib", "not known")},
		{"limit and heap", func(c change) { c.MemoryLimit = MemoryLimit{GiB: 60} },
			one("installation.memoryLimit.gib", "more than the host's 64")},
		{"negative limit", func(c change) { c.MemoryLimit = MemoryLimit{GiB: -4} }, one("installation.memoryLimit.gib", "is no limit")},
		{"amount for no limit", func(c change) { c.MemoryLimit.Enabled = no() },
			one("installation.memoryLimit.enabled", "a limit that is off")},
		{"ports", func(c change) { c.PortRange = &PortRange{From: 80, To: 70} }, [][2]string{
			{"installation.portRange.from", "80"}, {"installation.portRange.to", "70"}, {"installation.portRange.to", "no range"},
		}},
		{"ports of DSS", func(c change) { c.PortRange = &PortRange{From: 11205, To: 12000} },
			one("installation.portRange.from", "11200 to 11210")},
		{"ports without overlay", func(c change) { c.OverlayJSON = "" }, one("installation.portRange.from", "not documented")},
		{"server settings", func(c change) {
			c.ServerSettings = map[string]string{"port": "80", "referrer-policy": "a\nb"}
		}, [][2]string{{"installation.serverSettings.port", "documented"}, {"installation.serverSettings.referrer-policy", "line break"}}},
		{"properties", func(c change) {
			c.Properties = map[string]string{"a b": "", "c": "\n", portRangeProperty: "false"}
		}, [][2]string{{"installation.properties.a b", ""}, {"installation.properties.c", ""},
			{"installation.properties." + portRangeProperty, ""}}},
		{"environment", func(c change) {
			c.Environment = map[string]string{"A-B": "", "C": "x\ny", "AWS_SECRET_ACCESS_KEY": "x"}
		}, [][2]string{
			{"installation.environment.A-B", ""}, {"installation.environment.AWS_SECRET_ACCESS_KEY", "every process"},
			{"installation.environment.C", "line break"},
		}},
		{"images", func(c change) {
			c.BaseImages = []BaseImage{
				{Type: "gpu"},
				{Type: ImageCDE, CUDAVersion: "eleven", HTTPProxy: "proxy", NoProxy: "a b", Tag: "A B", SystemPackages: []string{"a;b"}},
				{Type: ImageCDE}, {Type: ImageCDE},
			}
		}, [][2]string{
			{"installation.baseImages[0].type", `"gpu"`}, {"installation.baseImages[1].cudaVersion", "without"},
			{"installation.baseImages[1].cudaVersion", "eleven"}, {"installation.baseImages[1].httpProxy", ""},
			{"installation.baseImages[1].noProxy", ""}, {"installation.baseImages[1].tag", ""},
			{"installation.baseImages[1].systemPackages[0]", ""},
			{"installation.baseImages[3]", "is the name of"},
		}},
		{"images for nothing", func(c change) {
			*c.Settings, c.BaseImages, c.PortRange, c.AthenaDriver = Settings[string]{}, []BaseImage{{Type: ImageContainerExec}}, nil, nil
		}, one("installation.baseImages[0].type", "without elastic compute")},
		{"image of no Spark", func(c change) {
			*c.Installation, *c.Settings = Installation{Spark: no(), BaseImages: []BaseImage{{Type: ImageSpark}}}, minimal()
		}, one("installation.baseImages[0].type", "which is off")},
		{"driver", func(c change) { c.AthenaDriver = &AthenaDriver{} }, one("installation.athenaDriver.url", "missing")},
		{"driver twice", func(c change) { c.AthenaDriver.Installed = true }, one("installation.athenaDriver.url", "is not downloaded")},
		{"driver's address", func(c change) {
			c.AthenaDriver = &AthenaDriver{URL: "http://x/y.jar", MajorVersion: 4, Folder: "lib/jdbc"}
		}, [][2]string{
			{"installation.athenaDriver.sha256", "http lets"}, {"installation.athenaDriver.folder", "lib/jdbc"},
			{"installation.athenaDriver.majorVersion", "4"},
		}},
		{"driver's form", func(c change) { c.AthenaDriver = &AthenaDriver{URL: "x", SHA256: "x", Folder: "/opt"} }, [][2]string{
			{"installation.athenaDriver.url", ""}, {"installation.athenaDriver.sha256", ""}, {"installation.athenaDriver.folder", ""},
		}},
		{"driver 3 before 14.2", func(c change) { c.Version, c.ContainerConfigs[0].ReadOnlyRootFilesystem = "14.1.4", false },
			one("installation.athenaDriver.majorVersion", "14.1.4")},
		{"database", func(c change) {
			c.RuntimeDatabase = &RuntimeDatabase{Version: "12", MaxConnections: 100, Schema: "a b", TablePrefix: "DSS-"}
		}, [][2]string{
			{"installation.runtimeDatabase.version", `"12"`}, {"installation.runtimeDatabase.maxConnections", "100"},
			{"installation.runtimeDatabase.schema", ""}, {"installation.runtimeDatabase.tablePrefix", ""},
		}},
	})
}

func TestComputeProblems(t *testing.T) {
	check(t, []brokenCase{
		{"without licence", func(c change) {
			*c.Installation, *c.Settings, c.HasLicense = Installation{}, minimal(), false
			c.ElasticCompute = yes()
		}, one("settings.elasticCompute", "feature of a licence")},
		{"clusters without licence", func(c change) { *c.Installation, *c.Settings, c.HasLicense = Installation{}, minimal(), false },
			one("settings.clusters", "feature of a licence")},
		{"without cluster", func(c change) { *c.Installation, *c.Settings = Installation{}, Settings[string]{ElasticCompute: yes()} },
			one("settings.clusters", "no cluster to run on")},
		{"configs without cluster", func(c change) { c.Clusters, c.BaseImages = nil, []BaseImage{} }, [][2]string{
			{"settings.containerConfigs", "which is off"}, {"settings.sparkConfigs", ""}, {"settings.cde", ""},
			{"settings.namespacePoliciesJson", ""},
		}},
		{"defaults without configs", func(c change) {
			*c.Installation, *c.Settings = Installation{}, Settings[string]{DefaultContainerConfig: "a", DefaultSparkConfig: "b"}
		}, [][2]string{{"settings.defaultContainerConfig", ""}, {"settings.defaultSparkConfig", ""}}},
		{"on a deployer", func(c change) {
			*c.Installation, *c.Settings = Installation{NodeType: NodeDeployer}, minimal()
			c.ElasticCompute = yes()
		}, one("settings.elasticCompute", "runs no jobs")},
		{"no configs", func(c change) {
			c.ContainerConfigs, c.DefaultContainerConfig, c.CodeEnvs = []ContainerConfig{}, "", nil
		}, one("settings.containerConfigs", "no container config")},
		{"no address", func(c change) { c.ImageURL, c.Account = "", "" }, [][2]string{{"settings.imageUrl", "missing"}}},
		{"address", func(c change) { c.ImageURL = "https://registry" }, one("settings.imageUrl", "https://registry")},
		{"address and hook", func(c change) { c.ImageURL, c.PrePush = "registry.example.com/dss", PrePushECR },
			one("settings.prePush", "not an address of ECR")},
		{"hook", func(c change) { c.PrePush = "CUSTOM" }, one("settings.prePush", `"CUSTOM"`)},
		{"prefix", func(c change) { c.ImageURL += "/" }, one("settings.imageUrl", "")},
		{"container configs", func(c change) {
			c.DefaultContainerConfig = "x"
			c.ContainerConfigs = []ContainerConfig{
				{Name: "x", CPURequest: 4, CPULimit: 2, MemoryRequestMiB: 4096, MemoryLimitMiB: 2048},
				{Name: "x", CPURequest: -2, MemoryLimitMiB: 1 << 30, CPULimit: Unset},
				{Name: "a b", Namespace: "Name_space", GPUs: 1, NodeSelector: map[string]string{"a b": "c d"}},
				{Name: "small", GPUs: -1, BaseImage: "A", Properties: map[string]string{"a b": "\n"}, AllowedGroups: []string{"data",
					"data", "ghosts"}},
			}
		}, [][2]string{
			{"settings.containerConfigs[0].cpuRequest", "4 vCPU are more than the limit of 2"},
			{"settings.containerConfigs[0].memoryRequestMiB", "4096 MiB"},
			{"settings.containerConfigs[1].cpuRequest", "-2"}, {"settings.containerConfigs[1].memoryLimitMiB", ""},
			{"settings.containerConfigs[1].name", `"x" is the name of [0].name`},
			{"settings.containerConfigs[2].name", ""}, {"settings.containerConfigs[2].namespace", ""},
			{"settings.containerConfigs[2].baseImage", "no CUDA"},
			{"settings.containerConfigs[2].nodeSelector.a b", ""}, {"settings.containerConfigs[2].nodeSelector.a b", ""},
			{"settings.containerConfigs[3].gpus", ""}, {"settings.containerConfigs[3].baseImage", ""},
			{"settings.containerConfigs[3].properties.a b", ""}, {"settings.containerConfigs[3].properties.a b", ""},
			{"settings.containerConfigs[3].allowedGroups[1]", "twice"}, {"settings.containerConfigs[3].allowedGroups[2]", `no group "ghosts"`},
		}},
		{"nameless config", func(c change) { c.ContainerConfigs[1].Name = "" }, one("settings.containerConfigs[1].name", "missing")},
		{"tolerations", func(c change) {
			c.ContainerConfigs[1].Tolerations = []Toleration{
				{Operator: "Equal"}, {Operator: "Like", Key: "a"}, {Operator: "Exists", Key: "a", Value: "b"},
				{Key: "a b", Value: "c d", Effect: "Never"},
			}
		}, [][2]string{
			{"settings.containerConfigs[1].tolerations[0].key", "missing"}, {"settings.containerConfigs[1].tolerations[1].operator", `"Like"`},
			{"settings.containerConfigs[1].tolerations[2].value", ""}, {"settings.containerConfigs[1].tolerations[3].key", ""},
			{"settings.containerConfigs[1].tolerations[3].value", ""}, {"settings.containerConfigs[1].tolerations[3].effect", `"Never"`},
		}},
		{"read-only containers before 14.2", func(c change) { c.Version, c.AthenaDriver.MajorVersion = "14.1.4", 2 },
			one("settings.containerConfigs[0].readOnlyRootFilesystem", "14.1.4")},
		{"Spark off", func(c change) { c.Spark, c.BaseImages = no(), []BaseImage{} }, one("settings.sparkConfigs", "no Spark")},
		{"Spark configs", func(c change) {
			c.SparkConfigs = []SparkConfig{
				{Name: "a", ExecutorMemoryMiB: 100, ExecutorCores: -1, ExecutorInstances: 5000, Namespace: "A", AuthenticationMode: "TOKEN"},
				{Name: "a", Conf: map[string]string{"spark.executor.memory": "1g", "executor.memory": "1g", "spark.x": "\n"},
					AllowedGroups: []string{"x"}},
				{},
			}
		}, [][2]string{
			{"settings.sparkConfigs[0].executorMemoryMiB", "100"}, {"settings.sparkConfigs[0].executorCores", ""},
			{"settings.sparkConfigs[0].executorInstances", ""}, {"settings.sparkConfigs[0].namespace", ""},
			{"settings.sparkConfigs[0].authenticationMode", ""}, {"settings.sparkConfigs[1].conf.executor.memory", "no key of Spark"},
			{"settings.sparkConfigs[1].conf.spark.executor.memory", "argument of its own"}, {"settings.sparkConfigs[1].conf.spark.x", ""},
			{"settings.sparkConfigs[1].allowedGroups[0]", ""}, {"settings.sparkConfigs[1].name", ""},
			{"settings.sparkConfigs[2].name", "missing"},
		}},
		{"defaults", func(c change) { c.DefaultContainerConfig, c.DefaultSparkConfig = "big", "bigger" }, [][2]string{
			{"settings.defaultContainerConfig", `"big" is no config`}, {"settings.defaultSparkConfig", `"bigger"`},
		}},
		{"two default Spark configs", func(c change) { c.SparkConfigs[1].Name = "default" },
			one("settings.defaultSparkConfig", "another one")},
	})
}

func TestConnectionProblems(t *testing.T) {
	check(t, []brokenCase{
		{"two of one name", func(c change) { c.S3Connections[1].Name = "sales" },
			one("settings.s3Connections[1].name", `"sales" is the name of`)},
		{"S3 and Athena of one name", func(c change) { c.S3Connections[1].Name = "sales-athena" },
			one("settings.s3Connections[1].name", "s3Connections[0].athena.name")},
		{"the one that is removed", func(c change) { c.S3Connections[1].Name = FilesystemRoot },
			one("settings.s3Connections[1].name", "removed")},
		{"empty", func(c change) { c.S3Connections[1] = S3Connection[string]{} }, [][2]string{
			{"settings.s3Connections[1].name", "missing"}, {"settings.s3Connections[1].bucket", "missing"},
			{"settings.s3Connections[1].roleArn", "0 kinds"}, {"settings.s3Connections[1].allowedGroups", "nobody"},
		}},
		{"forms", func(c change) {
			x := &c.S3Connections[1]
			x.Name, x.Bucket, x.Path, x.ManagedPath, x.Region, x.KMSKeyARN = "a b", "A", "data", "../x", "Europe", "key"
			x.KeyPairSecretARN, x.GlueDatabase, x.ExternalID = "secret", "A", "x"
		}, [][2]string{
			{"settings.s3Connections[1].name", ""}, {"settings.s3Connections[1].bucket", ""}, {"settings.s3Connections[1].path", ""},
			{"settings.s3Connections[1].managedPath", ""}, {"settings.s3Connections[1].region", ""}, {"settings.s3Connections[1].kmsKeyArn", ""},
			{"settings.s3Connections[1].keyPairSecretArn", ""}, {"settings.s3Connections[1].externalId", ""},
			{"settings.s3Connections[1].externalId", "without a role"}, {"settings.s3Connections[1].glueDatabase", ""},
		}},
		{"no region", func(c change) { c.Region = "" }, [][2]string{
			{"settings.s3Connections[0].region", "missing"}, {"settings.s3Connections[0].athena.region", "missing"},
			{"settings.clusters[0].attach.region", "missing"},
		}},
		{"role's form", func(c change) { c.S3Connections[0].RoleARN = "arn:aws:iam::1:role/x" },
			one("settings.s3Connections[0].roleArn", "")},
		{"two kinds of credentials", func(c change) { c.S3Connections[1].RoleARN = Unknown },
			one("settings.s3Connections[1].roleArn", "2 kinds")},
		{"Athena on the host's credentials", func(c change) {
			x := &c.S3Connections[0]
			x.RoleARN, x.ExternalID, x.Environment = "", "", true
			c.UserIsolation, c.MemoryLimit = UserIsolation{Enabled: no()}, MemoryLimit{}
		}, one("settings.s3Connections[0].environment", "Athena takes credentials")},
		{"host's credentials with isolation", func(c change) {
			c.S3Connections[1].KeyPairSecretARN,
				c.S3Connections[1].Environment = "", true
		},
			one("settings.s3Connections[1].environment", "user isolation")},
		{"everybody and some", func(c change) { c.S3Connections[0].UsableByEveryone = true },
			one("settings.s3Connections[0].usableByEveryone", "everybody, and some")},
		{"unknown groups", func(c change) {
			c.S3Connections[0].AllowedGroups, c.S3Connections[0].DetailsReadableBy = []string{"ghosts"}, []string{"phantoms"}
		}, [][2]string{
			{"settings.s3Connections[0].allowedGroups[0]", "ghosts"}, {"settings.s3Connections[0].detailsReadableBy[0]", "phantoms"},
			{"settings.s3Connections[0].detailsReadableBy[0]", "may not use"},
		}},
		{"DSS's own groups", func(c change) { c.S3Connections[0].AllowedGroups = []string{"data", "readers"} }, nil},
		{"sync to nowhere", func(c change) { c.S3Connections[1].Sync = yes() }, one("settings.s3Connections[1].glueDatabase", "no database")},
		{"Athena", func(c change) {
			c.S3Connections[0].Athena = &AthenaConnection[string]{Name: "a b", Region: "Europe", OutputLocation: "s3:/x", FetchSize: 20000}
		}, [][2]string{
			{"settings.s3Connections[0].athena.name", ""}, {"settings.s3Connections[0].athena.region", ""},
			{"settings.s3Connections[0].athena.workgroup", "missing"},
			{"settings.s3Connections[0].athena.outputLocation", ""}, {"settings.s3Connections[0].athena.fetchSize", ""},
		}},
		{"Athena's database", func(c change) { c.S3Connections[0].GlueDatabase = "with-hyphen" },
			one("settings.s3Connections[0].athena.glueDatabase", "")},
		{"Athena's workgroup", func(c change) { c.S3Connections[0].Athena.Workgroup = "a b" },
			one("settings.s3Connections[0].athena.workgroup", "")},
		{"no driver", func(c change) { c.AthenaDriver = nil }, one("settings.s3Connections[0].athena", "no JDBC driver")},
		{"metastore", func(c change) { c.Metastore.Flavor = "HIVE" }, one("settings.metastore.flavor", `"HIVE"`)},
		{"metastore of DSS with Athena", func(c change) { c.Metastore.Flavor = MetastoreDSS }, one("settings.metastore.flavor", "Glue only")},
		{"credentials of nobody", func(c change) { c.Metastore.CredentialsConnection = "ghost" },
			one("settings.metastore.credentialsConnection", "ghost")},
		{"credentials of the host", func(c change) {
			c.UserIsolation, c.MemoryLimit = UserIsolation{Enabled: no()}, MemoryLimit{}
			c.S3Connections[1].KeyPairSecretARN, c.S3Connections[1].Environment, c.Metastore.CredentialsConnection = "", true, "raw"
		}, one("settings.metastore.credentialsConnection", "no credentials of its own")},
		{"credentials for no Glue", func(c change) {
			c.S3Connections = nil
			c.Metastore = Metastore{Flavor: MetastoreDSS, CredentialsConnection: "x"}
		}, one("settings.metastore.credentialsConnection", "only Glue")},
	})
}

func TestClusterProblems(t *testing.T) {
	check(t, []brokenCase{
		{"names and defaults", func(c change) {
			c.Clusters[1].Name, c.Clusters[0].Default, c.Clusters[1].Default = "eks", true, true
		}, [][2]string{{"settings.clusters[1].name", `"eks" is the name of`}, {"settings.clusters[1].default", "before it"}}},
		{"implicit too", func(c change) { c.UseImplicitCluster = true }, one("settings.useImplicitCluster", "the default")},
		{"nothing behind it", func(c change) { c.Clusters[0].Attach = nil }, one("settings.clusters[0].attach", "no cluster behind")},
		{"both", func(c change) { c.Clusters[1].Attach = &AttachedCluster[string]{EKSName: "x"} },
			one("settings.clusters[1].create", "attached and created")},
		{"attached", func(c change) {
			c.Clusters[0] = Cluster[string]{AssumeRoleARN: "x", TimeoutMinutes: 1, Attach: &AttachedCluster[string]{Region: "x"}}
		}, [][2]string{
			{"settings.clusters[0].name", "missing"}, {"settings.clusters[0].assumeRoleArn", ""}, {"settings.clusters[0].timeoutMinutes", ""},
			{"settings.clusters[0].attach.eksName", "missing"}, {"settings.clusters[0].attach.region", ""},
		}},
		{"EKS's name", func(c change) { c.Clusters[0].Attach.EKSName = "a b" }, one("settings.clusters[0].attach.eksName", "")},
		{"eksctl's name", func(c change) { c.Clusters[1].Name = "burst_2" }, one("settings.clusters[1].name", "burst_2")},
		{"YAML and pools", func(c change) { c.Clusters[1].Create.AdvancedYAML = "x" },
			one("settings.clusters[1].create.advancedYaml", "overlooks")},
		{"only YAML", func(c change) {
			c.Clusters[1].Create, c.NetworkingPreset = &CreatedCluster[string]{AdvancedYAML: "x", AdvancedGPU: true}, nil
		}, nil},
		{"GPU of no YAML", func(c change) { c.Clusters[1].Create.AdvancedGPU = true },
			one("settings.clusters[1].create.advancedYaml", "missing")},
		{"no network", func(c change) { c.NetworkingPreset = nil }, [][2]string{
			{"settings.clusters[1].create", "no subnets"}, {"settings.clusters[1].create.private", "without private subnets"},
		}},
		{"no groups", func(c change) { c.NetworkingPreset.SecurityGroups = nil }, one("settings.clusters[1].create", "could not call DSS")},
		{"private without subnets", func(c change) { c.NetworkingPreset.PrivateSubnets = nil },
			one("settings.clusters[1].create.private", "")},
		{"endpoints of a public one", func(c change) { c.Clusters[1].Create.Private, c.Clusters[1].Create.SkipEndpoints = false, true },
			one("settings.clusters[1].create.skipEndpoints", "")},
		{"Kubernetes", func(c change) { c.Clusters[1].Create.KubernetesVersion = "1.35" },
			one("settings.clusters[1].create.kubernetesVersion", "not tested with 1.35")},
		{"Kubernetes too old", func(c change) { c.Clusters[1].Create.KubernetesVersion = "1.22" },
			one("settings.clusters[1].create.kubernetesVersion", "")},
		{"no Kubernetes", func(c change) { c.Clusters[1].Create.KubernetesVersion = "newest" },
			one("settings.clusters[1].create.kubernetesVersion", "no version")},
		{"created", func(c change) {
			n := c.Clusters[1].Create
			n.InjectedSecurityGroup, n.AutoscalerRegistry, n.Tags = "x", "https://x", map[string]string{"aws:x": "y"}
		}, [][2]string{
			{"settings.clusters[1].create.injectedSecurityGroup", ""}, {"settings.clusters[1].create.autoscalerRegistry", ""},
			{"settings.clusters[1].create.tags.aws:x", ""},
		}},
		{"no pools", func(c change) { c.Clusters[1].Create.NodePools = nil }, one("settings.clusters[1].create.nodePools", "no nodes")},
		{"only tainted pools", func(c change) { c.Clusters[1].Create.NodePools = c.Clusters[1].Create.NodePools[1:] },
			one("settings.clusters[1].create.nodePools", "every pool has taints")},
		{"pools", func(c change) {
			c.Clusters[1].Create.NodePools = []NodePool{
				{Name: "a", InstanceType: "m7g.large", DiskType: "floppy", DiskGiB: 5, Nodes: 2000},
				{Name: "a", GPU: true, MinNodes: 3, MaxNodes: 2, Labels: map[string]string{"a b": "c d"}},
				{Name: "1", MinNodes: 2, MaxNodes: 4, Nodes: 1, Taints: []Taint{{Value: "a b", Effect: "Never"}},
					Tags: map[string]string{"a": "b,c"}},
				{Name: "newer", InstanceType: "x99.large"},
			}
		}, [][2]string{
			{"settings.clusters[1].create.nodePools[0].instanceType", "arm64"}, {"settings.clusters[1].create.nodePools[0].nodes", ""},
			{"settings.clusters[1].create.nodePools[0].diskGiB", ""}, {"settings.clusters[1].create.nodePools[0].diskType", ""},
			{"settings.clusters[1].create.nodePools[1].gpu", "no GPU"}, {"settings.clusters[1].create.nodePools[1].maxNodes", "3 to 2"},
			{"settings.clusters[1].create.nodePools[1].labels.a b", ""}, {"settings.clusters[1].create.nodePools[1].labels.a b", ""},
			{"settings.clusters[1].create.nodePools[1].name", `"a" is the name`},
			{"settings.clusters[1].create.nodePools[2].name", ""}, {"settings.clusters[1].create.nodePools[2].nodes", "not from 2 to 4"},
			{"settings.clusters[1].create.nodePools[2].taints[0].key", ""}, {"settings.clusters[1].create.nodePools[2].taints[0].value", ""},
			{"settings.clusters[1].create.nodePools[2].taints[0].effect", ""}, {"settings.clusters[1].create.nodePools[2].tags.a", ""},
		}},
		{"network", func(c change) {
			n := c.NetworkingPreset
			n.Name, n.Subnets, n.PrivateSubnets, n.SecurityGroups = "a b", []string{"x"}, []string{"subnet-0123456789abcdef2"}, []string{""}
			n.ControlPlaneSecurityGroup, n.SharedSecurityGroup = "sg-0123456789abcdef1", "y"
		}, [][2]string{
			{"settings.networkingPreset.name", ""}, {"settings.networkingPreset.subnets", "there are 1"},
			{"settings.networkingPreset.subnets[0]", ""},
			{"settings.networkingPreset.securityGroups[0]", "missing"}, {"settings.networkingPreset.privateSubnets", "there is one"},
			{"settings.networkingPreset.sharedSecurityGroup", `"y"`}, {"settings.networkingPreset.sharedSecurityGroup", "a shared one"},
		}},
		{"one subnet twice", func(c change) { c.NetworkingPreset.Subnets[1] = c.NetworkingPreset.Subnets[0] },
			one("settings.networkingPreset.subnets[1]", "twice")},
		{"unknown subnets", func(c change) { c.NetworkingPreset.Subnets = []string{Unknown, Unknown} }, nil},
		{"private networking", func(c change) { c.NetworkingPreset.PrivateNetworking, c.Clusters[1].Create.Private = no(), false },
			one("settings.networkingPreset.privateNetworking", "overlooks")},
		{"private networking without subnets", func(c change) {
			c.NetworkingPreset.PrivateNetworking, c.NetworkingPreset.PrivateSubnets, c.Clusters[1].Create.Private = yes(), nil, false
		}, one("settings.networkingPreset.privateNetworking", "no private subnets")},
		{"presets", func(c change) { c.ConnectionPreset = ConnectionPreset{Name: "a b", Region: "x"} }, [][2]string{
			{"settings.connectionPreset.name", ""}, {"settings.connectionPreset.region", ""},
		}},
		{"plugin of nowhere", func(c change) { c.EKSPlugin = EKSPlugin{Source: "mail", Version: "1.5"} }, [][2]string{
			{"settings.eksPlugin.source", `"mail"`}, {"settings.eksPlugin.version", ""},
		}},
		{"plugin from Git", func(c change) { c.EKSPlugin = EKSPlugin{Source: PluginFromGit} }, [][2]string{
			{"settings.eksPlugin.url", "missing"}, {"settings.eksPlugin.checkout", "missing"},
		}},
		{"plugin from the store with an address", func(c change) { c.EKSPlugin.Source = "" }, one("settings.eksPlugin.source", "no address")},
		{"plugin's archive", func(c change) { c.EKSPlugin.URL, c.EKSPlugin.SHA256 = "http://x/y.zip", "" },
			one("settings.eksPlugin.sha256", "http lets")},
		{"plugin's checksum", func(c change) { c.EKSPlugin.SHA256 = "x" }, one("settings.eksPlugin.sha256", "")},
		{"plugin's Python", func(c change) { c.EKSPlugin.Python = "3.12" }, one("settings.eksPlugin.python", "3.12")},
	})
}

func TestPeopleProblems(t *testing.T) {
	check(t, []brokenCase{
		{"groups", func(c change) {
			c.Groups = append(c.Groups, Group{}, Group{Name: "data"}, Group{Name: "a b", Source: "PAM",
				Permissions: map[string]bool{"mayFly": true}},
				Group{Name: "local", ExternalGroups: []string{"x"}})
			c.ExternalGroups = append(c.ExternalGroups, "")
		}, [][2]string{
			{"settings.groups[3].name", "missing"}, {"settings.groups[4].name", `"data" is the name of groups[0].name`},
			{"settings.groups[5].name", ""},
			{"settings.groups[5].source", `"PAM"`}, {"settings.groups[5].permissions.mayFly", "no permission"},
			{"settings.groups[6].externalGroups", "local group"}, {"settings.externalGroups[1]", ""},
		}},
		{"new permission of a new release", func(c change) {
			c.Version, c.AllowUnknownVersion, c.Groups[0].Permissions = "15.9.0", true, map[string]bool{"mayFly": true}
		}, nil},
		{"users", func(c change) {
			c.UserIsolation.Accounts = []UnixAccount{}
			c.Users = []User[string]{
				{}, {Login: "admin", Profile: "READER", Source: SourceLDAP}, {Login: "x", Profile: "no profile", Source: "PAM"},
				{Login: "x", Profile: "READER", Source: SourceSSO, PasswordSecretARN: Unknown, Email: "x", Groups: []string{"ghosts"},
					DisplayName: "a\nb"},
				{Login: "y", Profile: "READER", PasswordSecretARN: "x"},
			}
		}, [][2]string{
			{"settings.users[0].login", "missing"}, {"settings.users[0].profile", "missing"},
			{"settings.users[0].passwordSecretArn", "no password"},
			{"settings.users[1].login", "admin is there"}, {"settings.users[2].profile", ""}, {"settings.users[2].source", `"PAM"`},
			{"settings.users[3].passwordSecretArn", "not DSS's"}, {"settings.users[3].displayName", ""}, {"settings.users[3].email", ""},
			{"settings.users[3].groups[0]", "ghosts"}, {"settings.users[3].login", `"x" is the name of`},
			{"settings.users[4].passwordSecretArn", ""},
		}},
		{"code environments", func(c change) {
			c.R = false
			c.CodeEnvs = append(c.CodeEnvs, CodeEnv{}, CodeEnv{Name: "py312", Python: "2.7", Packages: []string{" ", "a\nb"}},
				CodeEnv{Name: "j", Language: "JULIA"},
				CodeEnv{Name: "k", Language: LanguageR, Python: "3.11", AllContainerConfigs: true, ContainerConfigs: []string{"ghost"}})
		}, [][2]string{
			{"settings.codeEnvs[1].language", "R is not installed"}, {"settings.codeEnvs[2].name", "missing"},
			{"settings.codeEnvs[3].python", `"2.7"`}, {"settings.codeEnvs[3].packages[0]", "empty"}, {"settings.codeEnvs[3].packages[1]", ""},
			{"settings.codeEnvs[3].name", `"py312" is the name`}, {"settings.codeEnvs[4].language", "JULIA"},
			{"settings.codeEnvs[5].python", "has no Python"}, {"settings.codeEnvs[5].language", ""},
			{"settings.codeEnvs[5].containerConfigs", ""},
			{"settings.codeEnvs[5].containerConfigs[0]", "ghost"},
		}},
		{"cookies without HTTPS", func(c change) { c.HTTPS, c.Security.SecureCookies = false, yes() },
			one("settings.security.secureCookies", "nobody could log in")},
		{"sessions", func(c change) { c.Security.SessionTotalMinutes, c.Security.SessionIdleMinutes = 1, -2 }, [][2]string{
			{"settings.security.sessionTotalMinutes", ""}, {"settings.security.sessionIdleMinutes", ""},
		}},
		{"idle longer than all", func(c change) { c.Security.SessionTotalMinutes = 60 }, one("settings.security.sessionIdleMinutes", "480")},
		{"endless sessions", func(c change) { c.Security.SessionTotalMinutes, c.Security.SessionIdleMinutes = Unset, Unset }, nil},
	})
}

func TestRawJSONProblems(t *testing.T) {
	check(t, []brokenCase{
		{"malformed", func(c change) { c.OverlayJSON = "{\n \"a\": 1,\n \"b\": ]\n}" },
			one("settings.overlayJson", "line 3, column 7: invalid character")},
		{"cut off", func(c change) { c.OverlayJSON = "{\n \"a\": " }, one("settings.overlayJson", "line 2, column 7")},
		{"more", func(c change) { c.OverlayJSON = "{}\n{}" }, one("settings.overlayJson", "line 2, column 3: there is more")},
		{"no object", func(c change) { c.OverlayJSON = `[1]` }, one("settings.overlayJson", "a list")},
		{"null", func(c change) { c.OverlayJSON = `null` }, one("settings.overlayJson", "null")},
		{"contradiction", func(c change) {
			c.OverlayJSON = `{"security": {"hideErrorStacks": false, "secureCookies": true, "other": 1}}`
		},
			one("settings.overlayJson.security.hideErrorStacks", "false contradicts")},
		{"contradiction in an element", func(c change) {
			c.OverlayJSON = `{"containerSettings": {"executionConfigs": [{"name": "other", "type": "DOCKER"},
				{"name": "gpu", "type": "DOCKER"}]}}`
		}, one("settings.overlayJson.containerSettings.executionConfigs[1].type", `"DOCKER" contradicts`)},
		{"contradiction of a kind", func(c change) { c.OverlayJSON = `{"security": 1, "sparkSettings": {"executionConfigs": {}}}` },
			[][2]string{
				{"settings.overlayJson.security", "1 contradicts"}, {"settings.overlayJson.sparkSettings.executionConfigs", ""},
				{"settings.overlayJson.sparkSettings.executionConfigs", ""},
			}},
		{"contradiction of a default", func(c change) { c.OverlayJSON = `{"defaultK8sClusterId": "mine"}` },
			one("settings.overlayJson.defaultK8sClusterId", `"mine"`)},
		{"contradiction by taking away", func(c change) { c.OverlayJSON = `{"security": {"hideErrorStacks": null}}` },
			one("settings.overlayJson.security.hideErrorStacks", "null")},
		{"element without a name", func(c change) {
			c.OverlayJSON = `{"containerSettings": {"executionConfigs": [{"isFinal": true},
			1]}}`
		}, [][2]string{
			{"settings.overlayJson.containerSettings.executionConfigs[0]", "has none"},
			{"settings.overlayJson.containerSettings.executionConfigs[1]", ""},
		}},
		{"policies", func(c change) { c.NamespacePoliciesJSON = `[{}, 1]` }, one("settings.namespacePoliciesJson[1]", "a number")},
		{"no policies", func(c change) { c.NamespacePoliciesJSON = `{}` }, one("settings.namespacePoliciesJson", "an object")},
		{"malformed policies", func(c change) { c.NamespacePoliciesJSON = `[` }, one("settings.namespacePoliciesJson", "line 1, column 2")},
		{"params", func(c change) {
			c.S3Connections[0].ParamsJSON, c.S3Connections[0].Athena.ParamsJSON = `{"chroot": "/"}`, `[]`
			c.S3Connections[1].ParamsJSON = `{`
		}, [][2]string{
			{"settings.s3Connections[0].paramsJson.chroot", `"/" contradicts`}, {"settings.s3Connections[0].athena.paramsJson", "a list"},
			{"settings.s3Connections[1].paramsJson", "line 1, column 2"},
		}},
		{"params that replace what is not verified", func(c change) {
			c.S3Connections[0].ParamsJSON, c.S3Connections[0].Athena.ParamsJSON = `{"stsAssumeExternalId": "x"}`, `{"fetchSize": 5}`
		}, nil},
	})
}

// Values that are not known yet are no problem anywhere.
func TestUnknownValuesAreNoProblem(t *testing.T) {
	known := facts()
	known.Account, known.Region = Unknown, Unknown
	settings := Map(fullSettings(), func(string) string { return Unknown })
	settings.ImageURL = ""
	installation := fullInstallation("15.2.0")
	assert.Empty(t, Problems(installation, settings, known))
	assert.Contains(t, mustJSON(t, settings), strings.Trim(mustJSON(t, Unknown), `"`), "the sample has unknown values")
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}
