package bench_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// environments are the stacks whose configuration the repository has.
func environments() []string { return []string{"dev", "prod"} }

func configFile(environment string) string {
	return filepath.Join("..", "..", "Pulumi."+environment+".yaml")
}

// register runs a program against the mock monitor, with an environment's configuration. What the harness checks is
// tested elsewhere.
func register(t testing.TB, environment string, program pulumi.RunFunc) *harness.Graph {
	t.Helper()
	options := []harness.Option{
		harness.Project(stacks.ProjectName), harness.Stack(environment), harness.Config(mockConfig(t, environment)),
	}
	for _, check := range []harness.Check{
		harness.CheckOrphan, harness.CheckName, harness.CheckTags, harness.CheckPartition, harness.CheckOutputs, harness.CheckPreview,
	} {
		options = append(options, harness.WithoutCheck(check, "only the time or the order counts here"))
	}
	return harness.Run(t, program, options...)
}

// mockConfig is a stack's configuration, as the engine hands it to a program.
func mockConfig(t testing.TB, environment string) map[string]string {
	t.Helper()
	config, _, err := synth.ReadConfig(configFile(environment), stacks.ProjectName)
	require.NoError(t, err)
	return config
}

// deployment is a finished `up` of a program on a simulated cloud of its own.
type deployment struct {
	stack *simtest.Stack
	// began is when the command was given.
	began time.Time
	// took is the time until the command's last word: the engine's start and the state's last write included, and not
	// the further commands by which the Automation API reads outputs and history.
	took time.Duration
}

// deploy runs a program. parallel limits the engine's operations at a time; 0 is the engine's default.
func deploy(t testing.TB, environment string, program pulumi.RunFunc, cloud simcloud.Options, parallel int) deployment {
	t.Helper()
	s := simtest.New(t, simtest.Options{
		Program: program, Project: stacks.ProjectName, Stack: environment, ConfigFile: configFile(environment), Cloud: cloud,
		Parallel: parallel,
	})
	said := &clock{}
	began := time.Now()
	s.MustUp(t, optup.ProgressStreams(said))
	require.NotZero(t, said.last)
	return deployment{s, began, said.last.Sub(began)}
}

// clock notes when something was last written.
type clock struct{ last time.Time }

// Write keeps the time, and nothing of the text.
func (c *clock) Write(text []byte) (int, error) {
	c.last = time.Now()
	return len(text), nil
}

// types are the types of everything that exists, each with how often.
func (d deployment) types() map[string]int {
	count := map[string]int{}
	for _, r := range d.stack.Cloud.Existing() {
		count[r.Type]++
	}
	return count
}

// median is the middle one.
func median(times []time.Duration) time.Duration {
	times = slices.Sorted(slices.Values(times))
	return times[len(times)/2]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
