package bench_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// few and manyConnections are the numbers of connections that are compared, beyond one of each kind, with which all that they share is
// there.
const (
	kinds           = 5
	few             = 50
	manyConnections = 200
	growthAim       = 1.10
	// lakeRounds is how often each size runs.
	lakeRounds = 5
	// previewRounds are fewer: each starts an engine.
	previewRounds = 3
)

// lakeConfig has connections of every kind in turn: by role, with a workgroup, by key pair, read-only, in a bucket of another account.
func lakeConfig(b *testing.B, n int) string {
	b.Helper()
	connections := []map[string]any{}
	for i := range n {
		name, database := fmt.Sprintf("team-%03d", i), map[string]any{"name": fmt.Sprintf("team_%03d", i)}
		c := map[string]any{"name": name, "zone": "gold", "prefix": name + "/", "usableByEveryone": true, "databases": []any{database}}
		switch i % 5 {
		case 1:
			c["athena"] = map[string]any{}
		case 2:
			c["credentials"] = "KEY_PAIR"
		case 3:
			c["readOnly"] = true
		case 4:
			delete(c, "zone")
			c["bucket"] = map[string]any{"name": "partner-" + name, "existing": true, "accountId": "210987654321", "ownerAllows": true}
		}
		connections = append(connections, c)
	}
	text, err := json.Marshal(map[string]any{"zones": []any{map[string]any{"name": "gold"}}, "connections": connections})
	require.NoError(b, err)
	return string(text)
}

// driver has DSS know Athena, which connections with a workgroup ask for.
const driver = `{"licenseSecretArn":"arn:aws:secretsmanager:us-east-1:123456789012:secret:license-Ab12Cd",` +
	`"installation":{"version":"14.7.5","athenaDriver":{"installed":true}}}`

// sized is what a stack with a number of connections takes. The time of the processors is counted, as other work on the machine disturbs it
// less than the clock's; it includes the engine's.
type sized struct {
	took, busy time.Duration
	resources  int
}

// timed measures a run.
func timed(b *testing.B, run func() int) sized {
	b.Helper()
	runtime.GC()
	busy, start := processorTime(b), time.Now()
	resources := run()
	return sized{time.Since(start), processorTime(b) - busy, resources}
}

// processorTime is that of this process and of those that it started and that have ended.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var sum int64
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		require.NoError(b, syscall.Getrusage(who, &used))
		sum += used.Utime.Nano() + used.Stime.Nano()
	}
	return time.Duration(sum)
}

// BenchmarkConnections compares what a connection takes among few and among many: its share of the time must not grow, nor its resources.
func BenchmarkConnections(b *testing.B) {
	b.Run("program", func(b *testing.B) { growth(b, "program", lakeRounds, synthesize) })
	b.Run("preview", func(b *testing.B) { growth(b, "preview", previewRounds, previewed) })
}

func growth(b *testing.B, what string, rounds int, run func(*testing.B, int) sized) {
	b.Helper()
	took, busy, resources := map[int][]time.Duration{}, map[int][]time.Duration{}, map[int]int{}
	for range rounds {
		for _, n := range []int{kinds, few, manyConnections} {
			one := run(b, n)
			took[n], busy[n], resources[n] = append(took[n], one.took), append(busy[n], one.busy), one.resources
		}
	}
	at := func(n int) time.Duration { return (median(busy[n]) - median(busy[kinds])) / time.Duration(n-kinds) }
	each := func(n int) float64 { return float64(resources[n]-resources[kinds]) / float64(n-kinds) }
	require.InDelta(b, each(few), each(manyConnections), 0.001, "resources per connection")
	line := fmt.Sprintf("%s, processor time per connection: of %d, against %d", what, manyConnections, few)
	measured(b, line, at(manyConnections), at(few), growthAim)
	b.ReportMetric(each(manyConnections), "resources/connection")
	detail("%s: %v with %d connections, %v with %d, %v with %d by the clock; %.1f resources per connection", what,
		round(median(took[manyConnections])), manyConnections, round(median(took[few])), few, round(median(took[kinds])), kinds, each(manyConnections))
}

// synthesize runs the program against the mock monitor.
func synthesize(b *testing.B, n int) sized {
	b.Helper()
	config := mockConfig(b, "dev")
	config[stacks.ProjectName+":lake"], config[stacks.ProjectName+":dss"] = lakeConfig(b, n), driver
	return timed(b, func() int {
		graph, err := synth.Run(stacks.Run, synth.Settings{
			Project: stacks.ProjectName, Stack: "dev", Config: config, Location: synth.Ireland(), Timeout: 10 * time.Minute,
		})
		require.NoError(b, err)
		return len(graph.Resources)
	})
}

// previewed runs `preview` of a new stack in the real engine on the simulated cloud.
func previewed(b *testing.B, n int) sized {
	b.Helper()
	s := simtest.New(b, simtest.Options{
		Program: stacks.Run, Project: stacks.ProjectName, Stack: "dev", ConfigFile: configFile("dev"),
		Config: map[string]string{stacks.ProjectName + ":lake": lakeConfig(b, n), stacks.ProjectName + ":dss": driver},
	})
	defer s.Cloud.Stop()
	return timed(b, func() (resources int) {
		result, err := s.Auto.Preview(b.Context())
		require.NoError(b, err)
		for _, count := range result.ChangeSummary {
			resources += count
		}
		return resources
	})
}
