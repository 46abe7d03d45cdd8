package access

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/actions"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Reasons why a mutation changes nothing that AWS could decide. Each is proved, for the very statement, by the functions below.
const (
	nothingEverybody = "the statement names everybody already"
	nothingActions   = "AWS has no more actions of the service that take the statement's resources"
	nothingResources = "the statement's actions take no more resources"
	nothingNamed     = "who is added has what the statement allows, by another one"
	nothingAllowed   = "another statement of the identity allows it already"
)

// sameReach proves that a statement in another form allows what it did, and says why. It is empty where it proves nothing.
func (i *Inventory) sameReach(from, to iam.Statement) string {
	switch {
	case !reflect.DeepEqual(from.Conditions, to.Conditions):
		return ""
	case from.Principal != nil && (from.Principal.Anyone || slices.Contains(from.Principal.AWS, "*")) &&
		slices.Equal(from.Actions, to.Actions) && slices.Equal(from.Resources, to.Resources):
		return nothingEverybody
	case len(to.Actions) > len(from.Actions) && addsNoAction(from, to):
		return nothingActions
	case slices.Equal(from.Actions, to.Actions) && i.addsNoResource(from, to):
		return nothingResources
	}
	return ""
}

// addsNoAction looks each action up that a pattern adds. Those of services that the table does not have may be anything.
func addsNoAction(from, to iam.Statement) bool {
	for _, pattern := range to.Actions {
		if slices.Contains(from.Actions, pattern) {
			continue
		}
		matching := actions.Matching(pattern)
		if len(matching) == 0 {
			return false
		}
		for _, action := range matching {
			if !matchesAny(from.Actions, action.Name) && (len(from.Resources) == 0 || takesAny(action, from.Resources)) {
				return false
			}
		}
	}
	return true
}

func takesAny(action actions.Action, resources []string) bool {
	return slices.ContainsFunc(resources, action.Takes)
}

// addsNoResource looks up what the actions take: each form of ARN below a wider resource has to be one that the statement had.
func (i *Inventory) addsNoResource(from, to iam.Statement) bool {
	wider := 0
	for _, wide := range to.Resources {
		if slices.Contains(from.Resources, wide) {
			continue
		}
		wider++
		for _, pattern := range from.Actions {
			matching := actions.Matching(pattern)
			if len(matching) == 0 || slices.ContainsFunc(matching, func(a actions.Action) bool { return i.reachesMore(a, from.Resources, wide) }) {
				return false
			}
		}
	}
	return wider > 0
}

// reachesMore says whether an action takes something that a wider resource covers and the others do not.
func (i *Inventory) reachesMore(action actions.Action, resources []string, wide string) bool {
	for _, form := range action.Resources {
		for _, arn := range i.inPlace(form, wide) {
			if matchesAny([]string{wide}, arn) && !matchesAny(resources, arn) {
				return true
			}
		}
	}
	return false
}

// elsewhereARN are names that no policy names, for accounts, regions and resources.
const elsewhereARN = "elsewhere"

// inPlace are forms of ARNs in the account and region of the platform, and in others, with names that begin like that of a wider
// resource, and with any.
func (i *Inventory) inPlace(form, wide string) []string {
	parts := strings.SplitN(form, ":", 6)
	wideParts := strings.SplitN(wide, ":", 6)
	if len(parts) != 6 {
		return []string{form}
	}
	parts[1] = i.partition
	names := []string{named(parts[5], elsewhereARN)}
	if len(wideParts) == 6 {
		for _, rest := range []string{elsewhereARN, elsewhereARN + "/" + elsewhereARN} {
			names = append(names, strings.ReplaceAll(wideParts[5], "*", rest))
		}
	}
	var all []string
	for _, place := range [][2]string{{i.Region, i.Account}, {elsewhereARN, i.Account}, {i.Region, otherAccount}} {
		for _, name := range names {
			if !matches(wildcards(parts[5]), name) {
				continue
			}
			arn := slices.Clone(parts)
			arn[3], arn[4], arn[5] = filled(parts[3], place[0]), filled(parts[4], place[1]), name
			all = append(all, strings.Join(arn, ":"))
		}
	}
	return all
}

func filled(part, value string) string { return strings.ReplaceAll(part, "%", value) }

// named fills in the names of a form of the table.
func named(form, name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(form, "%", name), "*", name)
}

// wildcards are a form of the table as a pattern: `%` and `*` stand for names.
func wildcards(form string) string { return strings.ReplaceAll(form, "%", "*") }

// allowedAlready proves that an identity may do what a statement for everything allows.
func allowedAlready(identity decide.Identity, planted iam.Statement) string {
	for _, policy := range identity.Policies {
		for _, s := range policy.Document.Statements {
			if s.Effect == iam.EffectAllow && len(s.Conditions) == 0 && slices.Contains(s.Resources, "*") && covers(s.Actions, planted.Actions) {
				return nothingAllowed
			}
		}
	}
	return ""
}

// hasAlready proves that another statement of the same policy, or an identity's policy, allows somebody what a statement does, piece by
// piece. The policies of identities count where the resource is of the same account; a key has to leave it to them.
func (e *editor) hasAlready(who iam.Principal, statement iam.Statement) bool {
	if len(who.AWS) != 1 || len(statement.Actions) == 0 || len(statement.Resources) == 0 {
		return false
	}
	var others []iam.Statement
	for i, s := range e.document.Statements {
		if i != e.index && isAmong(who, s.Principal) {
			others = append(others, s)
		}
	}
	identity, own := e.world.Identities[who.AWS[0]]
	if own && identity.Boundary == nil && (!strings.HasPrefix(statement.Actions[0], "kms:") || e.delegates()) {
		for _, policy := range identity.Policies {
			others = append(others, policy.Document.Statements...)
		}
	}
	for _, action := range statement.Actions {
		for _, resource := range statement.Resources {
			allows := func(s iam.Statement) bool {
				return s.Effect == iam.EffectAllow && includes(s, action, resource, statement.Conditions)
			}
			if !slices.ContainsFunc(others, allows) {
				return false
			}
		}
	}
	return true
}

// delegates says whether the policy of a key leaves everything to the policies of identities.
func (e *editor) delegates() bool {
	account := iam.Principal{AWS: []string{"arn:" + e.inventory.partition + ":iam::" + e.inventory.Account + ":root"}}
	return slices.ContainsFunc(e.document.Statements, func(s iam.Statement) bool {
		return s.Effect == iam.EffectAllow && isAmong(account, s.Principal) && len(s.Conditions) == 0 && covers(s.Actions, []string{"kms:*"})
	})
}

// includes says whether a statement allows an action on a resource under conditions that it has not more of.
func includes(s iam.Statement, action, resource string, conditions iam.Conditions) bool {
	for operator, keys := range s.Conditions {
		for key, values := range keys {
			if !slices.Equal(values, conditions[operator][key]) {
				return false
			}
		}
	}
	variable := func(text string) bool { return strings.Contains(text, "$") }
	return !slices.ContainsFunc(s.Resources, variable) && matchesAny(s.Actions, action) && matchesAny(s.Resources, resource)
}

func covers(patterns, actions []string) bool {
	return len(patterns) > 0 && !slices.ContainsFunc(actions, func(action string) bool { return !matchesAny(patterns, action) })
}
