package dssnode

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/strict"
)

// Where a document of settings comes from.
const (
	sourceTemplate   = "template"
	sourceUnverified = "unverified"
	sourceRestricted = "restrictions"
	sourcePolicies   = "namespacePolicies"
	sourceOverlay    = "overlay"
	dropFails        = "fail"
	dropWarns        = "warn"
)

// document is a part of the general settings, with what is done about keys of it that DSS drops.
func document(content object, dropped, source string) object {
	return object{"document": content, "lists": lists(), "dropped": dropped, "source": source}
}

// documents are the general settings in the order in which they are written: the template, what nobody has verified, restrictions that
// must not be lost, policies, and the user's overlay.
func (n *node) documents() list {
	overlay := objectOf(n.settings.OverlayJSON)
	written := list{document(n.verified(), dropFails, sourceTemplate)}
	if guessed, ok := without(plain(n.unverified()), overlay, "", lists()).(object); ok && len(guessed) > 0 {
		written = append(written, document(guessed, dropWarns, sourceUnverified))
	}
	if restrictions := n.restrictions(); len(restrictions) > 0 {
		written = append(written, document(restrictions, dropFails, sourceRestricted))
	}
	if policies, err := parseJSON(n.settings.NamespacePoliciesJSON); err == nil {
		written = append(written, document(object{"k8sPoliciesSettings": object{"policies": policies}}, dropFails, sourcePolicies))
	}
	if len(overlay) > 0 {
		written = append(written, document(overlay, dropFails, sourceOverlay))
	}
	return written
}

// verified are the general settings whose keys were seen on a running DSS of the major.
func (n *node) verified() object {
	content := object{"security": n.security()}
	if n.installation.GraphicsExport {
		content["graphicsExportsEnabled"] = true
	}
	if catalogs, _ := n.metastore(); catalogs != nil {
		content["metastoreCatalogsSettings"] = catalogs
	}
	if *n.installation.MemoryLimit.Enabled {
		content["cgroupSettings"] = n.cgroupSettings(cgroupKinds)
	}
	verified, _ := n.compute()
	return strict.Merge(content, verified)
}

// unverified are settings whose keys are not known for certain.
func (n *node) unverified() object {
	content := object{}
	if *n.installation.MemoryLimit.Enabled {
		placed := n.cgroupSettings(guessedCgroupKinds)
		for _, known := range []string{"enabled", "cgroupsVersion", "hierarchiesMountPoint", "cgroups"} {
			delete(placed, known)
		}
		content["cgroupSettings"] = placed
	}
	if _, catalogs := n.metastore(); catalogs != nil {
		content["metastoreCatalogsSettings"] = catalogs
	}
	_, unverified := n.compute()
	return strict.Merge(content, unverified)
}

// compute are the settings of containers and Spark, by the template of the major.
func (n *node) compute() (verified, unverified object) {
	if !*n.settings.ElasticCompute {
		return nil, nil
	}
	containers, spark := n.containers14, n.spark14
	if n.major.Number >= 15 {
		containers, spark = n.containers15, n.spark15
	}
	known, guessed := containers()
	verified, unverified = object{"containerSettings": known}, object{}
	if guessed != nil {
		unverified["containerSettings"] = guessed
	}
	if n.settings.CDE {
		known["cdeEnabled"] = true
	}
	configs, guesses := list{}, list{}
	for _, c := range n.sparkConfigs() {
		config, guess := spark(c)
		configs = append(configs, config)
		if guess != nil {
			guesses = append(guesses, guess)
		}
	}
	if len(configs) > 0 {
		verified["sparkSettings"] = object{"sparkEnabled": true, "executionConfigs": configs}
	}
	if len(guesses) > 0 {
		unverified["sparkSettings"] = object{"executionConfigs": guesses}
	}
	return verified, unverified
}

