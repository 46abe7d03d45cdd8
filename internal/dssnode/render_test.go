package dssnode

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is a node that a file of testdata shows.
type golden struct {
	name         string
	installation Installation
	settings     Settings[string]
	facts        Facts
	secrets      Secrets
}

func goldens() []golden {
	free := facts()
	free.HasLicense, free.HTTPS = false, false
	release8 := facts()
	release8.OSRelease = "8"
	return []golden{
		{"14-minimal", Installation{}, minimal(), facts(), secrets()},
		{"14-full", fullInstallation("14.7.5"), fullSettings(), facts(), secrets()},
		{"15-minimal", Installation{Version: "15.2.0"}, minimal(), facts(), secrets()},
		{"15-full", fullInstallation("15.2.0"), fullSettings(), facts(), secrets()},
		{"14-automation-release-8", Installation{Version: "14.2.0", NodeType: NodeAutomation}, minimal(), release8, secrets()},
		{"14-deployer", Installation{NodeType: NodeDeployer, BaseImages: []BaseImage{{Type: ImageAPIDeployer}}}, minimal(), facts(), secrets()},
		{"14-api", Installation{NodeType: NodeAPI}, Settings[string]{}, facts(), secrets()},
		{"14-without-licence", Installation{}, Settings[string]{}, free, Secrets{AdminPassword: arnPrefix + "admin", APIKey: arnPrefix + "key"}},
	}
}

func TestRenderGoldens(t *testing.T) {
	for _, g := range goldens() {
		t.Run(g.name, func(t *testing.T) {
			require.NoError(t, Problems(g.installation, g.settings, g.facts).Err("golden"))
			got, err := json.MarshalIndent(Render(g.installation, g.settings, g.facts, g.secrets), "", " ")
			require.NoError(t, err)
			file := filepath.Join("testdata", g.name+".json")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got)+"\n", "go test ./internal/dssnode -update writes it anew")
		})
	}
}

func TestRenderIsTheSameEachTimeAndChangesNothing(t *testing.T) {
	installation, settings := fullInstallation("15.2.0"), fullSettings()
	first := Render(installation, settings, facts(), secrets())
	for range 20 {
		require.Equal(t, first, Render(installation, settings, facts(), secrets()))
	}
	assert.Equal(t, fullInstallation("15.2.0"), installation)
	assert.Equal(t, fullSettings(), settings)
}

// at follows keys and positions into a document.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			o, ok := value.(object)
			require.True(t, ok, "no object for %q of %v", s, path)
			require.Contains(t, o, s)
			value = o[s]
		case int:
			l, ok := value.(list)
			require.True(t, ok, "no list for %d of %v", s, path)
			require.Greater(t, len(l), s)
			value = l[s]
		}
	}
	return value
}

func sources(t *testing.T, rendered map[string]any) object {
	bySource := object{}
	for _, d := range at(t, rendered, "inside", "settings").(list) {
		bySource[at(t, d, "source").(string)] = d
	}
	return bySource
}

// What nobody has seen on a running DSS is never in the template.
func TestUnverifiedKeysAreOutsideOfTemplates(t *testing.T) {
	rendered := sources(t, Render(fullInstallation("15.2.0"), fullSettings(), facts(), secrets()))
	template, err := json.Marshal(at(t, rendered, "template", "document"))
	require.NoError(t, err)
	for _, key := range []string{"prePushMode", "kubernetesNamespace", "nodeSelector", "executorPodTemplate", "glueCredentialsBearingConnection"} {
		assert.NotContains(t, string(template), key)
	}
	assert.Equal(t, "fail", at(t, rendered, "template", "dropped"))
	assert.Equal(t, "warn", at(t, rendered, "unverified", "dropped"))
	push := at(t, rendered, "unverified", "document", "containerSettings", "buildConfigs", 0, "dockerBuilderConfig", "pushConfigs", 0)
	assert.Equal(t, object{"repositoryURL": fullSettings().ImageURL, "prePushMode": "ECR"}, push)

	rendered = sources(t, Render(fullInstallation("14.7.5"), fullSettings(), facts(), secrets()))
	assert.Equal(t, "ECR", at(t, rendered, "template", "document", "containerSettings", "executionConfigs", 0, "prePushMode"))
	assert.NotContains(t, at(t, rendered, "template", "document", "containerSettings"), "buildConfigs")
}

