package stacks

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Platform is what an environment consists of.
type Platform struct {
	Network *network.Network

	config *Config
}

// Run is the Pulumi program: it reads the stack's configuration, deploys it, and exports what a person needs next.
func Run(ctx *pulumi.Context) error {
	cfg, err := Load(ctx)
	if err != nil {
		return err
	}
	return run(ctx, cfg)
}

// Program is the Pulumi program for settings that a Go program made itself, for use with the Automation API.
func Program(cfg Config) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg := cfg
		if cfg.Name == "" {
			cfg.Name = defaultName(ctx.Stack())
		}
		if err := cfg.Problems().Err("settings of stack " + ctx.Stack()); err != nil {
			return err
		}
		return run(ctx, &cfg)
	}
}

func run(ctx *pulumi.Context, cfg *Config) error {
	platform, err := Deploy(ctx, cfg)
	if err != nil {
		return err
	}
	platform.Export(ctx)
	return nil
}

// Deploy builds the environment's components. The settings have to be free of [Config.Problems].
func Deploy(ctx *pulumi.Context, cfg *Config) (*Platform, error) {
	provider, err := cfg.provider(ctx)
	if err != nil {
		return nil, err
	}
	in := pulumi.Providers(provider)
	p := &Platform{config: cfg}
	if p.Network, err = network.NewNetwork(ctx, cfg.Name, cfg.networkArgs(nil), in); err != nil {
		return nil, err
	}
	return p, nil
}

// Problems lists everything that is wrong with the settings, with paths from the keys of Pulumi.yaml on.
func (c *Config) Problems() problem.List {
	wrong := c.AWS.problems()
	wrong.Under("network", c.networkArgs(nil).Problems())
	return wrong
}

// networkArgs are the network's arguments. The key is for its logs.
func (c *Config) networkArgs(key pulumi.StringInput) *network.NetworkArgs {
	args := c.Network
	fill(&args.KMSKeyARN, key)
	args.Roles = c.rolesOr(args.Roles)
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// fill sets an input that the settings leave out.
func fill[T comparable](field *T, value T) {
	var none T
	if *field == none {
		*field = value
	}
}

// rolesOr are a component's own settings of roles, or else the platform's.
func (c *Config) rolesOr(own role.Settings) role.Settings {
	fill(&own, c.Roles)
	return own
}

// PlatformTag is the key of the tag that every resource of a platform has, with the platform's name.
const PlatformTag = "dss-platform"

// tags are the platform's: the one by which everything of it can be found, and the caller's.
func (c *Config) tags() map[string]string { return c.tagsAnd(nil) }

// tagsAnd are the platform's tags with a component's own over them.
func (c *Config) tagsAnd(own map[string]string) map[string]string {
	tags := map[string]string{PlatformTag: c.Name}
	maps.Copy(tags, c.Tags)
	maps.Copy(tags, own)
	return tags
}
