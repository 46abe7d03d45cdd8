package decide

import (
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

// arnParts is how many parts an ARN has; the last one may have colons of its own.
const arnParts = 6

// kind is what a caller is.
type kind int

const (
	anonymous kind = iota
	user
	role
	session
	root
	service
	federated
)

// caller is who asks, taken apart.
type caller struct {
	kind kind
	// arn is the principal's: a role's for its sessions. It is a name for services and web identities.
	arn string
	// sessionARN is known for one session only.
	sessionARN string
	// partition and account are empty for services, providers and nobody.
	partition, account string
	// name is the last part of a user's or a role's ARN.
	name string
	// identity is zero when known is false.
	identity Identity
	known    bool
}

// caller takes the principal of a request apart and finds its policies.
func (w *World) caller(principal string) caller {
	parts := strings.SplitN(principal, ":", arnParts)
	switch {
	case principal == "" || principal == "*":
		return caller{kind: anonymous}
	case isAccount(principal):
		return caller{kind: root, arn: "arn:aws:iam::" + principal + ":root", partition: "aws", account: principal}
	case len(parts) != arnParts:
		return caller{kind: service, arn: principal}
	}
	c := caller{arn: principal, partition: parts[1], account: parts[4]}
	what, name, _ := strings.Cut(parts[5], "/")
	c.name = name[strings.LastIndexByte(name, '/')+1:]
	switch what {
	case "root":
		c.kind = root
	case "user":
		c.kind = user
	case "role":
		c.kind = role
	case "assumed-role":
		return w.session(c, name)
	default:
		return caller{kind: federated, arn: principal}
	}
	c.identity, c.known = w.Identities[principal]
	return c
}

// session finds the role of a session: the session's ARN does not have the role's path.
func (w *World) session(c caller, name string) caller {
	c.kind, c.sessionARN = session, c.arn
	c.name, _, _ = strings.Cut(name, "/")
	prefix := "arn:" + c.partition + ":iam::" + c.account + ":role/"
	c.arn = prefix + c.name
	for arn, identity := range w.Identities {
		if strings.HasPrefix(arn, prefix) && strings.HasSuffix(arn, "/"+c.name) {
			c.arn, c.identity, c.known = arn, identity, true
		}
	}
	return c
}

func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

// grant is how directly a statement of a resource's policy speaks of a caller.
type grant int

const (
	// nobody: the statement is not about the caller.
	nobody grant = iota
	// delegated: it is about the caller's account, whose own policies decide ("AWS account principals" of the IAM user guide).
	delegated
	// toRole: it names the role of a session. Boundary and session policy still limit it ("How AWS enforcement code logic evaluates
	// requests", resource-based policies, IAM role).
	toRole
	// direct: it names the caller itself, or everybody. Within the account nothing but a denial limits it (same place, IAM role
	// session and IAM user; "IAM role principals" about `*` with aws:PrincipalArn, and "All principals").
	direct
)

// named tells how directly a list of principals has the caller.
func (c caller) named(by *iam.Principal) grant {
	if by.Anyone || slices.Contains(by.AWS, "*") {
		return direct
	}
	found := nobody
	for _, principal := range by.AWS {
		found = max(found, c.namedAs(principal))
	}
	if c.kind == service && (slices.Contains(by.Service, c.arn) || slices.Contains(by.Federated, c.arn)) {
		return direct
	}
	if c.kind == federated && slices.Contains(by.Federated, c.arn) {
		return direct
	}
	return found
}

// namedAs tells how directly one entry below "AWS" is about the caller.
func (c caller) namedAs(principal string) grant {
	if c.account == "" {
		return nobody
	}
	switch {
	case principal == c.account || principal == c.rootARN():
		if c.kind == root {
			return direct
		}
		return delegated
	case c.kind == user && principal == c.arn:
		return direct
	case (c.kind == role || c.kind == session) && principal == c.arn:
		return toRole
	case c.kind == session && principal == c.sessionARN:
		return direct
	case c.kind == role && strings.HasPrefix(principal, c.sessionPrefix()):
		// Who takes a role chooses the session's name.
		return direct
	}
	return nobody
}

func (c caller) rootARN() string { return "arn:" + c.partition + ":iam::" + c.account + ":root" }

func (c caller) sessionPrefix() string {
	return "arn:" + c.partition + ":sts::" + c.account + ":assumed-role/" + c.name + "/"
}

// deniedTo tells whether a statement that denies is about the caller.
func (c caller) deniedTo(statement iam.Statement) bool {
	if statement.NotPrincipal != nil {
		return !c.exempt(statement.NotPrincipal)
	}
	if statement.Principal == nil {
		return false
	}
	by := *statement.Principal
	if c.kind == role && !by.Anyone && !slices.Contains(by.AWS, "*") {
		// A denial for one session does not stop the role's others.
		by.AWS = slices.DeleteFunc(slices.Clone(by.AWS), func(p string) bool { return strings.HasPrefix(p, c.sessionPrefix()) })
	}
	return c.named(&by) != nobody
}

// allowedTo tells how directly a statement that allows is about the caller.
func (c caller) allowedTo(statement iam.Statement) grant {
	if statement.NotPrincipal != nil {
		if c.named(statement.NotPrincipal) == nobody {
			return direct
		}
		return nobody
	}
	if statement.Principal == nil {
		return nobody
	}
	return c.named(statement.Principal)
}

// exempt tells whether NotPrincipal leaves a caller out of a denial. The account has to be in the list beside the user or the role,
// and the session where the list has sessions of the role; with a permissions boundary nothing helps ("IAM JSON policy elements:
// NotPrincipal" and "Permissions boundaries for IAM entities" of the IAM user guide).
func (c caller) exempt(list *iam.Principal) bool {
	if list.Anyone || slices.Contains(list.AWS, "*") {
		return true
	}
	if c.account == "" {
		return c.named(list) != nobody
	}
	account := slices.Contains(list.AWS, c.account) || slices.Contains(list.AWS, c.rootARN())
	if c.kind == root {
		return account
	}
	own := slices.Contains(list.AWS, c.arn)
	if c.kind == session && slices.ContainsFunc(list.AWS, func(p string) bool { return strings.HasPrefix(p, c.sessionPrefix()) }) {
		own = own && slices.Contains(list.AWS, c.sessionARN)
	}
	return account && own && c.identity.Boundary == nil
}
