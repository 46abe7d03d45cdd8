// Package role makes IAM roles in the one way that the components share.
package role

import (
	"fmt"
	"maps"
	"slices"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// Settings are what an organization asks of every role.
type Settings struct {
	// Path is the IAM path. Default: `/`.
	Path string `pulumi:"path,optional" json:"path,omitempty"`
	// PermissionsBoundary is the ARN of the policy that limits what the role can be granted. Default: none.
	PermissionsBoundary string `pulumi:"permissionsBoundary,optional" json:"permissionsBoundary,omitempty"`
}

// Args describe a role.
type Args struct {
	Settings
	// Location is where the role's policies apply.
	Location location.Location
	// Name is the fixed name, for roles that another system has to know. Default: generated.
	Name string
	// Description says whose role it is.
	Description string
	// Trust says who may take the role.
	Trust iam.Document
	// TrustPolicy is the same as JSON, for principals that are known later. Default: Trust.
	TrustPolicy pulumi.StringInput
	// AWSPolicies are names of AWS's own managed policies.
	AWSPolicies []string
	// Policies are the role's own policies, as JSON, by a short name.
	Policies map[string]pulumi.StringInput
	// Tags are put on the role.
	Tags map[string]string
}

// Role is an IAM role together with what makes it complete.
type Role struct {
	*awsiam.Role
	// Grants are the role's policies. What works under the role depends on them, not just on the role.
	Grants []pulumi.Resource
}

// New makes a role with its policies. Each is a resource of its own, so that a change shows as one.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Role, error) {
	made, err := awsiam.NewRole(ctx, name, &awsiam.RoleArgs{
		Name:                optional.String(args.Name),
		Path:                optional.String(args.Path),
		PermissionsBoundary: optional.String(args.PermissionsBoundary),
		Description:         pulumi.String(args.Description),
		AssumeRolePolicy:    args.trust(),
		Tags:                pulumi.ToStringMap(args.Tags),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating role %s: %w", name, err)
	}
	role := &Role{Role: made}
	for _, policy := range args.AWSPolicies {
		attached, err := awsiam.NewRolePolicyAttachment(ctx, name+"-"+policy, &awsiam.RolePolicyAttachmentArgs{
			Role: made.Name, PolicyArn: pulumi.String(args.Location.AWSPolicyARN(policy)),
		}, opts...)
		if err != nil {
			return nil, fmt.Errorf("attaching %s to role %s: %w", policy, name, err)
		}
		role.Grants = append(role.Grants, attached)
	}
	for _, policy := range slices.Sorted(maps.Keys(args.Policies)) {
		if err := role.Grant(ctx, name+"-"+policy, args.Policies[policy], opts...); err != nil {
			return nil, err
		}
	}
	return role, nil
}

// trust is the role's trust policy.
func (a Args) trust() pulumi.StringInput {
	if a.TrustPolicy != nil {
		return a.TrustPolicy
	}
	return pulumi.String(a.Trust.JSON())
}

// Grant gives the role one more policy of its own, as JSON.
func (r *Role) Grant(ctx *pulumi.Context, name string, policy pulumi.StringInput, opts ...pulumi.ResourceOption) error {
	made, err := awsiam.NewRolePolicy(ctx, name, &awsiam.RolePolicyArgs{Role: r.Name, Policy: policy}, opts...)
	if err != nil {
		return fmt.Errorf("creating policy %s: %w", name, err)
	}
	r.Grants = append(r.Grants, made)
	return nil
}
