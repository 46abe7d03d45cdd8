package dss

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// sshPort is where SSH listens.
const sshPort = 22

// opening is a rule of a security group: who reaches which TCP ports, or who is reached at all.
type opening struct {
	// name is the rule's, unique in its component.
	name        string
	description string
	// from and to are the first and the last TCP port. Both 0: all protocols.
	from, to int
	cidr     string
	// group is the other side, where that is a security group.
	group pulumi.StringInput
}

// openings are the rules of the host's own group that the arguments ask for.
func (a *DSSInstanceArgs) openings() (in, out []opening) {
	for _, cidr := range a.AllowedCIDRs {
		in = append(in, opening{name: "dss-from-" + cidr, description: "DSS", from: a.Port, to: a.Port, cidr: cidr})
	}
	for _, cidr := range a.SSHCIDRs {
		in = append(in, opening{name: "ssh-from-" + cidr, description: "SSH", from: sshPort, to: sshPort, cidr: cidr})
	}
	for _, cidr := range a.EgressCIDRs {
		out = append(out, opening{name: "to-" + cidr, description: "Packages, images and AWS's endpoints", cidr: cidr})
	}
	return in, out
}

// securityGroup makes the host's group, unless one is given.
func (d *DSSInstance) securityGroup() error {
	if given := d.args.SecurityGroupID; given != nil {
		d.SecurityGroupID = given.ToStringOutput()
		return nil
	}
	group, err := d.group("host", "DSS host of "+d.name)
	if err != nil {
		return err
	}
	d.SecurityGroupID = group
	in, out := d.args.openings()
	for _, rule := range in {
		if err := d.ingress(group, rule); err != nil {
			return err
		}
	}
	for _, rule := range out {
		if err := d.egress(group, rule); err != nil {
			return err
		}
	}
	return nil
}

// AllowNodes lets compute nodes reach the host on every TCP port: their pods call the backend, and Spark's executors call
// drivers on ports that nobody knows before. The rule is a resource of its own, so that the host waits for no cluster.
//
// Source: https://doc.dataiku.com/dss/latest/containers/concepts.html, and the reference architecture's step "Install EKS
// plugin", which has the nodes in the same security group.
func (d *DSSInstance) AllowNodes(ctx *pulumi.Context, name string, securityGroupID pulumi.StringInput) error {
	_, err := vpc.NewSecurityGroupIngressRule(ctx, d.child("nodes-"+name), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           d.SecurityGroupID,
		ReferencedSecurityGroupId: securityGroupID.ToStringOutput().ToStringPtrOutput(),
		Description:               pulumi.String("Pods of " + name),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(0),
		ToPort:                    pulumi.Int(65535),
		Tags:                      d.tags("nodes-" + name),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("opening the host to the nodes of %s: %w", name, err)
	}
	return nil
}

// group makes a security group without rules. Rules are resources of their own: they come and go one by one.
func (d *DSSInstance) group(part, description string) (pulumi.StringOutput, error) {
	made, err := ec2.NewSecurityGroup(d.ctx, d.child(part), &ec2.SecurityGroupArgs{
		Description: pulumi.String(description),
		VpcId:       d.args.VPCID.ToStringOutput().ToStringPtrOutput(),
		Tags:        d.tags(part),
	}, d.parent())
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("creating security group %s: %w", d.child(part), err)
	}
	return made.ID().ToStringOutput(), nil
}

func (d *DSSInstance) ingress(group pulumi.StringInput, o opening) error {
	args := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group, Description: pulumi.String(o.description), Tags: d.tags(o.name),
		IpProtocol: o.protocol(), FromPort: o.port(o.from), ToPort: o.port(o.to),
	}
	args.CidrIpv4, args.CidrIpv6 = o.addresses()
	if o.group != nil {
		args.ReferencedSecurityGroupId = o.group.ToStringOutput().ToStringPtrOutput()
	}
	if _, err := vpc.NewSecurityGroupIngressRule(d.ctx, d.child(o.name), args, d.parent()); err != nil {
		return fmt.Errorf("creating rule %s: %w", d.child(o.name), err)
	}
	return nil
}

