//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	return tools
}
