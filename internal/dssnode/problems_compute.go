package dssnode

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// sorted goes through a map in order of its keys.
func sorted(m map[string]string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}

// computeProblems are about elastic compute, container configs and Spark configs.
func (n *node) computeProblems() problem.List {
	s := n.settings
	var wrong problem.List
	if !*s.ElasticCompute {
		return append(wrong, n.withoutCompute()...)
	}
	if !n.facts.HasLicense {
		wrong.Add("elasticCompute", "give the secret of a licence, or leave it out", "elastic compute is a feature of a licence")
	}
	if !n.runsJobs() {
		wrong.Add("elasticCompute", "leave it out", "the node type %s runs no jobs", n.installation.NodeType)
	}
	if !n.hasCluster() {
		wrong.Add("clusters", "attach one, set useImplicitCluster, or turn elasticCompute off", "container configs have no cluster to run on")
	}
	if len(s.ContainerConfigs) == 0 {
		wrong.Add("containerConfigs", "give one at least, or leave it out for the default ones", "elastic compute has no container config")
	}
	wrong = append(wrong, n.registryProblems()...)
	wrong.Under("containerConfigs", n.containerProblems())
	wrong.Under("sparkConfigs", n.sparkProblems())
	wrong = append(wrong, n.defaultProblems()...)
	return wrong
}

// withoutCompute lists what was asked for that needs elastic compute.
func (n *node) withoutCompute() problem.List {
	var wrong problem.List
	s := n.settings
	for _, asked := range []struct {
		path string
		is   bool
	}{
		{"containerConfigs", len(s.ContainerConfigs) > 0}, {"sparkConfigs", len(s.SparkConfigs) > 0},
		{"defaultContainerConfig", s.DefaultContainerConfig != "" && len(s.ContainerConfigs) == 0},
		{"defaultSparkConfig", s.DefaultSparkConfig != "" && len(s.SparkConfigs) == 0},
		{"cde", s.CDE}, {"namespacePoliciesJson", s.NamespacePoliciesJSON != ""},
	} {
		if asked.is {
			wrong.Add(asked.path, "give a licence and a cluster, or leave it out", "it needs elastic compute, which is off")
		}
	}
	if len(s.Clusters) > 0 && !n.facts.HasLicense {
		wrong.Add("clusters", "give the secret of a licence, or leave them out", "clusters are a feature of a licence")
	}
	return wrong
}

func (n *node) registryProblems() problem.List {
	var wrong problem.List
	s := n.settings
	if s.ImageURL == "" {
		wrong.Add("imageUrl", "give ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX", "it is missing, and the host's account, region and platform "+
			"are not known")
	}
	form(&wrong, "imageUrl", s.ImageURL, registryPattern, "ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX, without https://, in lower case")
	oneOf(&wrong, "prePush", s.PrePush, PrePushECR, PrePushNone)
	if !isKnown(s.ImageURL) {
		return wrong
	}
	if !ecrPattern.MatchString(s.ImageURL) {
		if s.PrePush == PrePushECR {
			wrong.Add("prePush", "use NONE", "%q is not an address of ECR", s.ImageURL)
		}
		return wrong
	}
	if _, prefix, has := strings.Cut(s.ImageURL, "/"); has {
		named(&wrong, "imageUrl", or(prefix, "/"), awsname.ECRPrefix)
	}
	return wrong
}

func (n *node) containerProblems() problem.List {
	var wrong problem.List
	seen := unique{}
	for i, c := range n.settings.ContainerConfigs {
		at := problem.Index("", i)
		wrong.Under(at, n.containerConfigProblems(c))
		seen.add(&wrong, at+".name", c.Name, "container config")
	}
	return wrong
}

func (n *node) containerConfigProblems(c ContainerConfig) problem.List {
	var wrong problem.List
	required(&wrong, "name", c.Name, namePattern, "letters, digits, underscores and hyphens, at most 63")
	amount(&wrong, "cpuRequest", c.CPURequest, 256)
	amount(&wrong, "cpuLimit", c.CPULimit, 256)
	amount(&wrong, "memoryRequestMiB", float64(c.MemoryRequestMiB), 1<<24)
	amount(&wrong, "memoryLimitMiB", float64(c.MemoryLimitMiB), 1<<24)
	if c.CPULimit > 0 && c.CPURequest > c.CPULimit {
		wrong.Add("cpuRequest", "ask for the limit at most", "%g vCPU are more than the limit of %g", c.CPURequest, c.CPULimit)
	}
	if c.MemoryLimitMiB > 0 && c.MemoryRequestMiB > c.MemoryLimitMiB {
		wrong.Add("memoryRequestMiB", "ask for the limit at most", "%d MiB are more than the limit of %d", c.MemoryRequestMiB, c.MemoryLimitMiB)
	}
	form(&wrong, "namespace", c.Namespace, namespacePattern, "lower-case letters, digits, hyphens and variables such as ${dssUserLogin}")
	between(&wrong, "gpus", c.GPUs, 0, 16, "use what a node has")
	if c.GPUs > 0 && c.BaseImage == "" {
		wrong.Add("baseImage", "name an image with CUDA: a tag of installation.baseImages", "the image that DSS builds by default has no CUDA")
	}
	form(&wrong, "baseImage", c.BaseImage, imagePattern, "a name and a tag, such as dku-exec-base-gpu:1")
	for key, value := range sorted(c.NodeSelector) {
		named(&wrong, "nodeSelector."+key, or(key, " "), awsname.LabelKey)
		named(&wrong, "nodeSelector."+key, value, awsname.LabelValue)
	}
	for i, toleration := range c.Tolerations {
		wrong.Under(problem.Index("tolerations", i), toleration.problems())
	}
	for key, value := range sorted(c.Properties) {
		form(&wrong, "properties."+key, or(key, " "), propertyPattern, "a key of letters, digits, dots, hyphens and underscores")
		line(&wrong, "properties."+key, value)
	}
	if c.ReadOnlyRootFilesystem && n.release.compare(release{14, 2, 0}) < 0 {
		wrong.Add("readOnlyRootFilesystem", "use DSS 14.2 or newer", "DSS %s does not know it", n.release)
	}
	n.groupsProblems(&wrong, "allowedGroups", c.AllowedGroups)
	return wrong
}

