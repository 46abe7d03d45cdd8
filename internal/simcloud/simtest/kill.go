package simtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/pulumicli"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
)

// killable runs the CLI so that the end of the context is a kill -9, where the Automation
// API's own would let the engine clean up.
type killable struct {
	binary  string
	version semver.Version
}

// Version is the CLI's version.
func (k killable) Version() semver.Version { return k.version }

// Run runs the CLI to its end, or until ctx ends.
func (k killable) Run(
	ctx context.Context, dir string, stdin io.Reader, out, errOut []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	//nolint:gosec // the arguments are the Automation API's
	cmd := exec.CommandContext(ctx, k.binary, append([]string{"--non-interactive"}, args...)...)
	cmd.Dir, cmd.Stdin, cmd.Env = dir, stdin, append(append(os.Environ(), env...), "PULUMI_AUTOMATION_API=true")
	// Plugins inherit the outputs: without a limit the wait for them outlives the engine.
	cmd.WaitDelay = time.Second
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.MultiWriter(append(out, &o)...), io.MultiWriter(append(errOut, &e)...)
	code = -1
	if err = cmd.Run(); cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	return o.String(), e.String(), code, err
}

var _ auto.PulumiCommand = killable{}

// ErrNotKilled says that the update was over before the moment at which to kill it.
var ErrNotKilled = errors.New("the update ended before it was killed")

// KillDuring starts an update and kills the engine, as kill -9 does, while an operation runs
// that the condition accepts. It also takes away the lock that a killed engine leaves behind.
func (s *Stack) KillDuring(t testing.TB, condition func(simcloud.Operation) bool) simcloud.Operation {
	t.Helper()
	binary, err := pulumicli.Path(t.Context(), pulumicli.Options{})
	require.NoError(t, err)
	stack, err := s.open(t.Context(), killable{binary: binary, version: semver.MustParse(pulumicli.Version)})
	require.NoError(t, err)
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	var options []optup.Option
	if s.options.Parallel > 0 {
		options = append(options, optup.Parallel(s.options.Parallel))
	}
	done := make(chan error, 1)
	go func() {
		_, err := stack.Up(ctx, options...)
		done <- err
	}()
	for {
		if op, ok := s.running(condition); ok {
			kill()
			require.Error(t, <-done)
			require.NoError(t, s.Auto.Cancel(t.Context()))
			return op
		}
		select {
		case err := <-done:
			require.NoError(t, errors.Join(ErrNotKilled, err))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *Stack) running(condition func(simcloud.Operation) bool) (simcloud.Operation, bool) {
	for _, op := range s.Cloud.Operations() {
		if op.End.IsZero() && condition(op) {
			return op, true
		}
	}
	return simcloud.Operation{}, false
}
