package registry

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// GrantPush lets a role push images under the prefix, pull them, and make repositories there, as DSS does. The policy
// is called after the name, which is one of its kind among this registry's grants of pushing.
func (r *ECRRegistry) GrantPush(ctx *pulumi.Context, name string, to *role.Role) error {
	return to.Grant(ctx, r.child(name+"-push"), pulumi.String(r.PushPolicy().JSON()), r.parent())
}

// PushPolicy is what [ECRRegistry.GrantPush] grants, for principals that are no roles of this library.
func (r *ECRRegistry) PushPolicy() iam.Document { return PushPolicy(r.location, r.args.Prefix) }

// GrantPull lets a role pull images under the prefix, as nodes do.
func (r *ECRRegistry) GrantPull(ctx *pulumi.Context, name string, to *role.Role) error {
	return to.Grant(ctx, r.child(name+"-pull"), pulumi.String(PullPolicy(r.location, r.args.Prefix).JSON()), r.parent())
}

// PullPolicy is the policy of who pulls.
func PullPolicy(where location.Location, prefix string) iam.Document {
	return policy(where, prefix, "PullImages", pullActions())
}

// PushPolicy is the policy of who pushes.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
func PushPolicy(where location.Location, prefix string) iam.Document {
	return policy(where, prefix, "PushImages", slices.Sorted(slices.Values(slices.Concat(pullActions(), pushActions()))))
}

func policy(where location.Location, prefix, sid string, actions []string) iam.Document {
	return iam.NewDocument(
		// The token is the registry's, which has no ARN: ECR knows this action for `*` only. It opens nothing by itself.
		iam.Allow("Login", []string{"ecr:GetAuthorizationToken"}, "*"),
		// DSS names its repositories, under the prefix.
		iam.Allow(sid, actions, repositories(where, prefix)),
	)
}

// repositories is the ARN of everything under the prefix.
func repositories(where location.Location, prefix string) string {
	return where.ARN("ecr", "repository/"+prefix+"/*")
}
