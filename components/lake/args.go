// Package lake makes the data of a DSS platform reachable: buckets, and connections that each have credentials of their
// own, which reach one bucket or prefix, its databases and its workgroup, and nothing else.
package lake

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// The components' types.
const (
	ConnectionToken = "dss:index:S3Connection" //nolint:gosec // the name of a type
	DataLakeToken   = "dss:index:DataLake"     //nolint:gosec // the name of a type
)

// Credentials says what DSS opens a connection with.
type Credentials string

// The kinds of credentials.
const (
	// AssumedRole is a role that only the trusted principals take, for an hour at a time. Nothing has to be kept.
	AssumedRole Credentials = "ROLE"
	// KeyPair is an IAM user with an access key in Secrets Manager, which has to be rotated (docs/lake.md).
	KeyPair Credentials = "KEY_PAIR"
)

// Defaults of connections.
const (
	// DefaultCredentials need no rotation.
	DefaultCredentials = AssumedRole
	// DefaultGeneration is that of a key pair which was never rotated.
	DefaultGeneration = 1
	// DefaultRolePath holds the roles and users of connections.
	DefaultRolePath = "/dss-connections/"
	// DefaultAccessLogDays is for how many days access logs stay.
	DefaultAccessLogDays = 365
)

// Connection is a connection of DSS to data in S3, on the side of AWS and of DSS.
type Connection struct {
	// Name is the connection's in DSS: letters, digits, underscores and hyphens. Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Zone is the zone of the [DataLake] whose bucket it is in. Give this or Bucket. Default: none.
	Zone string `pulumi:"zone,optional" json:"zone,omitempty"`
	// Bucket is where the data is, if not in a zone. Default: a bucket of its own.
	Bucket Bucket `pulumi:"bucket,optional" json:"bucket,omitempty"`
	// Prefix is the folder that it does not leave, such as `sales/`. Connections do not overlap. Default: the whole bucket.
	Prefix string `pulumi:"prefix,optional" json:"prefix,omitempty"`
	// Credentials are [AssumedRole] or [KeyPair]. Default: [DefaultCredentials].
	Credentials Credentials `pulumi:"credentials,optional" json:"credentials,omitempty"`
	// ExternalID is what DSS has to say when it takes the role: 2 to 1000 letters, digits and +=,.@:/-. It is no secret. It keeps a
	// connection from opening another one's role by its ARN alone. Default: made of the resource's name.
	ExternalID string `pulumi:"externalId,optional" json:"externalId,omitempty"`
	// RoleName fixes the name of the role or user, for policies of others that name it. Default: one is generated.
	RoleName string `pulumi:"roleName,optional" json:"roleName,omitempty"`
	// Rotation is which key pair is current. Only with [KeyPair].
	Rotation Rotation `pulumi:"rotation,optional" json:"rotation,omitempty"`
	// ReadOnly takes away the right to write, in AWS and in DSS. Default: false.
	ReadOnly bool `pulumi:"readOnly,optional" json:"readOnly,omitempty"`
	// DirectFiles lets the credentials read and write files through S3. Without it, only Athena reads them, with credentials of Lake
	// Formation. Default: true; false with LAKE_FORMATION, which it would pass by.
	DirectFiles *bool `pulumi:"directFiles,optional" json:"directFiles,omitempty"`
	// Databases are its Glue databases. The first of this account is the one that DSS registers datasets in. Default: none.
	Databases []Database `pulumi:"databases,optional" json:"databases,omitempty"`
	// Athena makes a workgroup of its own, and an Athena connection in DSS, whose installation has to have the driver. Needs a
	// database. Default: none.
	Athena *Athena `pulumi:"athena,optional" json:"athena,omitempty"`
	// PodIdentities are service accounts of the cluster whose pods reach the connection's files and tables by themselves, without DSS. Each
	// gets a role of its own. It opens the data to everybody who can start pods of that service account in that namespace: to every user
	// of DSS whose containers run there, whatever AllowedGroups says. Only with [AssumedRole]. Default: none.
	PodIdentities []PodIdentity `pulumi:"podIdentities,optional" json:"podIdentities,omitempty"`
	// SharedWith are other accounts, by their twelve digits, and ARNs of roles and users in them, that may read its files and its databases.
	// An account stands for everybody there whom its policies let. It writes to the account's resource policy of Glue, see
	// ExistingResourcePolicy, to the policy of a bucket that is made, and to that of a key that is made; for those that are there the outputs
	// have what to add. Under Lake Formation, Lake Formation shares. Default: nobody.
	SharedWith []string `pulumi:"sharedWith,optional" json:"sharedWith,omitempty"`
	// AllowedGroups are the groups of DSS that may use it. Required, unless UsableByEveryone.
	AllowedGroups []string `pulumi:"allowedGroups,optional" json:"allowedGroups,omitempty"`
	// UsableByEveryone lets every user of DSS use it. Default: false.
	UsableByEveryone bool `pulumi:"usableByEveryone,optional" json:"usableByEveryone,omitempty"`
	// DetailsReadableBy are the groups of DSS whose code may read its credentials. Default: none.
	DetailsReadableBy []string `pulumi:"detailsReadableBy,optional" json:"detailsReadableBy,omitempty"`
	// ManagedPath is the folder of datasets that DSS makes, below Prefix. Default: DSS's settings' own.
	ManagedPath string `pulumi:"managedPath,optional" json:"managedPath,omitempty"`
	// ParamsJSON is merged over the connection's `params` in DSS. Default: none.
	ParamsJSON string `pulumi:"paramsJson,optional" json:"paramsJson,omitempty"`
}

