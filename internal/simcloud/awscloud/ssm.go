package awscloud

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const typeDocument = "aws:ssm/document:Document"

var ssmSpecs = map[string]Spec{
	typeDocument: {
		ID:      property("name"),
		Outputs: documentOutputs,
		Renewed: []string{"latestVersion", "defaultVersion", "documentVersion", "hash"},
		Unique:  []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating SSM Document (%s): DocumentAlreadyExists: Document with same name %s already exists",
				r.Text("name"), r.Text("name"))
		},
		Uses: []Use{{By: "aws:ssm/association:Association", Path: "name", Of: "name"}},
		InUse: func(r, _ inventory.Resource) string {
			return "deleting SSM Document (" + r.ID + "): AssociatedInstances: Document is associated with instances"
		},
	},
	"aws:ssm/association:Association": {
		ID: uuidID,
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.ARN("ssm", "association/"+r.ID), "associationId": r.ID, "documentVersion": "$DEFAULT", "parameters": map[string]any{},
			}
		},
		Validate: func(r Request) error {
			name := r.Text("name")
			if _, ok := r.Existing.Get(typeDocument, "", name); !ok && !strings.HasPrefix(name, "AWS-") && !strings.HasPrefix(name, "arn:") {
				return fmt.Errorf("creating SSM Association (%s): InvalidDocument: Document with name %s does not exist.", name, name)
			}
			return nil
		},
	},
	"aws:ssm/parameter:Parameter": {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			slash := "/"
			if strings.HasPrefix(r.Text("name"), "/") {
				slash = ""
			}
			return map[string]any{
				"arn": r.ARN("ssm", "parameter"+slash+r.Text("name")), "version": inventory.Number(r.Previous, "version") + 1,
				"dataType": "text", "tier": "Standard", "hasValueWo": false,
			}
		},
		Renewed: []string{"version"},
		Unique:  []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating SSM Parameter (%s): ParameterAlreadyExists: The parameter already exists. "+
				"To overwrite this value, set the overwrite option in the request to true.", r.Text("name"))
		},
	},
	"aws:ssm/maintenanceWindow:MaintenanceWindow": {ID: hexID("mw"), Outputs: none},
	"aws:ssm/patchBaseline:PatchBaseline":         {ID: hexID("pb"), Outputs: arnOnly("ssm", "patchbaseline")},
}

func documentOutputs(r Request) map[string]any {
	version := 1.0
	if v := inventory.Text(r.Previous, "latestVersion"); v != "" {
		var n int
		_, _ = fmt.Sscan(v, &n) // written by this function
		version = float64(n + 1)
	}
	var content struct {
		SchemaVersion string `json:"schemaVersion"`
		Description   string `json:"description"`
	}
	_ = json.Unmarshal([]byte(r.Text("content")), &content) // YAML documents have no such outputs here
	n := fmt.Sprint(int(version))
	return map[string]any{
		"arn": r.ARN("ssm", "document/"+r.ID), "createdDate": "2026-01-01T00:00:00Z", "defaultVersion": n, "latestVersion": n,
		"documentVersion": n, "description": content.Description, "hash": inventory.Hex(64, r.Text("content")), "hashType": "Sha256",
		"owner": r.Account, "parameters": []any{}, "platformTypes": []any{"Linux"}, "schemaVersion": content.SchemaVersion,
		"status": "Active", "documentFormat": "JSON",
	}
}
