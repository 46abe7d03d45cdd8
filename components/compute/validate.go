package compute

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/cidr"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

const (
	minSubnets = 2
	// twoZones says what to do about too few subnets.
	twoZones = "give private subnets in at least two zones, which EKS wants for the control plane"
	// maxNameLength leaves room for what is appended to the component's name in the names of roles.
	maxNameLength = 32
	// maxPoolNameLength leaves room for the component's name and a random suffix in the node group's name.
	maxPoolNameLength = 22
)

var (
	poolName  = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
	principal = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+$`)
	// reservedGroups are prefixes that EKS keeps for itself.
	//
	// Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
	reservedGroups = []string{"system:", "eks:", "aws:", "amazon:", "iam:"}
)

// LogRetentionPeriods are the numbers of days that CloudWatch Logs takes.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
func LogRetentionPeriods() []int {
	return []int{
		1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
	}
}

// Problems is everything that is wrong with the plain values, with paths as in a stack's config.
func (a *ComputeEKSArgs) Problems() problem.List {
	args := a.withDefaults(a.ClusterName)
	var wrong problem.List
	if args.ClusterName != "" {
		wrong.AddError("clusterName", awsname.EKSCluster.Check(args.ClusterName))
	}
	wrong = append(wrong, args.versionRequest().problems(time.Now())...)
	wrong = append(wrong, args.subnetProblems()...)
	wrong = append(wrong, args.networkProblems()...)
	wrong = append(wrong, args.logProblems()...)
	wrong = append(wrong, args.poolProblems()...)
	wrong = append(wrong, args.addonProblems()...)
	wrong = append(wrong, args.accessProblems()...)
	return wrong
}

// missing is what must be given and is not. It is the constructor's alone to ask: a stack fills these from its network.
func (a *ComputeEKSArgs) missing() problem.List {
	var wrong problem.List
	if a.VPCID == nil {
		wrong.Add("vpcId", "give the id of a VPC", "missing")
	}
	if a.SubnetIDs == nil {
		wrong.Add("subnetIds", twoZones, "missing")
	}
	return wrong
}

// subnetProblems are lists that are known to be too short.
func (a *ComputeEKSArgs) subnetProblems() problem.List {
	var wrong problem.List
	if subnets, ok := a.SubnetIDs.(pulumi.StringArray); ok && len(subnets) < minSubnets {
		wrong.Add("subnetIds", twoZones, "only %d", len(subnets))
	}
	if subnets, ok := a.WorkloadSubnetIDs.(pulumi.StringArray); ok && len(subnets) == 0 {
		wrong.Add("workloadSubnetIds", "name a subnet, or leave the argument out", "empty")
	}
	return wrong
}

// NameProblems lists what is wrong with the component's name, and with the names of what it makes, under the path `name`.
func NameProblems(name string, args *ComputeEKSArgs) problem.List {
	var wrong problem.List
	if name == "" || len(name) > maxNameLength {
		wrong.Add("name", fmt.Sprintf("use 1 to %d characters, because names of roles and node groups begin with it", maxNameLength),
			"%q has %d characters", name, len(name))
	}
	if args.ClusterName == "" {
		wrong.AddError("name", awsname.EKSCluster.Check(name))
	}
	return wrong
}

func (a *ComputeEKSArgs) networkProblems() problem.List {
	var wrong problem.List
	wrong.Under("publicAccessCidrs", cidr.Opening{
		IPv4Only: true, Anywhere: a.AllowPublicAccessFromAnywhere, Instead: "set allowPublicAccessFromAnywhere as well",
	}.Problems(a.PublicAccessCIDRs))
	// The private endpoint is reached from inside of the VPC and what is connected to it, whatever is named.
	wrong.Under("privateAccessCidrs", cidr.Opening{IPv4Only: true, Anywhere: true}.Problems(a.PrivateAccessCIDRs))
	if a.AllowPublicAccessFromAnywhere && len(a.PublicAccessCIDRs) == 0 {
		wrong.Add("allowPublicAccessFromAnywhere", "name 0.0.0.0/0 in publicAccessCidrs as well, or take it away",
			"set, but publicAccessCidrs is empty")
	}
	return wrong
}

func (a *ComputeEKSArgs) logProblems() problem.List {
	var wrong problem.List
	for i, kind := range a.LogTypes {
		if !slices.Contains(DefaultLogTypes(), kind) {
			wrong.Add(problem.Index("logTypes", i), "use "+strings.Join(DefaultLogTypes(), ", "), "%q is no log of a control plane", kind)
		}
	}
	if !slices.Contains(LogRetentionPeriods(), a.LogRetentionDays) {
		wrong.Add("logRetentionDays", fmt.Sprintf("use one of %v", LogRetentionPeriods()),
			"CloudWatch Logs keeps nothing for %d days", a.LogRetentionDays)
	}
	return wrong
}

func (a *ComputeEKSArgs) poolProblems() problem.List {
	var wrong problem.List
	untainted, hosts := false, false
	for _, name := range slices.Sorted(maps.Keys(a.Pools)) {
		pool := a.Pools[name]
		path := problem.Join("pools", name)
		if !poolName.MatchString(name) || len(name) > maxPoolNameLength {
			wrong.Add(path, fmt.Sprintf("use up to %d of a-z, 0-9 and -, beginning with a letter and not ending with -", maxPoolNameLength),
				"%q is no name for a pool", name)
		}
		wrong.Under(path, pool.problems())
		untainted = untainted || pool.untainted()
		hosts = hosts || pool.hostsAddons()
	}
	switch {
	case !untainted:
		wrong.Add("pools", "take the taints from one pool, or add a pool without any",
			"every pool has taints: DSS wants one that has none, and add-ons have nowhere to run")
	case !hosts && !a.addonsDisabled(addonsAfterNodes):
		wrong.Add("pools", "give a pool without taints a min or desired of at least 1",
			"no pool without taints starts with a node: add-ons such as coredns never become active")
	}
	return wrong
}

func (a *ComputeEKSArgs) addonsDisabled(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !a.Addons[name].Disabled })
}

func (a *ComputeEKSArgs) addonProblems() problem.List {
	var wrong problem.List
	required := RequiredAddons()
	for _, name := range slices.Sorted(maps.Keys(a.Addons)) {
		addon := a.Addons[name]
		path := problem.Join("addons", name)
		if addon.Configuration != "" && !json.Valid([]byte(addon.Configuration)) {
			wrong.Add(path+".configuration", "write a JSON object, as `aws eks describe-addon-configuration` describes it", "no JSON")
		}
		if addon.Disabled && !slices.Contains(required, name) {
			wrong.Add(path+".disabled", "take the add-on out of the map", "%s is not installed unless it is named", name)
		}
	}
	return wrong
}

func (a *ComputeEKSArgs) accessProblems() problem.List {
	var wrong problem.List
	seen := map[string]string{}
	admin := false
	for _, name := range slices.Sorted(maps.Keys(a.Access)) {
		access := a.Access[name]
		path := problem.Join("access", name)
		wrong.Under(path, access.problems(true))
		if other, ok := seen[access.PrincipalARN]; ok {
			wrong.Add(path+".principalArn", "put both rights into one entry; EKS has one for a principal",
				"the same principal as in access.%s", other)
		}
		seen[access.PrincipalARN] = name
		admin = admin || access.Policy == ClusterAdmin
	}
	for path, arn := range map[string]string{
		"deployerPrincipalArn": a.DeployerPrincipalARN, "kubernetesRoleArn": a.KubernetesRoleARN,
	} {
		if arn != "" && !principal.MatchString(arn) {
			wrong.Add(path, "give the ARN of a role or user, as arn:aws:iam::111122223333:role/name", "%q is none", arn)
		}
	}
	if !a.deployerAdmin() && a.kubernetesObjects() && !admin {
		wrong.Add("deployerAdmin", "let it be true, give the deployer ClusterAdmin in access, or set kubernetesObjects to false",
			"nobody may make the objects in the cluster that kubernetesObjects asks for")
	}
	return wrong
}

// problems are those of one entry. The principal of a grant may come from another resource and is not looked at.
func (a Access) problems(withPrincipal bool) problem.List {
	var wrong problem.List
	if withPrincipal && !principal.MatchString(a.PrincipalARN) {
		wrong.Add("principalArn", "give the ARN of a role, with its path, or of a user, as arn:aws:iam::111122223333:role/name; "+
			"the ARN of a session is none", "%q is no ARN of a role or user", a.PrincipalARN)
	}
	if _, known := accessPolicyNames[a.Policy]; a.Policy != "" && !known {
		wrong.Add("policy", "use ClusterAdmin, Admin, Edit, View or AdminView", "%q is no access policy", a.Policy)
	}
	if a.Type != StandardEntry && a.Type != NodeEntry {
		wrong.Add("type", "use STANDARD or EC2_LINUX", "%q is no type of entry", a.Type)
	}
	if a.Type == NodeEntry && (a.Policy != "" || len(a.KubernetesGroups) > 0) {
		wrong.Add("type", "leave policy and kubernetesGroups out", "an entry for nodes has its rights from EKS")
	}
	if a.Policy == "" && len(a.Namespaces) > 0 {
		wrong.Add("namespaces", "name a policy that holds in them", "namespaces without a policy")
	}
	for i, group := range a.KubernetesGroups {
		if hasReservedPrefix(group) {
			wrong.Add(problem.Index("kubernetesGroups", i), "use another name, and bind roles to it", "%q is reserved", group)
		}
	}
	wrong = append(wrong, namespaceProblems(a.Namespaces)...)
	return wrong
}

func hasReservedPrefix(group string) bool {
	return slices.ContainsFunc(reservedGroups, func(prefix string) bool { return strings.HasPrefix(group, prefix) })
}

// namespaceProblems looks at names in which `*` stands for any text.
func namespaceProblems(namespaces []string) problem.List {
	var wrong problem.List
	for i, name := range namespaces {
		if strings.Trim(name, "*") == "" {
			wrong.Add(problem.Index("namespaces", i), "name them; leave namespaces out for the whole cluster", "%q is every namespace", name)
			continue
		}
		if err := awsname.Namespace.Check(strings.ReplaceAll(name, "*", "x")); err != nil {
			wrong.Add(problem.Index("namespaces", i), awsname.Namespace.Allowed()+"; `*` stands for any text", "%q is no namespace", name)
		}
	}
	return wrong
}

// Problems is everything that is wrong with what DSS is to be given.
func (a DSSAccess) Problems() problem.List { return namespaceProblems(a.Namespaces) }
