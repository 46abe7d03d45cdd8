package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/encryption"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/components/registry"
	"github.com/pulumi-dss/pulumi-dss/components/secrets"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// Platform is what an environment consists of.
type Platform struct {
	// KMSKeyARN is the key that everything is encrypted with.
	KMSKeyARN pulumi.StringInput
	// Network is the VPC that the host and the cluster are in.
	Network *network.Network
	// Catalog is the metastore, and SQL over it.
	Catalog *catalog.GlueAthenaCatalog
	// Secrets are those that outlive the host; nil without DSS.
	Secrets *secrets.PlatformSecrets
	// Lake are the zones and connections; nil without any.
	Lake *lake.DataLake
	// DSS is the host.
	DSS *dss.DSSInstance
	// Registry is where DSS pushes its images to.
	Registry *registry.ECRRegistry
	// Compute is the cluster that DSS runs containers in.
	Compute *compute.ComputeEKS

	config *Config
	// hostPrincipal resolves what connections trust: whom DSS signs its calls as.
	hostPrincipal func(pulumi.Output)
	// in has the provider of all components.
	in pulumi.ResourceOption
}

// Deploy builds the environment's components. The settings have to be free of [Config.Problems].
//
// What waits for what is up to the inputs: DSS does not wait for EKS. But look-ups hold up what comes behind them, so that
// what takes longest, the control plane, comes first.
func Deploy(ctx *pulumi.Context, cfg *Config) (*Platform, error) {
	provider, err := cfg.provider(ctx)
	if err != nil {
		return nil, err
	}
	p := &Platform{config: cfg, in: pulumi.Providers(provider)}
	for _, build := range []func(*pulumi.Context) error{
		p.encryptionKey, p.network, p.compute, p.registry, p.catalog, p.secrets, p.lake, p.host, p.attachment,
	} {
		if err := build(ctx); err != nil {
			p.abandon(err)
			return nil, err
		}
	}
	return p, nil
}

// abandon ends what waits for the host, which will not be there: the program would wait for it for ever.
func (p *Platform) abandon(cause error) {
	if p.hostPrincipal != nil {
		p.hostPrincipal(pulumi.String("").ToStringOutput().ApplyT(func(string) (string, error) { return "", cause }))
	}
}

// encryptionKey makes the platform's key, unless there is one.
func (p *Platform) encryptionKey(ctx *pulumi.Context) error {
	if given := p.config.KMSKeyARN; given != "" {
		p.KMSKeyARN = pulumi.String(given)
		return nil
	}
	key, err := encryption.NewEncryptionKey(ctx, p.config.Name, p.config.encryptionArgs(), p.in)
	if err != nil {
		return err
	}
	p.KMSKeyARN = key.ARN
	return nil
}

func (p *Platform) network(ctx *pulumi.Context) (err error) {
	args := p.config.networkArgs()
	if args.Adopt == nil {
		// The key is that of the record of connections, which an adopted VPC's owner makes.
		optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	}
	p.Network, err = network.NewNetwork(ctx, p.config.Name, args, p.in)
	return err
}

func (p *Platform) registry(ctx *pulumi.Context) (err error) {
	args := p.config.registryArgs()
	optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	p.Registry, err = registry.NewECRRegistry(ctx, p.config.Name, args, p.in)
	return err
}

func (p *Platform) catalog(ctx *pulumi.Context) (err error) {
	args := p.config.catalogArgs()
	optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	p.Catalog, err = catalog.NewGlueAthenaCatalog(ctx, p.config.Name, args, p.in)
	return err
}

// host makes the machine of DSS. Whom DSS signs its calls as may push images.
func (p *Platform) host(ctx *pulumi.Context) (err error) {
	args := p.config.dssArgs()
	optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	optional.Default[pulumi.StringInput](&args.VPCID, p.Network.VPCID)
	if args.SubnetID == nil {
		args.SubnetID = p.Network.WorkloadSubnetID
		optional.Default[pulumi.StringInput](&args.AvailabilityZone, p.Network.WorkloadZone)
	}
	if args.SharedSecurityGroupIDs == nil {
		args.SharedSecurityGroupIDs = pulumi.StringArray{p.Network.SharedSecurityGroupID}
	}
	args.LoadBalancer = p.loadBalancer(args.LoadBalancer)
	args.Settings = p.dssSettings(args.Settings)
	if p.Secrets != nil {
		optional.Default[pulumi.StringInput](&args.AdminPasswordSecretARN, p.Secrets.AdminPasswordARN)
		optional.Default[pulumi.StringInput](&args.APIKeySecretARN, p.Secrets.APIKeyARN)
		if args.LicenseSecretARN == dss.KnownLater {
			args.LicenseSecretARN = p.Secrets.LicenseARN
		}
	}
	if p.Lake != nil {
		optional.Default[pulumi.StringInput](&args.ConnectionSecretsKMSKeyARN, p.Lake.KMSKeyARN)
	}
	args.After = p.Network.Egress
	if p.DSS, err = dss.NewDSSInstance(ctx, p.config.Name, args, p.in); err != nil {
		return err
	}
	if p.hostPrincipal != nil {
		p.hostPrincipal(p.principal())
	}
	if p.DSS.User != nil {
		return p.DSS.GrantUser("push", pulumi.String(p.Registry.PushPolicy().JSON()))
	}
	return p.Registry.GrantPush(ctx, "host", p.DSS.Role)
}

