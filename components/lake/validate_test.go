package lake_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// in is a lake with one right connection, changed.
func in(change func(*lake.Connection)) *lake.DataLakeArgs {
	c := lake.Connection{Name: "sales", AllowedGroups: []string{"sales"}}
	change(&c)
	return &lake.DataLakeArgs{Connections: []lake.Connection{c}}
}

// with are connections of one bucket.
func with(connections ...lake.Connection) *lake.DataLakeArgs {
	args := &lake.DataLakeArgs{}
	for _, c := range connections {
		c.UsableByEveryone = true
		if c.Zone == "" && c.Bucket.Name == "" {
			c.Bucket = lake.Bucket{Name: "acme-data", Existing: true}
		}
		args.Connections = append(args.Connections, c)
	}
	return args
}

func TestProblems(t *testing.T) {
	t.Parallel()
	aged := func(l lake.Lifecycle) *lake.DataLakeArgs {
		return &lake.DataLakeArgs{Zones: []lake.Zone{{Name: "a", Bucket: lake.Bucket{Lifecycle: l}}}}
	}
	for name, test := range map[string]struct {
		args *lake.DataLakeArgs
		path string
		says string
	}{
		"a name with a space":      {in(func(c *lake.Connection) { c.Name = "a b" }), "connections[0].name", "letters"},
		"a name of the lake's own": {in(func(c *lake.Connection) { c.Name = "zone-raw" }), "connections[0].name", "taken"},
		"one name twice": {
			with(lake.Connection{Name: "a", Prefix: "a"}, lake.Connection{Name: "a", Prefix: "b"}), "connections[1].name", "twice",
		},
		"names that are too much alike": {
			with(lake.Connection{Name: "a_b", Prefix: "a"}, lake.Connection{Name: "A-b", Prefix: "b"}), "connections[1].name", "too much like",
		},
		"a folder in another's": {
			with(lake.Connection{Name: "a", Prefix: "x/y/"}, lake.Connection{Name: "b", Prefix: "x"}), "connections[1].prefix", "overlap",
		},
		"a whole bucket and a folder of it": {
			with(lake.Connection{Name: "a"}, lake.Connection{Name: "b", Prefix: "x"}), "connections[1].prefix", "the whole bucket",
		},
		"one folder of one zone": {
			with(lake.Connection{Name: "a", Zone: "z"}, lake.Connection{Name: "b", Zone: "z"}), "connections[1].prefix", "overlap",
		},
		"a folder with a wildcard": {in(func(c *lake.Connection) { c.Prefix = "sales*/" }), "connections[0].prefix", "not a folder"},
		"a folder with a variable": {in(func(c *lake.Connection) { c.Prefix = "${aws:username}/" }), "connections[0].prefix", "not a folder"},
		"a folder that goes up":    {in(func(c *lake.Connection) { c.Prefix = "a/../b" }), "connections[0].prefix", "not a folder"},
		"a folder from the root":   {in(func(c *lake.Connection) { c.Prefix = "/a" }), "connections[0].prefix", "not a folder"},
		"a zone that is not there": {in(func(c *lake.Connection) { c.Zone = "gold" }), "connections[0].zone", "no zone"},
		"a zone and a bucket":      {in(func(c *lake.Connection) { c.Zone, c.Bucket.Name = "gold", "acme-x" }), "connections[0].bucket", "zone has a bucket"},
		"a bucket without a name":  {in(func(c *lake.Connection) { c.Bucket.Existing = true }), "connections[0].bucket.name", "missing"},
		"a name that S3 refuses":   {in(func(c *lake.Connection) { c.Bucket.Name = "Acme" }), "connections[0].bucket.name", "Acme"},
		"a made bucket elsewhere":  {in(func(c *lake.Connection) { c.Bucket.Region = "us-east-1" }), "connections[0].bucket.region", "is made"},
		"a lifecycle of a given one": {in(func(c *lake.Connection) {
			c.Bucket = lake.Bucket{Name: "acme", Existing: true, Lifecycle: lake.Lifecycle{ExpireAfterDays: 9}}
		}), "connections[0].bucket.lifecycle", "nothing is changed"},
		"another account, not asked": {in(func(c *lake.Connection) {
			c.Bucket = lake.Bucket{Name: "acme", Existing: true, AccountID: "210987654321"}
		}), "connections[0].bucket.ownerAllows", "another account's"},
		"half an account": {in(func(c *lake.Connection) {
			c.Bucket = lake.Bucket{Name: "acme", Existing: true, AccountID: "21", OwnerAllows: true}
		}), "connections[0].bucket.accountId", "not an account"},
		"consent of nobody":           {in(func(c *lake.Connection) { c.Bucket = lake.Bucket{Name: "acme", Existing: true, OwnerAllows: true} }), "connections[0].bucket.ownerAllows", "no consent"},
		"a key that is an alias":      {in(func(c *lake.Connection) { c.Bucket = lake.Bucket{Name: "acme", Existing: true, KMSKeyARN: "alias/x"} }), "connections[0].bucket.kmsKeyArn", "not one"},
		"a region that is none":       {in(func(c *lake.Connection) { c.Bucket = lake.Bucket{Name: "acme", Existing: true, Region: "Ireland"} }), "connections[0].bucket.region", "not one"},
		"credentials of no kind":      {in(func(c *lake.Connection) { c.Credentials = "ENVIRONMENT" }), "connections[0].credentials", "KEY_PAIR"},
		"an external id with a space": {in(func(c *lake.Connection) { c.ExternalID = "a b" }), "connections[0].externalId", "letters"},
		"a role with a slash":         {in(func(c *lake.Connection) { c.RoleName = "a/b" }), "connections[0].roleName", "a/b"},
		"a rotated role":              {in(func(c *lake.Connection) { c.Rotation.Generation = 2 }), "connections[0].rotation", "no key pair"},
		"a pair before the first":     {in(func(c *lake.Connection) { c.Credentials, c.Rotation.KeepPrevious = lake.KeyPair, true }), "connections[0].rotation.keepPrevious", "before the first"},
		"a generation below one":      {in(func(c *lake.Connection) { c.Credentials, c.Rotation.Generation = lake.KeyPair, -1 }), "connections[0].rotation.generation", "from 1"},
		"nobody":                      {in(func(c *lake.Connection) { c.AllowedGroups = nil }), "connections[0].allowedGroups", "nobody"},
		"everybody and some":          {in(func(c *lake.Connection) { c.UsableByEveryone = true }), "connections[0].usableByEveryone", "everybody"},
		"a database that Athena refuses": {
			in(func(c *lake.Connection) { c.Databases = []lake.Database{{Name: "My-DB"}} }), "connections[0].databases[0].name", "My-DB",
		},
		"a workgroup that Athena refuses": {
			in(func(c *lake.Connection) {
				c.Databases, c.Athena = []lake.Database{{Name: "a"}}, &lake.Athena{Workgroup: "a b"}
			}),
			"connections[0].athena.workgroup", "a b",
		},
		"Athena without a database": {in(func(c *lake.Connection) { c.Athena = &lake.Athena{} }), "connections[0].athena", "nothing that it could query"},
		"one database of two": {
			with(lake.Connection{Name: "a", Prefix: "a", Databases: []lake.Database{{Name: "d"}}},
				lake.Connection{Name: "b", Prefix: "b", Databases: []lake.Database{{Name: "e"}, {Name: "d"}}}),
			"connections[1].databases[1].name", "twice",
		},
		"pods with a key pair": {
			in(func(c *lake.Connection) { *c = withPods(*c); c.Credentials = lake.KeyPair }), "connections[0].podIdentities", "no roles",
		},
		"pods of the cluster itself": {in(func(c *lake.Connection) {
			c.PodIdentities = []lake.PodIdentity{{Namespace: "kube-system", ServiceAccount: "jobs"}}
		}), "connections[0].podIdentities[0].namespace", "belong to the cluster"},
		"a namespace with upper case": {in(func(c *lake.Connection) {
			c.PodIdentities = []lake.PodIdentity{{Namespace: "Sales", ServiceAccount: "jobs"}}
		}), "connections[0].podIdentities[0].namespace", "Sales"},
		"every service account": {in(func(c *lake.Connection) {
			c.PodIdentities = []lake.PodIdentity{{Namespace: "sales", ServiceAccount: "*"}}
		}), "connections[0].podIdentities[0].serviceAccount", "not a service account"},
		"a service account twice": {in(func(c *lake.Connection) {
			*c = withPods(*c)
			c.PodIdentities = append(c.PodIdentities, c.PodIdentities[0])
		}), "connections[0].podIdentities[2]", "twice"},
		"a service account of two connections": {
			with(withPods(lake.Connection{Name: "a", Prefix: "a"}), withPods(lake.Connection{Name: "b", Prefix: "b"})),
			"connections[1].podIdentities[0]", "connections[0] already",
		},
		"shared with everybody": {in(func(c *lake.Connection) { c.SharedWith = []string{"*"} }), "connections[0].sharedWith[0]", "neither"},
		"sharing what is another account's": {in(func(c *lake.Connection) {
			c.SharedWith = []string{partner}
			c.Bucket = lake.Bucket{Name: "acme", Existing: true, AccountID: "310987654321", OwnerAllows: true}
		}), "connections[0].sharedWith", "up to the account"},
		"sharing a zone of another account": {&lake.DataLakeArgs{
			Zones:       []lake.Zone{{Name: "z", Bucket: lake.Bucket{Name: "acme", Existing: true, AccountID: "310987654321", OwnerAllows: true}}},
			Connections: []lake.Connection{{Name: "a", Zone: "z", UsableByEveryone: true, SharedWith: []string{partner}}},
		}, "connections[0].sharedWith", "up to the account"},
		"a policy for nothing": {&lake.DataLakeArgs{ExistingResourcePolicy: true}, "existingResourcePolicy", "nothing is shared"},
		"a database of others that is made": {in(func(c *lake.Connection) {
			c.Databases = []lake.Database{{Name: "a", CatalogID: partner}}
		}), "connections[0].databases[0].existing", "not made here"},
		"a database of half an account": {in(func(c *lake.Connection) {
			c.Databases = []lake.Database{{Name: "a", CatalogID: "21", Existing: true}}
		}), "connections[0].databases[0].catalogId", "not an account"},
		"a place in others' databases": {in(func(c *lake.Connection) {
			c.Databases = []lake.Database{{Name: "a", CatalogID: partner, Existing: true, Path: "x"}}
		}), "connections[0].databases[0].path", "another account"},
		"a crawler of others' databases": {in(func(c *lake.Connection) {
			c.Databases = []lake.Database{{Name: "a", CatalogID: partner, Existing: true, Crawler: &catalog.Crawler{}}}
		}), "connections[0].databases[0].crawler", "up to the account"},
		"a key of others without a catalog": {in(func(c *lake.Connection) {
			c.Databases = []lake.Database{{Name: "a", CatalogKMSKeyARN: "arn:aws:kms:eu-west-1:210987654321:key/theirs"}}
		}), "connections[0].databases[0].catalogKmsKeyArn", "give catalogId"},
		"more than a bucket's policy has room for":    {sharedOften(40, "", ""), "connections[39].sharedWith", "S3 takes"},
		"more than the catalog's policy has room for": {sharedOften(60, "acme-%d", "d"), "connections[24].sharedWith", "resource policy of Glue"},
		"one role of two": {
			with(lake.Connection{Name: "a", Prefix: "a", RoleName: "r"}, lake.Connection{Name: "b", Prefix: "b", RoleName: "r"}),
			"connections[1].roleName", "connections[0]",
		},
		"one external id of two": {
			with(lake.Connection{Name: "a", Prefix: "a", ExternalID: "id"}, lake.Connection{Name: "b", Prefix: "b", ExternalID: "id"}),
			"connections[1].externalId", "connections[0]",
		},
		"nothing that reads files":       {in(func(c *lake.Connection) { off := false; c.DirectFiles = &off }), "connections[0].directFiles", "nothing would read"},
		"a preset that is not there":     {&lake.DataLakeArgs{ZonePreset: "MEDALS"}, "zonePreset", "BRONZE_SILVER_GOLD"},
		"a zone with upper case":         {&lake.DataLakeArgs{Zones: []lake.Zone{{Name: "Raw"}}}, "zones[0].name", "a-z"},
		"a zone twice":                   {&lake.DataLakeArgs{Zones: []lake.Zone{{Name: "a"}, {Name: "a"}}}, "zones[1].name", "twice"},
		"infrequent access too early":    {aged(lake.Lifecycle{InfrequentAccessAfterDays: 29}), "zones[0].bucket.lifecycle.infrequentAccessAfterDays", "30"},
		"an archive too early":           {aged(lake.Lifecycle{ArchiveAfterDays: 89}), "zones[0].bucket.lifecycle.archiveAfterDays", "90"},
		"an archive right after":         {aged(lake.Lifecycle{InfrequentAccessAfterDays: 80, ArchiveAfterDays: 90}), "zones[0].bucket.lifecycle.archiveAfterDays", "110"},
		"an end within the minimum":      {aged(lake.Lifecycle{InfrequentAccessAfterDays: 30, ExpireAfterDays: 59}), "zones[0].bucket.lifecycle.expireAfterDays", "60"},
		"an end within the archive's":    {aged(lake.Lifecycle{ArchiveAfterDays: 90, ExpireAfterDays: 179}), "zones[0].bucket.lifecycle.expireAfterDays", "180"},
		"an end before the beginning":    {aged(lake.Lifecycle{ExpireAfterDays: -1}), "zones[0].bucket.lifecycle.expireAfterDays", "1 or more"},
		"half a name of secrets":         {&lake.DataLakeArgs{SecretPrefix: "acme"}, "secretPrefix", "slash"},
		"results that never stay":        {&lake.DataLakeArgs{ResultsRetentionDays: -1}, "resultsRetentionDays", "1 day"},
		"capacity for nobody":            {&lake.DataLakeArgs{Capacity: &catalog.Capacity{DPUs: 24}}, "capacity.workgroups", "no workgroup"},
		"Lake Formation without a name":  {withModel(in(func(c *lake.Connection) { c.Databases = []lake.Database{{Name: "a"}} })), "connections[0].bucket.name", "guards only"},
		"a key pair with Lake Formation": {withModel(in(func(c *lake.Connection) { c.Credentials = lake.KeyPair })), "connections[0].credentials", "Lake Formation"},
		"two zones with one bucket": {&lake.DataLakeArgs{Zones: []lake.Zone{
			{Name: "a", Bucket: lake.Bucket{Name: "acme-a"}}, {Name: "b", Bucket: lake.Bucket{Name: "acme-a"}},
		}}, "zones[1].bucket.name", "twice"},
		"one bucket made twice": {
			&lake.DataLakeArgs{
				Zones:       []lake.Zone{{Name: "a", Bucket: lake.Bucket{Name: "acme-a"}}},
				Connections: []lake.Connection{{Name: "b", UsableByEveryone: true, Bucket: lake.Bucket{Name: "acme-a"}}},
			}, "connections[0].bucket.name", "twice",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var at []string
			for _, p := range test.args.Problems() {
				if p.Path == test.path && strings.Contains(p.String(), test.says) {
					return
				}
				at = append(at, p.String())
			}
			t.Errorf("no problem at %s that says %q: %q", test.path, test.says, at)
		})
	}
}

