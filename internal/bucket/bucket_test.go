package bucket

import (
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
)

// recorder keeps what is registered, by the resource's name.
type recorder struct {
	mu   sync.Mutex
	made map[string]pulumi.MockResourceArgs
}

func (r *recorder) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made[args.Name] = args
	outputs := args.Inputs.Copy()
	if args.TypeToken == "aws:s3/bucketV2:BucketV2" {
		if _, named := outputs["bucket"]; !named {
			outputs["bucket"] = resource.NewStringProperty(args.Name + "-1234567")
		}
		outputs["arn"] = resource.NewStringProperty("arn:aws:s3:::" + outputs["bucket"].StringValue())
	}
	return args.Name + "-id", outputs, nil
}

func run(t *testing.T, args Args) map[string]pulumi.MockResourceArgs {
	t.Helper()
	r := &recorder{made: map[string]pulumi.MockResourceArgs{}}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		b, err := New(ctx, "data", args)
		if err != nil {
			return err
		}
		_, err = b.Put(ctx, "boot", Object{Key: "boot.sh", Content: pulumi.String("true")})
		return err
	}, pulumi.WithMocks("p", "s", r)))
	return r.made
}

func TestNewIsClosed(t *testing.T) {
	t.Parallel()
	made := run(t, Args{KMSKeyARN: pulumi.String("arn:aws:kms:eu-west-1:1:key/k"), AccessLogs: pulumi.String("logs")})
	for _, name := range []string{"data", "data-ownership", "data-public-access", "data-policy", "data-encryption",
		"data-versioning", "data-lifecycle", "data-logging"} {
		require.Contains(t, made, name)
		assert.True(t, made[name].RegisterRPC.GetRetainOnDelete(), "%s has to stay with the data", name)
	}
	block := made["data-public-access"].Inputs
	for _, flag := range []resource.PropertyKey{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		assert.True(t, block[flag].BoolValue(), flag)
	}
	rule := made["data-encryption"].Inputs["rules"].ArrayValue()[0].ObjectValue()
	assert.True(t, rule["bucketKeyEnabled"].BoolValue())
	by := rule["applyServerSideEncryptionByDefault"].ObjectValue()
	assert.Equal(t, "aws:kms", by["sseAlgorithm"].StringValue())
	assert.Equal(t, "arn:aws:kms:eu-west-1:1:key/k", by["kmsMasterKeyId"].StringValue())
	assert.Contains(t, made["data-policy"].Inputs["policy"].StringValue(), `"arn:aws:s3:::data-1234567/*"`)
	assert.Len(t, made["data-policy"].RegisterRPC.GetDependencies(), 3, "the bucket, its ownership, its public access block")
	assert.False(t, made["data"].Inputs["forceDestroy"].BoolValue())
	assert.Contains(t, made["boot"].RegisterRPC.GetDependencies(), "urn:pulumi:s::p::aws:s3/bucketPolicy:BucketPolicy::data-policy")
}

func TestNewFixedName(t *testing.T) {
	t.Parallel()
	made := run(t, Args{
		Name: "acme-data", KMSKeyARN: pulumi.String("k"), Location: location.Location{Partition: "aws-cn"},
	})
	assert.Equal(t, "acme-data", made["data"].Inputs["bucket"].StringValue())
	assert.Contains(t, made["data-policy"].Inputs["policy"].StringValue(), `"arn:aws-cn:s3:::acme-data"`)
}

func TestNewTwoKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range []removal.Keys{{}, {DeleteData: true}, {AllowDataDeletion: true}, {DeleteData: true, AllowDataDeletion: true}} {
		both := keys.DeleteData && keys.AllowDataDeletion
		made := run(t, Args{KMSKeyARN: pulumi.String("k"), Removal: keys})
		assert.Equal(t, both, made["data"].Inputs["forceDestroy"].BoolValue())
		assert.Equal(t, !both, made["data"].RegisterRPC.GetRetainOnDelete())
		assert.NotEmpty(t, made["data-policy"].RegisterRPC.GetDeletedWith())
	}
}

func TestNewNeedsKey(t *testing.T) {
	t.Parallel()
	r := &recorder{made: map[string]pulumi.MockResourceArgs{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "data", Args{})
		return err
	}, pulumi.WithMocks("p", "s", r))
	require.ErrorIs(t, err, errNoKey)
	assert.NotContains(t, r.made, "data")
}
