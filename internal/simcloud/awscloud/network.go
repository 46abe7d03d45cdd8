package awscloud

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// Type tokens that rules of other services name.
const (
	typeVPC              = "aws:ec2/vpc:Vpc"
	typeSubnet           = "aws:ec2/subnet:Subnet"
	typeInternetGateway  = "aws:ec2/internetGateway:InternetGateway"
	typeNATGateway       = "aws:ec2/natGateway:NatGateway"
	typeEIP              = "aws:ec2/eip:Eip"
	typeRouteTable       = "aws:ec2/routeTable:RouteTable"
	typeRouteAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	typeVPCEndpoint      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	typeSecurityGroup    = "aws:ec2/securityGroup:SecurityGroup"
	typeInstance         = "aws:ec2/instance:Instance"
	typeLoadBalancer     = "aws:lb/loadBalancer:LoadBalancer"
	typeNetworkInterface = "aws:ec2/networkInterface:NetworkInterface"
)

var networkSpecs = map[string]Spec{
	typeVPC: {
		ID:      hexID("vpc"),
		Outputs: vpcOutputs,
		Uses: []Use{
			{By: typeSubnet, Path: "vpcId"}, {By: typeSecurityGroup, Path: "vpcId"}, {By: typeInternetGateway, Path: "vpcId"},
			{By: typeRouteTable, Path: "vpcId"}, {By: typeVPCEndpoint, Path: "vpcId"}, {By: "aws:ec2/networkAcl:NetworkAcl", Path: "vpcId"},
		},
		InUse: dependencyViolation("The vpc '%s' has dependencies and cannot be deleted."),
	},
	typeSubnet: {
		ID:       hexID("subnet"),
		Outputs:  subnetOutputs,
		Validate: subnetFits,
		Uses: []Use{
			{By: typeInstance, Path: "subnetId"}, {By: typeNATGateway, Path: "subnetId"}, {By: typeVPCEndpoint, Path: "subnetIds"},
			{By: typeLoadBalancer, Path: "subnets"}, {By: typeEKSCluster, Path: "vpcConfig.subnetIds"},
			{By: typeEKSNodeGroup, Path: "subnetIds"}, {By: typeNetworkInterface, Path: "subnetId"},
		},
		InUse: dependencyViolation("The subnet '%s' has dependencies and cannot be deleted."),
	},
	typeInternetGateway: {ID: hexID("igw"), Outputs: owned("internet-gateway")},
	"aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": {ID: joined(":", "internetGatewayId", "vpcId"), Outputs: none},
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": {ID: hexID("eigw"), Outputs: none},
	typeNATGateway: {
		ID: hexID("nat"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"connectivityType": "public", "privateIp": privateIP(r, "subnetId"), "publicIp": addressOf(r, "allocationId"),
				"networkInterfaceId": "eni-0" + r.Hex(16, "eni"), "associationId": "eipassoc-0" + r.Hex(16, "association"),
			}
		},
	},
	typeEIP: {
		ID:      hexID("eipalloc"),
		Outputs: elasticIPOutputs,
		Uses:    []Use{{By: typeNATGateway, Path: "allocationId"}, {By: "aws:ec2/eipAssociation:EipAssociation", Path: "allocationId"}},
		InUse: func(r, _ inventory.Resource) string {
			return "releasing EC2 EIP (" + r.ID + "): AuthFailure: You do not have permission to access the specified resource."
		},
	},
	"aws:ec2/eipAssociation:EipAssociation": {
		ID: hexID("eipassoc"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{"publicIp": addressOf(r, "allocationId"), "networkInterfaceId": "eni-0" + r.Hex(16, "eni")}
		},
	},
	typeRouteTable: {
		ID:      hexID("rtb"),
		Outputs: withLists(owned("route-table"), "routes", "propagatingVgws"),
		Uses: []Use{
			{By: typeRouteAssociation, Path: "routeTableId"},
			{By: "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation", Path: "routeTableId"},
		},
		InUse: dependencyViolation("The routeTable '%s' has dependencies and cannot be deleted."),
	},
	"aws:ec2/defaultRouteTable:DefaultRouteTable": {ID: property("defaultRouteTableId"), Outputs: withLists(owned("route-table"), "routes")},
	"aws:ec2/route:Route": {
		ID: func(r Request) string { return "r-" + r.Text("routeTableId") + r.Hex(10, "id") },
		Outputs: func(Request) map[string]any {
			return map[string]any{"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": ""}
		},
		Unique: []string{"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Route in Route Table (%s) with destination (%s): RouteAlreadyExists: "+
				"The route identified by %s already exists.",
				r.Text("routeTableId"), r.Text("destinationCidrBlock"), r.Text("destinationCidrBlock"))
		},
	},
	typeRouteAssociation: {ID: hexID("rtbassoc"), Outputs: none},
	"aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": {ID: hexID("rtbassoc"), Outputs: none},
	typeVPCEndpoint: {ID: hexID("vpce"), Outputs: vpcEndpointOutputs},
	"aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": {ID: hexID("a"), Outputs: none},
	"aws:ec2/flowLog:FlowLog": {ID: hexID("fl"), Outputs: flowLogOutputs},
	"aws:ec2/networkAcl:NetworkAcl": {
		ID:      hexID("acl"),
		Outputs: withLists(owned("network-acl"), "ingress", "egress", "subnetIds"),
	},
	"aws:ec2/networkAclRule:NetworkAclRule":                           {ID: hexID("nacl"), Outputs: none},
	"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl":                     {ID: property("defaultNetworkAclId"), Outputs: owned("network-acl")},
	"aws:ec2/vpcDhcpOptions:VpcDhcpOptions":                           {ID: hexID("dopt"), Outputs: owned("dhcp-options")},
	"aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation":     {ID: joined("-", "dhcpOptionsId", "vpcId"), Outputs: none},
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {ID: hexID("vpc-cidr-assoc"), Outputs: none},
	"aws:ec2/managedPrefixList:ManagedPrefixList":                     {ID: hexID("pl"), Outputs: owned("prefix-list")},
	typeNetworkInterface: {
		ID: hexID("eni"),
		Outputs: func(r Request) map[string]any {
			out := owned("network-interface")(r)
			ip := privateIP(r, "subnetId")
			out["privateIp"], out["privateIps"], out["privateDnsName"] = ip, []any{ip}, privateDNS(r, ip)
			out["macAddress"] = "02:" + strings.Join([]string{r.Hex(2, "m1"), r.Hex(2, "m2"), r.Hex(2, "m3"), r.Hex(2, "m4"), r.Hex(2, "m5")}, ":")
			return out
		},
	},
}

