package lake

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// DataLakeArgs are the arguments of [NewDataLake].
type DataLakeArgs struct {
	// ZonePreset are zones by a name: [RawCleanTransform] or [BronzeSilverGold]. Default: [DefaultZonePreset] where there are neither zones
	// nor connections; otherwise none.
	ZonePreset ZonePreset `pulumi:"zonePreset,optional"`
	// Zones are further zones, or replace those of the preset that have their names. Default: none.
	Zones []Zone `pulumi:"zones,optional"`
	// Connections are the connections of DSS. Default: none.
	Connections []Connection `pulumi:"connections,optional"`
	// TrustedPrincipalARNs are the roles and users that may take the connections' roles: DSS's host. Required with connections by role.
	TrustedPrincipalARNs pulumi.StringArrayInput `pulumi:"trustedPrincipalArns,optional"`
	// ClusterName is the EKS cluster of the connections' PodIdentities. Required with them.
	ClusterName pulumi.StringInput `pulumi:"clusterName,optional"`
	// PermissionModel says what decides on access to the connections' databases. Default: IAM.
	PermissionModel catalog.PermissionModel `pulumi:"permissionModel,optional"`
	// LakeFormation has what Lake Formation needs. Locations of connections with databases are added to its own.
	LakeFormation *catalog.LakeFormation `pulumi:"lakeFormation,optional"`
	// EncryptCatalog encrypts the Glue Data Catalog, which is set for the whole account and region. Default: true, and false with
	// CatalogKMSKeyARN or without databases.
	EncryptCatalog *bool `pulumi:"encryptCatalog,optional"`
	// CatalogKMSKeyARN is the key that the Glue Data Catalog is encrypted with already. Default: none.
	CatalogKMSKeyARN pulumi.StringInput `pulumi:"catalogKmsKeyArn,optional"`
	// ExistingResourcePolicy says that the account's resource policy of Glue is kept elsewhere: an account has one for each region. The output
	// `sharedCatalogPolicy` then has what to add to it. Default: false.
	ExistingResourcePolicy bool `pulumi:"existingResourcePolicy,optional"`
	// LakeFormationShares says that Lake Formation shares databases of the account, too, see [catalog.GlueAthenaCatalogArgs]. Default: false.
	LakeFormationShares bool `pulumi:"lakeFormationShares,optional"`
	// ResultsRetentionDays is for how many days results of queries stay. Default: [catalog.DefaultResultsRetentionDays].
	ResultsRetentionDays int `pulumi:"resultsRetentionDays,optional"`
	// Capacity are processing units of Athena that are rented for the connections' workgroups. Default: none.
	Capacity *catalog.Capacity `pulumi:"capacity,optional"`
	// AccessLogs has S3 write down who reads and writes the buckets that are made. Default: true.
	AccessLogs *bool `pulumi:"accessLogs,optional"`
	// AccessLogsBucket is the name of a bucket for them. It has to let S3's logging in, and to be encrypted with S3's own keys. Default: one
	// is made.
	AccessLogsBucket pulumi.StringInput `pulumi:"accessLogsBucket,optional"`
	// KMSKeyARN is the key of buckets that are made, of results and of key pairs. Default: a key is made.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// After is what others set for the whole account, see [catalog.GlueAthenaCatalogArgs]. Default: nothing.
	After []pulumi.Resource `pulumi:"-"`
	// Roles are settings of the connections' roles and users. The path should be theirs alone. Default: the path [DefaultRolePath].
	Roles role.Settings `pulumi:"roles,optional"`
	// SecretPrefix is what the names of secrets with key pairs begin with; it ends with a slash. Default: the component's name and a slash.
	SecretPrefix string `pulumi:"secretPrefix,optional"`
	// DeleteData deletes buckets, databases and results on `destroy`, if AllowDataDeletion says so too. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's key to the deletion of data. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Tags are put on every resource that takes them.
	Tags map[string]string `pulumi:"tags,optional"`
}

// Empty says whether nothing was asked for.
func (a *DataLakeArgs) Empty() bool {
	return a.ZonePreset == "" && len(a.Zones) == 0 && len(a.Connections) == 0
}

func (a DataLakeArgs) withDefaults(name string) *DataLakeArgs {
	if a.Empty() {
		a.ZonePreset = DefaultZonePreset
	}
	a.Zones = zonesOr(a.ZonePreset, a.Zones)
	a.Connections = slices.Clone(a.Connections)
	for i, c := range a.Connections {
		a.Connections[i] = c.withDefaults(name + "-" + c.Name)
	}
	optional.Default(&a.PermissionModel, catalog.DefaultPermissionModel)
	optional.Default(&a.ResultsRetentionDays, catalog.DefaultResultsRetentionDays)
	optional.Default(&a.Roles.Path, DefaultRolePath)
	optional.Default(&a.SecretPrefix, name+"/")
	on := true
	if a.AccessLogs == nil {
		a.AccessLogs = &on
	}
	if a.EncryptCatalog == nil {
		encrypt := a.CatalogKMSKeyARN == nil && len(a.databases()) > 0
		a.EncryptCatalog = &encrypt
	}
	a.Tags = maps.Clone(a.Tags)
	return &a
}

func (a *DataLakeArgs) removal() removal.Keys {
	return removal.Keys{DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion}
}

// databases are the databases of all connections.
func (a *DataLakeArgs) databases() []string {
	var names []string
	for _, c := range a.Connections {
		names = append(names, c.databaseNames()...)
	}
	return names
}

