package dssnode

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompareVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"14.7.5", "14.7.5", 0}, {"14.7.5", "14.10.0", -1}, {"15.0.0", "14.7.6", 1}, {"14.7.6", "14.7.5", 1}, {"13.5.5", "14.0.0", -1},
	} {
		got, err := CompareVersions(c.a, c.b)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%s and %s", c.a, c.b)
	}
	for _, bad := range []string{"", "14", "14.7", "v14.7.5", "14.7.5.1", "15.0.0-beta3", "014.7.5", "14.7.99999999999999999999"} {
		_, err := CompareVersions(DefaultVersion, bad)
		assert.Error(t, err, bad)
	}
}

func TestKnownReleases(t *testing.T) {
	for _, version := range []string{"14.0.0", "14.2.3", "14.7.6", "15.0.2", "15.2.1"} {
		r, ok := parseRelease(version)
		require.True(t, ok)
		assert.True(t, r.isKnown(), version)
	}
	for version, nearest := range map[string]string{
		"14.2.9": "14.2.3", "14.9.0": "14.7.6", "15.1.4": "15.1.0", "15.7.0": "15.2.1", "16.0.0": "15.2.1", "13.5.5": "14.0.0",
	} {
		r, ok := parseRelease(version)
		require.True(t, ok)
		assert.False(t, r.isKnown(), version)
		assert.Equal(t, nearest, nearestKnown(r).String(), version)
	}
}

// The table is whole: every major has what the rest of the package takes from it.
func TestMajors(t *testing.T) {
	for i, m := range Majors() {
		assert.Equal(t, OldestMajor+i, m.Number)
		assert.NotEmpty(t, m.Patches)
		assert.Equal(t, "3.11", m.Pythons[0])
		assert.NotEmpty(t, m.SparkVersions)
		client, ok := parseRelease(m.TestedClient)
		require.True(t, ok)
		assert.True(t, client.isKnown())
		assert.Equal(t, m.Number, client.major)
	}
	r, ok := parseRelease(DefaultVersion)
	require.True(t, ok)
	assert.True(t, r.isKnown())
}
