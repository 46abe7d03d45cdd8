//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// stack is a Pulumi stack of main.go, in a folder of its own so that the repository's stack configurations stay as they
// are.
type stack struct {
	t    *testing.T
	dir  string
	name string
}

// newStack makes a stack of the project with the settings of one of the repository's stack configurations.
func newStack(t *testing.T, name, configFile string) *stack {
	t.Helper()
	root := repository(t)
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	require.NoError(t, err)
	config, err := os.ReadFile(filepath.Join(root, configFile))
	require.NoError(t, err)
	// The program stays where it is; only the project's settings move.
	s := newStackOf(t, name, strings.Replace(string(project), "\nmain: .\n", "\nmain: "+root+"\n", 1), string(config))
	for path, value := range settingsForEmulator() {
		s.set(path, value)
	}
	return s
}

// newStackOf makes a stack of any project, which says where its program is.
func newStackOf(t *testing.T, name, project, config string) *stack {
	t.Helper()
	requireLaboratory(t)
	s := &stack{t: t, dir: t.TempDir(), name: name}
	s.write("Pulumi.yaml", []byte(project))
	s.pulumi("stack", "init", name)
	s.write("Pulumi."+name+".yaml", []byte(config))
	return s
}

// in is the stack in a part of a test.
func (s *stack) in(t *testing.T) *stack {
	part := *s
	part.t = t
	return &part
}

// requireLaboratory fails a run that would reach a real account.
func requireLaboratory(t *testing.T) {
	t.Helper()
	require.Contains(t, os.Getenv("AWS_ENDPOINT_URL"), "http://127.0.0.1:",
		"these tests deploy: run them where AWS_ENDPOINT_URL leads to an emulator on this machine")
}

func repository(t *testing.T) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	require.True(t, ok)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

func (s *stack) write(name string, text []byte) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, name), text, 0o600))
}

// set sets a configuration key, or one below it: `pulumi-dss:network.nat`. The value is as YAML would have it.
func (s *stack) set(path string, value any) {
	s.t.Helper()
	file := filepath.Join(s.dir, "Pulumi."+s.name+".yaml")
	text, err := os.ReadFile(file)
	require.NoError(s.t, err)
	var settings map[string]any
	require.NoError(s.t, yaml.Unmarshal(text, &settings))
	at, ok := settings["config"].(map[string]any)
	require.True(s.t, ok)
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		below, ok := at[key].(map[string]any)
		if !ok {
			below = map[string]any{}
			at[key] = below
		}
		at = below
	}
	at[keys[len(keys)-1]] = value
	text, err = yaml.Marshal(settings)
	require.NoError(s.t, err)
	s.write("Pulumi."+s.name+".yaml", text)
}

// up deploys, and fails the test when that fails.
func (s *stack) up(flags ...string) string {
	s.t.Helper()
	out, err := s.tryUp(flags...)
	s.succeeds("up", out, err)
	return out
}

// tryUp deploys and returns what the engine said.
func (s *stack) tryUp(flags ...string) (string, error) {
	s.t.Helper()
	start := time.Now()
	out, err := s.try(append([]string{"up", "--yes", "--skip-preview", "--suppress-progress"}, flags...)...)
	s.t.Logf("up of %s took %s", s.name, time.Since(start).Round(time.Second))
	return out, err
}

// expectNoChanges previews, and fails the test when there is anything to do.
func (s *stack) expectNoChanges() {
	s.t.Helper()
	require.Empty(s.t, s.changes(), "a preview after up")
}

func (s *stack) destroy() {
	s.t.Helper()
	start := time.Now()
	s.pulumi("destroy", "--yes", "--skip-preview", "--suppress-progress")
	s.t.Logf("destroy of %s took %s", s.name, time.Since(start).Round(time.Second))
}

// step is one thing that a preview would do, or a resource of the state.
type step struct {
	Op          string   `json:"op"`
	URN         string   `json:"urn"`
	DiffReasons []string `json:"diffReasons"`
}

func (s step) resourceType() string {
	types := strings.Split(strings.Split(s.URN, "::")[2], "$")
	return types[len(types)-1]
}

// resource is a resource's type and name.
func (s step) resource() string { return s.resourceType() + "::" + strings.Split(s.URN, "::")[3] }

// plan is what a preview would do, by type and name of the resources that it would not leave alone.
func (s *stack) plan() map[string]string {
	s.t.Helper()
	changes := map[string]string{}
	for _, step := range s.changes() {
		changes[step.resource()] = strings.TrimSpace(changes[step.resource()] + " " + step.Op)
	}
	return changes
}

