package dssnode

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/strict"
)

// inside is what is done inside DSS by its API. An API node has no such API.
func (n *node) inside() any {
	if n.installation.NodeType == NodeAPI {
		return nil
	}
	s := n.settings
	return object{
		"groups": n.groups(), "users": n.users(), "settings": n.documents(),
		"defaults": list{document(n.defaults(), dropFails, sourceTemplate)}, "connections": n.connections(),
		"removedConnections": n.removedConnections(), "codeEnvs": n.codeEnvs(), "plugins": n.plugins(), "clusters": n.clusters(),
		"pushImages": n.pushImages(), "cdePluginsImage": *s.ElasticCompute && s.CDE, "namespacePolicies": s.NamespacePoliciesJSON != "",
		"sanityCheck": *s.SanityCheck,
	}
}

// addText adds a text that is not empty. DSS does not give empty ones back, which would look as if it had dropped them.
func addText(definition object, key, text string) {
	if text != "" {
		definition[key] = text
	}
}

// sourceTypes are DSS's words.
var sourceTypes = map[SourceType]string{SourceLocal: "LOCAL", SourceLDAP: "LDAP", SourceSSO: "LOCAL_NO_AUTH"}

func (n *node) groups() list {
	written := list{}
	for _, g := range n.settings.Groups {
		definition := object{"admin": g.Admin, "sourceType": sourceTypes[g.Source]}
		addText(definition, "description", g.Description)
		for _, key := range slices.Sorted(maps.Keys(g.Permissions)) {
			definition[key] = g.Permissions[key]
		}
		switch {
		case len(g.ExternalGroups) == 0:
		case g.Source == SourceLDAP:
			definition["ldapGroupNames"] = texts(g.ExternalGroups)
		case g.Source == SourceSSO:
			definition["ssoGroupNames"] = texts(g.ExternalGroups)
		}
		written = append(written, object{"name": g.Name, "definition": definition})
	}
	return written
}

func (n *node) users() list {
	written := list{}
	for _, u := range n.settings.Users {
		definition := object{
			"displayName": u.DisplayName, "userProfile": u.Profile, "groups": texts(u.Groups), "sourceType": sourceTypes[u.Source],
		}
		addText(definition, "email", u.Email)
		written = append(written, object{"login": u.Login, "passwordSecretArn": u.PasswordSecretARN, "definition": definition})
	}
	return written
}

func (n *node) codeEnvs() list {
	written := list{}
	for _, e := range n.settings.CodeEnvs {
		definition := object{
			"installCorePackages": true, "installJupyterSupport": *e.Jupyter, "allContainerConfs": e.AllContainerConfigs,
			"containerConfs": texts(e.ContainerConfigs),
		}
		addText(definition, "specPackageList", strings.Join(e.Packages, "\n"))
		if e.Language == LanguagePython {
			definition["pythonInterpreter"] = interpreter(e.Python)
		}
		written = append(written, object{"name": e.Name, "language": e.Language, "deploymentMode": "DESIGN_MANAGED", "definition": definition})
	}
	return written
}

// interpreter is a Python as DSS names it: PYTHON311.
func interpreter(python string) string { return "PYTHON" + strings.ReplaceAll(python, ".", "") }

// connections are those to S3, and then those to Athena, which name them.
func (n *node) connections() list {
	written, athena := list{}, list{}
	for _, c := range n.settings.S3Connections {
		written = append(written, n.s3Connection(c))
		if c.Athena != nil {
			athena = append(athena, n.athenaConnection(c))
		}
	}
	return append(written, athena...)
}

func (n *node) s3Connection(c S3Connection[string]) object {
	verified, unverified := n.s3Params(c)
	return connection(c.Name, definition(c, "EC2", verified, !c.ReadOnly), unverified, objectOf(c.ParamsJSON))
}

// athenaConnection queries, and does not write.
func (n *node) athenaConnection(c S3Connection[string]) object {
	return connection(c.Athena.Name, definition(c, "Athena", object{}, false), n.athenaParams(c), objectOf(c.Athena.ParamsJSON))
}

// connection is a connection with raw parameters over its own. Of what nobody has verified it leaves out what the raw ones decide.
func connection(name string, definition, unverified, overlay object) object {
	definition["params"] = strict.Merge(definition["params"].(object), overlay)
	written := object{"name": name, "definition": definition}
	if guessed, ok := without(plain(unverified), overlay, "", nil).(object); ok && len(guessed) > 0 {
		written["unverified"] = object{"params": guessed}
	}
	return written
}

