package decide_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// maker makes worlds and requests at random, of few names, so that they meet often.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 1))} } //nolint:gosec // the same worlds for the same seed

func (m maker) pick(values ...string) string { return values[m.IntN(len(values))] }

// many picks one to three.
func (m maker) many(values ...string) []string {
	var picked []string
	for range 1 + m.IntN(3) {
		picked = append(picked, m.pick(values...))
	}
	return picked
}

func (m maker) action() string {
	return m.pick("s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:AssumeRole", "sts:TagSession")
}

func (m maker) resource() string {
	return m.pick(bucketARN, objectARN, "arn:aws:s3:::lake/ann/x", keyARN, foreignKey, dataARN, foreignData, "*")
}

func (m maker) principal() string {
	return m.pick(userARN, roleARN, sessionARN, dataARN, foreignRole, foreignRole+"2", rootARN, "ec2.amazonaws.com", "*")
}

func (m maker) conditions() iam.Conditions {
	if m.IntN(3) > 0 {
		return nil
	}
	operator := m.pick("", "", "", "ForAllValues:", "ForAnyValue:", "ForSome:") +
		m.pick("StringEquals", "StringLike", "StringNotLike", "ArnLike", "NumericLessThan", "DateLessThan", "Bool", "Nothing") +
		m.pick("", "IfExists")
	return iam.Conditions{operator: {m.pick("x:a", "aws:PrincipalArn"): m.many("", "a", "5", "true", "${aws:username}", "*", roleARN)}}
}

func (m maker) principals() *iam.Principal {
	switch m.IntN(4) {
	case 0:
		return &iam.Principal{Anyone: true}
	case 1:
		return &iam.Principal{Service: []string{"ec2.amazonaws.com"}}
	default:
		return &iam.Principal{AWS: m.many(userARN, roleARN, sessionARN, rootARN, "111122223333", foreignRole, foreignRoot)}
	}
}

func (m maker) statement(effect string, ofResource bool) iam.Statement {
	s := iam.Statement{Effect: effect, Conditions: m.conditions(), Sid: m.pick("", "A", "B", "A2")}
	if list := m.many("*", "s3:*", "s3:GetObject", "kms:*", "sts:AssumeRole", "s3:?utObject", "sts:*"); m.IntN(5) == 0 {
		s.NotActions = list
	} else {
		s.Actions = list
	}
	list := m.many("*", bucketARN, "arn:aws:s3:::lake/*", objectARN, keyARN, dataARN, "arn:aws:s3:::lake/${aws:username}/*", "arn:aws:kms:*")
	switch m.IntN(6) {
	case 0:
		s.NotResources = list
	case 1:
	default:
		s.Resources = list
	}
	if ofResource && m.IntN(5) == 0 {
		s.NotPrincipal = m.principals()
	} else if ofResource {
		s.Principal = m.principals()
	}
	return s
}

func (m maker) policy(name string, ofResource bool) decide.Policy {
	d := iam.NewDocument()
	if m.IntN(4) == 0 {
		d.Version = "2008-10-17"
	}
	for range 1 + m.IntN(3) {
		d.Statements = append(d.Statements, m.statement(m.pick(iam.EffectAllow, iam.EffectAllow, iam.EffectDeny), ofResource))
	}
	return decide.Policy{Name: name, Document: d}
}

func (m maker) policies(name string, ofResource bool) []decide.Policy {
	list := []decide.Policy{m.policy(name, ofResource)}
	if m.IntN(2) == 0 {
		list = append(list, m.policy(name+" too", ofResource))
	}
	return list
}

// sometimes is a policy that is often absent.
func (m maker) sometimes(name string, ofResource bool) *decide.Policy {
	if m.IntN(3) > 0 {
		return nil
	}
	p := m.policy(name, ofResource)
	return &p
}

