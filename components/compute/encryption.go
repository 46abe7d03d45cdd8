package compute

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

func (c *ComputeEKS) removal() removal.Keys {
	return removal.Keys{DeleteData: c.args.DeleteData, AllowDataDeletion: c.args.AllowDataDeletion}
}

// key is the one for secrets, volumes and logs.
func (c *ComputeEKS) key() error {
	if c.args.KMSKeyARN != nil {
		c.KMSKeyARN = c.args.KMSKeyARN.ToStringOutput()
		return nil
	}
	key, err := kmskey.New(c.ctx, c.child("key"), kmskey.Args{
		Location:    c.location,
		Description: "Secrets, volumes and logs of the EKS cluster " + c.args.ClusterName,
		Logs:        true,
		Volumes:     true,
		Removal:     c.removal(),
		Tags:        c.args.Tags,
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.KMSKeyARN = key.Arn
	return nil
}

// logGroup makes the group that EKS writes to, whose name EKS gives. If it were not there before the cluster, EKS would
// make one that keeps everything for ever.
func (c *ComputeEKS) logGroup() ([]pulumi.Resource, error) {
	if c.args.AdoptLogGroup {
		return nil, nil
	}
	name := fmt.Sprintf("/aws/eks/%s/cluster", c.args.ClusterName)
	group, err := cloudwatch.NewLogGroup(c.ctx, c.child("logs"), &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(name),
		RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
		KmsKeyId:        c.KMSKeyARN,
		Tags:            c.tags(c.child("logs")),
	}, pulumi.Parent(c), c.removal().Option())
	if err != nil {
		return nil, fmt.Errorf("creating log group %s: %w", name, err)
	}
	return []pulumi.Resource{group}, nil
}

// clusterRole is the control plane's, with what it must have before it starts and until it is gone.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
func (c *ComputeEKS) clusterRole() (*awsiam.Role, []pulumi.Resource, error) {
	if given := c.args.ClusterRoleARN; given != nil {
		id := given.ToStringOutput().ApplyT(func(arn string) pulumi.ID { return pulumi.ID(roleName(arn)) }).(pulumi.IDOutput)
		found, err := awsiam.GetRole(c.ctx, c.child("cluster"), id, nil, pulumi.Parent(c))
		if err != nil {
			return nil, nil, fmt.Errorf("looking at the control plane's role: %w", err)
		}
		return found, nil, nil
	}
	made, err := role.New(c.ctx, c.child("cluster"), role.Args{
		Settings:    c.args.Roles,
		Location:    c.location,
		Description: "Control plane of the EKS cluster " + c.args.ClusterName,
		Trust:       iam.TrustService(c.location.Principal("eks")),
		AWSPolicies: []string{"AmazonEKSClusterPolicy"},
		Policies: map[string]pulumi.StringInput{"secrets": c.KMSKeyARN.ApplyT(func(arn string) string {
			return secretsKeyPolicy(arn).JSON()
		}).(pulumi.StringOutput)},
		Tags: c.args.Tags,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, err
	}
	return made.Role, made.Grants, nil
}

// secretsKeyPolicy lets the control plane encrypt secrets. EKS itself works with a grant that it makes when the cluster
// is created; these are the rights that AWS's documentation wants the cluster's role to have beside it.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
func secretsKeyPolicy(keyARN string) iam.Document {
	return iam.NewDocument(iam.Allow("Secrets", []string{"kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"}, keyARN))
}

// roleName is the name in a role's ARN, without the path.
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
