package stacks_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/encryption"
	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/components/registry"
	"github.com/pulumi-dss/pulumi-dss/internal/strict"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// A page that leaves out an argument hides it: every key has to stand on its page.
func TestPagesNameEveryKey(t *testing.T) {
	t.Parallel()
	for page, settings := range map[string]reflect.Type{
		"configuration.md": reflect.TypeFor[stacks.Config](),
		"catalog.md":       reflect.TypeFor[catalog.GlueAthenaCatalogArgs](),
		"compute.md":       reflect.TypeFor[compute.ComputeEKSArgs](),
		"dss.md":           reflect.TypeFor[dss.DSSInstanceArgs](),
		"encryption.md":    reflect.TypeFor[encryption.EncryptionKeyArgs](),
		"network.md":       reflect.TypeFor[network.NetworkArgs](),
		"registry.md":      reflect.TypeFor[registry.ECRRegistryArgs](),
	} {
		text, err := os.ReadFile(filepath.Join("..", "docs", page))
		require.NoError(t, err)
		for _, key := range strict.Keys(settings) {
			named := strings.Contains(string(text), "`"+key+"`") || strings.Contains(string(text), "`"+key+".")
			assert.True(t, named, "docs/%s does not name `%s`", page, key)
		}
	}
}
