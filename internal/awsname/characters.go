package awsname

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

func isLower(r rune) bool  { return 'a' <= r && r <= 'z' }
func isUpper(r rune) bool  { return 'A' <= r && r <= 'Z' }
func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func isLetter(r rune) bool { return isLower(r) || isUpper(r) }

func isLowerOrDigit(r rune) bool  { return isLower(r) || isDigit(r) }
func isLetterOrDigit(r rune) bool { return isLetter(r) || isDigit(r) }

// lowerDigitsAnd allows a-z, 0-9 and the given characters.
func lowerDigitsAnd(others string) func(rune) bool {
	return func(r rune) bool { return isLowerOrDigit(r) || strings.ContainsRune(others, r) }
}

// lettersDigitsAnd allows a-z, A-Z, 0-9 and the given characters.
func lettersDigitsAnd(others string) func(rune) bool {
	return func(r rune) bool { return isLetterOrDigit(r) || strings.ContainsRune(others, r) }
}

// visibleASCII allows the characters from ! to ~.
func visibleASCII(r rune) bool { return '!' <= r && r <= '~' }

// glueCharacter allows what Glue's model allows, less upper case.
func glueCharacter(r rune) bool {
	return (r == '\t' || r >= ' ') && r != '\uFFFE' && r != '\uFFFF' && !unicode.IsUpper(r)
}

// firstForbidden names the first character that is not allowed and its position, counted from 1; "" where there is none.
func firstForbidden(value string, allowed func(rune) bool) string {
	position := 0
	for index, r := range value {
		position++
		if _, size := utf8.DecodeRuneInString(value[index:]); r == utf8.RuneError && size == 1 {
			return fmt.Sprintf("a byte that is not UTF-8 at position %d", position)
		}
		if !allowed(r) {
			return fmt.Sprintf("%s at position %d", characterName(r), position)
		}
	}
	return ""
}

// characterName names a character with its article.
func characterName(r rune) string {
	switch {
	case unicode.IsUpper(r):
		return "an upper-case letter"
	case isLower(r):
		return "a lower-case letter"
	case isDigit(r):
		return "a digit"
	}
	switch r {
	case '_':
		return "an underscore"
	case '-':
		return "a hyphen"
	case '.':
		return "a dot"
	case '/':
		return "a slash"
	case ':':
		return "a colon"
	case ' ':
		return "a space"
	}
	return fmt.Sprintf("%q", r)
}
