package dssnode

// Defaults of connections.
const (
	// DefaultConnectionPath is the whole bucket: which part of it a connection reaches is up to its role.
	DefaultConnectionPath = "/"
	// DefaultManagedPath is the folder of datasets that DSS makes, below the connection's path.
	DefaultManagedPath = "managed"
	// AthenaSuffix ends the name of a connection's Athena connection.
	AthenaSuffix = "-athena"
	// DefaultFetchSize is the number of rows that a request to Athena brings.
	DefaultFetchSize = 1000
	// FilesystemRoot is the connection that DSS begins with.
	FilesystemRoot = "filesystem_root"
)

// S3Connection is a connection of DSS to a bucket. It has credentials of its own: exactly one of RoleARN, KeyPairSecretARN and
// Environment. Spark reads it by S3A.
//
// Source: the reference architecture's step "Setup S3 connections"; https://doc.dataiku.com/dss/latest/connecting/s3.html
type S3Connection[S any] struct {
	// Name has letters, digits, underscores and hyphens. Required.
	Name string `json:"name,omitempty"`
	// Bucket is the bucket's name. Required.
	Bucket S `json:"bucket,omitempty"`
	// Path is the folder that the connection does not leave. Default: [DefaultConnectionPath].
	Path string `json:"path,omitempty"`
	// Region is the bucket's. Default: the host's.
	Region S `json:"region,omitempty"`
	// RoleARN is a role that the host takes for each access, with credentials that last an hour. To be preferred.
	RoleARN S `json:"roleArn,omitempty"`
	// ExternalID is what the role's trust policy asks for. Needs RoleARN. Default: none.
	ExternalID string `json:"externalId,omitempty"`
	// KeyPairSecretARN is a secret with the JSON text {"AccessKeyId": …, "SecretAccessKey": …}. DSS keeps a copy, encrypted.
	KeyPairSecretARN S `json:"keyPairSecretArn,omitempty"`
	// KeyPairVersion is the version of that secret. The host reads the current one; another version here has it look again. Default: none.
	KeyPairVersion S `json:"keyPairVersion,omitempty"`
	// Environment uses the host's own credentials: everybody who may use the connection acts as the host. Not with athena, and not with
	// user isolation, which keeps users from them for a reason.
	Environment bool `json:"environment,omitempty"`
	// KMSKeyARN is the key that objects are encrypted with. Default: what the bucket says.
	KMSKeyARN S `json:"kmsKeyArn,omitempty"`
	// AllowedGroups are the groups of DSS that may use it. Required, unless UsableByEveryone.
	AllowedGroups []string `json:"allowedGroups,omitempty"`
	// UsableByEveryone lets every user of DSS read and write the bucket. Default: false.
	UsableByEveryone bool `json:"usableByEveryone,omitempty"`
	// DetailsReadableBy are the groups of DSS whose code may read the connection's credentials. Spark then reads S3 from the executors, not
	// through the host. A key pair is out for good; credentials of a role last an hour. Default: none.
	DetailsReadableBy []string `json:"detailsReadableBy,omitempty"`
	// ReadOnly keeps DSS from writing. Default: false.
	ReadOnly bool `json:"readOnly,omitempty"`
	// ManagedPath is the folder of datasets that DSS makes, below Path. Default: [DefaultManagedPath].
	ManagedPath string `json:"managedPath,omitempty"`
	// GlueDatabase is the database that datasets are registered in. Default: none.
	GlueDatabase S `json:"glueDatabase,omitempty"`
	// Sync registers datasets in the metastore when they are built. Default: true with a Glue database, false without.
	Sync *bool `json:"sync,omitempty"`
	// Athena makes a connection to Athena that takes its credentials from this one. Default: none.
	Athena *AthenaConnection[S] `json:"athena,omitempty"`
	// ParamsJSON is a JSON object that is merged over the connection's `params`, for what has no argument. What DSS drops of it fails the
	// deployment. Default: none.
	ParamsJSON string `json:"paramsJson,omitempty"`
}

// AthenaConnection is a connection of DSS to Athena. DSS reads and queries with it, and does not write. Its groups are those of its S3
// connection. No key of its `params` was seen on a running DSS: what DSS drops of them is a warning.
//
// Source: https://doc.dataiku.com/dss/latest/connecting/sql/athena.html
type AthenaConnection[S any] struct {
	// Name has letters, digits, underscores and hyphens. Default: the S3 connection's with [AthenaSuffix].
	Name string `json:"name,omitempty"`
	// Region is that of the workgroup and of the databases, which the bucket need not be in. Default: the host's.
	Region S `json:"region,omitempty"`
	// Workgroup is the Athena workgroup. Required: it bounds what queries cost.
	Workgroup S `json:"workgroup,omitempty"`
	// OutputLocation is where results go: s3://bucket/prefix/. A workgroup that enforces a location has the last word. Required.
	OutputLocation S `json:"outputLocation,omitempty"`
	// FetchSize is the number of rows that a request brings, 1 to 10000. Default: [DefaultFetchSize], which is also what Athena gives at most
	// in one page.
	FetchSize int `json:"fetchSize,omitempty"`
	// ParamsJSON is a JSON object that is merged over the connection's `params`: the version of the driver above all, whose key is
	// documented nowhere. It replaces what arguments set, and what DSS drops of it fails the deployment. Default: none.
	ParamsJSON string `json:"paramsJson,omitempty"`
}