// amount adds a problem for an amount that is negative, other than Unset, or beyond all machines.
func amount(wrong *problem.List, path string, value, most float64) {
	if value != Unset && (value < 0 || value > most) {
		wrong.Add(path, fmt.Sprintf("use up to %.0f, or %d for none", most, Unset), "%g is no amount", value)
	}
}

// Operators of tolerations.
//
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
const (
	operatorEqual  = "Equal"
	operatorExists = "Exists"
)

func (t Toleration) problems() problem.List {
	var wrong problem.List
	operator := t.operator()
	oneOf(&wrong, "operator", operator, operatorEqual, operatorExists)
	if t.Key == "" && operator != operatorExists {
		wrong.Add("key", "give it, or use the operator Exists", "it is missing")
	}
	if operator == operatorExists && t.Value != "" {
		wrong.Add("value", "leave it out, or use the operator Equal", "Exists compares no value")
	}
	named(&wrong, "key", t.Key, awsname.TaintKey)
	named(&wrong, "value", t.Value, awsname.TaintValue)
	if t.Effect != "" {
		oneOf(&wrong, "effect", t.Effect, effects...)
	}
	return wrong
}

var effects = []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}

// operator is what the toleration compares by.
func (t Toleration) operator() string {
	if t.Operator == "" && t.Value == "" {
		return operatorExists
	}
	return or(t.Operator, operatorEqual)
}

func (n *node) sparkProblems() problem.List {
	var wrong problem.List
	if len(n.settings.SparkConfigs) > 0 && !*n.installation.Spark {
		wrong.Add("", "turn on installation.spark, or leave them out", "Spark configs, and no Spark")
	}
	seen := unique{}
	for i, c := range n.settings.SparkConfigs {
		at := problem.Index("", i)
		wrong.Under(at, n.sparkConfigProblems(c))
		seen.add(&wrong, at+".name", c.Name, "Spark config")
	}
	return wrong
}

// typedConf are keys of Spark's configuration that have arguments.
var typedConf = map[string]string{
	"spark.executor.memory": "executorMemoryMiB", "spark.executor.cores": "executorCores", "spark.executor.instances": "executorInstances",
}

func (n *node) sparkConfigProblems(c SparkConfig) problem.List {
	var wrong problem.List
	required(&wrong, "name", c.Name, namePattern, "letters, digits, underscores and hyphens, at most 63")
	between(&wrong, "executorMemoryMiB", c.ExecutorMemoryMiB, 512, 1<<20, "use what a node has; Spark takes no less than 512")
	between(&wrong, "executorCores", c.ExecutorCores, 1, 128, "use what a node has")
	between(&wrong, "executorInstances", c.ExecutorInstances, 1, 1000, "use what the cluster has room for")
	for key, value := range sorted(c.Conf) {
		at := "conf." + key
		if !strings.HasPrefix(key, "spark.") {
			wrong.Add(at, "write it as spark.…", "it is no key of Spark's configuration")
		}
		if argument, typed := typedConf[key]; typed {
			wrong.Add(at, "use "+argument, "it has an argument of its own")
		}
		line(&wrong, at, value)
	}
	form(&wrong, "namespace", c.Namespace, namespacePattern, "lower-case letters, digits, hyphens and variables such as ${dssUserLogin}")
	oneOf(&wrong, "authenticationMode", c.AuthenticationMode, DynamicServiceAccount, BuiltinAuthentication)
	n.groupsProblems(&wrong, "allowedGroups", c.AllowedGroups)
	return wrong
}

// defaultProblems are about defaults that name no config.
func (n *node) defaultProblems() problem.List {
	var wrong problem.List
	s := n.settings
	containers, sparks := containerNames(s.ContainerConfigs), make([]string, len(s.SparkConfigs))
	for i, c := range s.SparkConfigs {
		sparks[i] = c.Name
	}
	namesOne(&wrong, "defaultContainerConfig", s.DefaultContainerConfig, containers)
	namesOne(&wrong, "defaultSparkConfig", s.DefaultSparkConfig, sparks)
	if slices.Contains(sparks, sparkConfigOfDSS) && s.DefaultSparkConfig != sparkConfigOfDSS {
		wrong.Add("defaultSparkConfig", "leave it out and put that config first, or give that config another name",
			"Spark recipes begin with the config called %q, which is another one than %q", sparkConfigOfDSS, s.DefaultSparkConfig)
	}
	return wrong
}

func containerNames(configs []ContainerConfig) []string {
	names := make([]string, len(configs))
	for i, c := range configs {
		names[i] = c.Name
	}
	return names
}

// namesOne adds a problem when a name is none of those that there are.
func namesOne(wrong *problem.List, path, name string, names []string) {
	if name != "" && !slices.Contains(names, name) {
		wrong.Add(path, "use "+or(strings.Join(names, ", "), "none: there are no configs"), "%q is no config", name)
	}
}
