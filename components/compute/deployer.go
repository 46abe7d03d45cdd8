package compute

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// admitDeployer makes the deployer an administrator. EKS would do that by itself for who creates the cluster
// (bootstrapClusterCreatorAdminPermissions), as an entry that Pulumi does not know, that collides with one of its own,
// and that outlives the deployer's leave; the control plane is made without it.
func (c *ComputeEKS) admitDeployer() error {
	if !c.args.deployerAdmin() {
		return nil
	}
	principal, err := c.deployer()
	if err != nil {
		return err
	}
	for _, access := range c.args.Access {
		if access.PrincipalARN == principal {
			// EKS has one entry for a principal, and what the arguments say of it counts.
			return nil
		}
	}
	var opts []pulumi.ResourceOption
	if c.args.DeployerPrincipalARN == "" {
		// Else two people who take turns would take the entry from each other.
		opts = append(opts, pulumi.IgnoreChanges([]string{"principalArn"}))
	}
	made, err := c.enter(c.ctx, "deployer", pulumi.String(principal), Access{Policy: ClusterAdmin, Type: StandardEntry}, opts...)
	c.admitted = append(c.admitted, made...)
	return err
}

// deployer is the ARN of the role or user that runs the program.
func (c *ComputeEKS) deployer() (string, error) {
	if c.args.DeployerPrincipalARN != "" {
		return c.args.DeployerPrincipalARN, nil
	}
	identity, err := aws.GetCallerIdentity(c.ctx, nil, pulumi.Parent(c))
	if err != nil {
		return "", fmt.Errorf("looking up the deployer: %w", err)
	}
	switch kindOfCaller(identity.Arn) {
	case user:
		return identity.Arn, nil
	case roleSession:
		// The session's ARN lacks the role's path, which the entry has to have: only IAM knows it.
		session, err := iam.GetSessionContext(c.ctx, &iam.GetSessionContextArgs{Arn: identity.Arn}, pulumi.Parent(c))
		if err != nil {
			return "", fmt.Errorf("looking up the deployer's role (give deployerPrincipalArn if iam:GetRole is not allowed): %w", err)
		}
		return session.IssuerArn, nil
	default:
		return "", fmt.Errorf("deployerPrincipalArn: the caller %s is neither a user nor a role's session, and EKS has access "+
			"entries for these only; give the ARN of a role or user, or deploy as one", identity.Arn)
	}
}

type callerKind int

const (
	otherCaller callerKind = iota
	user
	roleSession
)

// kindOfCaller tells users from sessions of roles by what sts:GetCallerIdentity says.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func kindOfCaller(arn string) callerKind {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return otherCaller
	}
	switch {
	case parts[2] == "iam" && strings.HasPrefix(parts[5], "user/"):
		return user
	case parts[2] == "sts" && strings.HasPrefix(parts[5], "assumed-role/"):
		return roleSession
	default:
		return otherCaller
	}
}
