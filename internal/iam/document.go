// Package iam has IAM policy documents as typed values, and the rules that AWS has for them.
package iam

import (
	"encoding/json"
	"fmt"
)

// PolicyVersion is the version of the policy language that has policy variables.
const PolicyVersion = "2012-10-17"

// Effects of a statement.
const (
	EffectAllow = "Allow"
	EffectDeny  = "Deny"
)

// Document is a policy: of an identity, of a resource, or the trust policy of a role.
type Document struct {
	// Version is that of the policy language.
	Version string `json:"Version"`
	// ID names the document. Few services want one.
	ID string `json:"Id,omitempty"`
	// Statements add up; one that denies outweighs those that allow.
	Statements []Statement `json:"Statement"`
}

// Statement allows or denies actions.
type Statement struct {
	// Sid names the statement: letters and digits only.
	Sid string `json:"Sid,omitempty"`
	// Effect is [EffectAllow] or [EffectDeny].
	Effect string `json:"Effect"`
	// Principal is for policies of resources and for trust policies only.
	Principal *Principal `json:"Principal,omitempty"`
	// NotPrincipal is everybody except these. AWS advises against it; it is here to understand policies of others.
	NotPrincipal *Principal `json:"NotPrincipal,omitempty"`
	// Actions are names such as `s3:GetObject`. `*` stands for any characters, `?` for one.
	Actions []string `json:"Action,omitempty"`
	// NotActions, in place of Actions, are all actions except these.
	NotActions []string `json:"NotAction,omitempty"`
	// Resources is left out of trust policies.
	Resources []string `json:"Resource,omitempty"`
	// NotResources, in place of Resources, are all resources except these.
	NotResources []string `json:"NotResource,omitempty"`
	// Conditions all have to hold.
	Conditions Conditions `json:"Condition,omitempty"`
}

// Conditions are values by condition key, by operator. One value of a key has to match.
type Conditions map[string]map[string][]string

// Principal is who a statement of a resource's policy is about.
type Principal struct {
	// Anyone stands for `*`. Conditions have to narrow it.
	Anyone bool `json:"-"`
	// AWS are ARNs of roles, users or accounts.
	AWS []string `json:"AWS,omitempty"`
	// Service are AWS services by their domain, such as `ec2.amazonaws.com`.
	Service []string `json:"Service,omitempty"`
	// Federated are identity providers, by ARN.
	Federated []string `json:"Federated,omitempty"`
	// CanonicalUser are accounts by the identifier that S3 has for them.
	CanonicalUser []string `json:"CanonicalUser,omitempty"`
}

// MarshalJSON writes `*` for anyone, in place of ARNs.
func (p Principal) MarshalJSON() ([]byte, error) {
	type plain Principal
	if p.Anyone {
		return json.Marshal(struct {
			AWS string `json:"AWS"`
			plain
		}{"*", plain(p)})
	}
	return json.Marshal(plain(p))
}

// NewDocument makes a policy of statements.
func NewDocument(statements ...Statement) Document {
	return Document{Version: PolicyVersion, Statements: statements}
}

// Allow makes a statement of an identity's policy.
func Allow(sid string, actions []string, resources ...string) Statement {
	return Statement{Sid: sid, Effect: EffectAllow, Actions: actions, Resources: resources}
}

// If returns the statement with one more condition.
func (s Statement) If(operator, key string, values ...string) Statement {
	conditions := Conditions{}
	for o, keys := range s.Conditions {
		conditions[o] = map[string][]string{}
		for k, v := range keys {
			conditions[o][k] = v
		}
	}
	if conditions[operator] == nil {
		conditions[operator] = map[string][]string{}
	}
	conditions[operator][key] = values
	s.Conditions = conditions
	return s
}

// For returns the statement with a principal, for a resource's policy.
func (s Statement) For(p Principal) Statement {
	s.Principal = &p
	return s
}

// Text is the document's JSON, or nothing where it has no statements: AWS takes no policy without.
func (d Document) Text() string {
	if len(d.Statements) == 0 {
		return ""
	}
	return d.JSON()
}

// JSON writes the document compactly and always in the same way.
func (d Document) JSON() string {
	if d.Statements == nil {
		d.Statements = []Statement{} // null would be no list
	}
	text, err := json.Marshal(d)
	if err != nil {
		// Documents consist of strings only, which always marshal.
		panic(fmt.Sprintf("marshalling a policy document: %v", err))
	}
	return string(text)
}

// TrustService is the trust policy of a role that an AWS service takes, by the service's principal
// (`ec2.amazonaws.com`).
func TrustService(principal string, more ...string) Document {
	return NewDocument(Statement{
		Effect:    EffectAllow,
		Principal: &Principal{Service: []string{principal}},
		Actions:   append([]string{"sts:AssumeRole"}, more...),
	})
}