func (d *DSSInstance) egress(group pulumi.StringInput, o opening) error {
	args := &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group, Description: pulumi.String(o.description), Tags: d.tags(o.name),
		IpProtocol: o.protocol(), FromPort: o.port(o.from), ToPort: o.port(o.to),
	}
	args.CidrIpv4, args.CidrIpv6 = o.addresses()
	if o.group != nil {
		args.ReferencedSecurityGroupId = o.group.ToStringOutput().ToStringPtrOutput()
	}
	if _, err := vpc.NewSecurityGroupEgressRule(d.ctx, d.child(o.name), args, d.parent()); err != nil {
		return fmt.Errorf("creating rule %s: %w", d.child(o.name), err)
	}
	return nil
}

func (o opening) protocol() pulumi.String {
	if o.to == 0 {
		return "-1"
	}
	return "tcp"
}

func (o opening) port(n int) pulumi.IntPtrInput {
	if o.to == 0 {
		return nil
	}
	return pulumi.Int(n)
}

// addresses is the block in the argument of its family.
func (o opening) addresses() (v4, v6 pulumi.StringPtrInput) {
	block, err := netip.ParsePrefix(o.cidr)
	switch {
	case err != nil:
		return nil, nil // the other side is a group
	case block.Addr().Is4():
		return pulumi.String(o.cidr), nil
	default:
		return nil, pulumi.String(o.cidr)
	}
}

// hostGroups are all security groups of the host.
func (d *DSSInstance) hostGroups() pulumi.StringArrayOutput {
	shared := d.args.SharedSecurityGroupIDs
	if shared == nil {
		return pulumi.StringArray{d.SecurityGroupID}.ToStringArrayOutput()
	}
	return pulumi.All(d.SecurityGroupID, shared).ApplyT(func(all []any) []string {
		return append([]string{all[0].(string)}, all[1].([]string)...)
	}).(pulumi.StringArrayOutput)
}

// networkInterface is the host's, and not the instance's, where its address has to stay; otherwise nil.
func (d *DSSInstance) networkInterface() (*ec2.NetworkInterface, error) {
	if !d.args.KeepPrivateIP {
		return nil, nil
	}
	args := &ec2.NetworkInterfaceArgs{
		SubnetId:       d.args.SubnetID,
		SecurityGroups: d.hostGroups(),
		Description:    pulumi.String("DSS host of " + d.name),
		Tags:           d.tags("host"),
	}
	if d.args.PrivateIP != "" {
		args.PrivateIps = pulumi.ToStringArray([]string{d.args.PrivateIP})
	}
	// The instance holds on to it, and a given address is free only when it is gone.
	made, err := ec2.NewNetworkInterface(d.ctx, d.child("host"), args, d.parent(), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, fmt.Errorf("creating the network interface: %w", err)
	}
	return made, nil
}

// publicAddress gives the instance an Elastic IP, if one was asked for.
func (d *DSSInstance) publicAddress(instance *ec2.Instance) (pulumi.StringOutput, bool, error) {
	var none pulumi.StringOutput
	allocation := optional.String(d.args.ElasticIPAllocationID)
	switch {
	case d.args.ElasticIP:
		made, err := ec2.NewEip(d.ctx, d.child("host"), &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: d.tags("host")}, d.parent())
		if err != nil {
			return none, false, fmt.Errorf("creating the Elastic IP: %w", err)
		}
		allocation = made.AllocationId.ToStringPtrOutput()
	case d.args.ElasticIPAllocationID == "":
		return none, false, nil
	}
	associated, err := ec2.NewEipAssociation(d.ctx, d.child("host"), &ec2.EipAssociationArgs{
		AllocationId: allocation, InstanceId: instance.ID().ToStringOutput().ToStringPtrOutput(),
		// An address is with one instance at a time.
	}, d.parent(), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return none, false, fmt.Errorf("associating the Elastic IP: %w", err)
	}
	return associated.PublicIp, true, nil
}
