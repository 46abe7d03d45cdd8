package awscloud

import (
	"fmt"
	"strings"
)

// FailedSignal words the error of the real provider for a stack whose host signalled
// FAILURE with a message to its wait condition, while the stack was made or updated.
func FailedSignal(stackID string, update bool, conditions []string, message string) string {
	verb, status := "create", "ROLLBACK_COMPLETE"
	if update {
		verb, status = "update", "UPDATE_ROLLBACK_COMPLETE"
	}
	return fmt.Sprintf("waiting for CloudFormation Stack (%s) %s: stack status (%s): "+
		"WaitCondition received failed message: '%s' for uniqueId: simulated\n"+
		"The following resource(s) failed to %s: [%s]. Rollback requested by user.",
		stackID, verb, status, message, verb, strings.Join(conditions, ", "))
}
