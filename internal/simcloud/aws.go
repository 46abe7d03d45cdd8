package simcloud

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/awscloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// awsProvider is the provider aws on one connection.
type awsProvider struct {
	provider
	place       awscloud.Place
	defaultTags resource.PropertyMap
}

func (c *Cloud) connectAWS() pulumirpc.ResourceProviderServer {
	region := c.options.Region
	if region == "" {
		region = awscloud.DefaultRegion
	}
	return plugin.NewProviderServer(&awsProvider{
		provider: newProvider(c, awsVersion),
		place:    awscloud.Place{Region: region, Account: awscloud.AccountID},
	})
}

// Configure takes the region and the default tags.
func (p *awsProvider) Configure(_ context.Context, r plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	if region := inventory.Text(r.Inputs, "region"); region != "" {
		p.place.Region = region
	}
	if tags, ok := structured(r.Inputs, "defaultTags"); ok {
		if inner, ok := inventory.At(tags, "tags"); ok && inner.IsObject() {
			p.defaultTags = inner.ObjectValue()
		}
	}
	return plugin.ConfigureResponse{}, nil
}

// structured reads a configuration value that is an object, or JSON text of one: providers
// get the latter from programs.
func structured(inputs resource.PropertyMap, name string) (resource.PropertyMap, bool) {
	v, ok := inventory.At(inputs, name)
	if ok && v.IsString() {
		var decoded map[string]any
		if json.Unmarshal([]byte(v.StringValue()), &decoded) != nil {
			return nil, false
		}
		return resource.NewPropertyMapFromMap(decoded), true
	}
	if !ok || !v.IsObject() {
		return nil, false
	}
	return v.ObjectValue(), true
}

const defaultsKey = "__defaults"

// Check fills in the generated name and the default tags, and refuses what lacks a
// required property.
func (p *awsProvider) Check(_ context.Context, r plugin.CheckRequest) (plugin.CheckResponse, error) {
	inputs, typ := r.News.Copy(), string(r.Type)
	delete(inputs, defaultsKey)
	defaults := []resource.PropertyValue{}
	named, err := p.name(r, inputs)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if named != "" {
		defaults = append(defaults, inventory.String(named))
	}
	facts, known := awscloud.FactsOf(typ)
	if facts.Tags || !known && inputs.HasValue("tags") {
		p.addDefaultTags(inputs)
	}
	var failures []plugin.CheckFailure
	for _, name := range awscloud.Missing(typ, inputs) {
		failures = append(failures, plugin.CheckFailure{
			Property: resource.PropertyKey(name), Reason: awscloud.MissingReason(typ, name),
		})
	}
	inputs[defaultsKey] = resource.NewArrayProperty(defaults)
	return plugin.CheckResponse{Properties: inputs, Failures: failures}, nil
}

// name fills in a generated name where the program gives none, the same as before for a
// resource that exists, and returns the property that it filled.
func (p *awsProvider) name(r plugin.CheckRequest, inputs resource.PropertyMap) (string, error) {
	facts, _ := awscloud.FactsOf(string(r.Type))
	key := resource.PropertyKey(facts.Named)
	if key == "" || inputs.HasValue(key) || inputs.HasValue(key+"Prefix") {
		return "", nil
	}
	if old, ok := r.Olds[key]; ok && wasDefault(r.Olds, facts.Named) {
		inputs[key] = old
		return facts.Named, nil
	}
	if r.Autonaming != nil && r.Autonaming.Mode == plugin.AutonamingModeDisabled {
		return "", nil
	}
	if r.Autonaming != nil && r.Autonaming.ProposedName != "" {
		inputs[key] = inventory.String(r.Autonaming.ProposedName)
		return facts.Named, nil
	}
	name, err := awscloud.GenerateName(string(r.Type), r.URN.Name(), r.RandomSeed)
	if err != nil {
		return "", fmt.Errorf("naming %s: %w", r.URN, err)
	}
	inputs[key] = inventory.String(name)
	return facts.Named, nil
}

// wasDefault says whether a property of old inputs was filled in by the provider.
func wasDefault(olds resource.PropertyMap, name string) bool {
	return slices.Contains(inventory.Texts(olds, defaultsKey), name)
}

// addDefaultTags puts the provider's tags below those of the resource.
func (p *awsProvider) addDefaultTags(inputs resource.PropertyMap) {
	if len(p.defaultTags) == 0 {
		return
	}
	tags := p.defaultTags.Copy()
	if own, ok := inputs["tags"]; ok {
		if own.IsComputed() {
			return
		}
		if plain := inventory.Plain(own); plain.IsObject() {
			for key, value := range plain.ObjectValue() {
				tags[key] = value
			}
		}
	}
	inputs["tags"] = resource.NewObjectProperty(tags)
}

