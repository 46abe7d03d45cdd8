package awscloud

import (
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

var computeData = map[string]answer{
	"aws:ec2/getAmi:getAmi":                   image,
	"aws:ec2/getInstanceType:getInstanceType": instanceType,
	"aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering": func(c Call) (map[string]any, error) {
		return map[string]any{"instanceType": first(c, "preferredInstanceTypes"), "locationType": "region"}, nil
	},
	"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": offerings,
}

func first(c Call, path string) string {
	if all := inventory.Texts(c.Args, path); len(all) > 0 {
		return all[0]
	}
	return ""
}

// image answers with an image of the architecture and name that the filters ask for.
func image(c Call) (map[string]any, error) {
	name, architecture := c.Text("nameRegex"), "x86_64"
	filters, _ := inventory.At(c.Args, "filters")
	if filters.IsArray() {
		for _, item := range filters.ArrayValue() {
			filter := inventory.Plain(item).ObjectValue()
			values := inventory.Texts(filter, "values")
			switch {
			case len(values) == 0:
			case inventory.Text(filter, "name") == "name":
				name = values[0]
			case inventory.Text(filter, "name") == "architecture":
				architecture = values[0]
			}
		}
	}
	owner := first(c, "owners")
	id := "ami-0" + inventory.Hex(16, c.Region, owner, name, architecture)
	return map[string]any{
		"id": id, "imageId": id, "arn": c.ARN("ec2", "image/"+id),
		"name": strings.ReplaceAll(name, "*", "20260101"), "architecture": architecture,
		"ownerId": owner, "creationDate": "2026-01-01T00:00:00.000Z", "deprecationTime": "2028-01-01T00:00:00.000Z", "description": "",
		"rootDeviceName": "/dev/sda1", "rootDeviceType": "ebs", "virtualizationType": "hvm", "hypervisor": "xen", "imageType": "machine",
		"state": "available", "enaSupport": true, "bootMode": "uefi-preferred", "imdsSupport": "v2.0", "public": true, "platform": "",
		"platformDetails": "Linux/UNIX", "usageOperation": "RunInstances", "sriovNetSupport": "simple", "tpmSupport": "", "kernelId": "",
		"ramdiskId": "", "imageLocation": "", "imageOwnerAlias": "", "rootSnapshotId": "snap-0" + inventory.Hex(16, id), "tags": map[string]any{},
		"productCodes": []any{}, "stateReason": map[string]any{"code": "UNSET", "message": "UNSET"}, "lastLaunchedTime": "",
		"blockDeviceMappings": []any{map[string]any{
			"deviceName": "/dev/sda1", "noDevice": "", "virtualName": "",
			"ebs": map[string]any{"volume_size": "10", "volume_type": "gp3", "encrypted": "false", "delete_on_termination": "true"},
		}},
	}, nil
}

// gibPerVCPU are the ratios of the families that data platforms use.
var gibPerVCPU = map[byte]int{'c': 2, 'm': 4, 'r': 8, 't': 4, 'g': 4, 'p': 8, 'i': 8, 'x': 16}

var vcpusBySize = map[string]int{
	"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "9xlarge": 36, "12xlarge": 48,
	"16xlarge": 64, "24xlarge": 96,
}

// instanceType derives what it says from the type's name: family, processor and size.
func instanceType(c Call) (map[string]any, error) {
	name := c.Text("instanceType")
	family, size, ok := strings.Cut(name, ".")
	vcpus := vcpusBySize[size]
	if !ok || vcpus == 0 || family == "" || gibPerVCPU[family[0]] == 0 {
		return nil, fmt.Errorf("reading EC2 Instance Type (%s): InvalidInstanceType: The following supplied instance types do not exist: [%s]",
			name, name)
	}
	architecture := "x86_64"
	if strings.Contains(family[1:], "g") {
		architecture = "arm64"
	}
	return map[string]any{
		"instanceType": name, "id": name, "defaultVcpus": vcpus, "defaultCores": max(vcpus/2, 1),
		"memorySize":             vcpus * gibPerVCPU[family[0]] * 1024,
		"supportedArchitectures": []any{architecture}, "currentGeneration": true,
		"ebsOptimizedSupport": "default", "encryptionInTransitSupported": true,
		"maximumNetworkInterfaces": 4, "maximumIpv4AddressesPerInterface": 15, "hypervisor": "nitro", "bareMetal": false,
	}, nil
}

func offerings(c Call) (map[string]any, error) {
	types, places := []any{}, []any{}
	filters, _ := inventory.At(c.Args, "filters")
	if filters.IsArray() {
		for _, item := range filters.ArrayValue() {
			filter := inventory.Plain(item).ObjectValue()
			if inventory.Text(filter, "name") != "instance-type" {
				continue
			}
			for _, name := range inventory.Texts(filter, "values") {
				for _, letter := range "abc" {
					types, places = append(types, name), append(places, c.Region+string(letter))
				}
			}
		}
	}
	return map[string]any{"instanceTypes": types, "locations": places, "locationTypes": []any{}}, nil
}
