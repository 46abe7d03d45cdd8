package instancetype

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns up to n names of instance types that look like a name that is none, the nearest first, for an error message: for
// "m7i.4xlrge" the first is "m7i.4xlarge". Names that differ in more than half of the text are no help and are left out.
func Nearest(name string, n int) []string {
	type candidate struct {
		name             string
		distance, common int
	}
	name = strings.ToLower(strings.TrimSpace(name))
	var candidates []candidate
	for line := range strings.Lines(lines()) {
		known, _, _ := strings.Cut(line, ",")
		if d := distance(name, known); 2*d <= max(len(name), len(known)) {
			candidates = append(candidates, candidate{known, d, commonPrefix(name, known)})
		}
	}
	// Among equally near names those that share the family come first: a family is chosen on purpose, a size is mistyped.
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(b.common, a.common))
	})
	var names []string
	for _, c := range candidates[:min(max(n, 0), len(candidates))] {
		names = append(names, c.name)
	}
	return names
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
func distance(a, b string) int {
	beforeLast, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], beforeLast[j-2]+1)
			}
		}
		beforeLast, last, row = last, row, beforeLast
	}
	return last[len(b)]
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
