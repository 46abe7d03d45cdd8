package awscloud

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const (
	typeVolume           = "aws:ebs/volume:Volume"
	typeVolumeAttachment = "aws:ec2/volumeAttachment:VolumeAttachment"
	typeLaunchTemplate   = "aws:ec2/launchTemplate:LaunchTemplate"
)

var computeSpecs = map[string]Spec{
	typeInstance: {
		ID:          hexID("i"),
		Outputs:     instanceOutputs,
		Validate:    instanceFits,
		ReplaceWhen: userDataReplaces,
	},
	typeVolume: {
		ID: hexID("vol"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.ARN("ec2", "volume/"+r.ID), "createTime": "2026-01-01T00:00:00Z", "type": "gp2", "encrypted": false,
				"iops": 3000, "throughput": 125, "kmsKeyId": "", "snapshotId": "", "multiAttachEnabled": false,
			}
		},
		Uses: []Use{{By: typeVolumeAttachment, Path: "volumeId"}},
		InUse: func(r, user inventory.Resource) string {
			return fmt.Sprintf("deleting EBS Volume (%s): VolumeInUse: Volume %s is currently attached to %s",
				r.ID, r.ID, inventory.Text(user.Outputs, "instanceId"))
		},
	},
	typeVolumeAttachment: {
		ID:       func(r Request) string { return fmt.Sprintf("vai-%d", decimal(r.Hex(8, "id"))) },
		Outputs:  none,
		Validate: volumeIsFree,
	},
	"aws:ebs/snapshot:Snapshot": {
		ID: hexID("snap"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("ec2", "snapshot/"+r.ID), "ownerId": r.Account, "encrypted": true, "volumeSize": 1}
		},
	},
	"aws:ebs/encryptionByDefault:EncryptionByDefault": {
		ID:      func(Request) string { return "terraform-00000000000000000000000001" },
		Outputs: none,
	},
	typeLaunchTemplate: {
		ID: hexID("lt"),
		Outputs: func(r Request) map[string]any {
			version := inventory.Number(r.Previous, "latestVersion") + 1
			out := map[string]any{"arn": r.ARN("ec2", "launch-template/"+r.ID), "latestVersion": version, "defaultVersion": 1}
			if inventory.Flag(r.Inputs, "updateDefaultVersion", false) {
				out["defaultVersion"] = version
			}
			return out
		},
		Renewed: []string{"latestVersion", "defaultVersion"},
		Unique:  []string{"name"},
		Taken: func(r Request) string {
			return "creating EC2 Launch Template (" + r.Text("name") +
				"): InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use."
		},
	},
	"aws:ec2/keyPair:KeyPair": {
		ID: property("keyName"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.ARN("ec2", "key-pair/"+r.ID), "keyPairId": "key-0" + r.Hex(16, "key"), "keyType": "ed25519",
				"fingerprint": r.Hex(40, "fingerprint"),
			}
		},
	},
	"aws:ec2/placementGroup:PlacementGroup": {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("ec2", "placement-group/"+r.ID), "placementGroupId": "pg-0" + r.Hex(16, "pg")}
		},
	},
	"aws:ec2/tag:Tag": {ID: joined(",", "resourceId", "key"), Outputs: none},
}

func instanceOutputs(r Request) map[string]any {
	ip := r.Kept("privateIp", privateIP(r, "subnetId"))
	subnet, _ := r.Existing.Get(typeSubnet, "", r.Text("subnetId"))
	public := ""
	if inventory.Flag(r.Inputs, "associatePublicIpAddress", inventory.Flag(subnet.Outputs, "mapPublicIpOnLaunch", false)) {
		public = publicIP(r)
	}
	return map[string]any{
		"arn": r.ARN("ec2", "instance/"+r.ID), "instanceState": "running", "instanceLifecycle": "",
		"availabilityZone": inventory.Text(subnet.Outputs, "availabilityZone"),
		"privateIp":        ip, "privateDns": privateDNS(r, ip), "publicIp": public, "publicDns": publicDNS(r, public),
		"primaryNetworkInterfaceId": r.Kept("primaryNetworkInterfaceId", "eni-0"+r.Hex(16, "eni")),
		"ebsBlockDevices":           []any{}, "ephemeralBlockDevices": []any{}, "networkInterfaces": []any{}, "secondaryPrivateIps": []any{},
		"securityGroups": []any{}, "outpostArn": "", "passwordData": "", "spotInstanceRequestId": "", "tenancy": "default",
		"rootBlockDevice": map[string]any{
			"deviceName": "/dev/sda1", "volumeId": r.Kept("rootBlockDevice.volumeId", "vol-0"+r.Hex(16, "root")),
			"volumeSize": 10, "volumeType": "gp2", "encrypted": false, "deleteOnTermination": true,
		},
		"metadataOptions": map[string]any{"httpEndpoint": "enabled", "httpTokens": "optional", "httpPutResponseHopLimit": 1},
	}
}

