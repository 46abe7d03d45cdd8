package harness

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

// recorder stands in for the test that a check must fail. As in testing, Fatalf ends the goroutine.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(stopped{})
}

type stopped struct{}

// failuresOf returns what a test reports, as one text.
func failuresOf(test func(t testing.TB)) string {
	r := &recorder{}
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		defer func() {
			if value := recover(); value != nil {
				if _, ok := value.(stopped); !ok {
					panic(value)
				}
			}
		}()
		test(r)
	}()
	wait.Wait()
	return strings.Join(r.failures, "\n")
}

// requireFinding asserts that Run reports the texts.
func requireFinding(t *testing.T, program pulumi.RunFunc, texts []string, opts ...Option) {
	t.Helper()
	failures := failuresOf(func(t testing.TB) { Run(t, program, opts...) })
	for _, text := range texts {
		require.Contains(t, failures, text)
	}
}

type platform struct{ pulumi.ResourceState }

// custom is a custom resource with the outputs that the tests read.
type custom struct {
	pulumi.CustomResourceState
	Arn  pulumi.StringOutput `pulumi:"arn"`
	Name pulumi.StringOutput `pulumi:"name"`
}

// part registers a custom resource below a parent.
func part(ctx *pulumi.Context, typ, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*custom, error) {
	res := &custom{}
	if inputs == nil {
		inputs = pulumi.Map{}
	}
	return res, ctx.RegisterResource(typ, name, inputs, res, opts...)
}

// inPlatform runs body with a component that registers its outputs.
func inPlatform(body func(*pulumi.Context, *platform) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		component := &platform{}
		if err := ctx.RegisterComponentResource("test:index:Platform", "web", component); err != nil {
			return err
		}
		if err := body(ctx, component); err != nil {
			return err
		}
		return ctx.RegisterResourceOutputs(component, pulumi.Map{"ready": pulumi.Bool(true)})
	}
}

// onePart is a platform with one resource that breaks, or does not break, a check.
func onePart(typ, name string, inputs pulumi.Map) pulumi.RunFunc {
	return inPlatform(func(ctx *pulumi.Context, p *platform) error {
		_, err := part(ctx, typ, name, inputs, pulumi.Parent(p))
		return err
	})
}