// PodIdentity is a service account of a cluster, to which EKS Pod Identity gives a role. EKS has one role for a service account.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
type PodIdentity struct {
	// Namespace is the service account's. Those of Kubernetes itself, such as kube-system, are refused. Required.
	Namespace string `pulumi:"namespace" json:"namespace,omitempty"`
	// ServiceAccount is its name. Pods that name none have `default`. Required.
	ServiceAccount string `pulumi:"serviceAccount" json:"serviceAccount,omitempty"`
	// ReadOnly takes away the right to write. Default: the connection's.
	ReadOnly bool `pulumi:"readOnly,optional" json:"readOnly,omitempty"`
}

// Bucket is a bucket that is made, or one that is there.
type Bucket struct {
	// Name is the bucket's name. Required with Existing, and with Lake Formation. Default: generated.
	Name string `pulumi:"name,optional" json:"name,omitempty"`
	// Existing is true for a bucket that is there already. Nothing about it is changed. Default: false.
	Existing bool `pulumi:"existing,optional" json:"existing,omitempty"`
	// AccountID is the account of an existing bucket. Default: this one.
	AccountID string `pulumi:"accountId,optional" json:"accountId,omitempty"`
	// OwnerAllows says that the other account sees to it that its bucket's policy, and its key's, let the connection in: the outputs have
	// the texts. Required with AccountID: without such policies S3 refuses. Default: false.
	OwnerAllows bool `pulumi:"ownerAllows,optional" json:"ownerAllows,omitempty"`
	// Region is the region of an existing bucket. Default: this one.
	Region string `pulumi:"region,optional" json:"region,omitempty"`
	// KMSKeyARN is the key that an existing bucket's objects are encrypted with. Default: none, S3's own.
	KMSKeyARN string `pulumi:"kmsKeyArn,optional" json:"kmsKeyArn,omitempty"`
	// Lifecycle is what becomes of objects of a bucket that is made. Default: they stay as they are.
	Lifecycle Lifecycle `pulumi:"lifecycle,optional" json:"lifecycle,omitempty"`
}

// Rotation says which key pair is current. Counting Generation up makes the next pair beside the current one, has DSS use it, and then
// deletes the old one; with KeepPrevious the old one stays until that is taken away again.
type Rotation struct {
	// Generation counts from 1. Default: [DefaultGeneration].
	Generation int `pulumi:"generation,optional" json:"generation,omitempty"`
	// KeepPrevious keeps the pair of the generation before, for those that still use it. IAM has room for two pairs. Default: false.
	KeepPrevious bool `pulumi:"keepPrevious,optional" json:"keepPrevious,omitempty"`
}

// Database is a Glue database of a connection.
type Database struct {
	// Name has lower-case letters, digits and underscores. Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Description is up to 2048 characters long. Default: none.
	Description string `pulumi:"description,optional" json:"description,omitempty"`
	// Path is the folder of its tables, below the connection's prefix. Default: the prefix itself.
	Path string `pulumi:"path,optional" json:"path,omitempty"`
	// Existing is true for a database that is there already. It is not touched. Default: false.
	Existing bool `pulumi:"existing,optional" json:"existing,omitempty"`
	// CatalogID is the account in whose catalog an existing database is. It is read, and its owner has to agree: output
	// `ownerCatalogPolicies`. Default: this account.
	CatalogID string `pulumi:"catalogId,optional" json:"catalogId,omitempty"`
	// CatalogKMSKeyARN is the key that the other account's catalog is encrypted with. Its policy has to let the connection decrypt through
	// Glue. Default: none.
	CatalogKMSKeyARN string `pulumi:"catalogKmsKeyArn,optional" json:"catalogKmsKeyArn,omitempty"`
	// Crawler finds tables at the database's location, for at least $0.07 a run. Default: none.
	Crawler *catalog.Crawler `pulumi:"crawler,optional" json:"crawler,omitempty"`
}

