package stacks_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/encryption"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/components/registry"
	"github.com/pulumi-dss/pulumi-dss/components/secrets"
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
		"lake.md":          reflect.TypeFor[lake.DataLakeArgs](),
		"network.md":       reflect.TypeFor[network.NetworkArgs](),
		"secrets.md":       reflect.TypeFor[secrets.PlatformSecretsArgs](),
		"registry.md":      reflect.TypeFor[registry.ECRRegistryArgs](),
	} {
		assertNamed(t, page, readPage(t, page), strict.Keys(settings))
	}
	for _, part := range []reflect.Type{
		reflect.TypeFor[lake.Connection](), reflect.TypeFor[lake.Bucket](), reflect.TypeFor[lake.Lifecycle](), reflect.TypeFor[lake.Rotation](),
		reflect.TypeFor[lake.Database](), reflect.TypeFor[lake.Athena](), reflect.TypeFor[lake.S3ConnectionArgs](),
		reflect.TypeFor[lake.PodIdentity](),
	} {
		assertNamed(t, "lake.md", readPage(t, "lake.md"), strict.Keys(part))
	}
}

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", page))
	require.NoError(t, err)
	return string(text)
}

func assertNamed(t *testing.T, page, text string, keys []string) {
	t.Helper()
	for _, key := range keys {
		assert.True(t, strings.Contains(text, "`"+key+"`") || strings.Contains(text, "`"+key+"."), "docs/%s does not name `%s`", page, key)
	}
}

// The page of DSS's settings has them all, in the part that is about them: a name that stands there for something else does not count.
func TestDSSSettingsNameEveryKey(t *testing.T) {
	t.Parallel()
	page := "dss-settings.md"
	text := readPage(t, page)
	for heading, settings := range map[string]reflect.Type{
		"## `installation`": reflect.TypeFor[dss.Installation](),
		"## `settings`":     reflect.TypeFor[dss.Settings](),
	} {
		_, part, found := strings.Cut(text, "\n"+heading+"\n")
		require.True(t, found, "docs/%s has no part %s", page, heading)
		part, _, _ = strings.Cut(part, "\n## ")
		structs := map[reflect.Type]bool{}
		collectStructs(settings, structs)
		require.Greater(t, len(structs), 5)
		for one := range structs {
			assertNamed(t, page+" ("+one.Name()+")", part, strict.Keys(one))
		}
	}
}

// collectStructs finds the types of settings below a type, itself included.
func collectStructs(of reflect.Type, found map[reflect.Type]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		collectStructs(of.Elem(), found)
	case reflect.Struct:
		if found[of] {
			return
		}
		found[of] = true
		for _, field := range reflect.VisibleFields(of) {
			collectStructs(field.Type, found)
		}
	default: // plain values
	}
}

// An example that the program refuses helps nobody: those of the pages are read as a stack's configuration is.
func TestConfigurationsOnPagesAreRight(t *testing.T) {
	t.Parallel()
	examples := map[string]int{}
	for _, page := range []string{"../README.md", "dss-settings.md", "configuration.md", "lake.md"} {
		for _, block := range strings.Split(readPage(t, page), "\n```yaml\n")[1:] {
			text, _, _ := strings.Cut(block, "\n```")
			config := configOf(t, text)
			if config["aws:region"] == "" {
				continue // a part of one
			}
			examples[page]++
			_, err := load(t, config)
			require.NoError(t, err, "docs/%s", page)
		}
	}
	assert.Equal(t, map[string]int{"../README.md": 1, "dss-settings.md": 1, "configuration.md": 2, "lake.md": 2}, examples)
}

// Code on pages is copied, so it has to be Go at least.
func TestGoOnPagesParses(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join("..", "docs", "*.md"))
	require.NoError(t, err)
	parsed := 0
	for _, page := range pages {
		for _, block := range strings.Split(readPage(t, filepath.Base(page)), "\n```go\n")[1:] {
			code, _, _ := strings.Cut(block, "\n```")
			_, asExpression := parser.ParseExpr(code)
			_, asBody := parser.ParseFile(token.NewFileSet(), page, "package p\nfunc f() {\n"+code+"\n}", 0)
			if asExpression != nil {
				require.NoError(t, asBody, page)
			}
			parsed++
		}
	}
	assert.Greater(t, parsed, 5)
}

// configOf is the configuration of a Pulumi.STACK.yaml, as the program gets it.
func configOf(t *testing.T, text string) map[string]string {
	t.Helper()
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(text), &file))
	config := map[string]string{}
	for key, value := range file.Config {
		key = strings.TrimPrefix(key, stacks.ProjectName+":")
		plain, isText := value.(string)
		if !isText {
			encoded, err := json.Marshal(value)
			require.NoError(t, err)
			plain = string(encoded)
		}
		config[key] = plain
	}
	return config
}
