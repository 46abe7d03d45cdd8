package actions

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Check finds what does nothing in a policy, or cannot be stored: actions that do not exist, resources whose ARN no action of the
// statement takes, actions that take none of the statement's resources, condition operators that do not exist; and in identity policies
// actions that also need a resource of a type that no statement allows with them, as a Glue table needs its database and catalog.
func Check(document iam.Document) problem.List {
	var found problem.List
	for i, statement := range document.Statements {
		found.Under("Statement["+strconv.Itoa(i)+"]", checkStatement(statement))
	}
	return append(found, checkNeeds(document)...)
}

func checkStatement(s iam.Statement) problem.List {
	var found problem.List
	actions := map[int][]Action{}
	for i, pattern := range s.Actions {
		actions[i] = checkAction(&found, "Action["+strconv.Itoa(i)+"]", pattern)
	}
	for i, pattern := range s.NotActions {
		checkAction(&found, "NotAction["+strconv.Itoa(i)+"]", pattern)
	}
	if len(s.Resources) > 0 && len(s.Actions) > 0 {
		checkResources(&found, s, actions)
	}
	for _, operator := range slices.Sorted(maps.Keys(s.Conditions)) {
		if !decide.ValidOperator(operator) {
			found.Add("Condition."+operator, "see the operators in the IAM user guide", "is no condition operator")
		}
	}
	return found
}

// checkAction finds the actions that a pattern stands for.
func checkAction(found *problem.List, path, pattern string) []Action {
	if pattern == "*" {
		return nil
	}
	service, _, isAction := strings.Cut(strings.ToLower(pattern), ":")
	switch matching := Matching(pattern); {
	case !isAction:
		found.Add(path, "write SERVICE:ACTION", "%q is no action", pattern)
	case !read().services[service]:
		found.Add(path, "add the service to tools/tables/actions.go and make the tables again", "%q is of a service that is not in the table",
			pattern)
	case len(matching) == 0:
		found.Add(path, "look the name up in the Service Authorization Reference", "%q does not exist", pattern)
	default:
		return matching
	}
	return nil
}

// checkResources looks at pairs of actions and resources: every action needs a resource that it takes, every resource an action.
func checkResources(found *problem.List, s iam.Statement, actions map[int][]Action) {
	used := make([]bool, len(s.Resources))
	checked := true
	for i, pattern := range s.Actions {
		if len(actions[i]) == 0 {
			checked = false // any action, or a mistake that is named already
			continue
		}
		works := false
		for j, resource := range s.Resources {
			if takesAny(actions[i], resource) {
				used[j], works = true, true
			}
		}
		if !works {
			found.Add("Action["+strconv.Itoa(i)+"]", forms(actions[i]), "%q takes none of the statement's resources", pattern)
		}
	}
	for j, resource := range s.Resources {
		if checked && !used[j] {
			found.Add("Resource["+strconv.Itoa(j)+"]", "name one that an action of the statement takes",
				"%q is taken by no action of the statement", resource)
		}
	}
}

func takesAny(actions []Action, resource string) bool {
	return slices.ContainsFunc(actions, func(a Action) bool { return a.Takes(resource) })
}

// Takes tells whether the action can be about a resource of a policy: an ARN with wildcards and variables.
func (a Action) Takes(resource string) bool {
	if resource == "*" {
		return true
	}
	for _, pattern := range a.Resources {
		if overlap(policyTokens(resource), arnTokens(pattern)) {
			return true
		}
	}
	return false
}

// forms says what the resources of actions look like.
func forms(actions []Action) string {
	patterns := map[string]bool{}
	for _, a := range actions {
		for _, pattern := range a.Resources {
			patterns[pattern] = true
		}
	}
	if len(patterns) == 0 {
		return "it takes * only"
	}
	return "it takes " + strings.Join(slices.Sorted(maps.Keys(patterns)), " or ")
}

// checkNeeds looks for actions that are allowed on some resources they need, and not on others. Policies of resources are about one
// resource and do not say what their callers may do elsewhere.
func checkNeeds(document iam.Document) problem.List {
	var found problem.List
	allowed := map[string][]string{}
	for _, s := range document.Statements {
		if s.Principal != nil || s.NotPrincipal != nil || s.Effect != iam.EffectAllow {
			continue
		}
		for _, name := range s.Actions {
			if action, ok := Lookup(name); ok {
				allowed[action.Name] = append(allowed[action.Name], s.Resources...)
				if len(s.NotResources) > 0 {
					allowed[action.Name] = append(allowed[action.Name], "*")
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		action, _ := Lookup(name)
		for _, needed := range action.Needs {
			pattern := action.Resources[needed]
			one := Action{Resources: map[string]string{needed: pattern}}
			if !slices.ContainsFunc(allowed[name], one.Takes) {
				found.Add("", "allow it on "+pattern+", too", "%s is not allowed on any %s, which it needs", name, needed)
			}
		}
	}
	return found
}
