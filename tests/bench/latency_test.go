package bench_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

const (
	// latencyScale makes a minute of AWS's 7.2 seconds: enough that the engine's own seconds do not count for much.
	latencyScale = 0.12
	latencyAim   = 1.05
)

// BenchmarkLatency compares `up` on a simulated cloud that takes AWS's times, scaled, with the longest chain of resources
// that AWS itself demands. The environments are deployed at the same time: they mostly wait.
func BenchmarkLatency(b *testing.B) {
	done := make([]deployment, len(environments()))
	var wait sync.WaitGroup
	for i, environment := range environments() {
		wait.Go(func() {
			done[i] = deploy(b, environment, stacks.Run, simcloud.Options{Latency: simcloud.AWSLatency(), Scale: latencyScale})
		})
	}
	wait.Wait()
	for i, environment := range environments() {
		b.Run(environment, func(b *testing.B) { compareWithChain(b, environment, done[i]) })
	}
}

func compareWithChain(b *testing.B, environment string, d deployment) {
	b.Helper()
	require.NotNil(b, d.stack, "the deployment failed")
	exists := map[string]bool{}
	for typ := range d.types() {
		exists[typ] = true
	}
	latency := simcloud.AWSLatency()
	found, unscaled := longest(unavoidable(), latency, exists)
	require.NotZero(b, unscaled)
	least := time.Duration(float64(unscaled) * latencyScale)
	measured(b, fmt.Sprintf("up, %s, AWS's times x %v, against the longest chain", environment, latencyScale), d.took, least, latencyAim)

	path := criticalPath(d.stack.Cloud.Operations(), fromState(b, d.stack.Auto))
	detail("\n%s: the longest chain that AWS demands, %v: %s", environment, unscaled, found.name)
	for _, l := range found.links {
		detail("  %6v %-42s %s", creation(latency, l.typ), l.typ, l.why)
	}
	detail("%s: the path that the deployment really took, in AWS's times, with the wait before each step", environment)
	for _, s := range path {
		detail("  %6v %-42s %s (after %v)", unscale(s.End.Sub(s.Start)), s.Type, s.Name, unscale(s.idle))
	}
	for _, name := range extra(path, found) {
		detail("  not in the chain: %s", name)
	}
}

// extra are the steps of a path that are not links of the chain.
func extra(path []step, c chain) []string {
	left := map[string]int{}
	for _, l := range c.links {
		left[l.typ]++
	}
	var names []string
	for _, s := range path {
		if left[s.Type]--; left[s.Type] < 0 {
			names = append(names, strings.TrimSpace(s.Type+" "+s.Name))
		}
	}
	return names
}

func unscale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / latencyScale).Round(100 * time.Millisecond)
}
