// Package catalog makes the metastore and the SQL engine of a DSS platform: databases in the Glue Data Catalog, and
// Athena workgroups to query them.
package catalog

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Token is the component's type.
const Token = "dss:index:GlueAthenaCatalog"

// PermissionModel says what decides on access to databases and their data.
type PermissionModel string

// The models.
const (
	// ModelIAM leaves it to IAM policies alone. Who may read a table's files is up to policies about S3.
	ModelIAM PermissionModel = "IAM"
	// ModelLakeFormation has Lake Formation decide: IAM policies let a role ask, Lake Formation's permissions answer, and
	// files of registered locations are read with credentials that Lake Formation hands out.
	ModelLakeFormation PermissionModel = "LAKE_FORMATION"
	// ModelHybrid registers locations without taking IAM's access away: Lake Formation decides for those principals that
	// opted in, and on new tables of registered locations.
	ModelHybrid PermissionModel = "HYBRID"
)

// Defaults of [GlueAthenaCatalogArgs].
const (
	// DefaultDatabase is the database, and DefaultWorkgroup the workgroup, of a catalog that is given none.
	DefaultDatabase  = "dss"
	DefaultWorkgroup = "dss"
	// DefaultPermissionModel needs nothing that is set for the whole account.
	DefaultPermissionModel = ModelIAM
	// DefaultResultsRetentionDays is for how many days results of queries stay. DSS reads a result when the query ends.
	DefaultResultsRetentionDays = 30
	// DefaultBytesScannedCutoff ends a query after one tebibyte, which costs about $5.
	DefaultBytesScannedCutoff int64 = 1 << 40
	// NoBytesScannedCutoff lets queries scan as much as they like.
	NoBytesScannedCutoff int64 = -1
	// DefaultCrossAccountVersion shares with roles and users of other accounts, and by the side of IAM's access.
	DefaultCrossAccountVersion = "4"
	// DefaultCrawlerSchedule is every night at 02:15 UTC.
	DefaultCrawlerSchedule = "cron(15 2 * * ? *)"
)

// EngineVersion is the version of Athena that workgroups use unless they name another.
const EngineVersion = "Athena engine version 3"

