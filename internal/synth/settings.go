package synth

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// DefaultTimeout is how long one execution of a program may take. Programs end within milliseconds, large ones within
// seconds; only one that waits for an output that nobody resolves gets here.
const DefaultTimeout = 60 * time.Second

// AnswerFunc answers an invoke (function call of a provider) or a method call. Its error is the provider's error.
type AnswerFunc func(args resource.PropertyMap) (resource.PropertyMap, error)

// OutputsFunc computes further outputs of a resource; they are laid over its inputs and the default outputs.
type OutputsFunc func(name string, inputs resource.PropertyMap) resource.PropertyMap

// Settings are how a program is run.
type Settings struct {
	// Project and Stack name the Pulumi project and stack. Required.
	Project, Stack string
	// Location is where the program runs. Required.
	Location Location
	// Preview runs the program as `pulumi preview` of an empty stack does: whatever a resource computes is unknown.
	Preview bool
	// Timeout limits the execution. Default: [DefaultTimeout].
	Timeout time.Duration
	// Config is the stack's configuration, by full keys. Default: none.
	Config map[string]string
	// SecretKeys are the keys of Config that are secret. Default: none.
	SecretKeys []string
	// Answers are what invokes and method calls answer, by token, instead of the answers that are known here.
	Answers map[string]AnswerFunc
	// Outputs compute further outputs, by type.
	Outputs map[string][]OutputsFunc
}
