package awscloud

import (
	"fmt"
	"strings"
)

// FailedSignal words the error of the real provider for a stack whose host signalled
// FAILURE with a message to its wait condition.
func FailedSignal(stackID string, conditions []string, message string) string {
	return fmt.Sprintf("waiting for CloudFormation Stack (%s) create: stack status (ROLLBACK_COMPLETE): "+
		"WaitCondition received failed message: '%s' for uniqueId: simulated\n"+
		"The following resource(s) failed to create: [%s]. Rollback requested by user.", stackID, message, strings.Join(conditions, ", "))
}
