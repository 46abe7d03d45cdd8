package iam

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Merge unites documents: it allows and denies what they do together, and nothing more. Statements about the same actions are
// united into one with the resources of all, those about the same resources into one with the actions of all, when effect, principals
// and conditions are the same. Values are sorted and occur once. Statements keep the order in which they first occur; a Sid that occurs
// again gets a number.
func Merge(documents ...Document) Document {
	merged := Document{Version: PolicyVersion}
	for _, d := range documents {
		if merged.ID == "" {
			merged.ID = d.ID
		}
		for _, s := range d.Statements {
			merged.Statements = append(merged.Statements, sorted(current(d.Version, s)))
		}
	}
	for {
		united := unite(unite(merged.Statements, sameResources), sameActions)
		done := len(united) == len(merged.Statements)
		merged.Statements = united
		if done {
			break
		}
	}
	for i, s := range merged.Statements {
		merged.Statements[i] = uniqueSid(merged.Statements[:i], s)
	}
	return merged
}

// unite makes one statement of those that share a key. An empty key is shared with none.
func unite(statements []Statement, key func(Statement) string) []Statement {
	var united []Statement
	places := map[string]int{}
	for _, s := range statements {
		shared := key(s)
		place, known := places[shared]
		if !known || shared == "" {
			places[shared] = len(united)
			united = append(united, s)
			continue
		}
		into := &united[place]
		into.Actions = union(into.Actions, s.Actions)
		into.Resources = union(into.Resources, s.Resources)
		if into.Sid == "" {
			into.Sid = s.Sid
		}
	}
	return united
}

// sameResources is the key of statements whose actions can be united. With Not, uniting would narrow what is excepted.
func sameResources(s Statement) string {
	if len(s.NotActions) > 0 {
		return ""
	}
	s.Sid, s.Actions = "", nil
	return canonical(s)
}

// sameActions is the key of statements whose resources can be united. Statements without resources are about what they are attached to.
func sameActions(s Statement) string {
	if len(s.NotResources) > 0 || len(s.Resources) == 0 {
		return ""
	}
	s.Sid, s.Resources = "", nil
	return canonical(s)
}

// sorted returns a statement whose values are in order and occur once.
func sorted(s Statement) Statement {
	for _, list := range []*[]string{&s.Actions, &s.NotActions, &s.Resources, &s.NotResources} {
		*list = union(*list, nil)
	}
	s.Principal, s.NotPrincipal = sortedPrincipal(s.Principal), sortedPrincipal(s.NotPrincipal)
	if s.Conditions != nil {
		conditions := Conditions{}
		for operator, keys := range s.Conditions {
			conditions[operator] = map[string][]string{}
			for key, values := range keys {
				conditions[operator][key] = union(values, nil)
			}
		}
		s.Conditions = conditions
	}
	return s
}

func sortedPrincipal(p *Principal) *Principal {
	if p == nil {
		return nil
	}
	return &Principal{
		Anyone: p.Anyone, AWS: union(p.AWS, nil), Service: union(p.Service, nil), Federated: union(p.Federated, nil),
		CanonicalUser: union(p.CanonicalUser, nil),
	}
}

// union has the values of both in order, once each. It stays nil for nothing: an absent list is not an empty one.
func union(one, other []string) []string {
	if one == nil && other == nil {
		return nil
	}
	all := append(slices.Clone(one), other...)
	slices.Sort(all)
	return slices.Compact(all)
}

// current returns a statement of any version of the policy language as one of the current version: before that, `${` is plain text.
func current(version string, s Statement) Statement {
	if version == PolicyVersion {
		return s
	}
	escape := func(values []string) []string {
		escaped := slices.Clone(values)
		for i, value := range escaped {
			escaped[i] = strings.ReplaceAll(value, "${", "${$}{")
		}
		return escaped
	}
	s.Resources, s.NotResources = escape(s.Resources), escape(s.NotResources)
	conditions := maps.Clone(s.Conditions)
	for operator, keys := range conditions {
		conditions[operator] = map[string][]string{}
		for key, values := range keys {
			conditions[operator][key] = escape(values)
		}
	}
	s.Conditions = conditions
	return s
}

// uniqueSid returns a statement with a Sid that the others do not have.
func uniqueSid(others []Statement, s Statement) Statement {
	taken := func(sid string) bool {
		return slices.ContainsFunc(others, func(other Statement) bool { return other.Sid == sid })
	}
	if s.Sid == "" {
		return s
	}
	name := s.Sid
	for number := 2; taken(s.Sid); number++ {
		s.Sid = name + strconv.Itoa(number)
	}
	return s
}
