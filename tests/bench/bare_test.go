package bench_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// bare registers the nodes and nothing else: the same types, names, parents, inputs and dependencies, without decisions,
// documents, invokes, validation or remote components.
func bare(nodes []node) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		b := &bareProgram{ctx: ctx, nodes: indexed(nodes), made: map[string]pulumi.Resource{}}
		for _, n := range nodes {
			if err := b.register(n); err != nil {
				return fmt.Errorf("registering %s: %w", n.urn, err)
			}
		}
		return nil
	}
}

type bareProgram struct {
	ctx   *pulumi.Context
	nodes map[string]node
	made  map[string]pulumi.Resource
}

// bareComponent is a component without outputs.
type bareComponent struct{ pulumi.ResourceState }

// bareProvider is an explicit provider.
type bareProvider struct{ pulumi.ProviderResourceState }

// bareResource has the outputs that inputs of other resources are made of, beside the ID.
type bareResource struct {
	pulumi.CustomResourceState

	ARN           pulumi.AnyOutput `pulumi:"arn"`
	UniqueID      pulumi.AnyOutput `pulumi:"uniqueId"`
	Endpoint      pulumi.AnyOutput `pulumi:"endpoint"`
	Authority     pulumi.AnyOutput `pulumi:"certificateAuthority"`
	Identities    pulumi.AnyOutput `pulumi:"identities"`
	VPCConfig     pulumi.AnyOutput `pulumi:"vpcConfig"`
	RepositoryURL pulumi.AnyOutput `pulumi:"repositoryUrl"`
}

// varying are the names of the outputs above, in the order of values.
var varying = []string{"arn", "uniqueId", "endpoint", "certificateAuthority", "identities", "vpcConfig", "repositoryUrl"}

func (r *bareResource) values() []any {
	return []any{r.ID(), r.ARN, r.UniqueID, r.Endpoint, r.Authority, r.Identities, r.VPCConfig, r.RepositoryURL}
}

func (b *bareProgram) register(n node) error {
	options := b.options(n)
	switch {
	case n.isProvider():
		made := &bareProvider{}
		b.made[n.urn] = made
		return b.ctx.RegisterResource(n.typ, n.name, b.inputs(n), made, options...)
	case n.custom:
		made := &bareResource{}
		b.made[n.urn] = made
		return b.ctx.RegisterResource(n.typ, n.name, b.inputs(n), made, options...)
	}
	made := &bareComponent{}
	b.made[n.urn] = made
	return b.ctx.RegisterComponentResource(n.typ, n.name, made, options...)
}

func (b *bareProgram) options(n node) []pulumi.ResourceOption {
	var options []pulumi.ResourceOption
	if parent, ok := b.made[n.parent]; ok {
		options = append(options, pulumi.Parent(parent))
	}
	if provider, ok := b.made[n.provider].(pulumi.ProviderResource); ok && n.custom {
		options = append(options, pulumi.Provider(provider))
	}
	var after []pulumi.Resource
	for _, urn := range n.dependencies {
		if needed, ok := b.made[urn]; ok {
			after = append(after, needed)
		}
	}
	return append(options, pulumi.DependsOn(after))
}

// inputs are the node's own, with what belongs to the other resources of the earlier deployment replaced by what these
// are now.
func (b *bareProgram) inputs(n node) pulumi.Map {
	inputs := pulumi.Map{}
	for key, value := range n.inputs {
		if strings.HasPrefix(key, "__") {
			continue // the engine's own
		}
		value, secret := revealed(value)
		input := b.current(value, n.byInput[key])
		if secret {
			input = pulumi.ToSecret(input)
		}
		inputs[key] = input
	}
	return inputs
}

// current is an input as it would be if it were made of the outputs of the resources that it depends on.
func (b *bareProgram) current(value any, urns []string) pulumi.Input {
	var before [][]string
	var now []any
	urns = slices.Clone(urns)
	for _, urn := range urns {
		urns = append(urns, descendants(urn, b.nodes)...) // what a component gives comes from what is in it
	}
	for _, urn := range urns {
		made, ok := b.made[urn].(*bareResource)
		if was := b.nodes[urn]; ok && was.id != "" {
			before = append(before, was.values()...)
			now = append(now, made.values()...)
		}
	}
	if len(now) == 0 {
		return pulumi.Any(value)
	}
	return pulumi.All(now...).ApplyT(func(now []any) any {
		var pairs []string
		for i, texts := range before {
			for j, text := range leaves(now[i]) {
				if j < len(texts) && texts[j] != "" && texts[j] != text {
					pairs = append(pairs, texts[j], text)
				}
			}
		}
		return replaced(value, strings.NewReplacer(pairs...))
	}).(pulumi.AnyOutput)
}

// values are the texts in the node's outputs, as bareResource.values has them.
func (n node) values() [][]string {
	all := [][]string{{n.id}}
	for _, name := range varying {
		value, _ := revealed(n.outputs[name])
		all = append(all, leaves(value))
	}
	return all
}

// leaves are the texts in a value, in a fixed order.
func leaves(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case pulumi.ID:
		return []string{string(v)}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, leaves(item)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, key := range sortedKeys(v) {
			all = append(all, leaves(v[key])...)
		}
		return all
	}
	return nil
}

// replaced is a copy of a value with texts replaced.
func replaced(value any, by *strings.Replacer) any {
	switch v := value.(type) {
	case string:
		return by.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = replaced(item, by)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = replaced(item, by)
		}
		return out
	}
	return value
}

// revealed is the value of a secret in an exported state, or the value itself.
func revealed(value any) (plain any, secret bool) {
	object, ok := value.(map[string]any)
	if !ok || object[resource.SigKey] != resource.SecretSig {
		return value, false
	}
	text, _ := object["plaintext"].(string)
	if err := json.Unmarshal([]byte(text), &plain); err != nil {
		return nil, true
	}
	return plain, true
}
