package lake

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/sharing"
)

// DataLake are zones, and the connections of DSS to them and to other buckets. All connections share a catalog, whose settings are the
// account's and are made once.
//
// It carries out the reference architecture's steps "Setup S3 connections" and "Setup Athena connection".
type DataLake struct {
	pulumi.ResourceState

	// ZoneBuckets are the zones' buckets, by zone.
	ZoneBuckets pulumi.StringMapOutput `pulumi:"zoneBuckets"`
	// RoleARNs are the connections' roles, by connection; those with key pairs have none.
	RoleARNs pulumi.StringMapOutput `pulumi:"roleArns"`
	// KeyPairSecretARNs are the secrets with key pairs, by connection.
	KeyPairSecretARNs pulumi.StringMapOutput `pulumi:"keyPairSecretArns"`
	// OwnerBucketPolicies and OwnerKeyPolicies are what owners of buckets in other accounts have to add to their policies, by connection.
	OwnerBucketPolicies pulumi.StringMapOutput `pulumi:"ownerBucketPolicies"`
	OwnerKeyPolicies    pulumi.StringMapOutput `pulumi:"ownerKeyPolicies"`
	// OwnerCatalogPolicies are what other accounts have to add to their resource policies of Glue, by connection and account, as
	// `connection/account`.
	OwnerCatalogPolicies pulumi.StringMapOutput `pulumi:"ownerCatalogPolicies"`
	// SharedBucketPolicies are what the policies of buckets of this account need that were there before, by connection that is shared.
	SharedBucketPolicies pulumi.StringMapOutput `pulumi:"sharedBucketPolicies"`
	// SharedKeyPolicy is what the policies of keys need that were given: the statement `Shared` is for those of the platform's region, and
	// each other region that buckets are in has one of its own. SharedCatalogPolicy is described at [catalog.GlueAthenaCatalog]. Both are
	// empty where nothing is shared.
	SharedKeyPolicy     pulumi.StringOutput `pulumi:"sharedKeyPolicy"`
	SharedCatalogPolicy pulumi.StringOutput `pulumi:"sharedCatalogPolicy"`
	// KMSKeyARN is the key of buckets that were made, of results and of key pairs.
	KMSKeyARN pulumi.StringOutput `pulumi:"kmsKeyArn"`
	// Catalog has the connections' databases and workgroups.
	Catalog *catalog.GlueAthenaCatalog
	// Connections are the connections by name.
	Connections map[string]*S3Connection

	ctx      *pulumi.Context
	name     string
	args     *DataLakeArgs
	location location.Location
	logs     pulumi.StringInput
	zones    map[string]*place
	places   map[string]*place
}

// NewDataLake makes zones and connections.
//
// It fails with a list of everything that is wrong with the arguments, before anything is created.
func NewDataLake(ctx *pulumi.Context, name string, args *DataLakeArgs, opts ...pulumi.ResourceOption) (*DataLake, error) {
	if args == nil {
		args = &DataLakeArgs{}
	}
	wrong := append(args.Problems(), args.missing()...)
	wrong = append(wrong, NameProblems(name, args)...)
	if err := wrong.Err("DataLake " + name); err != nil {
		return nil, err
	}
	l := &DataLake{
		ctx: ctx, name: name, args: args.withDefaults(name), Connections: map[string]*S3Connection{},
		zones: map[string]*place{}, places: map[string]*place{},
	}
	if err := ctx.RegisterComponentResourceV2(DataLakeToken, name, l.inputs(), l, opts...); err != nil {
		return nil, fmt.Errorf("registering data lake %s: %w", name, err)
	}
	for _, step := range []func() error{l.locate, l.key, l.accessLogs, l.buckets, l.catalog, l.connections} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{
		"zoneBuckets":          l.ZoneBuckets,
		"roleArns":             l.RoleARNs,
		"keyPairSecretArns":    l.KeyPairSecretARNs,
		"ownerBucketPolicies":  l.OwnerBucketPolicies,
		"ownerKeyPolicies":     l.OwnerKeyPolicies,
		"ownerCatalogPolicies": l.OwnerCatalogPolicies,
		"sharedBucketPolicies": l.SharedBucketPolicies,
		"sharedKeyPolicy":      l.SharedKeyPolicy,
		"sharedCatalogPolicy":  l.SharedCatalogPolicy,
		"kmsKeyArn":            l.KMSKeyARN,
	})
}

func (l *DataLake) inputs() pulumi.Map {
	var zones, connections []string
	for _, zone := range l.args.Zones {
		zones = append(zones, zone.Name)
	}
	for _, c := range l.args.Connections {
		connections = append(connections, c.Name)
	}
	return pulumi.Map{
		"zones":           pulumi.ToStringArray(zones),
		"connections":     pulumi.ToStringArray(connections),
		"permissionModel": pulumi.String(l.args.PermissionModel),
	}
}

func (l *DataLake) locate() (err error) {
	l.location, err = location.Lookup(l.ctx, l)
	return err
}

// key makes a key, where none was given.
func (l *DataLake) key() error {
	if given := l.args.KMSKeyARN; given != nil {
		l.KMSKeyARN = given.ToStringOutput()
		return nil
	}
	made, err := kmskey.New(l.ctx, l.child("key"), kmskey.Args{
		Location: l.location, Description: "Data of " + l.name, Logs: true,
		SharedWith: sharing.Principals(l.location, l.args.SharedWith()), Removal: l.keyRemoval(), Tags: l.tags("key"),
	}, pulumi.Parent(l))
	if err != nil {
		return err
	}
	l.KMSKeyARN = made.Arn
	l.args.KMSKeyARN = made.Arn
	return nil
}

