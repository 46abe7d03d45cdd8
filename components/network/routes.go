package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const everywhere = "0.0.0.0/0"

// natGateways is how many gateways a strategy has.
func natGateways(strategy NATStrategy, zones int) int {
	switch strategy {
	case NATSingle:
		return 1
	case NATPerZone:
		return zones
	default:
		return 0
	}
}

// routes gives public subnets a way to the internet and back, and private ones a way out as the strategy says. It
// returns all route tables.
func (n *Network) routes(zones []string, public, private []*ec2.Subnet) (pulumi.StringArray, error) {
	internet, err := ec2.NewInternetGateway(n.ctx, n.child("internet"), &ec2.InternetGatewayArgs{
		VpcId: n.VPCID, Tags: n.tags("internet"),
	}, n.parent())
	if err != nil {
		return nil, fmt.Errorf("creating the internet gateway: %w", err)
	}
	table, err := n.publicRoutes(internet, public)
	if err != nil {
		return nil, err
	}
	tables := pulumi.StringArray{table.ID()}
	var gateways []*ec2.NatGateway
	for i := range natGateways(n.args.NAT, len(zones)) {
		gateway, err := n.natGateway(i, public[i], internet)
		if err != nil {
			return nil, err
		}
		gateways = append(gateways, gateway)
	}
	for i, subnet := range private {
		table, err := n.routeTable(fmt.Sprintf("private-%d", i), subnet)
		if err != nil {
			return nil, err
		}
		tables = append(tables, table.ID())
		if len(gateways) == 0 {
			continue
		}
		// With one gateway every zone uses it; with one a zone each uses its own.
		route, err := ec2.NewRoute(n.ctx, n.child(fmt.Sprintf("private-%d-out", i)), &ec2.RouteArgs{
			RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(everywhere),
			NatGatewayId: gateways[i%len(gateways)].ID(),
		}, n.parent())
		if err != nil {
			return nil, fmt.Errorf("routing private subnet %d out: %w", i, err)
		}
		n.Egress = append(n.Egress, route)
	}
	return tables, nil
}

func (n *Network) publicRoutes(internet *ec2.InternetGateway, public []*ec2.Subnet) (*ec2.RouteTable, error) {
	table, err := n.routeTable("public", public...)
	if err != nil {
		return nil, err
	}
	route, err := ec2.NewRoute(n.ctx, n.child("public-out"), &ec2.RouteArgs{
		RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(everywhere), GatewayId: internet.ID(),
	}, n.parent())
	if err != nil {
		return nil, fmt.Errorf("routing public subnets out: %w", err)
	}
	n.Egress = append(n.Egress, route)
	return table, nil
}

func (n *Network) routeTable(role string, subnets ...*ec2.Subnet) (*ec2.RouteTable, error) {
	table, err := ec2.NewRouteTable(n.ctx, n.child(role), &ec2.RouteTableArgs{VpcId: n.VPCID, Tags: n.tags(role)}, n.parent())
	if err != nil {
		return nil, fmt.Errorf("creating route table %s: %w", role, err)
	}
	for i, subnet := range subnets {
		association, err := ec2.NewRouteTableAssociation(n.ctx, n.child(fmt.Sprintf("%s-table-%d", role, i)), &ec2.RouteTableAssociationArgs{
			RouteTableId: table.ID(), SubnetId: subnet.ID(),
		}, n.parent())
		if err != nil {
			return nil, fmt.Errorf("associating route table %s: %w", role, err)
		}
		n.Egress = append(n.Egress, association)
	}
	return table, nil
}

// natGateway makes a gateway as soon as the VPC has a way to the internet at all, which is all that AWS asks for.
func (n *Network) natGateway(i int, subnet *ec2.Subnet, internet *ec2.InternetGateway) (*ec2.NatGateway, error) {
	role := fmt.Sprintf("nat-%d", i)
	address, err := ec2.NewEip(n.ctx, n.child(role), &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: n.tags(role)}, n.parent())
	if err != nil {
		return nil, fmt.Errorf("allocating the address of NAT gateway %d: %w", i, err)
	}
	gateway, err := ec2.NewNatGateway(n.ctx, n.child(role), &ec2.NatGatewayArgs{
		SubnetId: subnet.ID(), AllocationId: address.ID(), Tags: n.tags(role),
	}, n.parent(), pulumi.DependsOn([]pulumi.Resource{internet}))
	if err != nil {
		return nil, fmt.Errorf("creating NAT gateway %d: %w", i, err)
	}
	return gateway, nil
}
