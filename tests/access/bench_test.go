package access_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// withConnections is a stack's configuration with a number of connections, each with a prefix, a database and a workgroup of its own.
func withConnections(number int) string {
	var text strings.Builder
	text.WriteString("config:\n  aws:region: eu-west-1\n  pulumi-dss:preset: dev\n  pulumi-dss:lake:\n    zonePreset: RAW_CLEAN_TRANSFORM\n    connections:\n")
	for i := range number {
		fmt.Fprintf(&text, "      - {name: c%d, zone: raw, prefix: c%d/, allowedGroups: [g%d], databases: [{name: c%d}], athena: {}}\n", i, i, i, i)
	}
	var groups []string
	for i := range number {
		groups = append(groups, fmt.Sprintf("g%d", i))
	}
	fmt.Fprintf(&text, "  pulumi-dss:dss: {installation: {athenaDriver: {installed: true}}, settings: {externalGroups: [%s]}}\n", strings.Join(groups, ", "))
	return text.String()
}

// BenchmarkMatrix makes the matrix of 50 and of 200 connections. Everybody is asked about everything, so its time grows with the pairs of
// connections; the factor says by how much the time of a pair grows, and is 1 where nothing else does.
func BenchmarkMatrix(b *testing.B) {
	perPair := map[int]float64{}
	for _, number := range []int{50, 200} {
		b.Run(fmt.Sprintf("connections=%d", number), func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "Pulumi.bench.yaml")
			require.NoError(b, os.WriteFile(file, []byte(withConnections(number)), 0o600))
			settings, err := synth.ReadStack(file, stacks.ProjectName, "bench")
			require.NoError(b, err)
			graph, err := synth.Run(stacks.Run, settings)
			require.NoError(b, err)
			var matrix *access.Matrix
			var spent time.Duration
			for b.Loop() {
				began := time.Now()
				world, inventory, err := access.World(graph)
				require.NoError(b, err)
				matrix = access.NewMatrix(world, inventory)
				spent += time.Since(began)
			}
			require.Empty(b, matrix.Broken())
			perPair[number] = float64(spent.Nanoseconds()) / float64(b.N) / float64(number*number)
			b.ReportMetric(perPair[number]/1000, "µs/pair")
			b.ReportMetric(float64(matrix.Asked), "requests")
			if before, ok := perPair[50]; ok && number > 50 {
				b.ReportMetric(perPair[number]/before, "×50→200")
			}
		})
	}
}
