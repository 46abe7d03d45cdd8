package dss

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/dssnode"
)

// What DSS is installed as, and configured with. The types are those of the package that renders them for the host; here their values
// may come from other resources.
type (
	// Installation is how DSS is installed on the host.
	Installation = dssnode.Installation
	// NodeType is what a node of DSS is for.
	NodeType = dssnode.NodeType
	// UserIsolation is DSS's User Isolation Framework.
	UserIsolation = dssnode.UserIsolation
	// UnixAccount is an account on the host that the code of a user runs as.
	UnixAccount = dssnode.UnixAccount
	// MemoryLimit caps the memory of users' processes on the host.
	MemoryLimit = dssnode.MemoryLimit
	// PortRange is a range of TCP ports.
	PortRange = dssnode.PortRange
	// BaseImage is an image that is built on the host and pushed.
	BaseImage = dssnode.BaseImage
	// AthenaDriver is the JDBC driver of Athena.
	AthenaDriver = dssnode.AthenaDriver
	// RuntimeDatabase is a PostgreSQL server on the host for DSS's own tables.
	RuntimeDatabase = dssnode.RuntimeDatabase

	// Settings are what DSS is configured with from the inside.
	Settings = dssnode.Settings[pulumi.StringInput]
	// ContainerConfig is a size of containers.
	ContainerConfig = dssnode.ContainerConfig
	// SparkConfig is a size of Spark applications.
	SparkConfig = dssnode.SparkConfig
	// Toleration lets pods onto tainted nodes.
	Toleration = dssnode.Toleration
	// Metastore is where tables of datasets are registered.
	Metastore = dssnode.Metastore
	// Security are the settings that health checks ask for.
	Security = dssnode.Security
	// S3Connection is a connection to a bucket, with credentials of its own.
	S3Connection = dssnode.S3Connection[pulumi.StringInput]
	// AthenaConnection is SQL over what an S3 connection reaches.
	AthenaConnection = dssnode.AthenaConnection[pulumi.StringInput]
	// EKSPlugin is the plugin that attaches and makes EKS clusters.
	EKSPlugin = dssnode.EKSPlugin
	// ConnectionPreset is the plugin's preset "Connection".
	ConnectionPreset = dssnode.ConnectionPreset
	// NetworkingPreset is the plugin's preset "Networking settings".
	NetworkingPreset = dssnode.NetworkingPreset[pulumi.StringInput]
	// Cluster is a Kubernetes cluster that DSS uses.
	Cluster = dssnode.Cluster[pulumi.StringInput]
	// AttachedCluster is an EKS cluster that is there.
	AttachedCluster = dssnode.AttachedCluster[pulumi.StringInput]
	// CreatedCluster is an EKS cluster that the plugin makes.
	CreatedCluster = dssnode.CreatedCluster[pulumi.StringInput]
	// NodePool is a group of nodes of a created cluster.
	NodePool = dssnode.NodePool
	// Taint is a taint of Kubernetes.
	Taint = dssnode.Taint
	// Group is a group of DSS.
	Group = dssnode.Group
	// User is a user of DSS.
	User = dssnode.User[pulumi.StringInput]
	// CodeEnv is a code environment.
	CodeEnv = dssnode.CodeEnv
)

// The node types. All but design are features of a licence.
const (
	NodeDesign     = dssnode.NodeDesign
	NodeAutomation = dssnode.NodeAutomation
	NodeDeployer   = dssnode.NodeDeployer
	NodeAPI        = dssnode.NodeAPI
)

// KnownLater stands for an input that a resource gives which is not there yet, where arguments are checked before anything is made.
const KnownLater = pulumi.String(dssnode.Unknown)

// knownSettings are the settings as far as they are plain text already.
func knownSettings(s Settings) dssnode.Settings[string] {
	return dssnode.Map(s, func(input pulumi.StringInput) string {
		if text, ok := input.(pulumi.String); ok {
			return string(text)
		}
		return dssnode.Unknown
	})
}

// resolvedSettings are the settings once all their inputs have values.
func resolvedSettings(s Settings) pulumi.Output {
	var inputs []any
	dssnode.Map(s, func(input pulumi.StringInput) string {
		inputs = append(inputs, input)
		return ""
	})
	return pulumi.All(inputs...).ApplyT(func(values []any) dssnode.Settings[string] {
		next := 0
		return dssnode.Map(s, func(pulumi.StringInput) string {
			next++
			text, _ := values[next-1].(string)
			return text
		})
	})
}
