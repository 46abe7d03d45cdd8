//go:build e2e

package e2e

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// policies puts the policies of a synthesized stack into the emulator: the texts that the program gives to AWS, as they are, and none of
// the other resources. It reads the graph itself, so that what the matrix makes of the graph is compared, too.
type policies struct {
	t     *testing.T
	graph *synth.Graph
	caller
	// names are ARNs and ids that the emulator chose, by those of the graph.
	names map[string]string
	// made are ARNs of identities, and of resources by the graph's names.
	made map[string]bool
}

// putPolicies does so, in an account of the stack's own, and returns how texts of the graph read in the emulator. What the world has
// beyond the graph stands for those who are not part of the platform.
func putPolicies(t *testing.T, graph *synth.Graph, world *decide.World) func(string) string {
	t.Helper()
	at := graph.Location
	p := &policies{
		t: t, graph: graph, caller: caller{t, administrator(t, at.AccountID), at.Region}, names: map[string]string{}, made: map[string]bool{},
	}
	p.resources()
	p.otherKeys(world)
	p.identities()
	p.resourcePolicies()
	p.others(world)
	return p.text
}

// property is an input of a resource, or what AWS computed.
func property(res *synth.Resource, key string) string {
	if v := synth.Stripped(res.State[resource.PropertyKey(key)]); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// of are the resources of a type.
func (p *policies) of(token string, do func(*synth.Resource)) {
	for _, res := range p.graph.OfType("aws:" + token) {
		require.False(p.t, res.Read, "%s was there before: nobody knows its policies", res.Label())
		do(res)
	}
}

// text is a text of the graph with the names that the emulator chose.
func (p *policies) text(text string) string {
	var pairs []string
	for _, name := range slices.SortedFunc(maps.Keys(p.names), func(a, b string) int { return cmp.Compare(len(b), len(a)) }) {
		pairs = append(pairs, name, p.names[name])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// renamed notes an ARN that the emulator chose.
func (p *policies) renamed(res *synth.Resource, arn string) {
	require.NotEmpty(p.t, arn)
	p.made[property(res, "arn")] = true
	p.names[property(res, "arn")] = arn
}

// resources are those that can have a policy. Their policies come later: they speak of names that have to be known first.
func (p *policies) resources() {
	p.of("kms/key:Key", func(res *synth.Resource) {
		arn, id := p.key()
		p.renamed(res, arn)
		p.names[property(res, "keyId")] = id
	})
	p.of("secretsmanager/secret:Secret", func(res *synth.Resource) {
		var secret struct{ ARN string }
		p.json("secretsmanager", "secretsmanager.CreateSecret", map[string]any{
			"Name": property(res, "name"), "SecretString": "-", "ClientRequestToken": strings.Repeat("0", 32),
		}, &secret)
		p.renamed(res, secret.ARN)
	})
	p.of("s3/bucketV2:BucketV2", func(res *synth.Resource) {
		p.bucket(property(res, "bucket"))
		p.made[property(res, "arn")] = true
	})
	p.of("ecr/repository:Repository", func(res *synth.Resource) {
		p.json("ecr", "AmazonEC2ContainerRegistry_V20150921.CreateRepository", map[string]any{"repositoryName": property(res, "name")}, nil)
		p.made[property(res, "arn")] = true
	})
}

// otherKeys are those of other accounts.
func (p *policies) otherKeys(world *decide.World) {
	for arn, entry := range world.Resources {
		if isKey(arn) && entry.Account != p.graph.Location.AccountID {
			p.names[arn], _ = p.inRegionOf(arn, entry.Account).key()
		}
	}
}

func isKey(arn string) bool { return strings.Split(arn, ":")[2] == "kms" }

// inRegionOf is the administrator of an account, where a resource of it is.
func (p *policies) inRegionOf(arn, account string) caller {
	c := p.in(account)
	c.region = strings.Split(arn, ":")[3]
	return c
}

// key makes a key.
func (c caller) key() (arn, id string) {
	c.t.Helper()
	var key struct{ KeyMetadata struct{ Arn, KeyId string } } //nolint:revive // the API's names
	c.json("kms", "TrentService.CreateKey", map[string]any{}, &key)
	return key.KeyMetadata.Arn, key.KeyMetadata.KeyId
}

func (c caller) keyPolicy(key, document string) {
	c.t.Helper()
	c.json("kms", "TrentService.PutKeyPolicy", map[string]any{
		"KeyId": key, "PolicyName": "default", "Policy": document, "BypassPolicyLockoutSafetyCheck": true,
	}, nil)
}

func (c caller) bucket(name string) {
	c.t.Helper()
	body := ""
	if c.region != "us-east-1" {
		body = "<CreateBucketConfiguration><LocationConstraint>" + c.region + "</LocationConstraint></CreateBucketConfiguration>"
	}
	c.call("s3", http.MethodPut, "/"+name, body, nil)
}

// identities are roles and users with their policies.
func (p *policies) identities() {
	p.of("iam/policy:Policy", func(res *synth.Resource) {
		arn := p.policy(cmp.Or(property(res, "path"), "/"), property(res, "name"), p.text(property(res, "policy")))
		require.Equal(p.t, property(res, "arn"), arn)
	})
	p.of("iam/role:Role", func(res *synth.Resource) {
		require.Empty(p.t, property(res, "permissionsBoundary"), "%s: boundaries are not put here", res.Label())
		p.role(property(res, "arn"), p.text(property(res, "assumeRolePolicy")))
		for _, arn := range texts(res, "managedPolicyArns") {
			p.query("AttachRolePolicy", map[string]string{"RoleName": property(res, "name"), "PolicyArn": arn})
		}
	})
	p.of("iam/user:User", func(res *synth.Resource) {
		require.Empty(p.t, property(res, "permissionsBoundary"), "%s: boundaries are not put here", res.Label())
		arn := said(p.t, p.query("CreateUser", map[string]string{
			"UserName": property(res, "name"), "Path": cmp.Or(property(res, "path"), "/"),
		}), "Arn")
		require.Equal(p.t, property(res, "arn"), arn)
		p.made[arn] = true
	})
	for token, kind := range map[string]string{"iam/rolePolicy:RolePolicy": "Role", "iam/userPolicy:UserPolicy": "User"} {
		p.of(token, func(res *synth.Resource) {
			p.query("Put"+kind+"Policy", map[string]string{
				kind + "Name": property(res, strings.ToLower(kind)), "PolicyName": property(res, "name"),
				"PolicyDocument": p.text(property(res, "policy")),
			})
		})
	}
	for token, kind := range map[string]string{
		"iam/rolePolicyAttachment:RolePolicyAttachment": "Role", "iam/userPolicyAttachment:UserPolicyAttachment": "User",
	} {
		p.of(token, func(res *synth.Resource) {
			p.query("Attach"+kind+"Policy", map[string]string{
				kind + "Name": property(res, strings.ToLower(kind)), "PolicyArn": property(res, "policyArn"),
			})
		})
	}
}

// policy makes a managed policy, and returns its ARN.
func (c caller) policy(path, name, document string) string {
	c.t.Helper()
	return said(c.t, c.query("CreatePolicy", map[string]string{"Path": path, "PolicyName": name, "PolicyDocument": document}), "Arn")
}

// role makes a role with an ARN.
func (p *policies) role(arn, trust string) {
	path := strings.TrimPrefix(arn[strings.Index(arn, ":role/"):], ":role")
	at := strings.LastIndex(path, "/") + 1
	made := said(p.t, p.query("CreateRole", map[string]string{
		"Path": path[:at], "RoleName": path[at:], "AssumeRolePolicyDocument": trust,
	}), "Arn")
	require.Equal(p.t, arn, made)
	p.made[arn] = true
}

func texts(res *synth.Resource, key string) []string {
	list, _ := synth.Plain(res.State[resource.PropertyKey(key)]).([]any)
	var all []string
	for _, item := range list {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

// resourcePolicies are those of keys, secrets, buckets, repositories and the catalog.
func (p *policies) resourcePolicies() {
	keyPolicy := func(keyID, document string) { p.keyPolicy(p.text(keyID), p.text(document)) }
	secretPolicy := func(arn, document string) {
		p.json("secretsmanager", "secretsmanager.PutResourcePolicy", map[string]any{
			"SecretId": p.text(arn), "ResourcePolicy": p.text(document),
		}, nil)
	}
	p.of("kms/key:Key", func(res *synth.Resource) {
		if document := property(res, "policy"); document != "" {
			keyPolicy(property(res, "keyId"), document)
		}
	})
	p.of("kms/keyPolicy:KeyPolicy", func(res *synth.Resource) { keyPolicy(property(res, "keyId"), property(res, "policy")) })
	p.of("secretsmanager/secret:Secret", func(res *synth.Resource) {
		if document := property(res, "policy"); document != "" {
			secretPolicy(property(res, "arn"), document)
		}
	})
	p.of("secretsmanager/secretPolicy:SecretPolicy", func(res *synth.Resource) {
		secretPolicy(property(res, "secretArn"), property(res, "policy"))
	})
	p.of("s3/bucketPolicy:BucketPolicy", func(res *synth.Resource) { p.bucketPolicy(property(res, "bucket"), p.text(property(res, "policy"))) })
	p.of("ecr/repositoryPolicy:RepositoryPolicy", func(res *synth.Resource) {
		p.json("ecr", "AmazonEC2ContainerRegistry_V20150921.SetRepositoryPolicy", map[string]any{
			"repositoryName": property(res, "repository"), "policyText": p.text(property(res, "policy")),
		}, nil)
	})
	p.of("glue/resourcePolicy:ResourcePolicy", func(res *synth.Resource) {
		p.json("glue", "AWSGlue.PutResourcePolicy", map[string]any{"PolicyInJson": p.text(property(res, "policy"))}, nil)
	})
}

func (c caller) bucketPolicy(bucket, document string) {
	c.t.Helper()
	c.call("s3", http.MethodPut, "/"+bucket+"?"+url.Values{"policy": {""}}.Encode(), document, nil)
}

// others are identities and buckets that stand for those who are not part of the platform, some of them in other accounts.
func (p *policies) others(world *decide.World) {
	for arn, identity := range world.Identities {
		if p.made[arn] {
			continue
		}
		in := *p
		in.caller = p.in(strings.Split(arn, ":")[4])
		if in.has(arn) {
			continue // the same for all stacks
		}
		// A role has to trust somebody; nobody asks to become those without a trust policy.
		trust := iam.NewDocument(iam.Statement{Effect: iam.EffectDeny, Actions: []string{"sts:AssumeRole"}}.For(iam.Principal{AWS: []string{"*"}}))
		if identity.Trust != nil {
			trust = identity.Trust.Document
		}
		in.role(arn, in.text(trust.JSON()))
		for _, policy := range identity.Policies {
			in.query("PutRolePolicy", map[string]string{
				"RoleName": arn[strings.LastIndex(arn, "/")+1:], "PolicyName": policy.Name, "PolicyDocument": in.text(policy.Document.JSON()),
			})
		}
	}
	for arn, entry := range world.Resources {
		if p.made[arn] || entry.Account == p.graph.Location.AccountID {
			continue
		}
		in := p.in(entry.Account)
		bucket, isBucket := strings.CutPrefix(arn, "arn:aws:s3:::")
		if isBucket {
			in.bucket(bucket)
		}
		for _, policy := range entry.Policies {
			document := p.text(policy.Document.JSON())
			switch {
			case isBucket:
				in.bucketPolicy(bucket, document)
			case isKey(arn):
				p.inRegionOf(arn, entry.Account).keyPolicy(p.text(arn), document)
			case strings.HasSuffix(arn, ":catalog"):
				in.json("glue", "AWSGlue.PutResourcePolicy", map[string]any{"PolicyInJson": document}, nil)
			default:
				require.Fail(p.t, "no policy can be put there", arn)
			}
		}
	}
}

// has says whether there is a role.
func (c caller) has(roleARN string) bool {
	c.t.Helper()
	status, answer, err := c.try("iam", http.MethodPost, "/", "Version=2010-05-08&Action=GetRole&RoleName="+roleARN[strings.LastIndex(roleARN, "/")+1:],
		map[string]string{"Content-Type": formType})
	require.NoError(c.t, err)
	require.Contains(c.t, []int{http.StatusOK, http.StatusNotFound}, status, answer)
	return status == http.StatusOK
}

// in is the administrator of an account.
func (p *policies) in(account string) caller {
	if account == p.graph.Location.AccountID {
		return p.caller
	}
	return caller{p.t, administrator(p.t, account), p.region}
}

// asJSON is a value as text.
func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}
