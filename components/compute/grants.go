package compute

import (
	"fmt"
	"slices"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DefaultDSSNamespaces are the namespaces that DSS works in: one of its own, and one for each user, which DSS names
// `dssns-LOGIN` (setting kubernetesNamespace).
func DefaultDSSNamespaces() []string { return []string{"dss", "dssns-*"} }

// DSSAccess says what DSS may do in the cluster.
type DSSAccess struct {
	// Namespaces are where DSS has its pods; `*` stands for any text. Default: [DefaultDSSNamespaces].
	Namespaces []string `pulumi:"namespaces,optional" json:"namespaces,omitempty"`
	// ManageQuotas lets DSS set quotas and limits of namespaces, for its own namespace policies. It holds for all
	// namespaces. Default: false.
	ManageQuotas bool `pulumi:"manageQuotas,optional" json:"manageQuotas,omitempty"`
	// ClusterAdmin makes DSS, and so every administrator of DSS, an administrator of the cluster, whatever the other
	// fields say. Default: false.
	ClusterAdmin bool `pulumi:"clusterAdmin,optional" json:"clusterAdmin,omitempty"`
}

// rule is a rule of a ClusterRole.
type rule struct {
	groups, resources, verbs []string
}

// clusterRules are what DSS needs beyond its namespaces:
//
//   - It makes a namespace for each user (createNamespace), and looks whether it is there.
//   - It shows nodes, and how busy nodes and pods are.
//   - It gives each Spark job a service account with a role (authenticationMode DYNAMIC_SERVICE_ACCOUNT). To make a role
//     one must hold what it allows, as a role of the cluster's own: rights from an access policy of EKS do not count, and
//     the API refuses. `escalate` and `bind` lift that, and nothing else: roles and bindings can still be made where
//     the access policy allows it only, in DSS's own namespaces.
//
// Sources: https://doc.dataiku.com/dss/latest/containers/managed-k8s-clusters.html,
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping,
// https://github.com/aws/containers-roadmap/issues/2682
func clusterRules(access DSSAccess) []rule {
	rules := []rule{
		{[]string{""}, []string{"namespaces"}, []string{"get", "list", "watch", "create"}},
		{[]string{""}, []string{"nodes"}, []string{"get", "list", "watch"}},
		{[]string{"metrics.k8s.io"}, []string{"nodes", "pods"}, []string{"get", "list"}},
		{[]string{"rbac.authorization.k8s.io"}, []string{"roles", "clusterroles"}, []string{"bind"}},
		{[]string{"rbac.authorization.k8s.io"}, []string{"roles"}, []string{"escalate"}},
	}
	if access.ManageQuotas {
		rules = append(rules, rule{[]string{""}, []string{"resourcequotas", "limitranges"},
			[]string{"get", "list", "watch", "create", "update", "patch", "delete"}})
	}
	return rules
}

// GrantDSS lets DSS work in the cluster under the role of its host: all that a namespace's administrator may, in the
// namespaces given, and [clusterRules] beyond them. The host does not wait for the cluster, nor the cluster for it: only
// this grant waits for both.
//
// It carries out what the reference architecture's step "Install EKS plugin" needs for a cluster that DSS attaches.
// With [ComputeEKSArgs.KubernetesObjects] off, somebody has to make the ClusterRole by hand (docs/compute.md).
func (c *ComputeEKS) GrantDSS(ctx *pulumi.Context, name string, roleARN pulumi.StringInput, access DSSAccess) error {
	if len(access.Namespaces) == 0 {
		access.Namespaces = DefaultDSSNamespaces()
	}
	if err := access.Problems().Err("access of DSS " + name); err != nil {
		return err
	}
	if access.ClusterAdmin {
		_, err := c.enter(ctx, "grant-"+name, roleARN, Access{Policy: ClusterAdmin, Type: StandardEntry})
		return err
	}
	group := dssGroup(name)
	if _, err := c.enter(ctx, "grant-"+name, roleARN, Access{
		Policy: Admin, Namespaces: slices.Clone(access.Namespaces), KubernetesGroups: []string{group}, Type: StandardEntry,
	}); err != nil {
		return err
	}
	if !c.args.kubernetesObjects() {
		return nil
	}
	return c.bindClusterRole(ctx, name, group, clusterRules(access))
}

// dssGroup is the group of the cluster that the entry's holder is in.
func dssGroup(name string) string { return "dss-platform:" + name }

// bindClusterRole gives a group rules for the whole cluster.
func (c *ComputeEKS) bindClusterRole(ctx *pulumi.Context, name, group string, rules []rule) error {
	metadata := &metav1.ObjectMetaArgs{Name: pulumi.String(group)}
	var ruleArgs rbacv1.PolicyRuleArray
	for _, r := range rules {
		ruleArgs = append(ruleArgs, rbacv1.PolicyRuleArgs{
			ApiGroups: pulumi.ToStringArray(r.groups),
			Resources: pulumi.ToStringArray(r.resources),
			Verbs:     pulumi.ToStringArray(r.verbs),
		})
	}
	clusterRole, err := rbacv1.NewClusterRole(ctx, c.child(name), &rbacv1.ClusterRoleArgs{
		Metadata: metadata, Rules: ruleArgs,
	}, c.inCluster()...)
	if err != nil {
		return fmt.Errorf("creating ClusterRole %s: %w", group, err)
	}
	_, err = rbacv1.NewClusterRoleBinding(ctx, c.child(name), &rbacv1.ClusterRoleBindingArgs{
		Metadata: metadata,
		RoleRef: rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: pulumi.String(group),
		},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("Group"), Name: pulumi.String(group),
		}},
	}, append(c.inCluster(), pulumi.DependsOn([]pulumi.Resource{clusterRole}))...)
	if err != nil {
		return fmt.Errorf("binding ClusterRole %s: %w", group, err)
	}
	return nil
}
