package harness

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

const secret = "hunter2-Zx\"9"

func TestRunPassesAGoodProgram(t *testing.T) {
	graph := Run(t, inPlatform(func(ctx *pulumi.Context, p *platform) error {
		key, err := part(ctx, "aws:kms/key:Key", "web-key", pulumi.Map{"tags": tags("a")}, pulumi.Parent(p))
		if err != nil {
			return err
		}
		_, err = part(ctx, "aws:secretsmanager/secretVersion:SecretVersion", "web-password", pulumi.Map{
			"kmsKeyArn": key.Arn, "secretString": pulumi.ToSecret(pulumi.String(secret)),
		}, pulumi.Parent(p))
		return err
	}), RequireTags(map[string]string{"team": "a"}), SecretValues(secret))
	assert.Len(t, graph.Resources, 3)
	assert.Equal(t, map[string]any{"ready": true}, synth.Plain(resource.NewProperty(graph.One("test:index:Platform", "web").Outputs)))
}

func TestChecksFail(t *testing.T) {
	plainText := pulumi.String("password is " + secret)
	document := pulumi.JSONMarshal(map[string]any{"a": []any{map[string]any{"b": secret}}})
	encoded := pulumi.String(base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nexport P='" + secret + "'\n")))
	for name, c := range map[string]struct {
		program pulumi.RunFunc
		want    []string
	}{
		"orphan": {func(ctx *pulumi.Context) error {
			_, err := part(ctx, "aws:sqs/queue:Queue", "lonely", pulumi.Map{"tags": tags("a")})
			return err
		}, []string{"orphan: aws:sqs/queue:Queue lonely belongs to no component"}},
		"orphan below a custom resource": {func(ctx *pulumi.Context) error {
			top, err := part(ctx, "aws:ec2/route:Route", "top", nil)
			if err != nil {
				return err
			}
			_, err = part(ctx, "aws:ec2/route:Route", "below", nil, pulumi.Parent(top))
			return err
		}, []string{"Route top belongs", "Route below belongs"}},
		"name": {onePart("aws:ec2/route:Route", "webroute", nil), []string{`name: aws:ec2/route:Route webroute is part of`, `"web-"`}},
		"duplicate": {inPlatform(func(ctx *pulumi.Context, p *platform) error {
			_, err := part(ctx, "aws:ec2/route:Route", "web-r", nil, pulumi.Parent(p))
			_, again := part(ctx, "aws:ec2/route:Route", "web-r", nil, pulumi.Parent(p))
			return errors.Join(err, again)
		}), []string{"duplicate: registered more than once: urn:pulumi:test::project::test:index:Platform$aws:ec2/route:Route::web-r"}},
		"no tags":      {onePart("aws:ec2/vpc:Vpc", "web-vpc", nil), []string{"tags: aws:ec2/vpc:Vpc web-vpc lacks the tag team=a"}},
		"wrong tag":    {onePart("aws:ec2/vpc:Vpc", "web-vpc", pulumi.Map{"tags": tags("b")}), []string{"lacks the tag team=a"}},
		"group's tags": {onePart("aws:autoscaling/group:Group", "web-g", nil), []string{"Group web-g lacks the tag"}},
		"plain secret": {onePart("aws:ec2/route:Route", "web-r", pulumi.Map{"x": pulumi.Map{"y": plainText}}),
			[]string{"secret: secret value 1 is in plain sight in aws:ec2/route:Route web-r input x.y"}},
		"secret in JSON": {onePart("aws:ec2/route:Route", "web-r", pulumi.Map{"x": document}), []string{"input x.a[0].b"}},
		"secret in base64": {onePart("aws:ec2/route:Route", "web-r", pulumi.Map{"userDataBase64": encoded}),
			[]string{"input userDataBase64 (decoded)"}},
		"marked secret in user data": {onePart("aws:ec2/route:Route", "web-r",
			pulumi.Map{"userData": pulumi.ToSecret(plainText)}), []string{"input userData"}},
		"secret in a name": {onePart("aws:ec2/route:Route", "web-"+secret, nil), []string{"the name of a aws:ec2/route:Route"}},
		"secret in an export": {func(ctx *pulumi.Context) error {
			ctx.Export("door", plainText)
			return nil
		}, []string{"the stack's output door"}},
		"secret in a message": {func(ctx *pulumi.Context) error {
			return ctx.Log.Warn("it is "+secret, nil)
		}, []string{"a message of severity WARNING"}},
		"secret in a component's outputs": {func(ctx *pulumi.Context) error {
			p := &platform{}
			err := ctx.RegisterComponentResource("test:index:Platform", "web", p)
			return errors.Join(err, ctx.RegisterResourceOutputs(p, pulumi.Map{"door": plainText}))
		}, []string{"test:index:Platform web output door"}},
		"partition": {onePart("aws:ec2/route:Route", "web-r", pulumi.Map{
			"arn":  pulumi.String("arn:aws:iam::aws:policy/ReadOnly"),
			"host": pulumi.String("https://s3.eu-west-1.amazonaws.com/x"),
			"policy": pulumi.JSONMarshal(map[string]any{"Statement": []any{map[string]any{
				"Principal": map[string]any{"Service": "logs.amazonaws.com"}}}}),
		}), []string{`input arn holds "arn:aws:iam::aws:policy/ReadOnly" in aws-cn`, `input host holds "s3.eu-west-1.amazonaws.com"`,
			`input policy.Statement[0].Principal.Service holds "logs.amazonaws.com"`}},
		"fails in China": {func(ctx *pulumi.Context) error {
			if Here(ctx).Partition == PartitionChina {
				return errors.New("no such region")
			}
			return nil
		}, []string{"partition: the program fails in aws-cn", "no such region"}},
		"outputs": {func(ctx *pulumi.Context) error {
			return ctx.RegisterComponentResource("test:index:Platform", "web", &platform{})
		}, []string{"outputs: test:index:Platform web does not call ctx.RegisterResourceOutputs"}},
		"created inside Apply": {inPlatform(func(ctx *pulumi.Context, p *platform) error {
			key, err := part(ctx, "aws:ec2/route:Route", "web-key", nil, pulumi.Parent(p))
			created := key.Arn.ApplyT(func(string) (string, error) {
				_, err := part(ctx, "aws:ec2/route:Route", "web-late", nil, pulumi.Parent(p))
				return "", err
			})
			ctx.Export("late", created)
			return err
		}), []string{"preview: aws:ec2/route:Route web-late is not in the preview"}},
		"only in preview": {inPlatform(func(ctx *pulumi.Context, p *platform) error {
			if !ctx.DryRun() {
				return nil
			}
			_, err := part(ctx, "aws:ec2/route:Route", "web-early", nil, pulumi.Parent(p))
			return err
		}), []string{"web-early is only in the preview"}},
		"fails in a preview": {func(ctx *pulumi.Context) error {
			if ctx.DryRun() {
				return errors.New("cannot preview")
			}
			return nil
		}, []string{"preview: the program fails in a preview", "cannot preview"}},
		"invoke": {func(ctx *pulumi.Context) error {
			var answer map[string]any
			_ = ctx.Invoke("aws:rds/getInstance:getInstance", map[string]any{}, &answer)
			return nil
		}, []string{"aws:rds/getInstance:getInstance"}},
		"several at once": {func(ctx *pulumi.Context) error {
			_, err := part(ctx, "aws:ec2/vpc:Vpc", "one", nil)
			_, second := part(ctx, "aws:ec2/vpc:Vpc", "two", nil)
			return errors.Join(err, second)
		}, []string{"4 finding(s)", "Vpc one belongs", "Vpc two belongs", "Vpc one lacks", "Vpc two lacks"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireFinding(t, c.program, c.want, RequireTags(map[string]string{"team": "a"}), SecretValues(secret))
		})
	}
}

func TestChecksPass(t *testing.T) {
	for name, program := range map[string]pulumi.RunFunc{
		"tagged group": onePart("aws:autoscaling/group:Group", "web-g", pulumi.Map{"tags": pulumi.Array{pulumi.Map{
			"key": pulumi.String("team"), "value": pulumi.String("a"), "propagateAtLaunch": pulumi.Bool(true)}}}),
		"default tags of the provider": func(ctx *pulumi.Context) error {
			provider := &pulumi.ProviderResourceState{}
			inputs := pulumi.Map{"defaultTags": pulumi.String(`{"tags":{"team":"a"}}`)}
			if err := ctx.RegisterResource("pulumi:providers:aws", "aws", inputs, provider); err != nil {
				return err
			}
			p := &platform{}
			err := ctx.RegisterComponentResource("test:index:Platform", "web", p, pulumi.Providers(provider))
			_, other := part(ctx, "aws:ec2/vpc:Vpc", "web-vpc", nil, pulumi.Parent(p))
			return errors.Join(err, other, ctx.RegisterResourceOutputs(p, pulumi.Map{}))
		},
		"names that are the same in every partition": onePart("aws:ec2/route:Route", "web-r", pulumi.Map{
			"policy": pulumi.JSONMarshal(map[string]any{"Statement": []any{map[string]any{
				"Principal": map[string]any{"Service": []string{"ec2.amazonaws.com"}}}}}),
			"label": pulumi.String("eks.amazonaws.com/nodegroup"), "node": pulumi.String("key=vpc.amazonaws.com/eni:NoSchedule"),
		}),
		"the component's own name": onePart("aws:ec2/route:Route", "web", nil),
		"marked secret":            onePart("aws:ec2/route:Route", "web-r", pulumi.Map{"password": pulumi.ToSecret(pulumi.String(secret))}),
		"secret export": func(ctx *pulumi.Context) error {
			ctx.Export("door", pulumi.ToSecret(pulumi.String(secret)))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			Run(t, program, RequireTags(map[string]string{"team": "a"}), SecretValues(secret))
		})
	}
}

