package dssnode

import "github.com/pulumi-dss/pulumi-dss/internal/host"

// NodeType is what a node of DSS is for.
type NodeType string

// The node types. All but design are features of a licence.
const (
	// NodeDesign is where people build their projects.
	NodeDesign NodeType = "design"
	// NodeAutomation runs what was built, in production.
	NodeAutomation NodeType = "automation"
	// NodeDeployer hands projects and API services to automation and API nodes.
	NodeDeployer NodeType = "deployer"
	// NodeAPI answers requests to API services. It has no projects, no connections and no general settings.
	NodeAPI NodeType = "api"
	// nodeGovern is known so that it can be refused with the reason.
	nodeGovern NodeType = "govern"
)

// Defaults of [Installation].
const (
	// DefaultNodeType is the one that the reference architecture installs.
	DefaultNodeType = NodeDesign
	// DefaultSource is the vendor's public site.
	//
	// Source: https://doc.dataiku.com/dss/latest/installation/other/osx.html
	DefaultSource = "https://cdn.downloads.dataiku.com/public/studio"
	// DefaultUserGroup is the Unix group of the people whose code runs isolated.
	DefaultUserGroup = "dss-users"
	// DefaultPort is the base port of DSS.
	DefaultPort = 11200
	// DefaultAthenaFolder is below the data directory. It is not lib/jdbc: the Athena driver wants a class loader of its own.
	//
	// Source: https://doc.dataiku.com/dss/latest/connecting/sql/athena.html
	DefaultAthenaFolder = "lib/jdbc-athena"
	// DefaultAthenaDriverMajor is the driver that AWS maintains.
	DefaultAthenaDriverMajor = 3
	// DefaultPostgreSQLVersion is in AlmaLinux 8's and 9's own repositories.
	DefaultPostgreSQLVersion = "16"
	// DefaultMaxConnections is what Dataiku asks of a PostgreSQL server.
	//
	// Source: https://doc.dataiku.com/dss/latest/operations/runtime-databases.html
	DefaultMaxConnections = 500
	DefaultSchema         = "public"
	DefaultTablePrefix    = "dss_"
)

// Heaps of the backend, by default. 12 to 20 GiB are for large installations; above 32 GiB the JVM's pointers double.
//
// Source: https://doc.dataiku.com/dss/latest/operations/memory.html
const (
	// SmallBackendGiB is for hosts below 60 GiB, whose users' processes may take all but 20 GiB.
	SmallBackendGiB = 8
	// MediumBackendGiB is for hosts from 60 GiB.
	MediumBackendGiB = 12
	// LargeBackendGiB is for hosts from 120 GiB.
	LargeBackendGiB = 16
	// HugeBackendGiB is for hosts from 240 GiB.
	HugeBackendGiB = 20
	minBackendGiB  = 2
	maxBackendGiB  = 31
)

