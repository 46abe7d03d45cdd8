// Package removal decides whether data goes when its resource goes.
package removal

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Keys are the two keys that it takes to delete data: one of the component, one of the stack. With one of them missing
// a data-bearing resource is only forgotten by Pulumi, and stays in the account.
type Keys struct {
	// DeleteData is the component's key. Default: false.
	DeleteData bool
	// AllowDataDeletion is the stack's key. Default: false.
	AllowDataDeletion bool
}

// Turned says whether both keys are turned, so that data may be deleted.
func (k Keys) Turned() bool { return k.DeleteData && k.AllowDataDeletion }

// Option keeps the resource in the account when Pulumi deletes it, unless both keys are turned.
func (k Keys) Option() pulumi.ResourceOption { return pulumi.RetainOnDelete(!k.Turned()) }
