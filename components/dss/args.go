// Package dss builds the host that Dataiku DSS runs on.
package dss

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Tool is a command line tool at a pinned version, for linux/amd64.
type Tool = host.Tool

// DefaultTools are the tools that DSS needs to attach to EKS clusters and to push to ECR, at versions that the library pins.
func DefaultTools() []Tool { return host.DefaultTools() }

// Token is the component's type.
const Token = "dss:index:DSSInstance"

// OperatingSystem is what the host runs. DSS runs on x86-64 only.
type OperatingSystem string

// The operating systems. Dataiku supports both in full; AlmaLinux 9 is the one of its own cloud images since DSS 14.
//
// Source: https://doc.dataiku.com/dss/latest/installation/custom/requirements.html
const (
	AlmaLinux9 OperatingSystem = "almalinux9"
	AlmaLinux8 OperatingSystem = "almalinux8"
)

// CredentialsMode says what DSS signs its calls to AWS with.
type CredentialsMode string

// The modes.
const (
	// InstanceRole leaves the keys to EC2, which renews them: nothing has to be kept or rotated.
	InstanceRole CredentialsMode = "INSTANCE_ROLE"
	// KeyPair makes an IAM user with an access key, as the reference architecture's step "Setup connectivity to AWS"
	// asks for. The key is kept in Secrets Manager.
	KeyPair CredentialsMode = "KEY_PAIR"
)

// Defaults of [DSSInstanceArgs].
const (
	// DefaultOperatingSystem is the current one of the two.
	DefaultOperatingSystem = AlmaLinux9
	// DefaultInstanceType has 16 vCPU and 64 GiB: the work is done on EKS, but every notebook, every job's process and the
	// backend's heap of 12 GB and more is on the host. The smallest type that DSS accepts is m7i.2xlarge.
	DefaultInstanceType = "m7i.4xlarge"
	// MinMemoryGiB is what DSS asks for.
	MinMemoryGiB = 32
	// DefaultPort is the base port of DSS. DSS takes this port and the ten above it; only this one is opened.
	DefaultPort = 11200
	// DefaultRootVolumeGiB holds the system and the DSS kit of two releases.
	DefaultRootVolumeGiB = 50
	// MinDataVolumeGiB is what DSS asks to reserve for its data directory.
	MinDataVolumeGiB = 100
	// DefaultDataVolumeGiB leaves as much again for Docker's images, which are on the same volume.
	DefaultDataVolumeGiB = 200
	// DefaultDataVolumeIOPS and DefaultDataVolumeThroughput are what every gp3 volume has without extra cost.
	DefaultDataVolumeIOPS       = 3000
	DefaultDataVolumeThroughput = 125
	// DefaultWaitTimeoutMinutes is how long `up` waits for the host: for two gigabytes of DSS, for the base images, and for an EKS
	// cluster that is made meanwhile.
	DefaultWaitTimeoutMinutes = 150
	// DefaultUserName is the user that Dataiku's documentation has.
	DefaultUserName = host.DefaultUserName
	// DefaultSSLPolicy has TLS 1.3, and TLS 1.2 with forward secrecy for clients that lack it.
	//
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
	DefaultSSLPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
	// LoadBalancerIdleTimeout is in seconds: DSS keeps connections open that say nothing for an hour.
	LoadBalancerIdleTimeout = 3600
	// HealthCheckPath answers 200 without a login once the backend is ready. `/` answers before that.
	HealthCheckPath = "/dip/api/get-configuration"
)

