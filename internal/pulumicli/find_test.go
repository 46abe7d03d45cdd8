package pulumicli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVersionIsThatOfTheModules(t *testing.T) {
	dir, err := source(Options{})
	require.NoError(t, err)
	for path, module := range map[string]string{
		filepath.Join(dir, "go.mod"):             `pulumi/pkg/v3`,
		filepath.Join(dir, "..", "..", "go.mod"): `pulumi/sdk/v3`,
	} {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Regexp(t, module+` v`+regexp.QuoteMeta(Version)+`\b`, string(data), path)
	}
}

func TestBuiltOnceAndThenKept(t *testing.T) {
	cache := t.TempDir()
	var log bytes.Buffer
	options := Options{Cache: cache, Log: &log, OnlyBuilt: true}
	command, err := Find(t.Context(), options)
	require.NoError(t, err)
	assert.Equal(t, Version, command.Version().String())
	assert.Contains(t, log.String(), "takes some minutes")
	log.Reset()
	path, err := Path(t.Context(), options)
	require.NoError(t, err)
	assert.Empty(t, log.String(), "the second time nothing is built")
	assert.FileExists(t, path)
}

func TestErrorSaysWhatToDo(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Find(t.Context(), Options{Cache: t.TempDir(), OnlyBuilt: true})
	require.ErrorContains(t, err, "tools/cli/go.mod")
	require.ErrorContains(t, err, "install Pulumi "+Version)
}

func TestInterruptedBuildLeavesNothing(t *testing.T) {
	source := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(source, "go.mod"), []byte("module empty\n"), 0o600))
	cache := t.TempDir()
	_, err := Find(t.Context(), Options{Cache: cache, Source: source, OnlyBuilt: true, Log: &bytes.Buffer{}})
	require.ErrorContains(t, err, "building the Pulumi CLI")
	assert.NoFileExists(t, filepath.Join(cache, "pulumi-v"+Version, "bin", "pulumi"))
}