// sharedOften are connections that are shared with one account each, in one bucket or in one for each, with a database or without.
func sharedOften(n int, bucket, database string) *lake.DataLakeArgs {
	args := &lake.DataLakeArgs{}
	for i := range n {
		c := lake.Connection{
			Name: fmt.Sprintf("team-%d", i), Prefix: fmt.Sprintf("team-%d", i), UsableByEveryone: true,
			SharedWith: []string{fmt.Sprintf("2109876543%02d", i)}, Bucket: lake.Bucket{Name: "acme", Existing: true},
		}
		if bucket != "" {
			c.Bucket.Name = fmt.Sprintf(bucket, i)
		}
		if database != "" {
			c.Databases = []lake.Database{{Name: fmt.Sprintf("%s_%d", database, i)}}
		}
		args.Connections = append(args.Connections, c)
	}
	return args
}

func withModel(args *lake.DataLakeArgs) *lake.DataLakeArgs {
	args.PermissionModel = catalog.ModelLakeFormation
	args.LakeFormation = &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}}
	return args
}

func TestRightArguments(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]*lake.DataLakeArgs{
		"nothing":          {},
		"both presets":     {ZonePreset: lake.BronzeSilverGold, Zones: []lake.Zone{{Name: "gold", Bucket: lake.Bucket{Name: "acme-gold", Existing: true}}}},
		"names that begin": with(lake.Connection{Name: "a", Prefix: "sales"}, lake.Connection{Name: "b", Prefix: "sales2/"}),
		"a key pair": in(func(c *lake.Connection) {
			c.Credentials, c.Rotation.Generation, c.Rotation.KeepPrevious = lake.KeyPair, 3, true
		}),
		"some that are shared": sharedOften(10, "", "d"),
		"two own buckets":      {Connections: []lake.Connection{{Name: "a", UsableByEveryone: true}, {Name: "b", UsableByEveryone: true}}},
		"retention":            {Zones: []lake.Zone{{Name: "a", Bucket: lake.Bucket{Lifecycle: lake.Lifecycle{InfrequentAccessAfterDays: 30, ArchiveAfterDays: 90, ExpireAfterDays: 180}}}}},
	} {
		assert.Empty(t, args.Problems(), name)
	}
}

