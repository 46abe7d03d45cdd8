package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// pods gives service accounts of the cluster roles of their own. The connection's role stays DSS's alone.
func (c *S3Connection) pods() error {
	arns := pulumi.StringMap{}
	for _, pod := range c.args.PodIdentities {
		made, err := c.pod(pod)
		if err != nil {
			return fmt.Errorf("letting pods of %s in: %w", pod, err)
		}
		arns[pod.String()] = made.Arn
	}
	c.PodRoleARNs = arns.ToStringMapOutput()
	return nil
}

func (c *S3Connection) pod(pod PodIdentity) (*role.Role, error) {
	part := pod.part()
	trust := c.args.ClusterName.ToStringOutput().ApplyT(func(cluster string) string {
		return role.PodTrust(c.location, cluster, pod.Namespace, pod.ServiceAccount).JSON()
	}).(pulumi.StringOutput)
	made, err := role.New(c.ctx, c.child(part), role.Args{
		Settings: c.args.Roles, Location: c.location, Description: fmt.Sprintf("Pods of %s on connection %s", pod, c.args.Name),
		TrustPolicy: trust, Tags: c.tags(part),
	}, c.parent())
	if err != nil {
		return nil, err
	}
	if c.args.ReadOnly || pod.ReadOnly {
		c.readingPods = append(c.readingPods, made.Arn)
		err = c.GrantRead(c.ctx, part, made)
	} else {
		c.writingPods = append(c.writingPods, made.Arn)
		err = c.GrantReadWrite(c.ctx, part, made)
	}
	if err != nil {
		return nil, err
	}
	_, err = eks.NewPodIdentityAssociation(c.ctx, c.child(part), &eks.PodIdentityAssociationArgs{
		ClusterName: c.args.ClusterName, Namespace: pulumi.String(pod.Namespace), ServiceAccount: pulumi.String(pod.ServiceAccount),
		RoleArn: made.Arn, Tags: pulumi.ToStringMap(c.tags(part)),
		// Pods that start from then on have the role, and what it may do.
	}, c.parent(), pulumi.DependsOn(made.Grants))
	if err != nil {
		return nil, fmt.Errorf("associating the role: %w", err)
	}
	return made, nil
}

// String names the service account as Kubernetes does.
func (p PodIdentity) String() string { return p.Namespace + "/" + p.ServiceAccount }

// part ends the names of a service account's resources. It is short, since names of roles are, and does not change with others' positions.
func (p PodIdentity) part() string {
	sum := sha256.Sum256([]byte(p.String()))
	return podPart + hex.EncodeToString(sum[:podDigest/2])
}

// podPart and podDigest are what part consists of: text, and digits.
const (
	podPart   = "pod-"
	podDigest = 8
)

// serviceAccountName is what Kubernetes takes.
//
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
var serviceAccountName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// systemNamespaces are Kubernetes' own, whose pods run on everybody's behalf.
func systemNamespaces() []string { return []string{"kube-node-lease", "kube-public", "kube-system"} }

func (c Connection) podProblems() problem.List {
	var wrong problem.List
	if c.Credentials == KeyPair && len(c.PodIdentities) > 0 {
		wrong.Add("podIdentities", "leave them out, or let credentials be "+string(AssumedRole), "a connection with a key pair has no roles")
	}
	for i, pod := range c.PodIdentities {
		path := problem.Index("podIdentities", i)
		wrong.Under(path, pod.problems())
		if slices.ContainsFunc(c.PodIdentities[:i], func(p PodIdentity) bool { return p.String() == pod.String() }) {
			wrong.Add(path, "name each once", "%s is there twice", pod)
		}
	}
	return wrong
}

func (p PodIdentity) problems() problem.List {
	var wrong problem.List
	wrong.AddError("namespace", awsname.Namespace.Check(p.Namespace))
	if slices.Contains(systemNamespaces(), p.Namespace) {
		wrong.Add("namespace", "use a namespace of its own", "pods of %s belong to the cluster", p.Namespace)
	}
	if !serviceAccountName.MatchString(p.ServiceAccount) {
		wrong.Add("serviceAccount", "use a-z, 0-9, dots and hyphens, 253 at most", "%q is not a service account", p.ServiceAccount)
	}
	return wrong
}
