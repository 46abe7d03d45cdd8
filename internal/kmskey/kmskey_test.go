package kmskey_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

func TestPolicyLetsInWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	at := location.Location{Partition: "aws-us-gov", DNSSuffix: "amazonaws.com", Region: "us-gov-west-1", AccountID: "123456789012"}
	sids := func(args kmskey.Args) []string {
		args.Location = at
		var all []string
		for _, s := range kmskey.Policy(args).Statements {
			all = append(all, s.Sid)
		}
		return all
	}
	assert.Equal(t, []string{"Account"}, sids(kmskey.Args{}))
	assert.Equal(t, []string{"Account", "Logs"}, sids(kmskey.Args{Logs: true}))
	assert.Equal(t, []string{"Account", "Volumes", "VolumeGrants"}, sids(kmskey.Args{Volumes: true}))
}

// A statement for everybody would open the key to the world, were it not for its conditions.
func TestPolicyNarrowsEveryStatementThatIsForAnyone(t *testing.T) {
	t.Parallel()
	at := location.Location{Partition: "aws", DNSSuffix: "amazonaws.com", Region: "eu-west-1", AccountID: "123456789012"}
	for _, s := range kmskey.Policy(kmskey.Args{Location: at, Logs: true, Volumes: true}).Statements {
		switch s.Sid {
		case "Account":
			assert.Equal(t, []string{"arn:aws:iam::123456789012:root"}, s.Principal.AWS)
		case "Logs":
			assert.Equal(t, []string{"logs.eu-west-1.amazonaws.com"}, s.Principal.Service)
			assert.Equal(t, []string{"arn:aws:logs:eu-west-1:123456789012:*"}, s.Conditions["ArnLike"]["kms:EncryptionContext:aws:logs:arn"])
		default:
			assert.True(t, s.Principal.Anyone)
			assert.Equal(t, []string{"123456789012"}, s.Conditions["StringEquals"]["kms:CallerAccount"], s.Sid)
			assert.Equal(t, []string{"ec2.eu-west-1.amazonaws.com"}, s.Conditions["StringEquals"]["kms:ViaService"], s.Sid)
		}
	}
}
