// Package simtest runs Pulumi programs in tests: a real engine, a simulated cloud, state in
// a temporary folder.
package simtest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/pulumicli"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
)

// Options say what to run.
type Options struct {
	// Program is the Pulumi program. Required.
	Program pulumi.RunFunc
	// Cloud are the simulated cloud's options. Default for StateFile: a temporary file.
	Cloud simcloud.Options
	// Project names the Pulumi project, the namespace of its configuration. Default: simtest.
	Project string
	// Stack names the stack. Default: test.
	Stack string
	// ConfigFile is a Pulumi stack configuration file to start from, such as Pulumi.dev.yaml.
	ConfigFile string
	// Config are settings beside those of the file. Keys without a namespace are the project's.
	Config map[string]string
	// Parallel limits the engine's parallel operations. Default: the engine's own.
	Parallel int
}

// Stack is a stack that can be deployed to a simulated cloud.
type Stack struct {
	// Cloud is the simulated cloud.
	Cloud *simcloud.Cloud
	// Auto is the Automation API's stack.
	Auto auto.Stack
	// Dir is the working folder, with the stack's configuration.
	Dir string

	options Options
	root    string
}

// New starts a cloud and makes a stack, both for the time of the test.
func New(t testing.TB, options Options) *Stack {
	t.Helper()
	ctx := t.Context()
	if options.Project == "" {
		options.Project = "simtest"
	}
	if options.Stack == "" {
		options.Stack = "test"
	}
	root := t.TempDir()
	if options.Cloud.StateFile == "" {
		options.Cloud.StateFile = filepath.Join(root, "cloud.json")
	}
	// The context of a test ends before its cleanups run: a destroy there still needs the cloud.
	cloud, err := simcloud.Start(context.WithoutCancel(ctx), options.Cloud)
	require.NoError(t, err)
	t.Cleanup(cloud.Stop)
	s := &Stack{Cloud: cloud, Dir: filepath.Join(root, "work"), options: options, root: root}
	command, err := pulumicli.Find(ctx, pulumicli.Options{})
	require.NoError(t, err)
	require.NoError(t, s.prepare())
	s.Auto, err = s.open(ctx, command)
	require.NoError(t, err)
	for key, value := range options.Config {
		s.SetConfig(t, key, value)
	}
	return s
}

// prepare makes the folders and the configuration file.
func (s *Stack) prepare() error {
	for _, dir := range []string{s.Dir, s.state(), filepath.Join(s.root, "home")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if s.options.ConfigFile == "" {
		return nil
	}
	data, err := os.ReadFile(s.options.ConfigFile)
	if err != nil {
		return fmt.Errorf("reading the stack's configuration: %w", err)
	}
	return os.WriteFile(s.configFile(), data, 0o600)
}

func (s *Stack) open(ctx context.Context, command auto.PulumiCommand) (auto.Stack, error) {
	return auto.UpsertStackInlineSource(ctx, s.options.Stack, s.options.Project, s.options.Program,
		auto.WorkDir(s.Dir), auto.Pulumi(command), auto.PulumiHome(filepath.Join(s.root, "home")),
		auto.EnvVars(Environment(s.Cloud, s.state())))
}

// StateFile is the file in which the engine keeps the stack's state.
func (s *Stack) StateFile() string {
	return filepath.Join(s.state(), ".pulumi", "stacks", s.options.Project, s.options.Stack+".json")
}

func (s *Stack) state() string { return filepath.Join(s.root, "state") }

func (s *Stack) configFile() string { return filepath.Join(s.Dir, "Pulumi."+s.options.Stack+".yaml") }

// Environment is what an engine needs to work on a simulated cloud, with its state in a folder.
func Environment(cloud *simcloud.Cloud, state string) map[string]string {
	env := simcloud.EngineEnvironment(cloud)
	env["PULUMI_BACKEND_URL"] = "file://" + state
	env["PULUMI_CONFIG_PASSPHRASE"] = "simtest"
	return env
}

// SetConfig sets a configuration value; a key may have a namespace.
func (s *Stack) SetConfig(t testing.TB, key, value string) {
	t.Helper()
	require.NoError(t, s.Auto.SetConfig(t.Context(), key, auto.ConfigValue{Value: value}))
}

// SetProgram changes the program, as when somebody edits it.
func (s *Stack) SetProgram(program pulumi.RunFunc) {
	s.options.Program = program
	s.Auto.Workspace().SetProgram(program)
}

// Up deploys. What the engine printed is part of the error.
func (s *Stack) Up(t testing.TB, options ...optup.Option) (auto.UpResult, error) {
	t.Helper()
	if s.options.Parallel > 0 {
		options = append(options, optup.Parallel(s.options.Parallel))
	}
	result, err := s.Auto.Up(t.Context(), options...)
	return result, err
}

// MustUp deploys, and ends the test when that fails.
func (s *Stack) MustUp(t testing.TB, options ...optup.Option) auto.UpResult {
	t.Helper()
	result, err := s.Up(t, options...)
	require.NoError(t, err)
	return result
}

// Preview says what up would do: the number of steps by operation.
func (s *Stack) Preview(t testing.TB, options ...optpreview.Option) (map[apitype.OpType]int, error) {
	t.Helper()
	result, err := s.Auto.Preview(t.Context(), options...)
	return result.ChangeSummary, err
}

// RequireNoChanges fails the test when a preview would do anything.
func (s *Stack) RequireNoChanges(t testing.TB) {
	t.Helper()
	steps, changed := make(chan events.EngineEvent), map[string]string{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range steps {
			if p := e.ResourcePreEvent; p != nil && p.Metadata.Op != apitype.OpSame && p.Metadata.Op != apitype.OpRead {
				changed[p.Metadata.URN] = fmt.Sprintf("%s %v", p.Metadata.Op, p.Metadata.DetailedDiff)
			}
		}
	}()
	_, err := s.Preview(t, optpreview.EventStreams(steps))
	require.NoError(t, err)
	<-done
	require.Empty(t, changed, "a preview after an update must be empty")
}

// Refresh compares the state with the cloud and returns the number of steps by operation.
func (s *Stack) Refresh(t testing.TB, options ...optrefresh.Option) (map[string]int, error) {
	t.Helper()
	result, err := s.Auto.Refresh(t.Context(), options...)
	summary := map[string]int{}
	if result.Summary.ResourceChanges != nil {
		maps.Copy(summary, *result.Summary.ResourceChanges)
	}
	return summary, err
}

// Destroy removes everything.
func (s *Stack) Destroy(t testing.TB, options ...optdestroy.Option) error {
	t.Helper()
	_, err := s.Auto.Destroy(t.Context(), options...)
	return err
}

// MustDestroy removes everything, and ends the test when that fails.
func (s *Stack) MustDestroy(t testing.TB, options ...optdestroy.Option) {
	t.Helper()
	require.NoError(t, s.Destroy(t, options...))
}

// Existing lists what exists in the cloud, as "type id".
func (s *Stack) Existing() []string {
	var out []string
	for _, r := range s.Cloud.Existing() {
		out = append(out, r.Type+" "+r.ID)
	}
	return out
}
