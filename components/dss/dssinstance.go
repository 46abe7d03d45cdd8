package dss

import (
	"fmt"
	"maps"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// DSSInstance is the host of DSS: an instance that can be replaced, a volume that stays, and what configures the host and
// tells `up` how that went.
//
// It carries out the reference architecture's steps "Prepare the instance" and "Setup connectivity to AWS".
type DSSInstance struct {
	pulumi.ResourceState

	// InstanceID is the EC2 instance. Another one may follow.
	InstanceID pulumi.StringOutput `pulumi:"instanceId"`
	// PrivateIP is the host's address.
	PrivateIP pulumi.StringOutput `pulumi:"privateIp"`
	// PrivateDNS is the name of that address inside the VPC.
	PrivateDNS pulumi.StringOutput `pulumi:"privateDns"`
	// URL is where browsers find DSS. It is known once the host has reached its state, unless Wait is off.
	URL pulumi.StringOutput `pulumi:"url"`
	// SSMCommand opens a shell on the host.
	SSMCommand pulumi.StringOutput `pulumi:"ssmCommand"`
	// SecurityGroupID is the host's own security group.
	SecurityGroupID pulumi.StringOutput `pulumi:"securityGroupId"`
	// RoleARN and RoleName are the instance's role.
	RoleARN  pulumi.StringOutput `pulumi:"roleArn"`
	RoleName pulumi.StringOutput `pulumi:"roleName"`
	// DataVolumeID is the volume of the data directory.
	DataVolumeID pulumi.StringOutput `pulumi:"dataVolumeId"`
	// AssetsBucket is the name of the bucket that the host reads its state from.
	AssetsBucket pulumi.StringOutput `pulumi:"assetsBucket"`
	// KMSKeyARN is the key of the volumes, the secrets and the bucket.
	KMSKeyARN pulumi.StringOutput `pulumi:"kmsKeyArn"`
	// CredentialsSecretARN is the secret version with the access key of [KeyPair]; empty without that mode.
	CredentialsSecretARN pulumi.StringOutput `pulumi:"credentialsSecretArn"`
	// AdminPasswordSecretARN is the secret with the password of DSS's user admin, which the host makes; empty without DSS.
	AdminPasswordSecretARN pulumi.StringOutput `pulumi:"adminPasswordSecretArn"`
	// APIKeySecretARN is the secret with an API key of DSS that may do everything; empty without DSS.
	APIKeySecretARN pulumi.StringOutput `pulumi:"apiKeySecretArn"`
	// Role is the instance's role, for grants: `registry.GrantPush(dss.Role)`.
	Role *role.Role
	// User is the IAM user of [KeyPair], or nil. [DSSInstance.GrantUser] grants to it.
	User *awsiam.User

	ctx      *pulumi.Context
	name     string
	args     *DSSInstanceArgs
	location location.Location
	keyARN   pulumi.StringOutput
	profile  *awsiam.InstanceProfile
	imageID  pulumi.StringOutput
	assets   assets
	kept     kept
}

// NewDSSInstance builds a host for DSS.
//
// It fails with a [*problem.Error] that lists everything that is wrong with the arguments, before anything is created.
func NewDSSInstance(
	ctx *pulumi.Context, name string, args *DSSInstanceArgs, opts ...pulumi.ResourceOption,
) (*DSSInstance, error) {
	if args == nil {
		args = &DSSInstanceArgs{}
	}
	wrong := append(args.Problems(), args.missing()...)
	wrong = append(wrong, NameProblems(ctx.Project(), ctx.Stack(), name, args)...)
	if err := wrong.Err("DSSInstance " + name); err != nil {
		return nil, err
	}
	d := &DSSInstance{ctx: ctx, name: name, args: args.withDefaults()}
	if err := ctx.RegisterComponentResourceV2(Token, name, d.inputs(), d, opts...); err != nil {
		return nil, fmt.Errorf("registering DSS instance %s: %w", name, err)
	}
	var err error
	if d.location, err = location.Lookup(ctx, d); err != nil {
		return nil, err
	}
	if err := d.build(); err != nil {
		return nil, err
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"instanceId":           d.InstanceID,
		"privateIp":            d.PrivateIP,
		"privateDns":           d.PrivateDNS,
		"url":                  d.URL,
		"ssmCommand":           d.SSMCommand,
		"securityGroupId":      d.SecurityGroupID,
		"roleArn":              d.RoleARN,
		"roleName":             d.RoleName,
		"dataVolumeId":         d.DataVolumeID,
		"assetsBucket":         d.AssetsBucket,
		"kmsKeyArn":            d.KMSKeyARN,
		"credentialsSecretArn": d.CredentialsSecretARN,

		"adminPasswordSecretArn": d.AdminPasswordSecretARN,
		"apiKeySecretArn":        d.APIKeySecretARN,
	})
}

