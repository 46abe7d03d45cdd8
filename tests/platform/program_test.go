// Package platform_test looks at whole environments, as the engine would see them.
package platform_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

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

// stackConfig is a stack's configuration, as the engine hands it to a program: structures as JSON.
func stackConfig(t *testing.T, environment string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "Pulumi."+environment+".yaml"))
	require.NoError(t, err)
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	config := map[string]string{}
	for key, value := range file.Config {
		config[key] = asConfig(t, value)
	}
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

// asConfig is a value of a stack configuration as text.
func asConfig(t *testing.T, value any) string {
	t.Helper()
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}
