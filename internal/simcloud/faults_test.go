package simcloud

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultPlan(t *testing.T) {
	create := Operation{Kind: Create, Type: "a", Name: "x"}
	plan, err := newFaultPlan([]Fault{
		{Kind: Create, Type: "a", Nth: 2, Message: "second"},
		{Name: "y", Effect: Hang},
		{Type: "s", Effect: SignalFailure, Message: "host"},
	})
	require.NoError(t, err)
	_, hit := plan.next(create)
	assert.False(t, hit, "the first create passes")
	_, hit = plan.next(Operation{Kind: Update, Type: "a"})
	assert.False(t, hit, "an update does not count")
	fault, hit := plan.next(create)
	assert.True(t, hit)
	assert.Equal(t, "second", fault.Message)
	_, hit = plan.next(create)
	assert.False(t, hit, "the third create passes")

	for range 2 {
		fault, hit = plan.next(Operation{Kind: Delete, Type: "b", Name: "y"})
		assert.True(t, hit, "without Nth every operation is hit")
		assert.Equal(t, "simulated fault", fault.Message)
	}
	_, hit = plan.next(Operation{Kind: Read, Name: "y"})
	assert.False(t, hit, "reads are never hit")
	_, hit = plan.next(Operation{Kind: Create, Type: "s"})
	assert.False(t, hit, "a host that fails does not refuse the stack")
	_, hit = plan.signalled(Operation{Kind: Create, Type: "s"})
	assert.True(t, hit)
}

func TestFaultsThatMakeNoSenseAreRefusedAllAtOnce(t *testing.T) {
	_, err := Start(t.Context(), Options{Faults: []Fault{{Nth: -1}, {Kind: "read"}, {Effect: 9}}})
	require.ErrorContains(t, err, "faults[0]: nth: got -1")
	require.ErrorContains(t, err, `faults[1]: kind: got "read"`)
	require.ErrorContains(t, err, "faults[2]: effect: got 9")
}

func TestLatency(t *testing.T) {
	table := Latency{"": {Create: time.Second}, "slow": {Create: time.Minute, Delete: 2 * time.Minute}}
	for _, test := range []struct {
		typ   string
		kind  Kind
		scale float64
		want  time.Duration
	}{
		{"slow", Create, 1, time.Minute},
		{"slow", Delete, 0.01, 1200 * time.Millisecond},
		{"slow", Update, 1, 0},
		{"other", Create, 0.5, 500 * time.Millisecond},
		{"slow", Create, 0, 0},
		{"slow", Read, 1, 0},
	} {
		assert.Equal(t, test.want, table.of(test.typ, test.kind, test.scale), "%+v", test)
	}
	assert.Greater(t, AWSLatency()["aws:eks/cluster:Cluster"].Create, 5*time.Minute)
}

func TestOperationsThatWaitEndWithTheCloud(t *testing.T) {
	cloud, err := Start(t.Context(), Options{Faults: []Fault{{Effect: Hang}}})
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() {
		done <- cloud.operate(t.Context(), Operation{Kind: Create}, func() (string, error) { return "id", nil })
	}()
	require.Eventually(t, func() bool { return len(cloud.Operations()) == 1 }, time.Second, time.Millisecond)
	assert.True(t, cloud.Operations()[0].End.IsZero(), "it runs")
	cloud.Stop()
	require.ErrorIs(t, <-done, errStopped)
	assert.Empty(t, cloud.Operations()[0].ID, "nothing happened")
	cloud.Stop()
}
