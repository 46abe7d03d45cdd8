package decide

import (
	"strings"
	"unicode/utf8"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

// Wildcards of a compiled pattern. Runes of text are never negative.
const (
	anyCharacters rune = -1 - iota
	oneCharacter
)

// variables gives the values of policy variables; ok is false for those that the request has no single value for.
type variables func(key string) (value string, ok bool)

// like tells whether a text matches a pattern with the wildcards `*` and `?`. It has no variables.
func like(pattern, text string) bool {
	fixed := strings.IndexAny(pattern, "*?")
	if fixed < 0 {
		return pattern == text
	}
	if !strings.HasPrefix(text, pattern[:fixed]) {
		return false
	}
	return matches(wildcards(pattern[fixed:]), []rune(text[fixed:]))
}

// likeAction compares an action in lower case with a pattern in any. Names that differ before a wildcard, nearly all, cost no memory.
func likeAction(pattern, action string) bool {
	for i := range len(pattern) {
		c := pattern[i]
		if c == '*' || c == '?' || c >= utf8.RuneSelf {
			break
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if i >= len(action) || c != action[i] {
			return false
		}
	}
	return like(strings.ToLower(pattern), action)
}

// wildcards compiles a pattern that has no variables.
func wildcards(pattern string) []rune {
	compiled := make([]rune, 0, len(pattern))
	for _, r := range pattern {
		switch r {
		case '*':
			r = anyCharacters
		case '?':
			r = oneCharacter
		}
		compiled = append(compiled, r)
	}
	return compiled
}

// expand compiles a pattern and puts the values of variables into it, as plain text: wildcards in a value have no meaning. With
// literal, wildcards of the pattern have none either. ok is false when a variable has no value.
//
// `${*}`, `${?}` and `${$}` stand for the characters themselves; `${key, 'text'}` has a default ("IAM policy elements: Variables and
// tags" of the IAM user guide).
func expand(pattern string, literal bool, values variables) (compiled []rune, ok bool) {
	for {
		before, rest, found := strings.Cut(pattern, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(compiled, text(pattern, literal)...), true
		}
		value, known := valueOf(name, values)
		if !known {
			return nil, false
		}
		compiled = append(compiled, text(before, literal)...)
		compiled = append(compiled, []rune(value)...)
		pattern = after
	}
}

// text compiles a piece of a pattern.
func text(piece string, literal bool) []rune {
	if literal {
		return []rune(piece)
	}
	return wildcards(piece)
}

// valueOf is what stands for a variable.
func valueOf(name string, values variables) (string, bool) {
	if name == "*" || name == "?" || name == "$" {
		return name, true
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	if value, ok := values(strings.TrimSpace(key)); ok {
		return value, true
	}
	fallback = strings.TrimSpace(fallback)
	if !hasFallback || len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\'' {
		return "", false
	}
	return fallback[1 : len(fallback)-1], true
}

// matches tells whether a text matches a compiled pattern. It takes time proportional to the product of their lengths at most.
func matches(pattern, text []rune) bool {
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == anyCharacters:
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == oneCharacter || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyCharacters {
		p++
	}
	return p == len(pattern)
}

// hasVariables tells whether a text of a document of a version has variables: older versions of the language take them as text.
func hasVariables(version, text string) bool {
	return version == iam.PolicyVersion && strings.Contains(text, "${")
}
