//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// partnerAccount owns a bucket, with a key of its own, in another region.
const (
	partnerAccount = "210987654321"
	partnerRegion  = "eu-central-1"
	partnerBucket  = "lake-partner-data"
)

// connection is one of the lake's, as DSS gets to know it and as the test declared it.
type connection struct {
	Name, Bucket, Path, RoleARN, ExternalID, KeyPairSecretARN, Results, UserARN string

	region   string
	readOnly bool
	// database and workgroup are empty without.
	database, workgroup string
}

// prefix is the folder that it does not leave.
func (c connection) prefix() string { return strings.TrimPrefix(c.Path, "/") }

// lakeStack is a data lake with connections of all kinds, and everybody around it.
type lakeStack struct {
	*stack
	// host is the role that the connections trust, other one that may take any role as far as its own policy goes.
	host, other string
	partnerKey  string
}

// TestLake takes a lake with connections of all kinds from nothing to nothing, and makes calls under the credentials of each.
func TestLake(t *testing.T) {
	requireLaboratory(t)
	l := &lakeStack{host: role(t, "lake-host"), other: role(t, "lake-other")}
	root := caller{t, deployer(), "us-east-1"}
	root.query("PutRolePolicy", map[string]string{"RoleName": "lake-other", "PolicyName": "all", "PolicyDocument": everything})
	l.partnerKey = partner(t)
	l.stack = newStackOf(t, "lake", fmt.Sprintf("name: lake\nruntime: go\nmain: %s/tests/e2e/lake\n", repository(t)), "config: {aws:region: us-east-1}\n")
	l.set("lake:accessLogsBucket", accessLogs(t, "lake-access-logs"))
	l.set("lake:trusted", []string{l.host})
	l.set("lake:connections", l.declared(nil))
	l.up()

	part := func(name string, check func(*testing.T, *lakeStack)) {
		t.Run(name, func(t *testing.T) { check(t, l.at(t)) })
	}
	part("a preview after up is empty", func(_ *testing.T, l *lakeStack) { l.expectNoChanges() })
	part("the owner of a bucket lets its connection in", checkPartner)
	part("the host alone takes the roles, with their external ids", checkTaking)
	part("each connection works with its data", checkOwn)
	part("no connection reaches anything else", checkForeign)
	part("files are encrypted, and come by TLS", checkEncryption)
	part("a key pair is rotated", checkRotation)
	part("destroy leaves the data and takes the credentials", checkLakeDestroy)
}

// at is the lake in a part of a test.
func (l *lakeStack) at(t *testing.T) *lakeStack {
	part := *l
	part.stack = l.in(t)
	return &part
}

// everything is the policy of who may do everything.
const everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// declared are the connections as the configuration has them.
func (l *lakeStack) declared(rotation map[string]any) []any {
	queried := func(name string, more map[string]any) map[string]any {
		c := map[string]any{"name": name, "allowedGroups": []string{name}, "databases": []any{map[string]any{"name": name}}, "athena": map[string]any{}}
		for key, value := range more {
			c[key] = value
		}
		return c
	}
	finance := queried("finance", map[string]any{"credentials": "KEY_PAIR"})
	if rotation != nil {
		finance["rotation"] = rotation
	}
	crawled := []any{map[string]any{"name": "marketing", "path": "tables", "crawler": map[string]any{}}}
	return []any{
		queried("sales", map[string]any{"zone": "raw", "prefix": "sales/"}),
		queried("marketing", map[string]any{"zone": "raw", "prefix": "marketing/", "databases": crawled}),
		finance,
		map[string]any{"name": "staff", "allowedGroups": []string{"staff"}},
		map[string]any{"name": "archive", "allowedGroups": []string{"sales"}, "zone": "raw", "prefix": "archive/", "readOnly": true},
		map[string]any{"name": "partner", "allowedGroups": []string{"sales"}, "prefix": "shared/", "bucket": map[string]any{
			"name": partnerBucket, "existing": true, "accountId": partnerAccount, "ownerAllows": true, "region": partnerRegion,
			"kmsKeyArn": l.partnerKey,
		}},
	}
}

// connections are the lake's by name.
func (l *lakeStack) connections() map[string]connection {
	l.t.Helper()
	all := map[string]connection{}
	require.NoError(l.t, json.Unmarshal([]byte(l.output("connections")), &all))
	for name, c := range all {
		c.Name, c.region, c.readOnly = name, "us-east-1", name == "archive"
		if c.Results != "" {
			c.database, c.workgroup = name, "lake-"+name
		}
		if name == "partner" {
			c.region = partnerRegion
		}
		all[name] = c
	}
	return all
}

// opened are the credentials that DSS opens a connection with.
func (l *lakeStack) opened(c connection) credentials {
	l.t.Helper()
	if c.RoleARN != "" {
		return deployer().takes(l.t, l.host, "").takes(l.t, c.RoleARN, c.ExternalID)
	}
	return keyPair(l.t, c.KeyPairSecretARN)
}