// accessLogs makes the bucket of access logs, where buckets are made that have some.
func (l *DataLake) accessLogs() (err error) {
	if !*l.args.AccessLogs {
		return nil
	}
	if l.logs = l.args.AccessLogsBucket; l.logs != nil || !l.args.makesBuckets() {
		return nil
	}
	l.logs, err = newAccessLogs(l.ctx, bucketName(l.child("access-logs")), l.placeArgs("access-logs", Bucket{}), pulumi.Parent(l))
	return err
}

// buckets makes the zones' buckets and the connections' own.
func (l *DataLake) buckets() error {
	names := pulumi.StringMap{}
	for _, zone := range l.args.Zones {
		part := "zone-" + zone.Name
		made, err := newPlace(l.ctx, l.child(part), l.placeArgs(part, zone.Bucket, l.args.inZone(zone.Name)...), pulumi.Parent(l))
		if err != nil {
			return err
		}
		l.zones[zone.Name] = made
		names[zone.Name] = pulumi.OutputWithDependencies(l.ctx.Context(), made.bucket, made.ready...).(pulumi.StringOutput)
	}
	l.ZoneBuckets = names.ToStringMapOutput()
	for _, c := range l.args.Connections {
		if c.Zone != "" {
			l.places[c.Name] = l.zones[c.Zone]
			continue
		}
		made, err := newPlace(l.ctx, l.child(c.Name), l.placeArgs(c.Name, c.Bucket, c), pulumi.Parent(l))
		if err != nil {
			return err
		}
		l.places[c.Name] = made
	}
	return nil
}

// placeArgs are those of a bucket with the files of connections.
func (l *DataLake) placeArgs(part string, asked Bucket, of ...Connection) placeArgs {
	return placeArgs{
		Bucket: asked, location: l.location, key: l.KMSKeyARN, accessLogs: l.logs, removal: l.args.removal(), tags: l.tags(part),
		statements: shares(l.location, l.args.PermissionModel, of...),
	}
}

// catalog makes the databases and workgroups of all connections.
func (l *DataLake) catalog() (err error) {
	l.Catalog, err = catalog.NewGlueAthenaCatalog(l.ctx, l.child("catalog"), l.args.catalogArgs(l.places), pulumi.Parent(l))
	return err
}

func (l *DataLake) connections() error {
	roles, secrets, buckets, keys := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	catalogs, shared := pulumi.StringMap{}, pulumi.StringMap{}
	for _, c := range l.args.Connections {
		made, err := NewS3Connection(l.ctx, l.child(c.Name), &S3ConnectionArgs{
			Connection: c, TrustedPrincipalARNs: l.args.TrustedPrincipalARNs, ClusterName: l.args.ClusterName, Catalog: l.Catalog,
			KMSKeyARN: l.KMSKeyARN,
			Roles:     l.args.Roles, DeleteData: l.args.DeleteData, AllowDataDeletion: l.args.AllowDataDeletion, Tags: l.args.Tags,
			place: l.places[c.Name], location: &l.location, secretPrefix: l.args.SecretPrefix,
		}, pulumi.Parent(l))
		if err != nil {
			return err
		}
		l.Connections[c.Name] = made
		if c.Credentials == KeyPair {
			secrets[c.Name] = made.KeyPairSecretARN
		} else {
			roles[c.Name] = made.RoleARN
		}
		if l.places[c.Name].foreign {
			buckets[c.Name], keys[c.Name] = made.OwnerBucketPolicy, made.OwnerKeyPolicy
		}
		for _, one := range c.foreign() {
			catalogs[c.Name+"/"+one.CatalogID] = made.OwnerCatalogPolicies.MapIndex(pulumi.String(one.CatalogID))
		}
		if len(c.SharedWith) > 0 && l.places[c.Name].existing {
			shared[c.Name] = made.SharedBucketPolicy
		}
	}
	l.OwnerCatalogPolicies, l.SharedBucketPolicies = catalogs.ToStringMapOutput(), shared.ToStringMapOutput()
	l.SharedKeyPolicy = pulumi.String(sharedKeyPolicy(l.location, l.sharedByRegion())).ToStringOutput()
	l.SharedCatalogPolicy = l.Catalog.SharedCatalogPolicy
	l.RoleARNs, l.KeyPairSecretARNs = roles.ToStringMapOutput(), secrets.ToStringMapOutput()
	l.OwnerBucketPolicies, l.OwnerKeyPolicies = buckets.ToStringMapOutput(), keys.ToStringMapOutput()
	return nil
}

// sharedByRegion are all that connections are shared with, by the regions of their buckets.
func (l *DataLake) sharedByRegion() map[string][]string {
	with := map[string][]string{}
	for _, c := range l.args.Connections {
		region := l.places[c.Name].region
		with[region] = sorted(append(with[region], c.SharedWith...))
	}
	return with
}

// DSSConnections are the connections in DSS's settings, in the order of the arguments.
func (l *DataLake) DSSConnections() []dss.S3Connection {
	var connections []dss.S3Connection
	for _, c := range l.args.Connections {
		connections = append(connections, l.Connections[c.Name].DSS)
	}
	return connections
}

func (l *DataLake) child(part string) string { return l.name + "-" + part }

// tags are the caller's, with the name that the console shows.
func (l *DataLake) tags(part string) map[string]string {
	tags := map[string]string{"Name": l.child(part)}
	maps.Copy(tags, l.args.Tags)
	return tags
}

// keyRemoval keeps the key where the account's catalog is encrypted with it: metadata of databases that the lake knows nothing of would be
// lost with it.
func (l *DataLake) keyRemoval() removal.Keys {
	if *l.args.EncryptCatalog {
		return removal.Keys{}
	}
	return l.args.removal()
}
