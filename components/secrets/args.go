// Package secrets is the one place for the secrets of a DSS platform that outlive its host: what DSS fills itself, its licence, and what
// else a platform keeps.
package secrets

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/secret"
)

// Token is the component's type.
const Token = "dss:index:PlatformSecrets"

// The secrets' short names, which end the names of their resources.
const (
	// AdminPassword is the password of DSS's user admin. The host makes it.
	AdminPassword = "admin-password"
	// APIKey is the key with which the host configures DSS. The host makes it.
	APIKey = "api-key"
	// License is the text of DSS's licence.
	License = "license"
)

// DefaultRecoveryWindowInDays is for how long deleted secrets can be brought back, unless something else is said.
const DefaultRecoveryWindowInDays = secret.MaxRecoveryWindowInDays

// PlatformSecretsArgs are the arguments of [NewPlatformSecrets].
type PlatformSecretsArgs struct {
	// License is the text of DSS's licence. A stack's configuration keeps it encrypted: `pulumi config set --secret --path`. Default: none.
	License pulumi.StringInput `pulumi:"license,optional"`
	// Further are secrets beside the platform's own: passwords of DSS's users, for one. Default: none.
	Further []Secret `pulumi:"further,optional"`
	// Readers are ARNs of the roles and users that alone may read the secrets, whatever their policies say: DSS's host, and who administers
	// it. `*` may stand for characters of names. Default: whoever IAM policies let.
	Readers pulumi.StringArrayInput `pulumi:"readers,optional"`
	// RecoveryWindowInDays is for how long deleted secrets can be brought back: 7 to 30. Default: [DefaultRecoveryWindowInDays]; none where
	// data may be deleted.
	RecoveryWindowInDays int `pulumi:"recoveryWindowInDays,optional"`
	// KMSKeyARN is the key that they are encrypted with. Default: a key is made.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// DeleteData deletes the secrets and the key with `destroy` at once, if AllowDataDeletion says so too. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's key to the deletion of data. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
}

// Secret is a secret beside the platform's own.
type Secret struct {
	// Name has a-z, 0-9 and hyphens. Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Description says what it is. Default: none.
	Description string `pulumi:"description,optional" json:"description,omitempty"`
	// Value is what is in it. Default: nothing; somebody else fills it.
	Value pulumi.StringInput `pulumi:"value,optional" json:"value,omitempty"`
}

func (a PlatformSecretsArgs) withDefaults() *PlatformSecretsArgs {
	if a.RecoveryWindowInDays == 0 {
		a.RecoveryWindowInDays = DefaultRecoveryWindowInDays
	}
	return &a
}

func (a *PlatformSecretsArgs) removal() removal.Keys {
	return removal.Keys{DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion}
}

// window is the recovery window.
func (a *PlatformSecretsArgs) window() int {
	if a.removal().Turned() {
		return 0
	}
	return a.RecoveryWindowInDays
}

var shortName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Problems lists everything that is wrong with the plain arguments.
func (a *PlatformSecretsArgs) Problems() problem.List {
	args := a.withDefaults()
	var wrong problem.List
	if days := args.RecoveryWindowInDays; days < secret.MinRecoveryWindowInDays || days > secret.MaxRecoveryWindowInDays {
		wrong.Add("recoveryWindowInDays",
			fmt.Sprintf("use %d to %d", secret.MinRecoveryWindowInDays, secret.MaxRecoveryWindowInDays), "%d days", days)
	}
	names := []string{AdminPassword, APIKey, License, "key"}
	for i, s := range args.Further {
		path := problem.Index("further", i) + ".name"
		if !shortName.MatchString(s.Name) {
			wrong.Add(path, "use a-z, 0-9 and hyphens", "%q is not a secret's name", s.Name)
		}
		if slices.Contains(names, s.Name) {
			wrong.Add(path, "name each once, and none as the platform's own", "%q is there already", s.Name)
		}
		names = append(names, s.Name)
	}
	return wrong
}
