// Package stacks says what an environment is made of: typed settings in, components, outputs.
package stacks

import (
	"reflect"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/encryption"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/components/registry"
	"github.com/pulumi-dss/pulumi-dss/components/secrets"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// ProjectName is the name of the Pulumi project, and so the namespace of its configuration keys.
const ProjectName = "pulumi-dss"

// Config is what an environment is made of. The json names are the keys of Pulumi.yaml. The components' arguments take all
// the keys that their documentation names; what one component needs of another is filled in where it is left out, and so
// are tags, roles, the key, and the stack's consent to deleting data.
type Config struct {
	// Preset names the settings that hold where a stack's configuration is silent: [PresetDev] or [PresetProd]. Go
	// programs get them from [NewConfig]. Default: [DefaultPreset].
	Preset string `json:"preset,omitempty"`
	// Name is the platform's name: the prefix of its resources, and of the names that AWS wants fixed. Default: `dss-`
	// and the stack's name.
	Name string `json:"name,omitempty"`
	// Tags are put on everything.
	Tags map[string]string `json:"tags,omitempty"`
	// Roles are settings of every IAM role.
	Roles role.Settings `json:"roles,omitempty"`
	// AllowDataDeletion is the stack's key to the deletion of data. It takes that of the component, too
	// (`deleteData`). Default: false.
	AllowDataDeletion bool `json:"allowDataDeletion,omitempty"`
	// KMSKeyARN is the key that everything is encrypted with, unless a component is given another. Its policy has to let
	// CloudWatch Logs use it, and principals of the account through EC2. Default: one is made.
	KMSKeyARN string `json:"kmsKeyArn,omitempty"`
	// Encryption are the arguments of the key that is made.
	Encryption encryption.EncryptionKeyArgs `json:"encryption,omitempty"`
	// Network are the arguments of the VPC.
	Network network.NetworkArgs `json:"network,omitempty"`
	// Secrets are the arguments of the secrets that outlive the host: DSS's administrator, its API key, its licence.
	Secrets secrets.PlatformSecretsArgs `json:"secrets,omitempty"`
	// DSS are the arguments of the host that DSS runs on.
	DSS dss.DSSInstanceArgs `json:"dss,omitempty"`
	// Registry are the arguments of the image registry. The default prefix is the platform's name.
	Registry registry.ECRRegistryArgs `json:"registry,omitempty"`
	// Catalog are the arguments of the Glue databases and Athena workgroups. Default: one of each, called after the
	// platform.
	Catalog catalog.GlueAthenaCatalogArgs `json:"catalog,omitempty"`
	// Lake are the arguments of the zones, and of DSS's connections to data in S3. Default: none.
	Lake lake.DataLakeArgs `json:"lake,omitempty"`
	// Compute are the arguments of the EKS cluster.
	Compute compute.ComputeEKSArgs `json:"compute,omitempty"`
	// DSSAccess is what DSS may do in the cluster.
	DSSAccess compute.DSSAccess `json:"dssAccess,omitempty"`
	// AWS is how to reach the account. It comes from the keys of the aws namespace.
	AWS AWSConfig `json:"-"`
}

// configKey is a key of Pulumi.yaml.
type configKey struct {
	name string
	kind reflect.Kind
}

// configKeys are the keys of the project's namespace, in the order of [Config].
func configKeys() []configKey {
	var keys []configKey
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "-" && len(f.Index) == 1 {
			keys = append(keys, configKey{name, f.Type.Kind()})
		}
	}
	return keys
}

// ConfigKeys are the names of the keys that the program reads in the project's namespace.
func ConfigKeys() []string {
	var names []string
	for _, key := range configKeys() {
		names = append(names, key.name)
	}
	return names
}
