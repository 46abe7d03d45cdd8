package awscloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

var networkData = map[string]answer{
	"aws:ec2/getVpc:getVpc": func(c Call) (map[string]any, error) {
		if inventory.Flag(c.Args, "default", false) {
			return defaultVPC(c), nil
		}
		r, err := one("EC2 VPC", byFilters(c, typeVPC, nil))
		if err != nil {
			return nil, err
		}
		return found(r, map[string]any{"state": "available", "default": false, "cidrBlockAssociations": []any{}}), nil
	},
	"aws:ec2/getSubnet:getSubnet": func(c Call) (map[string]any, error) {
		r, err := one("EC2 Subnet", byFilters(c, typeSubnet, sameText(c.Args, "vpcId", "cidrBlock", "availabilityZone")))
		if err != nil {
			return nil, err
		}
		return found(r, map[string]any{"state": "available", "availableIpAddressCount": 250, "defaultForAz": false}), nil
	},
	"aws:ec2/getSubnets:getSubnets":                     idsOf(typeSubnet),
	"aws:ec2/getRouteTables:getRouteTables":             idsOf(typeRouteTable),
	"aws:ec2/getSecurityGroups:getSecurityGroups":       idsOf(typeSecurityGroup),
	"aws:ec2/getRouteTable:getRouteTable":               routeTable,
	"aws:ec2/getManagedPrefixList:getManagedPrefixList": prefixList,
	"aws:ec2/getPrefixList:getPrefixList":               prefixList,
	"aws:ec2/getVpcEndpointService:getVpcEndpointService": func(c Call) (map[string]any, error) {
		name := "com.amazonaws." + c.Region + "." + c.Text("service")
		return map[string]any{"serviceName": name, "serviceId": "vpce-svc-" + inventory.Hex(17, name), "serviceType": "Interface",
			"availabilityZones": []any{c.Region + "a", c.Region + "b", c.Region + "c"}, "owner": "amazon"}, nil
	},
	"aws:ec2/getSecurityGroup:getSecurityGroup": func(c Call) (map[string]any, error) {
		r, err := one("EC2 Security Group", byFilters(c, typeSecurityGroup, sameText(c.Args, "vpcId", "name")))
		if err != nil {
			return nil, err
		}
		return found(r, nil), nil
	},
}

func defaultVPC(c Call) map[string]any {
	id := "vpc-" + inventory.Hex(8, "default", c.Region)
	return map[string]any{
		"id": id, "arn": c.ARN("ec2", "vpc/"+id), "cidrBlock": "172.31.0.0/16", "default": true, "state": "available", "ownerId": c.Account,
		"cidrBlockAssociations": []any{}, "dhcpOptionsId": "", "enableDnsHostnames": true, "enableDnsSupport": true,
		"instanceTenancy": "default", "mainRouteTableId": "rtb-" + inventory.Hex(8, id), "tags": map[string]any{},
		"enableNetworkAddressUsageMetrics": false, "ipv6AssociationId": "", "ipv6CidrBlock": "",
	}
}

func sameText(args resource.PropertyMap, names ...string) func(inventory.Resource) bool {
	return func(r inventory.Resource) bool {
		for _, name := range names {
			if want := inventory.Text(args, name); want != "" && inventory.Text(r.Outputs, name) != want {
				return false
			}
		}
		return true
	}
}

func idsOf(typ string) answer {
	return func(c Call) (map[string]any, error) {
		ids := []any{}
		for _, r := range byFilters(c, typ, sameText(c.Args, "vpcId")) {
			ids = append(ids, r.ID)
		}
		return map[string]any{"ids": ids}, nil
	}
}

func routeTable(c Call) (map[string]any, error) {
	subnet := c.Text("subnetId")
	matches := byFilters(c, typeRouteTable, func(r inventory.Resource) bool {
		if id := c.Text("routeTableId"); id != "" && r.ID != id {
			return false
		}
		if subnet == "" {
			return sameText(c.Args, "vpcId")(r)
		}
		for _, a := range c.Existing.OfType(typeRouteAssociation) {
			if inventory.Text(a.Outputs, "subnetId") == subnet && inventory.Text(a.Outputs, "routeTableId") == r.ID {
				return true
			}
		}
		return false
	})
	r, err := one("EC2 Route Table", matches)
	if err != nil {
		return nil, err
	}
	return found(r, map[string]any{"routeTableId": r.ID, "routes": []any{}, "associations": []any{}}), nil
}

func prefixList(c Call) (map[string]any, error) {
	name := c.Text("name")
	id := c.Text("id")
	if id == "" {
		id = "pl-" + inventory.Hex(8, name)
	}
	return map[string]any{
		"id": id, "arn": c.ARN("ec2", "prefix-list/"+id), "name": name, "addressFamily": "IPv4", "ownerId": "AWS", "version": 1,
		"maxEntries": 10, "entries": []any{}, "cidrBlocks": []any{}, "prefixListId": id, "tags": map[string]any{},
	}, nil
}
