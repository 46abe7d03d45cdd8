package kubeobject

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

func props(m map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }

func TestIDs(t *testing.T) {
	for _, test := range []struct {
		typ, want string
		metadata  map[string]any
	}{
		{"kubernetes:core/v1:Namespace", "dss", map[string]any{"name": "dss"}},
		{"kubernetes:core/v1:ServiceAccount", "default/dss", map[string]any{"name": "dss"}},
		{"kubernetes:rbac.authorization.k8s.io/v1:Role", "team/dss", map[string]any{"name": "dss", "namespace": "team"}},
		{"kubernetes:storage.k8s.io/v1:StorageClass", "gp3", map[string]any{"name": "gp3"}},
	} {
		inputs, err := Checked(test.typ, "logical", nil, props(map[string]any{"metadata": test.metadata}), nil)
		require.NoError(t, err)
		assert.Equal(t, test.want, ID(inputs), test.typ)
	}
}

func TestGeneratedNameStays(t *testing.T) {
	first, err := Checked("kubernetes:core/v1:Namespace", "Team", nil, resource.PropertyMap{}, []byte("seed"))
	require.NoError(t, err)
	assert.Regexp(t, `^team-[0-9a-f]{8}$`, ID(first))
	second, err := Checked("kubernetes:core/v1:Namespace", "Team", first, resource.PropertyMap{}, []byte("another"))
	require.NoError(t, err)
	assert.Equal(t, ID(first), ID(second))
}

func TestDiff(t *testing.T) {
	named := func(more map[string]any) resource.PropertyMap {
		more["metadata"] = map[string]any{"name": "x"}
		return props(more)
	}
	for name, test := range map[string]struct {
		kind       string
		olds, news map[string]any
		replace    bool
	}{
		"parameters of a storage class": {"StorageClass", map[string]any{"parameters": map[string]any{"type": "gp2"}}, map[string]any{"parameters": map[string]any{"type": "gp3"}}, true},
		"expansion of a storage class":  {"StorageClass", map[string]any{"allowVolumeExpansion": false}, map[string]any{"allowVolumeExpansion": true}, false},
		"reference to a role":           {"RoleBinding", map[string]any{"roleRef": map[string]any{"name": "a"}}, map[string]any{"roleRef": map[string]any{"name": "b"}}, true},
		"rules of a role":               {"Role", map[string]any{"rules": []any{"a"}}, map[string]any{"rules": []any{"b"}}, false},
		"replicas":                      {"Deployment", map[string]any{"spec": map[string]any{"replicas": 1}}, map[string]any{"spec": map[string]any{"replicas": 2}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := Diff("kubernetes:x/v1:"+test.kind, named(test.olds), named(test.news))
			assert.Equal(t, plugin.DiffSome, got.Changes)
			assert.Equal(t, test.replace, len(got.ReplaceKeys) > 0)
			assert.Equal(t, test.replace, got.DeleteBeforeReplace, "a name cannot be there twice")
		})
	}
	assert.Equal(t, plugin.DiffNone, Diff("kubernetes:x/v1:Role", named(map[string]any{}), named(map[string]any{})).Changes)
}

func TestStatus(t *testing.T) {
	out := Outputs("kubernetes:apps/v1:Deployment", props(map[string]any{"metadata": map[string]any{"name": "x"}, "spec": map[string]any{"replicas": 3}}), "uid")
	assert.InDelta(t, 3, inventory.Number(out, "status.readyReplicas"), 0)
	assert.Equal(t, "uid", inventory.Text(out, "metadata.uid"))
	require.ErrorContains(t, Exists("kubernetes:storage.k8s.io/v1:StorageClass", "gp3"), `storageclasses "gp3" already exists`)
}
