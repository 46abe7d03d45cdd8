package compute

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// This file is all that knows of pulumi-eks. Its major 2 fits pulumi-aws 6 and is used for the control plane alone, with
// every default off that AWS no longer accepts or that opens something.

// controlPlaneTimeout is how long EKS may take to make or change a control plane. Usual are 8 to 12 minutes; AWS's own
// provider gives up after 30, when EKS is busy.
const controlPlaneTimeout = "60m"

// clusterType is the resource that pulumi-eks makes the control plane with.
const clusterType = "aws:eks/cluster:Cluster"

// controlPlaneArgs are what a control plane is made of.
type controlPlaneArgs struct {
	name, version   string
	vpcID           pulumi.StringInput
	subnetIDs       pulumi.StringArrayInput
	role            *awsiam.Role
	securityGroup   *ec2.SecurityGroup
	kmsKeyARN       pulumi.StringInput
	logTypes        []string
	publicCIDRs     []string
	extendedSupport bool
	tags            map[string]string
}

// controlPlane is a control plane that answers.
type controlPlane struct {
	// resource is what others depend on, and what they go down with.
	resource pulumi.Resource
	// name is the cluster's name, known as soon as the cluster is active.
	name pulumi.StringOutput
	// endpoint is the URL of the API.
	endpoint pulumi.StringOutput
	// certificateAuthority is the API's, in base 64.
	certificateAuthority pulumi.StringOutput
	// securityGroupID is the group that EKS made, which control plane and nodes have in common.
	securityGroupID pulumi.StringOutput
	// issuer is the URL of the issuer of service accounts' tokens.
	issuer pulumi.StringOutput
	// arn is the cluster's.
	arn pulumi.StringOutput
}

// newControlPlane makes the control plane, and waits until it is active.
//
// In Go, pulumi-eks 2.8.1 comes up in API mode only with no instance roles (empty, for nil makes one) and no access
// entries: it cannot decode its own output when it has made an entry. Both are this package's own business.
func newControlPlane(ctx *pulumi.Context, name string, args controlPlaneArgs, opts ...pulumi.ResourceOption) (*controlPlane, error) {
	mode := eks.AuthenticationModeApi
	clusterArgs := &eks.ClusterArgs{
		Name:                   pulumi.String(args.name),
		Version:                pulumi.String(args.version),
		VpcId:                  args.vpcID.ToStringOutput().ToStringPtrOutput(),
		SubnetIds:              args.subnetIDs,
		AuthenticationMode:     &mode,
		ServiceRole:            args.role,
		InstanceRoles:          awsiam.RoleArray{},
		ClusterSecurityGroup:   args.securityGroup,
		EncryptionConfigKeyArn: args.kmsKeyARN.ToStringOutput().ToStringPtrOutput(),
		EnabledClusterLogTypes: pulumi.ToStringArray(args.logTypes),
		EndpointPrivateAccess:  pulumi.Bool(true),
		EndpointPublicAccess:   pulumi.Bool(len(args.publicCIDRs) > 0),
		SkipDefaultNodeGroup:   pulumi.BoolRef(true),
		UseDefaultVpcCni:       pulumi.BoolRef(true),
		ClusterTags:            pulumi.StringMap{"Name": pulumi.String(args.name)},
		Tags:                   pulumi.ToStringMap(args.tags),
	}
	if len(args.publicCIDRs) > 0 {
		clusterArgs.PublicAccessCidrs = pulumi.ToStringArray(args.publicCIDRs)
	}
	// Transforms reach the resource inside of the component, which has arguments that the component does not offer.
	opts = append(opts, pulumi.Transforms([]pulumi.ResourceTransform{settle(args.extendedSupport)}))
	cluster, err := eks.NewCluster(ctx, name, clusterArgs, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating the control plane: %w", err)
	}
	// The output arrives with the cluster, and brings the dependency on it.
	established := cluster.KubeconfigJson.ApplyT(func(string) string { return args.name }).(pulumi.StringOutput)
	return describe(ctx, cluster, established), nil
}

// describe asks EKS about a cluster that is there. The component's own outputs hold the cluster as a reference to a
// resource, whose shape differs between its majors.
func describe(ctx *pulumi.Context, cluster *eks.Cluster, name pulumi.StringOutput) *controlPlane {
	found := awseks.LookupClusterOutput(ctx, awseks.LookupClusterOutputArgs{Name: name}, pulumi.Parent(cluster))
	return &controlPlane{
		resource: cluster,
		name:     name,
		endpoint: found.Endpoint(),
		arn:      found.Arn(),
		certificateAuthority: found.ApplyT(func(c awseks.LookupClusterResult) string {
			if len(c.CertificateAuthorities) == 0 {
				return ""
			}
			return c.CertificateAuthorities[0].Data
		}).(pulumi.StringOutput),
		securityGroupID: found.ApplyT(func(c awseks.LookupClusterResult) string {
			return c.VpcConfig.ClusterSecurityGroupId
		}).(pulumi.StringOutput),
		issuer: found.ApplyT(func(c awseks.LookupClusterResult) string {
			if len(c.Identities) == 0 || len(c.Identities[0].Oidcs) == 0 {
				return ""
			}
			return c.Identities[0].Oidcs[0].Issuer
		}).(pulumi.StringOutput),
	}
}

// settle sets what pulumi-eks decides for itself, or leaves to AWS's defaults:
//
//   - The creator of the cluster is no administrator by that alone. pulumi-eks 2.8.1 says it is, and there is no way to
//     take that back but to delete an access entry that no program knows of.
//   - EKS puts no add-ons of its own into the cluster: those that are managed here would have to overwrite them.
//   - The version's support is standard or extended, as the arguments say. EKS's default is extended, and costs.
//   - Making and changing a control plane may take an hour.
//
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
func settle(extendedSupport bool) pulumi.ResourceTransform {
	support := "STANDARD"
	if extendedSupport {
		support = "EXTENDED"
	}
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Type != clusterType {
			return nil
		}
		args.Props["accessConfig"] = pulumi.Map{
			"authenticationMode":                      pulumi.String("API"),
			"bootstrapClusterCreatorAdminPermissions": pulumi.Bool(false),
		}
		args.Props["bootstrapSelfManagedAddons"] = pulumi.Bool(false)
		args.Props["upgradePolicy"] = pulumi.Map{"supportType": pulumi.String(support)}
		args.Opts.CustomTimeouts = &pulumi.CustomTimeouts{
			Create: controlPlaneTimeout, Update: controlPlaneTimeout, Delete: controlPlaneTimeout,
		}
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
}
