//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// works says whether a key pair opens the connection.
func (c connection) works(t *testing.T, pair credentials) {
	t.Helper()
	out, err := pair.aws(c.region, s3api("head-object", object(c, "file"))...)
	require.NoError(t, err, out)
}

// isInvalid says that nobody has such a key pair any more.
func isInvalid(t *testing.T, pair credentials) {
	t.Helper()
	out, err := pair.aws("us-east-1", "sts", "get-caller-identity")
	require.Error(t, err)
	assert.Contains(t, out, "InvalidClientTokenId")
}

// checkRotation goes the way that docs/lake.md describes.
func checkRotation(t *testing.T, l *lakeStack) {
	before := l.connections()["finance"]
	first := keyPair(t, before.KeyPairSecretARN)
	before.works(t, first)

	l.set("lake:connections", l.declared(map[string]any{"generation": 2, "keepPrevious": true}))
	for resource, operations := range l.plan() {
		assert.Contains(t, resource, "lake-finance-key-2", "the old pair stays as it is")
		assert.Equal(t, "create", operations, resource)
	}
	l.up()
	both := l.connections()["finance"]
	assert.NotEqual(t, before.KeyPairSecretARN, both.KeyPairSecretARN, "DSS uses the second pair")
	second := keyPair(t, both.KeyPairSecretARN)
	assert.NotEqual(t, first.AccessKeyId, second.AccessKeyId)
	before.works(t, first)
	both.works(t, second)

	l.set("lake:connections", l.declared(map[string]any{"generation": 2}))
	l.up()
	after := l.connections()["finance"]
	assert.Equal(t, both.KeyPairSecretARN, after.KeyPairSecretARN)
	after.works(t, second)
	isInvalid(t, first)
	out, err := tryRun("", nil, "aws", "secretsmanager", "describe-secret", "--secret-id", before.KeyPairSecretARN)
	require.Error(t, err)
	assert.Contains(t, out, "ResourceNotFoundException", "its secret is gone, too")
	l.expectNoChanges()
}

// checkLakeDestroy deletes what gives access, and nothing of the data.
func checkLakeDestroy(t *testing.T, l *lakeStack) {
	all, key := l.connections(), l.output("kmsKeyArn")
	pair := keyPair(t, all["finance"].KeyPairSecretARN)
	session := l.opened(all["sales"])
	host := deployer().takes(t, l.host, "")
	l.destroy()
	assert.Empty(t, l.resources())

	for _, c := range all {
		out, err := deployer().aws(c.region, s3api("head-object", object(c, "file"), "--query", "SSEKMSKeyId")...)
		require.NoError(t, err, "%s: %s", c.Name, out)
		if c.RoleARN != "" {
			status, answer := host.tryToTake(t, c.RoleARN, c.ExternalID)
			assert.Equal(t, http.StatusForbidden, status, "%s has no role any more: %s", c.Name, answer)
		}
		if c.database != "" {
			run(t, "", "aws", "glue", "get-table", "--database-name", c.database, "--name", "orders")
			run(t, "", "aws", "athena", "get-work-group", "--work-group", c.workgroup)
		}
	}
	state := run(t, "", "aws", "kms", "describe-key", "--key-id", key, "--query", "KeyMetadata.KeyState", "--output", "text")
	assert.Equal(t, "Enabled", strings.TrimSpace(state), "the data can be read")

	isInvalid(t, pair)
	out, err := tryRun("", nil, "aws", "secretsmanager", "describe-secret", "--secret-id", all["finance"].KeyPairSecretARN)
	require.Error(t, err, out)
	out, err = tryRun("", nil, "aws", "iam", "get-user", "--user-name", all["finance"].UserARN[strings.LastIndex(all["finance"].UserARN, "/")+1:])
	require.Error(t, err)
	assert.Contains(t, out, "NoSuchEntity")
	out, err = session.aws("us-east-1", s3api("head-object", object(all["sales"], "file"))...)
	require.Error(t, err, "a session does not outlive the role's policies: %s", out)
}
