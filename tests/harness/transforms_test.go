package harness_test

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

func TestTransformsReachAResourceAndItsDescendants(t *testing.T) {
	t.Parallel()
	paint := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Type != "test:index:Thing" {
			return nil
		}
		args.Props["color"] = pulumi.String("blue")
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
	graph := harness.Run(t, func(ctx *pulumi.Context) error {
		var group pulumi.ResourceState
		err := ctx.RegisterComponentResource("test:index:Group", "group", &group, pulumi.Transforms([]pulumi.ResourceTransform{paint}))
		if err != nil {
			return err
		}
		var thing pulumi.CustomResourceState
		if err := ctx.RegisterResource("test:index:Thing", "group-thing", pulumi.Map{"size": pulumi.Int(1)}, &thing, pulumi.Parent(&group)); err != nil {
			return err
		}
		return ctx.RegisterResourceOutputs(&group, pulumi.Map{})
	})
	thing := graph.One("test:index:Thing", "group-thing")
	assert.Equal(t, "blue", thing.String("color"))
	assert.Equal(t, 1, thing.Int("size"))
}
