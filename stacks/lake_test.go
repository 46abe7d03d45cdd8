package stacks_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	rolePolicy = "aws:iam/rolePolicy:RolePolicy"
	roleType   = "aws:iam/role:Role"
)

// teams has a number of connections in one zone.
func teams(n int, credentials lake.Credentials) func(*stacks.Config) {
	return func(cfg *stacks.Config) {
		cfg.Lake.Zones = []lake.Zone{{Name: "gold"}}
		for i := range n {
			name := fmt.Sprintf("team-%03d", i)
			cfg.Lake.Connections = append(cfg.Lake.Connections, lake.Connection{
				Name: name, Zone: "gold", Prefix: name + "/", AllowedGroups: []string{"administrators"}, Credentials: credentials,
				Databases: []lake.Database{{Name: strings.ReplaceAll(name, "-", "_")}},
			})
		}
	}
}

func statement(t *testing.T, text, sid string) iam.Statement {
	t.Helper()
	document, err := iam.Parse(text)
	require.NoError(t, err)
	for _, s := range document.Statements {
		if s.Sid == sid {
			return s
		}
	}
	t.Fatalf("no statement %s in %s", sid, text)
	return iam.Statement{}
}

func TestConnectionsTrustTheHostAlone(t *testing.T) {
	t.Parallel()
	graph := deploy(t, teams(2, lake.AssumedRole))
	made := graph.One(roleType, "dss-lab-team-001")
	assert.Equal(t, "/dss-lab/connections/", made.String("path"))
	trust := statement(t, made.String("assumeRolePolicy"), "DSS")
	require.Len(t, trust.Principal.AWS, 1)
	assert.Contains(t, trust.Principal.AWS[0], ":role/dss-lab-host")
	assert.Equal(t, []string{"dss-lab-team-001"}, trust.Conditions["StringEquals"]["sts:ExternalId"])

	may := statement(t, graph.One(rolePolicy, "dss-lab-host-compute").String("policy"), "TakeConnectionRoles")
	require.Len(t, may.Resources, 2)
	assert.Contains(t, may.Resources[1], ":role/dss-lab/connections/dss-lab-team-001")
	assert.True(t, graph.DependsOn(graph.One("aws:ssm/association:Association", ""), made), "DSS is configured with the role")
	assert.False(t, graph.DependsOn(made, graph.One("aws:ec2/instance:Instance", "")), "the role waits for the host's role, not for the host")
	reach := graph.One(rolePolicy, "dss-lab-team-001-data").String("policy")
	assert.Contains(t, statement(t, reach, "FilesKey").Resources[0], ":key/")
}

func TestAStackTellsOwnersWhatToAllow(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(cfg *stacks.Config) {
		teams(1, lake.AssumedRole)(cfg)
		cfg.Lake.Connections[0].Zone, cfg.Lake.Connections[0].Databases = "", nil
		cfg.Lake.Connections[0].Bucket = lake.Bucket{Name: "partner-data", Existing: true, AccountID: "111122223333", OwnerAllows: true}
	})
	outputs := graph.Export("lake").(map[string]any)
	assert.Contains(t, outputs["roleArns"].(map[string]any)["team-000"], ":role/dss-lab/connections/dss-lab-team-000")
	policy := outputs["ownerBucketPolicies"].(map[string]any)["team-000"].(string)
	assert.Equal(t, []string{"arn:aws:s3:::partner-data"}, statement(t, policy, "FilesList").Resources)
}

func TestConnectionsTrustTheUserOfAKeyPair(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(cfg *stacks.Config) {
		teams(1, lake.AssumedRole)(cfg)
		cfg.DSS.CredentialsMode = dss.KeyPair
		cfg.Roles.Path = "/data/"
	})
	made := graph.One(roleType, "dss-lab-team-000")
	assert.Equal(t, "/data/dss-lab/connections/", made.String("path"))
	assert.Contains(t, statement(t, made.String("assumeRolePolicy"), "DSS").Principal.AWS[0], ":user/data/dss-lab-dss")
	may := statement(t, graph.One("aws:iam/policy:Policy", "dss-lab-dss-compute").String("policy"), "TakeConnectionRoles")
	require.Len(t, may.Resources, 1)
	assert.Contains(t, may.Resources[0], ":role/data/dss-lab/connections/dss-lab-team-000")
}