func TestSettingsDocumentsAreInOrder(t *testing.T) {
	var order []string
	for _, d := range at(t, Render(fullInstallation("15.2.0"), fullSettings(), facts(), secrets()), "inside", "settings").(list) {
		order = append(order, at(t, d, "source").(string)+" "+at(t, d, "dropped").(string))
	}
	assert.Equal(t, []string{"template fail", "unverified warn", "restrictions fail", "namespacePolicies fail", "overlay fail"}, order)
}

// An overlay has the last word on what is not verified: the two would otherwise take turns with each run.
func TestOverlayReplacesUnverified(t *testing.T) {
	settings := minimal()
	settings.OverlayJSON = `{"containerSettings":{"buildConfigs":[{"name":"registry","dockerBuilderConfig":{"pushConfigs":[` +
		`{"repositoryURL":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/dss-dev","prePushMode":"NONE"}]}}],` +
		`"executionConfigs":[{"name":"small","kubernetesRuntimeConfig":{"kubernetesNamespace":"mine"}}]}}`
	installation := Installation{Version: "15.2.0"}
	require.NoError(t, Problems(installation, settings, facts()).Err("overlay"))
	unverified := sources(t, Render(installation, settings, facts(), secrets()))["unverified"]
	containers := at(t, unverified, "document", "containerSettings").(object)
	assert.NotContains(t, containers, "buildConfigs")
	assert.Equal(t, list{object{"name": "large", "kubernetesRuntimeConfig": object{"kubernetesNamespace": DefaultNamespace}}},
		containers["executionConfigs"])
}

// connections are what is rendered, by name.
func connections(t *testing.T, settings Settings[string]) map[string]any {
	t.Helper()
	byName := map[string]any{}
	for _, c := range at(t, Render(fullInstallation("15.2.0"), settings, facts(), secrets()), "inside", "connections").(list) {
		byName[at(t, c, "name").(string)] = c
	}
	return byName
}

// What nobody has seen of connections must not fail a host whose DSS drops it; what is a restriction, or the user's own, has to.
func TestUnverifiedParamsOfConnections(t *testing.T) {
	rendered := connections(t, fullSettings())
	assert.Equal(t, object{"driverVersion": "3"}, at(t, rendered["sales-athena"], "definition", "params"))
	assert.Equal(t, object{
		"region": "eu-west-1", "credentialsMode": "FROM_AWS_CONNECTION", "associatedAWSConnection": "sales", "fetchSize": 1000.0,
		"queryOutputLocation": "s3://athena-results/sales/", "jarsDirectory": "/data/dss/lib/jdbc-athena",
		"properties": list{object{"name": "WorkGroup", "value": "sales"}},
	}, at(t, rendered["sales-athena"], "unverified", "params"))
	assert.Equal(t, object{
		"stsAssumeExternalId": "dss", "defaultMetastoreDatabase": "sales", "associatedAthenaConnection": "sales-athena",
	}, at(t, rendered["sales"], "unverified", "params"))
	assert.Contains(t, at(t, rendered["sales"], "definition", "params"), "encryptionKeyId")
	assert.NotContains(t, rendered["raw"], "unverified", "a connection with nothing unverified")
}

// The host carries out a desired state that changed: a new pair in the same secret has to change it.
func TestVersionsOfKeyPairs(t *testing.T) {
	settings := fullSettings()
	reference := object{"$secret": settings.S3Connections[1].KeyPairSecretARN, "$key": "SecretAccessKey"}
	assert.Equal(t, reference, at(t, connections(t, settings)["raw"], "definition", "params", "secretKey"))
	settings.S3Connections[1].KeyPairVersion = "second"
	params := at(t, connections(t, settings)["raw"], "definition", "params")
	reference["$version"] = "second"
	assert.Equal(t, reference, at(t, params, "secretKey"))
	assert.Equal(t, "second", at(t, params, "accessKey", "$version"))
}

