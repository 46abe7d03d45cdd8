package dssnode

// Unset leaves out a request or a limit, as 0 does. It is DSS's own way to write it.
const Unset = -1

// Names of the default container configs.
const (
	ContainerConfigSmall = "small"
	ContainerConfigLarge = "large"
)

// ContainerConfig is a size of containers, with where they run and who may use them.
type ContainerConfig struct {
	// Name is what people choose. Letters, digits, underscores and hyphens. Required.
	Name string `json:"name,omitempty"`
	// CPURequest and CPULimit are in vCPU. A pod gets what it requests, and more up to the limit while the node has it. Default: unset.
	CPURequest float64 `json:"cpuRequest,omitempty"`
	CPULimit   float64 `json:"cpuLimit,omitempty"`
	// MemoryRequestMiB and MemoryLimitMiB are in MiB. A pod that takes more than the limit is killed. Default: unset.
	MemoryRequestMiB int `json:"memoryRequestMiB,omitempty"`
	MemoryLimitMiB   int `json:"memoryLimitMiB,omitempty"`
	// Namespace may hold variables of DSS. Default: [DefaultNamespace].
	Namespace string `json:"namespace,omitempty"`
	// CreateNamespace has DSS make the namespace. Default: true.
	CreateNamespace *bool `json:"createNamespace,omitempty"`
	// GPUs of NVIDIA that a container gets. It needs BaseImage: an image with CUDA. Default: 0.
	GPUs int `json:"gpus,omitempty"`
	// BaseImage is the image's name and tag. Default: the one that DSS builds.
	BaseImage string `json:"baseImage,omitempty"`
	// NodeSelector are labels of the nodes it runs on. Default: any node.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Tolerations are taints that it accepts. Default: none.
	Tolerations []Toleration `json:"tolerations,omitempty"`
	// AllowedGroups are the groups of DSS that may use it. Default: everybody.
	AllowedGroups []string `json:"allowedGroups,omitempty"`
	// Properties are DSS's custom properties. Default: none.
	Properties map[string]string `json:"properties,omitempty"`
	// ReadOnlyRootFilesystem keeps containers from writing outside of their volumes. Needs DSS 14.2. Default: false, since packages that
	// users' code unpacks into its home would fail.
	ReadOnlyRootFilesystem bool `json:"readOnlyRootFilesystem,omitempty"`
}

// Toleration is a toleration of Kubernetes.
type Toleration struct {
	// Key is the taint's key. Empty tolerates every taint, with Operator Exists.
	Key string `json:"key,omitempty"`
	// Operator is Equal or Exists. Default: Equal with a value, Exists without.
	Operator string `json:"operator,omitempty"`
	// Value is the taint's value.
	Value string `json:"value,omitempty"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Default: all of them.
	Effect string `json:"effect,omitempty"`
}

// DefaultContainerConfigs are two sizes. The small one is for notebooks, recipes and web apps: they wait most of the time, so each asks for
// little and may use twice as much; some fifteen fit on an m7i.4xlarge. The large one is for training and for data that is held in
// memory: it gets all the memory that it asks for and no more, so that no neighbour has it killed; one fits on a node with 4 vCPU and
// 16 GiB, four on an m7i.4xlarge.
func DefaultContainerConfigs() []ContainerConfig {
	return []ContainerConfig{
		{Name: ContainerConfigSmall, CPURequest: 1, CPULimit: 2, MemoryRequestMiB: 2048, MemoryLimitMiB: 4096},
		{Name: ContainerConfigLarge, CPURequest: 3, CPULimit: 6, MemoryRequestMiB: 12288, MemoryLimitMiB: 12288},
	}
}

// Names of the default Spark configs.
const (
	SparkConfigSmall = "spark-small"
	SparkConfigLarge = "spark-large"
	// sparkConfigOfDSS is what a new Spark recipe takes.
	sparkConfigOfDSS = "default"
)

// How Spark signs in to Kubernetes.
const (
	// DynamicServiceAccount makes a service account for each application. DSS's rights in the cluster have to cover that.
	DynamicServiceAccount = "DYNAMIC_SERVICE_ACCOUNT"
	// BuiltinAuthentication uses DSS's own identity, and hands it to executors.
	BuiltinAuthentication = "BUILTIN"
)

// SparkConfig is a size of Spark applications on Kubernetes.
type SparkConfig struct {
	// Name is what people choose. Letters, digits, underscores and hyphens. Required.
	Name string `json:"name,omitempty"`
	// ExecutorMemoryMiB is the heap of an executor; Kubernetes gives it Spark's overhead beside it. Default: 4096.
	ExecutorMemoryMiB int `json:"executorMemoryMiB,omitempty"`
	// ExecutorCores are the tasks that an executor runs at a time. Default: 2.
	ExecutorCores int `json:"executorCores,omitempty"`
	// ExecutorInstances are the executors of an application. Default: 2.
	ExecutorInstances int `json:"executorInstances,omitempty"`
	// Conf are further keys of Spark's configuration. Default: none.
	Conf map[string]string `json:"conf,omitempty"`
	// Namespace may hold variables of DSS. Default: [DefaultNamespace].
	Namespace string `json:"namespace,omitempty"`
	// CreateNamespace has DSS make the namespace. Default: true.
	CreateNamespace *bool `json:"createNamespace,omitempty"`
	// AuthenticationMode is DYNAMIC_SERVICE_ACCOUNT or BUILTIN. Default: [DynamicServiceAccount].
	AuthenticationMode string `json:"authenticationMode,omitempty"`
	// AllowedGroups are the groups of DSS that may use it. Default: everybody.
	AllowedGroups []string `json:"allowedGroups,omitempty"`
	// PodTemplate is a pod of Kubernetes as YAML, for executors. Default: none.
	PodTemplate string `json:"podTemplate,omitempty"`
}

// Defaults of [SparkConfig]: with Spark's overhead of 10 %, three such executors fit on a node with 8 vCPU and 16 GiB.
const (
	DefaultExecutorMemoryMiB = 4096
	DefaultExecutorCores     = 2
	DefaultExecutorInstances = 2
)

// DefaultSparkConfigs are two sizes. The small one starts quickly and is enough for little data. The large one is for joins and
// aggregations that spill otherwise: 11 GiB of heap and the overhead are what a node with 4 vCPU and 16 GiB leaves beside its own pods;
// an m7i.4xlarge has room for all four executors.
func DefaultSparkConfigs() []SparkConfig {
	return []SparkConfig{
		{
			Name: SparkConfigSmall, ExecutorMemoryMiB: DefaultExecutorMemoryMiB, ExecutorCores: DefaultExecutorCores,
			ExecutorInstances: DefaultExecutorInstances,
		},
		{Name: SparkConfigLarge, ExecutorMemoryMiB: 11264, ExecutorCores: 3, ExecutorInstances: 4},
	}
}
