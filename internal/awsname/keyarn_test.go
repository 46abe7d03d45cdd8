package awsname_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
)

func TestKeyRegion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab":            "eu-west-1",
		"arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab": "us-gov-west-1",
		"arn:aws:kms:eu-west-1:123456789012:alias/key":                                           "",
		"arn:aws:kms:eu-west-1:12345:key/1234abcd":                                               "",
		"1234abcd-12ab-34cd-56ef-1234567890ab":                                                   "",
	} {
		region, isKey := awsname.KeyRegion(text)
		assert.Equal(t, want, region, text)
		assert.Equal(t, want != "", isKey, text)
		assert.Equal(t, isKey, awsname.IsKeyARN(text), text)
	}
}