// Athena is a connection's workgroup, and its Athena connection in DSS.
type Athena struct {
	// Workgroup is the workgroup's name. Default: the name of the connection's resource.
	Workgroup string `pulumi:"workgroup,optional" json:"workgroup,omitempty"`
	// BytesScannedCutoff ends queries that scan more bytes; -1 never ends one. Default: the catalog's, 1 TiB.
	BytesScannedCutoff int64 `pulumi:"bytesScannedCutoff,optional" json:"bytesScannedCutoff,omitempty"`
	// EngineVersion is the version of Athena. Default: the catalog's.
	EngineVersion string `pulumi:"engineVersion,optional" json:"engineVersion,omitempty"`
	// SavedQueries are queries that users of the workgroup find. Default: none.
	SavedQueries []catalog.SavedQuery `pulumi:"savedQueries,optional" json:"savedQueries,omitempty"`
	// ConnectionName is the Athena connection's name in DSS. Default: the connection's with `-athena`.
	ConnectionName string `pulumi:"connectionName,optional" json:"connectionName,omitempty"`
	// ParamsJSON is merged over the Athena connection's `params` in DSS. Default: none.
	ParamsJSON string `pulumi:"paramsJson,optional" json:"paramsJson,omitempty"`
}

// S3ConnectionArgs are the arguments of [NewS3Connection].
type S3ConnectionArgs struct {
	Connection
	// TrustedPrincipalARNs are the roles and users that may take the connection's role: DSS's host. Required with [AssumedRole].
	TrustedPrincipalARNs pulumi.StringArrayInput `pulumi:"trustedPrincipalArns,optional"`
	// ClusterName is the EKS cluster of PodIdentities, which has the add-on eks-pod-identity-agent. Required with them.
	ClusterName pulumi.StringInput `pulumi:"clusterName,optional"`
	// Catalog has the connection's databases and workgroup already. Default: one of the connection's own.
	Catalog *catalog.GlueAthenaCatalog `pulumi:"-"`
	// ExistingResourcePolicy says that the account's resource policy of Glue is kept elsewhere. Default: false.
	ExistingResourcePolicy bool `pulumi:"existingResourcePolicy,optional"`
	// CatalogKMSKeyARN is the key that the Glue Data Catalog is encrypted with, where Catalog is left out. Default: none.
	CatalogKMSKeyARN pulumi.StringInput `pulumi:"catalogKmsKeyArn,optional"`
	// AccessLogsBucket is the name of a bucket for the access logs of a bucket that is made. Default: one is made.
	AccessLogsBucket pulumi.StringInput `pulumi:"accessLogsBucket,optional"`
	// KMSKeyARN is the key of a bucket that is made, of query results and of key pairs. Default: a key is made.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// Roles are settings of the role or user. Default: the path [DefaultRolePath].
	Roles role.Settings `pulumi:"roles,optional"`
	// DeleteData deletes buckets, databases and results on `destroy`, if AllowDataDeletion says so too. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's key to the deletion of data. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Tags are put on every resource that takes them.
	Tags map[string]string `pulumi:"tags,optional"`

	// place and location are what a DataLake has made and looked up for all its connections.
	place    *place
	location *location.Location
	// secretPrefix is what names of secrets begin with.
	secretPrefix string
}

// withDefaults is a copy with defaults; `resource` is the name of the connection's resource.
func (c Connection) withDefaults(resource string) Connection {
	optional.Default(&c.Credentials, DefaultCredentials)
	optional.Default(&c.Rotation.Generation, DefaultGeneration)
	// DSS takes no underscore.
	optional.Default(&c.ExternalID, strings.ReplaceAll(resource, "_", "."))
	if c.Athena != nil {
		athena := *c.Athena
		optional.Default(&athena.Workgroup, resource)
		c.Athena = &athena
	}
	c.Bucket.Lifecycle = c.Bucket.Lifecycle.withDefaults()
	c.Databases = slices.Clone(c.Databases)
	return c
}

func (a S3ConnectionArgs) withDefaults(name string) *S3ConnectionArgs {
	a.Connection = a.Connection.withDefaults(name)
	optional.Default(&a.Roles.Path, DefaultRolePath)
	optional.Default(&a.secretPrefix, name+"/")
	return &a
}

// model is who decides on access to databases.
func (a *S3ConnectionArgs) model() catalog.PermissionModel {
	if a.Catalog != nil {
		return a.Catalog.Model()
	}
	return catalog.DefaultPermissionModel
}

func (a *S3ConnectionArgs) removal() removal.Keys {
	return removal.Keys{DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion}
}

// databaseNames are the connection's databases of this account by name.
func (c Connection) databaseNames() []string {
	names := []string{}
	for _, database := range c.Databases {
		if database.CatalogID == "" {
			names = append(names, database.Name)
		}
	}
	return names
}

// foreign are the connection's databases of other accounts.
func (c Connection) foreign() []catalog.Foreign {
	var foreign []catalog.Foreign
	for _, d := range c.Databases {
		if d.CatalogID != "" {
			foreign = append(foreign, catalog.Foreign{CatalogID: d.CatalogID, Name: d.Name, KMSKeyARN: d.CatalogKMSKeyARN})
		}
	}
	return foreign
}

// workgroupNames is the connection's workgroup, if it has one.
func (c Connection) workgroupNames() []string {
	if c.Athena == nil {
		return nil
	}
	return []string{c.Athena.Workgroup}
}

// direct says whether the credentials read and write files through S3.
func (c Connection) direct(model catalog.PermissionModel) bool {
	if c.DirectFiles != nil {
		return *c.DirectFiles
	}
	return model != catalog.ModelLakeFormation
}
