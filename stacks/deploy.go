package stacks

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
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
	n := c.Network
	args := &network.NetworkArgs{
		CIDRBlock:            n.CIDRBlock,
		Zones:                n.Zones,
		ZoneCount:            n.ZoneCount,
		NAT:                  n.NAT,
		InterfaceEndpoints:   n.InterfaceEndpoints,
		FlowLogs:             n.FlowLogs,
		FlowLogRetentionDays: n.FlowLogRetentionDays,
		KMSKeyARN:            key,
		Adopt:                n.Adopt,
		EMRManagedTags:       n.EMRManagedTags,
		Roles:                c.Roles,
		Tags:                 c.tags(),
	}
	if n.SharedSecurityGroupID != "" {
		args.SharedSecurityGroupID = pulumi.String(n.SharedSecurityGroupID)
	}
	return args
}

// PlatformTag is the key of the tag that every resource of a platform has, with the platform's name.
const PlatformTag = "dss-platform"

// tags are the caller's, and the one by which everything of this platform can be found.
func (c *Config) tags() map[string]string {
	tags := map[string]string{PlatformTag: c.Name}
	maps.Copy(tags, c.Tags)
	return tags
}