// There is no room for hundreds of ARNs in what a role may have of policies: their path stands for them. Whether everything fits is
// tested with all other policies (tests/platform).
func TestTheHostTakesManyRolesByTheirPath(t *testing.T) {
	t.Parallel()
	const path = ":role/dss-lab/connections/"
	for n, pattern := range map[int]bool{20: false, 60: true} {
		may := statement(t, deploy(t, teams(n, lake.AssumedRole)).One(rolePolicy, "dss-lab-host-compute").String("policy"), "TakeConnectionRoles")
		if pattern {
			assert.Equal(t, []string{"arn:aws:iam::123456789012" + path + "*"}, may.Resources)
			continue
		}
		require.Len(t, may.Resources, n)
		for _, arn := range may.Resources {
			assert.Contains(t, arn, path+"dss-lab-team-0")
			assert.NotContains(t, arn, "*")
		}
	}
}

func TestTheHostReadsTheConnectionsKeyPairs(t *testing.T) {
	t.Parallel()
	const beginning = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:dss-lab/connections/"
	graph := deploy(t, teams(1, lake.KeyPair))
	may := statement(t, graph.One(rolePolicy, "dss-lab-host-host").String("policy"), "ReadSecrets")
	assert.Contains(t, strings.Join(may.Resources, " "), beginning+"team-000/key-1")
	assert.NotContains(t, strings.Join(may.Resources, " "), "*")
	assert.Equal(t, "dss-lab/connections/team-000/key-1", graph.One("aws:secretsmanager/secret:Secret", "dss-lab-team-000-key-1").String("name"))
	may = statement(t, deploy(t, teams(60, lake.KeyPair)).One(rolePolicy, "dss-lab-host-host").String("policy"), "ReadSecrets")
	assert.Contains(t, may.Resources, beginning+"*")
	assert.NotContains(t, strings.Join(may.Resources, " "), "team-000")
}

func TestProblemsOfConnectionsAreShownWhereTheyAreWritten(t *testing.T) {
	t.Parallel()
	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	teams(1, lake.AssumedRole)(&cfg)
	cfg.Lake.Connections[0].Athena = &lake.Athena{}
	err = harness.Fail(t, stacks.Program(cfg), harness.Stack("lab"))
	require.ErrorContains(t, err, "lake.connections[0].athena: DSS has no JDBC driver for Athena")
	assert.NotContains(t, err.Error(), "s3Connections")
}

// Connections wait for the host's role. Where that will never be, the program ends all the same.
func TestAHostThatFailsEndsTheProgram(t *testing.T) {
	t.Parallel()
	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	teams(1, lake.AssumedRole)(&cfg)
	_, err = synth.Run(stacks.Program(cfg), synth.Settings{
		Project: "project", Stack: "lab", Location: synth.Ireland(), Timeout: time.Minute,
		Answers: map[string]synth.AnswerFunc{"aws:ec2/getAmi:getAmi": func(resource.PropertyMap) (resource.PropertyMap, error) {
			return nil, errors.New("no image")
		}},
	})
	require.ErrorContains(t, err, "no image")
	require.NotErrorIs(t, err, synth.ErrTimeout)
}

func TestPodsGetRolesInThePlatformsCluster(t *testing.T) {
	t.Parallel()
	pods := func(cfg *stacks.Config) {
		teams(1, lake.AssumedRole)(cfg)
		cfg.Lake.Connections[0].PodIdentities = []lake.PodIdentity{{Namespace: "dssns-team", ServiceAccount: "jobs"}}
	}
	graph := deploy(t, pods)
	made := graph.One("aws:eks/podIdentityAssociation:PodIdentityAssociation", "")
	assert.Equal(t, "dss-lab", made.String("clusterName"))
	cluster := graph.One("eks:index:Cluster", "")
	assert.True(t, graph.DependsOn(made, cluster))
	assert.False(t, graph.DependsOn(graph.One("aws:ssm/association:Association", ""), cluster), "DSS does not wait for roles of pods")

	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	pods(&cfg)
	cfg.Compute.Addons = map[string]compute.Addon{compute.PodIdentityAgent: {Disabled: true}}
	assert.ErrorContains(t, harness.Fail(t, stacks.Program(cfg), harness.Stack("lab")), "lake.connections[0].podIdentities: the add-on")
}

// One resource policy of Glue is the account's, and the platform's key is everybody's.
func TestSharedConnectionsOfAStack(t *testing.T) {
	t.Parallel()
	const partner = "210987654321"
	share := func(cfg *stacks.Config) {
		teams(2, lake.AssumedRole)(cfg)
		cfg.Lake.Connections[0].SharedWith = []string{partner}
	}
	graph := deploy(t, share)
	assert.Equal(t, []string{"arn:aws:iam::" + partner + ":root"}, statement(t, graph.One("aws:kms/key:Key", "").String("policy"), "Shared").Principal.AWS)
	assert.NotContains(t, graph.One("aws:glue/resourcePolicy:ResourcePolicy", "").String("policy"), "team_001")

	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	share(&cfg)
	cfg.Catalog.Databases = []catalog.Database{{Name: "market", SharedWith: []string{partner}}}
	require.ErrorContains(t, harness.Fail(t, stacks.Program(cfg), harness.Stack("lab")), "lake.existingResourcePolicy: databases of catalog and lake")
	cfg.Name, cfg.Lake.ExistingResourcePolicy = "dss-lab", true
	assert.Empty(t, cfg.Problems("project", "lab"))
}

