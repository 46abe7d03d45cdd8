package access

import (
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// reach sorts out the questions that no policy could answer with yes: nearly all of them. What is left is decided.
type reach struct {
	world *decide.World
	// identities has what statements of identities allow at most, resources what those of resources do, by ARN.
	identities, resources map[string][]grant
}

// grant is an upper bound of what a statement allows, in lower case: conditions and principals are not looked at.
type grant struct{ actions, resources []string }

func newReach(world *decide.World) *reach {
	f := &reach{world: world, identities: map[string][]grant{}, resources: map[string][]grant{}}
	for arn := range world.Identities {
		f.readIdentity(arn)
	}
	for arn := range world.Resources {
		f.readResource(arn)
	}
	return f
}

// readIdentity reads the policies of an identity again.
func (f *reach) readIdentity(arn string) {
	f.identities[arn], f.resources[arn] = nil, nil
	identity := f.world.Identities[arn]
	for _, policy := range identity.Policies {
		f.identities[arn] = append(f.identities[arn], grants(policy.Document)...)
	}
	if identity.Trust != nil {
		f.resources[arn] = grants(identity.Trust.Document)
	}
}

// readResource reads the policies of a resource again.
func (f *reach) readResource(arn string) {
	f.resources[arn] = nil
	for _, policy := range f.world.Resources[arn].Policies {
		f.resources[arn] = append(f.resources[arn], grants(policy.Document)...)
	}
}

func grants(document iam.Document) []grant {
	var all []grant
	for _, s := range document.Statements {
		if s.Effect != iam.EffectAllow {
			continue
		}
		g := grant{lower(s.Actions), lower(s.Resources)}
		if len(s.NotActions) > 0 {
			g.actions = []string{"*"}
		}
		if len(s.NotResources) > 0 || len(s.Resources) == 0 {
			g.resources = []string{"*"}
		}
		all = append(all, g)
	}
	return all
}

// maybe is false only where no statement of the principal nor of the resource could allow the request.
func (f *reach) maybe(principal string, a ask) bool {
	for _, g := range f.identities[principal] {
		if matchesOne(g.actions, a.lowAction) && matchesOne(g.resources, a.lowARN) {
			return true
		}
	}
	for _, g := range f.resources[covering(f.world, a.arn)] {
		if matchesOne(g.actions, a.lowAction) {
			return true
		}
	}
	return false
}

func lower(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = strings.ToLower(text)
	}
	return all
}

// covering is the ARN of the entry that has the policy of a resource: the bucket's of an object, the catalog's of a table.
func covering(world *decide.World, arn string) string {
	if _, ok := world.Resources[arn]; ok {
		return arn
	}
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return arn
	}
	switch parts[2] {
	case "s3":
		bucket, _, _ := strings.Cut(arn, "/")
		return bucket
	case "glue":
		return strings.Join(parts[:5], ":") + ":catalog"
	}
	return arn
}

// matchesAny compares without regard of case.
func matchesAny(patterns []string, text string) bool {
	return matchesOne(lower(patterns), strings.ToLower(text))
}

func matchesOne(patterns []string, text string) bool {
	for _, pattern := range patterns {
		if matches(pattern, text) {
			return true
		}
	}
	return false
}

// matches is generous: a policy variable stands for anything.
func matches(pattern, text string) bool {
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '$':
			return true
		case c == '*':
			return matchesEnd(pattern[i+1:], text[i:])
		case i >= len(text), c != '?' && c != text[i]:
			return false
		}
	}
	return len(pattern) == len(text)
}

// matchesEnd looks for an end of a text that matches.
func matchesEnd(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	for i := range len(text) + 1 {
		if matches(pattern, text[i:]) {
			return true
		}
	}
	return false
}
