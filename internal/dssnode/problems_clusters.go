package dssnode

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// clusterProblems are about clusters, the EKS plugin and its presets.
func (n *node) clusterProblems() problem.List {
	s := n.settings
	var wrong problem.List
	seen, defaults := unique{}, 0
	for i, c := range s.Clusters {
		at := problem.Index("clusters", i)
		wrong.Under(at, n.oneClusterProblems(c))
		seen.add(&wrong, at+".name", c.Name, "cluster")
		if c.Default {
			defaults++
		}
		if defaults > 1 && c.Default {
			wrong.Add(at+".default", "leave it to one cluster", "there is a default before it")
		}
	}
	if s.UseImplicitCluster && len(s.Clusters) > 0 {
		wrong.Add("useImplicitCluster", "leave it out", "one of the clusters is the default")
	}
	wrong.Under("eksPlugin", s.EKSPlugin.problems())
	form(&wrong, "connectionPreset.name", s.ConnectionPreset.Name, namePattern, "letters, digits, underscores and hyphens")
	form(&wrong, "connectionPreset.region", s.ConnectionPreset.Region, regionPattern, "a region such as eu-west-1")
	if s.NetworkingPreset != nil {
		wrong.Under("networkingPreset", networkingProblems(*s.NetworkingPreset))
	}
	return wrong
}

func (n *node) oneClusterProblems(c Cluster[string]) problem.List {
	var wrong problem.List
	required(&wrong, "name", c.Name, namePattern, "letters, digits, underscores and hyphens, at most 63")
	form(&wrong, "assumeRoleArn", c.AssumeRoleARN, rolePattern, "the ARN of a role: arn:aws:iam::ACCOUNT:role/…")
	between(&wrong, "timeoutMinutes", c.TimeoutMinutes, 5, 240, "use 5 to 240; creation takes 15 to 20 minutes")
	switch {
	case c.Attach == nil && c.Create == nil:
		wrong.Add("attach", "give attach with eksName, or create", "there is no cluster behind the name")
	case c.Attach != nil && c.Create != nil:
		wrong.Add("create", "leave out one of the two", "a cluster cannot be attached and created")
	case c.Attach != nil:
		wrong.Under("attach", attachProblems(*c.Attach, n.facts.Region))
	default:
		form(&wrong, "name", c.Name, eksctlPattern, "a letter, then letters, digits and hyphens: eksctl names CloudFormation stacks by it")
		wrong.Under("create", n.createProblems(c.Create))
	}
	return wrong
}

func attachProblems(a AttachedCluster[string], region string) problem.List {
	var wrong problem.List
	if a.EKSName == "" {
		wrong.Add("eksName", "give the cluster's name in EKS", "it is missing")
	}
	named(&wrong, "eksName", a.EKSName, awsname.EKSCluster)
	form(&wrong, "region", a.Region, regionPattern, "a region such as eu-west-1")
	if a.Region == "" && region == "" {
		wrong.Add("region", "give the cluster's region", "it is missing, and the host's is not known")
	}
	return wrong
}

func (n *node) createProblems(c *CreatedCluster[string]) problem.List {
	var wrong problem.List
	if c.AdvancedYAML != "" {
		if len(c.NodePools) > 0 || c.Private || c.SkipEndpoints || c.InjectedSecurityGroup != "" || len(c.Tags) > 0 {
			wrong.Add("advancedYaml", "say it in the YAML, or leave the YAML out", "the plugin overlooks pools, tags and network beside it")
		}
		return wrong
	}
	if c.AdvancedAutoscaling || c.AdvancedGPU {
		wrong.Add("advancedYaml", "give it, or leave out advancedAutoscaling and advancedGpu", "they belong to advancedYaml, which is missing")
	}
	wrong = append(wrong, n.privateProblems(c)...)
	wrong = append(wrong, versionOfKubernetes(c.KubernetesVersion)...)
	form(&wrong, "injectedSecurityGroup", c.InjectedSecurityGroup, groupIDPattern, "the id of a security group: sg-…")
	form(&wrong, "autoscalerRegistry", c.AutoscalerRegistry, registryPattern, "the host of a registry, such as "+DefaultAutoscalerRegistry)
	wrong.Under("tags", tagProblems(c.Tags))
	wrong.Under("nodePools", poolsProblems(c.NodePools))
	return wrong
}

