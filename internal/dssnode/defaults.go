package dssnode

import (
	"fmt"
	"maps"
	"slices"
)

// or is the value, or the other one where there is none.
func or[T comparable](value, otherwise T) T {
	var none T
	if value == none {
		return otherwise
	}
	return value
}

// orBool is a flag that may be left out, as one that is not.
func orBool(flag *bool, otherwise bool) *bool {
	if flag == nil {
		return &otherwise
	}
	return flag
}

// node is an installation with its settings and everything that they leave to defaults.
type node struct {
	installation Installation
	settings     Settings[string]
	facts        Facts
	release      release
	major        Major
}

// resolve fills in every default. Nothing that the arguments point to is changed.
func resolve(installation Installation, settings Settings[string], facts Facts) node {
	facts = facts.withDefaults()
	installation.Version = or(installation.Version, DefaultVersion)
	n := node{installation: installation, settings: Map(settings, func(s string) string { return s }), facts: facts}
	// Without a release the rest is checked by the default one: what is wrong with the release is said once.
	n.release, _ = parseRelease(DefaultVersion)
	if r, ok := parseRelease(installation.Version); ok {
		n.release = r
	}
	n.major = majorOf(n.release)
	n.settings.Clusters = resolveClusters(n.settings.Clusters)
	n.resolveInstallation()
	n.resolveCompute()
	n.resolveSettings()
	n.resolveImages()
	return n
}

// runsJobs says whether people's code runs on the node.
func (n *node) runsJobs() bool {
	return n.installation.NodeType == NodeDesign || n.installation.NodeType == NodeAutomation
}

func (n *node) resolveInstallation() {
	i := &n.installation
	i.NodeType = or(i.NodeType, DefaultNodeType)
	i.Source = or(i.Source, DefaultSource)
	i.Hadoop = orBool(i.Hadoop, n.runsJobs())
	i.Spark = orBool(i.Spark, n.runsJobs() && *i.Hadoop)
	i.Python = or(i.Python, n.major.Pythons[0])
	i.BackendMemoryGiB = or(i.BackendMemoryGiB, DefaultBackendMemoryGiB(n.facts.HostMemoryMiB))
	server := DefaultServerSettings()
	maps.Copy(server, i.ServerSettings)
	i.ServerSettings = server
	n.resolveIsolation()
	n.resolveMemoryLimit()
	if i.AthenaDriver != nil {
		driver := *i.AthenaDriver
		driver.Folder = or(driver.Folder, DefaultAthenaFolder)
		driver.MajorVersion = or(driver.MajorVersion, DefaultAthenaDriverMajor)
		i.AthenaDriver = &driver
	}
	if i.RuntimeDatabase != nil {
		database := *i.RuntimeDatabase
		database.Version = or(database.Version, DefaultPostgreSQLVersion)
		database.MaxConnections = or(database.MaxConnections, DefaultMaxConnections)
		database.Schema = or(database.Schema, DefaultSchema)
		database.TablePrefix = or(database.TablePrefix, DefaultTablePrefix)
		i.RuntimeDatabase = &database
	}
}

func (n *node) resolveIsolation() {
	isolation := &n.installation.UserIsolation
	isolation.Enabled = orBool(isolation.Enabled, n.facts.HasLicense && n.runsJobs())
	if !*isolation.Enabled {
		return
	}
	if len(isolation.AllowedGroups) == 0 {
		isolation.AllowedGroups = []string{DefaultUserGroup}
	}
	if isolation.Accounts == nil {
		for _, user := range n.settings.Users {
			isolation.Accounts = append(isolation.Accounts, UnixAccount{Name: user.Login})
		}
	}
	isolation.Accounts = slices.Clone(isolation.Accounts)
	for i := range isolation.Accounts {
		isolation.Accounts[i].Group = or(isolation.Accounts[i].Group, isolation.AllowedGroups[0])
	}
}

func (n *node) resolveMemoryLimit() {
	limit, memory := &n.installation.MemoryLimit, n.facts.HostMemoryMiB
	asked := limit.Percent != 0 || limit.GiB != 0
	limit.Enabled = orBool(limit.Enabled, asked || *n.installation.UserIsolation.Enabled && memory > 0)
	if *limit.Enabled && limit.GiB == 0 {
		limit.GiB = DefaultMemoryLimitGiB(memory)
		if limit.Percent != 0 {
			limit.GiB = memory / 1024 * limit.Percent / 100
		}
	}
}

// cgroups1 says whether the kernel has version 1 of cgroups.
func (n *node) cgroups1() bool { return n.facts.OSRelease == "8" }

func (n *node) hasCluster() bool {
	return len(n.settings.Clusters) > 0 || n.settings.UseImplicitCluster
}

