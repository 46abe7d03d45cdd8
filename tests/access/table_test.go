package access_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// The table fits a wide terminal, names who has what once, and ends with what is not known and how much was asked.
func TestTable(t *testing.T) {
	t.Parallel()
	text := stackOf(t, many()).matrix.Table()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	assert.Regexp(t, `^WHO +WHAT +MAY$`, lines[0])
	assert.Regexp(t, `^DSS host +account `, lines[1], "the host comes first")
	for _, line := range lines {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 140, line)
		assert.Equal(t, strings.TrimRight(line, " "), line)
	}
	for _, once := range []string{"\nconnection sales ", "\neverybody in the account ", "\nadministrator of the account "} {
		assert.Equal(t, 1, strings.Count(text, once), once)
	}
	assert.Less(t, strings.Index(text, "\nconnection sales "), strings.Index(text, "\nnodes "))
	assert.NotRegexp(t, `(?m)^nodes(.*\n +.*)*through ec2`, text, "what everybody has is not repeated")
	assert.Regexp(t, `^\d+ principals, \d+ resources, \d+ requests, \d+ edges$`, lines[len(lines)-1])

	text = stackOf(t, bounded()).matrix.Table()
	assert.Regexp(t, `(?m)^note: \d+ roles and users have a permissions boundary, which is taken to allow everything: DSS host, `, text)
}
