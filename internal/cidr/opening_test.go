package cidr_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/cidr"
)

func TestOpening(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opening cidr.Opening
		blocks  []string
		want    []string
	}{
		"networks":              {cidr.Opening{}, []string{"10.0.0.0/8", "203.0.113.0/24", "2001:db8::/32"}, nil},
		"the internet":          {cidr.Opening{}, []string{"0.0.0.0/0", "::/0"}, []string{"[0]", "[1]"}},
		"its halves":            {cidr.Opening{}, []string{"0.0.0.0/1", "128.0.0.0/1", "8000::/1"}, []string{"[0]", "[1]", "[2]"}},
		"the internet, meant":   {cidr.Opening{Anywhere: true}, []string{"0.0.0.0/0", "0.0.0.0/1"}, nil},
		"no block":              {cidr.Opening{Anywhere: true}, []string{"ten", "10.0.0.1", ""}, []string{"[0]", "[1]", "[2]"}},
		"IPv6 where it is not":  {cidr.Opening{IPv4Only: true}, []string{"2001:db8::/32", "10.0.0.0/16"}, []string{"[0]"}},
		"bits behind a prefix":  {cidr.Opening{}, []string{"10.1.2.3/8", "2001:db8::1/32"}, []string{"[0]", "[1]"}},
		"the same block twice":  {cidr.Opening{}, []string{"10.0.0.0/16", "10.0.0.0/16"}, []string{"[1]"}},
		"IPv4 that is not read": {cidr.Opening{IPv4Only: true}, []string{"::ffff:10.0.0.0/104"}, []string{"[0]"}},
	} {
		var paths []string
		for _, p := range c.opening.Problems(c.blocks) {
			paths = append(paths, p.Path)
		}
		assert.Equal(t, c.want, paths, name)
	}
	wrong := cidr.Opening{Instead: "set allow"}.Problems([]string{"0.0.0.0/1"})
	assert.ErrorContains(t, wrong.Err("x"), "everybody on the internet; name the networks that people come from, or set allow")
}
