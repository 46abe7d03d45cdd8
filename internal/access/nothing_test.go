package access

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// What changes nothing is proved; what may change something is not.
func TestSameReach(t *testing.T) {
	t.Parallel()
	const glue, ssm = "arn:aws:glue:eu-west-1:123456789012:", "arn:aws:ssm:eu-west-1:123456789012:"
	inventory := &Inventory{Region: "eu-west-1", Account: "123456789012", partition: "aws"}
	everybody := iam.Allow("", []string{"kms:Decrypt"}, "*").For(iam.Principal{AWS: []string{"*"}})
	somebody := everybody.For(iam.Principal{Service: []string{"ec2.amazonaws.com"}})
	messages := []string{
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
	}
	for name, c := range map[string]struct {
		from, to iam.Statement
		why      string
	}{
		"a principal beside everybody": {everybody, everybody.For(iam.Principal{AWS: []string{"*", "arn:aws:iam::999988887777:root"}}), nothingEverybody},
		"everybody beside a principal": {somebody, everybody, ""},
		"everybody without condition":  {everybody.If("StringEquals", "kms:CallerAccount", "1"), everybody, ""},
		"more actions for everybody":   {everybody, iam.Allow("", []string{"kms:Decrypt", "kms:*"}, "*").For(*everybody.Principal), ""},
		"all actions there are":        {iam.Allow("", messages, "*"), iam.Allow("", append(messages, "ssmmessages:*"), "*"), nothingActions},
		"all but one":                  {iam.Allow("", messages[1:], "*"), iam.Allow("", append(messages[1:], "ssmmessages:*"), "*"), ""},
		"a service that is not known":  {iam.Allow("", messages, "*"), iam.Allow("", append(messages, "nothing:*"), "*"), ""},
		"actions on other resources": {
			iam.Allow("", []string{"glue:GetDatabases"}, glue+"job/x"), iam.Allow("", []string{"glue:GetDatabases", "glue:GetTable"}, glue+"job/x"), nothingActions,
		},
		"actions on the resource": {
			iam.Allow("", []string{"sts:AssumeRole"}, "arn:aws:iam::1:role/x"), iam.Allow("", []string{"sts:AssumeRole", "sts:*"}, "arn:aws:iam::1:role/x"), "",
		},
		"actions of a trust policy": {iam.Allow("", []string{"sts:AssumeRole"}), iam.Allow("", []string{"sts:AssumeRole", "sts:*"}), ""},
		"a form that no action takes": {
			iam.Allow("", []string{"glue:GetDatabases"}, glue+"database/*"), iam.Allow("", []string{"glue:GetDatabases"}, glue+"database*"), nothingResources,
		},
		"any id":          {iam.Allow("", []string{"ssm:DescribeAssociation"}, ssm+"association/*"), iam.Allow("", []string{"ssm:DescribeAssociation"}, ssm+"association*"), nothingResources},
		"a longer name":   {iam.Allow("", []string{"glue:GetDatabase"}, glue+"database/a"), iam.Allow("", []string{"glue:GetDatabase"}, glue+"database/a*"), ""},
		"another account": {iam.Allow("", []string{"glue:GetDatabases"}, glue+"catalog", glue+"database/*"), iam.Allow("", []string{"glue:GetDatabases"}, "*", glue+"database/*"), ""},
		"another catalog": {iam.Allow("", []string{"glue:GetDatabases"}, glue+"catalog", glue+"database/*"), iam.Allow("", []string{"glue:GetDatabases"}, glue+"catalog*", glue+"database/*"), ""},
		"a bucket's name": {iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/*"), iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b*"), ""},
		"a prefix":        {iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/a/*"), iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/a*"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.why, inventory.sameReach(c.from, c.to))
		})
	}
}

func TestAllowedAlready(t *testing.T) {
	t.Parallel()
	with := func(statements ...iam.Statement) decide.Identity {
		return decide.Identity{Policies: []decide.Policy{{Document: iam.NewDocument(statements...)}}}
	}
	planted := iam.Allow("", []string{"ec2:RunInstances"}, "*")
	assert.Equal(t, nothingAllowed, allowedAlready(with(iam.Allow("", []string{"EC2:Run*"}, "*")), planted))
	assert.Empty(t, allowedAlready(with(iam.Allow("", []string{"ec2:Run*"}, "arn:aws:ec2:*:*:instance/*")), planted))
	assert.Empty(t, allowedAlready(with(iam.Allow("", []string{"ec2:Run*"}, "*").If("Bool", "aws:MultiFactorAuthPresent", "true")), planted))
	assert.Empty(t, allowedAlready(with(iam.Allow("", []string{"ec2:StopInstances"}, "*")), planted))
	denied := iam.Allow("", []string{"ec2:*"}, "*")
	denied.Effect = iam.EffectDeny
	assert.Empty(t, allowedAlready(with(denied), planted))
}