// GlueAthenaCatalogArgs are the arguments of [NewGlueAthenaCatalog].
type GlueAthenaCatalogArgs struct {
	// Databases are the databases in the Glue Data Catalog. Default: one, [DefaultDatabase]. An empty list that is not
	// nil stands for none.
	Databases []Database `pulumi:"databases,optional"`
	// Workgroups are the Athena workgroups. Default: one, [DefaultWorkgroup]. An empty list that is not nil stands for
	// none. One workgroup for each DSS connection keeps their results and costs apart.
	Workgroups []Workgroup `pulumi:"workgroups,optional"`
	// PermissionModel says what decides on access. Default: [DefaultPermissionModel].
	PermissionModel PermissionModel `pulumi:"permissionModel,optional"`
	// LakeFormation has what Lake Formation needs. Required with [ModelLakeFormation] and [ModelHybrid].
	LakeFormation *LakeFormation `pulumi:"lakeFormation,optional"`
	// EncryptCatalog encrypts the metadata and the connection passwords of the Glue Data Catalog. It is set for the whole
	// account and region, whoever made the databases, and stays on after `destroy`. Who reads the catalog then needs the
	// key, too; the grants of this component see to that. Default: true.
	EncryptCatalog *bool `pulumi:"encryptCatalog,optional"`
	// CatalogKMSKeyARN is the key that the Glue Data Catalog is encrypted with already, where another component or the
	// account's owner has set that. Grants then include it. EncryptCatalog is false with it. Default: none.
	CatalogKMSKeyARN pulumi.StringInput `pulumi:"catalogKmsKeyArn,optional"`
	// ExistingResourcePolicy says that the account's resource policy of Glue is kept elsewhere: an account has one for each region, and two
	// that are set would undo each other. The output `sharedCatalogPolicy` then has what to add to it. Default: false.
	ExistingResourcePolicy bool `pulumi:"existingResourcePolicy,optional"`
	// LakeFormationShares says that Lake Formation shares databases of the account, too, by another component or by somebody else: AWS then
	// asks for a statement in the resource policy of Glue, for AWS RAM. It has no effect where no policy is needed. Default: false.
	LakeFormationShares bool `pulumi:"lakeFormationShares,optional"`
	// Capacity are processing units of Athena that are rented for workgroups, by the hour. Default: none, queries pay for
	// what they scan.
	Capacity *Capacity `pulumi:"capacity,optional"`
	// ResultsBucket is the name of a bucket for results of queries. It needs KMSKeyARN: the key that the results are
	// encrypted with. Default: a bucket of the component's own.
	ResultsBucket pulumi.StringInput `pulumi:"resultsBucket,optional"`
	// ResultsRetentionDays is for how many days results stay, 1 or more. Default: [DefaultResultsRetentionDays]. Not for
	// a given bucket, which has its own lifecycle.
	ResultsRetentionDays int `pulumi:"resultsRetentionDays,optional"`
	// KMSKeyARN is the key that the catalog, results and the logs of crawlers are encrypted with. With crawlers its
	// policy has to let CloudWatch Logs use it. Default: a key of the component's own.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// After is what others set for the whole account: its encryption, Lake Formation's administrators and defaults. Databases, places and
	// permissions come after it. Default: nothing.
	After []pulumi.Resource `pulumi:"-"`
	// Roles are settings of the crawlers' roles and of Lake Formation's.
	Roles role.Settings `pulumi:"roles,optional"`
	// DeleteData deletes databases with their tables, workgroups and results on `destroy`, if AllowDataDeletion says so
	// too. The files of tables stay in any case. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's key to the deletion of data. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Tags are put on every resource that takes them.
	Tags map[string]string `pulumi:"tags,optional"`
}

// Database is a database in the Glue Data Catalog.
type Database struct {
	// Name has lower-case letters, digits and underscores, so that Athena, Hive and Spark read it without quotes.
	// Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Description is up to 2048 characters long. Default: none.
	Description string `pulumi:"description,optional" json:"description,omitempty"`
	// Location is where tables are put that say nothing else: `s3://bucket/prefix/`. Default: none.
	Location string `pulumi:"location,optional" json:"location,omitempty"`
	// LocationInput is the same where another resource gives it: the bucket's name has a suffix that AWS makes. Lake
	// Formation guards only what Location says. Default: Location.
	LocationInput pulumi.StringInput `pulumi:"-" json:"-"`
	// DataLocation is where Lake Formation lets those who write the database put tables: a place in a registered location, or all of it.
	// Default: the registered location that Location is in.
	DataLocation string `pulumi:"-" json:"-"`
	// Region is the region of the location's bucket. Default: the catalog's.
	Region string `pulumi:"region,optional" json:"region,omitempty"`
	// Existing is true for a database that is there already: it gets a crawler and grants, and is not touched. Default:
	// false.
	Existing bool `pulumi:"existing,optional" json:"existing,omitempty"`
	// SharedWith are other accounts, by their twelve digits, and ARNs of roles and users in them, that may read the database. An account
	// stands for everybody there whom its policies let. It is set for the whole account, see ExistingResourcePolicy; under
	// [ModelLakeFormation] Lake Formation shares. Files in S3 are up to policies about S3. Default: none.
	SharedWith []string `pulumi:"sharedWith,optional" json:"sharedWith,omitempty"`
	// CatalogID is the account in whose catalog the database is. It is only read, and its owner has to agree (output
	// `ownerCatalogPolicies` of connections). Default: this account.
	CatalogID string `pulumi:"catalogId,optional" json:"catalogId,omitempty"`
	// CatalogKMSKeyARN is the key that the other account's catalog is encrypted with. Default: none.
	CatalogKMSKeyARN string `pulumi:"catalogKmsKeyArn,optional" json:"catalogKmsKeyArn,omitempty"`
	// Crawler finds tables in the location and registers them. Default: none, since DSS registers its own datasets.
	Crawler *Crawler `pulumi:"crawler,optional" json:"crawler,omitempty"`
}

