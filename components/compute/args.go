// Package compute builds the EKS cluster that a DSS platform computes on: control plane, node pools, add-ons, access.
package compute

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/eksversion"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Token is the component's type.
const Token = "dss:index:ComputeEKS"

// Defaults of [ComputeEKSArgs].
const (
	// DefaultVersion is the Kubernetes version of a new cluster.
	DefaultVersion = eksversion.Default
	// DefaultLogRetentionDays is how long the control plane's logs are kept.
	DefaultLogRetentionDays = 90
)

// DefaultLogTypes are all logs that a control plane writes. `audit` and `authenticator` tell who did what.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
func DefaultLogTypes() []string {
	return []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
}

// ComputeEKSArgs are the arguments of [NewComputeEKS].
type ComputeEKSArgs struct {
	// ClusterName is the cluster's name, which DSS attaches to: 1 to 100 letters, digits, `-` and `_`. A new name is a
	// new cluster. Default: the component's name.
	ClusterName string `pulumi:"clusterName,optional"`
	// Version is the Kubernetes version, as `1.35`. It can be raised by one minor version at a time, and never lowered.
	// Default: [DefaultVersion].
	Version string `pulumi:"version,optional"`
	// UpgradeFrom is the version that the cluster has now, when [ComputeEKSArgs.Version] is raised: a step that EKS
	// would refuse half-way is then refused before anything changes. Default: not checked here (EKS refuses it).
	UpgradeFrom string `pulumi:"upgradeFrom,optional"`
	// AllowUnknownVersion permits a version that is newer than the table of this library. Default: false.
	AllowUnknownVersion bool `pulumi:"allowUnknownVersion,optional"`
	// ExtendedSupport keeps a cluster on a version whose standard support has ended, for up to 12 more months, at six
	// times the price of the control plane. Default: false; EKS then raises the version when standard support ends.
	ExtendedSupport bool `pulumi:"extendedSupport,optional"`

	// VPCID is the VPC. Required.
	VPCID pulumi.StringInput `pulumi:"vpcId"`
	// SubnetIDs are private subnets in at least two zones. The control plane has its network interfaces there. Required.
	SubnetIDs pulumi.StringArrayInput `pulumi:"subnetIds"`
	// WorkloadSubnetIDs are the subnets of pools in the `workload` zone: nodes, volumes and DSS in one zone pay no
	// traffic between zones. Default: all [ComputeEKSArgs.SubnetIDs].
	WorkloadSubnetIDs pulumi.StringArrayInput `pulumi:"workloadSubnetIds,optional"`
	// SharedSecurityGroupID is a group whose members reach each other, the "default" group of the reference
	// architecture. Nodes become members, and members reach the cluster's API. Default: none.
	SharedSecurityGroupID pulumi.StringInput `pulumi:"sharedSecurityGroupId,optional"`
	// ControlPlaneSecurityGroupID is a group for the control plane's network interfaces, beside the one that EKS makes.
	// Rules for the API's port are added to it. Default: one is made.
	ControlPlaneSecurityGroupID pulumi.StringInput `pulumi:"controlPlaneSecurityGroupId,optional"`
	// NodeSecurityGroupID is a group for the nodes, for others to name in their rules. Default: one is made, which has
	// no rules of its own.
	NodeSecurityGroupID pulumi.StringInput `pulumi:"nodeSecurityGroupId,optional"`

	// PublicAccessCIDRs may reach the API from the internet. Default: none, and the API has no public endpoint.
	PublicAccessCIDRs []string `pulumi:"publicAccessCidrs,optional"`
	// AllowPublicAccessFromAnywhere permits 0.0.0.0/0, and blocks larger than a /8, in
	// [ComputeEKSArgs.PublicAccessCIDRs]: then only IAM stands between the internet and the API. Default: false.
	AllowPublicAccessFromAnywhere bool `pulumi:"allowPublicAccessFromAnywhere,optional"`
	// PrivateAccessCIDRs may reach the API's private endpoint: a VPN, a network that is peered. Default: none; nodes
	// and members of the shared security group can in any case.
	PrivateAccessCIDRs []string `pulumi:"privateAccessCidrs,optional"`

	// KMSKeyARN encrypts the cluster's secrets, the volumes of nodes and pods, and the logs. Its policy has to let the
	// account's principals use it through EC2, and CloudWatch Logs use it. It cannot be changed afterwards. Default: a
	// key of its own, which rotates every year.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// LogTypes are the logs that the control plane writes. Default: [DefaultLogTypes].
	LogTypes []string `pulumi:"logTypes,optional"`
	// LogRetentionDays is how long the logs are kept, one of CloudWatch's periods. Default: [DefaultLogRetentionDays].
	LogRetentionDays int `pulumi:"logRetentionDays,optional"`
	// AdoptLogGroup uses the log group `/aws/eks/NAME/cluster` that is there, for instance from an earlier cluster of
	// that name. Default: false, it is made.
	AdoptLogGroup bool `pulumi:"adoptLogGroup,optional"`

	// ClusterRoleARN is the role of the control plane. Default: one is made.
	ClusterRoleARN pulumi.StringInput `pulumi:"clusterRoleArn,optional"`
	// NodeRoleARN is the role of the nodes. EKS makes its access entry. Default: one is made, which may join the
	// cluster and pull images, and nothing else.
	NodeRoleARN pulumi.StringInput `pulumi:"nodeRoleArn,optional"`
	// NodeSSM lets Session Manager open a shell on nodes: their role can then be used by whoever may start sessions.
	// Default: false.
	NodeSSM bool `pulumi:"nodeSsm,optional"`

	// Pools are the node pools by name. Default: [DefaultPools].
	Pools map[string]Pool `pulumi:"pools,optional"`
	// Addons are settings of add-ons by name, and further add-ons. Default: those of [RequiredAddons], in the version
	// that EKS gives by default.
	Addons map[string]Addon `pulumi:"addons,optional"`
	// CreateOIDCProvider makes the cluster's issuer an identity provider of IAM, which roles for service accounts need
	// (EMR on EKS). The add-ons here use Pod Identity, and do without. Default: false.
	CreateOIDCProvider bool `pulumi:"createOidcProvider,optional"`

	// DeployerAdmin makes whoever creates the stack an administrator of the cluster. Default: true.
	DeployerAdmin *bool `pulumi:"deployerAdmin,optional"`
	// DeployerPrincipalARN is the deployer's role or user: whoever runs the program, this one is the administrator. If it is
	// in [ComputeEKSArgs.Access], that entry counts. It is required where a caller is in [ComputeEKSArgs.Access]. Default: the
	// caller's, as it was when the stack was created.
	DeployerPrincipalARN string `pulumi:"deployerPrincipalArn,optional"`
	// Access lets further roles and users in, by a short name.
	Access map[string]Access `pulumi:"access,optional"`

	// KubernetesObjects makes objects in the cluster: the default StorageClass, and what [ComputeEKS.GrantDSS] needs
	// beyond namespaces. The deployer has to reach the API for it. Default: true.
	KubernetesObjects *bool `pulumi:"kubernetesObjects,optional"`
	// KubernetesRoleARN is a role that the deployer takes for objects in the cluster, when its AWS provider takes one.
	// Default: the credentials of the environment.
	KubernetesRoleARN string `pulumi:"kubernetesRoleArn,optional"`
	// KubernetesProfile is the AWS profile for objects in the cluster. Default: the environment's.
	KubernetesProfile string `pulumi:"kubernetesProfile,optional"`

	// DeleteData deletes the key and the logs with the stack, if AllowDataDeletion says so, too. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's consent to DeleteData. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Roles are settings of all roles.
	Roles role.Settings `pulumi:"roles,optional"`
	// Tags are put on every resource, on nodes and their volumes.
	Tags map[string]string `pulumi:"tags,optional"`
}

