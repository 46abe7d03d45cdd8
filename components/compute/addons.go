package compute

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// PodIdentityAgent is the name of the add-on without which no pod gets a role.
const PodIdentityAgent = "eks-pod-identity-agent"

// Names of add-ons.
const (
	addonVPCCNI           = "vpc-cni"
	addonKubeProxy        = "kube-proxy"
	addonPodIdentityAgent = PodIdentityAgent
	addonCoreDNS          = "coredns"
	addonEBSCSIDriver     = "aws-ebs-csi-driver"
	addonMetricsServer    = "metrics-server"
)

// addonsBeforeNodes are DaemonSets without which a node does not become ready or its pods have no credentials. They are
// active with no node.
var addonsBeforeNodes = []string{addonVPCCNI, addonKubeProxy, addonPodIdentityAgent}

// addonsAfterNodes have pods of their own, and are active when these run.
var addonsAfterNodes = []string{addonCoreDNS, addonEBSCSIDriver, addonMetricsServer}

// RequiredAddons are the add-ons that every cluster has unless they are disabled.
func RequiredAddons() []string { return slices.Concat(addonsBeforeNodes, addonsAfterNodes) }

// addonRole is the role that the service account of an add-on takes through Pod Identity.
type addonRole struct {
	serviceAccount string
	policies       []string
}

// addonRoles are the roles of add-ons that call AWS.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/retreive-iam-info.html
var addonRoles = map[string]addonRole{
	addonVPCCNI:       {"aws-node", []string{"AmazonEKS_CNI_Policy"}},
	addonEBSCSIDriver: {"ebs-csi-controller-sa", []string{"service-role/AmazonEBSCSIDriverPolicy"}},
}

// addonNamespace is where the pods of all add-ons run that have a role.
const addonNamespace = "kube-system"

// volumeKeyPolicy lets the EBS driver make volumes that are encrypted with a key of the account's own.
//
// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/install.md (encryption)
func volumeKeyPolicy(keyARN string) iam.Document {
	return iam.NewDocument(
		iam.Allow("UseKey", []string{
			"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo",
			"kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey",
		}, keyARN),
		iam.Allow("AttachVolumes", []string{"kms:CreateGrant"}, keyARN).If("Bool", "kms:GrantIsForAWSResource", "true"),
	)
}

// addonsBefore makes the add-ons that nodes need.
func (c *ComputeEKS) addonsBefore() ([]pulumi.Resource, error) {
	return c.installAddons(addonsBeforeNodes, nil)
}

// addonsAfter makes the add-ons that need nodes: the required ones, and those that the arguments name beyond them.
func (c *ComputeEKS) addonsAfter() error {
	names := slices.Clone(addonsAfterNodes)
	required := RequiredAddons()
	for _, name := range slices.Sorted(maps.Keys(c.args.Addons)) {
		if !slices.Contains(required, name) {
			names = append(names, name)
		}
	}
	_, err := c.installAddons(names, c.addonHosts)
	return err
}

func (c *ComputeEKS) installAddons(names []string, after []pulumi.Resource) ([]pulumi.Resource, error) {
	var made []pulumi.Resource
	for _, name := range names {
		if c.args.Addons[name].Disabled {
			continue
		}
		addon, err := c.addon(name, c.args.Addons[name], after)
		if err != nil {
			return nil, err
		}
		made = append(made, addon)
	}
	return made, nil
}

// addon installs an add-on. EKS starts from its own configuration, and an update keeps what was changed in the cluster.
func (c *ComputeEKS) addon(name string, settings Addon, after []pulumi.Resource) (*eks.Addon, error) {
	args := &eks.AddonArgs{
		ClusterName:              c.ClusterName,
		AddonName:                pulumi.String(name),
		ResolveConflictsOnCreate: pulumi.String("OVERWRITE"),
		ResolveConflictsOnUpdate: pulumi.String("PRESERVE"),
		Tags:                     c.tags(""),
	}
	if settings.Version != "" {
		args.AddonVersion = pulumi.String(settings.Version)
	}
	if settings.Configuration != "" {
		args.ConfigurationValues = pulumi.String(settings.Configuration)
	}
	if needs, ok := addonRoles[name]; ok {
		identity, err := c.addonRole(name, needs)
		if err != nil {
			return nil, err
		}
		after = append(slices.Clone(after), identity.Grants...)
		args.PodIdentityAssociations = eks.AddonPodIdentityAssociationArray{eks.AddonPodIdentityAssociationArgs{
			RoleArn: identity.Arn, ServiceAccount: pulumi.String(needs.serviceAccount),
		}}
	}
	addon, err := eks.NewAddon(c.ctx, c.child(name), args, pulumi.Parent(c), pulumi.DependsOn(after))
	if err != nil {
		return nil, fmt.Errorf("creating add-on %s: %w", name, err)
	}
	return addon, nil
}

func (c *ComputeEKS) addonRole(name string, needs addonRole) (*role.Role, error) {
	policies := map[string]pulumi.StringInput{}
	if name == addonEBSCSIDriver {
		policies["kms"] = c.KMSKeyARN.ApplyT(func(arn string) string { return volumeKeyPolicy(arn).JSON() }).(pulumi.StringOutput)
	}
	return role.New(c.ctx, c.child(name), role.Args{
		Settings:    c.args.Roles,
		Location:    c.location,
		Description: fmt.Sprintf("Add-on %s of the EKS cluster %s", name, c.args.ClusterName),
		Trust:       role.PodTrust(c.location, c.args.ClusterName, addonNamespace, needs.serviceAccount),
		AWSPolicies: needs.policies,
		Policies:    policies,
		Tags:        c.args.Tags,
	}, pulumi.Parent(c))
}
