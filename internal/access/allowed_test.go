package access

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A row is about one connection: NAME is the same on both sides, and what is another connection's is OTHER.
func TestRowsAreAboutOneConnection(t *testing.T) {
	t.Parallel()
	sales := Principal{
		Label: "connection sales", Class: ClassConnection, Connection: "sales", Shared: []string{"database market of account 2"},
	}
	pods := Principal{Label: "pods jobs/a of connection sales", Class: ClassPod, Connection: "sales"}
	host := Principal{Label: "DSS host", Class: ClassHost}
	account := Principal{Label: "account 1", Class: ClassShared, Shared: []string{"connection sales", "database common"}}
	unknown := Principal{Label: "account 9" + unstated, Class: ClassShared}
	data := func(connection string) Resource {
		return Resource{Label: "data of connection " + connection, Connection: connection, things: []string{"connection " + connection}}
	}
	zone := Resource{Label: "bucket zone", Kind: KindBucket, users: []string{"sales"}, things: []string{"connection sales"}}
	other := Resource{Label: "bucket other", Kind: KindBucket, users: []string{"people"}, things: []string{"connection people"}}
	database := func(name string) Resource {
		label := "database " + name + " of account 2"
		return Resource{Label: label, general: otherDatabase, things: []string{label}}
	}
	common := Resource{Label: "database common of the platform", general: "database NAME of the platform", things: []string{"database common"}}
	for _, c := range []struct {
		p         Principal
		r         Resource
		who, what string
	}{
		{sales, data("sales"), "connection NAME", "data of connection NAME"},
		{sales, data("people"), "connection NAME", "data of connection OTHER"},
		{sales, data("sales-eu"), "connection NAME", "data of connection OTHER"},
		{sales, Resource{Label: "role of pods connection sales/a of connection people", Connection: "people"}, "connection NAME",
			"role of pods connection sales/a of connection OTHER"},
		{pods, data("sales"), "pods jobs/a of connection NAME", "data of connection NAME"},
		{host, data("people"), "DSS host", "data of connection NAME"},
		{sales, zone, "connection NAME", "bucket zone that connection NAME uses"},
		{sales, other, "connection NAME", "bucket other"},
		{sales, database("market"), "connection NAME", "database of another account of connection NAME"},
		{sales, database("rates"), "connection NAME", "database of another account"},
		{account, data("sales"), "those that connection NAME is shared with", "data of connection NAME"},
		{account, data("people"), sharedWithThem, "data of connection NAME"},
		{account, zone, "those that a connection in it is shared with", "bucket zone"},
		{account, other, sharedWithThem, "bucket other"},
		{account, common, "those that database NAME is shared with", "database NAME of the platform"},
		{account, Resource{Label: "key key", Kind: KindKey}, sharedWithThem, "key key"},
		{unknown, data("sales"), "account 9" + unstated, "data of connection NAME"},
	} {
		who, what := inGeneralTerms(&c.p, &c.r)
		assert.Equal(t, [2]string{c.who, c.what}, [2]string{who, what}, "%s: %s", c.p.Label, c.r.Label)
	}
}

// A star stands for names, and not for whose something is.
func TestStarsStandForNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, label string
		want           bool
	}{
		{"bucket *", "bucket zone", true},
		{"bucket *", "bucket data of connection NAME", false},
		{"bucket *", "bucket data of connection OTHER", false},
		{"bucket *", "bucket zone that connection NAME uses", false},
		{"bucket * that connection NAME uses", "bucket zone that connection NAME uses", true},
		{"bucket * that connection NAME uses", "bucket zone", false},
		{"pods * of connection NAME", "pods jobs/a of connection NAME", true},
		{"pods * of connection NAME", "pods jobs/a of connection OTHER", false},
		{"key *", "key 1" + thereBefore, true},
		{"key *", "key 1" + outsideOf, false},
		{"key *" + outsideOf, "key 1" + outsideOf, true},
		{"data of connection NAME", "data of connection sales", false},
	} {
		assert.Equal(t, c.want, like(c.pattern, c.label), "%s: %s", c.pattern, c.label)
	}
}

// A right that is listed for a connection's own data is none to another's.
func TestARightOfOneConnectionIsNotAnothers(t *testing.T) {
	t.Parallel()
	rows, err := ParseAllowed(
		"| Who | What | May | Why |\n|---|---|---|---|\n| connection NAME | data of connection NAME | read | its data |\n")
	require.NoError(t, err)
	edge := func(connection, resource string) Edge {
		p := Principal{Label: "connection " + connection, Connection: connection}
		r := Resource{Label: "data of connection " + resource, Connection: resource}
		who, what := inGeneralTerms(&p, &r)
		return Edge{Principal: p.Label, Verb: "read", Resource: r.Label, who: who, what: what}
	}
	edges := []Edge{edge("sales", "sales"), edge("people", "people"), edge("sales", "people")}
	assert.Equal(t, []Edge{{Principal: "connection NAME", Verb: "read", Resource: "data of connection OTHER"}}, Unlisted(edges, rows))
}
