// Package optional is about plain values that may be left out: their defaults, and how they become inputs.
package optional

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// String is the text as an input, or nil for an empty one, so that the provider uses its default.
func String(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}
