package synth

import (
	"sort"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Graph is what one execution of a program registered.
type Graph struct {
	// Resources are sorted by URN. The stack itself is not among them.
	Resources []*Resource
	// Exports are the outputs of the stack, secrets marked.
	Exports resource.PropertyMap
	// Messages are what the program logged, warnings included, in order of arrival.
	Messages []Message
	// Location is where the program ran.
	Location Location

	// Root is the URN of the stack.
	Root string
	// Unexpected are the tokens of invokes and calls that nothing answers.
	Unexpected []string

	byURN map[string]*Resource
}

// Message is a line that the program logged with ctx.Log.
type Message struct {
	// Severity is DEBUG, INFO, WARNING or ERROR.
	Severity string
	// Text is the message.
	Text string
	// URN is the resource that the message is about, or the stack's.
	URN string
}

// Resource is one registered or read resource.
type Resource struct {
	Type, Name, URN string
	// ParentURN is the stack's where the program named no parent.
	ParentURN string
	// Inputs hold secrets as secret values and, in a preview, unknowns as computed values.
	Inputs resource.PropertyMap
	// Outputs are what a component passed to RegisterResourceOutputs; nil when it did not.
	Outputs resource.PropertyMap
	// ID and State are what the cloud answered when it was made: its inputs, and what AWS computes.
	ID    string
	State resource.PropertyMap
	// Custom is true for what a provider manages, false for components. Remote is true for a component that a provider
	// makes. Read is true for what exists already and is only looked up.
	Custom, Remote, Read bool
	// Options are the resource options.
	Options Options
}

// Options are the resource options as the engine receives them.
type Options struct {
	// Protect keeps the resource from being deleted. RetainOnDelete leaves it in the cloud when the stack forgets it.
	Protect, RetainOnDelete bool
	// DeleteBeforeReplace is nil where the program leaves the order to the provider.
	DeleteBeforeReplace *bool
	// IgnoreChanges, ReplaceOnChanges and AdditionalSecretOutputs are paths of properties.
	IgnoreChanges, ReplaceOnChanges, AdditionalSecretOutputs []string
	// Aliases are URNs, or "name=… type=… parent=…" for partial ones.
	Aliases []string
	// Provider is the URN of the explicit provider, without its ID; empty for the default provider.
	Provider string
	// Providers are a component's providers by package.
	Providers map[string]string
	// Dependencies are URNs of everything that this resource waits for; PropertyDependencies say which input brought them.
	Dependencies         []string
	PropertyDependencies map[string][]string
	// DeletedWith is the URN of the resource whose deletion deletes this one too.
	DeletedWith string
	// CustomTimeouts bound the provider's operations.
	CustomTimeouts Timeouts
	// Version is the provider plugin's; empty for any.
	Version string
	// ImportID is the cloud's id of what the resource is to take over.
	ImportID string
}

// Timeouts are the custom timeouts, zero where not set.
type Timeouts struct{ Create, Update, Delete time.Duration }

// graph takes a snapshot of the recording.
func (m *monitor) graph() *Graph {
	m.mu.Lock()
	defer m.mu.Unlock()
	g := &Graph{
		Exports: m.outputs[m.root], Location: m.settings.Location, Root: m.root,
		Messages: append([]Message(nil), m.logs...), Unexpected: append([]string(nil), m.unexpected...),
		Resources: append([]*Resource(nil), m.resources...), byURN: map[string]*Resource{},
	}
	for i, res := range g.Resources {
		own := *res
		own.Outputs = m.outputs[res.URN]
		g.Resources[i] = &own
		g.byURN[res.URN] = &own
	}
	sort.SliceStable(g.Resources, func(i, j int) bool { return g.Resources[i].URN < g.Resources[j].URN })
	return g
}

func registered(urn string, in *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) *Resource {
	options := Options{
		Protect: in.GetProtect(), RetainOnDelete: in.GetRetainOnDelete(), IgnoreChanges: in.GetIgnoreChanges(),
		ReplaceOnChanges: in.GetReplaceOnChanges(), AdditionalSecretOutputs: in.GetAdditionalSecretOutputs(),
		Aliases: aliases(in), Provider: providerURN(in.GetProvider()), Dependencies: sorted(in.GetDependencies()),
		DeletedWith: in.GetDeletedWith(), CustomTimeouts: timeouts(in.GetCustomTimeouts()), Version: in.GetVersion(),
		ImportID: in.GetImportId(), Providers: map[string]string{}, PropertyDependencies: map[string][]string{},
	}
	if in.GetDeleteBeforeReplaceDefined() {
		value := in.GetDeleteBeforeReplace()
		options.DeleteBeforeReplace = &value
	}
	for pkg, ref := range in.GetProviders() {
		options.Providers[pkg] = providerURN(ref)
	}
	for key, deps := range in.GetPropertyDependencies() {
		if len(deps.GetUrns()) > 0 {
			options.PropertyDependencies[key] = sorted(deps.GetUrns())
		}
	}
	return &Resource{Type: in.GetType(), Name: in.GetName(), URN: urn, ParentURN: in.GetParent(), Inputs: inputs,
		Custom: in.GetCustom(), Remote: in.GetRemote(), Options: options}
}

func read(urn string, in *pulumirpc.ReadResourceRequest, inputs resource.PropertyMap) *Resource {
	return &Resource{Type: in.GetType(), Name: in.GetName(), URN: urn, ParentURN: in.GetParent(), Inputs: inputs,
		Custom: true, Read: true, Options: Options{
			Provider: providerURN(in.GetProvider()), Dependencies: sorted(in.GetDependencies()), Version: in.GetVersion(),
			ImportID: in.GetId(),
		}}
}

func aliases(in *pulumirpc.RegisterResourceRequest) []string {
	all := append([]string(nil), in.GetAliasURNs()...)
	for _, alias := range in.GetAliases() {
		if urn := alias.GetUrn(); urn != "" {
			all = append(all, urn)
			continue
		}
		all = append(all, partialAlias(alias.GetSpec()))
	}
	return sorted(all)
}

func partialAlias(spec *pulumirpc.Alias_Spec) string {
	var parts []string
	for _, part := range []struct{ key, value string }{
		{"name", spec.GetName()}, {"type", spec.GetType()}, {"stack", spec.GetStack()},
		{"project", spec.GetProject()}, {"parent", spec.GetParentUrn()},
	} {
		if part.value != "" {
			parts = append(parts, part.key+"="+part.value)
		}
	}
	if spec.GetNoParent() {
		parts = append(parts, "parent=none")
	}
	return strings.Join(parts, " ")
}

// providerURN cuts the ID off a provider reference: it is random in the engine and unknown in a preview.
func providerURN(ref string) string {
	if ref == "" {
		return ""
	}
	ref = strings.TrimSuffix(ref, unknownProvider)
	if i := strings.LastIndex(ref, "::"); strings.Count(ref, "::") > 3 && i > 0 {
		return ref[:i]
	}
	return ref
}

func timeouts(in *pulumirpc.RegisterResourceRequest_CustomTimeouts) Timeouts {
	parse := func(text string) time.Duration {
		limit, err := time.ParseDuration(text)
		if err != nil {
			return 0
		}
		return limit
	}
	return Timeouts{parse(in.GetCreate()), parse(in.GetUpdate()), parse(in.GetDelete())}
}

func sorted(texts []string) []string {
	own := append([]string(nil), texts...)
	sort.Strings(own)
	return own
}
