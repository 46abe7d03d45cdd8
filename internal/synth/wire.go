package synth

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

func decode(object *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(object,
		plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true})
}

func encode(properties resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(properties,
		plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true})
}

// Stripped removes the marks of secrets and known outputs around a value, not those further in.
func Stripped(v resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput() && v.OutputValue().Known:
			v = v.OutputValue().Element
		default:
			return v
		}
	}
}

// IsUnknown says whether a value is one that a preview does not know yet.
func IsUnknown(v resource.PropertyValue) bool {
	return v.IsComputed() || v.IsOutput() && !v.OutputValue().Known
}
