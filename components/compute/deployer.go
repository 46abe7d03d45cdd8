package compute

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// deployerEntry is the name of the deployer's access entry.
const deployerEntry = "deployer"

// findDeployer decides who the deployer is, before anything is made.
//
// What the stack consists of must not depend on who runs it: an entry that is there for one caller and not for another would be
// deleted by the second. So a caller whose entry the arguments name as well is refused, until they say who the deployer is.
func (c *ComputeEKS) findDeployer() error {
	if !c.args.deployerAdmin() {
		return nil
	}
	if c.args.DeployerPrincipalARN != "" {
		c.deployerARN = c.args.DeployerPrincipalARN
		return nil
	}
	caller, err := c.caller()
	if err != nil {
		return err
	}
	c.deployerARN = caller
	var wrong problem.List
	if name, named := c.args.accessOf(caller); named {
		wrong.Add(problem.Join("access", name), "set deployerPrincipalArn to who created the stack, or, for a new stack, to who shall be "+
			"its administrator whoever runs it", "it names %s, who runs this, and EKS has one entry for a principal", caller)
	}
	return wrong.Err("ComputeEKS " + c.name)
}

// accessOf is the name of a principal's entry among the arguments.
func (a *ComputeEKSArgs) accessOf(principal string) (string, bool) {
	for name, access := range a.Access {
		if access.PrincipalARN == principal {
			return name, true
		}
	}
	return "", false
}

// admitDeployer makes the deployer an administrator. EKS would do that by itself for who creates the cluster
// (bootstrapClusterCreatorAdminPermissions), as an entry that Pulumi does not know, that collides with one of its own,
// and that outlives the deployer's leave; the control plane is made without it.
func (c *ComputeEKS) admitDeployer() error {
	if c.deployerARN == "" {
		return nil
	}
	if _, named := c.args.accessOf(c.deployerARN); named {
		// EKS has one entry for a principal, and what the arguments say of it counts.
		return nil
	}
	var opts []pulumi.ResourceOption
	if c.args.DeployerPrincipalARN == "" {
		// Else two people who take turns would take the entry from each other.
		opts = append(opts, pulumi.IgnoreChanges([]string{"principalArn"}))
	}
	made, err := c.enter(c.ctx, deployerEntry, pulumi.String(c.deployerARN), Access{Policy: ClusterAdmin, Type: StandardEntry}, opts...)
	c.admitted = append(c.admitted, made...)
	return err
}

// caller is the ARN of the role or user that runs the program.
func (c *ComputeEKS) caller() (string, error) {
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
