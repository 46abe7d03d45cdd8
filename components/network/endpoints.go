package network

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// EndpointServices are the services that can have an interface endpoint: what DSS, its nodes and the agents on them
// call. Hosts without a way to the internet need all of them.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html and
// https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
func EndpointServices() []string {
	return []string{
		"athena", "autoscaling", "cloudformation", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth",
		"elasticloadbalancing", "glue", "kms", "lakeformation", "logs", "monitoring", "secretsmanager", "ssm", "ssmmessages",
		"sts",
	}
}

// gatewayEndpoint keeps traffic to S3 inside AWS, and free. ECR's image layers are in S3 as well.
func (n *Network) gatewayEndpoint(routes pulumi.StringArray) error {
	_, err := ec2.NewVpcEndpoint(n.ctx, n.child("s3"), &ec2.VpcEndpointArgs{
		VpcId:           n.VPCID,
		ServiceName:     pulumi.Sprintf("com.amazonaws.%s.s3", n.location.Region),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   routes,
		Tags:            n.tags("s3"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("creating the S3 endpoint: %w", err)
	}
	return nil
}

// interfaceEndpoints are one resource a service, in all private subnets, reachable from the whole VPC.
func (n *Network) interfaceEndpoints(services []string, cidr pulumi.StringOutput) error {
	if len(services) == 0 {
		return nil
	}
	group, err := ec2.NewSecurityGroup(n.ctx, n.child("endpoints"), &ec2.SecurityGroupArgs{
		Description: pulumi.String("Interface endpoints: HTTPS from inside the VPC"),
		VpcId:       n.VPCID,
		Tags:        n.tags("endpoints"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("creating the endpoints' security group: %w", err)
	}
	_, err = vpc.NewSecurityGroupIngressRule(n.ctx, n.child("endpoints-https"), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(),
		Description:     pulumi.String("HTTPS from the VPC"),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(443),
		ToPort:          pulumi.Int(443),
		CidrIpv4:        cidr,
		Tags:            n.tags("endpoints-https"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("opening the endpoints to the VPC: %w", err)
	}
	for _, service := range services {
		if err := n.interfaceEndpoint(service, group); err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) interfaceEndpoint(service string, group *ec2.SecurityGroup) error {
	_, err := ec2.NewVpcEndpoint(n.ctx, n.child(service), &ec2.VpcEndpointArgs{
		VpcId:             n.VPCID,
		ServiceName:       pulumi.String(endpointServiceName(n.location.Partition, n.location.Region, service)),
		VpcEndpointType:   pulumi.String("Interface"),
		PrivateDnsEnabled: pulumi.Bool(true),
		SubnetIds:         n.PrivateSubnetIDs,
		SecurityGroupIds:  pulumi.StringArray{group.ID()},
		Tags:              n.tags(service),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("creating the endpoint of %s: %w", service, err)
	}
	return nil
}

// endpointServiceName is how EC2 calls an endpoint's service. In China some have a domain of their own.
//
// Source: https://docs.amazonaws.cn/en_us/vpc/latest/privatelink/aws-services-privatelink-support.html, checked against
// the exceptions that the AWS CDK knows.
func endpointServiceName(partition, region, service string) string {
	domain := "com.amazonaws"
	if partition == "aws-cn" && slices.Contains(chinaDomainServices(), service) {
		domain = "cn.com.amazonaws"
	}
	return fmt.Sprintf("%s.%s.%s", domain, region, service)
}

func chinaDomainServices() []string {
	return []string{"athena", "autoscaling", "cloudformation", "ec2", "ecr.api", "ecr.dkr", "eks", "monitoring", "sts"}
}
