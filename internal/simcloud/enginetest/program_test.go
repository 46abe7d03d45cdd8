package enginetest

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudformation"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// steps registers resources until the first error.
type steps struct {
	ctx *pulumi.Context
	err error
}

func step[T any](s *steps, register func() (T, error)) T {
	var made T
	if s.err != nil {
		return made
	}
	made, s.err = register()
	return made
}

const trustEC2 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`

// waitTemplate is a stack that waits for one signal, with its data as output.
const waitTemplate = `{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"},
"Wait":{"Type":"AWS::CloudFormation::WaitCondition","Properties":{"Handle":{"Ref":"Handle"},"Timeout":"600"}}},
"Outputs":{"Result":{"Value":{"Fn::GetAtt":["Wait","Data"]}},"Url":{"Value":{"Ref":"Handle"}}}}`

// hostProgram is a network with one instance, its data volume and what it needs.
func hostProgram(ctx *pulumi.Context) error {
	s := &steps{ctx: ctx}
	instanceType := config.New(ctx, "").Get("instanceType")
	if instanceType == "" {
		instanceType = "m7i.2xlarge"
	}
	subnets := network(s)
	key := step(s, func() (*kms.Key, error) {
		return kms.NewKey(ctx, "data", &kms.KeyArgs{EnableKeyRotation: pulumi.Bool(true)})
	})
	bucket := step(s, func() (*s3.BucketV2, error) { return s3.NewBucketV2(ctx, "Lake", nil) })
	step(s, func() (*s3.BucketVersioningV2, error) {
		return s3.NewBucketVersioningV2(ctx, "lake", &s3.BucketVersioningV2Args{
			Bucket:                  bucket.ID(),
			VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
		})
	})
	role := step(s, func() (*iam.Role, error) {
		return iam.NewRole(ctx, "host", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trustEC2)})
	})
	step(s, func() (*iam.RolePolicyAttachment, error) {
		return iam.NewRolePolicyAttachment(ctx, "host", &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"),
		})
	})
	profile := step(s, func() (*iam.InstanceProfile, error) {
		return iam.NewInstanceProfile(ctx, "host", &iam.InstanceProfileArgs{Role: role.Name})
	})
	image := step(s, func() (*ec2.LookupAmiResult, error) {
		return ec2.LookupAmi(ctx, &ec2.LookupAmiArgs{Owners: []string{"764336703387"}, MostRecent: pulumi.BoolRef(true), Filters: []ec2.GetAmiFilter{
			{Name: "name", Values: []string{"AlmaLinux OS 9*"}},
		}})
	})
	host := step(s, func() (*ec2.Instance, error) {
		return ec2.NewInstance(ctx, "host", &ec2.InstanceArgs{
			Ami: pulumi.String(image.Id), InstanceType: pulumi.String(instanceType), SubnetId: subnets[0].ID(),
			IamInstanceProfile: profile.Name, Tags: pulumi.StringMap{"Name": pulumi.String("dss")},
		})
	})
	volume := step(s, func() (*ebs.Volume, error) {
		return ebs.NewVolume(ctx, "data", &ebs.VolumeArgs{
			AvailabilityZone: subnets[0].AvailabilityZone, Size: pulumi.Int(100), Encrypted: pulumi.Bool(true), KmsKeyId: key.Arn,
		}, pulumi.RetainOnDelete(true))
	})
	step(s, func() (*ec2.VolumeAttachment, error) {
		return ec2.NewVolumeAttachment(ctx, "data", &ec2.VolumeAttachmentArgs{
			InstanceId: host.ID(), VolumeId: volume.ID(), DeviceName: pulumi.String("/dev/sdf"),
		}, pulumi.DeleteBeforeReplace(true))
	})
	document := step(s, func() (*ssm.Document, error) {
		return ssm.NewDocument(ctx, "host", &ssm.DocumentArgs{
			DocumentType: pulumi.String("Command"), Content: pulumi.String(`{"schemaVersion":"2.2","description":"d","mainSteps":[]}`),
		})
	})
	step(s, func() (*ssm.Association, error) {
		return ssm.NewAssociation(ctx, "host", &ssm.AssociationArgs{Name: document.Name})
	})
	step(s, func() (*ssm.Parameter, error) {
		return ssm.NewParameter(ctx, "password", &ssm.ParameterArgs{
			Type: pulumi.String("SecureString"), Value: pulumi.ToSecret(pulumi.String("hunter2")).(pulumi.StringOutput),
		})
	})
	wait := step(s, func() (*cloudformation.Stack, error) {
		return cloudformation.NewStack(ctx, "wait", &cloudformation.StackArgs{TemplateBody: pulumi.String(waitTemplate)})
	})
	repository := step(s, func() (*ecr.Repository, error) { return ecr.NewRepository(ctx, "images", nil) })
	step(s, func() (*glue.CatalogDatabase, error) { return glue.NewCatalogDatabase(ctx, "lake", nil) })
	if s.err != nil {
		return s.err
	}
	ctx.Export("privateIp", host.PrivateIp)
	ctx.Export("result", wait.Outputs.MapIndex(pulumi.String("Result")))
	ctx.Export("repository", repository.RepositoryUrl)
	return nil
}

// network is a VPC with two subnets.
func network(s *steps) [2]*ec2.Subnet {
	vpc := step(s, func() (*ec2.Vpc, error) {
		return ec2.NewVpc(s.ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
	})
	zones := step(s, func() (*aws.GetAvailabilityZonesResult, error) { return aws.GetAvailabilityZones(s.ctx, nil) })
	var subnets [2]*ec2.Subnet
	for i := range subnets {
		subnets[i] = step(s, func() (*ec2.Subnet, error) {
			return ec2.NewSubnet(s.ctx, fmt.Sprintf("net-%d", i), &ec2.SubnetArgs{
				VpcId: vpc.ID(), CidrBlock: pulumi.String(fmt.Sprintf("10.0.%d.0/24", i)), AvailabilityZone: pulumi.String(zones.Names[i]),
			})
		})
	}
	return subnets
}

// clusterProgram is a cluster by pulumi-eks with a node group, and objects in it.
func clusterProgram(ctx *pulumi.Context) error {
	s := &steps{ctx: ctx}
	provider := step(s, func() (*aws.Provider, error) {
		return aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
			Region:      pulumi.String("eu-west-1"),
			DefaultTags: &aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"owner": pulumi.String("data")}},
		})
	})
	in := pulumi.Provider(provider)
	vpc := step(s, func() (*ec2.Vpc, error) {
		return ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")}, in)
	})
	subnets := pulumi.StringArray{}
	for i, zone := range []string{"eu-west-1a", "eu-west-1b"} {
		subnet := step(s, func() (*ec2.Subnet, error) {
			return ec2.NewSubnet(ctx, "net-"+zone, &ec2.SubnetArgs{
				VpcId: vpc.ID(), CidrBlock: pulumi.String(fmt.Sprintf("10.0.%d.0/24", i)), AvailabilityZone: pulumi.String(zone),
			}, in)
		})
		if s.err != nil {
			return s.err
		}
		subnets = append(subnets, subnet.ID())
	}
	role := step(s, func() (*iam.Role, error) {
		return iam.NewRole(ctx, "cluster", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trustEC2)}, in)
	})
	nodes := step(s, func() (*iam.Role, error) {
		return iam.NewRole(ctx, "nodes", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trustEC2)}, in)
	})
	mode := eks.AuthenticationModeApi
	cluster := step(s, func() (*eks.Cluster, error) {
		return eks.NewCluster(ctx, "dss", &eks.ClusterArgs{
			VpcId: vpc.ID().ToStringOutput().ToStringPtrOutput(), SubnetIds: subnets, Version: pulumi.String("1.35"),
			AuthenticationMode: &mode, ServiceRole: role, InstanceRoles: iam.RoleArray{}, CreateOidcProvider: pulumi.Bool(true),
			SkipDefaultNodeGroup: pulumi.BoolRef(true), UseDefaultVpcCni: pulumi.BoolRef(true),
		}, pulumi.Providers(provider))
	})
	if s.err != nil {
		return s.err
	}
	name := cluster.EksCluster.Name()
	group := step(s, func() (*awseks.NodeGroup, error) {
		return awseks.NewNodeGroup(ctx, "dss", &awseks.NodeGroupArgs{
			ClusterName: name, NodeRoleArn: nodes.Arn, SubnetIds: subnets,
			ScalingConfig: &awseks.NodeGroupScalingConfigArgs{DesiredSize: pulumi.Int(1), MinSize: pulumi.Int(0), MaxSize: pulumi.Int(3)},
		}, in)
	})
	step(s, func() (*awseks.Addon, error) {
		return awseks.NewAddon(ctx, "cni", &awseks.AddonArgs{ClusterName: name, AddonName: pulumi.String("vpc-cni")}, in)
	})
	step(s, func() (*awseks.AccessEntry, error) {
		return awseks.NewAccessEntry(ctx, "viewer", &awseks.AccessEntryArgs{
			ClusterName: name, PrincipalArn: pulumi.String("arn:aws:iam::123456789012:role/viewer"),
		}, in)
	})
	objects(s, cluster, group)
	ctx.Export("kubeconfig", cluster.Kubeconfig)
	ctx.Export("endpoint", cluster.Core.Endpoint())
	ctx.Export("vpc", cluster.Core.VpcId())
	ctx.Export("group", cluster.ClusterSecurityGroup.ApplyT(func(g *ec2.SecurityGroup) pulumi.IDOutput { return g.ID() }))
	ctx.Export("issuer", cluster.Core.OidcProvider().Url())
	return s.err
}

// objects puts what a platform needs into the cluster.
func objects(s *steps, cluster *eks.Cluster, after pulumi.Resource) {
	provider := step(s, func() (*kubernetes.Provider, error) {
		return kubernetes.NewProvider(s.ctx, "dss", &kubernetes.ProviderArgs{Kubeconfig: cluster.KubeconfigJson})
	})
	if s.err != nil {
		return
	}
	on := pulumi.Composite(pulumi.Provider(provider), pulumi.DependsOn([]pulumi.Resource{after}))
	step(s, func() (*storagev1.StorageClass, error) {
		return storagev1.NewStorageClass(s.ctx, "gp3", &storagev1.StorageClassArgs{
			Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String("gp3")}, Provisioner: pulumi.String("ebs.csi.aws.com"),
		}, on)
	})
	space := step(s, func() (*corev1.Namespace, error) {
		return corev1.NewNamespace(s.ctx, "dss", &corev1.NamespaceArgs{Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String("dss")}}, on)
	})
	step(s, func() (*rbacv1.Role, error) {
		return rbacv1.NewRole(s.ctx, "dss", &rbacv1.RoleArgs{
			Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String("dss"), Namespace: space.Metadata.Name()},
			Rules: rbacv1.PolicyRuleArray{rbacv1.PolicyRuleArgs{
				ApiGroups: pulumi.ToStringArray([]string{""}), Resources: pulumi.ToStringArray([]string{"pods"}), Verbs: pulumi.ToStringArray([]string{"get"}),
			}},
		}, on)
	})
}
