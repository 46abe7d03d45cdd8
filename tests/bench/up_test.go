package bench_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

const (
	upRounds = 6
	upAim    = 1.1
)

// BenchmarkUp compares `up` of the dev environment with `up` of a program that registers the same resources, in the same
// engine, on a simulated cloud that answers at once.
func BenchmarkUp(b *testing.B) {
	const environment = "dev"
	first := deploy(b, environment, stacks.Run, simcloud.Options{}, 0)
	nodes := fromState(b, first.stack.Auto)
	var ours, theirs []time.Duration
	for range upRounds {
		own := deploy(b, environment, stacks.Run, simcloud.Options{}, 0)
		other := deploy(b, environment, bare(nodes), simcloud.Options{}, 0)
		require.Equal(b, own.types(), other.types(), "both programs make the same resources")
		ours, theirs = append(ours, own.took), append(theirs, other.took)
	}
	what := fmt.Sprintf("up, %s, no latency, against %d bare resources", environment, len(nodes))
	measured(b, what, median(ours), median(theirs), upAim)
	// On a busy machine the fastest rounds say more than the middle ones.
	detail("up, %s: fastest %v against %v: ratio %.3f", environment,
		round(slices.Min(ours)), round(slices.Min(theirs)), ratio(slices.Min(ours), slices.Min(theirs)))
}
