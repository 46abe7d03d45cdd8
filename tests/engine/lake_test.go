package engine_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

const (
	accessKey     = "aws:iam/accessKey:AccessKey"
	secretVersion = "aws:secretsmanager/secretVersion:SecretVersion"
)

// licence lets DSS have groups, which a connection names.
const licence = `{"licenseSecretArn":"arn:aws:secretsmanager:us-east-1:123456789012:secret:license-Ab12Cd","settings":{"groups":[{"name":"sales"}]}}`

// rotation sets a connection with a key pair to a point of its rotation.
func rotation(t *testing.T, s *simtest.Stack, rotation string) {
	t.Helper()
	s.SetConfig(t, "pulumi-dss:dss", licence)
	s.SetConfig(t, "pulumi-dss:lake", fmt.Sprintf(`{"connections":[{"name":"sales","allowedGroups":["sales"],
"credentials":"KEY_PAIR","rotation":%s}]}`, rotation))
}

// pair is what a generation of a key pair consists of, each changed the same way.
func pair(generation int, op apitype.OpType) map[string]apitype.OpType {
	name := fmt.Sprintf("dss-dev-sales-key-%d", generation)
	return map[string]apitype.OpType{
		accessKey + " " + name:                                 op,
		"aws:secretsmanager/secret:Secret " + name:             op,
		"aws:secretsmanager/secretPolicy:SecretPolicy " + name: op,
		secretVersion + " " + name:                             op,
	}
}

// used is what changes where DSS gets another pair: it may read the secret, and runs once.
func used() map[string]apitype.OpType {
	changes := oneRun()
	changes["aws:iam/rolePolicy:RolePolicy dss-dev-host-host"] = apitype.OpUpdate
	return changes
}

func and(parts ...map[string]apitype.OpType) map[string]apitype.OpType {
	all := map[string]apitype.OpType{}
	for _, part := range parts {
		for what, op := range part {
			all[what] = op
		}
	}
	return all
}

// log is everything that the engine says, of previews and updates.
func upSaying(t *testing.T, s *simtest.Stack, log *bytes.Buffer) {
	t.Helper()
	_, err := s.Preview(t, optpreview.Diff(), optpreview.ProgressStreams(log), optpreview.ErrorProgressStreams(log))
	require.NoError(t, err)
	s.MustUp(t, optup.Diff(), optup.ProgressStreams(log), optup.ErrorProgressStreams(log))
}

// keys are the values of the secret halves of the pairs that exist, by the name of the pair.
func keys(t *testing.T, s *simtest.Stack) map[string]string {
	t.Helper()
	values := map[string]string{}
	for _, r := range s.Cloud.Existing() {
		if r.Type == accessKey {
			values[r.Name] = inventory.Text(r.Outputs, "secret")
			require.GreaterOrEqual(t, len(values[r.Name]), 20, "the cloud makes keys that can be looked for")
		}
	}
	return values
}

// requireHidden fails where a key is in clear text in the engine's state or in what it says.
func requireHidden(t *testing.T, s *simtest.Stack, log string, values map[string]string) {
	t.Helper()
	state, err := os.ReadFile(s.StateFile())
	require.NoError(t, err)
	require.Contains(t, string(state), "dss-dev-sales-key-", "the state has the pairs")
	require.Contains(t, log, "dss-dev-sales-key-", "the log has the pairs")
	for name, value := range values {
		assert.NotContains(t, string(state), value, "%s in the state", name)
		assert.NotContains(t, log, value, "%s in the log", name)
	}
}

// changed is what an update does in the cloud. A preview does not know yet what follows from new secrets.
func changed(t *testing.T, s *simtest.Stack, update func()) map[string]apitype.OpType {
	t.Helper()
	before := len(s.Cloud.Operations())
	update()
	changes := map[string]apitype.OpType{}
	for _, op := range s.Cloud.Operations()[before:] {
		what, kind := op.Type+" "+op.Name, apitype.OpType(op.Kind)
		switch has := changes[what]; {
		case op.Kind == simcloud.Read:
		case has != "" && has != kind:
			changes[what] = apitype.OpReplace
		default:
			changes[what] = kind
		}
	}
	return changes
}

// finished is the operation on a resource that ended last.
func finished(t *testing.T, s *simtest.Stack, kind simcloud.Kind, what string) simcloud.Operation {
	t.Helper()
	var last simcloud.Operation
	for _, op := range s.Cloud.Operations() {
		if op.Kind == kind && op.Type+" "+op.Name == what {
			last = op
		}
	}
	require.NotZero(t, last.Number, "%s %s", kind, what)
	return last
}