// IAM refuses policies that are too long, in the middle of a deployment.
func TestPoliciesThatIAMHasNoRoomFor(t *testing.T) {
	t.Parallel()
	databases := func(n int) (all []lake.Database) {
		for i := range n {
			all = append(all, lake.Database{Name: fmt.Sprintf("%s_%d", strings.Repeat("d", 40), i)})
		}
		return all
	}
	for credentials, most := range map[lake.Credentials]int{lake.AssumedRole: 12, lake.KeyPair: 40} {
		fits := in(func(c *lake.Connection) {
			c.Credentials, c.Databases, c.Athena = credentials, databases(most), &lake.Athena{}
		})
		require.Empty(t, fits.Problems(), credentials)
		over := in(func(c *lake.Connection) {
			c.Credentials, c.Databases, c.Athena = credentials, databases(most*4), &lake.Athena{}
		})
		require.Len(t, over.Problems(), 1, credentials)
		assert.Equal(t, "connections[0].databases", over.Problems()[0].Path)
	}
}

// What was found to fit has to fit: each account with databases has a name in Athena of its own.
func TestPoliciesFitWithDatabasesOfManyAccounts(t *testing.T) {
	t.Parallel()
	const name = "acme-production-data-platform-sales"
	of := func(accounts int) *lake.S3ConnectionArgs {
		c := sales()
		for i := range accounts {
			c.Databases = append(c.Databases, lake.Database{
				Name: fmt.Sprintf("market_of_partner_%02d", i), Existing: true, CatalogID: fmt.Sprintf("2109876543%02d", i),
			})
		}
		return &lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted()}
	}
	most := 0
	for len(of(most+1).Problems()) == 0 {
		most++
	}
	require.Greater(t, most, 5)
	graph := harness.Run(t, func(ctx *pulumi.Context) error {
		_, err := lake.NewS3Connection(ctx, name, of(most))
		return err
	}, given(), harness.WithoutCheck(harness.CheckPreview, "it is about the size"))
	assert.LessOrEqual(t, len(graph.One(rolePolicyType, name+"-data").String("policy")), iam.RoleInlineLimit)
	assert.GreaterOrEqual(t, strings.Count(of(most+1).Problems().Err("x").Error(), "characters"), 1)
}