func publicDNS(r Request, ip string) string {
	if ip == "" {
		return ""
	}
	return "ec2-" + strings.ReplaceAll(ip, ".", "-") + "." + computeDomain(r)
}

// instanceFits refuses an instance whose subnet, groups or profile are not there.
func instanceFits(r Request) error {
	if subnet := r.Text("subnetId"); subnet != "" {
		if _, ok := r.Existing.Get(typeSubnet, "", subnet); !ok {
			return fmt.Errorf("creating EC2 Instance: InvalidSubnetID.NotFound: The subnet ID '%s' does not exist", subnet)
		}
	}
	for _, group := range inventory.Texts(r.Inputs, "vpcSecurityGroupIds") {
		if !groupExists(r, group) {
			return fmt.Errorf("creating EC2 Instance: InvalidGroup.NotFound: The security group '%s' does not exist", group)
		}
	}
	if profile := r.Text("iamInstanceProfile"); profile != "" {
		if _, ok := r.Existing.Find(typeInstanceProfile, "name", profile); !ok {
			return fmt.Errorf("creating EC2 Instance: InvalidParameterValue: Value (%s) for parameter iamInstanceProfile.name is invalid. "+
				"Invalid IAM Instance Profile name", profile)
		}
	}
	return nil
}

// groupExists says whether a security group is there, made by the program, by a VPC or by EKS.
func groupExists(r Request, id string) bool {
	if _, ok := r.Existing.Get(typeSecurityGroup, "", id); ok {
		return true
	}
	if _, ok := r.Existing.Find(typeVPC, "defaultSecurityGroupId", id); ok {
		return true
	}
	_, ok := r.Existing.Find(typeEKSCluster, "vpcConfig.clusterSecurityGroupId", id)
	return ok
}

// userDataReplaces: user data is updated in place, which needs a stop, unless the program asks for a new instance.
func userDataReplaces(inputs resource.PropertyMap) []string {
	if inventory.Flag(inputs, "userDataReplaceOnChange", false) {
		return []string{"userData", "userDataBase64"}
	}
	return nil
}

// volumeIsFree refuses a second attachment, one across zones, and a device name that is taken.
func volumeIsFree(r Request) error {
	id, on := r.Text("volumeId"), r.Text("instanceId")
	prefix := fmt.Sprintf("attaching EBS Volume (%s) to EC2 Instance (%s): ", id, on)
	volume, ok := r.Existing.Get(typeVolume, "", id)
	if !ok {
		return errors.New(prefix + "InvalidVolume.NotFound: The volume '" + id + "' does not exist.")
	}
	instance, ok := r.Existing.Get(typeInstance, "", on)
	if !ok {
		return errors.New(prefix + "InvalidInstanceID.NotFound: The instance ID '" + on + "' does not exist")
	}
	here, there := inventory.Text(volume.Outputs, "availabilityZone"), inventory.Text(instance.Outputs, "availabilityZone")
	if here != there && here != "" && there != "" {
		return fmt.Errorf("%sInvalidVolume.ZoneMismatch: The volume '%s' is not in the same availability zone as instance '%s'", prefix, id, on)
	}
	for _, other := range r.Existing.OfType(typeVolumeAttachment) {
		if inventory.Text(other.Outputs, "volumeId") == id && !inventory.Flag(volume.Outputs, "multiAttachEnabled", false) {
			return fmt.Errorf("%sVolumeInUse: %s is already attached to an instance", prefix, id)
		}
		if inventory.Text(other.Outputs, "instanceId") == on && inventory.Text(other.Outputs, "deviceName") == r.Text("deviceName") {
			return fmt.Errorf("%sInvalidParameterValue: Invalid value '%s' for unixDevice. Attachment point %s is already in use",
				prefix, r.Text("deviceName"), r.Text("deviceName"))
		}
	}
	return nil
}
