package dssnode

// Unknown stands for a value that another resource has not given yet, as in a preview. Checks leave it out.
const Unknown = "\x00unknown\x00"

// Defaults of [Settings].
const (
	// DefaultNamespace gives each user of DSS a namespace, which DSS makes.
	DefaultNamespace = "dssns-${dssUserLogin}"
	// DefaultPresetName is the name of the EKS plugin's presets.
	DefaultPresetName = "default"
)

// Settings are how DSS is set up inside. S is the type of values that may come from other resources: text in this package, an input in
// a component.
type Settings[S any] struct {
	// ImageURL is where images are pushed: ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX. Default: the ECR of the host's account and region,
	// with the platform's name as prefix.
	ImageURL S `json:"imageUrl,omitempty"`
	// PrePush is what DSS does before it pushes an image: ECR logs in and makes the repository, NONE does nothing. Default: ECR for an
	// address of ECR, NONE for others.
	PrePush string `json:"prePush,omitempty"`
	// ElasticCompute has DSS run code and Spark on Kubernetes. It needs a licence and a cluster. Default: on where there are both, on design
	// and automation nodes.
	ElasticCompute *bool `json:"elasticCompute,omitempty"`
	// UseImplicitCluster has containers run on the cluster of the DSS user's own kubeconfig, where no cluster is the default. Default: false.
	UseImplicitCluster bool `json:"useImplicitCluster,omitempty"`
	// ContainerConfigs are sizes of containers that people choose from. Default: [DefaultContainerConfigs], with elastic compute.
	ContainerConfigs []ContainerConfig `json:"containerConfigs,omitempty"`
	// DefaultContainerConfig is the one that projects begin with. Default: the first that everybody may use, or the first.
	DefaultContainerConfig string `json:"defaultContainerConfig,omitempty"`
	// SparkConfigs are sizes of Spark applications. Default: [DefaultSparkConfigs], with elastic compute and Spark.
	SparkConfigs []SparkConfig `json:"sparkConfigs,omitempty"`
	// DefaultSparkConfig is the one that Spark recipes begin with. DSS begins with the configuration called "default", so there is a copy
	// of this one by that name, unless one of SparkConfigs has it. Default: the first.
	DefaultSparkConfig string `json:"defaultSparkConfig,omitempty"`
	// Metastore is where tables of datasets are registered.
	Metastore Metastore `json:"metastore,omitzero"`
	// Security are the settings that health checks ask for.
	Security Security `json:"security,omitzero"`
	// S3Connections are connections to buckets, each with credentials of its own. Default: none.
	S3Connections []S3Connection[S] `json:"s3Connections,omitempty"`
	// EKSPlugin is the plugin that attaches and makes EKS clusters. It is installed where there are clusters.
	EKSPlugin EKSPlugin `json:"eksPlugin,omitzero"`
	// ConnectionPreset is the plugin's preset "Connection".
	ConnectionPreset ConnectionPreset `json:"connectionPreset,omitzero"`
	// NetworkingPreset is the plugin's preset "Networking settings". Required where a cluster is created. Default: none.
	NetworkingPreset *NetworkingPreset[S] `json:"networkingPreset,omitempty"`
	// Clusters are attached, or created by the plugin. Default: none.
	Clusters []Cluster[S] `json:"clusters,omitempty"`
	// Groups of DSS. Default: none but DSS's own.
	Groups []Group `json:"groups,omitempty"`
	// ExternalGroups are groups that are there, or come from a directory: other settings may name them. DSS's own (administrators,
	// data_team, readers) need not be listed. Default: none.
	ExternalGroups []string `json:"externalGroups,omitempty"`
	// Users of DSS. Default: none but the administrator, whose password the host makes.
	Users []User[S] `json:"users,omitempty"`
	// CodeEnvs are code environments. Default: none.
	CodeEnvs []CodeEnv `json:"codeEnvs,omitempty"`
	// RemoveDefaultConnection removes filesystem_root, by which everybody reads and writes the host's file system as the DSS user. Default:
	// true.
	RemoveDefaultConnection *bool `json:"removeDefaultConnection,omitempty"`
	// CDE runs the visual parts of DSS in containers too ("containerized DSS engine"). It needs elastic compute. Default: false.
	CDE bool `json:"cde,omitempty"`
	// SanityCheck has DSS look itself over in the end; what it finds is a warning. Default: true.
	SanityCheck *bool `json:"sanityCheck,omitempty"`
	// NamespacePoliciesJSON is a JSON list of policies for namespaces of Kubernetes, as DSS's settings have them below
	// k8sPoliciesSettings.policies: limits and quotas. Their form is documented nowhere. Default: none.
	NamespacePoliciesJSON string `json:"namespacePoliciesJson,omitempty"`
	// OverlayJSON is a JSON object that is merged over DSS's general settings, for what has no argument. What DSS drops of it fails the
	// deployment. It must not contradict what arguments set. Default: none.
	OverlayJSON string `json:"overlayJson,omitempty"`
}

// Metastore flavors.
const (
	MetastoreGlue = "GLUE"
	MetastoreDSS  = "DSS"
)

// Metastore is where tables of datasets are registered.
//
// Source: https://doc.dataiku.com/dss/latest/metastore/glue-metastore.html
type Metastore struct {
	// Flavor is GLUE or DSS. Default: GLUE where a connection synchronizes or has athena; otherwise it is left alone.
	Flavor string `json:"flavor,omitempty"`
	// CredentialsConnection is the S3 connection whose credentials Glue is called with. Default: the first that synchronizes.
	CredentialsConnection string `json:"credentialsConnection,omitempty"`
}