// A bucket may be in another region than the workgroup that queries it.
func TestAthenaIsWhereItsWorkgroupIs(t *testing.T) {
	regions := func(change func(*S3Connection[string])) list {
		settings := fullSettings()
		change(&settings.S3Connections[0])
		rendered := connections(t, settings)
		return list{
			at(t, rendered["sales"], "definition", "params", "regionOrEndpoint"),
			at(t, rendered["sales-athena"], "unverified", "params", "region"),
		}
	}
	assert.Equal(t, list{"us-east-1", "eu-west-1"}, regions(func(c *S3Connection[string]) { c.Region = "us-east-1" }))
	assert.Equal(t, list{"eu-west-1", "eu-central-1"}, regions(func(c *S3Connection[string]) { c.Athena.Region = "eu-central-1" }))
}

// Raw parameters have the last word on what is not verified, as for general settings, and stay strict.
func TestParamsReplaceUnverified(t *testing.T) {
	settings := fullSettings()
	settings.S3Connections[0].ParamsJSON = `{"stsAssumeExternalId": null, "defaultMetastoreDatabase": "other",
		"associatedAthenaConnection": "x"}`
	settings.S3Connections[0].Athena.ParamsJSON = `{"fetchSize": 5, "properties": [{"key": "WorkGroup", "value": "sales"}]}`
	rendered := connections(t, settings)
	assert.NotContains(t, rendered["sales"], "unverified")
	params := at(t, rendered["sales"], "definition", "params")
	assert.Equal(t, "other", at(t, params, "defaultMetastoreDatabase"))
	assert.NotContains(t, params, "stsAssumeExternalId")
	assert.Equal(t, object{"fetchSize": 5.0, "properties": list{object{"key": "WorkGroup", "value": "sales"}}},
		at(t, rendered["sales-athena"], "definition", "params"))
	left := at(t, rendered["sales-athena"], "unverified", "params")
	assert.NotContains(t, left, "fetchSize")
	assert.NotContains(t, left, "properties")
	assert.Contains(t, left, "queryOutputLocation")
}

func TestSparkRecipesBeginWithTheDefaultConfig(t *testing.T) {
	written := sources(t, Render(Installation{}, minimal(), facts(), secrets()))
	configs := at(t, written, "template", "document", "sparkSettings", "executionConfigs").(list)
	require.Len(t, configs, 3)
	copied := object{}
	for key, value := range configs[0].(object) {
		copied[key] = value
	}
	copied["name"] = "default"
	assert.Equal(t, copied, configs[2])
}

func TestElasticComputeByDefault(t *testing.T) {
	free := facts()
	free.HasLicense = false
	for name, c := range map[string]struct {
		settings Settings[string]
		facts    Facts
		on       bool
	}{
		"licence and cluster":          {minimal(), facts(), true},
		"licence and implicit cluster": {Settings[string]{UseImplicitCluster: true}, facts(), true},
		"licence alone":                {Settings[string]{}, facts(), false},
		"cluster alone":                {minimal(), free, false},
	} {
		n := resolve(Installation{}, c.settings, c.facts)
		assert.Equal(t, c.on, *n.settings.ElasticCompute, name)
		assert.Equal(t, c.on, len(n.settings.ContainerConfigs) >= 2 && len(n.settings.SparkConfigs) >= 2, name)
	}
}

func TestMemoryOfHost(t *testing.T) {
	for _, c := range []struct{ hostGiB, limit, backend int }{
		{16, 8, 8}, {29, 14, 8}, {30, 10, 8}, {32, 12, 8}, {59, 39, 8}, {60, 39, 12}, {64, 42, 12}, {120, 79, 16}, {128, 96, 16},
		{256, 192, 20},
	} {
		assert.Equal(t, c.limit, DefaultMemoryLimitGiB(c.hostGiB*1024), "limit of %d GiB", c.hostGiB)
		assert.Equal(t, c.backend, DefaultBackendMemoryGiB(c.hostGiB*1024), "backend of %d GiB", c.hostGiB)
	}
	assert.Equal(t, SmallBackendGiB, DefaultBackendMemoryGiB(0), "of a host whose memory is not known")
}