// world has policies in all places.
func (m maker) world() *decide.World {
	w := &decide.World{Identities: map[string]decide.Identity{}, Resources: map[string]decide.Resource{}, Groups: map[string][]decide.Policy{
		groupARN: m.policies("group", false),
	}}
	for _, arn := range []string{userARN, roleARN, dataARN, foreignData, foreignRole} {
		trust := m.policy("trust", true)
		w.Identities[arn] = decide.Identity{Policies: m.policies("own", false), Boundary: m.sometimes("boundary", false), Trust: &trust}
	}
	for _, arn := range []string{bucketARN, keyARN, foreignKey} {
		w.Resources[arn] = decide.Resource{Policies: m.policies("resource", true)}
	}
	lake := w.Resources[bucketARN]
	lake.Account = m.pick("111122223333", "444455556666")
	w.Resources[bucketARN] = lake
	return w
}

func (m maker) request() decide.Request {
	r := decide.Request{Principal: m.principal(), Action: m.action(), Resource: m.resource(), Session: m.sometimes("session", false)}
	if m.IntN(2) == 0 {
		r.Context = map[string][]string{"x:a": m.many("", "a", "5", "true", "ann")}
	}
	return r
}

// change changes every policy of a world, or of a request, by copying.
func change(w *decide.World, r decide.Request, by func(p []decide.Policy, ofResource bool) []decide.Policy) (*decide.World, decide.Request) {
	changed := &decide.World{
		Identities: map[string]decide.Identity{}, Groups: map[string][]decide.Policy{}, Resources: map[string]decide.Resource{},
	}
	for arn, identity := range w.Identities {
		identity.Policies = by(identity.Policies, false)
		if identity.Boundary != nil {
			identity.Boundary = &by([]decide.Policy{*identity.Boundary}, false)[0]
		}
		identity.Trust = &by([]decide.Policy{*identity.Trust}, true)[0]
		changed.Identities[arn] = identity
	}
	for arn, policies := range w.Groups {
		changed.Groups[arn] = by(policies, false)
	}
	for arn, resource := range w.Resources {
		resource.Policies = by(resource.Policies, true)
		changed.Resources[arn] = resource
	}
	if r.Session != nil {
		r.Session = &by([]decide.Policy{*r.Session}, false)[0]
	}
	return changed, r
}

// adding makes a change that adds a statement to some of the policies.
func (m maker) adding(effect string) func([]decide.Policy, bool) []decide.Policy {
	return func(policies []decide.Policy, ofResource bool) []decide.Policy {
		more := append([]decide.Policy{}, policies...)
		if m.IntN(3) == 0 {
			first := more[0].Document
			first.Statements = append([]iam.Statement{m.statement(effect, ofResource)}, first.Statements...)
			more[0].Document = first
		}
		return more
	}
}

// seeds are run by every test; fuzzing finds more.
const seeds = 400

func FuzzMoreAllowancesNeverDeny(f *testing.F) {
	eachSeed(f, func(t *testing.T, m maker) {
		t.Helper()
		world, request := m.world(), m.request()
		before := world.Decide(request)
		after, asked := change(world, request, m.adding(iam.EffectAllow))
		if got := after.Decide(asked); before.Allowed {
			assert.True(t, got.Allowed, "%+v became %+v", before, got)
		}
	})
}

func FuzzMoreDenialsNeverAllow(f *testing.F) {
	eachSeed(f, func(t *testing.T, m maker) {
		t.Helper()
		world, request := m.world(), m.request()
		before := world.Decide(request)
		after, asked := change(world, request, m.adding(iam.EffectDeny))
		if got := after.Decide(asked); !before.Allowed {
			assert.False(t, got.Allowed, "%+v became %+v", before, got)
		}
	})
}

