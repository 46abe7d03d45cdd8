package synth

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// zones are the suffixes of the three availability zones of every region here.
var zones = []string{"a", "b", "c"}

// object turns plain Go values into properties.
type object = map[string]any

func properties(values object) resource.PropertyMap { return resource.NewPropertyMapFromMap(values) }

// defaultAnswers are what the invokes answer that components commonly use, at a location. Lookups of something that exists
// echo the ID or name they are asked for.
func defaultAnswers(l Location) map[string]AnswerFunc {
	return map[string]AnswerFunc{
		"aws:index/getCallerIdentity:getCallerIdentity": fixed(object{"id": l.AccountID, "accountId": l.AccountID,
			"arn": l.GlobalARN("iam", "user/tester", true), "userId": "AIDATESTER"}),
		"aws:index/getPartition:getPartition": fixed(object{"id": l.Partition, "partition": l.Partition,
			"dnsSuffix": l.DNSSuffix, "reverseDnsPrefix": reversed(l.DNSSuffix)}),
		"aws:index/getRegion:getRegion": fixed(object{"id": l.Region, "name": l.Region, "description": l.Region,
			"endpoint": "ec2." + l.Region + "." + l.DNSSuffix}),
		"aws:index/getAvailabilityZones:getAvailabilityZones": fixed(availabilityZones(l)),
		"aws:index/getServicePrincipal:getServicePrincipal":   l.servicePrincipal,
		"aws:ec2/getAmi:getAmi":                               l.image,
		"aws:ec2/getVpc:getVpc":                               l.vpc,
		"aws:ec2/getSubnet:getSubnet":                         l.subnet,
		"aws:ssm/getParameter:getParameter":                   l.parameter,
		"aws:iam/getRole:getRole":                             l.role,
		"aws:iam/getSessionContext:getSessionContext":         l.sessionContext,
		"aws:kms/getKey:getKey":                               l.key,
		"aws:route53/getZone:getZone":                         l.zone,
		"aws:eks/getCluster:getCluster":                       l.cluster,
		"aws:eks/getAddonVersion:getAddonVersion":             addonVersion,
	}
}

func fixed(values object) AnswerFunc {
	return func(resource.PropertyMap) (resource.PropertyMap, error) { return properties(values), nil }
}

func availabilityZones(l Location) object {
	names, ids := []any{}, []any{}
	for i, zone := range zones {
		names = append(names, l.Region+zone)
		ids = append(ids, zoneID(l, i))
	}
	return object{"id": l.Region, "names": names, "zoneIds": ids, "groupNames": []any{l.Region}}
}

// zoneID looks like AWS's: the region's initials and the zone's number, "euw1-az1". No zone here is one of those where EKS makes
// no control plane (use1-az3, usw1-az2, cac1-az3): which of a region's names they have differs between accounts.
func zoneID(l Location, index int) string {
	parts := strings.Split(l.Region, "-")
	short := strings.Join(parts[:len(parts)-2], "") + parts[len(parts)-2][:1] + parts[len(parts)-1]
	id := short + "-az" + string(rune('1'+index))
	if id == "use1-az3" || id == "usw1-az2" || id == "cac1-az3" {
		return short + "-az" + string(rune('1'+index+len(zones)))
	}
	return id
}

func reversed(domain string) string {
	parts := strings.Split(domain, ".")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, ".")
}

func text(args resource.PropertyMap, key, otherwise string) string {
	if value := Stripped(args[resource.PropertyKey(key)]); value.IsString() && value.StringValue() != "" {
		return value.StringValue()
	}
	return otherwise
}

// HasOwnPrincipal says whether a service's principal ends with the partition's DNS suffix; all others end with amazonaws.com
// everywhere.
func HasOwnPrincipal(service string) bool {
	return service == "codedeploy" || service == "elasticmapreduce" || service == "logs"
}

func (l Location) servicePrincipal(args resource.PropertyMap) (resource.PropertyMap, error) {
	service := text(args, "serviceName", "ec2")
	suffix := "amazonaws.com"
	if HasOwnPrincipal(service) {
		suffix = l.DNSSuffix
	}
	return properties(object{"id": service + "." + l.Region + "." + suffix, "name": service + "." + suffix,
		"region": l.Region, "serviceName": service, "suffix": suffix}), nil
}

func (l Location) image(args resource.PropertyMap) (resource.PropertyMap, error) {
	answer := properties(object{"id": "ami-0123456789abcdef0", "imageId": "ami-0123456789abcdef0", "architecture": "x86_64",
		"name": "image", "ownerId": "764336703387", "rootDeviceName": "/dev/sda1", "rootDeviceType": "ebs", "state": "available",
		"virtualizationType": "hvm", "rootSnapshotId": "snap-0123456789abcdef0", "creationDate": "2026-01-01T00:00:00.000Z",
		"arn": "arn:" + l.Partition + ":ec2:" + l.Region + "::image/ami-0123456789abcdef0", "blockDeviceMappings": []any{}})
	return laidOver(answer, args), nil
}

func (l Location) vpc(args resource.PropertyMap) (resource.PropertyMap, error) {
	id := text(args, "id", "vpc-0123456789abcdef0")
	return properties(object{"id": id, "arn": l.ARN("ec2", "vpc/"+id), "cidrBlock": "10.0.0.0/16", "ownerId": l.AccountID,
		"state": "available", "enableDnsSupport": true, "enableDnsHostnames": true, "mainRouteTableId": "rtb-0123456789abcdef0",
		"instanceTenancy": "default", "cidrBlockAssociations": []any{object{"associationId": "vpc-cidr-assoc-1",
			"cidrBlock": "10.0.0.0/16", "state": "associated"}}}), nil
}

