package access

// Kind is a kind of resource.
type Kind string

// Kinds of resources.
const (
	KindObjects      Kind = "objects"
	KindBucket       Kind = "bucket"
	KindDatabase     Kind = "database"
	KindCatalog      Kind = "catalog"
	KindWorkgroup    Kind = "workgroup"
	KindDataCatalog  Kind = "data catalog"
	KindRepository   Kind = "repository"
	KindCluster      Kind = "cluster"
	KindSecret       Kind = "secret"
	KindKey          Kind = "key"
	KindVolume       Kind = "volume"
	KindSnapshot     Kind = "snapshot"
	KindInstance     Kind = "instance"
	KindManaged      Kind = "managed instance"
	KindDocument     Kind = "document"
	KindAssociation  Kind = "association"
	KindParameter    Kind = "parameter"
	KindStack        Kind = "stack"
	KindLogGroup     Kind = "log group"
	KindStateMachine Kind = "state machine"
	KindRole         Kind = "role"
	KindUser         Kind = "user"
	KindIAM          Kind = "IAM"
	KindNetwork      Kind = "network"
	KindAccount      Kind = "account"
)

// Part is a part of a resource that actions act on.
type Part string

// Parts of resources.
const (
	// Whole is the resource itself.
	Whole Part = "whole"
	// PartBucket is the bucket that objects are in.
	PartBucket Part = "bucket"
	// PartTable is a table of a database.
	PartTable Part = "table"
	// PartStream is a stream of a log group.
	PartStream Part = "stream"
)

// verb is a word for actions that come to the same. The actions represent their like: not all of a service, but each that a policy of
// the platform names, which a test sees to, and those by which the like of it would do harm.
type verb struct {
	name    string
	on      Part
	actions []string
}

// Verbs that assertions speak of.
const (
	verbRead       = "read"
	verbList       = "list"
	verbWrite      = "write"
	verbDelete     = "delete"
	verbAdminister = "administer"
	verbAssume     = "assume"
	verbPass       = "pass"
	verbPush       = "push"
	verbPull       = "pull"
	verbDescribe   = "describe"
	verbQuery      = "query"
	verbDecrypt    = "decrypt"
	verbEncrypt    = "encrypt"
	verbGrant      = "grant"
	verbCreate     = "create"
)

