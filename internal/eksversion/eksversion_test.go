package eksversion

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, on string
		status      Status
		warn        bool
		says        string
	}{
		{"1.35", "2026-11-21", Supported, false, "until 2027-03-27"},
		{"1.36", "2026-11-21", Supported, false, "until 2027-08-02"},
		{"1.35", "2027-01-25", Supported, false, "until 2027-03-27"},
		{"1.35", "2027-01-26", Supported, true, "in 60 days"},
		{"1.34", "2026-11-21", Supported, true, "plan the upgrade to 1.35"},
		{"1.34", "2026-12-01", Supported, true, "in 1 days"},
		{"1.34", "2026-12-02", Extended, true, "since 2026-12-02"},
		{"1.32", "2026-11-21", Extended, true, "until 2027-03-23: upgrade to 1.33"},
		{"1.31", "2026-11-26", Extended, true, "until 2026-11-26"},
		{"1.31", "2026-11-27", OutOfSupport, true, "since 2026-11-26: use 1.35"},
		{"1.30", "2026-11-21", OutOfSupport, true, "use 1.35"},
		{"1.29", "2020-01-01", OutOfSupport, true, "use 1.35"},
		{"1.37", "2026-11-21", Unknown, true, "newest version of EKS is 1.36"},
		{"", "2026-11-21", Unknown, true, "not a Kubernetes version"},
		{"v1.35", "2026-11-21", Unknown, true, "not a Kubernetes version"},
		{"1.35.2", "2026-11-21", Unknown, true, "not a Kubernetes version"},
		{"1.035", "2026-11-21", Unknown, true, "not a Kubernetes version"},
		{"1.-1", "2026-11-21", Unknown, true, "not a Kubernetes version"},
		{"2.0", "2026-11-21", Unknown, true, "not a Kubernetes version"},
	} {
		got := Check(c.version, day(c.on))
		assert.Equal(t, c.status, got.Status, "%s on %s: %s", c.version, c.on, got.Message)
		assert.Equal(t, c.warn, got.Warn, "%s on %s", c.version, c.on)
		assert.Contains(t, got.Message, c.says)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := releases()
	for i, r := range table {
		assert.Equal(t, day(r.standardUntil).AddDate(1, 0, 0), day(r.extendedUntil), "extended support of 1.%d lasts a year", r.minor)
		if i > 0 {
			assert.Equal(t, table[i-1].minor+1, r.minor)
			assert.True(t, day(r.standardUntil).After(day(table[i-1].standardUntil)))
		}
	}
	verdict := Check(Default, day(AsOf))
	assert.Equal(t, Supported, verdict.Status)
	assert.False(t, verdict.Warn, verdict.Message)
	assert.Equal(t, "in extended support", Extended.String())
	assert.Equal(t, "out of support", OutOfSupport.String())
	assert.Equal(t, Extended, Check("1.34", day("2026-12-01").Add(25*time.Hour)).Status)
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	assert.NoError(t, Upgrade("1.34", "1.35"))
	assert.NoError(t, Upgrade("1.35", "1.35"))
	require.ErrorContains(t, Upgrade("1.32", "1.35"), "go through 1.33, 1.34, 1.35")
	require.ErrorContains(t, Upgrade("1.33", "1.35"), "go through 1.34, 1.35,")
	require.ErrorContains(t, Upgrade("1.35", "1.34"), "cannot go back to 1.34")
	require.ErrorContains(t, Upgrade("1.35", "latest"), "version to upgrade to: \"latest\"")
	require.ErrorContains(t, Upgrade("", "1.35"), "version of the cluster")
	assert.Less(t, len(Upgrade("1.0", "1.999999999").Error()), 400)
}
