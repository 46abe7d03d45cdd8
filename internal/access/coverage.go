package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Unasked are the actions that the platform's own policies allow and that no verb has: the matrix would not show them.
func Unasked(world *decide.World) []string {
	var asked []string
	for _, kind := range verbs() {
		for _, verb := range kind {
			asked = append(asked, verb.actions...)
		}
	}
	var found []string
	for _, arn := range slices.Sorted(maps.Keys(world.Identities)) {
		for _, policy := range world.Identities[arn].Policies {
			if isAWSs(policy) || policy.Name == standIn {
				continue
			}
			for _, statement := range policy.Document.Statements {
				found = append(found, unaskedIn(policy.Name, statement, asked)...)
			}
		}
	}
	return unique(found)
}

func unaskedIn(policy string, statement iam.Statement, asked []string) []string {
	var found []string
	for _, action := range statement.Actions {
		if statement.Effect == iam.EffectAllow && !slices.ContainsFunc(asked, func(a string) bool {
			return matches(strings.ToLower(action), strings.ToLower(a))
		}) {
			found = append(found, fmt.Sprintf("%s of policy %s", action, policy))
		}
	}
	return found
}

// isAWSs says whether a policy is one of AWS's own, which have names in words with capitals.
func isAWSs(policy decide.Policy) bool {
	return strings.HasPrefix(policy.Name, "Amazon") || strings.HasPrefix(policy.Name, "AWS") || strings.HasPrefix(policy.Name, "CloudWatch")
}
