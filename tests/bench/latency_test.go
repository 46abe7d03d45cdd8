package bench_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

const (
	// latencyScale makes a minute of AWS's nine seconds: enough that the engine's own seconds do not count for much.
	latencyScale = 0.15
	latencyAim   = 1.05
	// enough is the engine's default on a machine with eight CPUs: four operations at a time for each. On a small one slow
	// resources wait for others that they do not need.
	enough = 32
)

// slowRun is an environment on a simulated cloud that takes AWS's times.
type slowRun struct {
	environment string
	// parallel is how many operations the engine does at a time; 0 is its default.
	parallel int
	aim      float64
	deployment
}

// BenchmarkLatency compares `up` on a simulated cloud that takes AWS's times, scaled, with the longest chain of resources
// that AWS itself demands. All deployments run at the same time: they mostly wait.
func BenchmarkLatency(b *testing.B) {
	runs := []*slowRun{
		{environment: "dev", parallel: enough, aim: latencyAim},
		{environment: "prod", parallel: enough, aim: latencyAim},
		{environment: "prod"},
	}
	var wait sync.WaitGroup
	for _, run := range runs {
		wait.Go(func() {
			cloud := simcloud.Options{Latency: simcloud.AWSLatency(), Scale: latencyScale}
			run.deployment = deploy(b, run.environment, stacks.Run, cloud, run.parallel)
		})
	}
	wait.Wait()
	for _, run := range runs {
		require.NotNil(b, run.stack, "deploying %s failed", run.environment)
		b.Run(run.name(), func(b *testing.B) { run.compare(b, "up", unavoidable(), run.took) })
		b.Run(run.name()+"/host", func(b *testing.B) { run.compare(b, "host ready", chainsTo(typStack), run.until(typStack)) })
		if run.aim > 0 {
			run.explain(b)
		}
	}
}

func (r *slowRun) name() string {
	if r.parallel == 0 {
		return r.environment + " with the engine's default parallelism"
	}
	return fmt.Sprintf("%s with %d operations at a time", r.environment, r.parallel)
}

func (r *slowRun) compare(b *testing.B, what string, chains []chain, took time.Duration) {
	b.Helper()
	found, unscaled := longest(chains, simcloud.AWSLatency(), r.exists())
	require.NotZero(b, unscaled)
	parallelism := "default parallelism"
	if r.parallel > 0 {
		parallelism = fmt.Sprintf("%d at a time", r.parallel)
	}
	least := time.Duration(float64(unscaled) * latencyScale)
	measured(b, fmt.Sprintf("%s, %s, %s, to %q", what, r.environment, parallelism, found.name), took, least, r.aim)
}

func (r *slowRun) exists() map[string]bool {
	exists := map[string]bool{}
	for typ := range r.types() {
		exists[typ] = true
	}
	return exists
}

// until is the time from the start of the command to the end of the last operation of a type.
func (r *slowRun) until(typ string) time.Duration {
	return lastOf(r.stack.Cloud.Operations(), typ).End.Sub(r.began)
}

// explain prints what the deployment waited for.
func (r *slowRun) explain(b *testing.B) {
	b.Helper()
	operations, nodes := r.stack.Cloud.Operations(), fromState(b, r.stack.Auto)
	detail("\n%s: at most %d operations at a time", r.name(), mostAtOnce(operations))
	r.explainPath("everything", unavoidable(), criticalPath(operations, nodes))
	r.explainPath("the host", chainsTo(typStack), criticalPathTo(lastOf(operations, typStack), operations, nodes))
}

func (r *slowRun) explainPath(what string, chains []chain, path []step) {
	found, took := longest(chains, simcloud.AWSLatency(), r.exists())
	detail("  %s in %s: the longest chain that AWS demands takes %v: %s", what, r.environment, took, found.name)
	for _, l := range found.links {
		detail("    %7v  %-44s %s", creation(simcloud.AWSLatency(), l.typ), l.typ, l.why)
	}
	detail("  %s in %s: what was really waited for, in AWS's times, and the time before each that nothing explains", what, r.environment)
	for _, s := range path {
		detail("    %7v  %-44s %s, %v", unscale(s.End.Sub(s.Start)), s.Type, s.Name, unscale(s.idle))
	}
	for _, name := range extra(path, found) {
		detail("    not in the chain: %s", name)
	}
}

// mostAtOnce is the largest number of operations that ran at the same time.
func mostAtOnce(operations []simcloud.Operation) int {
	most := 0
	for _, at := range operations {
		running := 0
		for _, op := range operations {
			if !op.Start.After(at.Start) && op.End.After(at.Start) {
				running++
			}
		}
		most = max(most, running)
	}
	return most
}

// lastOf is the operation on resources of a type that ended last.
func lastOf(operations []simcloud.Operation, typ string) simcloud.Operation {
	var of []simcloud.Operation
	for _, op := range operations {
		if op.Type == typ {
			of = append(of, op)
		}
	}
	return latest(of)
}

// chainsTo are the unavoidable chains that end with a type.
func chainsTo(typ string) []chain {
	return slices.DeleteFunc(unavoidable(), func(c chain) bool { return c.links[len(c.links)-1].typ != typ })
}

// extra are the steps of a path that are not links of the chain, those that take longest first.
func extra(path []step, c chain) []string {
	left := map[string]int{}
	for _, l := range c.links {
		left[l.typ]++
	}
	var more []step
	for _, s := range path {
		if left[s.Type]--; left[s.Type] < 0 {
			more = append(more, s)
		}
	}
	slices.SortStableFunc(more, func(a, b step) int { return cmp.Compare(b.End.Sub(b.Start), a.End.Sub(a.Start)) })
	var names []string
	for _, s := range more {
		names = append(names, strings.TrimSpace(s.Type+" "+s.Name))
	}
	return names
}

func unscale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / latencyScale).Round(100 * time.Millisecond)
}
