package awscloud

import "github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"

// ownedBy are the types that go with what they belong to, without being deleted themselves.
var ownedBy = map[string][]Use{
	typeBucket:             bucketSettings,
	"aws:s3/bucket:Bucket": bucketSettings,
	typeEKSCluster: {
		{By: typeAddon, Path: "clusterName", Of: "name"}, {By: typeAccessEntry, Path: "clusterName", Of: "name"},
		{By: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", Path: "clusterName", Of: "name"},
		{By: "aws:eks/podIdentityAssociation:PodIdentityAssociation", Path: "clusterName", Of: "name"},
	},
	typeSecurityGroup: {
		{By: typeGroupRule, Path: "securityGroupId"}, {By: typeIngressRule, Path: "securityGroupId"},
		{By: typeEgressRule, Path: "securityGroupId"},
	},
	typeRouteTable:   {{By: "aws:ec2/route:Route", Path: "routeTableId"}},
	typeInstance:     {{By: typeVolumeAttachment, Path: "instanceId"}},
	typeLoadBalancer: {{By: typeListener, Path: "loadBalancerArn"}},
	typeListener:     {{By: "aws:lb/listenerRule:ListenerRule", Path: "listenerArn"}},
	typeSecret: {
		{By: "aws:secretsmanager/secretVersion:SecretVersion", Path: "secretId"},
		{By: "aws:secretsmanager/secretPolicy:SecretPolicy", Path: "secretArn"},
	},
	typeRepository: {
		{By: "aws:ecr/repositoryPolicy:RepositoryPolicy", Path: "repository", Of: "name"},
		{By: "aws:ecr/lifecyclePolicy:LifecyclePolicy", Path: "repository", Of: "name"},
	},
	typeKey: {{By: "aws:kms/alias:Alias", Path: "targetKeyId"}},
	"aws:glue/catalogDatabase:CatalogDatabase": {{By: "aws:glue/catalogTable:CatalogTable", Path: "databaseName", Of: "name"}},
}

var bucketSettings = []Use{
	{By: "aws:s3/bucketVersioningV2:BucketVersioningV2", Path: "bucket"},
	{By: "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", Path: "bucket"},
	{By: "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", Path: "bucket"},
	{By: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", Path: "bucket"},
	{By: "aws:s3/bucketOwnershipControls:BucketOwnershipControls", Path: "bucket"},
	{By: "aws:s3/bucketPolicy:BucketPolicy", Path: "bucket"},
	{By: "aws:s3/bucketLoggingV2:BucketLoggingV2", Path: "bucket"},
	{By: "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2", Path: "bucket"},
	{By: "aws:s3/bucketNotification:BucketNotification", Path: "bucket"},
	{By: "aws:s3/bucketObjectv2:BucketObjectv2", Path: "bucket"},
	{By: "aws:s3/bucketObject:BucketObject", Path: "bucket"},
}

// Remove deletes a resource and what goes with it.
func Remove(existing *inventory.Inventory, r inventory.Resource) {
	if !existing.Remove(r.Type, r.Scope, r.ID) {
		return
	}
	for _, use := range ownedBy[r.Type] {
		want := r.ID
		if use.Of != "" {
			want = inventory.Text(r.Outputs, use.Of)
		}
		for _, other := range existing.OfType(use.By) {
			if inventory.Mentions(other.Outputs, use.Path, want) {
				Remove(existing, other)
			}
		}
	}
	if endpoint := inventory.Text(r.Outputs, "endpoint"); r.Type == typeEKSCluster && endpoint != "" {
		for _, other := range existing.All() {
			if other.Scope == endpoint {
				existing.Remove(other.Type, other.Scope, other.ID)
			}
		}
	}
}