// DSSInstanceArgs are the arguments of [NewDSSInstance].
type DSSInstanceArgs struct {
	// VPCID is the VPC of the host. Required, except where SecurityGroupID is given and LoadBalancer is not.
	VPCID pulumi.StringInput `pulumi:"vpcId"`
	// SubnetID is the subnet of the host, a private one. Required. To move the host to another zone see DataVolume.SnapshotID.
	SubnetID pulumi.StringInput `pulumi:"subnetId"`
	// AvailabilityZone is the subnet's zone, where the data volume is made. Default: looked up.
	AvailabilityZone pulumi.StringInput `pulumi:"availabilityZone,optional"`
	// After is what has to be there before the host boots: the way out to what it downloads (`network.Egress`).
	After []pulumi.Resource `pulumi:"-"`

	// OperatingSystem is what the host runs. Default: [DefaultOperatingSystem]. Another one replaces the instance.
	OperatingSystem OperatingSystem `pulumi:"operatingSystem,optional"`
	// AMI is the image's id. Default: the newest x86-64 image of ImageOwner, looked up once: a newer one does not replace
	// a running host. To take it, give it here, or replace the resource that keeps the choice (docs/dss.md).
	AMI string `pulumi:"ami,optional"`
	// ImageOwner is the account that images are looked up in, or `self`: for copies that an organization makes, and for
	// partitions in which AlmaLinux publishes none. Default: AlmaLinux's account.
	ImageOwner string `pulumi:"imageOwner,optional"`
	// InstanceType is the EC2 instance type: x86-64 with at least [MinMemoryGiB]. Default: [DefaultInstanceType]. Another one
	// stops and starts the instance.
	InstanceType string `pulumi:"instanceType,optional"`
	// AllowUnknownInstanceType takes a type that the library's table does not have, because AWS added it later. Its
	// architecture and memory are not checked then. Default: false.
	AllowUnknownInstanceType bool `pulumi:"allowUnknownInstanceType,optional"`
	// RootVolumeGiB is the size of the system's volume, which goes with the instance. Default: [DefaultRootVolumeGiB].
	RootVolumeGiB int `pulumi:"rootVolumeGiB,optional"`
	// DataVolume is where DSS keeps everything.
	DataVolume DataVolume `pulumi:"dataVolume,optional"`
	// DetailedMonitoring has CloudWatch measure every minute, which costs. Default: false, every five minutes.
	DetailedMonitoring bool `pulumi:"detailedMonitoring,optional"`
	// TerminationProtection keeps everybody but Pulumi from terminating the instance. Default: false.
	TerminationProtection bool `pulumi:"terminationProtection,optional"`

	// Port is the base port of DSS, from 1025 to 65525. Default: [DefaultPort].
	Port int `pulumi:"port,optional"`
	// AllowedCIDRs are the blocks of addresses that reach DSS's port on the host, IPv4 or IPv6. Default: none. Browsers use
	// HTTP there: prefer LoadBalancer.
	AllowedCIDRs []string `pulumi:"allowedCidrs,optional"`
	// AllowFromAnywhere lets AllowedCIDRs have blocks that are as good as the whole internet, 0.0.0.0/0 above all.
	// Default: false.
	AllowFromAnywhere bool `pulumi:"allowFromAnywhere,optional"`
	// SSHCIDRs are the blocks of addresses that reach port 22. Default: none; people come in through Session Manager. They
	// may never be as good as the whole internet.
	SSHCIDRs []string `pulumi:"sshCidrs,optional"`
	// KeyName is the EC2 key pair for SSH. Needs SSHCIDRs. Default: none.
	KeyName string `pulumi:"keyName,optional"`
	// EgressCIDRs are the blocks of addresses that the host reaches. Default: all of IPv4: packages, images and AWS's
	// endpoints have no fixed addresses.
	EgressCIDRs []string `pulumi:"egressCidrs,optional"`
	// SecurityGroupID is a group that is there, instead of one that is made. Its rules are its owner's: AllowedCIDRs,
	// SSHCIDRs and EgressCIDRs cannot be given with it.
	SecurityGroupID pulumi.StringInput `pulumi:"securityGroupId,optional"`
	// SharedSecurityGroupIDs are further groups of the host: `network.SharedSecurityGroupID`, which plays the "default"
	// group of the reference architecture's step "Prepare the instance". Default: none.
	SharedSecurityGroupIDs pulumi.StringArrayInput `pulumi:"sharedSecurityGroupIds,optional"`
	// PrivateIP is the host's address. Default: one of the subnet's that is free.
	PrivateIP string `pulumi:"privateIp,optional"`
	// KeepPrivateIP gives the host a network interface that outlives the instance, so that instances that follow one another
	// have the same address, and nobody takes it in between. Default: false. Changing it replaces the instance.
	KeepPrivateIP bool `pulumi:"keepPrivateIp,optional"`
	// ElasticIP gives the host a public address that stays. Needs a public subnet. Default: false.
	ElasticIP bool `pulumi:"elasticIp,optional"`
	// ElasticIPAllocationID is a public address that is there (`eipalloc-…`), instead of one that is made. Default: none.
	ElasticIPAllocationID string `pulumi:"elasticIpAllocationId,optional"`
	// LoadBalancer puts an Application Load Balancer with HTTPS in front of DSS. Default: none.
	LoadBalancer *LoadBalancer `pulumi:"loadBalancer,optional"`

	// ClusterNames are the EKS clusters that DSS attaches to, by name: the host does not wait for them. Default: none.
	ClusterNames []string `pulumi:"clusterNames,optional"`
	// ConnectionRoleARNs are the roles that connections of DSS take, as ARNs whose name may end in `*`. Default: none.
	// [DSSInstance.GrantAssume] adds one that another resource makes.
	ConnectionRoleARNs []string `pulumi:"connectionRoleArns,optional"`
	// ConnectionRolePaths are IAM paths, such as `/dss-dev/connections/`, that only roles of connections in this account have. DSS may
	// take the roles that Settings name, one by one; where a policy has no room for their ARNs (from about thirty on), it may take all
	// roles of these paths. Each role still has to trust DSS. Default: none.
	ConnectionRolePaths []string `pulumi:"connectionRolePaths,optional"`
	// ConnectionSecretPrefixes are what the names of secrets with key pairs of connections begin with, such as
	// `dss-dev/connections/`: the host reads all of them where there is no room for the ARNs of those that Settings name.
	// Default: none.
	ConnectionSecretPrefixes []string `pulumi:"connectionSecretPrefixes,optional"`
	// ConnectionSecretsKMSKeyARN is the key of those secrets, where it is not KMSKeyARN. Default: none.
	ConnectionSecretsKMSKeyARN pulumi.StringInput `pulumi:"connectionSecretsKmsKeyArn,optional"`
	// CredentialsMode is what DSS signs its calls to AWS with. Default: [InstanceRole].
	CredentialsMode CredentialsMode `pulumi:"credentialsMode,optional"`
	// RoleName is a role for EC2 that is there, instead of one that is made. Its policies are its owner's: nothing is
	// granted to it here. docs/dss.md has what it needs.
	RoleName string `pulumi:"roleName,optional"`
	// LicenseSecretARN is the secret with DSS's licence as its text. Default: none, DSS Free Edition.
	LicenseSecretARN pulumi.StringInput `pulumi:"licenseSecretArn,optional"`
	// LicenseKMSKeyARN is the key of that secret, where it has one of its own. Default: none.
	LicenseKMSKeyARN pulumi.StringInput `pulumi:"licenseKmsKeyArn,optional"`

	// AssetsBucket is the name of a bucket that is there, for what the host runs, instead of one that is made.
	AssetsBucket string `pulumi:"assetsBucket,optional"`
	// AssetsBucketKMSKeyARN is the key of that bucket, where it has one. Needs AssetsBucket: a bucket that is made here has
	// the key KMSKeyARN.
	AssetsBucketKMSKeyARN pulumi.StringInput `pulumi:"assetsBucketKmsKeyArn,optional"`
	// Install installs DSS on the host, and configures it. Default: true. Without it the host has what DSS needs, and no DSS.
	Install *bool `pulumi:"install,optional"`
	// Installation is how DSS is installed: release, integrations, user isolation (the reference architecture's step "Install
	// DSS"). Everything has a default. docs/dss-settings.md has its keys.
	Installation Installation `pulumi:"installation,optional"`
	// Settings are what DSS is configured with from the inside: containers, Spark, metastore, connections, the EKS plugin, clusters,
	// groups and users (the reference architecture's steps from "Setup container configuration" to "Create your first
	// cluster"). docs/dss-settings.md has its keys.
	Settings Settings `pulumi:"settings,optional"`
	// SourceKMSKeyARN is the key of the bucket that Installation.Source, the plugin or the driver come from, where they come from S3 and
	// the bucket has a key of its own. Default: none.
	SourceKMSKeyARN pulumi.StringInput `pulumi:"sourceKmsKeyArn,optional"`
	// AdminPasswordSecretARN is a secret that is there, for the password of DSS's user admin, instead of one that is made. The
	// host writes a password into it where it has none, and takes the one that it finds. The secret has to have the key
	// KMSKeyARN, or AWS's own.
	AdminPasswordSecretARN pulumi.StringInput `pulumi:"adminPasswordSecretArn,optional"`
	// APIKeySecretARN is a secret that is there, for the API key with which the host configures DSS, as above.
	APIKeySecretARN pulumi.StringInput `pulumi:"apiKeySecretArn,optional"`
	// UserName is the Unix user that DSS runs as, never root. Default: [DefaultUserName].
	UserName string `pulumi:"userName,optional"`
	// Tools are the command line tools that the host gets: kubectl, aws, eksctl, aws-iam-authenticator, each with a version
	// and a checksum. Default: [DefaultTools].
	Tools []Tool `pulumi:"tools,optional"`
	// Mirrors are addresses that downloads come from instead, by the publisher's address that they stand for, for networks
	// without a way out: `https://dl.k8s.io` leads to `https://mirror.example.com/k8s`. HTTPS only. Packages come from
	// wherever the image says. Default: none.
	Mirrors map[string]string `pulumi:"mirrors,optional"`
	// SSMAgentURL is the package of the SSM agent, and SSMAgentSHA256 its checksum. Default: the region's newest, which has
	// no checksum that could be pinned.
	SSMAgentURL    string `pulumi:"ssmAgentUrl,optional"`
	SSMAgentSHA256 string `pulumi:"ssmAgentSha256,optional"`
	// Wait has `up` wait until the host has reached the state that was asked for, and fail with what went wrong there.
	// Default: true.
	Wait *bool `pulumi:"wait,optional"`
	// WaitTimeoutMinutes is how long it waits, 5 to 720. Default: [DefaultWaitTimeoutMinutes].
	WaitTimeoutMinutes int `pulumi:"waitTimeoutMinutes,optional"`

	// KMSKeyARN is the key of the volumes, the secrets and the assets bucket. Default: a key is made.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// DeleteData deletes the data volume and the key with `destroy`, when AllowDataDeletion is set as well. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's consent to that. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Roles are settings of the host's role, and of the user of [KeyPair].
	Roles role.Settings `pulumi:"roles,optional"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
}

// DataVolume is the volume of DSS's data directory. It is not part of the instance, and outlives it.
type DataVolume struct {
	// SizeGiB is the size, at least [MinDataVolumeGiB]. It can grow, and cannot shrink. Default: [DefaultDataVolumeGiB].
	SizeGiB int `pulumi:"sizeGiB,optional" json:"sizeGiB,omitempty"`
	// IOPS is 3000 to 16000. Default: [DefaultDataVolumeIOPS].
	IOPS int `pulumi:"iops,optional" json:"iops,omitempty"`
	// ThroughputMiBps is 125 to 1000, and at most a quarter of IOPS. Default: [DefaultDataVolumeThroughput].
	ThroughputMiBps int `pulumi:"throughputMiBps,optional" json:"throughputMiBps,omitempty"`
	// SnapshotID is the snapshot that the volume is made of. On a stack that has a volume it makes a new one of it, in the
	// subnet's zone and with the current key; the old one stays in the account, without Pulumi. Once that is done leave it
	// out again. Default: none.
	SnapshotID string `pulumi:"snapshotId,optional" json:"snapshotId,omitempty"`
	// VolumeID is a volume that is there, in the subnet's zone, instead of one that is made. Nothing about it is changed.
	// Default: none.
	VolumeID string `pulumi:"volumeId,optional" json:"volumeId,omitempty"`
}

// LoadBalancer is an Application Load Balancer that speaks HTTPS with browsers. Port 80 redirects.
type LoadBalancer struct {
	// SubnetIDs are subnets of at least two zones: public ones for an internet-facing load balancer. Required.
	SubnetIDs pulumi.StringArrayInput `pulumi:"subnetIds" json:"-"`
	// InternetFacing gives it public addresses. Default: false.
	InternetFacing bool `pulumi:"internetFacing,optional" json:"internetFacing,omitempty"`
	// AllowedCIDRs are the blocks of addresses that reach it. Default: none.
	AllowedCIDRs []string `pulumi:"allowedCidrs,optional" json:"allowedCidrs,omitempty"`
	// AllowFromAnywhere lets AllowedCIDRs have 0.0.0.0/0 and the like. Default: false.
	AllowFromAnywhere bool `pulumi:"allowFromAnywhere,optional" json:"allowFromAnywhere,omitempty"`
	// CertificateARN is a certificate of ACM, in this region. Give this or DomainName with HostedZoneID.
	CertificateARN string `pulumi:"certificateArn,optional" json:"certificateArn,omitempty"`
	// DomainName is the name that browsers use. With HostedZoneID it gets a record, and without CertificateARN a
	// certificate as well. Default: the load balancer's own name.
	DomainName string `pulumi:"domainName,optional" json:"domainName,omitempty"`
	// HostedZoneID is the Route 53 zone of DomainName. It has to be a public one for a certificate to be made.
	HostedZoneID string `pulumi:"hostedZoneId,optional" json:"hostedZoneId,omitempty"`
	// SSLPolicy is what TLS may be. Default: [DefaultSSLPolicy].
	SSLPolicy string `pulumi:"sslPolicy,optional" json:"sslPolicy,omitempty"`
	// DeletionProtection keeps everybody from deleting it, Pulumi included. Default: false.
	DeletionProtection bool `pulumi:"deletionProtection,optional" json:"deletionProtection,omitempty"`
	// AccessLogsBucket is the name of a bucket for its access logs. It has to let the service in, and to be encrypted with
	// S3's own keys. Default: no access logs.
	AccessLogsBucket string `pulumi:"accessLogsBucket,optional" json:"accessLogsBucket,omitempty"`
}

// withDefaults is a copy in which everything has a value. It shares nothing that is written to.
func (a DSSInstanceArgs) withDefaults() *DSSInstanceArgs {
	optional.Default(&a.OperatingSystem, DefaultOperatingSystem)
	optional.Default(&a.InstanceType, DefaultInstanceType)
	optional.Default(&a.RootVolumeGiB, DefaultRootVolumeGiB)
	optional.Default(&a.Port, DefaultPort)
	optional.Default(&a.CredentialsMode, InstanceRole)
	optional.Default(&a.UserName, DefaultUserName)
	optional.Default(&a.WaitTimeoutMinutes, DefaultWaitTimeoutMinutes)
	for _, flag := range []**bool{&a.Wait, &a.Install} {
		if *flag == nil {
			*flag = ptr(true)
		}
	}
	if a.Tools == nil {
		a.Tools = DefaultTools()
	}
	if a.EgressCIDRs == nil {
		a.EgressCIDRs = []string{"0.0.0.0/0"}
	}
	if a.DataVolume.VolumeID == "" {
		optional.Default(&a.DataVolume.SizeGiB, DefaultDataVolumeGiB)
		optional.Default(&a.DataVolume.IOPS, DefaultDataVolumeIOPS)
		optional.Default(&a.DataVolume.ThroughputMiBps, DefaultDataVolumeThroughput)
	}
	if a.LoadBalancer != nil {
		lb := *a.LoadBalancer
		optional.Default(&lb.SSLPolicy, DefaultSSLPolicy)
		a.LoadBalancer = &lb
	}
	a.ClusterNames = slices.Clone(a.ClusterNames)
	a.ConnectionRoleARNs = slices.Clone(a.ConnectionRoleARNs)
	a.Tags = maps.Clone(a.Tags)
	return &a
}

func ptr[T any](value T) *T { return &value }
