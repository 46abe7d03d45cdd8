package iam_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

func TestDocumentJSON(t *testing.T) {
	read := iam.Allow("Read", []string{"s3:GetObject"}, "arn:aws:s3:::b/*")
	for name, c := range map[string]struct {
		document iam.Document
		want     string
	}{
		"identity": {
			iam.NewDocument(read),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"]}]}`,
		},
		"conditions": {
			iam.NewDocument(read.If("StringEquals", "aws:RequestedRegion", "eu-west-1").If("Bool", "aws:SecureTransport", "true")),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"],` +
				`"Condition":{"Bool":{"aws:SecureTransport":["true"]},"StringEquals":{"aws:RequestedRegion":["eu-west-1"]}}}]}`,
		},
		"trust": {
			iam.TrustService("pods.eks.amazonaws.com", "sts:TagSession"),
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["pods.eks.amazonaws.com"]},` +
				`"Action":["sts:AssumeRole","sts:TagSession"]}]}`,
		},
		"anyone": {
			iam.NewDocument(read.For(iam.Principal{Anyone: true})),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"*"},` +
				`"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"]}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) { assert.JSONEq(t, c.want, c.document.JSON()) })
	}
}

func TestIfLeavesTheOriginalAlone(t *testing.T) {
	narrow := iam.Allow("", []string{"a:B"}, "*").If("Bool", "x", "true")
	wide := narrow.If("Bool", "y", "true")
	assert.Len(t, narrow.Conditions["Bool"], 1)
	assert.Len(t, wide.Conditions["Bool"], 2)
}

// AWS takes no policy without statements, and null is not even a list.
func TestDocumentWithoutStatements(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": []}`, iam.NewDocument().JSON())
	assert.Empty(t, iam.NewDocument().Text())
	one := iam.NewDocument(iam.Allow("One", []string{"s3:GetObject"}, "*"))
	assert.Equal(t, one.JSON(), one.Text())
}
