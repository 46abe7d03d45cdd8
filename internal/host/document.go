package host

import (
	_ "embed" // the document's script
	"encoding/json"
	"strings"
	"time"
)

//go:embed command/run.sh
var runScript string

// DefaultRunTimeout is how long one run of the reconciler may take. Most of it is for DSS's own installation and images, and
// for a cluster that is made meanwhile.
const DefaultRunTimeout = 4 * time.Hour

// Parameters of [Document].
const (
	ParameterBucket   = "bucket"
	ParameterPrefix   = "prefix"
	ParameterRevision = "revision"
	ParameterStack    = "stack"
	ParameterRegion   = "region"
	ParameterTimeout  = "timeoutSeconds"
)

type parameter struct {
	Type           string `json:"type"`
	Description    string `json:"description"`
	AllowedPattern string `json:"allowedPattern"`
	// Default is nil for a parameter that has to be given.
	Default *string `json:"default,omitempty"`
}

// Document is an SSM document of the type Command (schema 2.2) that gets a revision from the bucket, compares its hash, and
// runs it. What parameters may hold is limited by patterns, for they become part of a script.
//
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
func Document() string {
	none, timeout := "", seconds(DefaultRunTimeout)
	return mustJSON(map[string]any{
		"schemaVersion": "2.2",
		"description":   "Brings a host of the DSS platform to its desired state.",
		"parameters": map[string]any{
			ParameterBucket: parameter{Type: "String", Description: "Bucket with the revisions.",
				AllowedPattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"},
			ParameterPrefix: parameter{Type: "String", Description: "Prefix of the revisions in the bucket, without slashes at its ends.",
				AllowedPattern: "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"},
			ParameterRevision: parameter{Type: "String", Description: "SHA-256 over the reconciler and the desired state.",
				AllowedPattern: "^[0-9a-f]{64}$"},
			ParameterStack: parameter{Type: "String",
				Description:    "CloudFormation stack with the wait condition that is told the outcome; none by default.",
				AllowedPattern: "^([A-Za-z][A-Za-z0-9-]{0,127})?$", Default: &none},
			ParameterRegion: parameter{Type: "String", Description: "Region of bucket and stack.",
				AllowedPattern: "^[a-z]{2,3}(-[a-z]+)+-[0-9]$"},
			ParameterTimeout: parameter{Type: "String", Description: "Seconds that a run may take.",
				AllowedPattern: "^[1-9][0-9]{1,5}$", Default: &timeout},
		},
		"mainSteps": []any{map[string]any{
			"action":       "aws:runShellScript",
			"name":         "reconcile",
			"precondition": map[string]any{"StringEquals": []string{"platformType", "Linux"}},
			"onFailure":    "exit",
			"inputs": map[string]any{
				"timeoutSeconds": "{{ " + ParameterTimeout + " }}",
				"runCommand":     strings.Split(strings.TrimRight(runScript, "\n"), "\n"),
			},
		}},
	})
}

// mustJSON renders a value that this package has made of strings, maps and slices, which cannot fail.
func mustJSON(value any) string {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}
