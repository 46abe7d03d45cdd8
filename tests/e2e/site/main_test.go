package main

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
)

func TestStandInsLieAtTheirURLsWithTheirChecksums(t *testing.T) {
	folder := t.TempDir()
	tools, err := write(folder)
	require.NoError(t, err)
	require.Len(t, tools, len(host.DefaultTools()))
	for i, tool := range tools {
		address, err := url.Parse(tool.URL)
		require.NoError(t, err)
		content, err := os.ReadFile(filepath.Join(folder, address.Host, address.Path))
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(content)), tool.SHA256, tool.Name)
		assert.NotEqual(t, host.DefaultTools()[i].SHA256, tool.SHA256, tool.Name)
		assert.Empty(t, tool.Validate())
	}
	again, err := write(t.TempDir())
	require.NoError(t, err)
	assert.Equal(t, tools, again, "the same every time, so that a deployed host is not changed by another run")
}

func TestProgramsSayTheirVersions(t *testing.T) {
	for _, tool := range host.DefaultTools() {
		if tool.Format == host.FormatInstaller {
			continue
		}
		path := filepath.Join(t.TempDir(), tool.Name)
		require.NoError(t, os.WriteFile(path, []byte(program(tool)), 0o700)) //nolint:gosec // it is to be run
		said, err := exec.CommandContext(t.Context(), path, tool.VersionArguments...).Output()
		require.NoError(t, err)
		assert.Contains(t, string(said), tool.Version)
	}
}
