package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// Where the catalog shares by policy and the lake by Lake Formation, the policy lets AWS RAM in before the lake shares.
func TestBothWaysOfSharingInOneStack(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(cfg *stacks.Config) {
		teams(1, lake.AssumedRole)(cfg)
		cfg.Lake.Zones[0].Bucket.Name = "acme-gold"
		cfg.Lake.Connections[0].Athena = &lake.Athena{}
		cfg.Lake.Connections[0].SharedWith = []string{"210987654321"}
		cfg.DSS.Installation.AthenaDriver = &dss.AthenaDriver{Installed: true}
		cfg.Lake.PermissionModel = catalog.ModelLakeFormation
		cfg.Lake.LakeFormation = &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}}
		cfg.Catalog.Databases = []catalog.Database{{Name: "common", SharedWith: []string{"310987654321"}}}
	})
	made := graph.One("aws:glue/resourcePolicy:ResourcePolicy", "")
	assert.Equal(t, "TRUE", made.String("enableHybrid"))
	assert.Contains(t, made.String("policy"), "ram.amazonaws.com")
	shared := 0
	for _, r := range graph.OfType("aws:lakeformation/permissions:Permissions") {
		if r.String("principal") == "210987654321" {
			shared++
			assert.True(t, graph.DependsOn(r, made), r.Name)
		}
	}
	assert.Equal(t, 2, shared)
}
