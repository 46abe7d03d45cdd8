package simcloud

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

func TestStateFileOutlivesTheCloud(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "cloud.json")
	cloud, err := Start(t.Context(), Options{StateFile: path})
	require.NoError(t, err)
	given := Resource{Type: "aws:ec2/vpc:Vpc", ID: "vpc-1", Name: "net", Inputs: resource.PropertyMap{
		"password": resource.MakeSecret(inventory.String("hunter2")), "n": resource.NewNumberProperty(3),
	}}
	require.NoError(t, cloud.Add(given))
	require.Error(t, cloud.Add(given), "an id is there once")
	require.NoError(t, cloud.Change(given.Type, given.ID, func(p resource.PropertyMap) { p["n"] = resource.NewNumberProperty(4) }))
	cloud.Stop()

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	again, err := Start(t.Context(), Options{StateFile: path})
	require.NoError(t, err)
	t.Cleanup(again.Stop)
	existing := again.Existing()
	require.Len(t, existing, 1)
	assert.Equal(t, "vpc-1", existing[0].ID)
	assert.True(t, existing[0].Inputs["password"].IsSecret())
	assert.InDelta(t, 4, existing[0].Inputs["n"].NumberValue(), 0)
	require.NoError(t, again.Remove(given.Type, given.ID))
	require.Error(t, again.Remove(given.Type, given.ID))
}

func TestDamagedStateFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.json")
	for content, want := range map[string]string{"{": "unexpected end", `{"version": 99}`: "format version 99"} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := Start(t.Context(), Options{StateFile: path})
		require.ErrorContains(t, err, want)
	}
}

func TestDebugProviders(t *testing.T) {
	cloud, err := Start(t.Context(), Options{})
	require.NoError(t, err)
	t.Cleanup(cloud.Stop)
	for _, name := range []string{"aws", "eks", "kubernetes"} {
		assert.Regexp(t, `(^|,)`+name+`:\d+(,|$)`, cloud.DebugProviders())
	}
}
