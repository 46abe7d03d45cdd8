package dss

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

func TestStackName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ project, stack, name, want string }{
		{"platform", "dev", "dss", "platform-dev-dss"},
		{"my_project.x", "org/dev", "dss", "my-project-x-org-dev-dss"},
		{"2nd", "dev", "dss", "dss-2nd-dev-dss"},
		{"_x", "dev", "dss", "dss--x-dev-dss"},
	} {
		got := stackName(test.project, test.stack, test.name)
		assert.Equal(t, test.want, got)
		assert.NoError(t, awsname.CloudFormationStack.Check(got))
	}
}

func TestDesiredFollowsTheArguments(t *testing.T) {
	t.Parallel()
	args := DSSInstanceArgs{OperatingSystem: AlmaLinux8, UserName: "dssuser", DataVolume: DataVolume{SizeGiB: 300}}.withDefaults()
	desired := args.desired()
	assert.Equal(t, "8", desired.OSRelease)
	assert.Equal(t, 300, desired.Volume.SizeGiB, "the file system grows with the disk")
	assert.Equal(t, host.User{Name: "dssuser", Home: "/data/home/dssuser", Shell: host.DefaultShell}, desired.User)
	assert.Equal(t, DefaultWaitTimeoutMinutes, desired.WaitTimeoutMinutes, "another timeout is another revision")
	assert.Empty(t, desired.Validate())
}

func TestImagePattern(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "AlmaLinux OS 9.* x86_64", imagePattern(AlmaLinux9))
	assert.Equal(t, "AlmaLinux OS 8.* x86_64", imagePattern(AlmaLinux8))
}

func TestPoliciesStayWithinIAM(t *testing.T) {
	t.Parallel()
	at := location.Location{Partition: "aws-us-gov", DNSSuffix: "amazonaws.com", Region: "us-gov-west-1", AccountID: "123456789012"}
	roles := make([]string, 20)
	for i := range roles {
		roles[i] = "arn:aws-us-gov:iam::123456789012:role/a-rather-long-path/of-an-organization/connection-role-*"
	}
	compute := computePolicy(at, []string{"one", "two", "three"}, roles).JSON()
	policy := hostPolicy(at, hostPolicyArgs{
		bucket: "bucket", bucketKey: "arn:key", document: "arn:document", stack: "stack",
		read: []string{"arn:l", "arn:c"}, write: []string{"arn:a"}, secretKeys: []string{"arn:k"}, volume: "vol-0",
		objects: []string{"arn:o"}, objectsKey: "arn:ok",
	}).JSON()
	// Policies inside of a role may have 10,240 characters in all.
	assert.Less(t, len(compute)+len(policy)+len(createClustersPolicy(at).JSON()), 10240)
	assert.Contains(t, policy, `"kms:ViaService":["secretsmanager.us-gov-west-1.amazonaws.com"]`)
	without := hostPolicy(at, hostPolicyArgs{bucket: "bucket", document: "arn:document", stack: "stack"}).JSON()
	require.NotContains(t, without, "secretsmanager")
	assert.NotContains(t, without, "kms:")
}

func TestDefaultsChangeNothingOfTheCallers(t *testing.T) {
	t.Parallel()
	args := DSSInstanceArgs{LoadBalancer: &LoadBalancer{}, Tags: map[string]string{"a": "b"}}
	filled := args.withDefaults()
	filled.Tags["c"], filled.LoadBalancer.SSLPolicy = "d", "other"
	assert.Empty(t, args.LoadBalancer.SSLPolicy)
	assert.Equal(t, map[string]string{"a": "b"}, args.Tags)
	assert.Nil(t, args.Wait)
}

// Policies have room for some ARNs, and not for hundreds.
func TestPatternsAreForThoseThatDoNotFit(t *testing.T) {
	t.Parallel()
	arns := []string{"arn:a/1", "arn:a/2"}
	assert.Equal(t, arns, byName(arns, []string{"arn:a/*"}, 20))
	assert.Equal(t, []string{"arn:a/*"}, byName(arns, []string{"arn:a/*"}, 19))
	assert.Equal(t, []string{"arn:a/*", "arn:b"}, byName([]string{"arn:a/1", "arn:b"}, []string{"arn:a/*"}, 1), "what no pattern has stays")
	assert.Empty(t, byName(nil, []string{"arn:a/*"}, 20), "no connection, no right")
}

func TestPatternsCoverRoles(t *testing.T) {
	t.Parallel()
	const role = "arn:aws:iam::123456789012:role/"
	assert.Equal(t, []string{role + "s3-*", role + "other"}, withPatterns([]string{role + "s3-*"}, []string{role + "s3-sales", role + "other"}))
	assert.Equal(t, []string{role + "s3"}, withPatterns([]string{role + "s3"}, []string{role + "s3"}))
	assert.Empty(t, withPatterns(nil, nil))
}
