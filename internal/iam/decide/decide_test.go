package decide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

const (
	userARN    = "arn:aws:iam::111122223333:user/staff/ann"
	roleARN    = "arn:aws:iam::111122223333:role/platform/host"
	sessionARN = "arn:aws:sts::111122223333:assumed-role/host/i-1"
	rootARN    = "arn:aws:iam::111122223333:root"
	dataARN    = "arn:aws:iam::111122223333:role/data"
	groupARN   = "arn:aws:iam::111122223333:group/readers"

	foreignRole  = "arn:aws:iam::444455556666:role/guest"
	foreignRoot  = "arn:aws:iam::444455556666:root"
	foreignKey   = "arn:aws:kms:eu-west-1:444455556666:key/k2"
	foreignData  = "arn:aws:iam::444455556666:role/data"
	foreignTable = "arn:aws:glue:eu-west-1:444455556666:table/sales/orders"

	bucketARN = "arn:aws:s3:::lake"
	objectARN = "arn:aws:s3:::lake/raw/a:b.csv"
	keyARN    = "arn:aws:kms:eu-west-1:111122223333:key/k1"
	secretARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:dss-admin-Ab12Cd"
)

// policies are documents by where they are attached, as JSON statements.
type policies struct {
	user, group, role, guest string
	boundary, session        string
	bucket, key, secret      string
	trust, foreignTrust      string
	catalog                  string
	owner                    string
}

// question is one decision.
type question struct {
	name string
	policies
	principal, action, resource string
	context                     map[string][]string
	allowed                     bool
	// layer and explicit are looked at where layer is given.
	layer    string
	explicit bool
}

const (
	allowAll = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	tlsOnly  = `{"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::lake","arn:aws:s3:::lake/*"],` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	listRaw = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::lake",` +
		`"Condition":{"StringLike":{"s3:prefix":["","raw/","raw/*"]}}}`
	useKey    = `{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"` + keyARN + `"}`
	enableIAM = `{"Effect":"Allow","Principal":{"AWS":"` + rootARN + `"},"Action":"kms:*","Resource":"*"}`
	viaS3     = `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":` +
		`{"kms:CallerAccount":"111122223333","kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}`
	assumeData = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":["` + dataARN + `","` + foreignData + `"]}`
)

