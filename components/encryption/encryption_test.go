package encryption_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/encryption"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	keyType   = "aws:kms/key:Key"
	aliasType = "aws:kms/alias:Alias"
)

func program(name string, args *encryption.EncryptionKeyArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		key, err := encryption.NewEncryptionKey(ctx, name, args)
		if err != nil {
			return err
		}
		ctx.Export("arn", key.ARN)
		ctx.Export("alias", key.AliasName)
		return nil
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program("dss", nil))
	graph.Golden("defaults.json")
	key := graph.One(keyType, "dss-key")
	assert.True(t, key.Bool("enableKeyRotation"))
	assert.Equal(t, 30, key.Int("deletionWindowInDays"))
	assert.True(t, key.Options.RetainOnDelete)
	assert.Contains(t, key.String("policy"), "kms:GrantIsForAWSResource", "nodes with encrypted volumes")
	assert.Contains(t, key.String("policy"), "kms:EncryptionContext:aws:logs:arn", "encrypted log groups")
	assert.Equal(t, "alias/dss", graph.One(aliasType, "dss-alias").String("name"))
	assert.False(t, graph.One(aliasType, "").Options.RetainOnDelete)
	assert.Equal(t, "alias/dss", graph.Export("alias"))
	assert.NotEmpty(t, graph.Export("arn"))
}

func TestTagsReachTheKey(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"team": "data", "Name": "ours"}
	graph := harness.Run(t, program("dss", &encryption.EncryptionKeyArgs{Tags: tags}), harness.RequireTags(tags))
	assert.Equal(t, "ours", graph.One(keyType, "").String("tags.Name"))
}

func TestRemovalTakesTwoKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		graph := harness.Run(t, program("dss", &encryption.EncryptionKeyArgs{DeleteData: keys[0], AllowDataDeletion: keys[1]}))
		assert.Equal(t, !keys[0] || !keys[1], graph.One(keyType, "").Options.RetainOnDelete, keys)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	args := &encryption.EncryptionKeyArgs{Alias: "aws/mine", Description: strings.Repeat("x", 8193)}
	var paths []string
	for _, p := range args.Problems() {
		paths = append(paths, p.Path)
	}
	assert.Equal(t, []string{"alias", "description"}, paths)
	assert.Empty(t, (&encryption.EncryptionKeyArgs{Alias: "acme/dss"}).Problems())
	require.ErrorContains(t, harness.Fail(t, program("dss", args)), "description")
	// The default alias is the component's name, which an alias may not be able to have.
	require.ErrorContains(t, harness.Fail(t, program("dss key", nil)), "alias")
}