// Diff compares inputs.
func (p *awsProvider) Diff(_ context.Context, r plugin.DiffRequest) (plugin.DiffResponse, error) {
	return awscloud.Diff(string(r.Type), r.OldInputs, r.NewInputs), nil
}

func (p *awsProvider) request(urn resource.URN, typ tokens.Type, inputs resource.PropertyMap) awscloud.Request {
	return awscloud.Request{Place: p.place, Type: string(typ), Name: urn.Name(), Inputs: inputs}
}

// Create makes a resource, or shows what would be made.
func (p *awsProvider) Create(ctx context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
	request := p.request(r.URN, r.Type, r.Properties)
	if r.Preview {
		return plugin.CreateResponse{Properties: p.preview(request)}, nil
	}
	var made Resource
	op := Operation{Kind: Create, Type: request.Type, Name: request.Name, URN: string(r.URN)}
	err := p.operate(ctx, op, func() (string, error) {
		err := p.cloud.mutate(func(v *inventory.Inventory) error {
			request.Existing, request.Seed = v, fmt.Sprint(r.URN, v.Next())
			var err error
			if made, err = awscloud.New(request); err != nil {
				return err
			}
			made.URN = string(r.URN)
			return v.Add(made)
		})
		return made.ID, err
	})
	if err == nil {
		err = p.signal(op, made)
	}
	return plugin.CreateResponse{ID: resource.ID(made.ID), Properties: made.Outputs}, err
}

func (p *awsProvider) preview(request awscloud.Request) (out resource.PropertyMap) {
	_ = p.cloud.look(func(v *inventory.Inventory) error {
		request.Existing, request.Seed = v, "preview"
		out = awscloud.Preview(request)
		return nil
	}) // the function above returns no error
	return out
}

// Read returns what exists, or nothing when it is gone.
func (p *awsProvider) Read(_ context.Context, r plugin.ReadRequest) (plugin.ReadResponse, error) {
	return p.read(string(r.Type), "", r)
}

// Update changes a resource, or shows what it would be like.
func (p *awsProvider) Update(ctx context.Context, r plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	request := p.request(r.URN, r.Type, r.NewInputs)
	request.ID, request.Previous = string(r.ID), r.OldOutputs
	if r.Preview {
		return plugin.UpdateResponse{Properties: awscloud.PreviewUpdate(request)}, nil
	}
	var before, changed Resource
	op := Operation{Kind: Update, Type: request.Type, Name: request.Name, URN: string(r.URN), ID: request.ID}
	err := p.operate(ctx, op, func() (string, error) {
		return request.ID, p.cloud.mutate(func(v *inventory.Inventory) error {
			old, ok := v.Get(request.Type, "", request.ID)
			if !ok {
				return fmt.Errorf("updating %s (%s): couldn't find resource", request.Type, request.ID)
			}
			if strings.HasPrefix(request.Type, "aws:cloudformation/stack:") && failed(old) {
				return fmt.Errorf("updating CloudFormation Stack (%s): ValidationError: Stack:%s is in ROLLBACK_COMPLETE state and can not be updated.",
					old.ID, old.ID)
			}
			request.Existing, request.Seed, request.Previous = v, fmt.Sprint(r.URN, old.Serial), old.Outputs
			before, changed = old, old
			changed.Inputs, changed.Outputs = request.Inputs, awscloud.Outputs(request)
			return v.Replace(changed)
		})
	})
	if err == nil {
		err = p.signalUpdate(op, before, changed)
	}
	return plugin.UpdateResponse{Properties: changed.Outputs}, err
}

// Delete removes a resource, unless AWS would say that it is in use. What is gone already
// counts as deleted.
func (p *awsProvider) Delete(ctx context.Context, r plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	op := Operation{Kind: Delete, Type: string(r.Type), Name: r.URN.Name(), URN: string(r.URN), ID: string(r.ID)}
	return plugin.DeleteResponse{}, p.operate(ctx, op, func() (string, error) {
		return op.ID, p.cloud.mutate(func(v *inventory.Inventory) error {
			existing, ok := v.Get(op.Type, "", op.ID)
			if !ok {
				return nil
			}
			if err := awscloud.InUse(v, existing); err != nil {
				return err
			}
			awscloud.Remove(v, existing)
			return nil
		})
	})
}

// Invoke answers data sources.
func (p *awsProvider) Invoke(_ context.Context, r plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	var answer resource.PropertyMap
	err := p.cloud.look(func(v *inventory.Inventory) error {
		var err error
		answer, err = awscloud.Invoke(awscloud.Call{Place: p.place, Token: string(r.Tok), Args: r.Args, Existing: v})
		return err
	})
	return plugin.InvokeResponse{Properties: answer}, err
}
