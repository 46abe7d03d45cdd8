package enginetest

import (
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
)

// types counts what exists by type: what must be alike however one got there.
func types(s *simtest.Stack) map[string]int {
	out := map[string]int{}
	for _, r := range s.Cloud.Existing() {
		out[r.Type]++
	}
	return out
}

func TestResumeAfterAFailureAtAnyOperation(t *testing.T) {
	undisturbed := simtest.New(t, simtest.Options{Program: hostProgram})
	undisturbed.MustUp(t)
	want := types(undisturbed)
	for _, nth := range []int{1, 7, 15} {
		s := simtest.New(t, simtest.Options{Program: hostProgram, Cloud: simcloud.Options{
			Faults: []simcloud.Fault{{Kind: simcloud.Create, Nth: nth, Message: "Throttling: Rate exceeded"}},
		}})
		_, err := s.Up(t)
		require.ErrorContains(t, err, "Throttling: Rate exceeded")
		assert.NotEqual(t, want, types(s))
		s.MustUp(t)
		assert.Equal(t, want, types(s), "operation %d", nth)
		s.RequireNoChanges(t)
	}
}

func TestHostThatFailsIsReportedWithItsMessage(t *testing.T) {
	s := simtest.New(t, simtest.Options{Program: hostProgram, Cloud: simcloud.Options{
		Faults: []simcloud.Fault{{Type: "aws:cloudformation/stack:Stack", Effect: simcloud.SignalFailure, Nth: 1, Message: "step docker: no package docker-ce"}},
	}})
	_, err := s.Up(t)
	require.ErrorContains(t, err, "stack status (ROLLBACK_COMPLETE): WaitCondition received failed message: 'step docker: no package docker-ce'")
	assert.Equal(t, 1, types(s)["aws:cloudformation/stack:Stack"], "the stack stays behind, rolled back")
	require.NoError(t, s.Destroy(t))
}

func TestAnswerThatIsLostLeavesAResourceBehind(t *testing.T) {
	s := simtest.New(t, simtest.Options{Program: hostProgram, Cloud: simcloud.Options{
		Faults: []simcloud.Fault{{Type: "aws:ec2/vpc:Vpc", Kind: simcloud.Create, Nth: 1, Effect: simcloud.LoseAnswer, Message: "connection reset by peer"}},
	}})
	_, err := s.Up(t)
	require.ErrorContains(t, err, "connection reset by peer")
	assert.Equal(t, 1, types(s)["aws:ec2/vpc:Vpc"])
	s.MustUp(t)
	assert.Equal(t, 2, types(s)["aws:ec2/vpc:Vpc"], "the engine knows of one of the two only")
	s.MustDestroy(t)
	assert.Equal(t, 1, types(s)["aws:ec2/vpc:Vpc"])
}

func TestKilledEngineRecovers(t *testing.T) {
	const volume = "aws:ebs/volume:Volume"
	// One at a time: else what else is being made at that moment stays behind as well.
	s := simtest.New(t, simtest.Options{Program: hostProgram, Parallel: 1, Cloud: simcloud.Options{
		Latency: simcloud.AWSLatency(), Scale: 0.02,
	}})
	s.KillDuring(t, func(op simcloud.Operation) bool { return op.Kind == simcloud.Create && op.Type == volume })
	require.Equal(t, 1, types(s)[volume], "it was made, and the engine was told nothing")
	_, err := s.Refresh(t, optrefresh.ClearPendingCreates())
	require.NoError(t, err)
	s.MustUp(t)
	s.RequireNoChanges(t)
	assert.Equal(t, 2, types(s)[volume], "what was made before the kill is nobody's")
	require.NoError(t, s.Cloud.Remove(volume, first(s, volume)))
	s.MustDestroy(t)
	assert.Equal(t, map[string]int{volume: 1}, types(s), "the volume is retained")
}

func first(s *simtest.Stack, typ string) string {
	for _, r := range s.Cloud.Existing() {
		if r.Type == typ {
			return r.ID
		}
	}
	return ""
}

func TestDriftIsSeenAndUndone(t *testing.T) {
	s := simtest.New(t, simtest.Options{Program: hostProgram})
	s.MustUp(t)
	const instance, parameter = "aws:ec2/instance:Instance", "aws:ssm/parameter:Parameter"
	require.NoError(t, s.Cloud.Change(instance, first(s, instance), func(p resource.PropertyMap) {
		p["instanceType"] = inventory.String("t3.micro")
	}))
	require.NoError(t, s.Cloud.Remove(parameter, first(s, parameter)))
	changes, err := s.Refresh(t)
	require.NoError(t, err)
	assert.Equal(t, 1, changes["update"])
	assert.Equal(t, 1, changes["delete"])
	up := s.MustUp(t)
	assert.Equal(t, 1, (*up.Summary.ResourceChanges)["update"])
	assert.Equal(t, 1, (*up.Summary.ResourceChanges)["create"])
	for _, r := range s.Cloud.Existing() {
		if r.Type == instance {
			assert.Equal(t, "m7i.2xlarge", inventory.Text(r.Outputs, "instanceType"))
		}
	}
}

func TestSecretsAreNotInTheEnginesStateInPlainText(t *testing.T) {
	s := simtest.New(t, simtest.Options{Program: hostProgram})
	s.MustUp(t)
	state, err := os.ReadFile(s.StateFile())
	require.NoError(t, err)
	assert.NotContains(t, string(state), "hunter2")
	assert.Contains(t, string(state), "ciphertext")
}
