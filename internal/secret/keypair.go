package secret

import (
	"encoding/json"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// KeyPair is the content of a secret with an access key, in the form of the AWS command line's output.
func KeyPair(key *awsiam.AccessKey) pulumi.StringOutput {
	return pulumi.ToSecret(pulumi.All(key.ID(), key.Secret).ApplyT(func(pair []any) (string, error) {
		text, err := json.Marshal(map[string]any{"AccessKeyId": pair[0], "SecretAccessKey": pair[1]})
		return string(text), err
	})).(pulumi.StringOutput)
}
