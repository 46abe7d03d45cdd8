package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// session is a stack that commands work on.
type session struct {
	settings
	stack    auto.Stack
	out, err io.Writer
}

// command is something to do with a stack.
type command struct {
	what string
	// do is nil for a command that needs no stack.
	do func(context.Context, *session) error
}

var commands = map[string]command{
	"up":        {"deploy, and print the outputs", up},
	"preview":   {"show what up would do", preview},
	"refresh":   {"compare the state with the cloud, and take over what differs", refresh},
	"destroy":   {"delete everything but what is retained", destroy},
	"cancel":    {"release the lock of an update that was killed", cancel},
	"outputs":   {"print the outputs of the last deployment", outputs},
	planCommand: {"offline, in seconds: the resources that up would make, by type and component; with --access who reaches what", nil},
}

// errNotConfirmed ends what would change a real account when nobody said yes.
var errNotConfirmed = errors.New("nothing was changed: add --yes to go on")

// confirmed says whether changes may be made: on a simulated cloud they always may.
func (s *session) confirmed() bool { return s.yes || s.simulate }

// looksFirst says whether a preview comes before the changes.
func (s *session) looksFirst() bool { return !s.skipPreview && !s.simulate || !s.confirmed() }

func up(ctx context.Context, s *session) error {
	if s.looksFirst() {
		if err := preview(ctx, s); err != nil {
			return err
		}
	}
	if !s.confirmed() {
		return errNotConfirmed
	}
	options := []optup.Option{
		optup.ProgressStreams(s.progress()), optup.ErrorProgressStreams(s.err), optup.SuppressOutputs(), optup.Parallel(parallelOperations),
	}
	if s.expectNoChanges {
		options = append(options, optup.ExpectNoChanges())
	}
	if s.refresh {
		options = append(options, optup.Refresh())
	}
	result, err := s.stack.Up(ctx, options...)
	if err != nil {
		return engineError(err)
	}
	return printOutputs(s, result.Outputs)
}

func preview(ctx context.Context, s *session) error {
	options := []optpreview.Option{optpreview.ProgressStreams(s.progress()), optpreview.ErrorProgressStreams(s.err)}
	if s.expectNoChanges {
		options = append(options, optpreview.ExpectNoChanges())
	}
	if s.refresh {
		options = append(options, optpreview.Refresh())
	}
	_, err := s.stack.Preview(ctx, options...)
	return engineError(err)
}

func refresh(ctx context.Context, s *session) error {
	if !s.confirmed() {
		return errNotConfirmed
	}
	options := []optrefresh.Option{
		optrefresh.ProgressStreams(s.progress()), optrefresh.ErrorProgressStreams(s.err), optrefresh.ClearPendingCreates(),
	}
	if s.expectNoChanges {
		options = append(options, optrefresh.ExpectNoChanges())
	}
	_, err := s.stack.Refresh(ctx, options...)
	return engineError(err)
}

func destroy(ctx context.Context, s *session) error {
	if s.looksFirst() {
		if _, err := s.stack.PreviewDestroy(ctx, optdestroy.ProgressStreams(s.progress()), optdestroy.ErrorProgressStreams(s.err)); err != nil {
			return engineError(err)
		}
	}
	if !s.confirmed() {
		return errNotConfirmed
	}
	options := []optdestroy.Option{optdestroy.ProgressStreams(s.progress()), optdestroy.ErrorProgressStreams(s.err)}
	if s.refresh {
		options = append(options, optdestroy.Refresh())
	}
	_, err := s.stack.Destroy(ctx, options...)
	return engineError(err)
}

func cancel(ctx context.Context, s *session) error { return engineError(s.stack.Cancel(ctx)) }

func outputs(ctx context.Context, s *session) error {
	values, err := s.stack.Outputs(ctx)
	if err != nil {
		return engineError(err)
	}
	return printOutputs(s, values)
}

// progress is where the engine's own display goes: beside the outputs, or out of their way.
func (s *session) progress() io.Writer {
	if s.json {
		return s.err
	}
	return s.out
}

// engineError shortens the Automation API's errors, which repeat all that the engine has
// printed already.
func engineError(err error) error {
	switch {
	case err == nil:
		return nil
	case auto.IsConcurrentUpdateError(err):
		return fmt.Errorf("another update of this stack is running, or one was killed: if so, run the command cancel and then refresh: %w", err)
	case auto.IsCompilationError(err):
		return err
	}
	return errors.New("the engine reported an error, shown above")
}

// parallelOperations is how many operations may be under way at once. The engine's default goes by the CPUs of the machine
// that it runs on, although operations only wait for AWS: on a small one the control plane would queue behind endpoints.
const parallelOperations = 32