// sparkConfigs are the Spark configs, with a copy of the default one by the name that Spark recipes begin with.
func (n *node) sparkConfigs() []SparkConfig {
	configs := slices.Clone(n.settings.SparkConfigs)
	byName := func(name string) int {
		return slices.IndexFunc(configs, func(c SparkConfig) bool { return c.Name == name })
	}
	if at := byName(n.settings.DefaultSparkConfig); at >= 0 && byName(sparkConfigOfDSS) < 0 {
		initial := configs[at]
		initial.Name = sparkConfigOfDSS
		configs = append(configs, initial)
	}
	return configs
}

// sparkOf is what DSS 14 and 15 have in common of a Spark config.
func (n *node) sparkOf(c SparkConfig) object {
	conf := map[string]string{
		"spark.executor.memory": fmt.Sprintf("%dm", c.ExecutorMemoryMiB), "spark.executor.cores": strconv.Itoa(c.ExecutorCores),
		"spark.executor.instances": strconv.Itoa(c.ExecutorInstances),
	}
	for key, value := range sorted(c.Conf) {
		conf[key] = value
	}
	return object{
		"name": c.Name, "conf": pairs(conf),
		"kubernetesSettings": object{
			"managedKubernetes": true, "managedNamespace": c.Namespace, "createNamespace": *c.CreateNamespace,
			"authenticationMode": c.AuthenticationMode,
		},
	}
}

// restrictions are groups that alone may use a Spark config. Where DSS keeps them is not known for certain, and a restriction that is not
// taken must not look as if it were.
func (n *node) restrictions() object {
	if !*n.settings.ElasticCompute {
		return nil
	}
	restricted := list{}
	for _, c := range n.sparkConfigs() {
		if len(c.AllowedGroups) > 0 {
			restricted = append(restricted, object{"name": c.Name, "usableBy": usableBy(c.AllowedGroups), "allowedGroups": texts(c.AllowedGroups)})
		}
	}
	if len(restricted) == 0 {
		return nil
	}
	return object{"sparkSettings": object{"executionConfigs": restricted}}
}

// defaults are what is written after the clusters are there. What it leaves out the host removes, if it was set from here: each of its
// keys is also in the list NAMES of the reconciler's inside/settings.py.
func (n *node) defaults() object {
	content := object{}
	for _, cluster := range n.settings.Clusters {
		if cluster.Default {
			content["defaultK8sClusterId"], content["useImplicitK8sCluster"] = cluster.Name, false
		}
	}
	if n.settings.UseImplicitCluster {
		content["useImplicitK8sCluster"] = true
	}
	if *n.settings.ElasticCompute && n.settings.DefaultContainerConfig != "" {
		content["containerSettings"] = object{"defaultExecutionConfig": n.settings.DefaultContainerConfig}
	}
	return content
}

func (n *node) security() object {
	s := n.settings.Security
	return object{
		"hideErrorStacks": *s.HideErrorStacks, "hideVersionStringsWhenNotLogged": *s.HideVersion, "secureCookies": *s.SecureCookies,
		"sessionsMaxTotalTimeMinutes": max(0, s.SessionTotalMinutes), "sessionsMaxIdleTimeMinutes": max(0, s.SessionIdleMinutes),
		"forceSingleSessionPerUser": *s.SingleSession, "restrictUsersAndGroupsVisibility": *s.RestrictVisibility,
		"disableDataTableLinks": *s.DisableDataLinks,
	}
}

// metastore has the connection's name among what is unverified: it was only read in the pages of an old DSS.
func (n *node) metastore() (verified, unverified object) {
	m := n.settings.Metastore
	switch {
	case m.Flavor == MetastoreGlue && m.CredentialsConnection != "":
		return object{"synchronizeTo": object{"flavor": "AWS_GLUE", "glueCredentialsMode": "FROM_CONNECTION"}},
			object{"synchronizeTo": object{"glueCredentialsBearingConnection": m.CredentialsConnection}}
	case m.Flavor == MetastoreGlue:
		return object{"synchronizeTo": object{"flavor": "AWS_GLUE", "glueCredentialsMode": "DEFAULT"}}, nil
	case m.Flavor == MetastoreDSS:
		return object{"synchronizeTo": object{"flavor": "DSS_INTERNAL"}}, nil
	default:
		return nil, nil
	}
}