// subnet puts the subnet in a zone by the last letter of its ID, so that a test can adopt subnets of several zones: an ID
// that ends in "-b" is in the second zone.
func (l Location) subnet(args resource.PropertyMap) (resource.PropertyMap, error) {
	id := text(args, "id", "subnet-0123456789abcdef0")
	index := 0
	for i, zone := range zones {
		if strings.HasSuffix(id, "-"+zone) {
			index = i
		}
	}
	return properties(object{"id": id, "arn": l.ARN("ec2", "subnet/"+id), "vpcId": text(args, "vpcId", "vpc-0123456789abcdef0"),
		"availabilityZone": l.Region + zones[index], "availabilityZoneId": zoneID(l, index),
		"cidrBlock": "10.0." + string(rune('0'+index)) + ".0/24", "availableIpAddressCount": 250, "ownerId": l.AccountID,
		"state": "available", "mapPublicIpOnLaunch": false}), nil
}

// Subnets answers lookups of the subnets of a VPC that is there: those of a list are each in a zone of its own, in order.
func (l Location) Subnets(vpcID string, lists ...[]string) AnswerFunc {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		answer, err := l.subnet(args)
		for _, list := range lists {
			if i := slices.Index(list, text(args, "id", "")); i >= 0 {
				answer = laidOver(answer, properties(object{"vpcId": vpcID,
					"availabilityZone": l.Region + string(rune('a'+i)), "availabilityZoneId": zoneID(l, i)}))
			}
		}
		return answer, err
	}
}

func (l Location) parameter(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := text(args, "name", "parameter")
	value := "value of " + name
	if strings.Contains(name, "/ami") || strings.Contains(name, "image_id") {
		value = "ami-0123456789abcdef0"
	}
	answer := properties(object{"id": name, "name": name, "arn": l.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/")),
		"type": "String", "value": value, "insecureValue": value, "version": 1})
	return answer, nil
}

func (l Location) role(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := text(args, "name", "role")
	return properties(object{"id": name, "name": name, "arn": l.GlobalARN("iam", "role/"+name, true), "path": "/",
		"uniqueId": "AROA" + strings.ToUpper(name)}), nil
}

// sessionContext answers with the role behind an assumed-role session, and with the ARN itself for anything else, as the
// data source does.
func (l Location) sessionContext(args resource.PropertyMap) (resource.PropertyMap, error) {
	arn := text(args, "arn", l.GlobalARN("iam", "user/tester", true))
	parts := strings.Split(arn, "/")
	if !strings.Contains(arn, ":assumed-role/") || len(parts) < 3 {
		return properties(object{"id": arn, "arn": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}), nil
	}
	role := parts[1]
	return properties(object{"id": arn, "arn": arn, "issuerArn": l.GlobalARN("iam", "role/"+role, true),
		"issuerId": "AROA" + strings.ToUpper(role), "issuerName": role, "sessionName": parts[2]}), nil
}

func (l Location) key(args resource.PropertyMap) (resource.PropertyMap, error) {
	id := text(args, "keyId", "key")
	arn := id
	if !strings.HasPrefix(id, "arn:") {
		arn = l.ARN("kms", "key/"+id)
	}
	return properties(object{"id": id, "keyId": id, "arn": arn, "enabled": true, "keyState": "Enabled",
		"keyUsage": "ENCRYPT_DECRYPT", "keyManager": "CUSTOMER", "awsAccountId": l.AccountID}), nil
}

func (l Location) zone(args resource.PropertyMap) (resource.PropertyMap, error) {
	id := text(args, "zoneId", "Z0123456789ABCDEFGHIJ")
	return properties(object{"id": id, "zoneId": id, "name": text(args, "name", "example.com"),
		"arn": "arn:" + l.Partition + ":route53:::hostedzone/" + id, "nameServers": []any{}}), nil
}

func (l Location) cluster(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := text(args, "name", "cluster")
	return laidOver(properties(clusterOutputs(l, name)), properties(object{"id": name, "name": name,
		"arn": l.ARN("eks", "cluster/"+name), "vpcConfig": object{"clusterSecurityGroupId": name + "-cluster-sg",
			"vpcId": "vpc-0123456789abcdef0", "subnetIds": []any{}, "securityGroupIds": []any{}}})), nil
}

// clusterOutputs are what EKS computes for a cluster.
func clusterOutputs(l Location, name string) object {
	authority := object{"data": "Y2VydGlmaWNhdGU="}
	return object{"endpoint": clusterEndpoint(l, name), "status": "ACTIVE", "platformVersion": "eks.1",
		"certificateAuthority": authority, "certificateAuthorities": []any{authority},
		"identities": []any{object{"oidcs": []any{object{"issuer": "https://" + clusterIssuer(l, name)}}}}}
}

func clusterEndpoint(l Location, name string) string {
	return "https://" + name + ".gr7." + l.Region + ".eks." + l.DNSSuffix
}

func clusterIssuer(l Location, name string) string {
	return "oidc.eks." + l.Region + "." + l.DNSSuffix + "/id/" + strings.ToUpper(name)
}

func addonVersion(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := text(args, "addonName", "addon")
	return properties(object{"id": name, "addonName": name, "version": "v1.0.0-eksbuild.1",
		"kubernetesVersion": text(args, "kubernetesVersion", "1.35")}), nil
}

// laidOver returns base with the entries of top over it.
func laidOver(base, top resource.PropertyMap) resource.PropertyMap {
	merged := base.Copy()
	for key, value := range top {
		merged[key] = value
	}
	return merged
}
