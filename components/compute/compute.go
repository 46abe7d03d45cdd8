package compute

import (
	"fmt"
	"maps"
	"slices"
	"time"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// ComputeEKS is the EKS cluster that DSS runs containers and Spark on.
//
// It stands in for the reference architecture's step "Create your first cluster": the cluster is made here, and DSS
// attaches it by [ComputeEKS.ClusterName].
type ComputeEKS struct {
	pulumi.ResourceState

	// ClusterName is the cluster's name, known when the cluster is active.
	ClusterName pulumi.StringOutput `pulumi:"clusterName"`
	// ClusterARN is the cluster's ARN.
	ClusterARN pulumi.StringOutput `pulumi:"clusterArn"`
	// Endpoint is the URL of the cluster's API.
	Endpoint pulumi.StringOutput `pulumi:"endpoint"`
	// CertificateAuthority is the API's, in base 64.
	CertificateAuthority pulumi.StringOutput `pulumi:"certificateAuthority"`
	// Kubeconfig is a configuration for kubectl as JSON. It asks the aws CLI for a token and holds no secret.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`
	// ClusterSecurityGroupID is the group that EKS made for control plane and nodes.
	ClusterSecurityGroupID pulumi.StringOutput `pulumi:"clusterSecurityGroupId"`
	// NodeSecurityGroupID is a group that all nodes, and so pods, are in, and nothing else. It does not wait for the
	// cluster.
	NodeSecurityGroupID pulumi.StringOutput `pulumi:"nodeSecurityGroupId"`
	// NodeRoleARN is the role of the nodes.
	NodeRoleARN pulumi.StringOutput `pulumi:"nodeRoleArn"`
	// OIDCIssuer is the URL of the issuer of service accounts' tokens.
	OIDCIssuer pulumi.StringOutput `pulumi:"oidcIssuer"`
	// OIDCProviderARN is the identity provider of IAM for that issuer, empty when there is none.
	OIDCProviderARN pulumi.StringOutput `pulumi:"oidcProviderArn"`
	// KMSKeyARN is the key of secrets, volumes and logs.
	KMSKeyARN pulumi.StringOutput `pulumi:"kmsKeyArn"`

	ctx      *pulumi.Context
	name     string
	args     *ComputeEKSArgs
	location location.Location
	plane    *controlPlane
	// deployerARN is the role or user that is an administrator of the cluster, empty if nobody is by deploying it.
	deployerARN string
	// controlPlaneGroupID is the group with the rules for the API's port.
	controlPlaneGroupID pulumi.StringOutput
	// admitted are the access entries that objects in the cluster are made with.
	admitted []pulumi.Resource
	// addonHosts are the pools where add-ons start.
	addonHosts []pulumi.Resource
	// kubernetes is the provider of objects in the cluster, nil when there are none.
	kubernetes *kubernetes.Provider
}

// NewComputeEKS builds a cluster.
//
// Give the AWS provider explicitly (`pulumi.Providers(aws)`): pulumi-eks asks for a version of its own of the default
// provider, and with it for a second plugin. The deploying machine needs the aws CLI and kubectl, whose versions pulumi-eks checks.
//
// It fails with a [*problem.Error] that lists everything that is wrong with the arguments, before anything is created.
func NewComputeEKS(ctx *pulumi.Context, name string, args *ComputeEKSArgs, opts ...pulumi.ResourceOption) (*ComputeEKS, error) {
	if args == nil {
		args = &ComputeEKSArgs{}
	}
	c := &ComputeEKS{ctx: ctx, name: name, args: args.withDefaults(name)}
	wrong := append(args.Problems(), args.missing()...)
	wrong = append(wrong, NameProblems(name, args)...)
	if err := wrong.Err("ComputeEKS " + name); err != nil {
		return nil, err
	}
	if err := ctx.RegisterComponentResourceV2(Token, name, c.inputs(), c, opts...); err != nil {
		return nil, fmt.Errorf("registering compute %s: %w", name, err)
	}
	if err := c.build(); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"clusterName":            c.ClusterName,
		"clusterArn":             c.ClusterARN,
		"endpoint":               c.Endpoint,
		"certificateAuthority":   c.CertificateAuthority,
		"kubeconfig":             c.Kubeconfig,
		"clusterSecurityGroupId": c.ClusterSecurityGroupID,
		"nodeSecurityGroupId":    c.NodeSecurityGroupID,
		"nodeRoleArn":            c.NodeRoleARN,
		"oidcIssuer":             c.OIDCIssuer,
		"oidcProviderArn":        c.OIDCProviderARN,
		"kmsKeyArn":              c.KMSKeyARN,
	})
}

