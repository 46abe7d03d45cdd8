package stacks

import (
	"maps"
	"slices"
	"strings"

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
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

func (c *Config) encryptionArgs() *encryption.EncryptionKeyArgs {
	args := c.Encryption
	// Who reads what connections share reads it with the key.
	args.SharedWith = unique(append(slices.Clone(args.SharedWith), append(c.Lake.SharedWith(), c.Catalog.SharedWith()...)...))
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

func (c *Config) networkArgs() *network.NetworkArgs {
	args := c.Network
	args.Roles = c.rolesOr(args.Roles)
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// registryArgs are the registry's arguments. Platforms of one account share a registry, and each has its prefix.
func (c *Config) registryArgs() *registry.ECRRegistryArgs {
	args := c.Registry
	optional.Default(&args.Prefix, c.Name)
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Roles = c.rolesOr(args.Roles)
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// catalogArgs are the catalog's arguments. Platforms of one account share a catalog, and each has its database and
// workgroup.
func (c *Config) catalogArgs() *catalog.GlueAthenaCatalogArgs {
	args := c.Catalog
	if args.Databases == nil {
		args.Databases = []catalog.Database{{Name: strings.ReplaceAll(c.Name, "-", "_")}}
	}
	if args.Workgroups == nil {
		args.Workgroups = []catalog.Workgroup{{Name: c.Name}}
	}
	args.LakeFormationShares = args.LakeFormationShares || c.Lake.SharesByLakeFormation()
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Roles = c.rolesOr(args.Roles)
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// lakeArgs are the data lake's arguments. The connections' roles are below a path of the platform's own, and so are their secrets.
func (c *Config) lakeArgs() *lake.DataLakeArgs {
	args := c.Lake
	args.Roles = c.rolesOr(args.Roles)
	args.Roles.Path = c.connectionPath()
	optional.Default(&args.SecretPrefix, c.connectionSecrets())
	args.LakeFormationShares = args.LakeFormationShares || c.Catalog.SharesByLakeFormation()
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// connectionPath is the IAM path of the connections' roles and users, below the organization's: DSS's host may take all roles there where
// its policy has no room for the ARNs of hundreds.
func (c *Config) connectionPath() string {
	below := c.rolesOr(c.Lake.Roles).Path
	return "/" + strings.TrimPrefix(strings.TrimSuffix(below, "/")+"/", "/") + c.Name + "/connections/"
}

// connectionSecrets is what the names of secrets with key pairs begin with.
func (c *Config) connectionSecrets() string {
	if c.Lake.SecretPrefix != "" {
		return c.Lake.SecretPrefix
	}
	return c.Name + "/connections/"
}

// secretsArgs are the arguments of the platform's secrets.
func (c *Config) secretsArgs() *secrets.PlatformSecretsArgs {
	args := c.Secrets
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Tags = c.tagsAnd(args.Tags)
	// The host knows one key for what it reads and fills.
	optional.Default(&args.KMSKeyARN, c.DSS.KMSKeyARN)
	return &args
}

// installs says whether DSS is installed.
func (c *Config) installs() bool { return c.DSS.Install == nil || *c.DSS.Install }

// dssArgs are the host's arguments. It attaches to the platform's cluster, by the name that the cluster will have.
func (c *Config) dssArgs() *dss.DSSInstanceArgs {
	args := c.DSS
	cluster := c.computeArgs().ClusterName
	if len(args.ClusterNames) == 0 {
		args.ClusterNames = []string{cluster}
	}
	if c.Secrets.License != nil {
		optional.Default[pulumi.StringInput](&args.LicenseSecretARN, dss.KnownLater)
	}
	args.Settings = c.dssSettings(args, cluster)
	if len(c.Lake.Connections) > 0 {
		own := c.Lake.DSSConnections(c.Name)
		args.Settings.S3Connections = append(slices.Clone(args.Settings.S3Connections), own...)
		// A role that is there has policies of its owner.
		if args.RoleName == "" {
			args.ConnectionRolePaths = append(slices.Clone(args.ConnectionRolePaths), c.connectionPath())
			args.ConnectionSecretPrefixes = append(slices.Clone(args.ConnectionSecretPrefixes), c.connectionSecrets())
		}
	}
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Roles = c.rolesOr(args.Roles)
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// dssSettings are what DSS is configured with: on the platform's cluster, with the platform's registry and network. What their
// resources give comes later; see [Platform.host].
func (c *Config) dssSettings(args dss.DSSInstanceArgs, cluster string) dss.Settings {
	settings := args.Settings
	if !c.installs() {
		return settings
	}
	optional.Default[pulumi.StringInput](&settings.ImageURL, dss.KnownLater)
	// Clusters are a feature of a licence.
	if settings.Clusters == nil && args.LicenseSecretARN != nil && runsProjects(args.Installation.NodeType) {
		settings.Clusters = []dss.Cluster{{Name: cluster, Attach: &dss.AttachedCluster{EKSName: pulumi.String(cluster)}, Default: true}}
	}
	if settings.NetworkingPreset == nil && len(settings.Clusters) > 0 {
		settings.NetworkingPreset = &dss.NetworkingPreset{}
	}
	if preset := settings.NetworkingPreset; preset != nil && preset.Subnets == nil {
		filled := *preset
		filled.Subnets = []pulumi.StringInput{dss.KnownLater, dss.KnownLater}
		settings.NetworkingPreset = &filled
	}
	return settings
}

// runsProjects says whether a node has projects of its own, and so something to run on a cluster.
func runsProjects(node dss.NodeType) bool {
	return node == "" || node == dss.NodeDesign || node == dss.NodeAutomation
}

// computeArgs are the cluster's arguments. Its name is the platform's, as it is one of its kind in a region.
func (c *Config) computeArgs() *compute.ComputeEKSArgs {
	args := c.Compute
	optional.Default(&args.ClusterName, c.Name)
	optional.Default(&args.KubernetesProfile, c.AWS.Profile)
	// A role that asks for an external id is taken by the profile: the command that makes tokens has none to give.
	if assumed := c.AWS.AssumeRole; assumed != nil && assumed.ExternalID == "" && roleARN.MatchString(assumed.RoleARN) {
		optional.Default(&args.KubernetesRoleARN, assumed.RoleARN)
	}
	args.AllowDataDeletion = c.AllowDataDeletion
	args.Roles = c.rolesOr(args.Roles)
	args.Tags = c.tagsAnd(args.Tags)
	return &args
}

// unique are texts, sorted, each once.
func unique(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// rolesOr are a component's own settings of roles, or else the platform's.
func (c *Config) rolesOr(own role.Settings) role.Settings {
	optional.Default(&own, c.Roles)
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
