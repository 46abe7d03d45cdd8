//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	dssVersion   = "14.7.5"
	newerVersion = "15.2.0"
	vendor       = "cdn.downloads.dataiku.com/public/studio"
	dataDir      = "/data/dss"
)

// publish puts the archives of a release of DSS where the vendor has them: stand-ins that behave as DSS does, with the vendor's own client
// inside. It returns their checksums by file name.
func publish(t *testing.T, version string) map[string]string {
	t.Helper()
	root := repository(t)
	run(t, root, "tests/host/run", "clients")
	folder := filepath.Join(os.Getenv("LAB_SITE"), filepath.FromSlash(vendor), version)
	require.NoError(t, os.MkdirAll(folder, 0o755)) //nolint:gosec // public, for whatever serves it
	sums := map[string]string{}
	require.NoError(t, json.Unmarshal([]byte(run(t, root, "python3", "tests/fakedss/build.py", "--version", version, "--spark", "3.5.3",
		"--client", filepath.Join(root, ".local", "host", "client-"+version), "--out", folder)), &sums))
	return sums
}

// secret makes a secret, and returns its ARN.
func secret(t *testing.T, name, text string) string {
	t.Helper()
	return strings.TrimSpace(run(t, "", "aws", "secretsmanager", "create-secret", "--name", name, "--secret-string", text,
		"--query", "ARN", "--output", "text"))
}

// license is a licence as the stand-in for DSS takes it.
const license = `{"content":{"licenseId":"e2e","licensedProfiles":{"FULL_DESIGNER":5,"READER":5},"expiresOn":"2099-12-31"},"sig":"x"}`

// configureDSS sets everything that DSS needs to run on the stack's cluster, with a connection that has credentials of its own.
func configureDSS(t *testing.T, s *stack) {
	t.Helper()
	sums := publish(t, dssVersion)
	data := role(t, "dev-sales-data")
	s.set("pulumi-dss:dss.connectionRoleArns", []string{data})
	s.set("pulumi-dss:dss.licenseSecretArn", secret(t, "dss-license", license))
	s.set("pulumi-dss:dss.installation", map[string]any{
		"version":   dssVersion,
		"kitSha256": sums["dataiku-dss-"+dssVersion+".tar.gz"],
		"athenaDriver": map[string]any{
			"url":    "https://" + vendor + "/" + dssVersion + "/athena-jdbc-3.5.0-with-dependencies.jar",
			"sha256": sums["athena-jdbc-3.5.0-with-dependencies.jar"],
		},
	})
	s.set("pulumi-dss:dss.settings", map[string]any{
		"groups": []any{map[string]any{"name": "sales", "description": "Sales"}},
		"users": []any{map[string]any{
			"login": "ada", "displayName": "Ada", "profile": "FULL_DESIGNER", "groups": []string{"sales"},
			"passwordSecretArn": secret(t, "ada-password", "a first password"),
		}},
		"s3Connections": []any{salesConnection(data, 0)},
	})
	declareLake(s)
}

// salesConnection is an S3 connection with Athena over it.
func salesConnection(roleARN string, fetchSize int) map[string]any {
	athena := map[string]any{"workgroup": "dss-dev", "outputLocation": "s3://sales-data/results/"}
	if fetchSize > 0 {
		athena["fetchSize"] = fetchSize
	}
	return map[string]any{
		"name": "sales", "bucket": "sales-data", "roleArn": roleARN, "allowedGroups": []string{"sales"}, "glueDatabase": "dss_dev",
		"athena": athena,
	}
}

// has reads what the stand-in for DSS keeps.
func (h machine) has(file string, into any) {
	h.t.Helper()
	require.NoError(h.t, json.Unmarshal([]byte(h.exec("cat", dataDir+"/config/"+file)), into))
}

// writes are the requests to DSS that changed something, since the last look.
func (h machine) writes() []string {
	h.t.Helper()
	var found []string
	for line := range strings.Lines(h.exec("cat", dataDir+"/requests.jsonl")) {
		var request struct{ Method, Path string }
		require.NoError(h.t, json.Unmarshal([]byte(line), &request))
		if request.Method != "GET" {
			found = append(found, request.Method+" "+request.Path)
		}
	}
	h.exec("truncate", "-s", "0", dataDir+"/requests.jsonl")
	return found
}

