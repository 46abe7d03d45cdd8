package bucket

import "github.com/pulumi-dss/pulumi-dss/internal/iam"

// Policy is a bucket's policy: nobody gets in without TLS, and further statements.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
func Policy(arn string, more func(arn string) []iam.Statement) iam.Document {
	// A denial is about every action, or one of them would stay open. `/*` are the bucket's objects.
	deny := iam.Statement{Sid: "TLSOnly", Effect: iam.EffectDeny, Actions: []string{"s3:*"}, Resources: []string{arn, arn + "/*"}}
	statements := []iam.Statement{
		deny.For(iam.Principal{Anyone: true}).If("Bool", "aws:SecureTransport", "false"),
	}
	if more != nil {
		statements = append(statements, more(arn)...)
	}
	return iam.NewDocument(statements...)
}