// build makes everything: what the control plane stands on, itself, who may enter, nodes with the add-ons they need
// before and after, and what is in the cluster.
func (c *ComputeEKS) build() error {
	var err error
	if c.location, err = location.Lookup(c.ctx, c); err != nil {
		return err
	}
	if err := c.findDeployer(); err != nil {
		return err
	}
	if err := c.warn(); err != nil {
		return err
	}
	if err := c.controlPlane(); err != nil {
		return err
	}
	if err := c.admit(); err != nil {
		return err
	}
	if err := c.admitDeployer(); err != nil {
		return err
	}
	before, err := c.addonsBefore()
	if err != nil {
		return err
	}
	if err := c.nodePools(before); err != nil {
		return err
	}
	if err := c.addonsAfter(); err != nil {
		return err
	}
	if err := c.oidcProvider(); err != nil {
		return err
	}
	return c.objects(c.kubeconfigs(), slices.Concat(c.admitted, before))
}

// warn tells of what is right today and will not be.
func (c *ComputeEKS) warn() error {
	for _, text := range c.args.versionRequest().warnings(time.Now()) {
		if err := c.ctx.Log.Warn(text, &pulumi.LogArgs{Resource: c}); err != nil {
			return fmt.Errorf("warning of %q: %w", text, err)
		}
	}
	return nil
}

// controlPlane makes the control plane and what has to be there before it.
func (c *ComputeEKS) controlPlane() error {
	if err := c.key(); err != nil {
		return err
	}
	logs, err := c.logGroup()
	if err != nil {
		return err
	}
	clusterRole, grants, err := c.clusterRole()
	if err != nil {
		return err
	}
	group, err := c.securityGroups()
	if err != nil {
		return err
	}
	c.plane, err = newControlPlane(c.ctx, c.name, controlPlaneArgs{
		name:            c.args.ClusterName,
		version:         c.args.Version,
		vpcID:           c.args.VPCID,
		subnetIDs:       c.args.SubnetIDs,
		role:            clusterRole,
		securityGroup:   group,
		kmsKeyARN:       c.KMSKeyARN,
		logTypes:        c.args.LogTypes,
		publicCIDRs:     c.args.PublicAccessCIDRs,
		extendedSupport: c.args.ExtendedSupport,
		tags:            c.args.Tags,
	}, pulumi.Parent(c), pulumi.DependsOn(slices.Concat(logs, grants)))
	if err != nil {
		return err
	}
	c.ClusterName, c.ClusterARN = c.plane.name, c.plane.arn
	c.Endpoint, c.CertificateAuthority = c.plane.endpoint, c.plane.certificateAuthority
	c.ClusterSecurityGroupID, c.OIDCIssuer = c.plane.securityGroupID, c.plane.issuer
	return nil
}

// oidcProvider makes the cluster's issuer known to IAM. IAM trusts the issuer's certificate by its authority, so that no
// thumbprint has to be looked up over TLS.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
func (c *ComputeEKS) oidcProvider() error {
	if !c.args.CreateOIDCProvider {
		c.OIDCProviderARN = pulumi.String("").ToStringOutput()
		return nil
	}
	provider, err := awsiam.NewOpenIdConnectProvider(c.ctx, c.child("issuer"), &awsiam.OpenIdConnectProviderArgs{
		Url: c.OIDCIssuer, ClientIdLists: pulumi.StringArray{pulumi.String("sts.amazonaws.com")}, Tags: c.tags(c.child("issuer")),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("creating the OIDC provider: %w", err)
	}
	c.OIDCProviderARN = provider.Arn
	return nil
}

func (c *ComputeEKS) inputs() pulumi.Map {
	return pulumi.Map{
		"clusterName":       pulumi.String(c.args.ClusterName),
		"version":           pulumi.String(c.args.Version),
		"pools":             pulumi.ToStringArray(slices.Sorted(maps.Keys(c.args.Pools))),
		"publicAccessCidrs": pulumi.ToStringArray(c.args.PublicAccessCIDRs),
	}
}

func (c *ComputeEKS) child(role string) string { return c.name + "-" + role }

// tags are the caller's, with the name that the console shows if there is one.
func (c *ComputeEKS) tags(name string) pulumi.StringMap {
	tags := map[string]string{}
	if name != "" {
		tags["Name"] = name
	}
	maps.Copy(tags, c.args.Tags)
	return pulumi.ToStringMap(tags)
}