// keyPair is what a secret has.
func keyPair(t *testing.T, secretARN string) credentials {
	t.Helper()
	var pair credentials
	require.NoError(t, json.Unmarshal([]byte(run(t, "", "aws", "secretsmanager", "get-secret-value", "--secret-id", secretARN,
		"--query", "SecretString", "--output", "text")), &pair))
	require.NotEmpty(t, pair.SecretAccessKey)
	return pair
}

// partner makes the bucket of the other account, encrypted with a key of that account, and returns the key.
func partner(t *testing.T) string {
	t.Helper()
	in := caller{t, administrator(t, partnerAccount), partnerRegion}
	var key struct{ KeyMetadata struct{ Arn string } }
	in.json("kms", "TrentService.CreateKey", map[string]any{}, &key)
	in.bucket(partnerBucket)
	in.call("s3", http.MethodPut, "/"+partnerBucket+"?encryption", `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>`+
		`<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>`+key.KeyMetadata.Arn+`</KMSMasterKeyID>`+
		`</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`, nil)
	in.call("s3", http.MethodPut, "/"+partnerBucket+"/shared/file", "theirs", nil)
	in.call("s3", http.MethodPut, "/"+partnerBucket+"/private/file", "theirs alone", nil)
	return key.KeyMetadata.Arn
}

// checkPartner sets the policies that the outputs have for the owner, one after the other: it takes both.
func checkPartner(t *testing.T, l *lakeStack) {
	owner := caller{t, administrator(t, partnerAccount), partnerRegion}
	dss := caller{t, l.opened(l.connections()["partner"]), partnerRegion}
	dss.isRefused("s3", http.MethodGet, "/"+partnerBucket+"/shared/file", "", nil)

	var bucketPolicies, keyPolicies map[string]string
	require.NoError(t, json.Unmarshal([]byte(l.output("ownerBucketPolicies")), &bucketPolicies))
	require.NoError(t, json.Unmarshal([]byte(l.output("ownerKeyPolicies")), &keyPolicies))
	require.Len(t, bucketPolicies, 1)
	owner.bucketPolicy(partnerBucket, bucketPolicies["partner"])
	dss.isRefused("s3", http.MethodGet, "/"+partnerBucket+"/shared/file", "", nil)

	var policy map[string]any
	require.NoError(t, json.Unmarshal([]byte(keyPolicies["partner"]), &policy))
	statements, ok := policy["Statement"].([]any)
	require.True(t, ok)
	policy["Statement"] = append(statements, map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": "arn:aws:iam::" + partnerAccount + ":root"}, "Action": "kms:*", "Resource": "*",
	})
	owner.json("kms", "TrentService.PutKeyPolicy", map[string]any{"KeyId": l.partnerKey, "PolicyName": "default", "Policy": asJSON(t, policy)}, nil)
	assert.Equal(t, "theirs", dss.call("s3", http.MethodGet, "/"+partnerBucket+"/shared/file", "", nil))
	dss.isRefused("s3", http.MethodGet, "/"+partnerBucket+"/private/file", "", nil)
}

func checkTaking(t *testing.T, l *lakeStack) {
	host, other, sales := deployer().takes(t, l.host, ""), deployer().takes(t, l.other, ""), l.opened(l.connections()["sales"])
	stranger := administrator(t, partnerAccount)
	refused := func(who string, as credentials, roleARN, externalID string) {
		status, answer := as.tryToTake(t, roleARN, externalID)
		assert.Equal(t, http.StatusForbidden, status, "%s took %s", who, roleARN)
		assert.Contains(t, answer, "<Code>AccessDenied</Code>", "%s: %s", who, roleARN)
	}
	for _, c := range l.connections() {
		if c.RoleARN == "" {
			continue
		}
		assert.NotEmpty(t, host.takes(t, c.RoleARN, c.ExternalID).SessionToken)
		refused("the host without an external id", host, c.RoleARN, "")
		refused("the host with another one", host, c.RoleARN, "lake-another")
		refused("another role of the account", other, c.RoleARN, c.ExternalID)
		refused("another account", stranger, c.RoleARN, c.ExternalID)
		if c.Name != "sales" {
			refused("another connection", sales, c.RoleARN, c.ExternalID)
		}
	}
	refused("the host", host, crawlerRole(t), "")
	refused("another role of the account", other, crawlerRole(t), "")
}

func crawlerRole(t *testing.T) string {
	t.Helper()
	arn := strings.TrimSpace(run(t, "", "aws", "glue", "get-crawlers", "--query", "Crawlers[0].Role", "--output", "text"))
	if !strings.HasPrefix(arn, "arn:") {
		arn = strings.TrimSpace(run(t, "", "aws", "iam", "get-role", "--role-name", arn[strings.LastIndex(arn, "/")+1:], "--query", "Role.Arn", "--output", "text"))
	}
	return arn
}
