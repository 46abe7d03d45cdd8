package awscloud

import (
	"fmt"
)

const typeKey = "aws:kms/key:Key"

// defaultKeyPolicy lets the account's own policies decide.
const defaultKeyPolicy = `{"Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"%s"},"Resource":"*"}],` +
	`"Version":"2012-10-17"}`

var kmsSpecs = map[string]Spec{
	typeKey: {
		ID: uuidID,
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.ARN("kms", "key/"+r.ID), "keyId": r.ID, "keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
				"multiRegion": false, "isEnabled": true, "enableKeyRotation": false, "rotationPeriodInDays": 365, "description": "",
				"policy": fmt.Sprintf(defaultKeyPolicy, r.GlobalARN("iam", "root")),
			}
		},
	},
	"aws:kms/alias:Alias": {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			key := r.Text("targetKeyId")
			if found, ok := r.Existing.Find(typeKey, "arn", key); ok {
				key = found.ID
			}
			return map[string]any{"arn": r.ARN("kms", r.Text("name")), "targetKeyArn": r.ARN("kms", "key/"+key), "targetKeyId": key}
		},
		Unique: []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating KMS Alias (%s): AlreadyExistsException: An alias with the name %s already exists",
				r.Text("name"), r.ARN("kms", r.Text("name")))
		},
	},
	"aws:kms/keyPolicy:KeyPolicy": {ID: property("keyId"), Outputs: none},
	"aws:kms/grant:Grant": {
		ID: func(r Request) string { return r.Text("keyId") + ":" + r.Hex(64, "grant") },
		Outputs: func(r Request) map[string]any {
			return map[string]any{"grantId": r.Hex(64, "grant"), "grantToken": r.Hex(64, "token")}
		},
	},
}
