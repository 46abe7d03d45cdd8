//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkOwn does with the AWS CLI what DSS does with a connection.
func checkOwn(t *testing.T, l *lakeStack) {
	for name, c := range l.connections() {
		t.Run(name, func(t *testing.T) {
			u := user{t, c, l.at(t).opened(c)}
			if c.readOnly {
				u.readsOnly()
			} else {
				u.readsAndWrites()
			}
			if c.database != "" {
				u.describes()
				u.queries()
			}
		})
	}
}

// user is somebody with the credentials of a connection.
type user struct {
	t  *testing.T
	c  connection
	as credentials
}

// may runs a command that is allowed.
func (u user) may(args ...string) string {
	u.t.Helper()
	out, err := u.as.aws(u.c.region, args...)
	require.NoError(u.t, err, "%s: aws %s: %s", u.c.Name, strings.Join(args, " "), out)
	return out
}

// mayNot runs a command that is refused.
func (u user) mayNot(args ...string) {
	u.t.Helper()
	out, err := u.as.aws(u.c.region, args...)
	if assert.Error(u.t, err, "%s: aws %s", u.c.Name, strings.Join(args, " ")) {
		assert.Regexp(u.t, `\((AccessDenied|AccessDeniedException|403)\)`, out, "%s: aws %s", u.c.Name, strings.Join(args, " "))
	}
}

// object are the flags that name an object.
func object(c connection, key string) []string {
	return []string{"--bucket", c.Bucket, "--key", c.prefix() + key}
}

func s3api(operation string, flags []string, more ...string) []string {
	return append(append([]string{"s3api", operation}, flags...), more...)
}

// readsAndWrites writes, lists, reads and deletes; the file `file` stays for those who may not have it.
func (u user) readsAndWrites() {
	u.t.Helper()
	folder := u.t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(u.t, os.WriteFile(file, []byte("data of "+u.c.Name), 0o600))
	u.may(s3api("put-object", object(u.c, "file"), "--body", file)...)
	u.may("s3", "cp", file, "s3://"+u.c.Bucket+"/"+u.c.prefix()+"below/other")
	listed := u.may("s3api", "list-objects-v2", "--bucket", u.c.Bucket, "--prefix", u.c.prefix(), "--query", "Contents[].Key")
	assert.Contains(u.t, listed, `"`+u.c.prefix()+`below/other"`)
	u.may(s3api("get-object", object(u.c, "file"), filepath.Join(folder, "got"))...)
	got, err := os.ReadFile(filepath.Join(folder, "got"))
	require.NoError(u.t, err)
	assert.Equal(u.t, "data of "+u.c.Name, string(got))
	u.may(s3api("delete-object", object(u.c, "below/other"))...)
	u.may("s3api", "get-bucket-location", "--bucket", u.c.Bucket)
	if u.c.prefix() != "" {
		u.mayNot("s3api", "list-objects-v2", "--bucket", u.c.Bucket)
	}
	u.mayNot("s3api", "put-bucket-policy", "--bucket", u.c.Bucket, "--policy", everything)
	u.mayNot("s3api", "list-object-versions", "--bucket", u.c.Bucket)
}

// readsOnly reads what somebody else has put there.
func (u user) readsOnly() {
	u.t.Helper()
	caller{u.t, deployer(), u.c.region}.call("s3", http.MethodPut, "/"+u.c.Bucket+"/"+u.c.prefix()+"file", "data of "+u.c.Name, nil)
	got := filepath.Join(u.t.TempDir(), "got")
	u.may(s3api("get-object", object(u.c, "file"), got)...)
	u.may("s3api", "list-objects-v2", "--bucket", u.c.Bucket, "--prefix", u.c.prefix())
	u.mayNot(s3api("put-object", object(u.c, "file"), "--body", got)...)
	u.mayNot(s3api("delete-object", object(u.c, "file"))...)
}

