package host_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Sources the boot with settings, stand-ins for what touches disks, and a failure that says its reason.
const bootHarness = `
set -euo pipefail
. "$1"
state=$2 device=/dev/stand-in
fail() { echo "failed: $1"; exit 1; }
mkfs.xfs() { echo "mkfs $*"; [[ -z ${KILL:-} ]] || kill -9 $$; }
sync() { :; }
blkid() { printf '%b' "$FACTS"; [[ -z $FACTS ]] || echo; return "$CODE"; }
format
echo "fresh: $fresh"
`

func format(t *testing.T, state, facts, code string, environment ...string) string {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "boot.conf")
	settings := "region=r stack= volume=vol-1 mount_point=/data device_name= agent_url=u agent_sha256= cli_url=u cli_sha256=s cli_version=1\n"
	require.NoError(t, os.WriteFile(conf, []byte(settings), 0o600))
	command := exec.CommandContext(t.Context(), "bash", "-c", bootHarness, "bash", "boot/boot.sh", state)
	command.Env = append(os.Environ(), append(environment, "DSS_PLATFORM_CONF="+conf, "FACTS="+facts, "CODE="+code)...)
	said, err := command.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError), string(said))
	}
	return strings.TrimSpace(string(said))
}

func TestTheBootFormatsNothingButBlankDisks(t *testing.T) {
	for name, c := range map[string]struct{ facts, code, want string }{
		"blank":             {"", "2", "mkfs -q /dev/stand-in\nfresh: yes"},
		"XFS":               {"DEVNAME=/dev/stand-in\\nTYPE=xfs", "0", "fresh:"},
		"ext4":              {"TYPE=ext4", "0", "failed: vol-1 holds ext4 and not XFS"},
		"partition table":   {"PTTYPE=gpt", "0", "failed: vol-1 holds gpt and not XFS"},
		"LVM":               {"TYPE=LVM2_member", "0", "failed: vol-1 holds LVM2_member and not XFS"},
		"several at once":   {"", "8", "failed: vol-1 holds something and not XFS"},
		"cannot be read":    {"", "4", "failed: vol-1 holds something and not XFS"},
		"facts and no type": {"SEC_TYPE=ext2", "2", "failed: vol-1 holds something and not XFS"},
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			assert.True(t, strings.HasPrefix(format(t, state, c.facts, c.code), c.want))
			left, err := os.ReadDir(state)
			require.NoError(t, err)
			assert.Empty(t, left, "no mark stays behind")
		})
	}
}

func TestTheBootTakesUpAFormatThatWasKilled(t *testing.T) {
	state := t.TempDir()
	assert.Equal(t, "mkfs -q /dev/stand-in", format(t, state, "", "2", "KILL=1"))
	assert.FileExists(t, filepath.Join(state, "formatting-vol-1"))
	// What mkfs has left half-done looks like XFS.
	assert.Equal(t, "mkfs -q -f /dev/stand-in\nfresh: yes", format(t, state, "TYPE=xfs", "0"))
	// Now it is whole, and never formatted again.
	assert.Equal(t, "fresh:", format(t, state, "TYPE=xfs", "0"))
}
