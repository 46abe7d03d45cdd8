//go:build e2e

package e2e

import (
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// disagreement is a kind of request that the library's evaluator and the emulator's decide differently.
type disagreement struct {
	// about says which requests, and own and emulator what each decides.
	about         func(decide.Request) bool
	own, emulator string
	// why says who is right, by which page of the documentation.
	why string
}

// disagreements are all there are. One that no request shows any more fails the test.
func disagreements() []disagreement {
	const everybody = "a denial to the principal `*` is one to services, too: policies that mean others only say so by " +
		"aws:PrincipalIsAWSService. The emulator leaves services out of `*`. " +
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice"
	isService := func(r decide.Request) bool { return strings.HasSuffix(r.Principal, ".amazonaws.com") }
	return []disagreement{
		{isService, "explicitDeny", "implicitDeny", everybody},
		{func(r decide.Request) bool {
			return isService(r) && slices.Contains(r.Context["aws:SecureTransport"], "false")
		}, "explicitDeny", "allowed",
			everybody + " So S3 could deliver access logs without TLS there"},
	}
}

// listed says whether a difference is a known one, and counts it.
func listed(request decide.Request, own, emulator string, used map[string]int) bool {
	for _, d := range disagreements() {
		if d.own == own && d.emulator == emulator && d.about(request) {
			used[d.why]++
			return true
		}
	}
	return false
}
