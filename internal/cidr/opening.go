package cidr

import (
	"net/netip"
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// The shortest prefixes that are not as good as the whole internet: somebody who means 0.0.0.0/0 may write two halves.
const (
	widestIPv4 = 8
	widestIPv6 = 16
)

// Opening says which blocks of addresses may be named where something is opened to them.
type Opening struct {
	// IPv4Only refuses blocks of IPv6 addresses, where AWS takes none.
	IPv4Only bool
	// Anywhere permits the whole internet, and what is as good as it.
	Anywhere bool
	// Instead says what to do for the whole internet, when it is not permitted.
	Instead string
}

// Problems are those of the blocks, with their indices as paths. A block with bits behind its prefix is refused, because EC2 takes
// another one for it: every preview would then show a change.
func (o Opening) Problems(blocks []string) problem.List {
	var wrong problem.List
	form := "write addresses as 10.0.0.0/16 or 2001:db8::/32"
	if o.IPv4Only {
		form = "write IPv4 addresses as 10.0.0.0/16"
	}
	for i, text := range blocks {
		path := problem.Index("", i)
		block, err := netip.ParsePrefix(text)
		switch {
		case err != nil || o.IPv4Only && !block.Addr().Is4():
			wrong.Add(path, form, "%q is not a block of addresses that can be named here", text)
		case block.Masked() != block:
			wrong.Add(path, "write "+block.Masked().String(), "%s has bits behind its prefix", text)
		case !o.Anywhere && tooWide(block):
			wrong.Add(path, "name the networks that people come from, or "+o.Instead, "%s lets in (as good as) everybody on the internet", text)
		case slices.Contains(blocks[:i], text):
			wrong.Add(path, "name each once", "%s is there twice", text)
		}
	}
	return wrong
}

func tooWide(block netip.Prefix) bool {
	if block.Addr().Is4() {
		return block.Bits() < widestIPv4
	}
	return block.Bits() < widestIPv6
}
