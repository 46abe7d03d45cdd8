package dssnode

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever settings say, checking them ends with a list, and what has no problems renders to JSON.
func FuzzProblemsAndRender(f *testing.F) {
	for _, g := range goldens() {
		installation, err := json.Marshal(g.installation)
		require.NoError(f, err)
		settings, err := json.Marshal(g.settings)
		require.NoError(f, err)
		f.Add(string(installation), string(settings), g.facts.OSRelease, g.facts.HostMemoryMiB, g.facts.HasLicense, g.facts.HTTPS)
	}
	f.Add(`{"version":"9999.0.0","allowUnknownVersion":true}`, `{"clusters":[{}],"s3Connections":[{"athena":{}}],"users":[{}]}`, "", -1,
		true, true)
	f.Add(`{}`, `{"overlayJson":"{\"containerSettings\":[]}","namespacePoliciesJson":"[[]]"}`, "10", 0, true, false)
	f.Fuzz(func(t *testing.T, installationJSON, settingsJSON, osRelease string, memory int, licence, https bool) {
		var installation Installation
		var settings Settings[string]
		if json.Unmarshal([]byte(installationJSON), &installation) != nil || json.Unmarshal([]byte(settingsJSON), &settings) != nil {
			return
		}
		known := facts()
		known.OSRelease, known.HostMemoryMiB, known.HasLicense, known.HTTPS = osRelease, memory, licence, https
		problems := Problems(installation, settings, known)
		rendered := Render(installation, settings, known, secrets())
		if len(problems) > 0 {
			return
		}
		text, err := json.Marshal(rendered)
		require.NoError(t, err)
		require.Equal(t, rendered["version"], or(installation.Version, DefaultVersion), "a whole document")
		if given, err := json.Marshal([]any{installation, settings}); err == nil && !strings.Contains(string(given), "\\u0000unknown") {
			require.NotContains(t, string(text), "\\u0000unknown")
		}
		require.Equal(t, rendered, Render(installation, settings, known, secrets()))
	})
}