// Crawler looks for tables in a database's location.
type Crawler struct {
	// Schedule is when it runs, in UTC, as `cron(…)` with six fields. Default: [DefaultCrawlerSchedule].
	Schedule string `pulumi:"schedule,optional" json:"schedule,omitempty"`
	// TablePrefix stands before the names of its tables. Default: none.
	TablePrefix string `pulumi:"tablePrefix,optional" json:"tablePrefix,omitempty"`
	// KMSKeyARN is the key that the location's files are encrypted with. Default: the catalog's.
	KMSKeyARN string `pulumi:"kmsKeyArn,optional" json:"kmsKeyArn,omitempty"`
	// Exclusions are glob patterns of keys that it leaves out. Default: none.
	Exclusions []string `pulumi:"exclusions,optional" json:"exclusions,omitempty"`
}

// Workgroup is an Athena workgroup. Its settings apply to every query, whatever a client asks for.
type Workgroup struct {
	// Name has letters, digits, `.`, `_` and `-`. Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Description is up to 1024 characters long. Default: none.
	Description string `pulumi:"description,optional" json:"description,omitempty"`
	// BytesScannedCutoff ends queries that scan more bytes, at least [MinBytesScannedCutoff]; [NoBytesScannedCutoff]
	// never ends one. Default: [DefaultBytesScannedCutoff].
	BytesScannedCutoff int64 `pulumi:"bytesScannedCutoff,optional" json:"bytesScannedCutoff,omitempty"`
	// EngineVersion is the version of Athena, as Athena names it. Default: [EngineVersion].
	EngineVersion string `pulumi:"engineVersion,optional" json:"engineVersion,omitempty"`
	// SavedQueries are queries that everybody finds who uses the workgroup. Default: none.
	SavedQueries []SavedQuery `pulumi:"savedQueries,optional" json:"savedQueries,omitempty"`
}

// SavedQuery is a query with a name.
type SavedQuery struct {
	// Name is up to 128 characters long. Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Description is up to 1024 characters long. Default: none.
	Description string `pulumi:"description,optional" json:"description,omitempty"`
	// Database is the database that the query is about. Required.
	Database string `pulumi:"database" json:"database,omitempty"`
	// Query is the SQL, up to 262144 bytes. Required.
	Query string `pulumi:"query" json:"query,omitempty"`
}

// Capacity is a reservation of Athena's processing units. It is made by a CloudFormation stack: a reservation serves
// workgroups only once it is assigned to them, for which Pulumi's provider has no resource.
//
// Source: https://docs.aws.amazon.com/athena/latest/ug/capacity-management.html
type Capacity struct {
	// DPUs is how many, from [MinCapacityDPUs] on, in steps of 4. Each costs about $0.30 an hour, used or not. Required.
	DPUs int `pulumi:"dpus" json:"dpus,omitempty"`
	// Workgroups are those that it serves, by name. They pay for nothing else. Default: all of the catalog's.
	Workgroups []string `pulumi:"workgroups,optional" json:"workgroups,omitempty"`
}

