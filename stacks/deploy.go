package stacks

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/encryption"
	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Platform is what an environment consists of.
type Platform struct {
	// KMSKeyARN is the key that everything is encrypted with.
	KMSKeyARN pulumi.StringInput
	Network   *network.Network

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
	if err := p.encryptionKey(ctx, in); err != nil {
		return nil, err
	}
	if p.Network, err = network.NewNetwork(ctx, cfg.Name, cfg.networkArgs(p.KMSKeyARN), in); err != nil {
		return nil, err
	}
	return p, nil
}

// encryptionKey makes the platform's key, unless there is one.
func (p *Platform) encryptionKey(ctx *pulumi.Context, in pulumi.ResourceOption) error {
	if given := p.config.KMSKeyARN; given != "" {
		p.KMSKeyARN = pulumi.String(given)
		return nil
	}
	key, err := encryption.NewEncryptionKey(ctx, p.config.Name, p.config.encryptionArgs(), in)
	if err != nil {
		return err
	}
	p.KMSKeyARN = key.ARN
	return nil
}

// Problems lists everything that is wrong with the settings, with paths from the keys of Pulumi.yaml on.
func (c *Config) Problems() problem.List {
	wrong := c.AWS.problems()
	wrong = append(wrong, c.misplacedConsent()...)
	wrong.Under("encryption", c.encryptionArgs().Problems())
	wrong.Under("network", c.networkArgs(nil).Problems())
	return wrong
}

// misplacedConsent finds the stack's consent to deleting data where it has no effect.
func (c *Config) misplacedConsent() problem.List {
	var wrong problem.List
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"encryption", c.Encryption.AllowDataDeletion},
	} {
		if part.given {
			wrong.Add(part.name+".allowDataDeletion", "set allowDataDeletion of the stack", "the consent is the stack's, not a component's")
		}
	}
	return wrong
}

func (c *Config) encryptionArgs() *encryption.EncryptionKeyArgs {
	args := c.Encryption
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Tags = c.tagsAnd(args.Tags)
	return &args
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
