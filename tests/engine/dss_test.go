package engine_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
)

// licensed has DSS run on the stack's cluster, with a connection.
const licensed = `{"licenseSecretArn":"arn:aws:secretsmanager:us-east-1:123456789012:secret:license-Ab12Cd",
"installation":{"version":"VERSION","athenaDriver":{"installed":true}},
"settings":{"groups":[{"name":"sales"}],"s3Connections":[{"name":"sales","bucket":"sales-data","allowedGroups":["sales"],
"roleArn":"arn:aws:iam::123456789012:role/sales","glueDatabase":"sales","athena":{"workgroup":"dss-dev","outputLocation":"s3://results-1/sales/",
"fetchSize":FETCH}}]}}`

func setDSS(t *testing.T, s *simtest.Stack, version, fetchSize string) {
	t.Helper()
	s.SetConfig(t, "pulumi-dss:dss", strings.NewReplacer("VERSION", version, "FETCH", fetchSize).Replace(licensed))
}

// oneRun is what changes when only the host has something to do: its state, one association, and who waits.
func oneRun() map[string]apitype.OpType {
	return map[string]apitype.OpType{
		"aws:s3/bucketObjectv2:BucketObjectv2 dss-dev-program": apitype.OpReplace,
		"aws:s3/bucketObjectv2:BucketObjectv2 dss-dev-desired": apitype.OpReplace,
		"aws:ssm/association:Association dss-dev-reconcile":    apitype.OpUpdate,
		"aws:cloudformation/stack:Stack dss-dev-ready":         apitype.OpUpdate,
	}
}

// settled are the kinds of changes, with the parts of a replacement taken together.
func settled(changes map[string]apitype.OpType) map[string]apitype.OpType {
	for what, op := range changes {
		if strings.Contains(string(op), "replace") {
			changes[what] = apitype.OpReplace
		}
	}
	return changes
}

func TestAChangedConnectionIsOneRunOnTheHost(t *testing.T) {
	s := environment(t, "dev")
	setDSS(t, s, "14.7.5", "1000")
	s.MustUp(t)
	setDSS(t, s, "14.7.5", "2000")
	assert.Equal(t, oneRun(), settled(plan(t, s)))
	s.MustUp(t)
	s.RequireNoChanges(t)
}

func TestAnotherReleaseOfDSSIsOneRunOnTheHost(t *testing.T) {
	s := environment(t, "dev")
	setDSS(t, s, "14.7.5", "1000")
	s.MustUp(t)
	setDSS(t, s, "15.2.0", "1000")
	assert.Equal(t, oneRun(), settled(plan(t, s)), "neither the volume nor the instance")
	s.MustUp(t)
	s.RequireNoChanges(t)
}

func TestAStepOfDSSThatFailsFailsUp(t *testing.T) {
	const message = "step connections: connection sales: DSS dropped params.x; correct paramsJson"
	s := environment(t, "dev", simcloud.Fault{
		Kind: simcloud.Create, Type: "aws:cloudformation/stack:Stack", Nth: 1, Effect: simcloud.SignalFailure, Message: message,
	})
	setDSS(t, s, "14.7.5", "1000")
	_, err := s.Up(t)
	require.ErrorContains(t, err, message)
	s.MustUp(t)
	s.RequireNoChanges(t)
}

// A later change that fails leaves the stack that waits as it was: the next up changes it again, and nothing else.
func TestAChangeOfDSSThatFailsFailsUpAndTheNextUpRepairs(t *testing.T) {
	const message = "step users: user ada: no such group; correct settings.users"
	s := environment(t, "dev", simcloud.Fault{
		Kind: simcloud.Update, Type: "aws:cloudformation/stack:Stack", Nth: 1, Effect: simcloud.SignalFailure, Message: message,
	})
	setDSS(t, s, "14.7.5", "1000")
	s.MustUp(t)
	setDSS(t, s, "14.7.5", "2000")
	_, err := s.Up(t)
	require.ErrorContains(t, err, message)
	const waits = "aws:cloudformation/stack:Stack dss-dev-ready"
	changes := plan(t, s)
	assert.Equal(t, apitype.OpUpdate, changes[waits])
	delete(changes, waits)
	for what, op := range changes {
		assert.Equal(t, apitype.OpDeleteReplaced, op, "what the host does not need any more: %s", what)
	}
	s.MustUp(t)
	s.RequireNoChanges(t)
}

// What is wrong inside DSS is all told at once, before anything is made.
func TestBadSettingsOfDSSCreateNothing(t *testing.T) {
	s := environment(t, "dev")
	s.SetConfig(t, "pulumi-dss:dss", `{"installation":{"version":"13.5.5","userIsolation":{"enabled":true}},"settings":{
"overlayJson":"{","containerConfigs":[{"name":"a"},{"name":"a"}],
"s3Connections":[{"name":"sales","bucket":"b-1","environment":true,"athena":{}},{"name":"sales","bucket":"b-2"}]}}`)
	_, err := s.Up(t)
	require.Error(t, err)
	for _, key := range []string{
		"installation.version", "installation.userIsolation.enabled", "settings.overlayJson", "settings.containerConfigs",
		"settings.s3Connections[0].environment", "settings.s3Connections[0].athena", "settings.s3Connections[1].name",
	} {
		require.ErrorContains(t, err, "pulumi-dss:dss."+key)
	}
	assert.Empty(t, s.Cloud.Existing())
}
