package awscloud

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// Place is where a provider works.
type Place struct {
	// Region is the provider's region.
	Region string
	// Account is the provider's account.
	Account string
}

// partitionChina has domains of its own.
const partitionChina = "aws-cn"

// Partition is the AWS partition that the region is in.
func (p Place) Partition() string {
	switch {
	case strings.HasPrefix(p.Region, "cn-"):
		return partitionChina
	case strings.HasPrefix(p.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// DNSSuffix is the domain of the partition's endpoints.
func (p Place) DNSSuffix() string {
	if p.Partition() == partitionChina {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// ARN makes an ARN in the place's region and account.
func (p Place) ARN(service, rest string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", p.Partition(), service, p.Region, p.Account, rest)
}

// GlobalARN makes an ARN of a service that has no regions, such as IAM.
func (p Place) GlobalARN(service, rest string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", p.Partition(), service, p.Account, rest)
}

// Request is a resource as it is asked for.
type Request struct {
	Place
	// Type is the type token.
	Type string
	// Name is the logical name in the program.
	Name string
	// Inputs are the checked inputs.
	Inputs resource.PropertyMap
	// ID is the id: set when outputs are computed, empty when the id itself is.
	ID string
	// Previous are the outputs before an update, nil for a new resource.
	Previous resource.PropertyMap
	// Existing is what is there already.
	Existing *inventory.Inventory
	// Seed makes generated identifiers differ between resources.
	Seed string
}

// Text returns a string of the inputs, or "".
func (r Request) Text(path string) string { return inventory.Text(r.Inputs, path) }

// Hex returns n hexadecimal digits that belong to this resource and purpose alone.
func (r Request) Hex(n int, purpose string) string { return inventory.Hex(n, r.Seed, purpose) }

// Or returns a string of the inputs, or otherwise when there is none.
func (r Request) Or(path, otherwise string) string {
	if s := r.Text(path); s != "" {
		return s
	}
	return otherwise
}

// Kept returns the earlier value of an output, or fresh for a new resource. Identifiers
// that a cloud makes up once go through it.
func (r Request) Kept(property, fresh string) string {
	if s := inventory.Text(r.Previous, property); s != "" {
		return s
	}
	return fresh
}

// Use is a way in which another type holds on to a resource.
type Use struct {
	// By is the type that refers to the resource.
	By string
	// Path is the property of By that holds the reference.
	Path string
	// Of is the property of the referred resource that Path repeats; "" means its id.
	Of string
}

// Refusal is how AWS words that a resource cannot be deleted.
type Refusal func(r inventory.Resource, user inventory.Resource) string

// Spec says how a type behaves beyond its facts.
type Spec struct {
	// ID makes the id of a new resource.
	ID func(Request) string
	// Outputs computes what the inputs do not give. Called at creation and at update.
	Outputs func(Request) map[string]any
	// Renewed lists outputs that an update changes, unknown when it is previewed.
	Renewed []string
	// Unique is the property, or properties, that must differ from those of every other resource of the type.
	Unique []string
	// Taken is how AWS words that a unique name is taken.
	Taken func(Request) string
	// Validate refuses what AWS would refuse when the resource is created.
	Validate func(Request) error
	// Uses are the references that keep the resource from being deleted.
	Uses []Use
	// InUse words the refusal to delete it.
	InUse Refusal
	// ReplaceWhen names further properties whose change replaces the resource as it is asked for.
	ReplaceWhen func(inputs resource.PropertyMap) []string
	// NameLimit is the greatest length of a generated name; 0 means 255.
	NameLimit int
	// NameLower says that generated names are in lower case.
	NameLower bool
}

// SpecOf returns how a type behaves; types without an entry get the generic behaviour.
func SpecOf(typ string) Spec {
	spec := specs()[typ]
	if spec.ID == nil {
		spec.ID = genericID
	}
	if spec.Outputs == nil {
		spec.Outputs = genericOutputs
	}
	return spec
}

// Known says whether a type has an entry of its own.
func Known(typ string) bool {
	_, ok := specs()[typ]
	return ok
}

// specs joins the tables of all services.
func specs() map[string]Spec {
	all := map[string]Spec{}
	for _, table := range []map[string]Spec{
		networkSpecs, securityGroupSpecs, computeSpecs, loadBalancerSpecs, iamSpecs, s3Specs, kmsSpecs, ecrSpecs,
		eksSpecs, glueSpecs, athenaSpecs, lakeFormationSpecs, ssmSpecs, secretSpecs, monitoringSpecs,
		certificateSpecs, dnsSpecs, cloudFormationSpecs,
	} {
		maps.Copy(all, table)
	}
	return all
}