func (n *node) privateProblems(c *CreatedCluster[string]) problem.List {
	var wrong problem.List
	network := n.settings.NetworkingPreset
	if network == nil {
		wrong.Add("", "give settings.networkingPreset", "there are no subnets for the cluster")
	} else if len(network.SecurityGroups) == 0 && network.SharedSecurityGroup == "" {
		wrong.Add("", "give networkingPreset.securityGroups those of DSS", "pods on its nodes could not call DSS")
	}
	if c.Private && (network == nil || len(network.PrivateSubnets) == 0 || !*network.PrivateNetworking) {
		wrong.Add("private", "give networkingPreset.privateSubnets", "a private cluster without private subnets")
	}
	if c.SkipEndpoints && !c.Private {
		wrong.Add("skipEndpoints", "set private too, or leave it out", "endpoints are made for private clusters only")
	}
	return wrong
}

func versionOfKubernetes(version string) problem.List {
	var wrong problem.List
	parts := kubernetesMinor.FindStringSubmatch(version)
	if parts == nil {
		wrong.Add("kubernetesVersion", "give "+DefaultCreatedKubernetesVersion, "%q is no version of Kubernetes", version)
		return wrong
	}
	if minor, _ := strconv.Atoi(parts[1]); minor < MinPluginKubernetes || minor > MaxPluginKubernetes {
		wrong.Add("kubernetesVersion", fmt.Sprintf("use 1.%d to 1.%d, or attach a cluster, which may have another", MinPluginKubernetes,
			MaxPluginKubernetes), "the plugin was not tested with %s", version)
	}
	return wrong
}

func tagProblems(tags map[string]string) problem.List {
	var wrong problem.List
	for key, value := range sorted(tags) {
		if !tagKeyPattern.MatchString(key) || strings.HasPrefix(strings.ToLower(key), "aws:") || len([]rune(value)) > 256 ||
			strings.ContainsAny(value, ",\n\r\x00") {
			wrong.Add(key, "use up to 128 characters for the key and 256 for the value, without commas", "AWS or eksctl refuses the tag")
		}
	}
	return wrong
}

func poolsProblems(pools []NodePool) problem.List {
	var wrong problem.List
	untainted := func(p NodePool) bool { return len(p.Taints) == 0 }
	switch {
	case len(pools) == 0:
		wrong.Add("", "give one at least", "the cluster has no nodes")
	case !slices.ContainsFunc(pools, untainted):
		wrong.Add("", "leave the taints of one pool out", "every pool has taints, so that the pods of Kubernetes itself run nowhere")
	}
	seen := unique{}
	for i, pool := range pools {
		at := problem.Index("", i)
		wrong.Under(at, pool.problems())
		seen.add(&wrong, at+".name", pool.Name, "node pool")
	}
	return wrong
}

func (p NodePool) problems() problem.List {
	var wrong problem.List
	form(&wrong, "name", p.Name, eksctlPattern, "a letter, then letters, digits and hyphens")
	wrong = append(wrong, p.typeProblems()...)
	between(&wrong, "nodes", p.Nodes, 0, 1000, "use what the pool needs")
	between(&wrong, "diskGiB", p.DiskGiB, 20, 16384, "use 100 to 200: images of DSS are large")
	if (p.MinNodes != 0 || p.MaxNodes != 0) && (p.MinNodes < 0 || p.MaxNodes < 1 || p.MinNodes > p.MaxNodes) {
		wrong.Add("maxNodes", "give both, the smaller number first", "%d to %d nodes is no range", p.MinNodes, p.MaxNodes)
	} else if p.MaxNodes > 0 && (p.Nodes < p.MinNodes || p.Nodes > p.MaxNodes) {
		wrong.Add("nodes", "use a number from minNodes to maxNodes", "%d nodes are not from %d to %d", p.Nodes, p.MinNodes, p.MaxNodes)
	}
	if p.DiskType != "" {
		oneOf(&wrong, "diskType", p.DiskType, "gp3", "gp2", "io1", "io2")
	}
	for key, value := range sorted(p.Labels) {
		named(&wrong, "labels."+key, or(key, " "), awsname.NodeLabelKey)
		named(&wrong, "labels."+key, value, awsname.NodeLabelValue)
	}
	for i, taint := range p.Taints {
		at := problem.Index("taints", i)
		named(&wrong, at+".key", or(taint.Key, " "), awsname.TaintKey)
		named(&wrong, at+".value", taint.Value, awsname.TaintValue)
		oneOf(&wrong, at+".effect", taint.Effect, effects...)
	}
	wrong.Under("tags", tagProblems(p.Tags))
	return wrong
}

