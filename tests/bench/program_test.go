package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// programRounds is how often both sides run, in turn.
const programRounds = 9

// BenchmarkProgram compares the program with one that registers the same resources with the same inputs, both against the
// mock monitor: what reading, checking and deciding take.
func BenchmarkProgram(b *testing.B) {
	for _, environment := range environments() {
		b.Run(environment, func(b *testing.B) {
			nodes := fromGraph(register(b, environment, stacks.Run))
			var ours, theirs []time.Duration
			for range programRounds {
				ours = append(ours, registering(b, environment, stacks.Run, len(nodes)))
				theirs = append(theirs, registering(b, environment, bare(nodes), len(nodes)))
			}
			took := median(ours)
			what := fmt.Sprintf("program, %s, mock monitor, against %d bare resources", environment, len(nodes))
			measured(b, what, took, median(theirs), 0)
			perResource := took / time.Duration(len(nodes))
			b.ReportMetric(float64(perResource.Microseconds()), "µs/resource")
			detail("program, %s: %v per resource", environment, perResource.Round(time.Microsecond))
		})
	}
}

// registering is how long a program takes to register everything.
func registering(b *testing.B, environment string, program pulumi.RunFunc, count int) time.Duration {
	b.Helper()
	start := time.Now()
	graph := register(b, environment, program)
	took := time.Since(start)
	require.Len(b, graph.Resources, count, "both programs register the same resources")
	return took
}
