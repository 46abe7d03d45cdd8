package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tally is what became of all mutations.
type Tally struct {
	// Planted is how many there were.
	Planted int
	// Caught break an assertion or open an edge that is not listed.
	Caught int
	// Guards are numbers of those that a second guard stands behind, by guard.
	Guards map[string]int
	// Nothing are numbers of those that change nothing, by reason.
	Nothing map[string]int
	// Escaped are the others, each with what it changes.
	Escaped []string
}

// Hunt tries every mutation.
func Hunt(h *Hunter) Tally {
	tally := Tally{Guards: map[string]int{}, Nothing: map[string]int{}}
	for _, mutation := range Mutations(h.world, h.inventory) {
		tally.Planted++
		switch verdict := h.Try(mutation); verdict.Outcome {
		case Caught:
			tally.Caught++
		case SecondGuard:
			tally.Guards[verdict.By]++
		case Nothing:
			tally.Nothing[verdict.By]++
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

// Details say what became of the mutations, a line each.
func (t Tally) Details() []string {
	lines := []string{
		fmt.Sprintf("%d planted", t.Planted),
		fmt.Sprintf("%d caught by an assertion, or by docs/access.md, which does not list what they open", t.Caught),
	}
	for _, why := range slices.Sorted(maps.Keys(t.Guards)) {
		lines = append(lines, fmt.Sprintf("%d open nothing while a second guard stands, and are caught without it: %s", t.Guards[why], why))
	}
	for _, why := range slices.Sorted(maps.Keys(t.Nothing)) {
		lines = append(lines, fmt.Sprintf("%d change nothing: %s", t.Nothing[why], why))
	}
	for _, escaped := range t.Escaped {
		lines = append(lines, "escaped: "+escaped)
	}
	return lines
}

func sum(numbers map[string]int) int {
	n := 0
	for _, one := range numbers {
		n += one
	}
	return n
}

// Add sums tallies up.
func (t Tally) Add(other Tally, prefix string) Tally {
	total := Tally{
		Planted: t.Planted + other.Planted, Caught: t.Caught + other.Caught, Guards: summed(t.Guards, other.Guards),
		Nothing: summed(t.Nothing, other.Nothing), Escaped: slices.Clone(t.Escaped),
	}
	for _, escaped := range other.Escaped {
		total.Escaped = append(total.Escaped, strings.TrimSpace(prefix+" "+escaped))
	}
	return total
}

func summed(one, other map[string]int) map[string]int {
	all := map[string]int{}
	maps.Copy(all, one)
	for key, n := range other {
		all[key] += n
	}
	return all
}
