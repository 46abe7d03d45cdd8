package host

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// OutputSignal is the output of [WaitTemplate]'s stack that holds the signal's data: JSON of the run's summary.
const OutputSignal = "Signal"

// MaxWait is the longest that a wait condition waits (AWS::CloudFormation::WaitCondition, Timeout).
const MaxWait = 12 * time.Hour

// LogicalName is the logical name of the wait condition's handle for one revision on one instance. A wait condition cannot be
// updated, so another run has another name.
func LogicalName(revision, instanceID string) string {
	return "Handle" + nameHash(revision, instanceID)
}

// ConditionName is the logical name of the wait condition itself.
func ConditionName(revision, instanceID string) string {
	return "Ready" + nameHash(revision, instanceID)
}

func nameHash(revision, instanceID string) string {
	sum := sha256.Sum256([]byte(revision + instanceID))
	return hex.EncodeToString(sum[:])[:16]
}

// WaitTemplate is a CloudFormation template, as JSON, whose stack is done when the host has reported that the revision
// runs, and fails with the host's message otherwise. Timeouts are cut to whole seconds, and to [MaxWait].
func WaitTemplate(revision, instanceID string, timeout time.Duration) string {
	handle, condition := LogicalName(revision, instanceID), ConditionName(revision, instanceID)
	return mustJSON(map[string]any{
		"AWSTemplateFormatVersion": "2010-09-09",
		"Description":              "Waits for a host of the DSS platform to report on its configuration.",
		"Resources": map[string]any{
			handle: map[string]any{"Type": "AWS::CloudFormation::WaitConditionHandle"},
			condition: map[string]any{
				"Type": "AWS::CloudFormation::WaitCondition",
				"Properties": map[string]any{
					"Handle": map[string]any{"Ref": handle}, "Timeout": seconds(min(timeout, MaxWait)), "Count": 1,
				},
			},
		},
		"Outputs": map[string]any{
			OutputSignal: map[string]any{
				"Description": "What the host reported.",
				"Value":       map[string]any{"Fn::GetAtt": []string{condition, "Data"}},
			},
		},
	})
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
