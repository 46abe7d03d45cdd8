package harness

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is a small platform with something of everything that a golden shows.
func sample(ctx *pulumi.Context) error {
	provider := &pulumi.ProviderResourceState{}
	if err := ctx.RegisterResource("pulumi:providers:aws", "aws", pulumi.Map{"region": pulumi.String("eu-west-1")}, provider); err != nil {
		return err
	}
	return inPlatform(func(ctx *pulumi.Context, p *platform) error {
		child := []pulumi.ResourceOption{pulumi.Parent(p), pulumi.Provider(provider)}
		bucket, err := part(ctx, "aws:s3/bucketV2:BucketV2", "web-data", nil, append(child, pulumi.Protect(true), pulumi.RetainOnDelete(true))...)
		first, second := part(ctx, "aws:ec2/route:Route", "web-first", pulumi.Map{"count": pulumi.Int(3), "on": pulumi.Bool(true)},
			append(child, pulumi.IgnoreChanges([]string{"count"}), pulumi.DeleteBeforeReplace(true))...)
		_, third := part(ctx, "aws:iam/rolePolicy:RolePolicy", "web-policy", pulumi.Map{
			"policy": pulumi.JSONMarshal(map[string]any{"Statement": []any{map[string]any{"Resource": bucket.Arn}}}),
			"script": pulumi.String(strings.Repeat("x", longText+1)), "secret": pulumi.ToSecret(pulumi.String("hunter2")),
			"nested": pulumi.Map{"a.b": pulumi.StringArray{pulumi.String("c")}},
		}, append(child, pulumi.DependsOn([]pulumi.Resource{first}), pulumi.DeletedWith(bucket), pulumi.Timeouts(
			&pulumi.CustomTimeouts{Create: "5m"}), pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("old")}}))...)
		ctx.Export("bucket", bucket.ID())
		return errors.Join(err, second, third, ctx.Log.Warn("kubernetes 1.30 is old", nil))
	})(ctx)
}

func TestGraph(t *testing.T) {
	graph := Run(t, sample)
	bucket, route := graph.One("aws:s3/bucketV2:BucketV2", "web-data"), graph.One("aws:ec2/route:Route", "")
	policy, component := graph.One("aws:iam/rolePolicy:RolePolicy", "web-policy"), graph.One("test:index:Platform", "web")
	assert.Equal(t, "urn:pulumi:test::project::test:index:Platform$aws:s3/bucketV2:BucketV2::web-data", bucket.URN)
	assert.Len(t, graph.Children(component.URN), 3)
	assert.True(t, graph.DependsOn(policy, bucket))
	assert.True(t, graph.DependsOn(policy, route))
	assert.True(t, graph.DependsOn(policy, component))
	assert.True(t, graph.DependsOn(policy, graph.One("pulumi:providers:aws", "aws")))
	assert.False(t, graph.DependsOn(route, bucket))
	assert.Equal(t, 3, route.Int("count"))
	assert.True(t, route.Bool("on"))
	assert.Equal(t, []string{"c"}, policy.Strings(`nested["a.b"]`))
	assert.Equal(t, map[string]any{"Statement": []any{map[string]any{"Resource": "arn:aws:s3:::web-data-1234567"}}}, policy.JSON("policy"))
	assert.Equal(t, "hunter2", policy.String("secret"))
	assert.True(t, policy.IsSecret("secret"))
	assert.False(t, policy.IsSecret("script"))
	assert.False(t, policy.Has("nested.none"))
	assert.True(t, bucket.Options.Protect && bucket.Options.RetainOnDelete)
	assert.Equal(t, []string{"count"}, route.Options.IgnoreChanges)
	assert.Equal(t, bucket.URN, policy.Options.DeletedWith)
	assert.Equal(t, []string{bucket.URN}, policy.Options.PropertyDependencies["policy"])
	assert.Equal(t, []string{"name=old"}, policy.Options.Aliases)
	assert.Equal(t, []string{"kubernetes 1.30 is old"}, graph.Warnings())
	assert.Equal(t, "web-data-1234567", graph.Export("bucket"))
}