func TestArchivesOfMirrors(t *testing.T) {
	rendered := Render(Installation{Source: "https://mirror.example.com/dss/", SparkVersion: "3.5.6"}, minimal(), facts(), secrets())
	assert.Equal(t, list{
		"https://mirror.example.com/dss/14.7.5/dataiku-dss-14.7.5.tar.gz", "https://mirror.example.com/dss/dataiku-dss-14.7.5.tar.gz",
	}, at(t, rendered, "kit", "urls"))
	assert.Equal(t, list{
		"https://mirror.example.com/dss/14.7.5/dataiku-dss-spark-standalone-14.7.5-3.5.6-generic-hadoop3.tar.gz",
		"https://mirror.example.com/dss/dataiku-dss-spark-standalone-14.7.5-3.5.6-generic-hadoop3.tar.gz",
	}, at(t, rendered, "spark", "urls"))
	public := at(t, Render(Installation{}, minimal(), facts(), secrets()), "spark", "urls").(list)
	assert.Len(t, public, len(sparkVersions))
	assert.True(t, strings.HasSuffix(public[0].(string), "/14.7.5/dataiku-dss-spark-standalone-14.7.5-3.5.3-generic-hadoop3.tar.gz"))
}

func TestSecretARNs(t *testing.T) {
	settings := fullSettings()
	settings.OverlayJSON = `{"ldapSettings":{"bindPassword":{"$secret":"` + arnPrefix + `ldap","$key":""}},` +
		`"a":[{"$secret":"` + arnPrefix + `b"}]}`
	settings.Users[0].PasswordSecretARN = Unknown
	assert.Equal(t, []string{
		arnPrefix + "admin-AbCdEf", arnPrefix + "b", arnPrefix + "database-AbCdEf", arnPrefix + "key-AbCdEf", arnPrefix + "ldap",
		arnPrefix + "license-AbCdEf", arnPrefix + "raw-AbCdEf",
	}, SecretARNs(settings, secrets()))
	assert.Empty(t, SecretARNs(Settings[string]{}, Secrets{}))
}

func TestS3Sources(t *testing.T) {
	assert.Equal(t, []string{"s3://mirror/athena-jdbc-3.5.0.zip", "s3://mirror/dataiku", "s3://mirror/eks-clusters-1.5.0.zip"},
		S3Sources(fullInstallation("14.7.5"), fullSettings()))
	assert.Empty(t, S3Sources(Installation{}, minimal()))
}

func TestCreatesClusters(t *testing.T) {
	assert.True(t, CreatesClusters(fullSettings()))
	assert.False(t, CreatesClusters(minimal()))
}

// What the host removes when it is no longer rendered is a list in the host's program.
func TestHostRemovesWhatIsNoLongerADefault(t *testing.T) {
	program, err := os.ReadFile("../host/reconciler/dss_platform/inside/settings.py")
	require.NoError(t, err)
	_, names, found := strings.Cut(string(program), "\nNAMES = (")
	require.True(t, found)
	names, _, _ = strings.Cut(names, ")")
	attached := fullSettings()
	implicit := minimal()
	implicit.Clusters, implicit.UseImplicitCluster = nil, true
	for _, settings := range []Settings[string]{attached, implicit} {
		n := resolve(fullInstallation("14.7.5"), settings, facts())
		for _, path := range leaves("", n.defaults()) {
			assert.Contains(t, names, `"`+path+`"`)
		}
	}
}

// leaves are the paths of all values of an object.
func leaves(path string, content object) []string {
	var paths []string
	for key, value := range content {
		at := strings.TrimPrefix(path+"."+key, ".")
		if below, ok := value.(object); ok {
			paths = append(paths, leaves(at, below)...)
			continue
		}
		paths = append(paths, at)
	}
	return paths
}

// Before 14.3 DSS ends sessions only where it keeps them in memory; then each restart ends all of them.
func TestSessionsAreKeptInMemoryWhereTheyEndBefore143(t *testing.T) {
	for _, c := range []struct {
		version     string
		node        NodeType
		total, idle int
		memory      bool
	}{
		{"14.2.3", NodeDesign, 0, 0, true},
		{"14.2.3", NodeDesign, -1, 60, true},
		{"14.2.3", NodeDesign, -1, -1, false},
		{"14.2.3", NodeAPI, 0, 0, false},
		{"14.3.0", NodeDesign, 0, 0, false},
	} {
		settings := minimal()
		if c.node == NodeAPI {
			settings = Settings[string]{}
		}
		settings.Security.SessionTotalMinutes, settings.Security.SessionIdleMinutes = c.total, c.idle
		n := resolve(Installation{Version: c.version, NodeType: c.node}, settings, facts())
		properties := n.properties()
		assert.Equal(t, c.memory, properties["dku.sessions.storage"] == "memory", "%+v", c)
	}
}