// What is set for the whole account is set once, by the catalog, before databases of connections are made.
func TestTheAccountsSettingsAreTheCatalogs(t *testing.T) {
	t.Parallel()
	on := true
	formation := func(cfg *stacks.Config) {
		cfg.Catalog.EncryptCatalog = &on
		teams(1, lake.AssumedRole)(cfg)
		cfg.Name = "dss-lab"
		cfg.Lake.Zones[0].Bucket.Name = "acme-gold"
		cfg.Lake.Connections[0].Athena = &lake.Athena{}
		cfg.DSS.Installation.AthenaDriver = &dss.AthenaDriver{Installed: true}
		cfg.Catalog.PermissionModel, cfg.Lake.PermissionModel = catalog.ModelLakeFormation, catalog.ModelLakeFormation
		cfg.Catalog.LakeFormation = &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}, Locations: []string{"s3://acme-more"}}
		cfg.Lake.LakeFormation = &catalog.LakeFormation{ExistingSettings: true}
	}
	graph := deploy(t, formation)
	made := graph.One("aws:glue/catalogDatabase:CatalogDatabase", "dss-lab-catalog-database-team_000")
	assert.True(t, graph.DependsOn(made, graph.One("aws:lakeformation/dataLakeSettings:DataLakeSettings", "")))
	assert.True(t, graph.DependsOn(made, graph.One("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "")))

	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	formation(&cfg)
	cfg.Lake.LakeFormation = &catalog.LakeFormation{Admins: cfg.Catalog.LakeFormation.Admins}
	cfg.Lake.EncryptCatalog = &on
	wrong := cfg.Problems("project", "lab").Err("").Error()
	assert.Contains(t, wrong, "lake.lakeFormation.admins: catalog.lakeFormation.admins are the whole account's already")
	assert.Contains(t, wrong, "lake.encryptCatalog: ")
}

// Everything that is wrong is said at once, where it is written, and nothing is made.
func TestAllThatIsWrongWithConnectionsIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	foreign := lake.Bucket{Name: "partner", Existing: true, AccountID: "210987654321"}
	all := []string{"administrators"}
	connections := []lake.Connection{
		{Name: "sales", Zone: "gold", Prefix: "eu/", AllowedGroups: all},
		{Name: "sales", Zone: "gold", Prefix: "eu/fr/", AllowedGroups: all},
		{Name: "partner", Bucket: foreign, AllowedGroups: all},
		{Name: "keys", Credentials: lake.KeyPair, AllowedGroups: all},
		{Name: "names", AllowedGroups: all, Databases: []lake.Database{{Name: "my-data"}, {Name: "dss_lab"}}, Athena: &lake.Athena{Workgroup: "my group"}},
		{Name: "nowhere", Zone: "silver", AllowedGroups: all},
		{Name: strings.Repeat("x", 60), AllowedGroups: all},
	}
	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	cfg.Lake = lake.DataLakeArgs{
		Zones:           []lake.Zone{{Name: "gold", Bucket: lake.Bucket{Lifecycle: lake.Lifecycle{InfrequentAccessAfterDays: 29, ArchiveAfterDays: 60}}}},
		PermissionModel: catalog.ModelLakeFormation,
		LakeFormation:   &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}}, Connections: connections,
	}
	wrong := harness.Fail(t, stacks.Program(cfg), harness.Stack("lab")).Error()
	for _, path := range []string{
		"zones[0].bucket.lifecycle.infrequentAccessAfterDays", "zones[0].bucket.lifecycle.archiveAfterDays",
		"connections[1].name", "connections[1].prefix", "connections[2].bucket.ownerAllows", "connections[3].credentials",
		"connections[4].databases[0].name", "connections[4].databases[1].name", "connections[4].athena.workgroup", "connections[4].bucket.name",
		"connections[5].zone", "connections[6].name",
	} {
		assert.Contains(t, wrong, "lake."+path+": ")
	}
}

func TestStacksWithoutConnectionsHaveNoLake(t *testing.T) {
	t.Parallel()
	assert.Empty(t, deploy(t, func(*stacks.Config) {}).OfType("dss:index:DataLake"))
}
