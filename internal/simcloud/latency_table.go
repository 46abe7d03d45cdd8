package simcloud

import (
	"maps"
	"time"
)

// AWSLatency returns how long AWS usually takes, as a deployer sees it: the time from the
// provider's request until its own polling has seen the end. Times differ between regions
// and days by a third and more; what matters here is their order of magnitude, since it
// decides which chain of resources a deployment waits for.
func AWSLatency() Latency { return maps.Clone(awsLatency) }

var awsLatency = Latency{
	// One API call and the read after it.
	"": {Create: 1 * time.Second, Update: 1 * time.Second, Delete: 1 * time.Second},

	// EKS: the user guide says that a control plane takes several minutes ("Create an Amazon
	// EKS cluster": "Cluster provisioning takes several minutes"); 8 to 10 are usual in
	// public logs of the Terraform provider. Deletion takes 2 to 5, a version upgrade about 8 to 15.
	"aws:eks/cluster:Cluster": {Create: 9 * time.Minute, Update: 10 * time.Minute, Delete: 3 * time.Minute},
	// Launch, boot, kubelet registration, then the API's status: about 2 minutes; draining makes deletion longer.
	"aws:eks/nodeGroup:NodeGroup": {Create: 2 * time.Minute, Update: 4 * time.Minute, Delete: 4 * time.Minute},
	// The status ACTIVE waits for the add-on's pods to be healthy.
	"aws:eks/addon:Addon":                   {Create: 35 * time.Second, Update: 40 * time.Second, Delete: 15 * time.Second},
	"aws:eks/accessEntry:AccessEntry":       {Create: 1 * time.Second, Update: 1 * time.Second, Delete: 1 * time.Second},
	"aws:eks/fargateProfile:FargateProfile": {Create: 2 * time.Minute, Update: 0, Delete: 3 * time.Minute},

	// The provider polls until the state is "available"; 1.5 to 2 minutes are usual.
	"aws:ec2/natGateway:NatGateway": {Create: 100 * time.Second, Update: 2 * time.Second, Delete: 60 * time.Second},
	// Interface endpoints need network interfaces in each subnet and a private zone; gateway
	// endpoints are quick, but of one type with them: the slower counts.
	"aws:ec2/vpcEndpoint:VpcEndpoint": {Create: 60 * time.Second, Update: 15 * time.Second, Delete: 60 * time.Second},
	// "pending" to "running" and the provider's poll of 10 s; shutting down takes longer.
	"aws:ec2/instance:Instance": {Create: 30 * time.Second, Update: 30 * time.Second, Delete: 40 * time.Second},
	// The provider's poll has a delay of 10 s.
	"aws:ec2/volumeAttachment:VolumeAttachment": {Create: 10 * time.Second, Update: 0, Delete: 10 * time.Second},
	"aws:ebs/volume:Volume":                     {Create: 11 * time.Second, Update: 20 * time.Second, Delete: 11 * time.Second},
	// 11 s: the provider waits until enabled DNS attributes are seen.
	"aws:ec2/vpc:Vpc": {Create: 11 * time.Second, Update: 2 * time.Second, Delete: 1 * time.Second},
	// 11 s when public addresses are assigned, else 1.
	"aws:ec2/subnet:Subnet":                   {Create: 6 * time.Second, Update: 2 * time.Second, Delete: 2 * time.Second},
	"aws:ec2/internetGateway:InternetGateway": {Create: 2 * time.Second, Update: 1 * time.Second, Delete: 12 * time.Second},
	"aws:ec2/securityGroup:SecurityGroup":     {Create: 3 * time.Second, Update: 2 * time.Second, Delete: 2 * time.Second},
	"aws:ec2/eip:Eip":                         {Create: 2 * time.Second, Update: 1 * time.Second, Delete: 2 * time.Second},
	// "provisioning" to "active" takes 2 to 3 minutes.
	"aws:lb/loadBalancer:LoadBalancer": {Create: 3 * time.Minute, Update: 10 * time.Second, Delete: 20 * time.Second},
	"aws:lb/targetGroup:TargetGroup":   {Create: 2 * time.Second, Update: 1 * time.Second, Delete: 1 * time.Second},
	// The provider looks at buckets' settings until they are seen many times in a row.
	"aws:s3/bucketV2:BucketV2": {Create: 3 * time.Second, Update: 2 * time.Second, Delete: 1 * time.Second},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		Create: 55 * time.Second, Update: 55 * time.Second, Delete: 2 * time.Second,
	},
	// The provider waits until policy, rotation and tags are seen five times in a row, 5 s apart.
	"aws:kms/key:Key": {Create: 20 * time.Second, Update: 20 * time.Second, Delete: 2 * time.Second},
	// IAM is eventually consistent: profiles are waited for.
	"aws:iam/instanceProfile:InstanceProfile": {Create: 7 * time.Second, Update: 1 * time.Second, Delete: 1 * time.Second},
	// Changes of records are INSYNC within a minute; "Route 53 usually propagates within 60 seconds".
	"aws:route53/record:Record": {Create: 40 * time.Second, Update: 40 * time.Second, Delete: 40 * time.Second},
	"aws:route53/zone:Zone":     {Create: 40 * time.Second, Update: 2 * time.Second, Delete: 30 * time.Second},
	// DNS validation: a few minutes once the records are there.
	"aws:acm/certificateValidation:CertificateValidation": {Create: 2 * time.Minute, Update: 0, Delete: 0},
	// What the host does in a stack's wait condition (packages, Docker, tools) is what takes
	// the time; the provider's poll adds 10 s and more.
	"aws:cloudformation/stack:Stack":  {Create: 5 * time.Minute, Update: 5 * time.Minute, Delete: 15 * time.Second},
	"aws:ssm/association:Association": {Create: 2 * time.Second, Update: 2 * time.Second, Delete: 1 * time.Second},
	// Redshift and EMR, for environments that have them.
	"aws:redshift/cluster:Cluster":                    {Create: 5 * time.Minute, Update: 5 * time.Minute, Delete: 2 * time.Minute},
	"aws:redshiftserverless/workgroup:Workgroup":      {Create: 4 * time.Minute, Update: 4 * time.Minute, Delete: 4 * time.Minute},
	"aws:emr/cluster:Cluster":                         {Create: 7 * time.Minute, Update: 2 * time.Minute, Delete: 2 * time.Minute},
	"aws:emrcontainers/virtualCluster:VirtualCluster": {Create: 2 * time.Second, Update: 0, Delete: 30 * time.Second},
}
