package dssnode

// Sources of the EKS plugin.
const (
	// PluginFromStore is Dataiku's plugin store.
	PluginFromStore = "store"
	// PluginFromGit is a Git repository. Manifests that the plugin falls back to are missing there.
	PluginFromGit = "git"
	// PluginFromArchive is a zip archive, for networks without a way out.
	PluginFromArchive = "archive"
)

// Defaults of the EKS plugin and of clusters.
const (
	// PluginID is the plugin's name in the store.
	PluginID = "eks-clusters"
	// DefaultPluginPython is what DSS itself runs on by default; the plugin takes up to [MaxPluginPython].
	DefaultPluginPython = "3.11"
	// MaxPluginPython is the newest Python that release 1.5.0 of the plugin takes.
	MaxPluginPython = "3.11"
	// MinPluginKubernetes and MaxPluginKubernetes bound the minors of Kubernetes 1 that the plugin was tested with.
	MinPluginKubernetes = 23
	MaxPluginKubernetes = 33
	// DefaultCreatedKubernetesVersion is the newest of them.
	DefaultCreatedKubernetesVersion = "1.33"
	// DefaultClusterTimeoutMinutes is how long the host waits for a cluster: creation takes 15 to 20 minutes.
	DefaultClusterTimeoutMinutes = 60
	// DefaultNodeInstanceType, DefaultNodes and DefaultNodeDiskGiB are the plugin's own.
	DefaultNodeInstanceType = "m7i.4xlarge"
	DefaultNodes            = 3
	DefaultNodeDiskGiB      = 200
	// DefaultAutoscalerRegistry is where the cluster autoscaler's image comes from.
	DefaultAutoscalerRegistry = "registry.k8s.io"
)

// EKSPlugin is where the EKS plugin comes from.
//
// Source: https://doc.dataiku.com/dss/latest/containers/eks/managed.html
type EKSPlugin struct {
	// Source is store, git or archive. Default: store.
	Source string `json:"source,omitempty"`
	// URL is the repository's, or the archive's: https:// or s3://bucket/key. Required for git and archive.
	URL string `json:"url,omitempty"`
	// Checkout is a tag or a commit of the repository. Required for git: a branch moves.
	Checkout string `json:"checkout,omitempty"`
	// SHA256 is the archive's checksum. Default: none.
	SHA256 string `json:"sha256,omitempty"`
	// Version is the release that the installed plugin has to have: "1.5.0". Default: any that is there.
	Version string `json:"version,omitempty"`
	// Python is that of the plugin's code environment, up to [MaxPluginPython]. Default: [DefaultPluginPython].
	Python string `json:"python,omitempty"`
}

// ConnectionPreset is the plugin's preset "Connection". It holds no keys: the plugin uses the host's credentials.
type ConnectionPreset struct {
	// Name of the preset. Default: [DefaultPresetName].
	Name string `json:"name,omitempty"`
	// Region of clusters. Default: left empty, which is the host's.
	Region string `json:"region,omitempty"`
}

// NetworkingPreset is the plugin's preset "Networking settings", for clusters that it creates.
type NetworkingPreset[S any] struct {
	// Name of the preset. Default: [DefaultPresetName].
	Name string `json:"name,omitempty"`
	// Subnets of the control plane, and of nodes without PrivateNetworking: two or more, of two zones. The plugin takes them for public
	// ones. Required.
	Subnets []S `json:"subnets,omitempty"`
	// PrivateSubnets are those of the nodes, with PrivateNetworking. Default: none.
	PrivateSubnets []S `json:"privateSubnets,omitempty"`
	// PrivateNetworking gives nodes no public addresses. Default: true with private subnets, false without.
	PrivateNetworking *bool `json:"privateNetworking,omitempty"`
	// SecurityGroups are further groups of the nodes: that of DSS, so that pods reach it. Required.
	SecurityGroups []S `json:"securityGroups,omitempty"`
	// ControlPlaneSecurityGroup is the control plane's. Not with SharedSecurityGroup. Default: one is made.
	ControlPlaneSecurityGroup S `json:"controlPlaneSecurityGroup,omitempty"`
	// SharedSecurityGroup is one of the control plane, nodes and endpoints. Default: one is made.
	SharedSecurityGroup S `json:"sharedSecurityGroup,omitempty"`
}

// Cluster is a Kubernetes cluster that DSS uses. Exactly one of Attach and Create.
type Cluster[S any] struct {
	// Name of the cluster in DSS; of a created one in EKS too. Required.
	Name string `json:"name,omitempty"`
	// Attach uses an EKS cluster that is there. DSS's identity has to have access to it.
	Attach *AttachedCluster[S] `json:"attach,omitempty"`
	// Create has the plugin make one with eksctl. The host's role then may do nearly everything with EC2, EKS, CloudFormation and IAM
	// roles by certain names: prefer Attach.
	Create *CreatedCluster[S] `json:"create,omitempty"`
	// AssumeRoleARN is a role that the plugin takes for everything it does with the cluster. Default: none.
	AssumeRoleARN S `json:"assumeRoleArn,omitempty"`
	// Default has projects use it that name no other. One at most. Default: the first cluster, where none says so.
	Default bool `json:"default,omitempty"`
	// Start attaches or creates it now. Default: true. Without it somebody starts it in DSS.
	Start *bool `json:"start,omitempty"`
	// TimeoutMinutes is how long the host waits, 5 to 240. Default: [DefaultClusterTimeoutMinutes].
	TimeoutMinutes int `json:"timeoutMinutes,omitempty"`
}

