package problem_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

func TestListKeepsEveryProblemInOrder(t *testing.T) {
	var zones, all problem.List
	zones.Add("[1]", "name each zone once", "%q is listed twice", "eu-west-1a")
	all.Add("cidrBlock", "", "%q is not a CIDR block", "ten")
	all.Under("zones", zones)
	all.AddError("name", nil)
	all.AddError("name", errors.New("is empty"))

	assert.EqualError(t, all.Err("network lab"), `network lab: 3 problems:
  - cidrBlock: "ten" is not a CIDR block
  - zones[1]: "eu-west-1a" is listed twice; name each zone once
  - name: is empty`)
}

func TestErrOfOneProblemIsOneLine(t *testing.T) {
	var l problem.List
	l.Add("a", "do b", "is wrong")
	assert.EqualError(t, l.Err("x"), "x: a: is wrong; do b")
}

func TestErrOfNoProblemIsNil(t *testing.T) {
	assert.NoError(t, problem.List(nil).Err("x"))
}

func TestOfFindsProblemsInWrappedErrors(t *testing.T) {
	var l problem.List
	l.Add("a", "", "is wrong")
	assert.Equal(t, l, problem.Of(fmt.Errorf("creating: %w", l.Err("x"))))
	assert.Nil(t, problem.Of(errors.New("other")))
}

func TestJoin(t *testing.T) {
	for _, c := range []struct{ path, below, want string }{
		{"", "b", "b"}, {"a", "", "a"}, {"a", "b", "a.b"}, {"a", "[1]", "a[1]"}, {"a", "[1].b", "a[1].b"},
	} {
		assert.Equal(t, c.want, problem.Join(c.path, c.below))
	}
	assert.Equal(t, "a[2]", problem.Index("a", 2))
}