// A user has several policies where one is too small: together they say what the one of a role does.
func TestUsersHaveAsManyPoliciesAsTheyNeed(t *testing.T) {
	t.Parallel()
	c := sales()
	for i := range 30 {
		c.Databases = append(c.Databases, lake.Database{Name: fmt.Sprintf("%s_%d", strings.Repeat("d", 40), i)})
	}
	args := &lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted(), KMSKeyARN: pulumi.String(key)}
	args.Credentials = lake.KeyPair
	graph := harness.Run(t, connection(args), byArgument())
	policies := graph.OfType(policyType)
	require.Greater(t, len(policies), 1)
	require.LessOrEqual(t, len(policies), iam.ManagedPoliciesLimit)
	assert.Len(t, graph.OfType("aws:iam/userPolicyAttachment:UserPolicyAttachment"), len(policies))
	databases := map[string]bool{}
	for _, r := range policies {
		assert.LessOrEqual(t, len(r.String("policy")), iam.ManagedPolicyLimit, r.Name)
		document, err := iam.Parse(r.String("policy"))
		require.NoError(t, err)
		for _, s := range document.Statements {
			for _, arn := range s.Resources {
				databases[arn] = databases[arn] || slices.Contains(s.Actions, "glue:CreateTable")
			}
		}
	}
	maps.DeleteFunc(databases, func(_ string, written bool) bool { return !written })
	assert.Len(t, databases, 1+2*len(c.Databases), "the catalog, and each database with its tables")
}