// LakeFormation has what Lake Formation needs.
type LakeFormation struct {
	// Admins are ARNs of the roles and users that administer the data lake. They replace those that the account has, as
	// the settings of a data lake are the whole account's, and stay after `destroy`. Whoever deploys has to be among
	// them: only administrators register locations and grant. Required with [ModelLakeFormation]; without it, [ModelHybrid]
	// leaves the account's settings alone.
	Admins []string `pulumi:"admins,optional" json:"admins,omitempty"`
	// ExistingSettings says that administrators and default permissions are set elsewhere: they are the whole account's, and
	// two components that set them would undo each other's. Default: false.
	ExistingSettings bool `pulumi:"existingSettings,optional" json:"existingSettings,omitempty"`
	// CrossAccountVersion is the version of sharing across accounts that is set with the administrators: 3, 4 or 5. An account begins with 1,
	// which shares with no role or user of another account. Default: [DefaultCrossAccountVersion] where Lake Formation shares databases of
	// this component; otherwise the account's is left.
	CrossAccountVersion string `pulumi:"crossAccountVersion,optional" json:"crossAccountVersion,omitempty"`
	// Locations are the places in S3 that Lake Formation guards: `s3://bucket` or `s3://bucket/prefix`. At least one. A
	// place is registered once in an account.
	Locations []string `pulumi:"locations" json:"locations,omitempty"`
	// KMSKeyARNs are the keys of files at the locations, beside KMSKeyARN of the catalog: the role that is made may use them through S3 where
	// they are. Not with RoleARN. Default: none.
	KMSKeyARNs []string `pulumi:"kmsKeyArns,optional" json:"kmsKeyArns,omitempty"`
	// RoleARN is the role that Lake Formation reads and writes the locations with: it has to trust Lake Formation, and to reach the files and
	// their keys. Default: a role is made that reaches the locations and nothing else.
	RoleARN pulumi.StringInput `pulumi:"roleArn,optional" json:"-"`
}

func (a GlueAthenaCatalogArgs) withDefaults() *GlueAthenaCatalogArgs {
	if a.Databases == nil {
		a.Databases = []Database{{Name: DefaultDatabase}}
	}
	a.Databases = slices.Clone(a.Databases)
	for i, database := range a.Databases {
		if database.Crawler != nil {
			crawler := *database.Crawler
			if crawler.Schedule == "" {
				crawler.Schedule = DefaultCrawlerSchedule
			}
			a.Databases[i].Crawler = &crawler
		}
	}
	if a.Workgroups == nil {
		a.Workgroups = []Workgroup{{Name: DefaultWorkgroup}}
	}
	a.Workgroups = slices.Clone(a.Workgroups)
	for i := range a.Workgroups {
		if a.Workgroups[i].BytesScannedCutoff == 0 {
			a.Workgroups[i].BytesScannedCutoff = DefaultBytesScannedCutoff
		}
		if a.Workgroups[i].EngineVersion == "" {
			a.Workgroups[i].EngineVersion = EngineVersion
		}
	}
	if a.PermissionModel == "" {
		a.PermissionModel = DefaultPermissionModel
	}
	if a.EncryptCatalog == nil {
		on := a.CatalogKMSKeyARN == nil
		a.EncryptCatalog = &on
	}
	if a.ResultsRetentionDays == 0 {
		a.ResultsRetentionDays = DefaultResultsRetentionDays
	}
	a.Tags = maps.Clone(a.Tags)
	return &a
}

func (a *GlueAthenaCatalogArgs) removal() removal.Keys {
	return removal.Keys{DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion}
}

// databaseNames are the databases of this account's catalog by name.
func (a *GlueAthenaCatalogArgs) databaseNames() []string {
	names := make([]string, 0, len(a.Databases))
	for _, database := range a.Databases {
		if database.CatalogID == "" {
			names = append(names, database.Name)
		}
	}
	return names
}

// workgroupNames are the workgroups by name.
func (a *GlueAthenaCatalogArgs) workgroupNames() []string {
	names := make([]string, 0, len(a.Workgroups))
	for _, workgroup := range a.Workgroups {
		names = append(names, workgroup.Name)
	}
	return names
}

// usesLakeFormation says whether grants are Lake Formation's, too.
func (a *GlueAthenaCatalogArgs) usesLakeFormation() bool { return a.PermissionModel != ModelIAM }