func TestGettersFailTheTest(t *testing.T) {
	graph := Run(t, sample)
	for name, c := range map[string]struct {
		get  func(*Graph)
		want string
	}{
		"no such resource": {func(g *Graph) { g.One("aws:s3/bucketV2:BucketV2", "other") }, "0 resources of type"},
		"missing input":    {func(g *Graph) { g.One("aws:ec2/route:Route", "").String("nope") }, "has no input nope, only [count on]"},
		"wrong type":       {func(g *Graph) { g.One("aws:ec2/route:Route", "").String("count") }, "count is a number, want a string"},
		"no JSON":          {func(g *Graph) { g.One("aws:iam/rolePolicy:RolePolicy", "").JSON("script") }, "is not JSON"},
		"no export":        {func(g *Graph) { g.Export("nope") }, `no output "nope"`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, failuresOf(func(t testing.TB) {
				own := *graph
				own.t = t
				c.get(&own)
			}), c.want)
		})
	}
}

func TestPreview(t *testing.T) {
	graph := Run(t, sample, Preview())
	policy := graph.One("aws:iam/rolePolicy:RolePolicy", "")
	assert.True(t, policy.IsUnknown("policy"))
	assert.Equal(t, strings.Repeat("x", longText+1), policy.String("script"))
	text, err := graph.Render()
	require.NoError(t, err)
	assert.Contains(t, string(text), `"policy": "[unknown]"`)
	assert.Contains(t, string(text), `"provider": "pulumi:providers:aws::aws"`)
}

func TestGolden(t *testing.T) {
	Run(t, sample).Golden("sample.json")
}

func TestGoldenComparison(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "golden.json")
	var failures []string
	fail := func(format string, _ ...any) { failures = append(failures, format) }
	compareGolden(fail, file, []byte("a\nb\n"), false)
	require.Len(t, failures, 1)
	assert.Contains(t, failures[0], "does not exist")
	compareGolden(fail, file, []byte("a\nb\n"), true)
	compareGolden(fail, file, []byte("a\nb\n"), false)
	require.Len(t, failures, 1)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "a\nb\n", string(written))
	compareGolden(fail, file, []byte("a\nc\n"), false)
	require.Len(t, failures, 2)
	assert.Contains(t, failures[1], "differs")
	assert.Contains(t, firstDifference([]byte("a\nb\n"), []byte("a\nc\n")), "first difference at line 2 of 3 (now 3):\n  a\n- b")
}

func TestRenderValue(t *testing.T) {
	long := strings.Repeat("a", longText+1)
	for name, c := range map[string]struct {
		value resource.PropertyValue
		want  any
	}{
		"short text":      {resource.NewProperty("x"), "x"},
		"number":          {resource.NewProperty(4.0), 4.0},
		"null":            {resource.NewNullProperty(), nil},
		"secret":          {resource.MakeSecret(resource.NewProperty("x")), "[secret]"},
		"unknown":         {resource.MakeComputed(resource.NewProperty("")), "[unknown]"},
		"secret in a map": {resource.NewPropertyValue(object{"a": resource.MakeSecret(resource.NewProperty("x"))}), object{"a": "[secret]"}},
		"long text":       {resource.NewProperty(long), "[text of 301 bytes, sha256 eb22b48c636cd5d3]"},
		"document":        {resource.NewProperty(`{"a":["b"]}`), object{"$json": object{"a": []any{"b"}}}},
		"document in a document": {resource.NewProperty(`{"a":"{\"b\":true}"}`),
			object{"$json": object{"a": object{"$json": object{"b": true}}}}},
		"broken document": {resource.NewProperty(`{"a":`), `{"a":`},
		"two documents":   {resource.NewProperty(`{} {}`), `{} {}`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, renderValue(c.value)) })
	}
}