// checkDSS looks at what the checklist of the reference architecture asks for.
func checkDSS(t *testing.T, s *stack) {
	h := hostOf(t, s)
	assert.Contains(t, h.exec("curl", "-fsS", "http://127.0.0.1:11200/dip/api/get-configuration"), "{")
	assert.Contains(t, h.exec("cat", dataDir+"/dss-version.json"), dssVersion)
	assert.Contains(t, h.exec("systemctl", "is-enabled", "dataiku.service"), "enabled")

	var settings map[string]any
	h.has("general-settings.json", &settings)
	assert.Equal(t, "dss-dev", settings["defaultK8sClusterId"])
	text, err := json.Marshal(settings)
	require.NoError(t, err)
	registry := "123456789012.dkr.ecr.us-east-1.amazonaws.com/dss-dev"
	assert.Contains(t, string(text), `"repositoryURL":"`+registry+`"`)
	assert.Contains(t, string(text), "AWS_GLUE")

	repositories := run(t, "", "aws", "ecr", "describe-repositories", "--query", "repositories[].repositoryName", "--output", "text")
	assert.Contains(t, repositories, "dss-dev/dku-exec-base-", "base images were pushed under the platform's prefix")

	_, err = tryRun("", nil, "aws", "secretsmanager", "get-secret-value", "--secret-id", s.output("apiKeySecretArn"))
	require.NoError(t, err, "the host has put its API key there")
	assert.NotContains(t, h.exec("cat", dataDir+"/config/users.json"), `"password": "admin"`)
}

// checkConnection changes one connection, which is one run of the association and one write inside of DSS.
func checkConnection(t *testing.T, s *stack) {
	h := hostOf(t, s)
	h.writes()
	s.set("pulumi-dss:dss.settings.s3Connections", []any{salesConnection("arn:aws:iam::123456789012:role/dev-sales-data", 2000)})
	assert.Equal(t, map[string]string{
		"aws:s3/bucketObjectv2:BucketObjectv2::dss-dev-program": "replace",
		"aws:s3/bucketObjectv2:BucketObjectv2::dss-dev-desired": "replace",
		"aws:ssm/association:Association::dss-dev-reconcile":    "update",
		"aws:cloudformation/stack:Stack::dss-dev-ready":         "update",
	}, s.plan())
	s.up()
	assert.Equal(t, []string{"connections"}, h.status().changed())
	var puts []string
	for _, request := range h.writes() {
		if strings.Contains(request, "/admin/connections/") {
			puts = append(puts, request)
		}
	}
	assert.Equal(t, []string{"PUT /admin/connections/sales-athena"}, puts)
	s.expectNoChanges()
}

// checkUpgrade raises the release: a snapshot, the same volume, the same instance, and images of the new release.
func checkUpgrade(t *testing.T, s *stack) {
	h := hostOf(t, s)
	volume, instance := s.output("dataVolumeId"), s.output("instanceId")
	sums := publish(t, newerVersion)
	s.set("pulumi-dss:dss.installation.version", newerVersion)
	s.set("pulumi-dss:dss.installation.kitSha256", sums["dataiku-dss-"+newerVersion+".tar.gz"])
	s.up()
	assert.Equal(t, volume, s.output("dataVolumeId"))
	assert.Equal(t, instance, s.output("instanceId"))
	assert.Contains(t, h.exec("cat", dataDir+"/dss-version.json"), newerVersion)
	assert.Contains(t, h.exec("docker", "images"), "dss-"+newerVersion)
	snapshots := run(t, "", "aws", "ec2", "describe-snapshots", "--filters", "Name=volume-id,Values="+volume,
		"--query", "Snapshots[].SnapshotId", "--output", "text")
	assert.Len(t, strings.Fields(snapshots), 1)
	s.expectNoChanges()

	s.set("pulumi-dss:dss.installation.version", dssVersion)
	out, err := s.tryUp()
	require.Error(t, err)
	assert.Contains(t, out, dssVersion+" is lower: DSS cannot go back", "what the host says is what up says")
	s.set("pulumi-dss:dss.installation.version", newerVersion)
	s.forgetFailedWait()
	s.up()
}
