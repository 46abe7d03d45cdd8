package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Run is the Pulumi program: it reads the stack's configuration, deploys it, and exports what a person needs next.
func Run(ctx *pulumi.Context) error {
	cfg, err := Load(ctx)
	if err != nil {
		return err
	}
	return run(ctx, cfg)
}

// Program is the Pulumi program for settings that a Go program made itself (see [NewConfig]), for use with the Automation
// API. It reads no configuration.
func Program(cfg Config) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg := cfg
		if cfg.Name == "" {
			cfg.Name = defaultName(ctx.Stack())
		}
		if err := cfg.Problems(ctx.Project(), ctx.Stack()).Err("settings of stack " + ctx.Stack()); err != nil {
			return err
		}
		return run(ctx, &cfg)
	}
}

func run(ctx *pulumi.Context, cfg *Config) error {
	for _, text := range cfg.Warnings() {
		if err := ctx.Log.Warn(text, nil); err != nil {
			return fmt.Errorf("warning of %q: %w", text, err)
		}
	}
	platform, err := Deploy(ctx, cfg)
	if err != nil {
		return err
	}
	platform.Export(ctx)
	return nil
}
