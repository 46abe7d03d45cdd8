package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

// buckets are ARNs of n buckets.
func buckets(n int) []string {
	var arns []string
	for i := range n {
		arns = append(arns, fmt.Sprintf("arn:aws:s3:::bucket-%03d", i))
	}
	return arns
}

func TestSizeCountsCharacters(t *testing.T) {
	t.Parallel()
	ascii := iam.NewDocument(iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/e"))
	accented := iam.NewDocument(iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/é"))
	assert.Equal(t, len(ascii.JSON()), ascii.Size())
	assert.Equal(t, ascii.Size(), accented.Size())
}

func TestSplit(t *testing.T) {
	t.Parallel()
	small := iam.NewDocument(iam.Allow("A", []string{"s3:GetObject"}, "*"), iam.Allow("B", []string{"s3:PutObject"}, "*"))
	for name, c := range map[string]struct {
		document iam.Document
		limit    int
		want     int
	}{
		"what fits stays":              {small, small.Size(), 1},
		"one over the limit":           {small, small.Size() - 1, 2},
		"one statement, its resources": {iam.NewDocument(iam.Allow("A", []string{"s3:GetObject"}, buckets(100)...)), 1024, 4},
		"one statement, its actions":   {iam.NewDocument(iam.Allow("A", buckets(100), "*")), 1024, 4},
		"none":                         {iam.NewDocument(), 100, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts, err := iam.Split(c.document, c.limit)
			require.NoError(t, err)
			assert.Len(t, parts, c.want)
			for _, part := range parts {
				assert.LessOrEqual(t, part.Size(), c.limit)
				sids := map[string]bool{}
				for _, s := range part.Statements {
					assert.False(t, sids[s.Sid], "a Sid is unique in its document")
					sids[s.Sid] = s.Sid != ""
				}
			}
			assert.Equal(t, iam.Merge(c.document), withoutNumbers(iam.Merge(parts...)), "nothing is lost")
		})
	}
}

// withoutNumbers undoes what Split does to the Sids of this test, which have no digits.
func withoutNumbers(d iam.Document) iam.Document {
	for i := range d.Statements {
		d.Statements[i].Sid = strings.TrimRight(d.Statements[i].Sid, "0123456789")
	}
	return d
}

func TestSplitSaysWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	_, err := iam.Split(iam.NewDocument(
		iam.Allow("A", []string{"s3:GetObject"}, "*"), iam.Allow("B", []string{"s3:GetObject"}, strings.Repeat("x", 300)),
	), 200)
	require.ErrorContains(t, err, "Statement[1]: it takes")
	require.ErrorContains(t, err, "the limit is 200")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	get := func(resources ...string) iam.Statement {
		return iam.Allow("Get", []string{"s3:GetObject"}, resources...)
	}
	tls := func(s iam.Statement) iam.Statement { return s.If("Bool", "aws:SecureTransport", "true") }
	role := iam.Principal{AWS: []string{"b", "a"}}
	for name, c := range map[string]struct {
		one, other iam.Statement
		want       []iam.Statement
	}{
		"the same twice":          {get("a"), get("a"), []iam.Statement{get("a")}},
		"resources of one action": {get("b"), get("a", "b"), []iam.Statement{get("a", "b")}},
		"actions of one resource": {
			get("a"), iam.Allow("Put", []string{"s3:PutObject"}, "a"),
			[]iam.Statement{iam.Allow("Get", []string{"s3:GetObject", "s3:PutObject"}, "a")},
		},
		"other action and other resource": {
			get("a"), iam.Allow("Get", []string{"s3:PutObject"}, "b"),
			[]iam.Statement{get("a"), iam.Allow("Get2", []string{"s3:PutObject"}, "b")},
		},
		"a condition on one": {tls(get("a")), iam.Allow("Free", []string{"s3:GetObject"}, "b"), []iam.Statement{
			tls(get("a")), iam.Allow("Free", []string{"s3:GetObject"}, "b"),
		}},
		"the same condition": {tls(get("a")), tls(get("b")), []iam.Statement{tls(get("a", "b"))}},
		"another effect": {
			get("a"), iam.Statement{Effect: iam.EffectDeny, Actions: []string{"s3:GetObject"}, Resources: []string{"b"}},
			[]iam.Statement{get("a"), {Effect: iam.EffectDeny, Actions: []string{"s3:GetObject"}, Resources: []string{"b"}}},
		},
		"principals in another order": {
			get("a").For(role), get("b").For(iam.Principal{AWS: []string{"a", "b"}}),
			[]iam.Statement{get("a", "b").For(iam.Principal{AWS: []string{"a", "b"}})},
		},
		"another principal": {
			get("a").For(role), iam.Allow("X", []string{"s3:GetObject"}, "b").For(iam.Principal{Anyone: true}),
			[]iam.Statement{
				get("a").For(iam.Principal{AWS: []string{"a", "b"}}),
				iam.Allow("X", []string{"s3:GetObject"}, "b").For(iam.Principal{Anyone: true}),
			},
		},
		"exceptions stay apart": {
			iam.Statement{Effect: iam.EffectAllow, NotActions: []string{"iam:*"}, Resources: []string{"a"}},
			iam.Statement{Effect: iam.EffectAllow, NotActions: []string{"s3:*"}, Resources: []string{"a"}},
			[]iam.Statement{
				{Effect: iam.EffectAllow, NotActions: []string{"iam:*"}, Resources: []string{"a"}},
				{Effect: iam.EffectAllow, NotActions: []string{"s3:*"}, Resources: []string{"a"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, iam.NewDocument(c.want...), iam.Merge(iam.NewDocument(c.one), iam.NewDocument(c.other)))
		})
	}
}

func TestMergeKeepsOldTextPlain(t *testing.T) {
	t.Parallel()
	old := iam.NewDocument(iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/${aws:username}").If("StringLike", "s3:prefix", "${x}"))
	old.Version = "2008-10-17"
	merged := iam.Merge(old)
	assert.Equal(t, iam.PolicyVersion, merged.Version)
	assert.Equal(t, []string{"arn:aws:s3:::b/${$}{aws:username}"}, merged.Statements[0].Resources)
	assert.Equal(t, []string{"${$}{x}"}, merged.Statements[0].Conditions["StringLike"]["s3:prefix"])
	assert.Equal(t, []string{"arn:aws:s3:::b/${aws:username}"}, old.Statements[0].Resources, "what is merged stays as it is")
	assert.Equal(t, []string{"${x}"}, old.Statements[0].Conditions["StringLike"]["s3:prefix"])
}
