// Package decide answers, from policies alone, whether AWS would allow a request.
//
// It follows "Policy evaluation logic" of the IAM user guide and the pages below it, the page "Condition operators", and for keys
// "Key policies in AWS KMS" of the KMS developer guide. What it does not know is not decided: service and resource control
// policies of an organization, endpoint policies, access control lists, S3's public access blocks, grants of KMS, and Lake Formation.
// All of those take access away, except grants and Lake Formation's permissions, which the callers that use them count separately.
package decide

import "github.com/pulumi-dss/pulumi-dss/internal/iam"

// World is everything that is known: identities and the resources that have policies. It is not changed by deciding, so one world
// can be asked by many at the same time.
type World struct {
	// Identities are users and roles, by ARN: `arn:aws:iam::111122223333:role/path/name`. One that is not here has no policies in
	// its own account; towards other accounts its own is taken to allow everything, because nobody here can say.
	Identities map[string]Identity
	// Groups are the policies of groups, by the group's ARN.
	Groups map[string][]Policy
	// Resources are resources with an owner or a policy, by ARN. A bucket's entry covers its objects, the entry of a Glue catalog
	// (`arn:aws:glue:eu-west-1:111122223333:catalog`) covers its databases, tables and functions. A resource that is not here
	// has no policy and belongs to the account in its ARN, without one there to the caller's: then identity policies decide.
	// That errs towards access, never away from it.
	Resources map[string]Resource
}

// Policy is a document with a name by which decisions mention it.
type Policy struct {
	// Name says whose it is, for people: "lab-host-data", "bucket policy of lab-data".
	Name string
	// Document is the policy.
	Document iam.Document
}

// Identity is a user or a role.
type Identity struct {
	// Policies are its own and the managed ones attached to it.
	Policies []Policy
	// Groups are ARNs of the groups that a user belongs to; [World.Groups] has their policies.
	Groups []string
	// Boundary is the permissions boundary. Default: none.
	Boundary *Policy
	// Trust is the policy that says who may take a role. Without it nobody may.
	Trust *Policy
	// Tags are those of the identity, for `aws:PrincipalTag/KEY`.
	Tags map[string]string
}

// Resource is a resource with an owner, and usually with a policy.
type Resource struct {
	// Account owns the resource: twelve digits. Default: the account in the ARN; buckets have none there.
	Account string
	// Policies are the resource's policies: of a bucket, a key, a secret, a repository, a catalog. A key without any has the
	// default one, which lets the identities' policies of its account decide.
	Policies []Policy
	// Tags are those of the resource, for `aws:ResourceTag/KEY`.
	Tags map[string]string
}

// Request is one call of AWS's API, as far as authorization looks at it.
type Request struct {
	// Principal is who asks: the ARN of a user, of a role (any session of it, under the name that gives it most), of one session
	// (`arn:aws:sts::111122223333:assumed-role/name/session`), of an account's root user (`arn:aws:iam::111122223333:root`) or of an
	// identity provider; the name of a service (`ec2.amazonaws.com`); `*` for somebody without credentials.
	Principal string
	// Session is the session policy that was passed when the session was made. Default: none.
	Session *Policy
	// Action is the name of one action: `s3:GetObject`.
	Action string
	// Resource is the ARN of what is acted on, `*` for actions that have none.
	Resource string
	// Context are values by condition key. Keys that follow from the rest of the request are added to it when they are absent:
	// aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService, aws:PrincipalServiceName,
	// aws:PrincipalTag/KEY, aws:username (users), aws:ResourceAccount, aws:ResourceTag/KEY, kms:CallerAccount (actions of KMS),
	// aws:RequestedRegion (from the resource's ARN) and aws:SecureTransport ("true": say "false" to ask about plain HTTP).
	Context map[string][]string
}

// Layers are the kinds of policies that can settle a decision.
const (
	LayerIdentity = "identity policy"
	LayerResource = "resource policy"
	LayerBoundary = "permissions boundary"
	LayerSession  = "session policy"
	LayerTrust    = "trust policy"
	LayerKey      = "key policy"
)

// Decision is the answer to a request.
type Decision struct {
	// Allowed is the answer.
	Allowed bool
	// Explicit is true for a refusal by a statement that denies, and false for one because nothing allows.
	Explicit bool
	// Layer is the kind of policy that settled it: that allowed, that denied, or that was missing an allowing statement.
	Layer string
	// Why says it in a sentence.
	Why string
	// Statements are those that settled it, as "POLICY#SID", or "POLICY#3" for the third of a policy, when it has no Sid.
	Statements []string
}