// Defaults of [Security].
const (
	// DefaultSessionTotalMinutes is a day: DSS's own is unlimited.
	DefaultSessionTotalMinutes = 24 * 60
	// DefaultSessionIdleMinutes is a working day: DSS's own is 30 days, and unlimited before 14.3.
	DefaultSessionIdleMinutes = 8 * 60
)

// Security are settings below `security` of the general settings. Each is on by default.
//
// Source: https://doc.dataiku.com/dss/latest/security/advanced-options.html
type Security struct {
	// HideErrorStacks keeps DSS's stack traces from browsers. Default: true.
	HideErrorStacks *bool `json:"hideErrorStacks,omitempty"`
	// HideVersion keeps DSS's release from people who are not logged in. Default: true.
	HideVersion *bool `json:"hideVersion,omitempty"`
	// SecureCookies keeps cookies off HTTP. It locks everybody out who does not use HTTPS. Default: true with HTTPS, false without.
	SecureCookies *bool `json:"secureCookies,omitempty"`
	// SessionTotalMinutes ends a session that long after the login; -1 never. Default: [DefaultSessionTotalMinutes].
	SessionTotalMinutes int `json:"sessionTotalMinutes,omitempty"`
	// SessionIdleMinutes ends a session that nobody used for that long; -1 never. Default: [DefaultSessionIdleMinutes].
	SessionIdleMinutes int `json:"sessionIdleMinutes,omitempty"`
	// SingleSession ends a user's other sessions with a login. Default: true.
	SingleSession *bool `json:"singleSession,omitempty"`
	// RestrictVisibility keeps users and groups from those who have nothing to do with them. Default: true.
	RestrictVisibility *bool `json:"restrictVisibility,omitempty"`
	// DisableDataLinks keeps addresses in data from being links. Default: true.
	DisableDataLinks *bool `json:"disableDataLinks,omitempty"`
}

// SourceType is where a user or a group comes from.
type SourceType string

// The sources.
const (
	// SourceLocal has its password in DSS.
	SourceLocal SourceType = "LOCAL"
	// SourceLDAP is checked by a directory.
	SourceLDAP SourceType = "LDAP"
	// SourceSSO logs in by single sign-on. In DSS's settings it is LOCAL_NO_AUTH.
	SourceSSO SourceType = "SSO"
)

// Group is a group of DSS.
type Group struct {
	// Name has letters, digits, dots, underscores, hyphens and @. Required.
	Name string `json:"name,omitempty"`
	// Description is for people. Default: none.
	Description string `json:"description,omitempty"`
	// Admin lets its members do everything, and read every secret of DSS. Default: false.
	Admin bool `json:"admin,omitempty"`
	// Source is LOCAL, LDAP or SSO. Default: LOCAL.
	Source SourceType `json:"source,omitempty"`
	// ExternalGroups are the groups of the directory, or of single sign-on, whose members are in it. Default: none.
	ExternalGroups []string `json:"externalGroups,omitempty"`
	// Permissions are global permissions by DSS's names, such as mayCreateProjects. Default: those of [DefaultPermissions].
	Permissions map[string]bool `json:"permissions,omitempty"`
}

// DefaultPermissions let a group make projects, and write code that runs isolated; and not code that runs as the DSS user.
func DefaultPermissions() map[string]bool {
	return map[string]bool{
		"mayCreateProjects": true, "mayWriteInRootProjectFolder": true, "mayWriteSafeCode": true, "mayWriteUnsafeCode": false,
	}
}

// User is a user of DSS.
type User[S any] struct {
	// Login is the login name. Required.
	Login string `json:"login,omitempty"`
	// DisplayName is for people. Default: the login.
	DisplayName string `json:"displayName,omitempty"`
	// Email is the address. Default: none.
	Email string `json:"email,omitempty"`
	// Groups are groups of DSS. Default: none.
	Groups []string `json:"groups,omitempty"`
	// Profile is a profile of the licence, such as FULL_DESIGNER, DATA_DESIGNER or READER. Required: which there are differs by licence.
	Profile string `json:"profile,omitempty"`
	// PasswordSecretARN is the secret with the first password as its text. Required for LOCAL, and refused for the others.
	PasswordSecretARN S `json:"passwordSecretArn,omitempty"`
	// Source is LOCAL, LDAP or SSO. Default: LOCAL.
	Source SourceType `json:"source,omitempty"`
}

// Languages of code environments.
const (
	LanguagePython = "PYTHON"
	LanguageR      = "R"
)

// CodeEnv is a code environment.
type CodeEnv struct {
	// Name has letters, digits, underscores and hyphens. Required.
	Name string `json:"name,omitempty"`
	// Language is PYTHON or R. Default: PYTHON.
	Language string `json:"language,omitempty"`
	// Python is the release of Python: "3.11". The host has to have it. Default: the one that DSS runs on.
	Python string `json:"python,omitempty"`
	// Packages are requirements, one a line, as pip and CRAN take them. Default: none.
	Packages []string `json:"packages,omitempty"`
	// Jupyter lets notebooks use it. Default: true.
	Jupyter *bool `json:"jupyter,omitempty"`
	// AllContainerConfigs builds an image for every container config. Default: false.
	AllContainerConfigs bool `json:"allContainerConfigs,omitempty"`
	// ContainerConfigs are the container configs that an image is built for. Default: none.
	ContainerConfigs []string `json:"containerConfigs,omitempty"`
}