// describes makes and reads a table.
func (u user) describes() {
	u.t.Helper()
	at := "s3://" + u.c.Bucket + "/" + u.c.prefix() + "tables/"
	u.may("glue", "create-table", "--database-name", u.c.database, "--table-input",
		`{"Name":"orders","StorageDescriptor":{"Location":"`+at+`","Columns":[{"Name":"id","Type":"int"}]}}`)
	u.may("glue", "get-table", "--database-name", u.c.database, "--name", "orders")
	assert.Contains(u.t, u.may("glue", "get-tables", "--database-name", u.c.database), "orders")
	u.mayNot("glue", "delete-database", "--name", u.c.database)
	u.mayNot("glue", "create-database", "--database-input", `{"Name":"another"}`)
}

// queries runs a query, and reads and writes where its results are.
func (u user) queries() {
	u.t.Helper()
	var started struct{ QueryExecutionId string } //nolint:revive // the API's name
	require.NoError(u.t, json.Unmarshal([]byte(u.may("athena", "start-query-execution", "--work-group", u.c.workgroup,
		"--query-string", "SELECT id FROM orders", "--query-execution-context", "Database="+u.c.database)), &started))
	u.may("athena", "get-query-execution", "--query-execution-id", started.QueryExecutionId)
	results := strings.TrimPrefix(u.c.Results, "s3://")
	require.Contains(u.t, results, u.c.workgroup)
	own := caller{u.t, u.as, u.c.region}
	own.call("s3", http.MethodPut, "/"+results+"answer.csv", "1", nil)
	assert.Equal(u.t, "1", own.call("s3", http.MethodGet, "/"+results+"answer.csv", "", nil))
	u.mayNot("athena", "update-work-group", "--work-group", u.c.workgroup, "--state", "DISABLED")
}

// checkForeign has each connection ask for everything of the others, and of the account.
func checkForeign(t *testing.T, l *lakeStack) {
	all := l.connections()
	secrets := []string{all["finance"].KeyPairSecretARN, strings.TrimSpace(secret(t, "lake-admin-password", "secret"))}
	key := l.output("kmsKeyArn")
	var encrypted struct{ CiphertextBlob string }
	caller{t, deployer(), "us-east-1"}.json("kms", "TrentService.Encrypt", map[string]any{"KeyId": key, "Plaintext": "c2VjcmV0"}, &encrypted)
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			l := l.at(t)
			me := caller{t, l.opened(c), "us-east-1"}
			for _, other := range all {
				if other.Name != name {
					me.isKeptFrom(other)
				}
			}
			for _, arn := range secrets {
				me.isRefusedJSON("secretsmanager", "secretsmanager.GetSecretValue", map[string]any{"SecretId": arn})
			}
			me.isRefusedJSON("kms", "TrentService.Decrypt", map[string]any{"CiphertextBlob": encrypted.CiphertextBlob, "KeyId": key})
			me.isKeptFromTheAccount()
		})
	}
}

// isKeptFrom asks for everything that another connection has.
func (c caller) isKeptFrom(other connection) {
	c.t.Helper()
	data := c
	data.region = other.region
	for _, key := range []string{other.prefix() + "file", other.prefix() + "below/another"} {
		data.isRefused("s3", http.MethodGet, "/"+other.Bucket+"/"+key, "", nil)
		data.isRefused("s3", http.MethodPut, "/"+other.Bucket+"/"+key, "mine", nil)
		data.isRefused("s3", http.MethodDelete, "/"+other.Bucket+"/"+key, "", nil)
	}
	data.isRefused("s3", http.MethodGet, "/"+other.Bucket+"?list-type=2&prefix="+url.QueryEscape(other.prefix()), "", nil)
	if other.database == "" {
		return
	}
	c.isRefusedJSON("glue", "AWSGlue.GetTable", map[string]any{"DatabaseName": other.database, "Name": "orders"})
	c.isRefusedJSON("glue", "AWSGlue.GetTables", map[string]any{"DatabaseName": other.database})
	c.isRefusedJSON("glue", "AWSGlue.DeleteTable", map[string]any{"DatabaseName": other.database, "Name": "orders"})
	c.isRefusedJSON("athena", "AmazonAthena.StartQueryExecution", map[string]any{"QueryString": "SELECT 1", "WorkGroup": other.workgroup})
	c.isRefusedJSON("athena", "AmazonAthena.GetWorkGroup", map[string]any{"WorkGroup": other.workgroup})
	results := "/" + strings.TrimPrefix(other.Results, "s3://") + "answer.csv"
	c.isRefused("s3", http.MethodGet, results, "", nil)
	c.isRefused("s3", http.MethodPut, results, "mine", nil)
}

