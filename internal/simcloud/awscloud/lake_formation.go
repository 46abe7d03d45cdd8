package awscloud

import (
	"fmt"
)

var lakeFormationSpecs = map[string]Spec{
	"aws:lakeformation/dataLakeSettings:DataLakeSettings": {
		ID: func(r Request) string { return fmt.Sprint(decimal(r.Hex(8, "id"))) },
		Outputs: withLists(none, "admins", "createDatabaseDefaultPermissions", "createTableDefaultPermissions",
			"readOnlyAdmins", "trustedResourceOwners"),
	},
	"aws:lakeformation/resource:Resource": {
		ID:      property("arn"),
		Outputs: func(Request) map[string]any { return map[string]any{"lastModified": "2026-01-01T00:00:00Z"} },
		Unique:  []string{"arn"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Lake Formation Resource (%s): AlreadyExistsException: Resource is already registered", r.Text("arn"))
		},
	},
	"aws:lakeformation/permissions:Permissions": {
		ID:      func(r Request) string { return fmt.Sprint(decimal(r.Hex(8, "id"))) },
		Outputs: withLists(none, "permissionsWithGrantOptions"),
	},
}
