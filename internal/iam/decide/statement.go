package decide

import (
	"strconv"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

// applies tells whether a statement is about the action, the resource and the circumstances of the request; about whom it is, is
// looked at elsewhere. What AWS would refuse to store counts against the caller: it never allows, and it denies.
func (e *evaluation) applies(version string, s iam.Statement, ofResource bool) bool {
	if !e.hasAction(s) || !e.hasResource(version, s, ofResource) {
		return false
	}
	held, valid := e.holds(version, s.Conditions)
	if !valid {
		return s.Effect == iam.EffectDeny
	}
	return held
}

// hasAction compares actions, without regard of case.
func (e *evaluation) hasAction(s iam.Statement) bool {
	if len(s.NotActions) > 0 {
		return !e.listedAction(s.NotActions)
	}
	return e.listedAction(s.Actions)
}

func (e *evaluation) listedAction(patterns []string) bool {
	for _, pattern := range patterns {
		if likeAction(pattern, e.action) {
			return true
		}
	}
	return false
}

// hasResource compares resources. Trust policies and policies of repositories have none: they are about what they are attached to.
func (e *evaluation) hasResource(version string, s iam.Statement, ofResource bool) bool {
	if len(s.NotResources) > 0 {
		listed, resolved := e.listedResource(version, s.NotResources)
		return resolved && !listed
	}
	if len(s.Resources) == 0 {
		return ofResource
	}
	listed, _ := e.listedResource(version, s.Resources)
	return listed
}

// listedResource compares with a list of patterns. resolved is false when one has a variable without a value.
//
// `*` stands for any characters, colons among them: "IAM JSON policy elements: Resource" lets it go beyond a colon at the end of a part
// of an ARN, and a key of an object may have colons anyway.
func (e *evaluation) listedResource(version string, patterns []string) (listed, resolved bool) {
	resolved = true
	for _, pattern := range patterns {
		if !hasVariables(version, pattern) {
			listed = listed || like(pattern, e.request.Resource)
			continue
		}
		compiled, ok := expand(pattern, false, e.variable)
		resolved = resolved && ok
		listed = listed || ok && matches(compiled, e.resource)
	}
	return listed, resolved
}

// found are statements that apply, by what they do.
type found struct {
	allow, deny []string
	// to is how directly those that allow speak of the caller: only the most direct ones are in the list.
	to grant
}

// identityPolicies looks for statements that apply in policies of the caller.
func (e *evaluation) identityPolicies(policies ...Policy) found {
	var f found
	for _, policy := range policies {
		for i, s := range policy.Document.Statements {
			if !e.applies(policy.Document.Version, s, false) {
				continue
			}
			switch s.Effect {
			case iam.EffectDeny:
				f.deny = append(f.deny, nameOf(policy, i))
			case iam.EffectAllow:
				f.allow = append(f.allow, nameOf(policy, i))
			}
		}
	}
	return f
}

// resourcePolicies looks for statements that apply, and are about the caller, in policies of the resource.
func (e *evaluation) resourcePolicies(policies ...Policy) found {
	var f found
	for _, policy := range policies {
		for i, s := range policy.Document.Statements {
			if !e.applies(policy.Document.Version, s, true) {
				continue
			}
			to := e.caller.allowedTo(s)
			switch {
			case s.Effect == iam.EffectDeny && e.caller.deniedTo(s):
				f.deny = append(f.deny, nameOf(policy, i))
			case s.Effect == iam.EffectAllow && to > f.to:
				f.to, f.allow = to, []string{nameOf(policy, i)}
			case s.Effect == iam.EffectAllow && to == f.to && to != nobody:
				f.allow = append(f.allow, nameOf(policy, i))
			}
		}
	}
	return f
}

// nameOf is how decisions mention a statement.
func nameOf(policy Policy, index int) string {
	if sid := policy.Document.Statements[index].Sid; sid != "" {
		return policy.Name + "#" + sid
	}
	return policy.Name + "#" + strconv.Itoa(index+1)
}
