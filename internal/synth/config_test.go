package synth_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

func TestReadConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Pulumi.x.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
encryptionsalt: v1:x
config:
  aws:region: eu-west-1
  name: own
  p:count: 3
  p:on: true
  p:list: [a, {b: 1}]
  p:password: {secure: v1:abc}
  p:nested: {user: u, key: {secure: v1:abc}}
`), 0o600))
	config, secrets, err := synth.ReadConfig(file, "p")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"aws:region": "eu-west-1", "p:name": "own", "p:count": "3", "p:on": "true", "p:list": `["a",{"b":1}]`,
		"p:password": synth.SecretStandIn, "p:nested": `{"key":"` + synth.SecretStandIn + `","user":"u"}`,
	}, config)
	assert.Equal(t, []string{"p:nested", "p:password"}, secrets)

	_, _, err = synth.ReadConfig(filepath.Join(t.TempDir(), "none.yaml"), "p")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(file, []byte("config: ["), 0o600))
	_, _, err = synth.ReadConfig(file, "p")
	require.ErrorContains(t, err, file)
}

func TestRunReturnsTheGraphAndTheError(t *testing.T) {
	refused := errors.New("refused")
	settings := synth.Settings{Project: "p", Stack: "s", Location: synth.At("cn-north-1")}
	graph, err := synth.Run(func(ctx *pulumi.Context) error {
		var res pulumi.CustomResourceState
		return errors.Join(ctx.RegisterResource("aws:iam/role:Role", "r", pulumi.Map{"name": pulumi.String("r")}, &res), refused)
	}, settings)
	require.ErrorIs(t, err, refused)
	require.Len(t, graph.Resources, 1)
	role := graph.OfType("aws:iam/role:Role")[0]
	assert.Equal(t, "arn:aws-cn:iam::123456789012:role/r", role.State["arn"].StringValue())
	assert.Equal(t, "r", role.ID)
	assert.Same(t, role, graph.Find(role.URN))

	var panicked *synth.PanicError
	_, err = synth.Run(func(*pulumi.Context) error { panic("oh") }, settings)
	require.ErrorAs(t, err, &panicked)

	settings.Timeout = 200 * time.Millisecond
	_, err = synth.Run(func(ctx *pulumi.Context) error {
		never, _, _ := ctx.NewOutput()
		ctx.Export("never", never)
		return nil
	}, settings)
	require.ErrorIs(t, err, synth.ErrTimeout)
}

func TestAt(t *testing.T) {
	assert.Equal(t, "aws", synth.At("us-east-1").Partition)
	assert.Equal(t, "amazonaws.com.cn", synth.At("cn-northwest-1").DNSSuffix)
	assert.Equal(t, "aws-us-gov", synth.At("us-gov-east-1").Partition)
	assert.Equal(t, "us-gov-east-1", synth.At("us-gov-east-1").Region)
}
