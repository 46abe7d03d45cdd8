package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// Exit codes.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

// program is what is deployed.
var program pulumi.RunFunc = stacks.Run

// run carries out a command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	settings, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "dss-platform: %v\n", err)
		return exitUsage
	}
	if err := carryOut(ctx, settings, program, stdout, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "dss-platform %s: %v\n", settings.command, err)
		return exitFailed
	}
	return exitOK
}

// carryOut opens the stack, and the simulated cloud where one is asked for, and does what
// the command says.
func carryOut(ctx context.Context, s settings, program pulumi.RunFunc, stdout, stderr io.Writer) error {
	if s.command == planCommand {
		return plan(s, program, stdout, stderr)
	}
	opened, err := open(ctx, s, program, stderr)
	if err != nil {
		return err
	}
	defer opened.close()
	return commands[s.command].do(ctx, &session{settings: s, stack: opened.stack, out: stdout, err: stderr})
}