// The documented way: the next pair beside the old one, DSS takes it, the old one goes. Whoever else has the old pair has time to change.
func TestAKeyPairRotatesWithTwoPairsOverlapping(t *testing.T) {
	s := environment(t, "dev")
	var log bytes.Buffer
	rotation(t, s, `{}`)
	upSaying(t, s, &log)
	first := keys(t, s)
	require.Len(t, first, 1)
	requireHidden(t, s, log.String(), first)

	rotation(t, s, `{"generation":2,"keepPrevious":true}`)
	assert.Equal(t, and(pair(2, apitype.OpCreate), used()), changed(t, s, func() { upSaying(t, s, &log) }), "the first pair is not touched")
	both := keys(t, s)
	require.Len(t, both, 2)
	assert.Equal(t, first["dss-dev-sales-key-1"], both["dss-dev-sales-key-1"])
	requireHidden(t, s, log.String(), both)
	ready := finished(t, s, simcloud.Update, "aws:cloudformation/stack:Stack dss-dev-ready")
	written := finished(t, s, simcloud.Create, secretVersion+" dss-dev-sales-key-2")
	assert.True(t, written.End.Before(ready.Start), "DSS looks for a pair that is there")
	s.RequireNoChanges(t)

	rotation(t, s, `{"generation":2}`)
	assert.Equal(t, pair(1, apitype.OpDelete), changed(t, s, func() { upSaying(t, s, &log) }), "DSS notices nothing")
	assert.Len(t, keys(t, s), 1)
	s.RequireNoChanges(t)
}

// Without an overlap the old pair goes last, when DSS has the new one.
func TestAKeyPairRotatesAtOnce(t *testing.T) {
	s := environment(t, "dev")
	rotation(t, s, `{}`)
	s.MustUp(t)
	rotation(t, s, `{"generation":2}`)
	assert.Equal(t, and(pair(2, apitype.OpCreate), used(), pair(1, apitype.OpDelete)), changed(t, s, func() { s.MustUp(t) }))
	ready := finished(t, s, simcloud.Update, "aws:cloudformation/stack:Stack dss-dev-ready")
	made := finished(t, s, simcloud.Create, accessKey+" dss-dev-sales-key-2")
	gone := finished(t, s, simcloud.Delete, accessKey+" dss-dev-sales-key-1")
	assert.True(t, made.End.Before(ready.Start))
	assert.True(t, ready.End.Before(gone.Start), "DSS has said that it is configured before its old pair goes")
	s.RequireNoChanges(t)
	require.NoError(t, s.Destroy(t))
	for kind := range left(s) {
		assert.NotContains(t, kind, "aws:iam/", "nobody gets in any more")
		assert.False(t, strings.HasPrefix(kind, accessKey))
	}
}

// A host that cannot take the new pair keeps the old one: nothing is deleted before.
func TestARotationThatFailsKeepsTheOldPair(t *testing.T) {
	s := environment(t, "dev", simcloud.Fault{
		Kind: simcloud.Update, Type: "aws:cloudformation/stack:Stack", Nth: 1, Message: "step connections: no access",
	})
	rotation(t, s, `{}`)
	s.MustUp(t)
	rotation(t, s, `{"generation":2}`)
	_, err := s.Up(t)
	require.ErrorContains(t, err, "no access")
	assert.Len(t, keys(t, s), 2, "the old pair still works")
	s.MustUp(t)
	assert.Len(t, keys(t, s), 1)
	s.RequireNoChanges(t)
}

// What opens data to pods and to other accounts is made, changed and taken back like everything else; nothing of it stays.
func TestDataThatOthersReach(t *testing.T) {
	s := simtest.New(t, simtest.Options{
		Program: stacks.Run, Project: stacks.ProjectName, Stack: "lake", ConfigFile: filepath.Join("testdata", "Pulumi.lake.yaml"),
	})
	s.MustUp(t)
	s.RequireNoChanges(t)
	open := map[string]int{
		"aws:eks/podIdentityAssociation:PodIdentityAssociation": 2, "aws:glue/resourcePolicy:ResourcePolicy": 1, "aws:athena/dataCatalog:DataCatalog": 1,
	}
	for kind, count := range open {
		assert.Equal(t, count, left(s)[kind], kind)
	}
	require.NoError(t, s.Destroy(t))
	for kind := range open {
		assert.Zero(t, left(s)[kind], "%s does not outlive its stack", kind)
	}
}
