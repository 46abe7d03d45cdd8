// Package equivalents says which planted holes are none.
package equivalents

import "github.com/pulumi-dss/pulumi-dss/internal/access"

// Accepted are the mutations that change no decision, and why.
func Accepted() []access.Accepted {
	return []access.Accepted{}
}
