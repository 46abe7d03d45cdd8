// Command dss-platform deploys the platform without a language host: it runs the same
// program as main.go through Pulumi's Automation API, on AWS or on a simulated cloud.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