// Installation is how DSS is installed on the host.
type Installation struct {
	// Version is the release of DSS: "14.7.5". It may rise, which upgrades DSS after a snapshot of the data volume, and never fall.
	// Default: [DefaultVersion].
	Version string `json:"version,omitempty"`
	// AllowUnknownVersion takes a release that is not in the library's table, because it is newer. It gets the template of its major, or
	// of the newest. Default: false.
	AllowUnknownVersion bool `json:"allowUnknownVersion,omitempty"`
	// NodeType is design, automation, deployer or api. Default: [DefaultNodeType]. It cannot change once DSS is installed.
	NodeType NodeType `json:"nodeType,omitempty"`
	// Source is where the archives are: `https://…`, or `s3://bucket/prefix` for networks without a way out. An archive is looked for
	// in SOURCE/VERSION, and on a mirror in SOURCE as well. Default: [DefaultSource].
	Source string `json:"source,omitempty"`
	// KitSHA256 is the checksum of the kit: 64 hexadecimal digits. The vendor publishes none. Default: none, nothing is compared.
	KitSHA256 string `json:"kitSha256,omitempty"`
	// Hadoop installs the Hadoop libraries, which S3A, Parquet and ORC need. Default: on design and automation nodes.
	Hadoop *bool `json:"hadoop,omitempty"`
	// HadoopSHA256 is the checksum of their archive. Default: none.
	HadoopSHA256 string `json:"hadoopSha256,omitempty"`
	// Spark installs Spark for Kubernetes. It needs Hadoop. Default: on design and automation nodes.
	Spark *bool `json:"spark,omitempty"`
	// SparkVersion is the release of Spark in the archive's file name: "3.5.3". Default: those that are known are tried one after the
	// other; the vendor has no list of them.
	SparkVersion string `json:"sparkVersion,omitempty"`
	// SparkSHA256 is the checksum of the archive. It needs SparkVersion. Default: none.
	SparkSHA256 string `json:"sparkSha256,omitempty"`
	// R installs the R integration, whose packages come from EPEL and CodeReady Builder. Default: false.
	R bool `json:"r,omitempty"`
	// GraphicsExport installs what exports dashboards to PDF and images. Default: false.
	GraphicsExport bool `json:"graphicsExport,omitempty"`
	// Python is the Python that DSS itself runs on: "3.11", "3.9" or "3.10"; for 3.10 AlmaLinux has no package. Default: 3.11.
	Python string `json:"python,omitempty"`
	// UserIsolation runs the code of DSS's users as Unix users of their own.
	UserIsolation UserIsolation `json:"userIsolation,omitzero"`
	// EnableUserIsolationLater turns it on for an instance that was used without it, which Dataiku advises against: files that are there
	// keep their owners. Default: false, the host refuses.
	EnableUserIsolationLater bool `json:"enableUserIsolationLater,omitempty"`
	// BackendMemoryGiB is the heap of the backend, 2 to 31. Default: [SmallBackendGiB] to [HugeBackendGiB] by the host's memory.
	BackendMemoryGiB int `json:"backendMemoryGiB,omitempty"`
	// MemoryLimit is what the processes of DSS's users may take together.
	MemoryLimit MemoryLimit `json:"memoryLimit,omitzero"`
	// PortRange has pods call DSS on these ports only. The range's key in the settings is documented nowhere: set it once by hand
	// (Administration, Settings, Misc), read it back, and keep it in settings.overlayJson. Default: none, DSS takes any port.
	//
	// Source: https://doc.dataiku.com/app-notes, "Port range limitation"
	PortRange *PortRange `json:"portRange,omitempty"`
	// ServerSettings are further keys of the section [server] of install.ini: HTTP headers and TLS of DSS's own nginx. Default: those
	// of [DefaultServerSettings].
	ServerSettings map[string]string `json:"serverSettings,omitempty"`
	// Properties are lines of config/dip.properties. Default: none; before 14.3, where sessions end, dku.sessions.storage=memory.
	Properties map[string]string `json:"properties,omitempty"`
	// Environment are variables of DSS's processes, no secrets. Default: none but DKU_BACKEND_EXT_HOST, where pods find DSS, which is the
	// host's private address.
	Environment map[string]string `json:"environment,omitempty"`
	// BaseImages are the images that are built on the host and pushed. Default: container-exec, with Spark spark too, and with
	// settings.cde cde too, where elastic compute is on. An empty list that is not nil stands for none.
	BaseImages []BaseImage `json:"baseImages,omitempty"`
	// AthenaDriver is the JDBC driver of Athena. Required where a connection has athena.
	AthenaDriver *AthenaDriver `json:"athenaDriver,omitempty"`
	// RuntimeDatabase keeps DSS's own tables in a PostgreSQL server on the host, as Dataiku recommends for production; it advises against
	// RDS. Default: none, DSS's embedded database.
	RuntimeDatabase *RuntimeDatabase `json:"runtimeDatabase,omitempty"`
}

// UserIsolation is DSS's User Isolation Framework. Without it the code of every user runs as the DSS user, and reads what that reads:
// the key pair, the connections' secrets, the socket of Docker.
//
// Source: https://doc.dataiku.com/dss/latest/user-isolation/index.html
type UserIsolation struct {
	// Enabled is a decision of the first day: it cannot be taken back, and Dataiku advises against taking it later. Default: on where
	// there is a licence, on design and automation nodes.
	Enabled *bool `json:"enabled,omitempty"`
	// AllowedGroups are the Unix groups whose members code may run as. Default: [DefaultUserGroup].
	AllowedGroups []string `json:"allowedGroups,omitempty"`
	// AdditionalDirs are further folders in which files may change hands, as absolute paths. Default: none but those of the cgroups.
	AdditionalDirs []string `json:"additionalDirs,omitempty"`
	// Accounts are Unix accounts that the host makes. Default: one for each of settings.users, by its login. An empty list that is not
	// nil stands for none: accounts come from a directory.
	Accounts []UnixAccount `json:"accounts,omitempty"`
}