// Kinds of processes that are put into cgroups. Kernels of jobs (jobExecutionKernels) are not: DSS itself runs in them.
var (
	cgroupKinds = []string{
		"eda", "jupyterKernels", "mlKernels", "mlRecipes", "pythonMacros", "pythonRRecipes", "pythonRSparkRecipes", "rmarkdownBuilders",
		"webappDevBackends",
	}
	guessedCgroupKinds = []string{"customPythonDataAccessComponents", "deploymentHooks", "edaRecipes", "metricsChecks", "pythonScenarios"}
)

// cgroupSettings place users' processes below one cgroup, whose memory is limited.
func (n *node) cgroupSettings(kinds []string) object {
	version, root, key := "CGROUPS_V2", cgroupName, "memory.max"
	if n.cgroups1() {
		version, root, key = "CGROUPS_V1", "memory/"+cgroupName, "memory.limit_in_bytes"
	}
	limit := object{"key": key, "value": fmt.Sprintf("%dG", n.installation.MemoryLimit.GiB)}
	settings := object{
		"enabled": true, "cgroupsVersion": version, "hierarchiesMountPoint": cgroupMount,
		"cgroups": list{object{"cgroupPathTemplate": root, "limits": list{limit}}},
	}
	for _, kind := range kinds {
		settings[kind] = object{"targets": list{object{"cgroupPathTemplate": root + "/${user}/" + kind}}}
	}
	return settings
}

// resources are the requests and limits of a pod. DSS writes -1 for what is not set.
func (c ContainerConfig) resources() object {
	limits := list{}
	if c.GPUs > 0 {
		limits = append(limits, object{"key": "nvidia.com/gpu", "value": strconv.Itoa(c.GPUs)})
	}
	return object{
		"cpuRequest": or(c.CPURequest, Unset), "cpuLimit": or(c.CPULimit, Unset), "memRequestMB": or(c.MemoryRequestMiB, Unset),
		"memLimitMB": or(c.MemoryLimitMiB, Unset), "customLimits": limits,
	}
}

// addScheduling adds where pods run, and custom properties, where something was asked for.
func addScheduling(config object, c ContainerConfig) {
	if len(c.NodeSelector) > 0 {
		lines := []string{}
		for key, value := range sorted(c.NodeSelector) {
			lines = append(lines, fmt.Sprintf("%q: %q", key, value))
		}
		config["nodeSelector"] = strings.Join(lines, "\n")
	}
	if len(c.Tolerations) > 0 {
		config["tolerations"] = tolerations(c.Tolerations)
	}
	properties := map[string]string{}
	for key, value := range sorted(c.Properties) {
		properties[key] = value
	}
	if c.ReadOnlyRootFilesystem {
		properties["readOnlyRootFilesystem"] = "true"
	}
	if len(properties) > 0 {
		config["properties"] = pairs(properties)
	}
}

// tolerations are YAML, as DSS takes them.
func tolerations(wanted []Toleration) string {
	lines := []string{}
	for _, t := range wanted {
		lines = append(lines, fmt.Sprintf("- operator: %q", t.operator()))
		for _, field := range []struct{ key, value string }{{"key", t.Key}, {"value", t.Value}, {"effect", t.Effect}} {
			if field.value != "" {
				lines = append(lines, fmt.Sprintf("  %s: %q", field.key, field.value))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// pairs are a map as DSS writes it: a list of keys and values, in order of the keys.
func pairs(m map[string]string) list {
	written := list{}
	for key, value := range sorted(m) {
		written = append(written, object{"key": key, "value": value})
	}
	return written
}

// usableBy is who may use a config: the groups, or everybody where there are none.
func usableBy(groups []string) string {
	if len(groups) > 0 {
		return "ALLOWED"
	}
	return "ALL"
}

// texts are a list of texts that is never null.
func texts(values []string) list {
	written := list{}
	for _, value := range values {
		written = append(written, value)
	}
	return written
}
