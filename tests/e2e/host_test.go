//go:build e2e

package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
)

// machine is the Linux behind an emulated instance.
type machine struct {
	t        *testing.T
	instance string
}

// exec runs a command on the host as root. It has to succeed.
func (h machine) exec(command ...string) string {
	h.t.Helper()
	return strings.TrimSpace(run(h.t, "", "lab-host", append([]string{"exec", h.instance}, command...)...))
}

// shell runs shell commands on the host as root, and returns what they said and whether they succeeded.
func (h machine) shell(commands string) (string, error) {
	h.t.Helper()
	return tryRun("", nil, "lab-host", "shell", h.instance, commands)
}

// status is the reconciler's status document.
type status struct {
	Result   string
	Revision string
	Message  string
	Steps    []struct{ Name, Result string }
}

func (h machine) status() status {
	h.t.Helper()
	var s status
	require.NoError(h.t, json.Unmarshal([]byte(h.exec("cat", "/var/lib/dss-platform/status.json")), &s))
	return s
}

// changed are the steps of the last run that changed something.
func (s status) changed() []string {
	changed := []string{}
	for _, step := range s.Steps {
		if step.Result == "changed" {
			changed = append(changed, step.Name)
		}
	}
	return changed
}

// rerun has the agent run the host's association again, as a schedule would, and waits for the end.
func (h machine) rerun(association string) {
	h.t.Helper()
	before := h.exec("stat", "-c", "%Y.%s", "/var/lib/dss-platform/status.json") + h.exec("sha256sum", "/var/lib/dss-platform/status.json")
	run(h.t, "", "aws", "ssm", "start-associations-once", "--association-ids", association)
	require.Eventually(h.t, func() bool {
		now := h.exec("stat", "-c", "%Y.%s", "/var/lib/dss-platform/status.json") + h.exec("sha256sum", "/var/lib/dss-platform/status.json")
		return now != before && h.status().Result != "running"
	}, 2*time.Minute, time.Second, "the association ran again")
}

// site puts stand-ins for what hosts download where the emulator serves them, and returns the settings of the tools.
func site(t *testing.T) []map[string]any {
	t.Helper()
	folder := os.Getenv("LAB_SITE")
	require.NotEmpty(t, folder, "set LAB_SITE to an empty folder before the emulator starts")
	var tools []map[string]any
	require.NoError(t, json.Unmarshal([]byte(run(t, repository(t), "go", "run", "./tests/e2e/site", folder)), &tools))
	for _, tool := range tools {
		if tool["name"] == host.KubectlName {
			realKubectl(t, tool)
		}
	}
	return tools
}

// realKubectl puts this machine's kubectl in the stand-in's place: what DSS may do in the cluster is for the API server to say.
func realKubectl(t *testing.T, tool map[string]any) {
	t.Helper()
	path, err := exec.LookPath("kubectl")
	require.NoError(t, err)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	address, err := url.Parse(tool["url"].(string))
	require.NoError(t, err)
	target := filepath.Join(os.Getenv("LAB_SITE"), address.Host, filepath.FromSlash(address.Path))
	require.NoError(t, os.WriteFile(target, content, 0o644)) //nolint:gosec // public, for whatever serves it
	tool["sha256"] = fmt.Sprintf("%x", sha256.Sum256(content))
	tool["version"] = kubectlVersion(t)
}

// kubectlVersion is the release of this machine's kubectl.
func kubectlVersion(t *testing.T) string {
	t.Helper()
	var said struct {
		ClientVersion struct{ GitVersion string }
	}
	require.NoError(t, json.Unmarshal([]byte(run(t, "", "kubectl", "version", "--client", "-o", "json")), &said))
	return strings.TrimPrefix(said.ClientVersion.GitVersion, "v")
}