// Addon are settings of an EKS add-on.
type Addon struct {
	// Version is the add-on's, as `v1.20.4-eksbuild.2`. Default: what EKS gives by default when it is installed.
	Version string `pulumi:"version,optional" json:"version,omitempty"`
	// Configuration is the add-on's configuration as JSON. Default: none.
	Configuration string `pulumi:"configuration,optional" json:"configuration,omitempty"`
	// Disabled leaves out one of [RequiredAddons], when something else does its work. Default: false.
	Disabled bool `pulumi:"disabled,optional" json:"disabled,omitempty"`
}

// withDefaults is a copy that has defaults for everything that was left out.
func (a ComputeEKSArgs) withDefaults(name string) *ComputeEKSArgs {
	if a.ClusterName == "" {
		a.ClusterName = name
	}
	if a.Version == "" {
		a.Version = DefaultVersion
	}
	if len(a.LogTypes) == 0 {
		a.LogTypes = DefaultLogTypes()
	}
	if a.LogRetentionDays == 0 {
		a.LogRetentionDays = DefaultLogRetentionDays
	}
	if len(a.Pools) == 0 {
		a.Pools = DefaultPools()
	}
	pools := make(map[string]Pool, len(a.Pools))
	for name, pool := range a.Pools {
		pools[name] = pool.withDefaults()
	}
	a.Pools = pools
	access := make(map[string]Access, len(a.Access))
	for name, entry := range a.Access {
		access[name] = entry.withDefaults()
	}
	a.Access = access
	a.Addons = maps.Clone(a.Addons)
	a.Tags = maps.Clone(a.Tags)
	a.LogTypes = slices.Clone(a.LogTypes)
	return &a
}

func (a *ComputeEKSArgs) deployerAdmin() bool { return a.DeployerAdmin == nil || *a.DeployerAdmin }
func (a *ComputeEKSArgs) kubernetesObjects() bool {
	return a.KubernetesObjects == nil || *a.KubernetesObjects
}
