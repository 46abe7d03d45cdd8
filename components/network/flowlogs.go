package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// flowLogs records accepted and rejected connections in a log group of its own.
func (n *Network) flowLogs() error {
	groupArgs := &cloudwatch.LogGroupArgs{
		RetentionInDays: pulumi.Int(n.args.FlowLogRetentionDays),
		Tags:            n.tags("flow-logs"),
	}
	if n.args.KMSKeyARN != nil {
		groupArgs.KmsKeyId = n.args.KMSKeyARN.ToStringOutput().ToStringPtrOutput()
	}
	group, err := cloudwatch.NewLogGroup(n.ctx, n.child("flow-logs"), groupArgs, n.parent())
	if err != nil {
		return fmt.Errorf("creating the flow logs' group: %w", err)
	}
	writer, err := role.New(n.ctx, n.child("flow-logs"), role.Args{
		Settings:    n.args.Roles,
		Location:    n.location,
		Description: fmt.Sprintf("Writes the flow logs of %s", n.name),
		Trust:       flowLogTrust(n.location),
		Policies: map[string]pulumi.StringInput{"write": group.Arn.ApplyT(func(arn string) string {
			return flowLogPolicy(arn).JSON()
		}).(pulumi.StringOutput)},
		Tags: n.args.Tags,
	}, n.parent())
	if err != nil {
		return err
	}
	_, err = ec2.NewFlowLog(n.ctx, n.child("flow-logs"), &ec2.FlowLogArgs{
		VpcId:          n.VPCID,
		TrafficType:    pulumi.String("ALL"),
		LogDestination: group.Arn,
		IamRoleArn:     writer.Arn,
		Tags:           n.tags("flow-logs"),
	}, n.parent(), pulumi.DependsOn(writer.Grants))
	if err != nil {
		return fmt.Errorf("creating the flow log: %w", err)
	}
	return nil
}

// flowLogTrust lets the flow logs of this account alone take the role.
//
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func flowLogTrust(at location.Location) iam.Document {
	trust := iam.TrustService(at.Principal("vpc-flow-logs"))
	trust.Statements[0] = trust.Statements[0].
		If("StringEquals", "aws:SourceAccount", at.AccountID).
		If("ArnLike", "aws:SourceArn", at.ARN("ec2", "vpc-flow-log/*"))
	return trust
}

func flowLogPolicy(groupARN string) iam.Document {
	return iam.NewDocument(
		iam.Allow("Write", []string{
			"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams",
		}, groupARN, groupARN+":*"),
		// Groups can only be listed as a whole: the action takes no group.
		iam.Allow("List", []string{"logs:DescribeLogGroups"}, "*"),
	)
}
