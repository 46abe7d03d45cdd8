//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestProd takes the production environment, with a load balancer, from nothing to what holds data.
func TestProd(t *testing.T) {
	s := newStack(t, "prod", "Pulumi.prod.yaml")
	s.set("pulumi-dss:dss.tools", site(t))
	publish(t, dssVersion) // without a licence: DSS Free Edition, which the cluster is not for
	s.set("pulumi-dss:dss.loadBalancer", map[string]any{
		"certificateArn": certificate(t), "allowedCidrs": []string{"10.0.0.0/8"},
	})
	s.up()
	assert.Regexp(t, `^https://`, s.output("url"))
	s.expectNoChanges()

	volume := s.output("dataVolumeId")
	s.set("pulumi-dss:dss.dataVolume.sizeGiB", 600)
	plan := s.plan()
	assert.Equal(t, "update", plan["aws:ebs/volume:Volume::dss-prod-data"])
	for resource, operations := range plan {
		if !strings.HasPrefix(resource, "aws:s3/bucketObjectv2:") {
			assert.Equal(t, "update", operations, resource)
		}
	}
	s.up()
	assert.Equal(t, volume, s.output("dataVolumeId"))
	assert.Equal(t, "600 in-use", volumeOf(t, volume))
	s.expectNoChanges()

	s.destroy()
	assert.Empty(t, s.resources())
	assert.Equal(t, "600 available", volumeOf(t, volume))
	assert.Subset(t, fixedNames(t), fixedNamesOf("dss-prod", "dss_prod"), "what holds data stays")
}

// certificate imports a certificate that signs itself, and returns its ARN.
func certificate(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	key, crt := filepath.Join(dir, "key.pem"), filepath.Join(dir, "crt.pem")
	run(t, dir, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=dss.example.com",
		"-keyout", key, "-out", crt)
	for _, file := range []string{key, crt} {
		_, err := os.Stat(file)
		require.NoError(t, err)
	}
	return strings.TrimSpace(run(t, dir, "aws", "acm", "import-certificate", "--certificate", "fileb://"+crt,
		"--private-key", "fileb://"+key, "--query", "CertificateArn", "--output", "text"))
}
