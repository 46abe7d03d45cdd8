//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The emulator is not AWS. What it lacks is listed here, each with the reason, so that nothing is passed over in silence;
// the program is as AWS wants it.

// settingsForEmulator are settings that stand in for what the emulator does not have.
func settingsForEmulator() map[string]any {
	return map[string]any{
		// It has no images of AlmaLinux's account, and boots the same system whatever the image.
		"pulumi-dss:dss.ami": "ami-12c6146b",
		// It does not know EC2's MonitorInstances.
		"pulumi-dss:dss.detailedMonitoring": false,
		// It does not know Step Functions' ValidateStateMachineDefinition, which the provider calls first.
		"pulumi-dss:registry.repairHookRepositories": false,
	}
}

// accessLogs makes a bucket for access logs, and returns its name. The emulator's PutBucketLogging understands the bucket's policy only
// where service and resource are single strings; the policy of the bucket that the lake would make has lists, as AWS takes them, too.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func accessLogs(t *testing.T, name string) string {
	t.Helper()
	c := caller{t, deployer(), "us-east-1"}
	c.bucket(name)
	c.bucketPolicy(name, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},`+
		`"Action":"s3:PutObject","Resource":"arn:aws:s3:::`+name+`/*"}]}`)
	return name
}

// race is how the emulator fails when a request changes what another one is reading. It answers that with 400, which no client repeats,
// where AWS has no such failure.
const race = "RuntimeError: dictionary changed size during iteration"

// withoutRaces does something that can be done again, once more where the emulator, and not what is tested, failed.
func (s *stack) withoutRaces(do func() (string, error)) (string, error) {
	s.t.Helper()
	before := len(emulatorLog(s.t))
	out, err := do()
	if err == nil || !strings.Contains(emulatorLog(s.t)[before:], race) {
		return out, err
	}
	s.t.Logf("once more: the emulator met a race of its own:\n%s", failures(s.t, out))
	return do()
}

// TestOnlyRacesAreRepeated holds withoutRaces to what it is for.
func TestOnlyRacesAreRepeated(t *testing.T) {
	failed := errors.New("exit status 255")
	for name, c := range map[string]struct {
		before, during string
		err            error
		calls          int
	}{
		"success":                     {during: race, calls: 1},
		"another failure":             {during: "REFUSED AccessDenied\n", err: failed, calls: 1},
		"another failure after races": {before: race, err: failed, calls: 1},
		"a race":                      {before: race, during: race, err: failed, calls: 2},
	} {
		t.Run(name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			t.Setenv("LAB_EMULATOR_LOG", log)
			require.NoError(t, os.WriteFile(log, []byte(c.before), 0o600))
			calls := 0
			_, err := (&stack{t: t}).withoutRaces(func() (string, error) {
				calls++
				return "", errors.Join(os.WriteFile(log, []byte(c.before+c.during), 0o600), c.err)
			})
			assert.Equal(t, c.calls, calls)
			assert.ErrorIs(t, err, c.err)
		})
	}
}

// emulatorLog is what the emulator said until now.
func emulatorLog(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(os.Getenv("LAB_EMULATOR_LOG"))
	require.NoError(t, err)
	return string(text)
}

// drift is a property that the emulator does not give back as it got it.
type drift struct{ resourceType, property, reason string }

// drifts are the differences that a preview shows although nothing changed.
func drifts() []drift {
	return []drift{
		{"aws:ec2/instance:Instance", "maintenanceOptions", "DescribeInstances has no maintenance options"},
		{"aws:ec2/instance:Instance", "disableApiTermination", "DescribeInstanceAttribute forgets what RunInstances was told"},
		{"aws:eks/nodeGroup:NodeGroup", "nodeRepairConfig", "DescribeNodegroup has no node repair"},
		{"aws:eks/nodeGroup:NodeGroup", "updateConfig", "DescribeNodegroup has no update configuration"},
		{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "description", "rules about groups lose their description"},
	}
}

// isDrift says whether a step of a preview comes from the emulator alone.
func isDrift(s step) bool {
	if s.Op != "update" || len(s.DiffReasons) == 0 {
		return false
	}
	for _, property := range s.DiffReasons {
		known := false
		for _, d := range drifts() {
			known = known || d.property == property && d.resourceType == s.resourceType()
		}
		if !known {
			return false
		}
	}
	return true
}

// forgetFailedWait removes a stack whose wait failed. When the emulator rolls an update back, it keeps the template of the update:
// the next update with it changes nothing, waits for nobody, and succeeds. CloudFormation takes back what the update made, and makes
// it again. The engine tests have an update that fails, and the next one, in the simulated cloud.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html
func (s *stack) forgetFailedWait() {
	s.t.Helper()
	run(s.t, "", "aws", "cloudformation", "delete-stack", "--stack-name", "pulumi-dss-dev-dss-dev")
	s.pulumi("refresh", "--yes", "--skip-preview", "--suppress-progress", "--target", s.urn("aws:cloudformation/stack:Stack", "dss-dev-ready"))
}