// build makes the parts in the order in which they need each other.
func (d *DSSInstance) build() error {
	d.CredentialsSecretARN = pulumi.String("").ToStringOutput()
	for _, part := range []func() error{
		d.image, d.key, d.securityGroup, d.networkingPreset, d.keyPair, d.delivery, d.secrets, d.dataVolume, d.hostRole,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	instance, err := d.instance()
	if err != nil {
		return err
	}
	publicIP, isPublic, err := d.publicAddress(instance)
	if err != nil {
		return err
	}
	hostName, isBalanced, err := d.loadBalancer(instance)
	if err != nil {
		return err
	}
	attachment, err := d.attach(instance)
	if err != nil {
		return err
	}
	ready, err := d.configure(instance, attachment)
	if err != nil {
		return err
	}
	url := pulumi.Sprintf("http://%s:%d", instance.PrivateIp, d.args.Port)
	switch {
	case isBalanced:
		url = pulumi.Sprintf("https://%s", hostName)
	case isPublic:
		url = pulumi.Sprintf("http://%s:%d", publicIP, d.args.Port)
	}
	d.URL = url
	if ready != nil {
		d.URL = pulumi.All(url, ready.ID()).ApplyT(func(both []any) string { return both[0].(string) }).(pulumi.StringOutput)
	}
	d.InstanceID = instance.ID().ToStringOutput()
	d.PrivateIP, d.PrivateDNS = instance.PrivateIp, instance.PrivateDns
	d.SSMCommand = pulumi.Sprintf("aws ssm start-session --region %s --target %s", d.location.Region, instance.ID())
	d.RoleARN, d.RoleName = d.Role.Arn, d.Role.Name
	d.KMSKeyARN = d.keyARN
	return nil
}

// networkingPreset has the host's group in DSS's preset of that name.
func (d *DSSInstance) networkingPreset() error {
	d.args.Settings = withHostGroup(d.args.Settings, d.SecurityGroupID)
	return nil
}

// key makes the KMS key, unless one is given.
func (d *DSSInstance) key() error {
	if given := d.args.KMSKeyARN; given != nil {
		d.keyARN = given.ToStringOutput()
		return nil
	}
	made, err := kmskey.New(d.ctx, d.child("key"), kmskey.Args{
		Location:    d.location,
		Description: "DSS host " + d.name + ": volumes, secrets, assets",
		Removal:     d.removal(),
		Tags:        d.tagMap("key"),
	}, d.parent())
	if err != nil {
		return err
	}
	d.keyARN = made.Arn
	return nil
}

// inputs are the arguments that decide what is built.
func (d *DSSInstance) inputs() pulumi.Map {
	return pulumi.Map{
		"operatingSystem": pulumi.String(d.args.OperatingSystem),
		"instanceType":    pulumi.String(d.args.InstanceType),
		"port":            pulumi.Int(d.args.Port),
		"allowedCidrs":    pulumi.ToStringArray(d.args.AllowedCIDRs),
		"clusterNames":    pulumi.ToStringArray(d.args.ClusterNames),
		"credentialsMode": pulumi.String(d.args.CredentialsMode),
		"loadBalancer":    pulumi.Bool(d.args.LoadBalancer != nil),
		"wait":            pulumi.Bool(*d.args.Wait),
		"install":         pulumi.Bool(*d.args.Install),
	}
}

func (d *DSSInstance) removal() removal.Keys {
	return removal.Keys{DeleteData: d.args.DeleteData, AllowDataDeletion: d.args.AllowDataDeletion}
}

func (d *DSSInstance) parent() pulumi.ResourceOrInvokeOption { return pulumi.Parent(d) }

func (d *DSSInstance) child(part string) string { return d.name + "-" + part }

func (d *DSSInstance) tags(part string) pulumi.StringMap { return pulumi.ToStringMap(d.tagMap(part)) }

// tagMap is the caller's tags, with the name that the console shows.
func (d *DSSInstance) tagMap(part string) map[string]string {
	tags := map[string]string{"Name": d.child(part)}
	maps.Copy(tags, d.args.Tags)
	return tags
}
