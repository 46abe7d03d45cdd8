package access

// identityVerbs are about roles, users and their policies.
func identityVerbs() map[Kind][]verb {
	return map[Kind][]verb{
		KindRole: {
			{verbAssume, Whole, []string{"sts:AssumeRole"}},
			{"tag sessions", Whole, []string{"sts:TagSession"}},
			{"name who is behind sessions", Whole, []string{"sts:SetSourceIdentity"}},
			{verbPass, Whole, []string{"iam:PassRole"}},
			{verbDescribe, Whole, []string{"iam:GetRole"}},
			{verbAdminister, Whole, []string{
				"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy",
				"iam:CreateRole", "iam:DeleteRole", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
			}},
		},
		KindUser: {
			{verbAdminister, Whole, []string{
				"iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:CreateUser", "iam:CreateLoginProfile",
			}},
		},
		KindIAM: {
			{verbAdminister, Whole, []string{"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"}},
		},
	}
}

// accountVerbs are about the account: actions that know no resource.
func accountVerbs() map[Kind][]verb {
	return map[Kind][]verb{
		KindAccount: {
			{"log in to the registry", Whole, []string{"ecr:GetAuthorizationToken"}},
			{"list clusters", Whole, []string{"eks:ListClusters"}},
			{"create clusters", Whole, []string{"eks:CreateCluster"}},
			{"list buckets", Whole, []string{"s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock"}},
			{"list workgroups", Whole, []string{"athena:ListWorkGroups", "athena:ListEngineVersions", "athena:ListDataCatalogs"}},
			{verbGuarded, Whole, []string{"lakeformation:GetDataAccess"}},
			{"administer Lake Formation", Whole, []string{"lakeformation:GrantPermissions", "lakeformation:PutDataLakeSettings"}},
			{"exchange messages with Systems Manager", Whole, []string{
				"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
				"ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
				"ec2messages:GetMessages", "ec2messages:SendReply",
			}},
			{"describe Glue's security", Whole, []string{"glue:GetSecurityConfiguration", "glue:GetSecurityConfigurations"}},
			{"list associations", Whole, []string{"ssm:ListAssociations"}},
			{"list log groups", Whole, []string{"logs:DescribeLogGroups"}},
			{"list secrets", Whole, []string{"secretsmanager:ListSecrets"}},
			{"describe snapshots", Whole, []string{"ec2:DescribeSnapshots"}},
			{"describe EC2", Whole, []string{
				"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes", "ec2:DescribeSubnets", "ec2:DescribeInstanceTypes",
			}},
			{"run instances", Whole, []string{"ec2:RunInstances"}},
			{"change security groups", Whole, []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup"}},
			{"change routes", Whole, []string{"ec2:CreateRoute"}},
			{"make volumes", Whole, []string{"ec2:CreateVolume"}},
			{"create roles and users", Whole, []string{"iam:CreateRole", "iam:CreateUser", "iam:CreateServiceLinkedRole"}},
			{"balance load", Whole, []string{"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DeleteLoadBalancer"}},
			{"scale groups", Whole, []string{"autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateAutoScalingGroup"}},
			{"put metrics", Whole, []string{"cloudwatch:PutMetricData"}},
			{"put events", Whole, []string{"events:PutRule"}},
			{"administer everything", Whole, []string{"organizations:LeaveOrganization", "account:CloseAccount", "cloudtrail:StopLogging"}},
		},
	}
}
