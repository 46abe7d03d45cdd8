package iam

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Limits of the size of a policy, in characters, where it stands. Those of IAM are in "IAM and AWS STS quotas" of the IAM user guide.
const (
	// ManagedPolicyLimit is for a managed policy, and so for a permissions boundary.
	ManagedPolicyLimit = 6144
	// RoleInlineLimit is for all policies together that are a role's own.
	RoleInlineLimit = 10240
	// GroupInlineLimit is for all policies together that are a group's own.
	GroupInlineLimit = 5120
	// UserInlineLimit is for all policies together that are a user's own.
	UserInlineLimit = 2048
	// TrustPolicyLimit is for the trust policy of a role. AWS raises it to 4,096 when asked.
	TrustPolicyLimit = 2048
	// SessionPolicyLimit is for the session policies of a session together.
	SessionPolicyLimit = 2048
	// BucketPolicyLimit is for the policy of a bucket, in bytes ("Bucket policies for Amazon S3": 20 KB).
	BucketPolicyLimit = 20480
	// KeyPolicyLimit is for the policy of a key, in bytes ("Resource quotas" of the KMS developer guide: 32 KB).
	KeyPolicyLimit = 32768
	// SecretPolicyLimit is for the policy of a secret ("AWS Secrets Manager quotas").
	SecretPolicyLimit = 20480
	// RepositoryPolicyLimit is for the policy of an ECR repository (SetRepositoryPolicy in the ECR API reference).
	RepositoryPolicyLimit = 10240
	// CatalogPolicyLimit is for the resource policy of a Glue catalog, in bytes ("Granting cross-account access" of the Glue developer
	// guide: 10 KB).
	CatalogPolicyLimit = 10240
)

// ManagedPoliciesLimit is how many managed policies can be attached to a role or a user. AWS raises it to 20 when asked.
const ManagedPoliciesLimit = 10

// Size is how much of a limit the document takes, in characters. AWS does not count white space; [Document.JSON] writes none, other
// than inside of values, where it is counted here.
func (d Document) Size() int { return utf8.RuneCountInString(d.JSON()) }

// Split deals the statements out to as many documents as they need to stay within a limit each, in order. A statement that is too
// large alone is split by its resources, or else by its actions. Together the documents decide what the one does, as identity policies
// of one identity. It is an error when a statement cannot be split any further, and is still too large.
func Split(document Document, limit int) ([]Document, error) {
	empty := document
	empty.Statements = nil
	var split []Document
	current := empty
	for i, statement := range document.Statements {
		pieces, err := splitStatement(empty, statement, limit)
		if err != nil {
			return nil, fmt.Errorf("Statement[%d]: %w", i, err) //nolint:staticcheck // the path in the document
		}
		for _, piece := range pieces {
			next := current
			next.Statements = append(append([]Statement{}, current.Statements...), uniqueSid(current.Statements, piece))
			if len(current.Statements) > 0 && next.Size() > limit {
				split = append(split, current)
				next = current
				next.Statements = []Statement{piece}
			}
			current = next
		}
	}
	return append(split, current), nil
}

// splitStatement cuts a statement into pieces that fit into a document each.
func splitStatement(empty Document, statement Statement, limit int) ([]Statement, error) {
	alone := empty
	alone.Statements = []Statement{statement}
	if alone.Size() <= limit {
		return []Statement{statement}, nil
	}
	one, other := statement, statement
	switch {
	case len(statement.Resources) > 1:
		one.Resources, other.Resources = halves(statement.Resources)
	case len(statement.Actions) > 1:
		one.Actions, other.Actions = halves(statement.Actions)
	default:
		return nil, fmt.Errorf("it takes %d characters alone and cannot be split; the limit is %d: shorten its names or conditions",
			alone.Size(), limit)
	}
	pieces, err := splitStatement(empty, one, limit)
	if err != nil {
		return nil, err
	}
	more, err := splitStatement(empty, other, limit)
	return append(pieces, more...), err
}

func halves(values []string) (one, other []string) {
	middle := len(values) / 2
	return values[:middle:middle], values[middle:]
}

// canonical is a value in a form that equal values share.
func canonical(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("marshalling a part of a policy: %v", err)) // it consists of strings only
	}
	return string(text)
}