func (n *node) resolveCompute() {
	s := &n.settings
	s.ElasticCompute = orBool(s.ElasticCompute, n.facts.HasLicense && n.runsJobs() && n.hasCluster())
	if *s.ElasticCompute {
		if s.ContainerConfigs == nil {
			s.ContainerConfigs = DefaultContainerConfigs()
		}
		if s.SparkConfigs == nil && *n.installation.Spark {
			s.SparkConfigs = DefaultSparkConfigs()
		}
		s.ImageURL = or(s.ImageURL, n.defaultImageURL())
		s.PrePush = or(s.PrePush, defaultPrePush(s.ImageURL))
	}
	s.ContainerConfigs = slices.Clone(s.ContainerConfigs)
	for i := range s.ContainerConfigs {
		c := &s.ContainerConfigs[i]
		c.Namespace = or(c.Namespace, DefaultNamespace)
		c.CreateNamespace = orBool(c.CreateNamespace, true)
	}
	s.SparkConfigs = slices.Clone(s.SparkConfigs)
	for i := range s.SparkConfigs {
		c := &s.SparkConfigs[i]
		c.ExecutorMemoryMiB = or(c.ExecutorMemoryMiB, DefaultExecutorMemoryMiB)
		c.ExecutorCores = or(c.ExecutorCores, DefaultExecutorCores)
		c.ExecutorInstances = or(c.ExecutorInstances, DefaultExecutorInstances)
		c.Namespace = or(c.Namespace, DefaultNamespace)
		c.CreateNamespace = orBool(c.CreateNamespace, true)
		c.AuthenticationMode = or(c.AuthenticationMode, DynamicServiceAccount)
	}
	s.DefaultContainerConfig = or(s.DefaultContainerConfig, firstContainerConfig(s.ContainerConfigs))
	if len(s.SparkConfigs) > 0 {
		s.DefaultSparkConfig = or(s.DefaultSparkConfig, s.SparkConfigs[0].Name)
	}
}

// firstContainerConfig is the first that everybody may use, or the first.
func firstContainerConfig(configs []ContainerConfig) string {
	for _, c := range configs {
		if len(c.AllowedGroups) == 0 {
			return c.Name
		}
	}
	if len(configs) > 0 {
		return configs[0].Name
	}
	return ""
}

// defaultImageURL is the ECR of the host, [Unknown] where the host's place is not known yet, and nothing where it is not given.
func (n *node) defaultImageURL() string {
	f := n.facts
	switch {
	case f.Account == Unknown || f.Region == Unknown || f.PlatformName == Unknown:
		return Unknown
	case f.Account == "" || f.Region == "" || f.PlatformName == "":
		return ""
	}
	return fmt.Sprintf("%s.dkr.ecr.%s.%s/%s", f.Account, f.Region, f.DNSSuffix, f.PlatformName)
}

func defaultPrePush(imageURL string) string {
	if imageURL == Unknown || ecrPattern.MatchString(imageURL) {
		return PrePushECR
	}
	return PrePushNone
}

func resolveClusters(clusters []Cluster[string]) []Cluster[string] {
	resolved := slices.Clone(clusters)
	isDefault := func(c Cluster[string]) bool { return c.Default }
	for i := range resolved {
		c := &resolved[i]
		c.Start = orBool(c.Start, true)
		c.TimeoutMinutes = or(c.TimeoutMinutes, DefaultClusterTimeoutMinutes)
		if c.Create != nil {
			created := *c.Create
			created.KubernetesVersion = or(created.KubernetesVersion, DefaultCreatedKubernetesVersion)
			created.AutoscalerRegistry = or(created.AutoscalerRegistry, DefaultAutoscalerRegistry)
			created.NodePools = resolvePools(created.NodePools)
			c.Create = &created
		}
	}
	if len(resolved) > 0 && !slices.ContainsFunc(resolved, isDefault) {
		resolved[0].Default = true
	}
	return resolved
}

// defaultPool is the name of the first pool of nodes, unless it has one.
const defaultPool = "default"

func resolvePools(pools []NodePool) []NodePool {
	resolved := slices.Clone(pools)
	for i := range resolved {
		p := &resolved[i]
		if p.Name == "" {
			p.Name = defaultPool
			if i > 0 {
				p.Name = fmt.Sprintf("pool-%d", i+1)
			}
		}
		p.InstanceType = or(p.InstanceType, DefaultNodeInstanceType)
		p.Nodes = or(p.Nodes, max(DefaultNodes, p.MinNodes))
		if p.MaxNodes > 0 {
			p.Nodes = min(p.Nodes, p.MaxNodes)
		}
		p.DiskGiB = or(p.DiskGiB, DefaultNodeDiskGiB)
		p.Taints = slices.Clone(p.Taints)
		for t := range p.Taints {
			p.Taints[t].Effect = or(p.Taints[t].Effect, "NoSchedule")
		}
	}
	return resolved
}

