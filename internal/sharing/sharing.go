// Package sharing says whom in other accounts something is shared with.
package sharing

import (
	"regexp"
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

var (
	account  = regexp.MustCompile(`^[0-9]{12}$`)
	identity = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$`)
)

// IsAccount says whether a text is the number of an account.
func IsAccount(text string) bool { return account.MatchString(text) }

// Principals are the principals of policies for accounts and ARNs, sorted, each once. An account's stands for everybody there whom its own
// policies let.
func Principals(at location.Location, with []string) []string {
	principals := make([]string, len(with))
	for i, who := range with {
		principals[i] = who
		if IsAccount(who) {
			there := at
			there.AccountID = who
			principals[i] = there.GlobalARN("iam", "root")
		}
	}
	slices.Sort(principals)
	return slices.Compact(principals)
}

// Problems lists what is no account, role or user: `*` above all, which would be everybody.
func Problems(path string, with []string) problem.List {
	var wrong problem.List
	for i, who := range with {
		at := problem.Index(path, i)
		if !IsAccount(who) && !identity.MatchString(who) {
			wrong.Add(at, "give an account's twelve digits, or the ARN of a role or user of one", "%q is neither", who)
		}
		if slices.Contains(with[:i], who) {
			wrong.Add(at, "name each once", "%s is there twice", who)
		}
	}
	return wrong
}