// definition is a connection with the groups of an S3 connection.
func definition(c S3Connection[string], kind string, params object, writes bool) object {
	readable := object{"readableBy": "NONE", "allowedGroups": list{}}
	if len(c.DetailsReadableBy) > 0 {
		readable = object{"readableBy": "ALLOWED", "allowedGroups": texts(c.DetailsReadableBy)}
	}
	usable := "ALLOWED"
	if c.UsableByEveryone {
		usable = "ALL"
	}
	return object{
		"type": kind, "params": params, "usableBy": usable, "allowedGroups": texts(c.AllowedGroups), "credentialsMode": "GLOBAL",
		"detailsReadability": readable, "allowWrite": writes, "allowManagedDatasets": writes, "allowManagedFolders": writes,
	}
}

// secret stands for a secret, or for a key of one whose text is a JSON object. The host puts it in.
func secret(arn, key string) object { return object{"$secret": arn, "$key": key} }

// versioned has the desired state change with a secret's version, so that it is carried out anew. The host reads the current version.
func versioned(reference object, version string) object {
	if version != "" {
		reference["$version"] = version
	}
	return reference
}

// s3Params are parameters that were seen on a running DSS, and those that were only read in an old one's pages. The key of encryption is
// among the first: objects that are encrypted with another one must not look as if they were not.
func (n *node) s3Params(c S3Connection[string]) (verified, unverified object) {
	verified = object{
		"regionOrEndpoint": c.Region, "switchToRegionFromBucket": true, "usePathMode": false, "hdfsInterface": "S3A",
		"encryptionMode": "NONE", "chbucket": c.Bucket, "chroot": c.Path, "defaultManagedBucket": c.Bucket,
		"defaultManagedPath": path.Join(c.Path, c.ManagedPath), "metastoreSynchronizationMode": "NO_SYNC",
	}
	switch {
	case c.RoleARN != "":
		verified["credentialsMode"], verified["stsRoleToAssume"] = "STS_ASSUME_ROLE", c.RoleARN
	case c.KeyPairSecretARN != "":
		verified["credentialsMode"] = "KEYPAIR"
		verified["accessKey"] = versioned(secret(c.KeyPairSecretARN, "AccessKeyId"), c.KeyPairVersion)
		verified["secretKey"] = versioned(secret(c.KeyPairSecretARN, "SecretAccessKey"), c.KeyPairVersion)
	default:
		verified["credentialsMode"] = "ENVIRONMENT"
	}
	if c.KMSKeyARN != "" {
		verified["encryptionMode"], verified["encryptionKeyId"] = "SSE_KMS", c.KMSKeyARN
	}
	if *c.Sync {
		verified["metastoreSynchronizationMode"] = "KEEP_IN_SYNC"
	}
	unverified = object{}
	addText(unverified, "stsAssumeExternalId", c.ExternalID)
	addText(unverified, "defaultMetastoreDatabase", c.GlueDatabase)
	if c.Athena != nil {
		addText(unverified, "associatedAthenaConnection", c.Athena.Name)
	}
	return verified, unverified
}

// workgroupProperty is the driver's property that names the workgroup, by the driver's major version.
var workgroupProperty = map[int]string{2: "Workgroup", 3: "WorkGroup"}

// athenaParams are all unverified: nobody has written down those of a running DSS. Its form asks for the folder of the driver, which is
// not among those that DSS looks into by itself, and for the driver's version, whose key nobody has seen.
//
// Source: https://doc.dataiku.com/dss/latest/connecting/sql/athena.html
func (n *node) athenaParams(c S3Connection[string]) object {
	params := object{
		"region": c.Athena.Region, "credentialsMode": "FROM_AWS_CONNECTION", "associatedAWSConnection": c.Name,
		"queryOutputLocation": c.Athena.OutputLocation, "fetchSize": c.Athena.FetchSize,
	}
	major := DefaultAthenaDriverMajor
	if driver := n.installation.AthenaDriver; driver != nil {
		major = driver.MajorVersion
		params["jarsDirectory"] = path.Join(n.dataDir(), driver.Folder)
	}
	params["properties"] = list{object{"name": workgroupProperty[major], "value": c.Athena.Workgroup}}
	return params
}

func (n *node) removedConnections() list {
	if *n.settings.RemoveDefaultConnection {
		return list{FilesystemRoot}
	}
	return list{}
}

func (n *node) plugins() list {
	if len(n.settings.Clusters) == 0 {
		return list{}
	}
	p := n.settings.EKSPlugin
	source := object{"kind": p.Source, "url": "", "checkout": "", "subpath": "", "archive": archive("")}
	switch p.Source {
	case PluginFromGit:
		source["url"], source["checkout"] = p.URL, p.Checkout
	case PluginFromArchive:
		source["archive"] = archive(p.SHA256, p.URL)
	}
	return list{object{
		"id": PluginID, "source": source, "version": p.Version, "codeEnvInterpreter": interpreter(p.Python), "presets": n.presets(),
	}}
}