// UnixAccount is an account on the host that code runs as.
type UnixAccount struct {
	// Name is the login name. DSS maps its users to accounts of the same name. Required.
	Name string `json:"name,omitempty"`
	// Group is one of the allowed groups. Default: the first of them.
	Group string `json:"group,omitempty"`
}

// MemoryLimit caps the memory of users' processes on the host with a cgroup, so that they cannot starve DSS. The kernel of AlmaLinux 9
// has version 2 of cgroups, which DSS uses with user isolation only.
//
// Source: https://doc.dataiku.com/dss/latest/operations/cgroups.html
type MemoryLimit struct {
	// Enabled sets the cap. Default: where user isolation is on, on hosts whose memory is known, on design and automation nodes.
	Enabled *bool `json:"enabled,omitempty"`
	// Percent of the host's memory, 10 to 90. Default: what [DefaultMemoryLimitGiB] leaves.
	Percent int `json:"percent,omitempty"`
	// GiB instead of Percent.
	GiB int `json:"gib,omitempty"`
}

// DefaultMemoryLimitGiB is the memory of users' processes, by the host's: half of less than 30 GiB, all but 20 GiB up to 60, 66 % up to
// 120, and 75 % above.
func DefaultMemoryLimitGiB(hostMemoryMiB int) int {
	gib := hostMemoryMiB / 1024
	switch {
	case gib < 30:
		return gib / 2
	case gib < 60:
		return gib - 20
	case gib <= 120:
		return gib * 66 / 100
	default:
		return gib * 75 / 100
	}
}

// DefaultBackendMemoryGiB is the heap of the backend, by the host's memory. 0 stands for a host whose memory is not known.
func DefaultBackendMemoryGiB(hostMemoryMiB int) int {
	switch gib := hostMemoryMiB / 1024; {
	case gib < 60:
		return SmallBackendGiB
	case gib < 120:
		return MediumBackendGiB
	case gib < 240:
		return LargeBackendGiB
	default:
		return HugeBackendGiB
	}
}

