package actions

import "regexp"

// token is one part of a pattern: a character, or a wildcard.
type token rune

const (
	// anything stands for any characters.
	anything token = -1 - iota
	// name stands for any characters but slash and colon.
	name
	// character stands for one character.
	character
)

var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// policyTokens takes a pattern of a policy apart. A variable can become anything.
func policyTokens(pattern string) []token {
	return tokens(variable.ReplaceAllString(pattern, "*"), map[rune]token{'*': anything, '?': character})
}

// arnTokens takes a pattern of the table apart.
func arnTokens(pattern string) []token {
	return tokens(pattern, map[rune]token{'*': anything, '%': name})
}

func plainTokens(text string) []token { return tokens(text, nil) }

func tokens(text string, wildcards map[rune]token) []token {
	read := make([]token, 0, len(text))
	for _, r := range text {
		if wildcard, ok := wildcards[r]; ok {
			read = append(read, wildcard)
		} else {
			read = append(read, token(r))
		}
	}
	return read
}

// overlap tells whether there is a text that both patterns match.
func overlap(one, other []token) bool {
	// row[j] tells whether the rest of one from i and the rest of other from j overlap; rows are made from the last i to the first.
	next := make([]bool, len(other)+1)
	for i := len(one); i >= 0; i-- {
		row := make([]bool, len(other)+1)
		for j := len(other); j >= 0; j-- {
			row[j] = overlapAt(one[i:], other[j:], row, next, j)
		}
		next = row
	}
	return next[0]
}

// overlapAt is overlap for two rests, when that of all shorter ones is known.
func overlapAt(one, other []token, row, next []bool, j int) bool {
	if len(one) == 0 && len(other) == 0 {
		return true
	}
	if len(one) > 0 && one[0].repeats() && (next[j] || len(other) > 0 && one[0].takes(other[0]) && row[j+1]) {
		return true
	}
	if len(other) > 0 && other[0].repeats() && (row[j+1] || len(one) > 0 && other[0].takes(one[0]) && next[j]) {
		return true
	}
	if len(one) == 0 || len(other) == 0 || one[0].repeats() || other[0].repeats() {
		return false
	}
	return (one[0] == other[0] || one[0] == character || other[0] == character) && next[j+1]
}

// repeats tells whether a token stands for any number of characters.
func (t token) repeats() bool { return t == anything || t == name }

// takes tells whether one that repeats can stand for another token, too.
func (t token) takes(other token) bool { return t == anything || other != '/' && other != ':' }