// changes are the steps of a preview that would do something. What the emulator alone brings about is left out.
func (s *stack) changes() []step {
	s.t.Helper()
	var preview struct {
		Steps []step `json:"steps"`
	}
	require.NoError(s.t, json.Unmarshal([]byte(s.pulumiOut("preview", "--json")), &preview))
	return slices.DeleteFunc(preview.Steps, func(step step) bool { return step.Op == "same" || step.Op == "read" || isDrift(step) })
}

// output is a stack output; structured ones are JSON.
func (s *stack) output(name string) string {
	s.t.Helper()
	return strings.TrimSpace(s.pulumiOut("stack", "output", name, "--show-secrets"))
}

// resources are the types and names of all resources in the stack's state.
func (s *stack) resources() []string {
	s.t.Helper()
	var all []string
	for _, r := range s.state() {
		all = append(all, r.resource())
	}
	return all
}

// state is what the stack's state has.
func (s *stack) state() []step {
	s.t.Helper()
	var state struct {
		Deployment struct {
			Resources []step `json:"resources"`
		} `json:"deployment"`
	}
	require.NoError(s.t, json.Unmarshal([]byte(s.pulumiOut("stack", "export")), &state))
	return state.Deployment.Resources
}

// properties are the outputs of the resources in the stack's state, and their ids, by URN.
func (s *stack) properties() map[string]map[string]any {
	s.t.Helper()
	var state struct {
		Deployment struct {
			Resources []struct {
				URN     string         `json:"urn"`
				ID      string         `json:"id"`
				Outputs map[string]any `json:"outputs"`
			} `json:"resources"`
		} `json:"deployment"`
	}
	require.NoError(s.t, json.Unmarshal([]byte(s.pulumiOut("stack", "export", "--show-secrets")), &state))
	all := map[string]map[string]any{}
	for _, r := range state.Deployment.Resources {
		all[r.URN] = map[string]any{}
		maps.Copy(all[r.URN], r.Outputs)
		if r.ID != "" {
			all[r.URN]["id"] = r.ID
		}
	}
	return all
}

// urn is a resource's URN in the stack's state.
func (s *stack) urn(resourceType, name string) string {
	s.t.Helper()
	for _, r := range s.state() {
		if r.resource() == resourceType+"::"+name {
			return r.URN
		}
	}
	require.Fail(s.t, "no such resource", "%s %s", resourceType, name)
	return ""
}

// pulumi runs a command that has to succeed.
func (s *stack) pulumi(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	s.succeeds("pulumi "+strings.Join(args, " "), out, err)
	return out
}

// succeeds fails the test when a command failed. What matters stands at the end, where whoever cuts a long output leaves it.
func (s *stack) succeeds(command, out string, err error) {
	s.t.Helper()
	if err != nil {
		require.NoError(s.t, err, "%s:\n%s\n%s", command, out, failures(s.t, out))
	}
}

// failures are the errors of what the engine said, and the last ones of the emulator.
func failures(t *testing.T, out string) string {
	t.Helper()
	refused := slices.DeleteFunc(linesWith(emulatorLog(t), "REFUSED"), func(line string) bool { return strings.Contains(line, " 404 ") })
	return "last errors of the emulator:\n" + strings.Join(refused[max(0, len(refused)-5):], "\n") +
		"\nerrors of the engine:\n" + strings.Join(linesWith(out, "error:"), "\n")
}

// linesWith are the lines that have a word, each once and not at length.
func linesWith(text, word string) []string {
	var found []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		line = line[:min(len(line), 500)]
		if strings.Contains(line, word) && !slices.Contains(found, line) {
			found = append(found, line)
		}
	}
	return found
}

// pulumiOut runs a command that has to succeed, and returns its standard output alone.
func (s *stack) pulumiOut(args ...string) string {
	s.t.Helper()
	return run(s.t, s.dir, "pulumi", append(args, "--stack", s.name, "--color", "never")...)
}

// try runs a command that may fail, and returns all that it said.
func (s *stack) try(args ...string) (string, error) {
	s.t.Helper()
	return s.withoutRaces(func() (string, error) { return s.tryOnce(args...) })
}

// tryOnce runs a command, and returns all that it said.
func (s *stack) tryOnce(args ...string) (string, error) {
	command := exec.CommandContext(context.Background(), "pulumi", append(args, "--color", "never")...)
	if args[0] != "stack" {
		command.Args = append(command.Args, "--stack", s.name)
	}
	command.Dir = s.dir
	out, err := command.CombinedOutput()
	return string(out), err
}

// run runs a command that has to succeed, and returns its standard output.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	out, err := tryRun(dir, nil, name, args...)
	require.NoError(t, err, "%s %s: %s", name, strings.Join(args, " "), out)
	return out
}

// tryRun runs a command with more environment. The output of one that failed is what it said on standard error.
func tryRun(dir string, env []string, name string, args ...string) (string, error) {
	command := exec.CommandContext(context.Background(), name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}