func (n *node) presets() list {
	connection := object{}
	if region := n.settings.ConnectionPreset.Region; region != "" {
		connection["region"] = region
	}
	written := list{object{"parameterSet": "connection-info", "name": n.settings.ConnectionPreset.Name, "config": connection}}
	network := n.settings.NetworkingPreset
	if network == nil {
		return written
	}
	return append(written, object{
		"parameterSet": "networking-settings", "name": network.Name, "config": object{
			"subnets": texts(network.Subnets), "privateNetworking": *network.PrivateNetworking, "privateSubnets": texts(network.PrivateSubnets),
			"securityGroups": texts(network.SecurityGroups), "controlPlaneSG": network.ControlPlaneSecurityGroup,
			"sharedSG": network.SharedSecurityGroup,
		},
	})
}

func (n *node) clusters() list {
	written := list{}
	for _, c := range n.settings.Clusters {
		cluster := object{
			"name": c.Name, "architecture": "KUBERNETES", "attach": c.Attach != nil, "start": *c.Start, "timeoutSeconds": 60 * c.TimeoutMinutes,
		}
		config := object{}
		if c.Attach != nil {
			cluster["type"], cluster["eksName"] = "pycluster_eks-clusters_attach-eks-cluster", c.Attach.EKSName
			cluster["eksRegion"] = or(c.Attach.Region, n.facts.Region)
			config = n.attachment(c)
		} else if c.Create != nil {
			cluster["type"], cluster["eksName"] = "pycluster_eks-clusters_create-eks-cluster", c.Name
			config = n.creation(c)
		}
		cluster["params"] = object{"config": config}
		written = append(written, cluster)
	}
	return written
}

// inlined is a set of parameters that is no preset.
func inlined(config object) object {
	return object{"mode": "INLINE", "inlinedConfig": config, "inlinedPluginConfig": object{}}
}

// attachment says the region itself: the preset "Connection" is empty, as the reference architecture has it.
func (n *node) attachment(c Cluster[string]) object {
	return object{
		"connectionInfo": inlined(object{"region": or(c.Attach.Region, n.facts.Region)}), "clusterId": c.Attach.EKSName,
		"assumeRoleARN": c.AssumeRoleARN,
	}
}

func (n *node) creation(c Cluster[string]) object {
	network := object{"mode": "NONE"}
	if n.settings.NetworkingPreset != nil {
		network = object{"mode": "PRESET", "name": n.settings.NetworkingPreset.Name}
	}
	config := object{
		"connectionInfo": object{"mode": "PRESET", "name": n.settings.ConnectionPreset.Name}, "assumeRoleARN": c.AssumeRoleARN,
		"networkingSettings": network, "clusterTags": stringMap(c.Create.Tags), "k8sVersion": c.Create.KubernetesVersion,
		"installMetricsServer": c.Create.MetricsServer, "privateCluster": c.Create.Private, "skipEndpointCreation": c.Create.SkipEndpoints,
		"injectedSG": c.Create.InjectedSecurityGroup, "autoscalerRegistryURL": c.Create.AutoscalerRegistry,
		"advanced": c.Create.AdvancedYAML != "", "advancedYaml": c.Create.AdvancedYAML, "clusterAutoScaling": c.Create.AdvancedAutoscaling,
		"advancedGPU": c.Create.AdvancedGPU,
	}
	further := list{}
	for i, pool := range c.Create.NodePools {
		if i == 0 {
			config["nodePool"] = inlined(pool.parameters())
			continue
		}
		further = append(further, inlined(pool.parameters()))
	}
	config["nodePools"] = further
	return config
}

// parameters are those of the plugin's set node-pool-request.
func (p NodePool) parameters() object {
	taints := list{}
	for _, t := range p.Taints {
		taints = append(taints, object{"key": t.Key, "value": t.Value, "effect": t.Effect})
	}
	return object{
		"nodeGroupId": p.Name, "machineType": p.InstanceType, "numNodes": p.Nodes, "useSpotInstances": p.Spot,
		"numNodesAutoscaling": p.MaxNodes > 0, "minNumNodes": p.MinNodes, "maxNumNodes": p.MaxNodes, "diskType": p.DiskType,
		"diskSizeGb": p.DiskGiB, "publicKeyName": p.KeyName, "labels": stringMap(p.Labels), "taints": taints, "enableGPU": p.GPU,
		"addPreBootstrapCommands": p.PreBootstrapCommands != "", "preBootstrapCommands": p.PreBootstrapCommands, "tags": stringMap(p.Tags),
	}
}

// stringMap is a map that is never null.
func stringMap(m map[string]string) object {
	written := object{}
	for key, value := range m {
		written[key] = value
	}
	return written
}

func (n *node) pushImages() any {
	if !*n.settings.ElasticCompute || len(n.installation.BaseImages) == 0 {
		return nil
	}
	return object{"url": n.settings.ImageURL}
}