// isKeptFromTheAccount asks for what is the platform's.
func (c caller) isKeptFromTheAccount() {
	c.t.Helper()
	c.isRefused("s3", http.MethodGet, "/", "", nil)
	c.isRefused("s3", http.MethodPut, "/lake-one-more", "", nil)
	c.isRefused("eks", http.MethodGet, "/clusters", "", nil)
	c.isRefusedJSON("ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", map[string]any{})
	c.isRefusedJSON("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories", map[string]any{})
	c.isRefusedJSON("secretsmanager", "secretsmanager.ListSecrets", map[string]any{})
	c.isRefusedJSON("ssm", "AmazonSSM.SendCommand", map[string]any{"DocumentName": "AWS-RunShellScript", "InstanceIds": []string{"i-0123456789abcdef0"}})
	c.isRefusedJSON("lakeformation", "AWSLakeFormation.PutDataLakeSettings", map[string]any{"DataLakeSettings": map[string]any{}})
	c.isRefusedQuery("iam", "2010-05-08", "ListUsers")
	c.isRefusedQuery("iam", "2010-05-08", "CreateAccessKey&UserName=lake-admin")
	c.isRefusedQuery("ec2", "2016-11-15", "DescribeInstances")
}

// checkEncryption looks at how files are kept and come: by the lake's key, which is asked for in the reader's name, and by TLS.
func checkEncryption(t *testing.T, l *lakeStack) {
	all := l.connections()
	sales := all["sales"]
	file := "/" + sales.Bucket + "/" + sales.prefix() + "file"
	as := l.opened(sales)
	out, err := as.aws(sales.region, s3api("head-object", object(sales, "file"), "--query", "[ServerSideEncryption,SSEKMSKeyId]", "--output", "text")...)
	require.NoError(t, err, out)
	assert.Equal(t, []string{"aws:kms", l.output("kmsKeyArn")}, strings.Fields(out))

	// Whoever may read the file and not use the key, cannot read it.
	reader := role(t, "lake-reader")
	root := caller{t, deployer(), sales.region}
	allow := func(actions, resource string) {
		root.query("PutRolePolicy", map[string]string{"RoleName": "lake-reader", "PolicyName": strings.ReplaceAll(actions, ":", "-"),
			"PolicyDocument": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + actions + `","Resource":"` + resource + `"}}`})
	}
	allow("s3:GetObject", "arn:aws:s3:::"+sales.Bucket+"/*")
	other := caller{t, deployer().takes(t, reader, ""), sales.region}
	other.isRefused("s3", http.MethodGet, file, "", nil)
	allow("kms:Decrypt", l.output("kmsKeyArn"))
	assert.Equal(t, "data of sales", other.call("s3", http.MethodGet, file, "", nil))

	plain := map[string]string{"X-Lab-Scheme": "http"}
	for _, c := range all {
		if c.region != partnerRegion { // whose bucket's policy is its owner's
			caller{t, l.opened(c), c.region}.isRefused("s3", http.MethodGet, "/"+c.Bucket+"/"+c.prefix()+"file", "", plain)
		}
	}
	root.as = administrator(t, partnerAccount)
	root.isRefused("s3", http.MethodGet, file, "", nil)
	status, answer, err := send(http.MethodGet, file, "", nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, status, "anybody: %s", answer)
}
