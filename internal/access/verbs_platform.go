package access

// clusterVerbs are about images and the cluster.
func clusterVerbs() map[Kind][]verb {
	return map[Kind][]verb{
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
	}
}

// secretVerbs are about secrets and keys.
func secretVerbs() map[Kind][]verb {
	return map[Kind][]verb{
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
	}
}

// machineVerbs are about instances, their volumes and networks.
func machineVerbs() map[Kind][]verb {
	return map[Kind][]verb{
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
		KindNetwork: {
			{"change interfaces", Whole, []string{
				"ec2:CreateNetworkInterface", "ec2:AttachNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface",
				"ec2:ModifyNetworkInterfaceAttribute", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
			}},
			{"tag", Whole, []string{"ec2:CreateTags"}},
		},
	}
}

// managementVerbs are about Systems Manager, CloudFormation, logs and workflows.
func managementVerbs() map[Kind][]verb {
	return map[Kind][]verb{
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
	}
}
