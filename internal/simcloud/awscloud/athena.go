package awscloud

import (
	"fmt"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

var athenaSpecs = map[string]Spec{
	"aws:athena/workgroup:Workgroup": {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("athena", "workgroup/"+r.ID), "state": "ENABLED", "forceDestroy": false}
		},
		NameLimit: 128,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Athena WorkGroup (%s): InvalidRequestException: WorkGroup is already created", r.Text("name"))
		},
		Uses: []Use{
			{By: "aws:athena/namedQuery:NamedQuery", Path: "workgroup", Of: "name"},
			{By: "aws:athena/preparedStatement:PreparedStatement", Path: "workgroup", Of: "name"},
		},
		InUse: func(r, _ inventory.Resource) string {
			return "deleting Athena WorkGroup (" + r.ID + "): InvalidRequestException: WorkGroup " + r.ID + " is not empty"
		},
	},
	"aws:athena/namedQuery:NamedQuery": {ID: uuidID, Outputs: none},
	"aws:athena/dataCatalog:DataCatalog": {
		ID:      property("name"),
		Outputs: func(r Request) map[string]any { return map[string]any{"arn": r.ARN("athena", "datacatalog/"+r.ID)} },
	},
}