// dependencyViolation is EC2's refusal to delete something that is in use.
func dependencyViolation(words string) Refusal {
	return func(r, _ inventory.Resource) string { return "DependencyViolation: " + fmt.Sprintf(words, r.ID) }
}

// owned computes the ARN and the owner of what belongs to EC2.
func owned(kind string) func(Request) map[string]any {
	return func(r Request) map[string]any {
		return map[string]any{"arn": r.ARN("ec2", kind+"/"+r.ID), "ownerId": r.Account}
	}
}

// withLists adds lists that are empty unless the inputs fill them.
func withLists(compute func(Request) map[string]any, lists ...string) func(Request) map[string]any {
	return func(r Request) map[string]any {
		out := compute(r)
		for _, list := range lists {
			out[list] = []any{}
		}
		return out
	}
}

func vpcOutputs(r Request) map[string]any {
	out := owned("vpc")(r)
	out["defaultNetworkAclId"] = "acl-0" + r.Hex(16, "acl")
	out["defaultRouteTableId"] = "rtb-0" + r.Hex(16, "rtb")
	out["mainRouteTableId"] = "rtb-0" + r.Hex(16, "rtb")
	out["defaultSecurityGroupId"] = "sg-0" + r.Hex(16, "sg")
	out["dhcpOptionsId"] = "dopt-0" + inventory.Hex(16, "dhcp", r.Region)
	out["instanceTenancy"], out["enableDnsSupport"], out["enableDnsHostnames"] = "default", true, false
	out["ipv6AssociationId"], out["ipv6CidrBlock"] = "", ""
	return out
}

