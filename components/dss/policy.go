package dss

import (
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// hostPolicyArgs are what the host's own policy is limited to. What is empty is not granted.
type hostPolicyArgs struct {
	// bucket, bucketKey, document and stack are what the host gets its state from, and whom it tells.
	bucket, bucketKey, document, stack string
	// volume is the id of the data volume, where DSS is installed: upgrades take snapshots of it.
	volume string
	// read are the ARNs of secrets that the host reads, write those that it fills, and secretKeys the KMS keys of both.
	read, write, secretKeys []string
	// objects are the ARNs of objects in S3 that DSS is installed from, and objectsKey the KMS key of their bucket.
	objects    []string
	objectsKey string
}

// hostPolicy is what the boot, the agent and the reconciler need. docs/dss.md says what needs each action.
func hostPolicy(at location.Location, args hostPolicyArgs) iam.Document {
	var statements []iam.Statement
	for _, p := range host.Permissions(host.PermissionsArgs{
		Partition: at.Partition, Region: at.Region, Account: at.AccountID,
		Stack: args.stack, Bucket: args.bucket, Prefix: assetsPrefix, KeyARN: args.bucketKey, DocumentARN: args.document,
	}) {
		statements = append(statements, iam.Allow("", p.Actions, p.Resources...))
	}
	statements = append(statements, args.secretStatements(at)...)
	statements = append(statements, args.snapshotStatements(at)...)
	return iam.NewDocument(append(statements, args.sourceStatements(at)...)...)
}

// secretStatements let the host read what it installs, and fill the secrets that it makes the values of.
func (a hostPolicyArgs) secretStatements(at location.Location) []iam.Statement {
	var statements []iam.Statement
	use := []string{"kms:Decrypt"}
	if all := unique(append(slices.Clone(a.read), a.write...)); len(all) > 0 {
		statements = append(statements, iam.Allow("ReadSecrets", []string{"secretsmanager:GetSecretValue"}, all...))
	}
	if filled := unique(a.write); len(filled) > 0 {
		statements = append(statements, iam.Allow("FillSecrets", []string{"secretsmanager:PutSecretValue"}, filled...))
		use = append(use, "kms:GenerateDataKey")
	}
	if keys := unique(a.secretKeys); len(keys) > 0 && len(statements) > 0 {
		statements = append(statements, iam.Allow("UseKeysOfSecrets", use, keys...).
			If("StringEquals", "kms:ViaService", at.Service("secretsmanager")))
	}
	return statements
}

// snapshotStatements let the host take a snapshot of the data volume before it upgrades DSS.
func (a hostPolicyArgs) snapshotStatements(at location.Location) []iam.Statement {
	if a.volume == "" {
		return nil
	}
	// Snapshots have no account in their ARNs, and the id of one that is made is not known.
	snapshots := "arn:" + at.Partition + ":ec2:" + at.Region + "::snapshot/*"
	return []iam.Statement{
		iam.Allow("SnapshotDataVolume", []string{"ec2:CreateSnapshot"}, at.ARN("ec2", "volume/"+a.volume), snapshots),
		iam.Allow("TagSnapshot", []string{"ec2:CreateTags"}, snapshots).If("StringEquals", "ec2:CreateAction", "CreateSnapshot"),
		// An upgrade that is resumed looks for its snapshot; the action knows no resources.
		iam.Allow("FindSnapshot", []string{"ec2:DescribeSnapshots"}, "*"),
	}
}

// sourceStatements let the host read the archives of a mirror in S3.
func (a hostPolicyArgs) sourceStatements(at location.Location) []iam.Statement {
	if len(a.objects) == 0 {
		return nil
	}
	statements := []iam.Statement{iam.Allow("ReadArchives", []string{"s3:GetObject"}, unique(a.objects)...)}
	if a.objectsKey != "" {
		statements = append(statements, iam.Allow("DecryptArchives", []string{"kms:Decrypt"}, a.objectsKey).
			If("StringEquals", "kms:ViaService", at.Service("s3")))
	}
	return statements
}

// unique are the texts that are there, sorted, each once.
func unique(texts []string) []string {
	sorted := slices.Compact(slices.Sorted(slices.Values(texts)))
	return slices.DeleteFunc(sorted, func(text string) bool { return text == "" })
}

// createClustersPolicy is what DSS's EKS plugin and its eksctl need to make clusters. It comes on top of the managed policies
// [createClustersManaged], and makes DSS nearly the account's administrator: only for clusters that DSS makes itself.
//
// Source: https://doc.dataiku.com/dss/latest/installation/cloudstacks-aws/guided-setup-new-vpc-elastic-compute.html
func createClustersPolicy(at location.Location) iam.Document {
	roles := []string{
		at.GlobalARN("iam", "instance-profile/eksctl-*"), at.GlobalARN("iam", "role/eksctl-*"), at.GlobalARN("iam", "oidc-provider/*"),
		at.GlobalARN("iam", "role/aws-service-role/eks-nodegroup.*/AWSServiceRoleForAmazonEKSNodegroup"),
	}
	return iam.NewDocument(
		// eksctl calls nearly all of EKS on a cluster that it makes, and on none whose name is known before.
		iam.Allow("Clusters", []string{"eks:*"}, "*"),
		iam.Allow("NodeImages", []string{"ssm:GetParameter", "ssm:GetParameters"}, "arn:"+at.Partition+":ssm:"+at.Region+"::parameter/aws/*"),
		iam.Allow("RolesOfClusters", []string{
			"iam:AddRoleToInstanceProfile", "iam:AttachRolePolicy", "iam:CreateInstanceProfile", "iam:CreateOpenIDConnectProvider", "iam:CreateRole",
			"iam:DeleteInstanceProfile", "iam:DeleteOpenIDConnectProvider", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
			"iam:GetInstanceProfile", "iam:GetOpenIDConnectProvider", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
			"iam:ListInstanceProfilesForRole", "iam:PassRole", "iam:PutRolePolicy", "iam:RemoveRoleFromInstanceProfile",
			"iam:TagOpenIDConnectProvider", "iam:TagRole", "iam:UntagRole",
		}, roles...),
		// eksctl looks whether the service-linked roles are there, and lists profiles as a whole.
		iam.Allow("LookAtRoles", []string{"iam:GetRole"}, at.GlobalARN("iam", "role/*")),
		iam.Allow("ListProfiles", []string{"iam:ListInstanceProfiles"}, at.GlobalARN("iam", "instance-profile/*")),
		// Service-linked roles have paths of their services.
		iam.Allow("ServiceLinkedRoles", []string{"iam:CreateServiceLinkedRole"}, at.GlobalARN("iam", "role/aws-service-role/*")).
			If("StringLike", "iam:AWSServiceName", "eks.*", "eks-nodegroup.*", "eks-fargate.*"),
		// Groups are named by CloudFormation, and describing knows no resources.
		iam.Allow("NodeGroups", []string{
			"autoscaling:CreateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup", "autoscaling:DescribeAutoScalingGroups",
			"autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities", "autoscaling:UpdateAutoScalingGroup",
		}, "*"),
		iam.Allow("Keys", []string{"kms:CreateGrant", "kms:DescribeKey"}, at.ARN("kms", "key/*")),
	)
}

// createClustersManaged are AWS's policies that eksctl needs: its clusters are CloudFormation stacks of EC2's resources.
func createClustersManaged() []string {
	return []string{"AmazonEC2FullAccess", "AWSCloudFormationFullAccess"}
}
