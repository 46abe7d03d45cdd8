//go:build e2e

package e2e

import "testing"

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

// forgetFailedWait removes a wait that failed. The emulator keeps the failed condition and its handle when it rolls an
// update back, and would answer the next update with the old failure; CloudFormation takes back what the update made.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html
func (s *stack) forgetFailedWait() {
	s.t.Helper()
	run(s.t, "", "aws", "cloudformation", "delete-stack", "--stack-name", "pulumi-dss-dev-dss-dev")
	s.pulumi("refresh", "--yes", "--skip-preview", "--suppress-progress", "--target", s.urn("aws:cloudformation/stack:Stack", "dss-dev-ready"))
}
