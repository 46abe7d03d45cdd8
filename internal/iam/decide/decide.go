package decide

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

// evaluation is one request with everything that follows from it.
type evaluation struct {
	request Request
	caller  caller
	// action is in lower case, resource in runes, context has keys in lower case.
	action   string
	resource []rune
	context  map[string][]string
	// target is what the request acts on, with its policies; layer is their kind.
	target target
}

// target is what a request acts on.
type target struct {
	account  string
	policies []Policy
	tags     map[string]string
	layer    string
	// strict targets are reached through their policy only: keys and roles. Of others, either policy is enough in the same account.
	strict bool
}

// Decide answers whether AWS would allow a request. It never changes the world.
func (w *World) Decide(request Request) Decision {
	e := &evaluation{
		request: request, caller: w.caller(request.Principal), action: strings.ToLower(request.Action), resource: []rune(request.Resource),
	}
	e.target = w.target(e.action, request.Resource)
	e.context = e.fill(request.Context)
	return e.decide(w)
}

// layers are what the kinds of policies say.
type layers struct {
	resource, identity, boundary, session found
	bounded, narrowed                     bool
}

func (e *evaluation) decide(w *World) Decision {
	by := e.read(w)
	if refused, denied := by.denied(e.target.layer); denied {
		return refused
	}
	switch e.caller.kind {
	case anonymous, service, federated:
		return e.byResourceOnly(by)
	case root:
		if e.isAssume() {
			return refuse(e.target.layer, "root users cannot take roles")
		}
	case user, role, session:
	}
	if e.crossesAccounts() {
		return e.acrossAccounts(by)
	}
	return e.withinAccount(by)
}

// read looks for the statements that apply, in all policies.
func (e *evaluation) read(w *World) layers {
	own := e.caller.identity
	policies := append([]Policy{}, own.Policies...)
	for _, group := range own.Groups {
		policies = append(policies, w.Groups[group]...)
	}
	by := layers{
		resource: e.resourcePolicies(e.target.policies...), identity: e.identityPolicies(policies...),
		bounded: own.Boundary != nil, narrowed: e.request.Session != nil,
	}
	if by.bounded {
		by.boundary = e.identityPolicies(*own.Boundary)
	}
	if by.narrowed {
		by.session = e.identityPolicies(*e.request.Session)
	}
	if e.caller.kind == root {
		// "By default, all requests are implicitly denied with the exception of the AWS account root user, which has full access."
		by.identity.allow = []string{"root user of " + e.caller.account}
	}
	return by
}

// denied looks for an explicit denial, which outweighs everything.
func (by layers) denied(resourceLayer string) (Decision, bool) {
	for _, layer := range []struct {
		name string
		deny []string
	}{
		{LayerIdentity, by.identity.deny}, {LayerBoundary, by.boundary.deny}, {LayerSession, by.session.deny}, {resourceLayer, by.resource.deny},
	} {
		if len(layer.deny) > 0 {
			why := fmt.Sprintf("a statement of the %s denies it", layer.name)
			return Decision{Explicit: true, Layer: layer.name, Why: why, Statements: layer.deny}, true
		}
	}
	return Decision{}, false
}

// byResourceOnly decides for callers that have no policies of their own: services, providers, and nobody in particular.
func (e *evaluation) byResourceOnly(by layers) Decision {
	if by.resource.to == direct {
		return allow(e.target.layer, "the "+e.target.layer+" names the caller", by.resource.allow)
	}
	return refuse(e.target.layer, "no statement of the "+e.target.layer+" allows it, and the caller has no policies of its own")
}

// withinAccount decides for a caller and a resource of one account ("Policy evaluation for requests within a single account").
func (e *evaluation) withinAccount(by layers) Decision {
	to := by.resource.to
	if to == direct && by.narrowed && e.caller.kind == user && !e.openToAll() {
		// A federated session of a user is limited where the policy names the user (resource-based policies, federated user sessions).
		to = toRole
	}
	if to == direct {
		return allow(e.target.layer, "the "+e.target.layer+" names the caller or everybody of its account", by.resource.allow)
	}
	if e.target.strict && to == nobody {
		return refuse(e.target.layer, "no statement of the "+e.target.layer+" allows it or leaves it to the account's identity policies")
	}
	if to != toRole && len(by.identity.allow) == 0 {
		return refuse(LayerIdentity, "no identity policy allows it")
	}
	if refused, limited := by.limits(); limited {
		return refused
	}
	if to == toRole {
		return allow(e.target.layer, "the "+e.target.layer+" names the role", by.resource.allow)
	}
	return allow(LayerIdentity, "an identity policy allows it", append(by.identity.allow, by.resource.allow...))
}

// acrossAccounts decides for a resource of another account: both sides have to allow ("Cross-account policy evaluation logic").
func (e *evaluation) acrossAccounts(by layers) Decision {
	if by.resource.to == nobody {
		return refuse(e.target.layer, "the resource belongs to account "+e.target.account+", where no "+e.target.layer+" allows it")
	}
	why := "the " + e.target.layer + " and the caller's own account allow it"
	if !e.caller.known && e.caller.kind != root {
		return allow(e.target.layer, "the "+e.target.layer+" allows it; what the caller's own account allows is not known", by.resource.allow)
	}
	if len(by.identity.allow) == 0 {
		return refuse(LayerIdentity, "the resource belongs to account "+e.target.account+", and no identity policy of the caller allows it")
	}
	if refused, limited := by.limits(); limited {
		return refused
	}
	return allow(LayerIdentity, why, append(by.identity.allow, by.resource.allow...))
}

