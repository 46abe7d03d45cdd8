package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
)

// Every hole in the policies of dev is caught; `make mutate` does the same with the other configurations.
func TestNoMutationEscapes(t *testing.T) {
	t.Parallel()
	dev := stackOf(t, configurations()[0])
	tally := access.Hunt(access.NewHunter(dev.world, dev.inventory, allowed(t)))
	assert.Greater(t, tally.Planted, 400)
	none(t, tally.Escaped, "holes in policies of dev that nothing catches ("+tally.String()+")")
}