// verbs is what is asked of each kind.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
func verbs() map[Kind][]verb {
	return map[Kind][]verb{
		KindObjects: {
			{verbRead, Whole, []string{"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectAcl"}},
			{verbWrite, Whole, []string{"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObjectTagging"}},
			{verbDelete, Whole, []string{"s3:DeleteObject"}},
			{"delete versions", Whole, []string{"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}},
			{verbAdminister, Whole, []string{"s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutObjectRetention", "s3:RestoreObject"}},
			{verbList, PartBucket, []string{"s3:ListBucket"}},
			{"list versions", PartBucket, []string{"s3:ListBucketVersions"}},
		},
		KindBucket: {
			{"list all", Whole, []string{"s3:ListBucket"}},
			{"list all versions", Whole, []string{"s3:ListBucketVersions"}},
			{"list uploads", Whole, []string{"s3:ListBucketMultipartUploads"}},
			{verbDescribe, Whole, []string{"s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"}},
			{verbAdminister, Whole, []string{
				"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration",
				"s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning", "s3:PutReplicationConfiguration", "s3:PutBucketLogging",
				"s3:PutBucketOwnershipControls", "s3:PutBucketAcl", "s3:PutBucketNotification",
			}},
		},
		KindDatabase: {
			{verbRead, Whole, []string{"glue:GetDatabase"}},
			{verbRead, PartTable, tableReads()},
			{verbWrite, PartTable, tableWrites()},
			{verbDelete, PartTable, tableDeletes()},
			{"change the database", Whole, []string{"glue:UpdateDatabase"}},
			{verbAdminister, Whole, []string{"glue:DeleteDatabase", "glue:CreateDatabase"}},
		},
		KindCatalog: {
			{verbList, Whole, []string{"glue:GetDatabases"}},
			{"read in", Whole, append([]string{"glue:GetDatabase"}, tableReads()...)},
			{"write in", Whole, append([]string{"glue:UpdateDatabase"}, tableWrites()...)},
			{"delete in", Whole, tableDeletes()},
			{verbAdminister, Whole, []string{
				"glue:PutResourcePolicy", "glue:DeleteResourcePolicy", "glue:PutDataCatalogEncryptionSettings", "glue:CreateDatabase",
			}},
			{"describe connections", Whole, []string{"glue:GetConnection", "glue:GetConnections", "glue:GetDataCatalogEncryptionSettings"}},
		},
		KindWorkgroup: {
			{verbQuery, Whole, []string{
				"athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution", "athena:BatchGetQueryExecution",
				"athena:GetQueryResults", "athena:GetQueryResultsStream", "athena:GetQueryRuntimeStatistics", "athena:ListQueryExecutions",
				"athena:StartSession",
			}},
			{verbDescribe, Whole, []string{
				"athena:GetWorkGroup", "athena:GetNamedQuery", "athena:ListNamedQueries", "athena:BatchGetNamedQuery", "athena:GetPreparedStatement",
				"athena:ListPreparedStatements", "athena:BatchGetPreparedStatement",
			}},
			{"save queries", Whole, []string{
				"athena:CreateNamedQuery", "athena:DeleteNamedQuery", "athena:UpdateNamedQuery", "athena:CreatePreparedStatement",
				"athena:DeletePreparedStatement", "athena:UpdatePreparedStatement",
			}},
			{verbAdminister, Whole, []string{"athena:UpdateWorkGroup", "athena:DeleteWorkGroup", "athena:TagResource"}},
		},
		KindDataCatalog: {
			{verbDescribe, Whole, []string{
				"athena:GetDataCatalog", "athena:GetDatabase", "athena:ListDatabases", "athena:GetTableMetadata", "athena:ListTableMetadata",
			}},
			{verbAdminister, Whole, []string{"athena:UpdateDataCatalog", "athena:DeleteDataCatalog"}},
		},
		KindRepository: {
			{verbPull, Whole, []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"}},
			{"import", Whole, []string{"ecr:BatchImportUpstreamImage"}},
			{verbPush, Whole, []string{"ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"}},
			{verbDescribe, Whole, []string{"ecr:DescribeRepositories", "ecr:DescribeImages", "ecr:ListImages"}},
			{verbCreate, Whole, []string{"ecr:CreateRepository"}},
			{"set up", Whole, []string{"ecr:PutImageScanningConfiguration", "ecr:PutLifecyclePolicy", "ecr:TagResource"}},
			{verbAdminister, Whole, []string{
				"ecr:DeleteRepository", "ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy", "ecr:BatchDeleteImage", "ecr:PutImageTagMutability",
			}},
		},
		KindCluster: {
			{verbDescribe, Whole, []string{"eks:DescribeCluster", "eks:ListNodegroups"}},
			{"identify pods", Whole, []string{"eks-auth:AssumeRoleForPodIdentity"}},
			{verbAdminister, Whole, []string{
				"eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "eks:UpdateAccessEntry", "eks:UpdateClusterConfig", "eks:DeleteCluster",
				"eks:CreateNodegroup", "eks:DeleteNodegroup", "eks:CreatePodIdentityAssociation", "eks:CreateAddon", "eks:UpdateClusterVersion",
			}},
		},
		KindSecret: {
			{verbRead, Whole, []string{"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"}},
			{verbDescribe, Whole, []string{"secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"}},
			{verbWrite, Whole, []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"}},
			{verbAdminister, Whole, []string{
				"secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy",
				"secretsmanager:RotateSecret", "secretsmanager:UpdateSecretVersionStage", "secretsmanager:ReplicateSecretToRegions",
			}},
		},
		KindKey: {
			{verbDecrypt, Whole, []string{"kms:Decrypt", "kms:ReEncryptFrom"}},
			{verbEncrypt, Whole, []string{"kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptTo"}},
			{verbDescribe, Whole, []string{"kms:DescribeKey"}},
			{verbGrant, Whole, []string{"kms:CreateGrant"}},
			{"list grants", Whole, []string{"kms:ListGrants"}},
			{verbAdminister, Whole, []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:RevokeGrant"}},
		},
		KindVolume: {
			{"snapshot", Whole, []string{"ec2:CreateSnapshot"}},
			{verbAdminister, Whole, []string{"ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume", "ec2:ModifyVolume"}},
		},
		KindSnapshot: {
			{verbCreate, Whole, []string{"ec2:CreateSnapshot"}},
			{"tag", Whole, []string{"ec2:CreateTags"}},
			{verbRead, Whole, []string{"ec2:CreateVolume", "ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks"}},
			{verbAdminister, Whole, []string{"ec2:DeleteSnapshot", "ec2:ModifySnapshotAttribute"}},
		},
		KindInstance: {
			{"report", Whole, []string{
				"ssm:UpdateInstanceInformation", "ssm:GetDocument", "ssm:DescribeDocument", "ssm:DescribeAssociation", "ssm:UpdateAssociationStatus",
				"ssm:UpdateInstanceAssociationStatus", "ssm:ListInstanceAssociations", "ssm:PutInventory", "ssm:PutComplianceItems",
			}},
			{"command", Whole, []string{"ssm:SendCommand", "ssm:StartSession", "ssm:CreateAssociation", "ec2-instance-connect:SendSSHPublicKey"}},
			{verbAdminister, Whole, []string{
				"ec2:StopInstances", "ec2:TerminateInstances", "ec2:ModifyInstanceAttribute", "ec2:AssociateIamInstanceProfile",
				"ec2:ModifyInstanceMetadataOptions",
			}},
			{"attach volumes", Whole, []string{"ec2:AttachVolume"}},
			{"tag", Whole, []string{"ec2:CreateTags"}},
			{"change interfaces", Whole, []string{"ec2:AttachNetworkInterface"}},
		},
		KindManaged: {
			{"report", Whole, []string{
				"ssm:UpdateInstanceInformation", "ssm:DescribeAssociation", "ssm:UpdateAssociationStatus", "ssm:UpdateInstanceAssociationStatus",
				"ssm:ListInstanceAssociations", "ssm:PutComplianceItems",
			}},
			{"command", Whole, []string{"ssm:SendCommand", "ssm:StartSession"}},
		},
		KindDocument: {
			{verbRead, Whole, []string{"ssm:GetDocument", "ssm:DescribeDocument", "ssm:DescribeAssociation", "ssm:UpdateAssociationStatus"}},
			{verbAdminister, Whole, []string{"ssm:UpdateDocument", "ssm:DeleteDocument", "ssm:SendCommand", "ssm:CreateAssociation"}},
		},
		KindAssociation: {
			{"report", Whole, []string{"ssm:UpdateInstanceAssociationStatus", "ssm:DescribeAssociation"}},
			{verbAdminister, Whole, []string{"ssm:UpdateAssociation", "ssm:DeleteAssociation"}},
		},
		KindParameter: {
			{verbRead, Whole, []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"}},
			{verbWrite, Whole, []string{"ssm:PutParameter"}},
		},
		KindStack: {
			{verbDescribe, Whole, []string{"cloudformation:DescribeStackResource", "cloudformation:DescribeStackResources"}},
			{verbAdminister, Whole, []string{"cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:DeleteStack"}},
		},
		KindLogGroup: {
			{verbWrite, Whole, []string{"logs:CreateLogStream", "logs:AssociateKmsKey"}},
			{verbWrite, PartStream, []string{"logs:PutLogEvents"}},
			{verbDescribe, Whole, []string{"logs:DescribeLogStreams"}},
			{verbRead, Whole, []string{"logs:FilterLogEvents", "logs:StartQuery"}},
			{verbRead, PartStream, []string{"logs:GetLogEvents"}},
			{verbCreate, Whole, []string{"logs:CreateLogGroup"}},
			{verbAdminister, Whole, []string{"logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:PutSubscriptionFilter"}},
		},
		KindStateMachine: {
			{"start", Whole, []string{"states:StartExecution"}},
			{verbAdminister, Whole, []string{"states:UpdateStateMachine", "states:DeleteStateMachine"}},
		},
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
		KindNetwork: {
			{"change interfaces", Whole, []string{
				"ec2:CreateNetworkInterface", "ec2:AttachNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface",
				"ec2:ModifyNetworkInterfaceAttribute", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
			}},
			{"tag", Whole, []string{"ec2:CreateTags"}},
		},
		KindAccount: {
			{"log in to the registry", Whole, []string{"ecr:GetAuthorizationToken"}},
			{"list clusters", Whole, []string{"eks:ListClusters"}},
			{"create clusters", Whole, []string{"eks:CreateCluster"}},
			{"list buckets", Whole, []string{"s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock"}},
			{"list workgroups", Whole, []string{"athena:ListWorkGroups", "athena:ListEngineVersions", "athena:ListDataCatalogs"}},
			{"get credentials from Lake Formation", Whole, []string{"lakeformation:GetDataAccess"}},
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

// Actions on tables. Glue wants the right to each on the catalog and the database, too.
//
// Source: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
func tableReads() []string {
	return []string{
		"glue:GetTable", "glue:GetTables", "glue:GetTableVersions", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition",
		"glue:GetPartitionIndexes", "glue:SearchTables", "glue:GetColumnStatisticsForTable",
	}
}

func tableWrites() []string {
	return []string{
		"glue:CreateTable", "glue:UpdateTable", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition",
		"glue:BatchUpdatePartition", "glue:CreatePartitionIndex",
	}
}

func tableDeletes() []string {
	return []string{
		"glue:DeleteTable", "glue:BatchDeleteTable", "glue:DeletePartition", "glue:BatchDeletePartition", "glue:DeleteTableVersion",
		"glue:BatchDeleteTableVersion", "glue:DeletePartitionIndex",
	}
}
