//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// credentials are an access key, of a user or of a session of a role.
type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken string } //nolint:revive // the API's names

// env is what AWS's tools read them from.
func (c credentials) env() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + c.AccessKeyId, "AWS_SECRET_ACCESS_KEY=" + c.SecretAccessKey, "AWS_SESSION_TOKEN=" + c.SessionToken,
	}
}

// deployer is who runs the tests.
func deployer() credentials {
	return credentials{AccessKeyId: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}
}

// administrator is the role that an organization gives its management in an account.
func administrator(t *testing.T, account string) credentials {
	t.Helper()
	return deployer().takes(t, "arn:aws:iam::"+account+":role/OrganizationAccountAccessRole", "")
}

// aws runs the AWS CLI with the credentials.
func (c credentials) aws(region string, args ...string) (string, error) {
	return tryRun("", append(c.env(), "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region), "aws", args...)
}

// takes are the credentials of a session of a role. Taking it has to succeed.
func (c credentials) takes(t *testing.T, roleARN, externalID string) credentials {
	t.Helper()
	status, answer := c.tryToTake(t, roleARN, externalID)
	require.Equal(t, http.StatusOK, status, "%s: %s", roleARN, answer)
	return credentials{said(t, answer, "AccessKeyId"), said(t, answer, "SecretAccessKey"), said(t, answer, "SessionToken")}
}

// tryToTake asks for them; an empty external id is none.
func (c credentials) tryToTake(t *testing.T, roleARN, externalID string) (status int, answer string) {
	t.Helper()
	form := url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleSessionName": {"e2e"}, "RoleArn": {roleARN}}
	if externalID != "" {
		form.Set("ExternalId", externalID)
	}
	status, answer, err := caller{t, c, "us-east-1"}.try("sts", http.MethodPost, "/", form.Encode(), map[string]string{"Content-Type": formType})
	require.NoError(t, err)
	return status, answer
}

// caller calls AWS's API without the AWS CLI, which takes a second for each call. The emulator does not look at signatures.
type caller struct {
	t      *testing.T
	as     credentials
	region string
}

const formType = "application/x-www-form-urlencoded"

// jsonHeaders are those of the JSON protocol.
func jsonHeaders(target string) map[string]string {
	return map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
}

// query calls a service of the query protocol (IAM), and returns its answer, which is XML.
func (c caller) query(action string, parameters map[string]string) string {
	c.t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
	for key, value := range parameters {
		form.Set(key, value)
	}
	return c.call("iam", http.MethodPost, "/", form.Encode(), map[string]string{"Content-Type": formType})
}

// json calls a service of the JSON protocol: `target` is the service's name there with the operation. The answer is decoded.
func (c caller) json(service, target string, input map[string]any, output any) {
	c.t.Helper()
	text, err := json.Marshal(input)
	require.NoError(c.t, err)
	answer := c.call(service, http.MethodPost, "/", string(text), jsonHeaders(target))
	if output != nil {
		require.NoError(c.t, json.Unmarshal([]byte(answer), output), answer)
	}
}

// call sends one request, which has to succeed.
func (c caller) call(service, method, path, body string, headers map[string]string) string {
	c.t.Helper()
	status, answer, err := c.try(service, method, path, body, headers)
	require.NoError(c.t, err)
	require.Less(c.t, status, 300, "%s %s%s %s: %s", service, method, path, body, answer)
	return answer
}

// try sends one request.
func (c caller) try(service, method, path, body string, headers map[string]string) (status int, answer string, err error) {
	return send(method, path, body, func(request *http.Request) {
		for key, value := range headers {
			request.Header.Set(key, value)
		}
		request.Header.Set("Authorization", fmt.Sprintf(
			"AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", c.as.AccessKeyId, c.region, service))
		request.Header.Set("X-Amz-Date", "20260101T000000Z")
		if c.as.SessionToken != "" {
			request.Header.Set("X-Amz-Security-Token", c.as.SessionToken)
		}
	})
}

// isRefused sends a request that may not be done.
func (c caller) isRefused(service, method, path, body string, headers map[string]string) {
	c.t.Helper()
	status, answer, err := c.try(service, method, path, body, headers)
	require.NoError(c.t, err)
	assert.Contains(c.t, []int{http.StatusForbidden, http.StatusBadRequest}, status, "%s %s%s %s: %s", service, method, path, body, answer)
	assert.Regexp(c.t, `AccessDenied|UnauthorizedOperation`, answer, "%s %s%s %s", service, method, path, body)
}

// isRefusedJSON does so with a service of the JSON protocol.
func (c caller) isRefusedJSON(service, target string, input map[string]any) {
	c.t.Helper()
	c.isRefused(service, http.MethodPost, "/", asJSON(c.t, input), jsonHeaders(target))
}

// isRefusedQuery does so with a service of the query protocol.
func (c caller) isRefusedQuery(service, version, action string) {
	c.t.Helper()
	c.isRefused(service, http.MethodPost, "/", "Version="+version+"&Action="+action, map[string]string{"Content-Type": formType})
}

// send sends a request to the emulator.
func send(method, path, body string, prepare func(*http.Request)) (status int, answer string, err error) {
	request, err := http.NewRequestWithContext(context.Background(), method, os.Getenv("AWS_ENDPOINT_URL")+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if prepare != nil {
		prepare(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// said is the text of the first element of that name in an answer of the query protocol.
func said(t *testing.T, answer, element string) string {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(answer))
	for {
		token, err := decoder.Token()
		require.NoError(t, err, "no %s in %s", element, answer)
		start, isStart := token.(xml.StartElement)
		if !isStart || start.Name.Local != element {
			continue
		}
		var text string
		require.NoError(t, decoder.DecodeElement(&text, &start))
		return text
	}
}