func (n *node) resolveSettings() {
	s := &n.settings
	s.Security.SecureCookies = orBool(s.Security.SecureCookies, n.facts.HTTPS)
	for _, flag := range []**bool{
		&s.Security.HideErrorStacks, &s.Security.HideVersion, &s.Security.SingleSession, &s.Security.RestrictVisibility,
		&s.Security.DisableDataLinks, &s.RemoveDefaultConnection, &s.SanityCheck,
	} {
		*flag = orBool(*flag, true)
	}
	s.Security.SessionTotalMinutes = or(s.Security.SessionTotalMinutes, DefaultSessionTotalMinutes)
	s.Security.SessionIdleMinutes = or(s.Security.SessionIdleMinutes, DefaultSessionIdleMinutes)
	s.EKSPlugin.Source = or(s.EKSPlugin.Source, PluginFromStore)
	s.EKSPlugin.Python = or(s.EKSPlugin.Python, DefaultPluginPython)
	s.ConnectionPreset.Name = or(s.ConnectionPreset.Name, DefaultPresetName)
	if s.NetworkingPreset != nil {
		s.NetworkingPreset.Name = or(s.NetworkingPreset.Name, DefaultPresetName)
		s.NetworkingPreset.PrivateNetworking = orBool(s.NetworkingPreset.PrivateNetworking, len(s.NetworkingPreset.PrivateSubnets) > 0)
	}
	n.resolveConnections()
	s.Groups, s.CodeEnvs = slices.Clone(s.Groups), slices.Clone(s.CodeEnvs)
	for i := range s.Groups {
		s.Groups[i].Source = or(s.Groups[i].Source, SourceLocal)
		if s.Groups[i].Permissions == nil {
			s.Groups[i].Permissions = DefaultPermissions()
		}
	}
	for i := range s.Users {
		s.Users[i].Source = or(s.Users[i].Source, SourceLocal)
		s.Users[i].DisplayName = or(s.Users[i].DisplayName, s.Users[i].Login)
	}
	for i := range s.CodeEnvs {
		s.CodeEnvs[i].Language = or(s.CodeEnvs[i].Language, LanguagePython)
		if s.CodeEnvs[i].Language == LanguagePython {
			s.CodeEnvs[i].Python = or(s.CodeEnvs[i].Python, n.installation.Python)
		}
		s.CodeEnvs[i].Jupyter = orBool(s.CodeEnvs[i].Jupyter, true)
	}
}

func (n *node) resolveConnections() {
	s := &n.settings
	for i := range s.S3Connections {
		c := &s.S3Connections[i]
		c.Path = or(c.Path, DefaultConnectionPath)
		c.ManagedPath = or(c.ManagedPath, DefaultManagedPath)
		c.Region = or(c.Region, n.facts.Region)
		c.Sync = orBool(c.Sync, c.GlueDatabase != "")
		if c.Athena != nil {
			c.Athena.Name = or(c.Athena.Name, c.Name+AthenaSuffix)
			c.Athena.Region = or(c.Athena.Region, n.facts.Region)
			c.Athena.FetchSize = or(c.Athena.FetchSize, DefaultFetchSize)
		}
	}
	n.resolveMetastore()
}

func (n *node) resolveMetastore() {
	s := &n.settings
	for _, c := range s.S3Connections {
		if *c.Sync || c.Athena != nil {
			s.Metastore.Flavor = or(s.Metastore.Flavor, MetastoreGlue)
		}
	}
	if s.Metastore.Flavor != MetastoreGlue {
		return
	}
	for _, usable := range []func(S3Connection[string]) bool{
		func(c S3Connection[string]) bool { return *c.Sync && !c.Environment },
		func(c S3Connection[string]) bool { return c.Athena != nil && !c.Environment },
	} {
		if at := slices.IndexFunc(s.S3Connections, usable); at >= 0 {
			s.Metastore.CredentialsConnection = or(s.Metastore.CredentialsConnection, s.S3Connections[at].Name)
		}
	}
}

func (n *node) resolveImages() {
	if n.installation.BaseImages != nil || !*n.settings.ElasticCompute {
		return
	}
	n.installation.BaseImages = []BaseImage{{Type: ImageContainerExec}}
	if *n.installation.Spark {
		n.installation.BaseImages = append(n.installation.BaseImages, BaseImage{Type: ImageSpark})
	}
	if n.settings.CDE {
		n.installation.BaseImages = append(n.installation.BaseImages, BaseImage{Type: ImageCDE})
	}
}
