package host_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// standIns makes a folder of small programs and returns what PATH has to be for them to be found first.
func standIns(t *testing.T, programs map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/bash\n"+text+"\n"), 0o700)) //nolint:gosec // it is run
	}
	return folder + ":/usr/bin:/bin"
}

// runScript runs a script of this package with other words in place of some of its own.
func runScript(t *testing.T, path string, replaced []string, words ...string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	script := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(script, []byte(strings.NewReplacer(replaced...).Replace(string(text))), 0o600))
	said, err := exec.CommandContext(t.Context(), "bash", append([]string{script}, words...)...).CombinedOutput()
	require.NoError(t, err, string(said))
	return string(said)
}

// The program is for the DSS user, who runs what is done inside of DSS; the desired state is root's.
func TestTheDesiredStateIsForRootAlone(t *testing.T) {
	python(t)
	base, bucket := t.TempDir(), t.TempDir()
	program, desired := "print('reconciled')\n", "{}\n"
	list := fmt.Sprintf("%x  reconciler.pyz\n%x  desired.json\n", sha256.Sum256([]byte(program)), sha256.Sum256([]byte(desired)))
	revision := fmt.Sprintf("%x", sha256.Sum256([]byte(list)))
	require.NoError(t, os.WriteFile(filepath.Join(bucket, "reconciler.pyz"), []byte(program), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(bucket, "desired.json"), []byte(desired), 0o600))
	before := filepath.Join(base, "earlier", "desired.json")
	require.NoError(t, os.Mkdir(filepath.Dir(before), 0o755)) //nolint:gosec // as it was
	require.NoError(t, os.WriteFile(before, nil, 0o644))      //nolint:gosec // as it was
	path := standIns(t, map[string]string{"aws": `to="${@: -1}"; cp "` + bucket + `/${to##*/}" "$to"; chmod 644 "$to"`})
	said := runScript(t, "command/run.sh", []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PATH=" + path, "/opt/dss-platform", base,
		"{{ revision }}", revision, "{{ stack }}", "",
	})
	assert.Equal(t, "reconciled\n", said)
	for name, want := range map[string]os.FileMode{"desired.json": 0o600, "reconciler.pyz": 0o644} {
		facts, err := os.Stat(filepath.Join(base, revision, name))
		require.NoError(t, err)
		assert.Equal(t, want, facts.Mode().Perm(), name)
	}
	facts, err := os.Stat(before)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), facts.Mode().Perm(), "one that an earlier release wrote")
}

// Whoever knows the address can answer for the host, and all of the host's users can read command lines.
func TestTheBootsSignalHasItsAddressOnNoCommandLine(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl on this machine")
	}
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.RawQuery+" "+r.Header.Get("Content-Type")+" "+string(body))
	}))
	defer server.Close()
	url := server.URL + "/x?Signature=a%2Fb"
	state := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(state, "boot.conf"), []byte("region=r stack=s\n"), 0o600))
	spy := `echo "$0 $*" >>` + state + "/calls; "
	path := standIns(t, map[string]string{
		"aws": "echo '" + url + "'", "curl": spy + "exec " + curl + ` --noproxy '*' "$@"`, "grep": spy + `exec /usr/bin/grep "$@"`,
	})
	for range 2 {
		runScript(t, "boot/signal.sh", []string{
			"/etc/dss-platform", state, "/var/lib/dss-platform", state, "PATH=/usr/local/bin:$PATH", "PATH=" + path,
		}, `boot: the "volume" \ is away`)
	}
	assert.Equal(t, []string{
		`PUT Signature=a%2Fb  {"Status": "FAILURE", "Reason": "boot: the  volume    is away", "UniqueId": "boot", "Data": ""}`,
	}, got, "a handle is told once")
	calls, err := os.ReadFile(filepath.Join(state, "calls"))
	require.NoError(t, err)
	assert.Contains(t, string(calls), "curl")
	assert.Contains(t, string(calls), "grep")
	assert.NotContains(t, string(calls), "Signature")
}
