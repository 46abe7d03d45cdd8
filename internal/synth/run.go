package synth

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ErrTimeout says that an execution did not end.
var ErrTimeout = errors.New("the program did not end")

// PanicError is a panic of the program.
type PanicError struct{ Value, Stack string }

func (e *PanicError) Error() string { return "panic: " + e.Value + "\n" + e.Stack }

// Run executes the program once against a monitor that records what it registers and answers as AWS might. There is no
// engine, no plugin and no network but the loopback interface. The graph holds what was registered, also when the program
// failed.
func Run(program pulumi.RunFunc, settings Settings) (*Graph, error) {
	m := newMonitor(settings)
	address, stop, err := m.serve()
	if err != nil {
		return m.graph(), err
	}
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- pulumi.RunErr(recovering(program), func(info *pulumi.RunInfo) {
			*info = pulumi.RunInfo{
				Project: settings.Project, Stack: settings.Stack, Organization: "organization", DryRun: settings.Preview,
				Config: settings.Config, ConfigSecretKeys: settings.SecretKeys,
				MonitorAddr: address, EngineAddr: address,
			}
		})
	}()
	limit := settings.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	select {
	case err = <-done:
	case <-time.After(limit):
		err = fmt.Errorf("%w within %v: it waits for an output that nothing resolves", ErrTimeout, limit)
	}
	return m.graph(), err
}

func recovering(program func(*pulumi.Context) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) (err error) {
		defer func() {
			if value := recover(); value != nil {
				err = &PanicError{fmt.Sprint(value), string(debug.Stack())}
			}
		}()
		return program(ctx)
	}
}
