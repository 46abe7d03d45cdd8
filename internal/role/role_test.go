package role_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// made runs a program that makes a role inside of a component.
func made(t *testing.T, args role.Args) *harness.Graph {
	t.Helper()
	return harness.Run(t, func(ctx *pulumi.Context) error {
		var owner pulumi.ResourceState
		if err := ctx.RegisterComponentResource("test:index:Owner", "lab", &owner); err != nil {
			return err
		}
		here := harness.Here(ctx)
		args.Location = location.Location{
			Partition: here.Partition, DNSSuffix: here.DNSSuffix, Region: here.Region, AccountID: here.AccountID,
		}
		args.Trust = iam.TrustService(args.Location.Principal("ec2"))
		r, err := role.New(ctx, "lab-host", args, pulumi.Parent(&owner))
		if err != nil {
			return err
		}
		ctx.Export("grants", pulumi.Int(len(r.Grants)))
		return ctx.RegisterResourceOutputs(&owner, pulumi.Map{})
	}, harness.RequireTags(map[string]string{"team": "data"}))
}

func TestARoleHasWhatItsOrganizationAsksFor(t *testing.T) {
	t.Parallel()
	graph := made(t, role.Args{
		Settings:    role.Settings{Path: "/platform/", PermissionsBoundary: "boundary"},
		Name:        "fixed",
		AWSPolicies: []string{"AmazonEKSClusterPolicy"},
		Policies:    map[string]pulumi.StringInput{"read": pulumi.String("{}"), "act": pulumi.String("{}")},
		Tags:        map[string]string{"team": "data"},
	})
	r := graph.One("aws:iam/role:Role", "lab-host")
	assert.Equal(t, "fixed", r.String("name"))
	assert.Equal(t, "/platform/", r.String("path"))
	assert.Equal(t, "boundary", r.String("permissionsBoundary"))
	attached := graph.One("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "lab-host-AmazonEKSClusterPolicy")
	assert.Equal(t, "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy", attached.String("policyArn"))
	assert.Len(t, graph.OfType("aws:iam/rolePolicy:RolePolicy"), 2)
	assert.InDelta(t, 3, graph.Export("grants"), 0, "what works under the role can wait for all of it")
}

func TestARoleIsPlainByDefault(t *testing.T) {
	t.Parallel()
	r := made(t, role.Args{Tags: map[string]string{"team": "data"}}).One("aws:iam/role:Role", "")
	for _, input := range []string{"name", "path", "permissionsBoundary"} {
		assert.False(t, r.Has(input), input)
	}
}
