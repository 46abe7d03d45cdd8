package dss

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// instance makes the EC2 instance. It holds nothing that is missed: another one takes its place with the same data volume
// and the same state.
func (d *DSSInstance) instance() (*ec2.Instance, error) {
	args := &ec2.InstanceArgs{
		Ami:                     d.imageID.ToStringPtrOutput(),
		InstanceType:            pulumi.String(d.args.InstanceType),
		IamInstanceProfile:      d.profile.Name,
		KeyName:                 optional.String(d.args.KeyName),
		EbsOptimized:            pulumi.Bool(true),
		Monitoring:              pulumi.Bool(d.args.DetailedMonitoring),
		DisableApiTermination:   pulumi.Bool(d.args.TerminationProtection),
		UserData:                d.userData(),
		UserDataReplaceOnChange: pulumi.Bool(true),
		// One hop ends at the host. Containers in Docker's networks are behind a second one, and so have no way to the role.
		MetadataOptions: ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"), HttpPutResponseHopLimit: pulumi.Int(1),
		},
		RootBlockDevice: ec2.InstanceRootBlockDeviceArgs{
			VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(d.args.RootVolumeGiB),
			Encrypted: pulumi.Bool(true), KmsKeyId: d.keyARN.ToStringPtrOutput(), DeleteOnTermination: pulumi.Bool(true),
			Tags: d.tags("root"),
		},
		Tags: d.tags("host"),
	}
	if err := d.connect(args); err != nil {
		return nil, err
	}
	// The data volume, and the address where it is kept, are with one instance at a time. EC2 moves an instance to other
	// hardware by itself when its own fails, so that no alarm has to.
	made, err := ec2.NewInstance(d.ctx, d.child("host"), args, d.parent(), pulumi.DeleteBeforeReplace(true),
		pulumi.DependsOn(slices.Concat(d.Role.Grants, d.args.After)))
	if err != nil {
		return nil, fmt.Errorf("creating the instance: %w", err)
	}
	return made, nil
}

// connect puts the instance into its subnet.
func (d *DSSInstance) connect(args *ec2.InstanceArgs) error {
	nic, err := d.networkInterface()
	if err != nil {
		return err
	}
	if nic != nil {
		args.NetworkInterfaces = ec2.InstanceNetworkInterfaceArray{
			ec2.InstanceNetworkInterfaceArgs{DeviceIndex: pulumi.Int(0), NetworkInterfaceId: nic.ID()},
		}
		return nil
	}
	args.SubnetId = d.args.SubnetID.ToStringOutput().ToStringPtrOutput()
	args.VpcSecurityGroupIds = d.hostGroups()
	args.PrivateIp = optional.String(d.args.PrivateIP)
	return nil
}

// userData is the boot: small, and the same until the volume is another one.
func (d *DSSInstance) userData() pulumi.StringOutput {
	boot := d.args.boot()
	boot.Region, boot.DNSSuffix = d.location.Region, d.location.DNSSuffix
	boot.StackName = d.stackName() // also when nobody waits yet: another user data is another instance
	return d.DataVolumeID.ApplyT(func(volume string) string {
		boot := boot
		boot.VolumeID = volume
		return host.UserData(boot.WithMirrors(d.args.Mirrors))
	}).(pulumi.StringOutput)
}
