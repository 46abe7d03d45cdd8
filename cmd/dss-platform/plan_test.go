package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// planOf runs plan on the real program.
func planOf(t *testing.T, config string, args ...string) (code int, out, errOut string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	// Neither an engine nor a plugin can be found on this path.
	t.Setenv("PATH", t.TempDir())
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append([]string{"plan", "--config", file}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestPlanPrintsTheResources(t *testing.T) {
	code, out, errOut := planOf(t, "config:\n  aws:region: eu-west-1\n")
	require.Equal(t, exitOK, code, errOut)
	assert.Regexp(t, `(?m)^dss:index:Network dss-dev$`, out)
	assert.Regexp(t, `(?m)^ +1  aws:s3/bucketV2:BucketV2  dss-dev-assets$`, out)
	assert.Regexp(t, `(?m)^ +6  aws:eks/addon:Addon  dss-dev-aws-ebs-csi-driver, dss-dev-coredns, dss-dev-eks-pod-identity-agent, …$`, out)
	assert.Regexp(t, `(?m)^\d+ resources\n$`, out)
}

// An adopted VPC is not there offline: it is taken to be as it has to be.
func TestPlanOfAnAdoptedVPC(t *testing.T) {
	code, out, errOut := planOf(t, `config:
  aws:region: eu-west-1
  pulumi-dss:network:
    adopt: {vpcId: vpc-0aa, privateSubnetIds: [subnet-0aa, subnet-0bb, subnet-0cc], publicSubnetIds: [subnet-0dd, subnet-0ee]}
`)
	require.Equal(t, exitOK, code, errOut)
	assert.NotContains(t, out, "aws:ec2/vpc:Vpc")
	assert.Regexp(t, `(?m)^dss:index:ComputeEKS dss-dev$`, out)
}

func TestPlanPrintsWhoReachesWhat(t *testing.T) {
	code, out, errOut := planOf(t, "config:\n  aws:region: cn-north-1\n", "--access")
	require.Equal(t, exitOK, code, errOut)
	assert.Regexp(t, `(?m)^nodes .*account +describe EC2, log in to the registry$`, out)

	code, out, errOut = planOf(t, "config:\n  aws:region: eu-west-1\n", "--access", "--json")
	require.Equal(t, exitOK, code, errOut)
	var matrix struct {
		Edges     []struct{ Principal, Verb, Resource string }
		Inventory struct {
			Principals []struct{ Label, ARN string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &matrix))
	assert.Contains(t, matrix.Edges, struct{ Principal, Verb, Resource string }{"DSS host", "push", "repositories that DSS makes"})
	assert.NotEmpty(t, matrix.Inventory.Principals)
}

func TestPlanListsWhatIsWrong(t *testing.T) {
	code, out, errOut := planOf(t, "config:\n  pulumi-dss:network: {nope: 1}\n  pulumi-dss:preset: none\n", "--access")
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, out)
	assert.Contains(t, errOut, "pulumi-dss:network.nope: there is no such key")
	assert.Contains(t, errOut, `pulumi-dss:preset: there is no preset "none"`)

	_, _, errOut = planOf(t, "config:\n  pulumi-dss:preset: dev\n")
	assert.Contains(t, errOut, "aws:region: no region")
}

func TestFlagsOfPlan(t *testing.T) {
	code, _, errOut := planOf(t, "", "--json")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errOut, "--json: plan takes it with --access only")
	var out, wrong bytes.Buffer
	assert.Equal(t, exitUsage, run(t.Context(), []string{"up", "--access"}, &out, &wrong))
	assert.Contains(t, wrong.String(), "--access: only plan takes it")
}
