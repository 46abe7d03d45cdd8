package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module   = "github.com/pulumi-dss/pulumi-dss"
	buildAim = 1.05
)

// heavy are packages of the SDKs that take tens of seconds to compile, each for what the platform does not use.
var heavy = []string{"/kubernetes/helm/", "/aws/wafv2", "/aws/quicksight"}

func TestTheProgramHasNoHeavyPackages(t *testing.T) {
	packages := dependencies(t)
	require.Contains(t, packages, module+"/stacks")
	for _, path := range packages {
		for _, part := range heavy {
			assert.NotContains(t, path+"/", part+"/", "this package alone makes the first build noticeably longer")
		}
	}
}

// dependencies are the import paths of everything that the program is built from, the standard library left out.
func dependencies(t testing.TB) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	list.Dir = filepath.Join("..", "..")
	out, err := list.Output()
	require.NoError(t, err, "go list -deps")
	return strings.Fields(string(out))
}

// BenchmarkColdBuild compares building the program with an empty build cache with building one that only imports the same
// packages of other modules. It takes minutes, so that `make bench` leaves it to `make bench-build`.
func BenchmarkColdBuild(b *testing.B) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(b, err)
	packages := imported(dependencies(b))
	target, overlay := importingProgram(b, root, packages)
	theirs := coldBuild(b, root, "-overlay", overlay, target)
	ours := coldBuild(b, root, ".")
	measured(b, fmt.Sprintf("cold build, against importing the same %d packages", len(packages)), ours, theirs, buildAim)
}

// imported are the packages of other modules that a program may import.
func imported(packages []string) []string {
	return slices.DeleteFunc(slices.Clone(packages), func(path string) bool {
		return strings.HasPrefix(path, module) || strings.Contains("/"+path+"/", "/internal/")
	})
}

// importingProgram is a main package that exists for the Go command alone, in this module, so that versions are the same.
func importingProgram(b *testing.B, root string, packages []string) (target, overlay string) {
	b.Helper()
	var source strings.Builder
	source.WriteString("package main\n\n")
	for _, path := range packages {
		fmt.Fprintf(&source, "import _ %q\n", path)
	}
	source.WriteString("\nfunc main() {}\n")
	dir := b.TempDir()
	file := filepath.Join(dir, "main.go")
	require.NoError(b, os.WriteFile(file, []byte(source.String()), 0o600))
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, "tests", "bench", "imports", "main.go"): file,
	}})
	require.NoError(b, err)
	overlay = filepath.Join(dir, "overlay.json")
	require.NoError(b, os.WriteFile(overlay, text, 0o600))
	return "./tests/bench/imports", overlay
}

// coldBuild is how long `go build` takes with an empty cache.
func coldBuild(b *testing.B, root string, arguments ...string) time.Duration {
	b.Helper()
	dir := b.TempDir()
	build := exec.CommandContext(b.Context(), "go", append([]string{"build", "-o", filepath.Join(dir, "program")}, arguments...)...)
	build.Dir = root
	build.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"))
	start := time.Now()
	out, err := build.CombinedOutput()
	require.NoError(b, err, string(out))
	return time.Since(start)
}