func subnetOutputs(r Request) map[string]any {
	out := owned("subnet")(r)
	zone := r.Or("availabilityZone", r.Region+"a")
	out["availabilityZone"], out["availabilityZoneId"] = zone, zoneID(zone)
	out["mapPublicIpOnLaunch"], out["assignIpv6AddressOnCreation"], out["ipv6CidrBlockAssociationId"] = false, false, ""
	out["privateDnsHostnameTypeOnLaunch"] = "ip-name"
	return out
}

// subnetFits refuses a subnet outside of its VPC or over another one, as EC2 does.
func subnetFits(r Request) error {
	vpc, ok := r.Existing.Get(typeVPC, "", r.Text("vpcId"))
	if !ok {
		return fmt.Errorf("creating EC2 Subnet: InvalidVpcID.NotFound: The vpc ID '%s' does not exist", r.Text("vpcId"))
	}
	mine, err := netip.ParsePrefix(r.Text("cidrBlock"))
	if err != nil {
		return nil //nolint:nilerr // without an IPv4 range, or with one of IPAM
	}
	whole, err := netip.ParsePrefix(inventory.Text(vpc.Outputs, "cidrBlock"))
	secondary := hasFurtherRanges(r, vpc.ID)
	if err == nil && !secondary && (mine.Bits() < whole.Bits() || !whole.Contains(mine.Addr())) {
		return fmt.Errorf("creating EC2 Subnet: InvalidSubnet.Range: The CIDR '%s' is invalid.", mine)
	}
	for _, other := range r.Existing.OfType(typeSubnet) {
		if inventory.Text(other.Outputs, "vpcId") != vpc.ID {
			continue
		}
		theirs, err := netip.ParsePrefix(inventory.Text(other.Outputs, "cidrBlock"))
		if err == nil && theirs.Overlaps(mine) {
			return fmt.Errorf("creating EC2 Subnet: InvalidSubnet.Conflict: The CIDR '%s' conflicts with another subnet", mine)
		}
	}
	return nil
}