// get makes a statement of a bucket's policy that allows to read it, for a principal in JSON.
func get(principal string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::lake/*"}`
}

// trusts makes a statement of a trust policy.
func trusts(principal, more string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + more + `}`
}

func awsPrincipal(arn string) string { return `{"AWS":"` + arn + `"}` }

// except makes a bucket's statement that denies to all but some.
func except(arns string) string {
	return `{"Effect":"Deny","NotPrincipal":{"AWS":[` + arns + `]},"Action":"s3:*","Resource":"arn:aws:s3:::lake/*"}`
}

func read(principal string) question {
	return question{principal: principal, action: "s3:GetObject", resource: objectARN}
}

func assume(principal, role string) question {
	return question{principal: principal, action: "sts:AssumeRole", resource: role}
}

func decrypt(principal string) question {
	return question{principal: principal, action: "kms:Decrypt", resource: keyARN}
}

// with completes a question.
func (q question) with(name string, p policies, allowed bool, layer ...string) question {
	q.name, q.policies, q.allowed = name, p, allowed
	if len(layer) > 0 {
		q.layer, q.explicit = layer[0], len(layer) > 1
	}
	return q
}

func (q question) in(context map[string][]string) question {
	q.context = context
	return q
}

// denied marks a layer whose refusal is explicit.
const denied = "denied"

// identityQuestions: "Policy evaluation logic", "Policies and permissions", and the pages on Action, NotAction, Resource and NotResource.
func identityQuestions() []question {
	list := question{principal: userARN, action: "s3:ListBucket", resource: bucketARN}
	return []question{
		read(userARN).with("nothing allows", policies{}, false, decide.LayerIdentity),
		read(userARN).with("an own policy allows", policies{user: allowAll}, true, decide.LayerIdentity),
		read(userARN).with("a group's policy allows", policies{group: allowAll}, true, decide.LayerIdentity),
		read(userARN).with("a group's policy denies", policies{
			user: allowAll, group: `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`,
		}, false, decide.LayerIdentity, denied),
		read(roleARN).with("a group is not a role's", policies{group: allowAll}, false),
		read(userARN).with("actions in any case", policies{user: `{"Effect":"Allow","Action":"S3:gETobject","Resource":"*"}`}, true),
		read(userARN).with("a star in the action", policies{user: `{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`}, true),
		read(userARN).with("a question mark in the action", policies{user: `{"Effect":"Allow","Action":"s3:GetObjec?","Resource":"*"}`}, true),
		read(userARN).with("one character only", policies{user: `{"Effect":"Allow","Action":"s3:GetObje?","Resource":"*"}`}, false),
		read(userARN).with("resources mind case", policies{user: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::Lake/*"}`}, false),
		read(userARN).with("a bucket is not its objects", policies{user: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::lake"}`}, false),
		read(userARN).with("a star covers slashes", policies{user: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::lake/*.csv"}`}, true),
		read(userARN).with("a question mark in the resource", policies{
			user: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::l?ke/raw/*"}`,
		}, true),
		read(userARN).with("another prefix", policies{user: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::lake/clean/*"}`}, false),
		read(userARN).with("NotAction leaves others", policies{user: `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, true),
		read(userARN).with("NotAction leaves out", policies{user: `{"Effect":"Allow","NotAction":["iam:*","s3:Get*"],"Resource":"*"}`}, false),
		read(userARN).with("NotAction denies others", policies{
			user: allowAll + `,{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}`,
		}, false, decide.LayerIdentity, denied),
		read(userARN).with("NotAction does not deny these", policies{
			user: allowAll + `,{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}`,
		}, true),
		read(userARN).with("NotResource leaves others", policies{
			user: `{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::vault/*"}`,
		}, true),
		read(userARN).with("NotResource leaves out", policies{user: `{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::lake/*"}`}, false),
		read(userARN).with("NotResource denies others", policies{
			user: allowAll + `,{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::vault/*"}`,
		}, false, decide.LayerIdentity, denied),
		read(userARN).with("NotResource with a variable that has no value", policies{
			user: `{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::${x:none}"}`,
		}, false),
		read(userARN).with("an identity policy without a resource", policies{user: `{"Effect":"Allow","Action":"*"}`}, false),
		read(rootARN).with("the root user has full access", policies{}, true),
		list.with("a prefix that is allowed", policies{user: listRaw}, true).in(map[string][]string{"s3:prefix": {"raw/2026"}}),
		list.with("the top", policies{user: listRaw}, true).in(map[string][]string{"s3:prefix": {""}}),
		list.with("another prefix's list", policies{user: listRaw}, false).in(map[string][]string{"s3:prefix": {"clean/"}}),
		list.with("no prefix at all", policies{user: listRaw}, false),
		list.with("a neighbour's prefix", policies{user: listRaw}, false).in(map[string][]string{"s3:prefix": {"rawest/"}}),
		{name: "an action without a resource", policies: policies{user: `{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}`},
			principal: userARN, action: "sts:GetCallerIdentity", resource: "*", allowed: true},
	}
}

// boundaryQuestions: "Permissions boundaries for IAM entities" and "Session policies".
func boundaryQuestions() []question {
	s3Only, kmsOnly := `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Allow","Action":"kms:*","Resource":"*"}`
	noGet := allowAll + `,{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
	return []question{
		read(roleARN).with("a boundary that allows", policies{role: allowAll, boundary: s3Only}, true),
		read(roleARN).with("a boundary does not grant", policies{boundary: allowAll}, false, decide.LayerIdentity),
		read(roleARN).with("a boundary that does not allow", policies{role: allowAll, boundary: kmsOnly}, false, decide.LayerBoundary),
		read(roleARN).with("a boundary that denies", policies{role: allowAll, boundary: noGet}, false, decide.LayerBoundary, denied),
		read(roleARN).with("a session policy that allows", policies{role: allowAll, session: s3Only}, true),
		read(roleARN).with("a session policy does not grant", policies{session: allowAll}, false, decide.LayerIdentity),
		read(roleARN).with("a session policy that does not allow", policies{role: allowAll, session: kmsOnly}, false, decide.LayerSession),
		read(roleARN).with("a session policy that denies", policies{role: allowAll, session: noGet}, false, decide.LayerSession, denied),
		read(roleARN).with("a bucket's grant to a role is limited by its boundary", policies{
			bucket: get(awsPrincipal(roleARN)), boundary: kmsOnly,
		}, false, decide.LayerBoundary),
		read(roleARN).with("and by the session policy", policies{bucket: get(awsPrincipal(roleARN)), session: kmsOnly}, false, decide.LayerSession),
		read(sessionARN).with("the same of one session", policies{bucket: get(awsPrincipal(roleARN)), boundary: kmsOnly}, false, decide.LayerBoundary),
		read(roleARN).with("within both it needs no identity policy", policies{
			bucket: get(awsPrincipal(roleARN)), boundary: s3Only, session: s3Only,
		}, true, decide.LayerResource),
		read(sessionARN).with("a grant to the session is not limited", policies{
			bucket: get(awsPrincipal(sessionARN)), boundary: kmsOnly, session: kmsOnly,
		}, true, decide.LayerResource),
		read(sessionARN).with("but a boundary's denial stops it", policies{bucket: get(awsPrincipal(sessionARN)), boundary: noGet}, false,
			decide.LayerBoundary, denied),
		read(roleARN).with("a role can have any session", policies{bucket: get(awsPrincipal(sessionARN)), boundary: kmsOnly}, true),
		read(userARN).with("a grant to a user is not limited by the boundary", policies{
			bucket: get(awsPrincipal(userARN)), boundary: kmsOnly,
		}, true, decide.LayerResource),
		read(userARN).with("but by the policy of a federated session", policies{
			bucket: get(awsPrincipal(userARN)), session: kmsOnly,
		}, false, decide.LayerSession),
		read(roleARN).with("a grant to all with the role as a condition is not limited", policies{boundary: kmsOnly, session: kmsOnly, bucket: `{"Effect":` +
			`"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"` + roleARN + `"}}}`}, true),
		read(userARN).with("nor is one to all, for a user's session", policies{bucket: get(`"*"`), session: kmsOnly}, true),
		read(roleARN).with("NotPrincipal never spares one with a boundary", policies{
			role: allowAll, boundary: allowAll, bucket: except(`"` + roleARN + `","` + rootARN + `"`),
		}, false, decide.LayerResource, denied),
	}
}

// resourceQuestions: "Policy evaluation for requests within a single account", the pages on Principal and NotPrincipal, and "Bucket policies".
func resourceQuestions() []question {
	plain := map[string][]string{"aws:SecureTransport": {"false"}}
	secret := question{principal: roleARN, action: "secretsmanager:GetSecretValue", resource: secretARN}
	return []question{
		read(userARN).with("a bucket's policy alone is enough", policies{bucket: get(awsPrincipal(userARN))}, true, decide.LayerResource),
		read(userARN).with("another's bucket policy is not", policies{bucket: get(awsPrincipal(roleARN))}, false),
		read(userARN).with("a path is part of a name", policies{bucket: get(awsPrincipal("arn:aws:iam::111122223333:user/ann"))}, false),
		read(userARN).with("names of principals have no wildcards", policies{bucket: get(awsPrincipal("arn:aws:iam::111122223333:user/*"))}, false),
		read(userARN).with("a bucket's policy denies", policies{
			user: allowAll, bucket: `{"Effect":"Deny","Principal":{"AWS":"` + userARN + `"},"Action":"s3:*","Resource":"*"}`,
		}, false, decide.LayerResource, denied),
		read(userARN).with("a grant to the account leaves it to the account", policies{bucket: get(awsPrincipal(rootARN))}, false, decide.LayerIdentity),
		read(userARN).with("whose identity policy allows", policies{user: allowAll, bucket: get(awsPrincipal(rootARN))}, true),
		read(userARN).with("a denial to the account is one to all in it", policies{
			user: allowAll, bucket: `{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}`,
		}, false, decide.LayerResource, denied),
		read(userARN).with("a bucket for everybody", policies{bucket: get(`"*"`)}, true, decide.LayerResource),
		read("*").with("a bucket for everybody, nobody asking", policies{bucket: get(`{"AWS":"*"}`)}, true),
		read("*").with("a bucket for some, nobody asking", policies{bucket: get(awsPrincipal(rootARN))}, false, decide.LayerResource),
		read(userARN).with("over TLS", policies{user: allowAll, bucket: tlsOnly}, true),
		read(userARN).with("over plain HTTP", policies{user: allowAll, bucket: tlsOnly}, false, decide.LayerResource, denied).in(plain),
		read("logging.s3.amazonaws.com").with("a service that is named", policies{bucket: get(`{"Service":"logging.s3.amazonaws.com"}`)}, true),
		read("logging.s3.amazonaws.com").with("another service", policies{bucket: get(`{"Service":"glue.amazonaws.com"}`)}, false),
		read("logging.s3.amazonaws.com").with("a service over plain HTTP", policies{
			bucket: get(`{"Service":"logging.s3.amazonaws.com"}`) + "," + tlsOnly,
		}, false, decide.LayerResource, denied).in(plain),
		read("logging.s3.amazonaws.com").with("on behalf of another account", policies{bucket: `{"Effect":"Allow","Principal":{"Service":` +
			`"logging.s3.amazonaws.com"},"Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`},
			false).in(map[string][]string{"aws:SourceAccount": {"444455556666"}}),
		read(userARN).with("NotPrincipal denies others", policies{user: allowAll, bucket: except(`"` + roleARN + `","` + rootARN + `"`)}, false,
			decide.LayerResource, denied),
		read(userARN).with("NotPrincipal spares the named", policies{user: allowAll, bucket: except(`"` + userARN + `","` + rootARN + `"`)}, true),
		read(userARN).with("NotPrincipal without the account", policies{user: allowAll, bucket: except(`"` + userARN + `"`)}, false),
		read(userARN).with("NotPrincipal with the account alone", policies{user: allowAll, bucket: except(`"` + rootARN + `"`)}, false),
		read(sessionARN).with("NotPrincipal with the session", policies{
			role: allowAll, bucket: except(`"` + roleARN + `","` + rootARN + `","` + sessionARN + `"`),
		}, true),
		read(sessionARN).with("NotPrincipal with another session", policies{
			role: allowAll, bucket: except(`"` + roleARN + `","` + rootARN + `","` + sessionARN + `2"`),
		}, false),
		read("*").with("NotPrincipal that allows all others", policies{bucket: `{"Effect":"Allow","NotPrincipal":{"AWS":"` + userARN +
			`"},"Action":"s3:*","Resource":"*"}`}, true),
		read(userARN).with("NotPrincipal that allows, for the one it names", policies{bucket: `{"Effect":"Allow","NotPrincipal":{"AWS":"` + userARN +
			`"},"Action":"s3:*","Resource":"*"}`}, false),
		read(roleARN).with("a denial for one session does not stop others", policies{
			role: allowAll, bucket: `{"Effect":"Deny","Principal":{"AWS":"` + sessionARN + `"},"Action":"s3:*","Resource":"*"}`,
		}, true),
		read(sessionARN).with("but that one", policies{
			role: allowAll, bucket: `{"Effect":"Deny","Principal":{"AWS":"` + sessionARN + `"},"Action":"s3:*","Resource":"*"}`,
		}, false, decide.LayerResource, denied),
		read(sessionARN).with("a denial for the role stops its sessions", policies{
			role: allowAll, bucket: `{"Effect":"Deny","Principal":{"AWS":"` + roleARN + `"},"Action":"s3:*","Resource":"*"}`,
		}, false, decide.LayerResource, denied),
		secret.with("a secret without a policy", policies{role: allowAll}, true),
		secret.with("a secret's policy that denies all but a role", policies{role: allowAll, secret: `{"Effect":"Deny","Principal":"*","Action":` +
			`"secretsmanager:GetSecretValue","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + dataARN + `"}}}`},
			false, decide.LayerResource, denied),
		secret.with("and spares that role", policies{role: allowAll, secret: `{"Effect":"Deny","Principal":"*","Action":` +
			`"secretsmanager:GetSecretValue","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + roleARN + `"}}}`}, true),
	}
}

// keyQuestions: "Key policies", "Default key policy", "Allowing users in other accounts to use a KMS key" and "kms:ViaService".
func keyQuestions() []question {
	onlyData := `{"Effect":"Allow","Principal":{"AWS":"` + dataARN + `"},"Action":"kms:*","Resource":"*"}`
	via := func(service string) map[string][]string {
		return map[string][]string{"kms:ViaService": {service + ".eu-west-1.amazonaws.com"}}
	}
	foreign := question{principal: roleARN, action: "kms:Decrypt", resource: foreignKey}
	return []question{
		decrypt(roleARN).with("an identity policy is not enough", policies{role: useKey, key: onlyData}, false, decide.LayerKey),
		decrypt(roleARN).with("a key that leaves it to the account", policies{role: useKey, key: enableIAM}, true, decide.LayerIdentity),
		decrypt(roleARN).with("which does not allow", policies{key: enableIAM}, false, decide.LayerIdentity),
		decrypt(roleARN).with("a key without a policy of its own", policies{role: useKey}, true, decide.LayerIdentity),
		decrypt(roleARN).with("a key's policy alone", policies{key: `{"Effect":"Allow","Principal":{"AWS":"` + roleARN +
			`"},"Action":"kms:Decrypt","Resource":"*"}`}, true, decide.LayerKey),
		decrypt(roleARN).with("a key's policy for another action", policies{role: useKey, key: `{"Effect":"Allow","Principal":{"AWS":"` + rootARN +
			`"},"Action":"kms:Describe*","Resource":"*"}`}, false, decide.LayerKey),
		decrypt(roleARN).with("through the service", policies{key: viaS3}, true).in(via("s3")),
		decrypt(roleARN).with("through another service", policies{key: viaS3}, false, decide.LayerKey).in(via("ec2")),
		decrypt(roleARN).with("not through a service", policies{role: useKey, key: viaS3}, false, decide.LayerKey),
		decrypt(foreignRole).with("from another account", policies{guest: allowAll, key: viaS3}, false, decide.LayerKey).in(via("s3")),
		decrypt(rootARN).with("the root user needs the key's policy, too", policies{key: onlyData}, false, decide.LayerKey),
		decrypt(rootARN).with("and has it", policies{key: enableIAM}, true),
		decrypt("logs.eu-west-1.amazonaws.com").with("a service with its context", policies{key: `{"Effect":"Allow","Principal":{"Service":` +
			`"logs.eu-west-1.amazonaws.com"},"Action":"kms:*","Resource":"*","Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":` +
			`"arn:aws:logs:eu-west-1:111122223333:*"}}}`}, true).in(map[string][]string{
			"kms:EncryptionContext:aws:logs:arn": {"arn:aws:logs:eu-west-1:111122223333:log-group:dss"},
		}),
		foreign.with("a key of another account leaves it to this one", policies{role: allowAll, key: `{"Effect":"Allow","Principal":{"AWS":"` + rootARN +
			`"},"Action":"kms:Decrypt","Resource":"*"}`}, true),
		foreign.with("which does not allow it either", policies{key: `{"Effect":"Allow","Principal":{"AWS":"` + rootARN +
			`"},"Action":"kms:Decrypt","Resource":"*"}`}, false, decide.LayerIdentity),
		foreign.with("a key of another account for itself", policies{role: allowAll, key: `{"Effect":"Allow","Principal":{"AWS":"` + foreignRoot +
			`"},"Action":"kms:*","Resource":"*"}`}, false, decide.LayerKey),
		{name: "keys are listed without a key", policies: policies{role: `{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}`},
			principal: roleARN, action: "kms:ListKeys", resource: "*", allowed: true},
	}
}

// trustQuestions: "IAM role trust policies", "How to use an external ID", "Granting a user permissions to switch roles", "AWS STS quotas".
func trustQuestions() []question {
	external := `,"Condition":{"StringEquals":{"sts:ExternalId":"abc"}}`
	web := question{principal: "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/X",
		action: "sts:AssumeRoleWithWebIdentity", resource: dataARN}
	federated := `{"Effect":"Allow","Principal":{"Federated":"` + web.principal + `"},"Action":"sts:AssumeRoleWithWebIdentity",` +
		`"Condition":{"StringEquals":{"oidc.eks.eu-west-1.amazonaws.com/id/X:sub":"system:serviceaccount:ns:sa"}}}`
	sub := func(account string) map[string][]string {
		return map[string][]string{"oidc.eks.eu-west-1.amazonaws.com/id/X:sub": {"system:serviceaccount:ns:" + account}}
	}
	tag := question{principal: roleARN, action: "sts:TagSession", resource: dataARN}
	return []question{
		assume(roleARN, dataARN).with("a role without a trust policy", policies{role: assumeData}, false, decide.LayerTrust),
		assume(roleARN, dataARN).with("trust in the role is enough", policies{trust: trusts(awsPrincipal(roleARN), "")}, true, decide.LayerTrust),
		assume(roleARN, dataARN).with("trust in another role", policies{role: assumeData, trust: trusts(awsPrincipal(foreignRole), "")}, false,
			decide.LayerTrust),
		assume(roleARN, dataARN).with("trust in the account, alone", policies{trust: trusts(awsPrincipal(rootARN), "")}, false, decide.LayerIdentity),
		assume(roleARN, dataARN).with("trust in the account and an identity policy", policies{
			role: assumeData, trust: trusts(awsPrincipal("111122223333"), ""),
		}, true),
		assume(roleARN, dataARN).with("an identity policy denies", policies{
			role: `{"Effect":"Deny","Action":"sts:*","Resource":"*"}`, trust: trusts(awsPrincipal(roleARN), ""),
		}, false, decide.LayerIdentity, denied),
		assume(roleARN, dataARN).with("a trust policy denies", policies{role: assumeData, trust: trusts(awsPrincipal(roleARN), "") +
			`,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}`}, false, decide.LayerTrust, denied),
		assume(roleARN, dataARN).with("a boundary limits trust in the role", policies{
			boundary: `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, trust: trusts(awsPrincipal(roleARN), ""),
		}, false, decide.LayerBoundary),
		assume(roleARN, dataARN).with("the external ID", policies{trust: trusts(awsPrincipal(roleARN), external)}, true).in(
			map[string][]string{"sts:ExternalId": {"abc"}}),
		assume(roleARN, dataARN).with("another external ID", policies{trust: trusts(awsPrincipal(roleARN), external)}, false, decide.LayerTrust).in(
			map[string][]string{"sts:ExternalId": {"abd"}}),
		assume(roleARN, dataARN).with("no external ID", policies{trust: trusts(awsPrincipal(roleARN), external)}, false, decide.LayerTrust),
		assume(dataARN, dataARN).with("a role does not trust itself", policies{trust: trusts(awsPrincipal(roleARN), "")}, false),
		assume(rootARN, dataARN).with("root users take no roles", policies{trust: trusts(awsPrincipal(rootARN), "")}, false, decide.LayerTrust),
		assume("ec2.amazonaws.com", dataARN).with("a service", policies{trust: trusts(`{"Service":"ec2.amazonaws.com"}`, "")}, true),
		assume("glue.amazonaws.com", dataARN).with("another service than trusted", policies{trust: trusts(`{"Service":"ec2.amazonaws.com"}`, "")}, false),
		assume(roleARN, dataARN).with("trust in a service is not for roles", policies{
			role: assumeData, trust: trusts(`{"Service":"ec2.amazonaws.com"}`, ""),
		}, false),
		web.with("a service account", policies{trust: federated}, true).in(sub("sa")),
		web.with("another service account", policies{trust: federated}, false).in(sub("other")),
		assume(roleARN, dataARN).with("trust in a provider is not for roles", policies{role: assumeData, trust: federated}, false),
		assume(foreignRole, dataARN).with("a guest who is trusted and allowed", policies{
			guest: allowAll, trust: trusts(awsPrincipal(foreignRole), ""),
		}, true),
		assume(foreignRole, dataARN).with("a guest who is trusted only", policies{
			guest: `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, trust: trusts(awsPrincipal(foreignRole), ""),
		}, false, decide.LayerIdentity),
		assume(foreignRole, dataARN).with("a guest of a trusted account", policies{guest: allowAll, trust: trusts(awsPrincipal(foreignRoot), "")}, true),
		assume(foreignRole, dataARN).with("a guest who is not trusted", policies{guest: allowAll, trust: trusts(awsPrincipal(rootARN), "")}, false,
			decide.LayerTrust),
		assume(foreignRole+"2", dataARN).with("a stranger of a trusted account", policies{trust: trusts(awsPrincipal(foreignRoot), "")}, true,
			decide.LayerTrust),
		assume(roleARN, foreignData).with("a role of another account that trusts", policies{
			role: assumeData, foreignTrust: trusts(awsPrincipal(roleARN), ""),
		}, true),
		assume(roleARN, foreignData).with("but the own account does not allow", policies{foreignTrust: trusts(awsPrincipal(roleARN), "")}, false,
			decide.LayerIdentity),
		tag.with("session tags need trust of their own", policies{role: allowAll, trust: trusts(awsPrincipal(roleARN), "")}, false, decide.LayerTrust),
		{name: "changing a role is not taking it", policies: policies{trust: trusts(`"*"`, "")},
			principal: roleARN, action: "iam:PutRolePolicy", resource: dataARN, layer: decide.LayerIdentity},
	}
}

// crossQuestions: "Cross-account policy evaluation logic" and "Granting cross-account access" of the Glue developer guide.
func crossQuestions() []question {
	table := question{principal: roleARN, action: "glue:GetTable", resource: foreignTable}
	share := `{"Effect":"Allow","Principal":{"AWS":"` + rootARN + `"},"Action":"glue:GetTable","Resource":["` +
		`arn:aws:glue:eu-west-1:444455556666:catalog","arn:aws:glue:eu-west-1:444455556666:table/sales/*"]}`
	theirs := policies{owner: "444455556666"}
	with := func(change func(*policies)) policies {
		p := theirs
		change(&p)
		return p
	}
	return []question{
		read(roleARN).with("both sides", with(func(p *policies) { p.role, p.bucket = allowAll, get(awsPrincipal(roleARN)) }), true),
		read(roleARN).with("the bucket's side only", with(func(p *policies) { p.bucket = get(awsPrincipal(roleARN)) }), false, decide.LayerIdentity),
		read(roleARN).with("the caller's side only", with(func(p *policies) { p.role = allowAll }), false, decide.LayerResource),
		read(roleARN).with("everybody is not enough", with(func(p *policies) { p.bucket = get(`"*"`) }), false, decide.LayerIdentity),
		read(roleARN).with("everybody and the caller's side", with(func(p *policies) { p.role, p.bucket = allowAll, get(`"*"`) }), true),
		read(sessionARN).with("a session is limited there", with(func(p *policies) { p.bucket = get(awsPrincipal(sessionARN)) }), false,
			decide.LayerIdentity),
		read(roleARN).with("a boundary limits", with(func(p *policies) {
			p.role, p.bucket, p.boundary = allowAll, get(awsPrincipal(roleARN)), `{"Effect":"Allow","Action":"kms:*","Resource":"*"}`
		}), false, decide.LayerBoundary),
		read(roleARN).with("their bucket's denial", with(func(p *policies) { p.role, p.bucket = allowAll, get(`"*"`)+","+tlsOnly }), false,
			decide.LayerResource, denied).in(map[string][]string{"aws:SecureTransport": {"false"}}),
		read(rootARN).with("a root user abroad", with(func(p *policies) { p.bucket = get(awsPrincipal(rootARN)) }), true),
		read(rootARN).with("a root user abroad, not asked in", theirs, false, decide.LayerResource),
		table.with("a table of a shared catalog", policies{role: allowAll, catalog: share}, true),
		table.with("a catalog that is not shared", policies{role: allowAll}, false, decide.LayerResource),
		table.with("a shared catalog, not allowed here", policies{catalog: share}, false, decide.LayerIdentity),
		{name: "another table", policies: policies{role: allowAll, catalog: share}, principal: roleARN, action: "glue:GetTable",
			resource: "arn:aws:glue:eu-west-1:444455556666:table/hr/salaries", layer: decide.LayerResource},
		{name: "the account of the resource as a condition", policies: policies{role: `{"Effect":"Allow","Action":"s3:*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}}`, bucket: get(`"*"`), owner: "444455556666"},
			principal: roleARN, action: "s3:GetObject", resource: objectARN, layer: decide.LayerIdentity},
		{name: "the region of the resource as a condition", policies: policies{role: `{"Effect":"Allow","Action":"*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}`},
			principal: roleARN, action: "secretsmanager:GetSecretValue", resource: secretARN, layer: decide.LayerIdentity},
	}
}

// questions are all of them.
func questions() []question {
	var all []question
	for _, part := range [][]question{
		identityQuestions(), boundaryQuestions(), resourceQuestions(), keyQuestions(), trustQuestions(), crossQuestions(),
	} {
		all = append(all, part...)
	}
	return all
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for _, q := range questions() {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			request := decide.Request{Principal: q.principal, Action: q.action, Resource: q.resource, Context: q.context}
			request.Session = policy(t, "session", q.session)
			got := q.world(t).Decide(request)
			assert.Equal(t, q.allowed, got.Allowed, "%+v", got)
			assert.NotEmpty(t, got.Why)
			if q.layer != "" {
				assert.Equal(t, q.layer, got.Layer, "%+v", got)
				assert.Equal(t, q.explicit, got.Explicit, "%+v", got)
			}
			assert.Equal(t, got.Allowed || got.Explicit, len(got.Statements) > 0, "what was settled by statements names them: %+v", got)
		})
	}
}

func TestQuestionsAreMany(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, q := range questions() {
		assert.False(t, names[q.name], "%s: every question has its own name", q.name)
		names[q.name] = true
	}
	assert.GreaterOrEqual(t, len(names), 120)
}

// world is what the question's policies are attached to. The boundary is the caller's.
func (q question) world(t *testing.T) *decide.World {
	t.Helper()
	boundary := policy(t, "boundary", q.boundary)
	user := decide.Identity{Policies: some(policy(t, "user", q.user)), Groups: []string{groupARN}, Boundary: boundary}
	return &decide.World{
		Identities: map[string]decide.Identity{
			userARN: user, roleARN: {Policies: some(policy(t, "role", q.role)), Boundary: boundary},
			dataARN:     {Trust: policy(t, "trust", q.trust)},
			foreignRole: {Policies: some(policy(t, "guest", q.guest))}, foreignData: {Trust: policy(t, "trust", q.foreignTrust)},
		},
		Groups: map[string][]decide.Policy{groupARN: some(policy(t, "group", q.group))},
		Resources: map[string]decide.Resource{
			bucketARN: {Account: owner(q.owner), Policies: some(policy(t, "bucket", q.bucket))},
			keyARN:    {Policies: some(policy(t, "key", q.key))}, foreignKey: {Policies: some(policy(t, "key", q.key))},
			secretARN: {Policies: some(policy(t, "secret", q.secret))},
			"arn:aws:glue:eu-west-1:444455556666:catalog": {Policies: some(policy(t, "catalog", q.catalog))},
		},
	}
}

func owner(account string) string {
	if account == "" {
		return "111122223333"
	}
	return account
}

// policy reads statements in JSON; none is no policy.
func policy(t testing.TB, name, statements string) *decide.Policy {
	t.Helper()
	if statements == "" {
		return nil
	}
	document, err := iam.Parse(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	require.NoError(t, err, statements)
	return &decide.Policy{Name: name, Document: document}
}

func some(policy *decide.Policy) []decide.Policy {
	if policy == nil {
		return nil
	}
	return []decide.Policy{*policy}
}

func TestStatementsAreNamed(t *testing.T) {
	t.Parallel()
	world := one(iam.Allow("", []string{"x:Other"}, "*"), iam.Allow("", []string{"x:Do"}, "*"), iam.Allow("Named", []string{"x:*"}, "*"))
	asked := decide.Request{Principal: userARN, Action: "x:Do", Resource: "*"}
	assert.Equal(t, []string{"own#2", "own#Named"}, world.Decide(asked).Statements)
}