// secrets makes the secrets that DSS reads and fills.
func (p *Platform) secrets(ctx *pulumi.Context) (err error) {
	if !p.config.installs() {
		return nil
	}
	args := p.config.secretsArgs()
	optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	p.Secrets, err = secrets.NewPlatformSecrets(ctx, p.config.Name, args, p.in)
	return err
}

// lake makes the zones and connections. They trust the host's role, which is made after them: DSS is configured with their roles, and so
// waits for them, while they wait for nothing of DSS but that role.
func (p *Platform) lake(ctx *pulumi.Context) (err error) {
	if p.config.Lake.Empty() {
		return nil
	}
	args := p.config.lakeArgs()
	optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	if args.CatalogKMSKeyARN == nil && p.Catalog.Encrypted() {
		args.CatalogKMSKeyARN = p.Catalog.KMSKeyARN
	}
	optional.Default[pulumi.StringInput](&args.ClusterName, p.Compute.ClusterName)
	off := false
	args.EncryptCatalog, args.After = &off, p.Catalog.Settings()
	if len(args.Connections) > 0 {
		principal, resolve := pulumi.DeferredOutput[string](ctx.Context())
		p.hostPrincipal = resolve
		args.TrustedPrincipalARNs = pulumi.StringArray{pulumi.StringOutput(principal)}
	}
	p.Lake, err = lake.NewDataLake(ctx, p.config.Name, args, p.in)
	return err
}

// dssSettings are DSS's settings with what the registry and the network give.
func (p *Platform) dssSettings(settings dss.Settings) dss.Settings {
	if settings.ImageURL == dss.KnownLater {
		settings.ImageURL = p.Registry.ImageURLPrefix
	}
	if p.Lake != nil {
		own := len(settings.S3Connections) - len(p.config.Lake.Connections)
		settings.S3Connections = append(slices.Clone(settings.S3Connections[:own]), p.Lake.DSSConnections()...)
	}
	preset := settings.NetworkingPreset
	if preset == nil {
		return settings
	}
	filled := *preset
	if len(filled.Subnets) == 2 && filled.Subnets[0] == dss.KnownLater {
		filled.Subnets = p.twoSubnets()
	}
	filled.SecurityGroups = append(slices.Clone(filled.SecurityGroups), p.Network.SharedSecurityGroupID)
	settings.NetworkingPreset = &filled
	return settings
}

// twoSubnets are of two zones, as EKS asks for.
func (p *Platform) twoSubnets() []pulumi.StringInput {
	subnets := p.Network.PrivateSubnetIDs
	return []pulumi.StringInput{subnets.Index(pulumi.Int(0)), subnets.Index(pulumi.Int(1))}
}

// loadBalancer is the one that was asked for, in the network's subnets.
func (p *Platform) loadBalancer(asked *dss.LoadBalancer) *dss.LoadBalancer {
	if asked == nil || asked.SubnetIDs != nil {
		return asked
	}
	placed := *asked
	placed.SubnetIDs = p.Network.PrivateSubnetIDs
	if placed.InternetFacing {
		placed.SubnetIDs = p.Network.PublicSubnetIDs
	}
	return &placed
}

// attachment lets DSS into the cluster, and the cluster's pods to DSS. Only this waits for both. Where host and nodes have a group in
// common, members of that reach the cluster's API already.
func (p *Platform) attachment(ctx *pulumi.Context) error {
	if err := p.DSS.AllowNodes(ctx, "nodes", p.Compute.NodeSecurityGroupID); err != nil {
		return err
	}
	if !p.config.hostReachesAPI() {
		if err := p.Compute.AllowAPI(ctx, "dss", p.DSS.SecurityGroupID); err != nil {
			return err
		}
	}
	return p.Compute.GrantDSS(ctx, "dss", p.principal(), p.config.DSSAccess)
}

// principal is whom DSS signs its calls as.
func (p *Platform) principal() pulumi.StringOutput {
	if p.DSS.User != nil {
		return p.DSS.User.Arn
	}
	return p.DSS.RoleARN
}

func (p *Platform) compute(ctx *pulumi.Context) (err error) {
	args := p.config.computeArgs()
	optional.Default(&args.KMSKeyARN, p.KMSKeyARN)
	optional.Default[pulumi.StringInput](&args.VPCID, p.Network.VPCID)
	optional.Default[pulumi.StringInput](&args.SharedSecurityGroupID, p.Network.SharedSecurityGroupID)
	if args.SubnetIDs == nil {
		args.SubnetIDs = p.Network.PrivateSubnetIDs
		if args.WorkloadSubnetIDs == nil {
			args.WorkloadSubnetIDs = pulumi.StringArray{p.Network.WorkloadSubnetID}
		}
	}
	p.Compute, err = compute.NewComputeEKS(ctx, p.config.Name, args, p.in)
	return err
}
