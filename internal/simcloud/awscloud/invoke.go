package awscloud

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// Call is a call of a data source.
type Call struct {
	Place
	// Token names the data source, such as aws:ec2/getVpc:getVpc.
	Token string
	// Args are its arguments.
	Args resource.PropertyMap
	// Existing is what there is to be found.
	Existing *inventory.Inventory
}

// Text returns a string of the arguments, or "".
func (c Call) Text(path string) string { return inventory.Text(c.Args, path) }

type answer func(Call) (map[string]any, error)

func dataSources() map[string]answer {
	all := map[string]answer{}
	for _, table := range []map[string]answer{accountData, networkData, computeData, serviceData} {
		maps.Copy(all, table)
	}
	return all
}

// Invoke answers a data source. The arguments are part of the answer, as with the real provider.
func Invoke(c Call) (resource.PropertyMap, error) {
	answer, ok := dataSources()[c.Token]
	if !ok {
		return nil, fmt.Errorf("the simulated cloud has no data source %s: it has %s", c.Token,
			strings.Join(slices.Sorted(maps.Keys(dataSources())), ", "))
	}
	values, err := answer(c)
	if err != nil {
		return nil, err
	}
	out := resource.PropertyMap{}
	for key, value := range c.Args {
		out[key] = value
	}
	maps.Copy(out, resource.NewPropertyMapFromMap(values))
	if _, ok := out["id"]; !ok {
		out["id"] = resource.NewStringProperty(c.Region)
	}
	return out, nil
}

// found answers with the outputs of an existing resource.
func found(r inventory.Resource, more map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range r.Outputs {
		out[string(key)] = value
	}
	out["id"] = r.ID
	maps.Copy(out, more)
	return out
}

// byFilters finds resources of a type that match id, tags and filters of a data source.
func byFilters(c Call, typ string, also func(inventory.Resource) bool) []inventory.Resource {
	var out []inventory.Resource
	for _, r := range c.Existing.OfType(typ) {
		if id := c.Text("id"); id != "" && r.ID != id {
			continue
		}
		if tagsMatch(c.Args, r) && filtersMatch(c.Args, r) && (also == nil || also(r)) {
			out = append(out, r)
		}
	}
	return out
}

func tagsMatch(args resource.PropertyMap, r inventory.Resource) bool {
	want, ok := inventory.At(args, "tags")
	if !ok || !want.IsObject() {
		return true
	}
	for key, value := range want.ObjectValue() {
		if inventory.Text(r.Outputs, "tags."+string(key)) != inventory.Plain(value).StringValue() {
			return false
		}
	}
	return true
}

// filterProperties are the EC2 filters that are understood, and the properties they look at.
var filterProperties = map[string]string{
	"vpc-id": "vpcId", "availability-zone": "availabilityZone", "cidr-block": "cidrBlock", "cidr": "cidrBlock",
	"map-public-ip-on-launch": "mapPublicIpOnLaunch", "group-name": "name",
}

func filtersMatch(args resource.PropertyMap, r inventory.Resource) bool {
	filters, ok := inventory.At(args, "filters")
	if !ok || !filters.IsArray() {
		return true
	}
	for _, item := range filters.ArrayValue() {
		filter := inventory.Plain(item).ObjectValue()
		name, values := inventory.Text(filter, "name"), inventory.Texts(filter, "values")
		path, ok := filterProperties[name]
		if tag, isTag := strings.CutPrefix(name, "tag:"); isTag {
			path, ok = "tags."+tag, true
		}
		if !ok {
			continue
		}
		value, _ := inventory.At(r.Outputs, path)
		text := fmt.Sprint(value.Mappable())
		if !slices.Contains(values, text) {
			return false
		}
	}
	return true
}

func one(what string, matches []inventory.Resource) (inventory.Resource, error) {
	switch len(matches) {
	case 1:
		return matches[0], nil
	case 0:
		return inventory.Resource{}, fmt.Errorf("no matching %s found", what)
	}
	return inventory.Resource{}, fmt.Errorf("multiple %ss matched; use additional constraints to reduce matches to a single %s", what, what)
}
