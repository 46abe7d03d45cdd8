package access

import (
	"fmt"
	"strings"
)

// Accepted is a kind of mutation that changes no decision, and why.
type Accepted struct {
	// Pattern is of the mutation's name; `*` stands for any text.
	Pattern string
	// Why is the reason.
	Why string
}

// Tally is what became of all mutations of one configuration.
type Tally struct {
	// Planted, Caught and Equivalent are numbers of mutations. Those that are equivalent change no decision, for an accepted reason.
	Planted, Caught, Equivalent int
	// Escaped are the others, each with what it changed.
	Escaped []string
	// Reasons are numbers of equivalent mutations by reason.
	Reasons map[string]int
}

// Hunt tries every mutation.
func Hunt(h *Hunter, accepted []Accepted) Tally {
	tally := Tally{Reasons: map[string]int{}}
	for _, mutation := range Mutations(h.world, h.inventory) {
		tally.Planted++
		verdict := h.Try(mutation)
		why := acceptedWhy(accepted, mutation.Name)
		switch {
		case verdict.Caught:
			tally.Caught++
		case !verdict.Changed && why != "":
			tally.Equivalent++
			tally.Reasons[why]++
		case verdict.Changed:
			tally.Escaped = append(tally.Escaped, mutation.Name+" (it changes decisions)")
		default:
			tally.Escaped = append(tally.Escaped, mutation.Name+" (it changes no decision of the matrix, and nobody said why)")
		}
	}
	return tally
}

func acceptedWhy(accepted []Accepted, name string) string {
	for _, a := range accepted {
		if like(a.Pattern, name) {
			return a.Why
		}
	}
	return ""
}

// String is the last line of a hunt.
func (t Tally) String() string {
	return fmt.Sprintf("caught %d of %d", t.Caught, t.Planted-t.Equivalent)
}

// Add sums tallies up.
func (t Tally) Add(other Tally, prefix string) Tally {
	if t.Reasons == nil {
		t.Reasons = map[string]int{}
	}
	t.Planted, t.Caught, t.Equivalent = t.Planted+other.Planted, t.Caught+other.Caught, t.Equivalent+other.Equivalent
	for _, escaped := range other.Escaped {
		t.Escaped = append(t.Escaped, strings.TrimSpace(prefix+" "+escaped))
	}
	for why, n := range other.Reasons {
		t.Reasons[why] += n
	}
	return t
}
