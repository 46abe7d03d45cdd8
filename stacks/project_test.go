package stacks_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// The engine gives the program the defaults of Pulumi.yaml as if the stack had said them. They must not win over a preset.
func TestDefaultsOfPulumiYAMLChangeNothing(t *testing.T) {
	t.Parallel()
	for _, preset := range stacks.Presets() {
		said := "  aws:region: eu-west-1\n  " + stacks.ProjectName + ":preset: " + preset + "\n"
		silent, err := load(t, map[string]string{"aws:region": "eu-west-1", "preset": preset})
		require.NoError(t, err)
		given, err := load(t, projectConfig(t, said))
		require.NoError(t, err)
		assert.Equal(t, silent, given, preset)
		assert.Equal(t, preset == stacks.PresetDev, given.AllowDataDeletion, preset)
	}
}

func TestConsentToDeletingDataIsReadAsPulumiGivesIt(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{"true": true, `"true"`: true, "false": false, `"false"`: false} {
		for _, preset := range stacks.Presets() {
			cfg, err := load(t, projectConfig(t, "  aws:region: eu-west-1\n  "+stacks.ProjectName+":preset: "+preset+"\n  "+
				stacks.ProjectName+":allowDataDeletion: "+said+"\n"))
			require.NoError(t, err)
			assert.Equal(t, want, cfg.AllowDataDeletion, "%s, preset %s", said, preset)
		}
	}
}

// projectConfig is the configuration that the engine gives the program for what a stack's file says, by the project's Pulumi.yaml.
func projectConfig(t *testing.T, said string) map[string]string {
	t.Helper()
	project, err := workspace.LoadProject(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(file, []byte("config:\n"+said), 0o600))
	sink := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: "never"})
	stack, err := workspace.LoadProjectStack(sink, project, file)
	require.NoError(t, err)
	require.NoError(t, withoutEnvironment(t.Context(), workspace.ValidateStackConfigAndApplyProjectConfig, project, stack.Config))
	values, err := stack.Config.Decrypt(config.NopDecrypter)
	require.NoError(t, err)
	plain := make(map[string]string, len(values))
	for key, value := range values {
		plain[strings.TrimPrefix(key.String(), stacks.ProjectName+":")] = value
	}
	return plain
}

// withoutEnvironment calls one of the engine's functions for a stack that imports no environment of Pulumi ESC.
func withoutEnvironment[E any](
	ctx context.Context,
	apply func(context.Context, string, *workspace.Project, E, config.Map, config.Encrypter, config.Decrypter) error,
	project *workspace.Project, said config.Map,
) error {
	var none E
	return apply(ctx, "dev", project, none, said, config.NopEncrypter, config.NopDecrypter)
}