func FuzzMergedAndSplitPoliciesDecideTheSame(f *testing.F) {
	eachSeed(f, func(t *testing.T, m maker) {
		t.Helper()
		world := m.world()
		merge := func(policies []decide.Policy, _ bool) []decide.Policy {
			return []decide.Policy{{Name: "merged", Document: iam.Merge(documents(policies)...)}}
		}
		split := func(policies []decide.Policy, _ bool) []decide.Policy {
			var all []decide.Policy
			for _, policy := range policies {
				all = append(all, pieces(t, policy)...)
			}
			return all
		}
		merged, _ := change(world, decide.Request{}, merge)
		// Where one document stands, there is no place for pieces: boundary, trust and session stay whole.
		parted, _ := change(world, decide.Request{}, func(p []decide.Policy, ofResource bool) []decide.Policy {
			if len(p) == 1 && p[0].Name != "own" {
				return p
			}
			return split(p, ofResource)
		})
		for range 20 {
			request := m.request()
			want := world.Decide(request)
			_, asked := change(&decide.World{}, request, merge)
			same(t, want, merged.Decide(asked))
			same(t, want, parted.Decide(request))
		}
	})
}

func same(t *testing.T, want, got decide.Decision) {
	t.Helper()
	assert.Equal(t, []any{want.Allowed, want.Explicit, want.Layer}, []any{got.Allowed, got.Explicit, got.Layer}, "%+v, %+v", want, got)
}

func documents(policies []decide.Policy) []iam.Document {
	var all []iam.Document
	for _, policy := range policies {
		all = append(all, policy.Document)
	}
	return all
}

// pieces splits a policy as far as it goes.
func pieces(t *testing.T, policy decide.Policy) []decide.Policy {
	t.Helper()
	for limit := 150; ; limit += 25 {
		split, err := iam.Split(policy.Document, limit)
		if err != nil {
			require.Less(t, limit, 3000)
			continue
		}
		var all []decide.Policy
		for _, document := range split {
			assert.LessOrEqual(t, document.Size(), limit)
			all = append(all, decide.Policy{Name: policy.Name, Document: document})
		}
		return all
	}
}

func FuzzAnythingIsDecided(f *testing.F) {
	f.Add(`{"Effect":"Allow","Action":"*","Resource":"*"}`, roleARN, "s3:GetObject", objectARN, "aws:PrincipalArn", "x")
	f.Add(`{"Effect":"Deny","NotPrincipal":"*","NotAction":"?","NotResource":"${","Condition":{"ArnLike":{"a":"${a}:${b, ''}"}}}`, "arn:", ":", "arn:::::", "a", "")
	f.Fuzz(func(t *testing.T, statement, principal, action, resource, key, value string) {
		document, err := iam.Parse(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)
		if err != nil {
			t.Skip()
		}
		p := decide.Policy{Name: "any", Document: document}
		identity := decide.Identity{Policies: []decide.Policy{p}, Boundary: &p, Trust: &p, Groups: []string{principal}}
		world := &decide.World{
			Identities: map[string]decide.Identity{principal: identity, resource: identity}, Groups: map[string][]decide.Policy{principal: {p}},
			Resources: map[string]decide.Resource{resource: {Policies: []decide.Policy{p}}},
		}
		got := world.Decide(decide.Request{
			Principal: principal, Session: &p, Action: action, Resource: resource, Context: map[string][]string{key: {value}},
		})
		assert.False(t, got.Allowed && got.Explicit)
	})
}

func eachSeed(f *testing.F, check func(*testing.T, maker)) {
	f.Helper()
	for seed := range uint64(seeds) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { check(t, newMaker(seed)) })
}

// TestRandomRequestsAreOfAllKinds keeps the fuzz tests from asking what is always refused.
func TestRandomRequestsAreOfAllKinds(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for seed := range uint64(10 * seeds) {
		m := newMaker(seed)
		got := m.world().Decide(m.request())
		switch {
		case got.Allowed:
			seen["allowed by "+got.Layer]++
		case got.Explicit:
			seen["denied by "+got.Layer]++
		default:
			seen["missing in "+got.Layer]++
		}
	}
	for _, kind := range []string{
		"allowed by " + decide.LayerIdentity, "allowed by " + decide.LayerResource, "allowed by " + decide.LayerKey,
		"allowed by " + decide.LayerTrust, "denied by " + decide.LayerIdentity, "denied by " + decide.LayerResource,
		"missing in " + decide.LayerIdentity, "missing in " + decide.LayerKey, "missing in " + decide.LayerTrust,
	} {
		assert.Positive(t, seen[kind], kind)
	}
}
