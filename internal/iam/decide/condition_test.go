package decide_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// missing is a request without the key.
const missing = "(missing)"

// conditionCase is one condition on the key `x:key`, asked with the key's values.
type conditionCase struct {
	operator string
	// wanted are the policy's values, has the request's, both separated by blanks. An empty text is the empty value.
	wanted, has string
	holds       bool
}

// conditionCases are from "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context keys" of the IAM
// user guide, the rules and the examples.
func conditionCases() []conditionCase {
	return []conditionCase{
		{"StringEquals", "a", "a", true},
		{"StringEquals", "a", "A", false},
		{"StringEquals", "a b", "b", true},
		{"StringEquals", "a*", "ab", false},
		{"StringEquals", "a*", "a*", true},
		{"StringEquals", "a", missing, false},
		{"StringEquals", "", "", true},
		{"StringNotEquals", "a", "b", true},
		{"StringNotEquals", "a", "a", false},
		{"StringNotEquals", "a b", "b", false},
		{"StringNotEquals", "a", missing, true},
		{"StringEqualsIgnoreCase", "aB", "Ab", true},
		{"StringEqualsIgnoreCase", "a", "b", false},
		{"StringNotEqualsIgnoreCase", "a", "A", false},
		{"StringNotEqualsIgnoreCase", "a", "b", true},
		{"StringNotEqualsIgnoreCase", "a", missing, true},
		{"StringLike", "home/*", "home/a/b", true},
		{"StringLike", "home/*", "home/", true},
		{"StringLike", "home/*", "Home/a", false},
		{"StringLike", "a?c", "abc", true},
		{"StringLike", "a?c", "ac", false},
		{"StringLike", "*b*d*", "abcde", true},
		{"StringLike", "*b*d", "abcde", false},
		{"StringLike", "home/*", missing, false},
		{"StringLike", "", "", true},
		{"StringNotLike", "home/*", "home/a", false},
		{"StringNotLike", "home/*", "other/a", true},
		{"StringNotLike", "home/*", missing, true},
		{"ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", true},
		{"ArnLike", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:t", true},
		{"ArnLike", "arn:aws:s:*:111122223333:finance/*", "arn:aws:s:r:999999999999:store/abc:111122223333:finance/d", false},
		{"StringLike", "arn:aws:s:*:111122223333:finance/*", "arn:aws:s:r:999999999999:store/abc:111122223333:finance/d", true},
		{"ArnLike", "arn:aws:s3:::b", "b", false},
		{"ArnLike", "arn:aws:iam::1:role/x?", "arn:aws:iam::1:role/xy", true},
		{"ArnLike", "arn:aws:s3:::b", missing, false},
		{"ArnNotEquals", "arn:aws:s3:::b", "arn:aws:s3:::c", true},
		{"ArnNotLike", "arn:aws:s3:::*", "arn:aws:s3:::c", false},
		{"ArnNotLike", "arn:aws:s3:::b", missing, true},
		{"Bool", "true", "true", true},
		{"Bool", "true", "false", false},
		{"Bool", "TRUE", "true", true},
		{"Bool", "maybe", "maybe", false},
		{"Bool", "false", missing, false},
		{"BoolIfExists", "true", missing, true},
		{"BoolIfExists", "true", "false", false},
		{"Null", "true", missing, true},
		{"Null", "true", "v", false},
		{"Null", "false", missing, false},
		{"Null", "false", "v", true},
		{"NumericEquals", "10", "10.0", true},
		{"NumericEquals", "10", "11", false},
		{"NumericEquals", "10", missing, false},
		{"NumericNotEquals", "10", "11", true},
		{"NumericNotEquals", "10", "10", false},
		{"NumericNotEquals", "10", missing, true},
		{"NumericLessThan", "10", "9", true},
		{"NumericLessThan", "10", "10", false},
		{"NumericLessThanEquals", "10", "10", true},
		{"NumericLessThanEquals", "10", "10.5", false},
		{"NumericGreaterThan", "10", "100", true},
		{"NumericGreaterThan", "10", "10", false},
		{"NumericGreaterThanEquals", "10", "10", true},
		{"NumericGreaterThanEquals", "10", "9.9", false},
		{"NumericLessThan", "10", "few", false},
		{"DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", true},
		{"DateEquals", "1767225600", "2026-01-01", true},
		{"DateNotEquals", "2026-01-01", "2026-01-02", true},
		{"DateNotEquals", "2026", "2026-01-01", false},
		{"DateLessThan", "2026-01-01T00:00Z", "2025-12-31T23:59:59Z", true},
		{"DateLessThan", "2026-01", "2026-01-01", false},
		{"DateLessThanEquals", "2026-01-01", "2026-01-01", true},
		{"DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:01.5Z", true},
		{"DateGreaterThan", "2020-01-01T00:00:01Z", missing, false},
		{"DateGreaterThanEquals", "2020-01-01", "2019-12-31", false},
		{"BinaryEquals", "QmluYXJ5", "QmluYXJ5", true},
		{"BinaryEquals", "QmluYXJ5", "Qmlu", false},
		{"BinaryEquals", "not!base64", "not!base64", false},
		{"IpAddress", "203.0.113.0/24", "203.0.113.200", true},
		{"IpAddress", "203.0.113.0/24", "203.0.114.1", false},
		{"IpAddress", "203.0.113.5", "203.0.113.5", true},
		{"IpAddress", "203.0.113.5", "203.0.113.6", false},
		{"IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", true},
		{"IpAddress", "203.0.113.0/24", missing, false},
		{"IpAddress", "203.0.113.0/24", "nowhere", false},
		{"NotIpAddress", "203.0.113.0/24", "203.0.114.1", true},
		{"NotIpAddress", "203.0.113.0/24", "203.0.113.1", false},
		{"NotIpAddress", "203.0.113.0/24", missing, true},
		{"StringLikeIfExists", "t1.* t2.*", missing, true},
		{"StringLikeIfExists", "t1.* t2.*", "m5.large", false},
		{"StringNotEqualsIfExists", "a", missing, true},
		{"StringNotEqualsIfExists", "a", "a", false},
		{"ForAllValues:StringLike", "key1* key2*", "key1:a key2:b", true},
		{"ForAllValues:StringLike", "key1* key2*", "key1:a key3:b", false},
		{"ForAllValues:StringLike", "key1*", missing, true},
		{"ForAllValues:StringEquals", "a", "", true},
		{"ForAllValues:StringNotLike", "key1*", "key2:a", true},
		{"ForAllValues:StringNotLike", "key1*", "key1:a key2:b", false},
		{"ForAllValues:StringNotLike", "key1*", missing, true},
		{"ForAnyValue:StringEquals", "ID PostDateTime", "UserName PostDateTime", true},
		{"ForAnyValue:StringEquals", "ID PostDateTime", "UserName", false},
		{"ForAnyValue:StringEquals", "a", missing, false},
		{"ForAnyValue:StringEquals", "", "", false},
		{"ForAnyValue:StringNotEquals", "a", "a b", true},
		{"ForAnyValue:StringNotEquals", "a", "a", false},
		{"ForAnyValue:StringNotEquals", "a", missing, false},
		{"ForAnyValue:StringEqualsIfExists", "a", missing, true},
		{"ForAnyValue:ArnLike", "arn:aws:s3:::a*", "arn:aws:s3:::b arn:aws:s3:::ab", true},
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, c := range conditionCases() {
		t.Run(fmt.Sprintf("%s(%s) of (%s)", c.operator, c.wanted, c.has), func(t *testing.T) {
			t.Parallel()
			asked := decide.Request{Principal: userARN, Action: "x:Do", Resource: "*"}
			if c.has != missing {
				asked.Context = map[string][]string{"X:Key": strings.Split(c.has, " ")}
			}
			narrow := iam.Allow("", []string{"x:Do"}, "*").If(c.operator, "x:key", strings.Split(c.wanted, " ")...)
			assert.Equal(t, c.holds, one(narrow).Decide(asked).Allowed)
			everything := iam.Allow("", []string{"*"}, "*")
			narrow.Effect = iam.EffectDeny
			assert.Equal(t, !c.holds, one(everything, narrow).Decide(asked).Allowed, "a denial applies when an allowance does")
		})
	}
}

// one is a world with one user who has one policy.
func one(statements ...iam.Statement) *decide.World {
	return &decide.World{Identities: map[string]decide.Identity{
		userARN: {Policies: []decide.Policy{{Name: "own", Document: iam.NewDocument(statements...)}}},
	}}
}

func TestUnknownOperatorsCountAgainstTheCaller(t *testing.T) {
	t.Parallel()
	everything := iam.Allow("", []string{"*"}, "*")
	asked := decide.Request{Principal: userARN, Action: "x:Do", Resource: "*", Context: map[string][]string{"x:key": {"a"}}}
	for _, operator := range []string{"StringMatches", "ForSome:StringEquals", "Numeric", "DateSoon", "IfExists", "NullIfExists", ""} {
		narrow := everything.If(operator, "x:key", "a")
		assert.False(t, one(narrow).Decide(asked).Allowed, operator)
		assert.False(t, decide.ValidOperator(operator), operator)
		narrow.Effect = iam.EffectDeny
		assert.False(t, one(everything, narrow).Decide(asked).Allowed, operator)
	}
	for _, c := range conditionCases() {
		assert.True(t, decide.ValidOperator(c.operator), c.operator)
	}
}

func TestAllConditionsHaveToHold(t *testing.T) {
	t.Parallel()
	both := iam.Allow("", []string{"x:Do"}, "*").If("StringEquals", "x:a", "1").If("StringEquals", "x:b", "2").If("Bool", "x:c", "true")
	context := map[string][]string{"x:a": {"1"}, "x:b": {"2"}, "x:c": {"true"}}
	asked := decide.Request{Principal: userARN, Action: "x:Do", Resource: "*", Context: context}
	assert.True(t, one(both).Decide(asked).Allowed)
	for key, values := range context {
		asked.Context = map[string][]string{"x:a": {"1"}, "x:b": {"2"}, "x:c": {"true"}}
		asked.Context[key] = append([]string{"other"}, values[1:]...)
		assert.False(t, one(both).Decide(asked).Allowed, key)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resource string
		asked    string
		allowed  bool
	}{
		"a user's name":                 {"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/ann/x", true},
		"another's name":                {"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", false},
		"in any case":                   {"arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/ann/x", true},
		"a tag":                         {"arn:aws:s3:::b/${aws:PrincipalTag/team}", "arn:aws:s3:::b/data", true},
		"a star in a value is a star":   {"arn:aws:s3:::b/${aws:PrincipalTag/wild}", "arn:aws:s3:::b/anything", false},
		"and matches itself":            {"arn:aws:s3:::b/${aws:PrincipalTag/wild}", "arn:aws:s3:::b/*", true},
		"no value":                      {"arn:aws:s3:::b/${x:none}", "arn:aws:s3:::b/", false},
		"no value, and not its text":    {"arn:aws:s3:::b/${x:none}", "arn:aws:s3:::b/${x:none}", false},
		"a default":                     {"arn:aws:s3:::b/${x:none, 'all'}/*", "arn:aws:s3:::b/all/x", true},
		"a default that is not used":    {"arn:aws:s3:::b/${aws:username, 'all'}", "arn:aws:s3:::b/all", false},
		"several values":                {"arn:aws:s3:::b/${x:many}", "arn:aws:s3:::b/1", false},
		"a star":                        {"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", true},
		"a star that is only one":       {"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", false},
		"a question mark":               {"arn:aws:s3:::b/${?}", "arn:aws:s3:::b/x", false},
		"a dollar sign":                 {"arn:aws:s3:::b/${$}", "arn:aws:s3:::b/$", true},
		"something that is no variable": {"arn:aws:s3:::b/${x", "arn:aws:s3:::b/${x", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := one(iam.Allow("", []string{"s3:GetObject"}, c.resource))
			ann := world.Identities[userARN]
			ann.Tags = map[string]string{"team": "data", "wild": "*"}
			world.Identities[userARN] = ann
			asked := decide.Request{
				Principal: userARN, Action: "s3:GetObject", Resource: c.asked, Context: map[string][]string{"x:many": {"1", "2"}},
			}
			assert.Equal(t, c.allowed, world.Decide(asked).Allowed)
		})
	}
}

func TestVariablesOfConditions(t *testing.T) {
	t.Parallel()
	asked := decide.Request{
		Principal: userARN, Action: "s3:ListBucket", Resource: "arn:aws:s3:::b",
		Context: map[string][]string{"s3:prefix": {"home/ann/x"}, "x:arn": {"arn:aws:iam::111122223333:user/ann"}, "x:name": {"ANN"}},
	}
	list := iam.Allow("", []string{"s3:ListBucket"}, "arn:aws:s3:::b")
	for name, c := range map[string]struct {
		statement iam.Statement
		allowed   bool
	}{
		"like":                     {list.If("StringLike", "s3:prefix", "home/${aws:username}/*"), true},
		"like another":             {list.If("StringLike", "s3:prefix", "home/${x:none}/*"), false},
		"one of two has a value":   {list.If("StringLike", "s3:prefix", "home/${x:none}/*", "home/*"), true},
		"equal":                    {list.If("StringEquals", "s3:prefix", "home/${aws:username}/x"), true},
		"equal is not like":        {list.If("StringEquals", "s3:prefix", "home/${aws:username}/*"), false},
		"ignoring case":            {list.If("StringEqualsIgnoreCase", "x:name", "${aws:username}"), true},
		"not equal to no value":    {list.If("StringNotEquals", "s3:prefix", "${x:none}"), false},
		"not equal":                {list.If("StringNotEquals", "s3:prefix", "${aws:username}"), true},
		"ARN":                      {list.If("ArnEquals", "x:arn", "arn:aws:iam::111122223333:user/${aws:username}"), true},
		"ARN of another":           {list.If("ArnEquals", "x:arn", "arn:aws:iam::111122223333:user/x${aws:username}"), false},
		"ARN without a value":      {list.If("ArnLike", "x:arn", "arn:aws:iam::111122223333:user/${x:none}", "arn:*"), false},
		"numbers have no variable": {list.If("NumericEquals", "x:name", "${aws:username}"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.allowed, one(c.statement).Decide(asked).Allowed)
		})
	}
}

func TestOldDocumentsHaveNoVariables(t *testing.T) {
	t.Parallel()
	world := one(iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/${aws:username}"))
	world.Identities[userARN].Policies[0].Document.Version = "2008-10-17"
	asked := decide.Request{Principal: userARN, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/ann"}
	assert.False(t, world.Decide(asked).Allowed)
	asked.Resource = "arn:aws:s3:::b/${aws:username}"
	assert.True(t, world.Decide(asked).Allowed)
}
