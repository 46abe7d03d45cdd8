package awscloud

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	randomDigits     = 7
	defaultNameLimit = 255
)

// GenerateName makes a physical name from a logical one, as pulumi-aws does: the logical
// name, a hyphen and seven random characters, within the type's limit.
func GenerateName(typ, logical string, seed []byte) (string, error) {
	spec := SpecOf(typ)
	limit := spec.NameLimit
	if limit == 0 {
		limit = defaultNameLimit
	}
	if spec.NameLower {
		logical = strings.ToLower(logical)
	}
	if typ == "aws:kms/alias:Alias" {
		logical = "alias/" + logical
	}
	prefix := logical + "-"
	if len(prefix) > limit-randomDigits {
		prefix = prefix[:limit-randomDigits]
	}
	return resource.NewUniqueName(seed, prefix, randomDigits, limit, nil)
}
