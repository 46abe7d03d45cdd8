// Package platform_test looks at whole environments, as the engine would see them.
package platform_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// environments are the stacks whose configuration the repository has.
func environments() []string { return []string{"dev", "prod"} }

// deploy runs the program with an environment's configuration.
func deploy(t *testing.T, environment string, opts ...harness.Option) *harness.Graph {
	t.Helper()
	return harness.Run(t, stacks.Run, append([]harness.Option{
		harness.Project(stacks.ProjectName),
		harness.Stack(environment),
		harness.Config(stackConfig(t, environment)),
		globalNames(environment),
		harness.RequireTags(map[string]string{stacks.PlatformTag: "dss-" + environment}),
	}, opts...)...)
}

// stackConfig is a stack's configuration, as the engine hands it to a program.
func stackConfig(t *testing.T, environment string) map[string]string {
	t.Helper()
	config, _, err := synth.ReadConfig(filepath.Join("..", "..", "Pulumi."+environment+".yaml"), stacks.ProjectName)
	require.NoError(t, err)
	return config
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, environment := range environments() {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			deploy(t, environment).Golden(environment + ".json")
		})
	}
}