// hasFurtherRanges says whether the VPC has further ranges; those are not looked at.
func hasFurtherRanges(r Request, vpc string) bool {
	_, ok := r.Existing.Find("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "vpcId", vpc)
	return ok
}

func elasticIPOutputs(r Request) map[string]any {
	ip := publicIP(r)
	dashed := strings.ReplaceAll(ip, ".", "-")
	return map[string]any{
		"allocationId": r.ID, "arn": r.ARN("ec2", "elastic-ip/"+r.ID), "publicIp": ip, "domain": "vpc",
		"publicDns": "ec2-" + dashed + "." + computeDomain(r), "publicIpv4Pool": "amazon", "networkBorderGroup": r.Region,
		"associationId": "", "privateIp": "", "privateDns": "", "ptrRecord": "", "carrierIp": "", "customerOwnedIp": "",
	}
}

func vpcEndpointOutputs(r Request) map[string]any {
	out := owned("vpc-endpoint")(r)
	out["state"], out["requesterManaged"], out["vpcEndpointType"], out["ipAddressType"] = "available", false, "Gateway", "ipv4"
	out["policy"] = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`
	out["networkInterfaceIds"], out["dnsEntries"], out["cidrBlocks"], out["privateDnsEnabled"] = []any{}, []any{}, []any{}, false
	if r.Text("vpcEndpointType") != "Interface" {
		out["prefixListId"] = "pl-" + inventory.Hex(8, r.Text("serviceName"))
		return out
	}
	var interfaces []any
	for _, subnet := range inventory.Texts(r.Inputs, "subnetIds") {
		interfaces = append(interfaces, "eni-0"+r.Hex(16, subnet))
	}
	service := r.Text("serviceName")
	service = service[strings.LastIndex(service, ".")+1:]
	name := fmt.Sprintf("%s-%s.%s.%s.vpce.%s", r.ID, r.Hex(8, "dns"), service, r.Region, r.DNSSuffix())
	out["networkInterfaceIds"] = interfaces
	out["dnsEntries"] = []any{map[string]any{"dnsName": name, "hostedZoneId": "Z7HUB22UULQXV"}}
	return out
}

func flowLogOutputs(r Request) map[string]any {
	return map[string]any{
		"arn": r.ARN("ec2", "vpc-flow-log/"+r.ID), "logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600,
		"logFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} " +
			"${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
	}
}

// directions shortens the middle parts of regions' names.
var directions = strings.NewReplacer("north", "n", "south", "s", "east", "e", "west", "w", "central", "c", "gov", "g")

// zoneID makes ids such as use1-az1, which AWS shuffles per account. No zone here is one of those where EKS makes no control plane.
func zoneID(zone string) string {
	if zone == "" {
		return ""
	}
	region, letter := zone[:len(zone)-1], zone[len(zone)-1]
	parts := strings.Split(region, "-")
	short := parts[0]
	for _, part := range parts[1 : len(parts)-1] {
		short += directions.Replace(part)
	}
	number := int(letter-'a') + 1
	id := fmt.Sprintf("%s%s-az%d", short, parts[len(parts)-1], number)
	if id == "use1-az3" || id == "usw1-az2" || id == "cac1-az3" {
		id = fmt.Sprintf("%s%s-az%d", short, parts[len(parts)-1], number+len("abc"))
	}
	return id
}

// publicIP is an address of the range that is set aside for examples (RFC 5737).
func publicIP(r Request) string {
	n, _ := strconv.ParseUint(r.Hex(2, "public"), 16, 16)
	return fmt.Sprintf("203.0.113.%d", n)
}

// addressOf is the address of the Elastic IP that a property names, or "".
func addressOf(r Request, path string) string {
	eip, ok := r.Existing.Get(typeEIP, "", r.Text(path))
	if !ok {
		return ""
	}
	return inventory.Text(eip.Outputs, "publicIp")
}

// privateIP is an address in the subnet that a property names.
func privateIP(r Request, path string) string {
	n, _ := strconv.ParseUint(r.Hex(4, "private"), 16, 32)
	subnet, ok := r.Existing.Get(typeSubnet, "", r.Text(path))
	prefix, err := netip.ParsePrefix(inventory.Text(subnet.Outputs, "cidrBlock"))
	if !ok || err != nil || !prefix.Addr().Is4() {
		return fmt.Sprintf("10.0.%d.%d", n>>8&0xff, n&0xff)
	}
	// AWS keeps the first four addresses and the last one.
	size := uint64(1) << (32 - prefix.Bits())
	offset := 4 + n%max(size-5, 1)
	base := prefix.Masked().Addr().As4()
	sum := uint64(base[0])<<24 | uint64(base[1])<<16 | uint64(base[2])<<8 | uint64(base[3])
	sum += offset
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}).String()
}

func privateDNS(r Request, ip string) string {
	if r.Region == DefaultRegion {
		return "ip-" + strings.ReplaceAll(ip, ".", "-") + ".ec2.internal"
	}
	return "ip-" + strings.ReplaceAll(ip, ".", "-") + "." + r.Region + ".compute.internal"
}

func computeDomain(r Request) string {
	if r.Region == DefaultRegion {
		return "compute-1." + r.DNSSuffix()
	}
	return r.Region + ".compute." + r.DNSSuffix()
}
