package awscloud

import (
	"fmt"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

var secretSpecs = map[string]Spec{
	typeSecret: {
		ID: secretARN,
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ID, "recoveryWindowInDays": 30, "forceOverwriteReplicaSecret": false, "replicas": []any{}}
		},
		NameLimit: 512,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Secrets Manager Secret (%s): ResourceExistsException: "+
				"The operation failed because the secret %s already exists.",
				r.Text("name"), r.Text("name"))
		},
	},
	"aws:secretsmanager/secretVersion:SecretVersion": {
		ID: func(r Request) string { return r.Text("secretId") + "|" + uuid(r, "version") },
		Outputs: func(r Request) map[string]any {
			version := r.ID[len(r.ID)-36:]
			return map[string]any{"arn": r.Text("secretId"), "versionId": version, "versionStages": []any{"AWSCURRENT"}, "hasSecretStringWo": false}
		},
		Validate: func(r Request) error {
			if _, ok := r.Existing.Get(typeSecret, "", r.Text("secretId")); !ok {
				return fmt.Errorf("putting Secrets Manager Secret (%s) value: ResourceNotFoundException: "+
					"Secrets Manager can't find the specified secret.", r.Text("secretId"))
			}
			return nil
		},
	},
	"aws:secretsmanager/secretPolicy:SecretPolicy":     {ID: property("secretArn"), Outputs: none},
	"aws:secretsmanager/secretRotation:SecretRotation": {ID: property("secretId"), Outputs: none},
}

const typeSecret = "aws:secretsmanager/secret:Secret"

// secretARN ends in six characters that Secrets Manager makes up.
func secretARN(r Request) string {
	return r.ARN("secretsmanager", "secret:"+r.Text("name")+"-"+inventory.Hex(6, r.Seed))
}