// PortRange is a range of TCP ports, both ends included.
type PortRange struct {
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

// serverKeys are the keys of the section [server] of install.ini that Dataiku documents.
//
// Source: https://doc.dataiku.com/dss/latest/security/advanced-options.html
var serverKeys = []string{
	"content-security-policy", "cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "hsts-max-age",
	"ipv6", "permissions-policy", "referrer-policy", "ssl", "ssl_certificate", "ssl_certificate_key", "ssl_ciphers", "x-content-type-options",
	"x-frame-options", "x-xss-protection",
}

// DefaultServerSettings keep browsers from guessing content types and other sites from framing DSS.
func DefaultServerSettings() map[string]string {
	return map[string]string{"x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN"}
}

// ImageType is what a base image is for.
type ImageType string

// The base images that dssadmin builds.
const (
	ImageContainerExec ImageType = "container-exec"
	ImageSpark         ImageType = "spark"
	ImageCDE           ImageType = "cde"
	ImageAPIDeployer   ImageType = "api-deployer"
)

// BaseImage is an image that `dssadmin build-base-image` builds. It is built again exactly when the release of DSS or its options change.
//
// Source: https://doc.dataiku.com/dss/latest/containers/custom-base-images.html
type BaseImage struct {
	// Type is container-exec, spark, cde or api-deployer. Required.
	Type ImageType `json:"type,omitempty"`
	// WithCUDA has the libraries of NVIDIA. Such an image is many gigabytes larger. Give it a Tag beside the one without. Default: false.
	WithCUDA bool `json:"withCuda,omitempty"`
	// CUDAVersion is such as "11.8". It needs WithCUDA. Default: DSS's own.
	CUDAVersion string `json:"cudaVersion,omitempty"`
	// WithPython311 adds Python 3.11 for code environments. Default: false.
	WithPython311 bool `json:"withPython311,omitempty"`
	// WithoutR leaves out R, which makes the image smaller. Default: false.
	WithoutR bool `json:"withoutR,omitempty"`
	// SystemPackages are further packages of the image's system. Default: none.
	SystemPackages []string `json:"systemPackages,omitempty"`
	// HTTPProxy and NoProxy are for the build. Default: none.
	HTTPProxy string `json:"httpProxy,omitempty"`
	NoProxy   string `json:"noProxy,omitempty"`
	// Tag is the image's name and tag, which a container config names as its baseImage. Default: the one that DSS looks for.
	Tag string `json:"tag,omitempty"`
}

// AthenaDriver is the JDBC driver of Athena: a .jar, or a .zip of them. AWS's addresses of it change, so there is no default.
//
// Source: https://docs.aws.amazon.com/athena/latest/ug/connect-with-jdbc.html
type AthenaDriver struct {
	// URL is where it is: https://… or s3://bucket/key. Required, unless Installed.
	URL string `json:"url,omitempty"`
	// SHA256 is its checksum: 64 hexadecimal digits. Default: none.
	SHA256 string `json:"sha256,omitempty"`
	// Folder is where it goes, below the data directory. Default: [DefaultAthenaFolder].
	Folder string `json:"folder,omitempty"`
	// MajorVersion is 2 or 3. Default: [DefaultAthenaDriverMajor], which needs DSS 14.2 or newer.
	MajorVersion int `json:"majorVersion,omitempty"`
	// Installed says that the driver is on the data volume already: nothing is downloaded. Default: false.
	Installed bool `json:"installed,omitempty"`
}

// RuntimeDatabase is a PostgreSQL server on the host.
//
// Source: https://doc.dataiku.com/dss/latest/operations/runtime-databases.html
type RuntimeDatabase struct {
	// Version is PostgreSQL's: "15" or "16". Default: [DefaultPostgreSQLVersion].
	Version string `json:"version,omitempty"`
	// MaxConnections is at least [DefaultMaxConnections], which is the default.
	MaxConnections int `json:"maxConnections,omitempty"`
	// Schema is where the tables are. Default: [DefaultSchema].
	Schema string `json:"schema,omitempty"`
	// TablePrefix stands before their names. Default: [DefaultTablePrefix].
	TablePrefix string `json:"tablePrefix,omitempty"`
}

// Facts are what is known of the host and of where it is, beside the settings.
type Facts struct {
	// OSRelease is "8" or "9". Default: that of the package host.
	OSRelease string
	// HostMemoryMiB is the memory of the instance type; 0 where it is not known.
	HostMemoryMiB int
	// HasLicense says that there is a secret for a licence.
	HasLicense bool
	// HTTPS says that browsers reach DSS by HTTPS alone.
	HTTPS bool
	// Port is the base port. Default: [DefaultPort].
	Port int
	// MountPoint is where the data volume is. Default: that of the package host.
	MountPoint string
	// UserName is whom DSS runs as. Default: that of the package host.
	UserName string
	// Region and Account are the host's, and DNSSuffix the one of its partition: "amazonaws.com", the default. Any of them may be empty,
	// or [Unknown], during a preview.
	Region, Account, DNSSuffix string
	// PlatformName is the platform's. It is the default prefix of images, and tags snapshots.
	PlatformName string
}

func (f Facts) withDefaults() Facts {
	f.OSRelease = or(f.OSRelease, host.DefaultOSRelease)
	f.MountPoint = or(f.MountPoint, host.DefaultMountPoint)
	f.UserName = or(f.UserName, host.DefaultUserName)
	f.DNSSuffix = or(f.DNSSuffix, "amazonaws.com")
	f.Port = or(f.Port, DefaultPort)
	return f
}

// Secrets are ARNs of secrets in Secrets Manager, which the host reads and, where it makes them, writes. None holds a secret itself.
type Secrets struct {
	// License has the licence; empty for DSS Free Edition.
	License string
	// AdminPassword and APIKey are written by the host.
	AdminPassword, APIKey string
	// RuntimeDatabasePassword is written by the host, where there is a runtime database.
	RuntimeDatabasePassword string
	// Credentials has the key pair that DSS signs its calls to AWS with; empty where it uses the host's role.
	Credentials string
}
