package compute

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

const (
	// rootDevice is the root volume's device on Amazon Linux 2023.
	rootDevice = "/dev/xvda"
	// maxUnavailablePercentage is how much of a pool may be replaced at a time.
	maxUnavailablePercentage = 33
	// nodeGroupTimeout is for pools whose nodes are hard to get, and for updates that wait for pods to leave.
	nodeGroupTimeout = "60m"
)

// nodePools makes all pools. `before` are the add-ons that nodes need to become ready.
func (c *ComputeEKS) nodePools(before []pulumi.Resource) error {
	grants, err := c.nodeRole()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.args.Pools)) {
		group, err := c.nodePool(name, c.args.Pools[name], append(grants, before...))
		if err != nil {
			return err
		}
		if c.args.Pools[name].hostsAddons() {
			c.addonHosts = append(c.addonHosts, group)
		}
	}
	return nil
}

// hostsAddons says whether add-ons that are no DaemonSets can start here.
func (p Pool) hostsAddons() bool { return p.untainted() && max(p.Min, *p.Desired) > 0 }

// nodeRole is the role of all nodes, with what it must have before the first one starts. Its access entry is made by
// EKS with the first managed node group, and a second one would be refused.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
func (c *ComputeEKS) nodeRole() ([]pulumi.Resource, error) {
	if c.args.NodeRoleARN != nil {
		c.NodeRoleARN = c.args.NodeRoleARN.ToStringOutput()
		return nil, nil
	}
	// The network add-on's rights are on a role of its own (Pod Identity): pods cannot take them from the node.
	policies := []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}
	if c.args.NodeSSM {
		policies = append(policies, "AmazonSSMManagedInstanceCore")
	}
	nodes, err := role.New(c.ctx, c.child("node"), role.Args{
		Settings:    c.args.Roles,
		Location:    c.location,
		Description: "Nodes of the EKS cluster " + c.args.ClusterName,
		Trust:       iam.TrustService(c.location.Principal("ec2")),
		AWSPolicies: policies,
		Tags:        c.args.Tags,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	c.NodeRoleARN = nodes.Arn
	return nodes.Grants, nil
}

// nodePool makes a managed node group with its launch template.
func (c *ComputeEKS) nodePool(name string, pool Pool, after []pulumi.Resource) (*eks.NodeGroup, error) {
	template, err := c.launchTemplate(name, pool)
	if err != nil {
		return nil, err
	}
	subnets := c.args.SubnetIDs
	if pool.Zones == WorkloadZone && c.args.WorkloadSubnetIDs != nil {
		subnets = c.args.WorkloadSubnetIDs
	}
	groupArgs := &eks.NodeGroupArgs{
		ClusterName:   c.ClusterName,
		NodeRoleArn:   c.NodeRoleARN,
		SubnetIds:     subnets,
		AmiType:       pulumi.String(pool.hardware().amiType()),
		CapacityType:  pulumi.String(capacityType(pool)),
		InstanceTypes: pulumi.ToStringArray(pool.InstanceTypes),
		Version:       pulumi.String(c.args.Version),
		Labels:        pulumi.ToStringMap(pool.labels(name)),
		Taints:        taints(pool),
		LaunchTemplate: &eks.NodeGroupLaunchTemplateArgs{
			Id:      template.ID(),
			Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		ScalingConfig: &eks.NodeGroupScalingConfigArgs{
			MinSize: pulumi.Int(pool.Min), MaxSize: pulumi.Int(pool.Max), DesiredSize: pulumi.Int(*pool.Desired),
		},
		UpdateConfig:     &eks.NodeGroupUpdateConfigArgs{MaxUnavailablePercentage: pulumi.Int(maxUnavailablePercentage)},
		NodeRepairConfig: &eks.NodeGroupNodeRepairConfigArgs{Enabled: pulumi.Bool(true)},
		Tags:             c.tags(c.args.ClusterName + "-" + name),
	}
	if pool.ReleaseVersion != "" {
		groupArgs.ReleaseVersion = pulumi.String(pool.ReleaseVersion)
	}
	group, err := eks.NewNodeGroup(c.ctx, c.child(name), groupArgs, pulumi.Parent(c),
		pulumi.DependsOn(after),
		// The number of nodes belongs to autoscalers and people.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}),
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: nodeGroupTimeout, Update: nodeGroupTimeout, Delete: nodeGroupTimeout}))
	if err != nil {
		return nil, fmt.Errorf("creating pool %s: %w", name, err)
	}
	return group, nil
}

func capacityType(pool Pool) string {
	if pool.Spot {
		return "SPOT"
	}
	return "ON_DEMAND"
}

func taints(pool Pool) eks.NodeGroupTaintArray {
	var all eks.NodeGroupTaintArray
	for _, taint := range pool.Taints {
		args := eks.NodeGroupTaintArgs{Key: pulumi.String(taint.Key), Effect: pulumi.String(eksEffects[taint.Effect])}
		if taint.Value != "" {
			args.Value = pulumi.String(taint.Value)
		}
		all = append(all, args)
	}
	return all
}

// launchTemplate says what a managed node group does not: volumes, metadata, security groups, tags of what is launched.
// It names no image, no instance type, no role and no key pair: the first three are the group's, the last is for nobody.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
func (c *ComputeEKS) launchTemplate(name string, pool Pool) (*ec2.LaunchTemplate, error) {
	groups := pulumi.StringArray{c.plane.securityGroupID, c.NodeSecurityGroupID}
	if c.args.SharedSecurityGroupID != nil {
		groups = append(groups, c.args.SharedSecurityGroupID)
	}
	nodeName := c.args.ClusterName + "-" + name
	args := &ec2.LaunchTemplateArgs{
		Description:          pulumi.String(fmt.Sprintf("Nodes of pool %s of the EKS cluster %s", name, c.args.ClusterName)),
		UpdateDefaultVersion: pulumi.Bool(true),
		VpcSecurityGroupIds:  groups,
		BlockDeviceMappings: ec2.LaunchTemplateBlockDeviceMappingArray{&ec2.LaunchTemplateBlockDeviceMappingArgs{
			DeviceName: pulumi.String(rootDevice),
			Ebs: &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
				VolumeType:          pulumi.String("gp3"),
				VolumeSize:          pulumi.Int(pool.DiskGiB),
				Encrypted:           pulumi.String("true"),
				KmsKeyId:            c.KMSKeyARN,
				DeleteOnTermination: pulumi.String("true"),
			},
		}},
		// One hop: pods that have a network of their own do not reach the node's credentials. The EBS driver's are among
		// them, and ask the cluster's API about their node instead.
		// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/install.md (metadata)
		MetadataOptions: &ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
			InstanceMetadataTags:    pulumi.String("disabled"),
		},
		TagSpecifications: c.tagSpecifications(nodeName),
		Tags:              c.tags(nodeName),
	}
	if data := userData(pool); data != "" {
		args.UserData = pulumi.String(data)
	}
	template, err := ec2.NewLaunchTemplate(c.ctx, c.child(name), args, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("creating the launch template of pool %s: %w", name, err)
	}
	return template, nil
}

func (c *ComputeEKS) tagSpecifications(nodeName string) ec2.LaunchTemplateTagSpecificationArray {
	var all ec2.LaunchTemplateTagSpecificationArray
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		all = append(all, &ec2.LaunchTemplateTagSpecificationArgs{
			ResourceType: pulumi.String(kind), Tags: c.tags(nodeName),
		})
	}
	return all
}
