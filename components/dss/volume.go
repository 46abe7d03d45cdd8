package dss

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// dataDevice is the name that EC2 gives the attachment. Nitro instances show the volume as an NVMe disk, which the boot finds
// by the volume's id.
const dataDevice = "/dev/sdf"

// dataVolume makes or adopts the volume of the data directory.
func (d *DSSInstance) dataVolume() error {
	if adopted := d.args.DataVolume.VolumeID; adopted != "" {
		d.DataVolumeID = pulumi.String(adopted).ToStringOutput()
		return nil
	}
	wanted := d.args.DataVolume
	args := &ebs.VolumeArgs{
		AvailabilityZone: d.zone(),
		Type:             pulumi.String("gp3"),
		Size:             pulumi.Int(wanted.SizeGiB),
		Iops:             pulumi.Int(wanted.IOPS),
		Throughput:       pulumi.Int(wanted.ThroughputMiBps),
		Encrypted:        pulumi.Bool(true),
		KmsKeyId:         d.keyARN.ToStringPtrOutput(),
		SnapshotId:       optional.String(wanted.SnapshotID),
		Tags:             d.tags("data"),
	}
	volume, err := ebs.NewVolume(d.ctx, d.child("data"), args, d.parent(), d.removal().Option(),
		pulumi.IgnoreChanges(volumeIgnores(wanted.SnapshotID)))
	if err != nil {
		return fmt.Errorf("creating the data volume: %w", err)
	}
	d.DataVolumeID = volume.ID().ToStringOutput()
	return nil
}

// volumeIgnores are the changes that would replace the volume by an empty one. With a snapshot a new volume has data.
func volumeIgnores(snapshotID string) []string {
	if snapshotID != "" {
		return nil
	}
	return []string{"availabilityZone", "encrypted", "kmsKeyId", "snapshotId"}
}

// zone is the availability zone of the host's subnet.
func (d *DSSInstance) zone() pulumi.StringInput {
	if d.args.AvailabilityZone != nil {
		return d.args.AvailabilityZone
	}
	subnet := ec2.LookupSubnetOutput(d.ctx, ec2.LookupSubnetOutputArgs{
		Id: d.args.SubnetID.ToStringOutput().ToStringPtrOutput(),
	}, d.parent())
	return subnet.AvailabilityZone()
}

// attach gives the instance its data volume. A mounted volume cannot be detached, so the instance stops first.
func (d *DSSInstance) attach(instance *ec2.Instance) (*ec2.VolumeAttachment, error) {
	made, err := ec2.NewVolumeAttachment(d.ctx, d.child("data"), &ec2.VolumeAttachmentArgs{
		DeviceName:                  pulumi.String(dataDevice),
		InstanceId:                  instance.ID(),
		VolumeId:                    d.DataVolumeID,
		StopInstanceBeforeDetaching: pulumi.Bool(true),
		// A volume is attached once at a time.
	}, d.parent(), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, fmt.Errorf("attaching the data volume: %w", err)
	}
	return made, nil
}
