//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// cluster is a Kubernetes cluster as somebody sees it.
type cluster struct {
	t          *testing.T
	kubeconfig string
	env        []string
}

// newCluster is the cluster as the deployer sees it.
func newCluster(t *testing.T, kubeconfig string) cluster {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte(kubeconfig), 0o600))
	return cluster{t: t, kubeconfig: file}
}

// as is the cluster as a role sees it.
func (c cluster) as(roleARN string) cluster {
	c.t.Helper()
	c.env = deployer().takes(c.t, roleARN, "").env()
	return c
}

// kubectl runs a command, and returns what it said and whether it succeeded.
func (c cluster) kubectl(args ...string) (string, error) {
	c.t.Helper()
	return tryRun("", append(c.env, "KUBECONFIG="+c.kubeconfig), "kubectl", args...)
}

// may says whether the identity may do something, as the API decides.
func (c cluster) may(verb, resource, namespace string) bool {
	c.t.Helper()
	args := []string{"auth", "can-i", verb, resource}
	if namespace != "" {
		args = append(args, "--namespace", namespace)
	}
	out, err := c.kubectl(args...)
	return err == nil && out == "yes\n"
}

// apply makes an object.
func (c cluster) apply(object map[string]any) {
	c.t.Helper()
	text, err := json.Marshal(object)
	require.NoError(c.t, err)
	file := filepath.Join(c.t.TempDir(), "object.json")
	require.NoError(c.t, os.WriteFile(file, text, 0o600))
	out, err := c.kubectl("apply", "-f", file)
	require.NoError(c.t, err, out)
}

// role makes an IAM role that this account's principals may take.
func role(t *testing.T, name string) string {
	t.Helper()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}]}`
	run(t, "", "aws", "iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust)
	return fmt.Sprintf("arn:aws:iam::123456789012:role/%s", name)
}