func TestWithoutCheck(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		_, err := part(ctx, "aws:ec2/route:Route", "one", nil)
		_, second := part(ctx, "aws:ec2/route:Route", "two", nil)
		return errors.Join(err, second)
	}
	Run(t, program, WithoutCheck(CheckOrphan, "given by the test"))
	failures := failuresOf(func(t testing.TB) { Run(t, program, WithoutCheck(CheckOrphan, "given by the test", "one")) })
	assert.Contains(t, failures, "Route two belongs")
	assert.NotContains(t, failures, "Route one belongs")
	assert.Contains(t, failuresOf(func(t testing.TB) { Run(t, program, WithoutCheck(CheckOrphan, " ")) }), "needs a reason")
}

func TestFail(t *testing.T) {
	refuse := errors.New("subnets: want at least two")
	register := func(ctx *pulumi.Context) error {
		_, err := part(ctx, "aws:ec2/route:Route", "early", nil)
		return errors.Join(err, refuse)
	}
	require.ErrorContains(t, Fail(t, func(*pulumi.Context) error { return refuse }), refuse.Error())
	require.ErrorContains(t, Fail(t, register, MayRegister()), refuse.Error())
	for name, c := range map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"registers": {register, "registered resources before it failed"},
		"succeeds":  {func(*pulumi.Context) error { return nil }, "an error was expected"},
		"panics":    {func(*pulumi.Context) error { panic("nil args") }, "panic: nil args"},
		"invokes": {func(ctx *pulumi.Context) error {
			var answer map[string]any
			return ctx.Invoke("aws:rds/getInstance:getInstance", map[string]any{}, &answer)
		}, "for a reason of the test"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, failuresOf(func(t testing.TB) { _ = Fail(t, c.program) }), c.want)
		})
	}
}