func TestASingleConnectionHasNoZones(t *testing.T) {
	t.Parallel()
	args := &lake.S3ConnectionArgs{Connection: lake.Connection{Name: "a", Zone: "gold", UsableByEveryone: true}, TrustedPrincipalARNs: pulumi.StringArray{}}
	require.Len(t, args.Problems(), 1)
	assert.Equal(t, "zone", args.Problems()[0].Path)
}

// AWS refuses long names in the middle of a deployment, and names are made of others.
func TestNamesThatAWSHasNoRoomFor(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	name := func(c lake.Connection) *lake.DataLakeArgs {
		c.UsableByEveryone = true
		return &lake.DataLakeArgs{Connections: []lake.Connection{c}}
	}
	crawled := func(n int) lake.Connection {
		return lake.Connection{Name: "a", Bucket: lake.Bucket{Name: "acme"}, Databases: []lake.Database{{Name: x(n), Crawler: &catalog.Crawler{}}}}
	}
	type named struct {
		lake string
		args *lake.DataLakeArgs
	}
	elsewhere := lake.Bucket{Name: "acme-1", Existing: true}
	queried := lake.Connection{Name: "a", Databases: []lake.Database{{Name: "a"}}, Athena: &lake.Athena{}}
	zone := func(n int) *lake.DataLakeArgs { return &lake.DataLakeArgs{Zones: []lake.Zone{{Name: x(n)}}} }
	for what, test := range map[string]struct {
		fits, not named
		path      string
	}{
		"a bucket of a connection": {named{"acme", name(lake.Connection{Name: x(50)})}, named{"acme", name(lake.Connection{Name: x(51)})}, "connections[0].name"},
		"a role": {
			named{"acme", name(lake.Connection{Name: x(51), Bucket: elsewhere})}, named{"acme", name(lake.Connection{Name: x(52), Bucket: elsewhere})},
			"connections[0].name",
		},
		"a role of pods": {
			named{"acme", name(withPods(lake.Connection{Name: x(38)}))}, named{"acme", name(withPods(lake.Connection{Name: x(39)}))}, "connections[0].name",
		},
		"a role of a crawler":     {named{"acme", name(crawled(35))}, named{"acme", name(crawled(36))}, "connections[0].databases[0].name"},
		"a bucket of a zone":      {named{"acme", zone(45)}, named{"acme", zone(46)}, "zones[0].name"},
		"a bucket of results":     {named{x(39), name(queried)}, named{x(40), name(queried)}, "name"},
		"a bucket of access logs": {named{x(43), zone(1)}, named{x(44), zone(1)}, "accessLogs"},
	} {
		assert.Empty(t, lake.NameProblems(test.fits.lake, test.fits.args), what)
		wrong := lake.NameProblems(test.not.lake, test.not.args)
		require.NotEmpty(t, wrong, what)
		assert.Equal(t, test.path, wrong[0].Path, what)
	}
}
