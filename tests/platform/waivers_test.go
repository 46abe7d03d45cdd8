package platform_test

import "github.com/pulumi-dss/pulumi-dss/tests/harness"

// waivers are the rules that are broken, where, and why that is right.
func waivers() []waiver {
	var all []waiver
	for _, environment := range environments() {
		all = append(all, waiver{
			"data survives destroy", "dss-" + environment + "-assets",
			"holds only what the program puts there again",
		})
	}
	for _, made := range []string{"dss-dev-dku-apideployer-apinode-base", "dss-dev-database-dss_dev", "dss-dev-results"} {
		all = append(all, waiver{"data survives destroy", made, "DSS makes it again; what stays would be in the way of the next stack of that name"})
	}
	return all
}

// actionsWithoutResource are actions for which a policy cannot name a resource.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
func actionsWithoutResource() []string {
	return []string{
		"ec2:DescribeSnapshots",
		"ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage",
		"ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply",
		"ecr:GetAuthorizationToken",
		"eks:ListClusters",
		"logs:DescribeLogGroups",
		"ssm:ListAssociations",
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
		"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
	}
}

// globalNames waives the names that are the same in every partition.
func globalNames(environment string) harness.Option {
	return harness.WithoutCheck(harness.CheckPartition, "the AWS CLI comes from one address for all partitions",
		"dss-"+environment+"-host", "dss-"+environment+"-desired")
}
