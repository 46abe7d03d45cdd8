package compute

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AccessPolicy is one of EKS's access policies.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
type AccessPolicy string

// The policies.
const (
	// ClusterAdmin may do everything.
	ClusterAdmin AccessPolicy = "ClusterAdmin"
	// Admin may do most things with what is in namespaces, but make roles with more rights than it has.
	Admin AccessPolicy = "Admin"
	// Edit may change what is in namespaces, secrets included, but roles.
	Edit AccessPolicy = "Edit"
	// View may look at what is in namespaces, but at secrets.
	View AccessPolicy = "View"
	// AdminView may look at everything, secrets included.
	AdminView AccessPolicy = "AdminView"
)

// accessPolicyNames are the names that EKS gives the policies.
var accessPolicyNames = map[AccessPolicy]string{
	ClusterAdmin: "AmazonEKSClusterAdminPolicy",
	Admin:        "AmazonEKSAdminPolicy",
	Edit:         "AmazonEKSEditPolicy",
	View:         "AmazonEKSViewPolicy",
	AdminView:    "AmazonEKSAdminViewPolicy",
}

// Types of access entries.
const (
	// StandardEntry is for people and programs.
	StandardEntry = "STANDARD"
	// NodeEntry is for nodes that are not of a managed node group, such as Karpenter's.
	NodeEntry = "EC2_LINUX"
)

// Access says what a role or user may do in the cluster.
type Access struct {
	// PrincipalARN is the role or user, a role with its path. Required in [ComputeEKSArgs.Access].
	PrincipalARN string `pulumi:"principalArn,optional" json:"principalArn,omitempty"`
	// Policy is one of EKS's. Default: none, only the groups count.
	Policy AccessPolicy `pulumi:"policy,optional" json:"policy,omitempty"`
	// Namespaces are where the policy holds; `*` stands for any text (`team-*`). Default: the whole cluster.
	Namespaces []string `pulumi:"namespaces,optional" json:"namespaces,omitempty"`
	// KubernetesGroups are groups that roles of the cluster are bound to. They cannot begin with `system:`, `eks:`,
	// `aws:`, `amazon:` or `iam:`. Default: none.
	KubernetesGroups []string `pulumi:"kubernetesGroups,optional" json:"kubernetesGroups,omitempty"`
	// Type is [StandardEntry] or [NodeEntry]. Nodes of pools have their entry from EKS. Default: [StandardEntry].
	Type string `pulumi:"type,optional" json:"type,omitempty"`
}

func (a Access) withDefaults() Access {
	if a.Type == "" {
		a.Type = StandardEntry
	}
	return a
}

// grantsPolicy says whether EKS has to be told of a policy.
func (a Access) grantsPolicy() bool { return a.Policy != "" }

// GrantAccess lets a role or user in, whose ARN may come from another resource. EKS has one entry for a principal: a
// second one is refused.
func (c *ComputeEKS) GrantAccess(ctx *pulumi.Context, name string, principal pulumi.StringInput, access Access) error {
	access = access.withDefaults()
	access.PrincipalARN = ""
	if err := access.problems(false).Err("access " + name); err != nil {
		return err
	}
	_, err := c.enter(ctx, "grant-"+name, principal, access)
	return err
}

// enter makes an access entry and what belongs to it. What works with the principal's rights depends on the result.
func (c *ComputeEKS) enter(
	ctx *pulumi.Context, name string, principal pulumi.StringInput, access Access, opts ...pulumi.ResourceOption,
) ([]pulumi.Resource, error) {
	opts = append(opts, pulumi.Parent(c))
	entryArgs := &eks.AccessEntryArgs{
		ClusterName:  c.ClusterName,
		PrincipalArn: principal,
		Type:         pulumi.String(access.Type),
		Tags:         c.tags(""),
	}
	if len(access.KubernetesGroups) > 0 {
		entryArgs.KubernetesGroups = pulumi.ToStringArray(access.KubernetesGroups)
	}
	entry, err := eks.NewAccessEntry(ctx, c.child(name), entryArgs, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating access entry %s: %w", name, err)
	}
	made := []pulumi.Resource{entry}
	if !access.grantsPolicy() {
		return made, nil
	}
	policy, err := eks.NewAccessPolicyAssociation(ctx, c.child(name), &eks.AccessPolicyAssociationArgs{
		ClusterName:  c.ClusterName,
		PrincipalArn: entry.PrincipalArn,
		PolicyArn:    pulumi.String(accessPolicyARN(c.location.Partition, access.Policy)),
		AccessScope:  scope(access.Namespaces),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("giving access entry %s its policy: %w", name, err)
	}
	return append(made, policy), nil
}

// accessPolicyARN is the ARN of one of EKS's access policies, which belong to no account and no region.
func accessPolicyARN(partition string, policy AccessPolicy) string {
	return fmt.Sprintf("arn:%s:eks::aws:cluster-access-policy/%s", partition, accessPolicyNames[policy])
}

func scope(namespaces []string) *eks.AccessPolicyAssociationAccessScopeArgs {
	if len(namespaces) == 0 {
		return &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")}
	}
	return &eks.AccessPolicyAssociationAccessScopeArgs{
		Type: pulumi.String("namespace"), Namespaces: pulumi.ToStringArray(namespaces),
	}
}

// admit lets in all that the arguments name.
func (c *ComputeEKS) admit() error {
	for _, name := range slices.Sorted(maps.Keys(c.args.Access)) {
		access := c.args.Access[name]
		var opts []pulumi.ResourceOption
		if access.PrincipalARN == c.args.DeployerPrincipalARN {
			// The deployer's own entry goes over into this one: made beside it, it would be a second one of the principal.
			opts = append(opts, pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(c.child(deployerEntry))}}))
		}
		made, err := c.enter(c.ctx, "access-"+name, pulumi.String(access.PrincipalARN), access, opts...)
		if err != nil {
			return err
		}
		c.admitted = append(c.admitted, made...)
	}
	return nil
}
