package bucket

import (
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// statements are the bucket's beside [Policy]'s own.
func (a Args) statements() func(arn string) []iam.Statement {
	if !a.ForAccessLogs {
		return a.Statements
	}
	return func(arn string) []iam.Statement {
		statements := []iam.Statement{deliverLogs(arn, a.Location)}
		if a.Statements != nil {
			statements = append(statements, a.Statements(arn)...)
		}
		return statements
	}
}

// deliverLogs lets S3 write access logs of this account's buckets.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
func deliverLogs(arn string, at location.Location) iam.Statement {
	// The logging service names its objects by bucket and time.
	return iam.Allow("AccessLogs", []string{"s3:PutObject"}, arn+"/*").
		For(iam.Principal{Service: []string{"logging.s3.amazonaws.com"}}).
		If("StringEquals", "aws:SourceAccount", at.AccountID)
}

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