// zone is a zone by its name.
func (a *DataLakeArgs) zone(name string) (Zone, bool) {
	at := slices.IndexFunc(a.Zones, func(z Zone) bool { return z.Name == name })
	if at < 0 {
		return Zone{}, false
	}
	return a.Zones[at], true
}

// bucketOf is the bucket that a connection is in, as far as it is known.
func (a *DataLakeArgs) bucketOf(c Connection) Bucket {
	if zone, known := a.zone(c.Zone); known {
		return zone.Bucket
	}
	return c.Bucket
}

// catalogArgs are the connections' databases and workgroups. `at` are the buckets by connection, once there are any.
func (a *DataLakeArgs) catalogArgs(at map[string]*place) *catalog.GlueAthenaCatalogArgs {
	args := &catalog.GlueAthenaCatalogArgs{
		Databases: []catalog.Database{}, Workgroups: []catalog.Workgroup{}, PermissionModel: a.PermissionModel,
		EncryptCatalog: a.EncryptCatalog, CatalogKMSKeyARN: a.CatalogKMSKeyARN, ExistingResourcePolicy: a.ExistingResourcePolicy,
		LakeFormationShares:  a.LakeFormationShares,
		ResultsRetentionDays: a.ResultsRetentionDays, Capacity: a.Capacity, After: a.After, KMSKeyARN: a.KMSKeyARN, Roles: a.Roles,
		DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion,
		Tags: a.Tags,
	}
	for i, c := range a.Connections {
		where := at[c.Name]
		if where == nil {
			where = &place{known: a.bucketOf(c).Name, bucket: pulumi.String("").ToStringOutput()}
		}
		for j, database := range c.catalogDatabases(where) {
			if !a.readBefore(i, c.Databases[j]) {
				args.Databases = append(args.Databases, database)
			}
		}
		args.Workgroups = append(args.Workgroups, c.catalogWorkgroups()...)
	}
	if a.LakeFormation != nil {
		guarded := *a.LakeFormation
		guarded.Locations = append(slices.Clone(guarded.Locations), a.guarded(guarded.Locations)...)
		guarded.KMSKeyARNs = a.guardedKeys(guarded)
		args.LakeFormation = &guarded
	}
	return args
}

// readBefore says whether an earlier connection reads the same database of another account: the catalog has it once for all.
func (a *DataLakeArgs) readBefore(connection int, d Database) bool {
	same := func(other Database) bool {
		return other.CatalogID == d.CatalogID && other.Name == d.Name && other.CatalogKMSKeyARN == d.CatalogKMSKeyARN
	}
	return d.CatalogID != "" && slices.ContainsFunc(a.Connections[:connection], func(c Connection) bool {
		return slices.ContainsFunc(c.Databases, same)
	})
}

// origins are where the catalog's databases and workgroups come from, by their paths there.
func (a *DataLakeArgs) origins() map[string][]string {
	origins := map[string][]string{}
	for i, c := range a.Connections {
		for kind, from := range c.origins(problem.Index("connections", i)) {
			for j, path := range from {
				if kind != "databases" || !a.readBefore(i, c.Databases[j]) {
					origins[kind] = append(origins[kind], path)
				}
			}
		}
	}
	return origins
}

// guarded are the places of connections with databases, but for those that are in a given one. A zone's bucket that is made is registered
// whole, once for all of its connections, as there is no other data in it. Of a bucket that was there, only the connections' folders are:
// Lake Formation would decide on others' tables in it, too.
func (a *DataLakeArgs) guarded(given []string) []string {
	var zones, folders []string
	for _, c := range a.Connections {
		bucket := a.bucketOf(c)
		switch {
		case len(c.databaseNames()) == 0 || bucket.Name == "":
		case c.Zone != "" && !bucket.Existing:
			zones = append(zones, "s3://"+bucket.Name+"/")
		default:
			folders = append(folders, "s3://"+bucket.Name+"/"+folder(c.Prefix))
		}
	}
	var places []string
	for _, where := range slices.Concat(zones, folders) {
		if !inside(where, given) && !inside(where, places) {
			places = append(places, where)
		}
	}
	return places
}

// guardedKeys are the keys that Lake Formation's role needs beside the lake's: those of buckets that were there, with databases. A given
// role has its own policies.
func (a *DataLakeArgs) guardedKeys(given catalog.LakeFormation) []string {
	keys := slices.Clone(given.KMSKeyARNs)
	for _, c := range a.Connections {
		key := a.bucketOf(c).KMSKeyARN
		if len(c.databaseNames()) > 0 && key != "" && given.RoleARN == nil && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// makesBuckets says whether there is a bucket that is not there yet.
func (a *DataLakeArgs) makesBuckets() bool {
	return slices.ContainsFunc(a.Zones, func(z Zone) bool { return !z.Bucket.Existing }) ||
		slices.ContainsFunc(a.Connections, func(c Connection) bool { return c.Zone == "" && !c.Bucket.Existing })
}

// SharesByLakeFormation says whether Lake Formation shares databases.
func (a *DataLakeArgs) SharesByLakeFormation() bool {
	return a.PermissionModel == catalog.ModelLakeFormation &&
		slices.ContainsFunc(a.Connections, func(c Connection) bool { return len(c.SharedWith) > 0 && len(c.databaseNames()) > 0 })
}
