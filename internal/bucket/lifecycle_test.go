package bucket

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

func TestRules(t *testing.T) {
	t.Parallel()
	results := Rule{ID: "results", Prefix: "results/", ExpireAfterDays: 30}
	got := Rules(0, []Rule{results})
	assert.Equal(t, []Rule{
		{ID: HousekeepingRuleID, NoncurrentDays: 30, AbortUploadDays: 7, DeleteMarkers: true},
		results,
	}, got)
	assert.Equal(t, 3, Rules(3, nil)[0].NoncurrentDays)
}

func TestRuleArgs(t *testing.T) {
	t.Parallel()
	args := ruleArgs(Rule{ID: "old", ExpireAfterDays: 9, DeleteMarkers: true})
	assert.Nil(t, args.NoncurrentVersionExpiration)
	assert.Nil(t, args.AbortIncompleteMultipartUpload)
	assert.Nil(t, args.Transitions)
	assert.NotNil(t, args.Expiration)
	assert.Nil(t, ruleArgs(Rule{ID: "keep", Transitions: []Transition{{30, "STANDARD_IA"}}}).Expiration)
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"TLSOnly","Effect":"Deny","Principal":{"AWS":"*"},"Action":["s3:*"],
		 "Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":["false"]}}}]}`,
		Policy("arn:aws:s3:::b", nil).JSON())
	more := func(arn string) []iam.Statement {
		return []iam.Statement{iam.Allow("Read", []string{"s3:GetObject"}, arn+"/x")}
	}
	got := Policy("arn:aws:s3:::b", more)
	assert.Len(t, got.Statements, 2)
	assert.Equal(t, []string{"arn:aws:s3:::b/x"}, got.Statements[1].Resources)
}