func TestUnresolvedOutputsAndErrorsInThem(t *testing.T) {
	requireFinding(t, func(ctx *pulumi.Context) error {
		output, _, _ := ctx.NewOutput()
		ctx.Export("never", output)
		return nil
	}, []string{"it waits for an output that nothing resolves"}, Timeout(500_000_000))
	requireFinding(t, func(ctx *pulumi.Context) error {
		ctx.Export("broken", pulumi.String("x").ToStringOutput().ApplyT(func(string) (string, error) {
			return "", errors.New("inside apply")
		}))
		return nil
	}, []string{"the program failed", "inside apply"})
	requireFinding(t, func(*pulumi.Context) error { panic("require") }, []string{"panic: require", "checks_test.go"})
}

func TestUnpackedTexts(t *testing.T) {
	inner := base64.StdEncoding.EncodeToString([]byte("very " + secret))
	mime := "Content-Type: text/plain\n\n" + inner + "\n--end--"
	wrapped := base64.StdEncoding.EncodeToString([]byte(mime))
	lines := wrapped[:20] + "\n" + wrapped[20:]
	found := exposed(resource.PropertyMap{"script": resource.NewProperty(lines)}, secret)
	require.Len(t, found, 1)
	assert.Equal(t, 2, strings.Count(found[0].path, "(decoded)"))
}

func tags(team string) pulumi.StringMap { return pulumi.StringMap{"team": pulumi.String(team)} }