// typeProblems are about the instance type. One that is newer than the table is left to EC2.
func (p NodePool) typeProblems() problem.List {
	var wrong problem.List
	found, known := instancetype.Lookup(p.InstanceType)
	if !known {
		return wrong
	}
	if found.Architecture != "x86_64" {
		wrong.Add("instanceType", "use an x86-64 type, such as "+DefaultNodeInstanceType, "%s is %s, and DSS's images are x86-64",
			p.InstanceType, found.Architecture)
	}
	if p.GPU && found.GPUMaker != "NVIDIA" {
		wrong.Add("gpu", "use a type such as g6.2xlarge, or leave gpu out", "%s has no GPU of NVIDIA", p.InstanceType)
	}
	return wrong
}

func networkingProblems(n NetworkingPreset[string]) problem.List {
	var wrong problem.List
	form(&wrong, "name", n.Name, namePattern, "letters, digits, underscores and hyphens")
	if len(n.Subnets) < 2 {
		wrong.Add("subnets", "give two or more, of two zones", "EKS wants two subnets, and there are %d", len(n.Subnets))
	}
	idProblems(&wrong, "subnets", n.Subnets, subnetPattern, "the id of a subnet: subnet-…")
	idProblems(&wrong, "privateSubnets", n.PrivateSubnets, subnetPattern, "the id of a subnet: subnet-…")
	idProblems(&wrong, "securityGroups", n.SecurityGroups, groupIDPattern, "the id of a security group: sg-…")
	if len(n.PrivateSubnets) == 1 {
		wrong.Add("privateSubnets", "give two or more, of two zones", "EKS wants two subnets, and there is one")
	}
	if *n.PrivateNetworking && len(n.PrivateSubnets) == 0 {
		wrong.Add("privateNetworking", "give privateSubnets", "there are no private subnets for the nodes")
	}
	if !*n.PrivateNetworking && len(n.PrivateSubnets) > 0 {
		wrong.Add("privateNetworking", "turn it on, or leave out privateSubnets", "the plugin overlooks private subnets without it")
	}
	form(&wrong, "controlPlaneSecurityGroup", n.ControlPlaneSecurityGroup, groupIDPattern, "the id of a security group: sg-…")
	form(&wrong, "sharedSecurityGroup", n.SharedSecurityGroup, groupIDPattern, "the id of a security group: sg-…")
	if n.ControlPlaneSecurityGroup != "" && n.SharedSecurityGroup != "" {
		wrong.Add("sharedSecurityGroup", "leave out one of the two", "the plugin takes a group of the control plane or a shared one")
	}
	return wrong
}

// idProblems are about ids in a list: their form, and those that come twice.
func idProblems(wrong *problem.List, path string, ids []string, pattern *regexp.Regexp, want string) {
	for i, id := range ids {
		at := problem.Index(path, i)
		required(wrong, at, id, pattern, want)
		if isKnown(id) && slices.Contains(ids[:i], id) {
			wrong.Add(at, "name each once", "%s is there twice", id)
		}
	}
}

func (p EKSPlugin) problems() problem.List {
	var wrong problem.List
	oneOf(&wrong, "source", p.Source, PluginFromStore, PluginFromGit, PluginFromArchive)
	switch p.Source {
	case PluginFromStore:
		if p.URL != "" || p.Checkout != "" || p.SHA256 != "" {
			wrong.Add("source", "use git or archive, or leave out url, checkout and sha256", "the store takes no address")
		}
	case PluginFromGit:
		required(&wrong, "url", p.URL, gitPattern, "the repository's address: https://…")
		required(&wrong, "checkout", p.Checkout, checkoutPattern, "a tag or a commit: a branch moves")
	case PluginFromArchive:
		required(&wrong, "url", p.URL, filePattern, "the archive's address: https://HOST/PATH or s3://BUCKET/KEY")
		form(&wrong, "sha256", p.SHA256, checksumPattern, "64 hexadecimal digits in lower case")
		if strings.HasPrefix(p.URL, "http://") && p.SHA256 == "" {
			wrong.Add("sha256", "give it, or use https", "http lets everybody on the way change the plugin")
		}
	}
	if p.Version != "" {
		if _, ok := parseRelease(p.Version); !ok {
			wrong.Add("version", "write it as 1.5.0", "%q is no release of the plugin", p.Version)
		}
	}
	if !slices.Contains([]string{"3.9", "3.10", "3.11"}, p.Python) {
		wrong.Add("python", "use 3.9, 3.10 or "+MaxPluginPython, "the plugin does not run on Python %q", p.Python)
	}
	return wrong
}
