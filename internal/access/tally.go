package access

import (
	"fmt"
	"maps"
	"slices"
)

// Tally is what became of all mutations.
type Tally struct {
	// Planted is how many there were.
	Planted int
	// Caught break an assertion or open an edge that is not listed.
	Caught int
	// Guards are those that a second guard stands behind, by guard.
	Guards map[string][]string
	// Nothing are those that change nothing, by reason.
	Nothing map[string][]string
	// Escaped are the others, each with what it changes.
	Escaped []string
}

// Hunt tries every mutation.
func Hunt(h *Hunter) Tally {
	tally := Tally{Guards: map[string][]string{}, Nothing: map[string][]string{}}
	for _, mutation := range Mutations(h.world, h.inventory) {
		tally.Planted++
		switch verdict := h.Try(mutation); verdict.Outcome {
		case Caught:
			tally.Caught++
		case SecondGuard:
			tally.Guards[verdict.By] = append(tally.Guards[verdict.By], mutation.Name)
		case Nothing:
			tally.Nothing[verdict.By] = append(tally.Nothing[verdict.By], mutation.Name)
		case Escaped:
			tally.Escaped = append(tally.Escaped, mutation.Name+" ("+verdict.By+")")
		}
	}
	return tally
}

// String is the last line of a hunt: how many mutations were caught, those with a second guard behind them included, of those that
// change something.
func (t Tally) String() string {
	return fmt.Sprintf("caught %d of %d", t.Caught+sum(t.Guards), t.Planted-sum(t.Nothing))
}

// Details say what became of the mutations: numbers and reasons, and with names every mutation that was not caught as it is.
func (t Tally) Details(names bool) []string {
	lines := []string{
		fmt.Sprintf("%d planted", t.Planted),
		fmt.Sprintf("%d caught by an assertion, or by docs/access.md, which does not list what they open", t.Caught),
	}
	for _, kind := range []struct {
		what string
		by   map[string][]string
	}{
		{"open nothing while a second guard stands, and are caught without it", t.Guards}, {"change nothing", t.Nothing},
	} {
		for _, why := range slices.Sorted(maps.Keys(kind.by)) {
			lines = append(lines, fmt.Sprintf("%d %s: %s", len(kind.by[why]), kind.what, why))
			if names {
				lines = append(lines, indented(kind.by[why])...)
			}
		}
	}
	for _, escaped := range t.Escaped {
		lines = append(lines, "escaped: "+escaped)
	}
	return lines
}

func indented(names []string) []string {
	lines := make([]string, len(names))
	for i, name := range names {
		lines[i] = "  " + name
	}
	return lines
}

func sum(all map[string][]string) int {
	n := 0
	for _, one := range all {
		n += len(one)
	}
	return n
}

// Add sums tallies up. Names of the other one's mutations get a prefix.
func (t Tally) Add(other Tally, prefix string) Tally {
	return Tally{
		Planted: t.Planted + other.Planted, Caught: t.Caught + other.Caught, Guards: summed(t.Guards, other.Guards, prefix),
		Nothing: summed(t.Nothing, other.Nothing, prefix), Escaped: append(slices.Clone(t.Escaped), prefixed(prefix, other.Escaped)...),
	}
}

func summed(one, other map[string][]string, prefix string) map[string][]string {
	all := map[string][]string{}
	maps.Copy(all, one)
	for why, names := range other {
		all[why] = append(slices.Clone(all[why]), prefixed(prefix, names)...)
	}
	return all
}

func prefixed(prefix string, names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = prefix + " " + name
	}
	return all
}
