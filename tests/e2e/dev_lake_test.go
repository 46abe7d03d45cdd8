//go:build e2e

package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// declareLake adds connections of both kinds to a zone. DSS gets them without being told a second time.
func declareLake(s *stack) {
	s.t.Helper()
	s.set("pulumi-dss:lake", map[string]any{
		"accessLogsBucket": accessLogs(s.t, "dss-dev-access-logs"),
		"zones":            []any{map[string]any{"name": "raw"}},
		"connections": []any{
			map[string]any{
				"name": "orders", "zone": "raw", "prefix": "orders/", "allowedGroups": []string{"sales"},
				"databases": []any{map[string]any{"name": "dss_dev_orders"}}, "athena": map[string]any{},
			},
			map[string]any{"name": "invoices", "zone": "raw", "prefix": "invoices/", "allowedGroups": []string{"sales"}, "credentials": "KEY_PAIR"},
		},
	})
}

// onHost runs commands as the user of DSS.
type onHost struct {
	machine
	// env are credentials; empty for those that the host has by itself.
	env []string
}

func (h onHost) aws(words ...string) (string, error) {
	h.t.Helper()
	return h.shell("runuser -u dataiku -- env " + strings.Join(h.env, " ") + " aws --region us-east-1 " + strings.Join(words, " "))
}

// may runs commands that have to succeed.
func (h onHost) may(commands ...string) {
	h.t.Helper()
	for _, command := range commands {
		out, err := h.aws(command)
		require.NoError(h.t, err, "%s: %s", command, out)
	}
}

// mayNot runs commands that have to be refused.
func (h onHost) mayNot(commands ...string) {
	h.t.Helper()
	for _, command := range commands {
		out, err := h.aws(command)
		if assert.Error(h.t, err, command) {
			assert.Regexp(h.t, `\((AccessDenied|AccessDeniedException|403|UnauthorizedOperation)\)`, out, command)
		}
	}
}

// takes is the host with a connection's role.
func (h onHost) takes(roleARN, externalID string) onHost {
	h.t.Helper()
	out, err := h.aws("sts assume-role --role-session-name e2e --role-arn", roleARN, "--external-id", externalID)
	require.NoError(h.t, err, out)
	var answer struct{ Credentials credentials }
	require.NoError(h.t, json.Unmarshal([]byte(out), &answer))
	h.env = answer.Credentials.env()
	return h
}

// checkLakeOnHost does what DSS does with its connections, on the host. It leaves refusals of the host's role behind.
func checkLakeOnHost(t *testing.T, s *stack) {
	h := onHost{machine: hostOf(t, s)}
	text := func(made map[string]any, key string) string {
		value, ok := made[key].(string)
		require.True(t, ok, "%s of %v", key, made)
		return value
	}
	made := func(name string) map[string]any { return s.properties()[s.urn("dss:index:S3Connection", name)] }
	orders, invoices := made("dss-dev-orders"), made("dss-dev-invoices")
	bucket, role, pair := text(orders, "bucketName"), text(orders, "roleArn"), text(invoices, "keyPairSecretArn")
	require.Equal(t, bucket, text(invoices, "bucketName"), "both are in one zone")

	var known map[string]map[string]any
	h.has("connections.json", &known)
	inDSS := asJSON(t, known)
	for _, part := range []string{role, `"dss-dev-orders"`, bucket, `"invoices"`} {
		assert.Contains(t, inDSS, part)
	}

	file := func(prefix string) string { return " --bucket " + bucket + " --key " + prefix + "/file" }
	refused := []string{
		"eks list-clusters", "eks describe-cluster --name " + s.output("clusterName"), "ecr get-authorization-token", "iam list-users",
		"secretsmanager get-secret-value --secret-id " + s.output("apiKeySecretArn"), "secretsmanager get-secret-value --secret-id " + pair,
		"s3api list-buckets", "s3api list-objects-v2 --bucket " + bucket, "athena get-work-group --work-group dss-dev",
		"sts assume-role --role-session-name e2e --external-id dss-dev-orders --role-arn " + role,
	}

	asOrders := h.takes(role, "dss-dev-orders")
	asOrders.may("s3api put-object --body /etc/os-release"+file("orders"), "s3api get-object"+file("orders")+" /dev/null",
		"s3api list-objects-v2 --bucket "+bucket+" --prefix orders/", "glue get-tables --database-name dss_dev_orders",
		"athena start-query-execution --work-group dss-dev-orders --query-string 'SELECT 1'")
	asOrders.mayNot(append(refused, "s3api get-object"+file("invoices")+" /dev/null", "s3api put-object --body /etc/os-release"+file("invoices"),
		"s3api list-objects-v2 --bucket "+bucket+" --prefix invoices/", "glue get-tables --database-name dss_dev")...)

	asInvoices := h
	asInvoices.env = keyPair(t, pair).env()[:2]
	asInvoices.may("s3api put-object --body /etc/os-release"+file("invoices"), "s3api get-object"+file("invoices")+" /dev/null",
		"s3api list-objects-v2 --bucket "+bucket+" --prefix invoices/")
	asInvoices.mayNot(append(refused, "s3api get-object"+file("orders")+" /dev/null", "glue get-tables --database-name dss_dev_orders",
		"athena get-work-group --work-group dss-dev-orders")...)

	h.may("secretsmanager get-secret-value --secret-id " + pair) // DSS fills the connection in with it
	h.mayNot("s3api get-object"+file("orders")+" /dev/null", "s3api get-object"+file("invoices")+" /dev/null",
		"s3api list-objects-v2 --bucket "+bucket+" --prefix orders/", "glue get-tables --database-name dss_dev_orders",
		"athena get-work-group --work-group dss-dev-orders", "sts assume-role --role-session-name e2e --role-arn "+role,
		"sts assume-role --role-session-name e2e --external-id dss-dev-invoices --role-arn "+role)
}
