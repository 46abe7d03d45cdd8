package iam_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

func TestParse(t *testing.T) {
	t.Parallel()
	read, err := iam.Parse(`{
		"Version": "2012-10-17", "Id": "policy",
		"Statement": {
			"Sid": "One", "Effect": "Allow", "Principal": {"AWS": "111122223333", "Service": ["ec2.amazonaws.com", "glue.amazonaws.com"]},
			"Action": "s3:GetObject", "NotResource": ["a", "b"],
			"Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": [10, "20"]}}
		}
	}`)
	require.NoError(t, err)
	assert.Equal(t, iam.Document{
		Version: iam.PolicyVersion, ID: "policy",
		Statements: []iam.Statement{{
			Sid: "One", Effect: iam.EffectAllow,
			Principal: &iam.Principal{AWS: []string{"111122223333"}, Service: []string{"ec2.amazonaws.com", "glue.amazonaws.com"}},
			Actions:   []string{"s3:GetObject"}, NotResources: []string{"a", "b"},
			Conditions: iam.Conditions{
				"Bool": {"aws:SecureTransport": {"true"}}, "NumericLessThan": {"s3:max-keys": {"10", "20"}},
			},
		}},
	}, read)
}

func TestParsePrincipals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]iam.Principal{
		`"*"`:                               {Anyone: true},
		`{"AWS":"*"}`:                       {Anyone: true},
		`{"AWS":["a","*"]}`:                 {Anyone: true},
		`{"AWS":"*","Service":"s"}`:         {Anyone: true, Service: []string{"s"}},
		`{"AWS":["a","b"]}`:                 {AWS: []string{"a", "b"}},
		`{"Federated":"accounts.x"}`:        {Federated: []string{"accounts.x"}},
		`{"CanonicalUser":"79a5","AWS":[]}`: {CanonicalUser: []string{"79a5"}},
	} {
		for _, element := range []string{"Principal", "NotPrincipal"} {
			read, err := iam.Parse(`{"Statement":[{"Effect":"Deny","` + element + `":` + text + `,"NotAction":"*"}]}`)
			require.NoError(t, err, text)
			got, other := read.Statements[0].Principal, read.Statements[0].NotPrincipal
			if element == "NotPrincipal" {
				got, other = other, got
			}
			assert.Nil(t, other)
			assert.Equal(t, want, *got, text)
			again, err := iam.Parse(read.JSON())
			require.NoError(t, err)
			assert.Equal(t, read, again, "what is written reads the same")
		}
	}
}

func TestParseAnOldDocument(t *testing.T) {
	t.Parallel()
	read, err := iam.Parse(`{"Statement":{"Effect":"Allow","Action":"*"}}`)
	require.NoError(t, err)
	assert.Equal(t, "2008-10-17", read.Version, "a document without a version has no variables")
}

func TestParseSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	for text, wants := range map[string][]string{
		`[]`:                             {"is not a JSON object"},
		`{"Statement":[]}x`:              {"has something after the object"},
		`{"Statement":[],"Statement":0}`: {"has Statement twice"},
		`{"Statement":[`:                 {"is not JSON"},
		`{"Statement":[]}`:               {"Statement: is empty"},
		`{}`:                             {"Statement: is missing"},
		`{"Version":"2020-01-01","Statement":[]}`:         {`"2020-01-01" is no version of the policy language`},
		`{"Statement":[{"Effect":"allow","Action":"*"}]}`: {`Statement[0].Effect: "allow" is no effect`},
		`{"Statement":[{"Effect":"Allow"},{"Effect":"Deny","Action":5}]}`: {
			"Statement[0].Action: is missing", "Statement[1].Action[0]: 5 is no string",
		},
		`{"Statement":{"Effect":"Allow","Action":"a","NotAction":"b","Principals":"*"}}`: {
			"Statement[0].NotAction: stands beside Action", "Statement[0].Principals: is no element",
		},
		`{"Statement":{"Effect":"Allow","Action":"a","Principal":"arn:x"}}`: {`Statement[0].Principal: "arn:x" is no principal`},
		`{"Statement":{"Effect":"Allow","Action":"a","Condition":{"Bool":{"x":[null]}}}}`: {
			"Statement[0].Condition.Bool.x[0]: null is no string",
		},
	} {
		_, err := iam.Parse(text)
		for _, want := range wants {
			assert.ErrorContains(t, err, want, text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
	f.Add(`{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"NotAction":[],"Condition":{"Null":{"a":true}}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		read, err := iam.Parse(text)
		if err != nil {
			return
		}
		once, err := iam.Parse(read.JSON())
		require.NoError(t, err, read.JSON())
		assert.Equal(t, read.JSON(), once.JSON())
	})
}