// AttachedCluster is an EKS cluster that is there.
type AttachedCluster[S any] struct {
	// EKSName is the cluster's name in EKS. It may be made at the same time as the host. Required.
	EKSName S `json:"eksName,omitempty"`
	// Region is the cluster's. Default: the host's.
	Region S `json:"region,omitempty"`
}

// CreatedCluster is an EKS cluster that the plugin makes.
type CreatedCluster[S any] struct {
	// NodePools are the groups of nodes; one at least has no taints, for the pods of Kubernetes itself. Required, unless AdvancedYAML.
	NodePools []NodePool `json:"nodePools,omitempty"`
	// KubernetesVersion is from 1.23 to 1.33. Default: [DefaultCreatedKubernetesVersion].
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// MetricsServer has the plugin install the metrics server. Default: false: eksctl, at the release that the host has, does it itself, and
	// two get in each other's way.
	MetricsServer bool `json:"metricsServer,omitempty"`
	// Private leaves out the public endpoint of the cluster. It needs private subnets. Default: false.
	Private bool `json:"private,omitempty"`
	// SkipEndpoints makes no VPC endpoints for a private cluster, because they are there. Needs Private. Default: false.
	SkipEndpoints bool `json:"skipEndpoints,omitempty"`
	// InjectedSecurityGroup is let in by the cluster's own groups: that of DSS. Default: none.
	InjectedSecurityGroup S `json:"injectedSecurityGroup,omitempty"`
	// AutoscalerRegistry is where the cluster autoscaler's image comes from. Default: [DefaultAutoscalerRegistry].
	AutoscalerRegistry string `json:"autoscalerRegistry,omitempty"`
	// Tags of the cluster. Default: none.
	Tags map[string]string `json:"tags,omitempty"`
	// AdvancedYAML is a whole configuration of eksctl, which the plugin then uses instead of presets and pools. Default: none.
	AdvancedYAML string `json:"advancedYaml,omitempty"`
	// AdvancedAutoscaling installs the cluster autoscaler, and AdvancedGPU NVIDIA's driver, beside AdvancedYAML. Default: false.
	AdvancedAutoscaling bool `json:"advancedAutoscaling,omitempty"`
	AdvancedGPU         bool `json:"advancedGpu,omitempty"`
}

// NodePool is a group of nodes of a created cluster.
type NodePool struct {
	// Name of the node group. Default: "default" for the first, "pool-2" and so on for others.
	Name string `json:"name,omitempty"`
	// InstanceType is x86-64: DSS's images are. Default: [DefaultNodeInstanceType].
	InstanceType string `json:"instanceType,omitempty"`
	// Nodes is how many there are at first. Default: [DefaultNodes].
	Nodes int `json:"nodes,omitempty"`
	// MinNodes and MaxNodes let the cluster autoscaler decide. Default: neither, the number of nodes stays.
	MinNodes int `json:"minNodes,omitempty"`
	MaxNodes int `json:"maxNodes,omitempty"`
	// Spot takes spot instances. Default: false.
	Spot bool `json:"spot,omitempty"`
	// DiskType is EBS's. Default: eksctl's.
	DiskType string `json:"diskType,omitempty"`
	// DiskGiB is 20 to 16384. Default: [DefaultNodeDiskGiB].
	DiskGiB int `json:"diskGiB,omitempty"`
	// KeyName is an EC2 key pair, which lets its owner in by SSH. Default: none.
	KeyName string `json:"keyName,omitempty"`
	// Labels of the nodes. Default: none.
	Labels map[string]string `json:"labels,omitempty"`
	// Taints of the nodes. Default: none.
	Taints []Taint `json:"taints,omitempty"`
	// GPU installs NVIDIA's driver. Needs an instance type with such GPUs. Default: false.
	GPU bool `json:"gpu,omitempty"`
	// PreBootstrapCommands run on each node before it joins, as root. Default: none.
	PreBootstrapCommands string `json:"preBootstrapCommands,omitempty"`
	// Tags of the instances. Default: none.
	Tags map[string]string `json:"tags,omitempty"`
}

// Taint is a taint of Kubernetes.
type Taint struct {
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Default: NoSchedule.
	Effect string `json:"effect,omitempty"`
}

// CreatesClusters says whether the EKS plugin makes a cluster, for which the host's role needs the wider rights.
func CreatesClusters[S any](settings Settings[S]) bool {
	for _, cluster := range settings.Clusters {
		if cluster.Create != nil {
			return true
		}
	}
	return false
}
