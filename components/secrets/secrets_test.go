package secrets_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/secrets"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	keyType       = "aws:kms/key:Key"
	policyType    = "aws:secretsmanager/secretPolicy:SecretPolicy"
	secretType    = "aws:secretsmanager/secret:Secret"
	secretVersion = "aws:secretsmanager/secretVersion:SecretVersion"
)

func program(args *secrets.PlatformSecretsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		made, err := secrets.NewPlatformSecrets(ctx, "dss", args)
		if err != nil {
			return err
		}
		ctx.Export("password", made.AdminPasswordARN)
		ctx.Export("license", made.LicenseARN)
		ctx.Export("further", made.FurtherARNs)
		return nil
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(nil))
	graph.Golden("defaults.json")
	assert.Len(t, graph.OfType(secretType), 2)
	assert.Empty(t, graph.OfType(secretVersion), "the host fills them")
	for _, made := range graph.OfType(secretType) {
		assert.Equal(t, 30, made.Int("recoveryWindowInDays"))
	}
	document, err := iam.Parse(graph.One(policyType, "dss-api-key").String("policy"))
	require.NoError(t, err)
	require.Len(t, document.Statements, 2)
	for _, s := range document.Statements {
		assert.Equal(t, iam.EffectDeny, s.Effect)
		assert.True(t, s.Principal.Anyone)
	}
	assert.Equal(t, []string{"123456789012"}, document.Statements[1].Conditions["StringNotEquals"]["aws:PrincipalAccount"])
	assert.Equal(t, "", graph.Export("license")) //nolint:testifylint // Empty would also take a missing output
	assert.True(t, graph.One(keyType, "").Options.RetainOnDelete)
}

func TestValuesAreSecrets(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&secrets.PlatformSecretsArgs{
		License: pulumi.String("the licence"), Further: []secrets.Secret{{Name: "users", Value: pulumi.String("their passwords")}, {Name: "empty"}},
		KMSKeyARN: pulumi.String("arn:x:key/ours"),
	}), harness.SecretValues("the licence", "their passwords"))
	assert.Len(t, graph.OfType(secretVersion), 2)
	assert.Empty(t, graph.OfType(keyType))
	assert.Contains(t, graph.Export("license"), ":secret:dss-license-")
	assert.Len(t, graph.Export("further"), 2)
}

func TestReaders(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&secrets.PlatformSecretsArgs{Readers: pulumi.StringArray{pulumi.String("arn:x:iam::1:role/host")}}))
	for _, policy := range graph.OfType(policyType) {
		document, err := iam.Parse(policy.String("policy"))
		require.NoError(t, err)
		only := document.Statements[2]
		assert.Equal(t, iam.EffectDeny, only.Effect)
		assert.Contains(t, only.Actions, "secretsmanager:GetSecretValue")
		assert.Equal(t, iam.Conditions{"ArnNotLike": {"aws:PrincipalArn": {"arn:x:iam::1:role/host"}}}, only.Conditions)
	}
}

func TestTwoKeysDelete(t *testing.T) {
	t.Parallel()
	for _, args := range []*secrets.PlatformSecretsArgs{{DeleteData: true}, {AllowDataDeletion: true}} {
		assert.Equal(t, 30, harness.Run(t, program(args)).One(secretType, "dss-api-key").Int("recoveryWindowInDays"))
	}
	graph := harness.Run(t, program(&secrets.PlatformSecretsArgs{DeleteData: true, AllowDataDeletion: true}))
	assert.Equal(t, 0, graph.One(secretType, "dss-api-key").Int("recoveryWindowInDays"))
	assert.False(t, graph.One(keyType, "").Options.RetainOnDelete)
}

func TestProblems(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, program(&secrets.PlatformSecretsArgs{
		RecoveryWindowInDays: 6,
		Further:              []secrets.Secret{{Name: "Api Key"}, {Name: secrets.APIKey}, {Name: "users"}, {Name: "users"}},
	}))
	for _, path := range []string{"recoveryWindowInDays", "further[0].name", "further[1].name", "further[3].name"} {
		require.ErrorContains(t, err, path)
	}
	assert.NotContains(t, err.Error(), "further[2]")
	assert.Empty(t, (&secrets.PlatformSecretsArgs{RecoveryWindowInDays: 7}).Problems())
}
