// Package encryption makes the KMS key that a DSS platform encrypts its data with.
package encryption

import (
	"maps"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/sharing"
)

// Token is the component's type.
const Token = "dss:index:EncryptionKey"

// DefaultDescription is what the KMS console shows.
const DefaultDescription = "DSS platform"

// aliasPrefix is what the name of every alias begins with.
const aliasPrefix = "alias/"

// EncryptionKeyArgs are the arguments of [NewEncryptionKey].
type EncryptionKeyArgs struct {
	// Alias is the name of the key's alias, without `alias/`. It is one of its kind in the account and region, and
	// cannot begin with `aws/`. Default: the component's name.
	Alias string `pulumi:"alias,optional"`
	// Description says what the key is for. Default: [DefaultDescription].
	Description string `pulumi:"description,optional"`
	// SharedWith are other accounts, by their twelve digits, and ARNs of roles and users in them, that may decrypt with the key through S3
	// and Glue. It opens nothing by itself: they read what policies of buckets and of the Glue catalog let them. A stack adds those that
	// connections are shared with. Default: none.
	SharedWith []string `pulumi:"sharedWith,optional"`
	// DeleteData schedules the key for deletion on `destroy`, if AllowDataDeletion says so too. All that it encrypted is
	// lost with it, wherever that is. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's key to the deletion of data. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Tags are put on the key; aliases have none.
	Tags map[string]string `pulumi:"tags,optional"`
}

func (a EncryptionKeyArgs) withDefaults(name string) *EncryptionKeyArgs {
	if a.Alias == "" {
		a.Alias = name
	}
	if a.Description == "" {
		a.Description = DefaultDescription
	}
	a.Tags = maps.Clone(a.Tags)
	return &a
}

func (a *EncryptionKeyArgs) removal() removal.Keys {
	return removal.Keys{DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion}
}

// Problems lists everything that is wrong with the arguments.
func (a *EncryptionKeyArgs) Problems() problem.List {
	var wrong problem.List
	if a.Alias != "" {
		wrong.AddError("alias", awsname.KMSAlias.Check(aliasPrefix+a.Alias))
	}
	wrong = append(wrong, sharing.Problems("sharedWith", a.SharedWith)...)
	if len(a.Description) > maxDescription {
		wrong.Add("description", "use 8192 characters at most", "it has %d characters", len(a.Description))
	}
	return wrong
}

// maxDescription is KMS's limit in characters.
//
// Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
const maxDescription = 8192