// limits looks for a boundary or a session policy that does not allow the request.
func (by layers) limits() (Decision, bool) {
	if by.bounded && len(by.boundary.allow) == 0 {
		return refuse(LayerBoundary, "the permissions boundary does not allow it"), true
	}
	if by.narrowed && len(by.session.allow) == 0 {
		return refuse(LayerSession, "the session policy does not allow it"), true
	}
	return Decision{}, false
}

func allow(layer, why string, statements []string) Decision {
	return Decision{Allowed: true, Layer: layer, Why: why, Statements: statements}
}

func refuse(layer, why string) Decision { return Decision{Layer: layer, Why: why} }

// openToAll tells whether a resource's policy allows the request to everybody, not just to the user by name.
func (e *evaluation) openToAll() bool {
	nobodyInParticular := *e
	nobodyInParticular.caller = caller{kind: anonymous}
	return nobodyInParticular.resourcePolicies(e.target.policies...).to == direct
}

// crossesAccounts tells whether the resource belongs to another account. What has no owner known is the caller's.
func (e *evaluation) crossesAccounts() bool {
	return isAccount(e.target.account) && e.target.account != e.caller.account
}

// isAssume tells whether the request takes a role.
func (e *evaluation) isAssume() bool { return e.target.layer == LayerTrust }

// target finds what a request acts on and the policies that are attached to it.
func (w *World) target(action, arn string) target {
	parts := strings.SplitN(arn, ":", arnParts)
	if len(parts) != arnParts {
		return target{layer: LayerResource}
	}
	found, known := w.covering(arn, parts)
	t := target{account: parts[4], policies: found.Policies, tags: found.Tags, layer: LayerResource}
	if found.Account != "" {
		t.account = found.Account
	}
	switch {
	case takesRole(action) && parts[2] == "iam" && strings.HasPrefix(parts[5], "role/"):
		t.layer, t.strict, t.policies = LayerTrust, true, nil
		if trust := w.Identities[arn].Trust; trust != nil {
			t.policies = []Policy{*trust}
		}
	case parts[2] == "kms" && strings.HasPrefix(parts[5], "key/"):
		t.layer, t.strict = LayerKey, true
		if !known || len(found.Policies) == 0 {
			t.policies = []Policy{defaultKeyPolicy(parts[1], t.account)}
		}
	}
	return t
}

// takesRole tells whether an action is decided by a role's trust policy.
func takesRole(action string) bool {
	switch action {
	case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity":
		return true
	}
	return false
}

// covering finds the resource whose policy covers an ARN: itself, an object's bucket, the catalog of a Glue object.
func (w *World) covering(arn string, parts []string) (Resource, bool) {
	found, known := w.Resources[arn]
	if known {
		return found, true
	}
	switch parts[2] {
	case "s3":
		bucket, _, _ := strings.Cut(arn, "/")
		found, known = w.Resources[bucket]
	case "glue":
		found, known = w.Resources[strings.Join(parts[:5], ":")+":catalog"]
	}
	return found, known
}

// defaultKeyPolicy is what KMS gives a key that is made without a policy ("Default key policy" of the KMS developer guide).
func defaultKeyPolicy(partition, account string) Policy {
	rootARN := "arn:" + partition + ":iam::" + account + ":root"
	return Policy{Name: "default key policy", Document: iam.NewDocument(
		iam.Allow("", []string{"kms:*"}, "*").For(iam.Principal{AWS: []string{rootARN}}),
	)}
}

// fill adds the keys that follow from the request to its context.
func (e *evaluation) fill(given map[string][]string) map[string][]string {
	context := map[string][]string{}
	set := func(key string, value string) {
		if value != "" {
			context[strings.ToLower(key)] = []string{value}
		}
	}
	set("aws:SecureTransport", "true")
	set("aws:ResourceAccount", e.target.account)
	if parts := strings.SplitN(e.request.Resource, ":", arnParts); len(parts) == arnParts {
		set("aws:RequestedRegion", parts[3])
	}
	for key, value := range e.target.tags {
		set("aws:ResourceTag/"+key, value)
	}
	e.fillCaller(set)
	for key, values := range given {
		context[strings.ToLower(key)] = values
	}
	return context
}

// fillCaller adds what is known of the caller ("AWS global condition context keys" of the IAM user guide, properties of the principal).
func (e *evaluation) fillCaller(set func(key, value string)) {
	c := e.caller
	set("aws:PrincipalIsAWSService", strconv.FormatBool(c.kind == service))
	switch c.kind {
	case anonymous:
		set("aws:PrincipalType", "Anonymous")
		return
	case service:
		set("aws:PrincipalServiceName", c.arn)
		return
	case federated:
		return
	case user:
		set("aws:PrincipalType", "User")
		set("aws:username", c.name)
	case root:
		set("aws:PrincipalType", "Account")
	case role, session:
		set("aws:PrincipalType", "AssumedRole")
	}
	set("aws:PrincipalArn", c.arn)
	set("aws:PrincipalAccount", c.account)
	if strings.HasPrefix(e.action, "kms:") {
		set("kms:CallerAccount", c.account)
	}
	for key, value := range c.identity.Tags {
		set("aws:PrincipalTag/"+key, value)
	}
}

// variable is the value of a policy variable. Keys with several values cannot be variables.
func (e *evaluation) variable(key string) (string, bool) {
	values := e.context[strings.ToLower(key)]
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}
