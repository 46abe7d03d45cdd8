package actions_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/actions"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	get, ok := actions.Lookup("s3:getobject")
	require.True(t, ok)
	assert.Equal(t, "s3:GetObject", get.Name)
	assert.Equal(t, map[string]string{"object": "arn:%:s3:::%/*"}, get.Resources)
	assert.Equal(t, []string{"object"}, get.Needs)
	_, ok = actions.Lookup("s3:GetObjects")
	assert.False(t, ok)
	assert.Len(t, actions.Matching("kms:GenerateDataKey*"), 4)
	assert.Len(t, actions.Matching("KMS:decryp?"), 1)
	assert.Empty(t, actions.Matching("kms:Nothing*"))
	assert.Contains(t, actions.Services(), "lakeformation")
}

func TestTakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action, resource string
		takes            bool
	}{
		{"s3:GetObject", "arn:aws:s3:::b/*", true},
		{"s3:GetObject", "arn:aws:s3:::b/a/b:c", true},
		{"s3:GetObject", "arn:aws:s3:::b", false},
		{"s3:GetObject", "arn:aws:s3:::b*", true},
		{"s3:GetObject", "*", true},
		{"s3:ListBucket", "arn:aws:s3:::b", true},
		{"s3:ListBucket", "arn:aws:s3:::b/*", false},
		{"s3:ListBucket", "arn:aws-cn:s3:::${aws:PrincipalTag/bucket}", true},
		{"s3:ListBucket", "arn:aws:s3:eu-west-1:111122223333:b", false},
		{"s3:ListAllMyBuckets", "arn:aws:s3:::b", false},
		{"s3:ListAllMyBuckets", "*", true},
		{"glue:GetTable", "arn:aws:glue:eu-west-1:111122223333:table/db/*", true},
		{"glue:GetTable", "arn:aws:glue:eu-west-1:111122223333:table/db", false},
		{"glue:GetTable", "arn:aws:glue:eu-west-1:111122223333:catalog", true},
		{"glue:GetTable", "arn:aws:glue:eu-west-1:111122223333:job/x", false},
		{"iam:PassRole", "arn:aws:iam::111122223333:role/a/b/c", true},
		{"iam:PassRole", "arn:aws:iam::111122223333:user/a", false},
		{"kms:Decrypt", "arn:aws:kms:*:111122223333:key/*", true},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/x", false},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-??????", true},
		{"ecr:PutImage", "arn:aws:ecr:eu-west-1:111122223333:repository/dss/base", true},
		{"logs:PutLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/dss/x:*", true},
		{"logs:PutLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/dss/x", false},
		{"ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b", true},
		{"ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:document/a", false},
	} {
		action, ok := actions.Lookup(c.action)
		require.True(t, ok, c.action)
		assert.Equal(t, c.takes, action.Takes(c.resource), "%s on %s", c.action, c.resource)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	table, database := "arn:aws:glue:eu-west-1:111122223333:table/db/*", "arn:aws:glue:eu-west-1:111122223333:database/db"
	catalog := "arn:aws:glue:eu-west-1:111122223333:catalog"
	for name, c := range map[string]struct {
		document iam.Document
		wants    []string
	}{
		"right": {iam.NewDocument(
			iam.Allow("", []string{"s3:GetObject", "s3:ListBucket"}, "arn:aws:s3:::b", "arn:aws:s3:::b/*"),
			iam.Allow("", []string{"s3:Get*"}, "*").If("ForAllValues:StringLikeIfExists", "x", "y"), iam.Allow("", []string{"*"}, "arn:any"),
			iam.Allow("", []string{"glue:GetTable"}, catalog, database), iam.Allow("", []string{"glue:GetTable"}, table),
		), nil},
		"no such action": {iam.NewDocument(iam.Allow("", []string{"s3:GetObjects", "s3:Got*"}, "arn:aws:s3:::b/*")), []string{
			`Statement[0].Action[0]: "s3:GetObjects" does not exist`, `Statement[0].Action[1]: "s3:Got*" does not exist`,
		}},
		"no action at all":   {iam.NewDocument(iam.Allow("", []string{"GetObject"}, "*")), []string{`Statement[0].Action[0]: "GetObject" is no action`}},
		"an unknown service": {iam.NewDocument(iam.Allow("", []string{"s4:GetObject"}, "*")), []string{"is of a service that is not in the table"}},
		"a wrong NotAction":  {iam.NewDocument(iam.Statement{NotActions: []string{"s3:Foo"}}), []string{`Statement[0].NotAction[0]: "s3:Foo" does not exist`}},
		"another's resource": {iam.NewDocument(iam.Allow("", []string{"s3:GetObject"}, "arn:aws:s3:::b/*", database)), []string{
			`Statement[0].Resource[1]: "` + database + `" is taken by no action`,
		}},
		"an action for nothing": {iam.NewDocument(iam.Allow("", []string{"s3:GetObject", "s3:ListBucket"}, "arn:aws:s3:::b")), []string{
			`Statement[0].Action[0]: "s3:GetObject" takes none of the statement's resources; it takes arn:%:s3:::%/*`,
			"s3:GetObject is not allowed on any object, which it needs",
		}},
		"an action without resources": {iam.NewDocument(iam.Allow("", []string{"s3:ListAllMyBuckets"}, "arn:aws:s3:::b")), []string{
			`takes none of the statement's resources; it takes * only`, `Statement[0].Resource[0]: "arn:aws:s3:::b" is taken by no action`,
		}},
		"no operator": {iam.NewDocument(iam.Allow("", []string{"s3:GetObject"}, "*").If("StringMatch", "x", "y")), []string{
			"Statement[0].Condition.StringMatch: is no condition operator",
		}},
		"no database": {iam.NewDocument(iam.Allow("", []string{"glue:GetTable"}, table, catalog)), []string{
			"glue:GetTable is not allowed on any database, which it needs; allow it on arn:%:glue:%:%:database/%, too",
		}},
		"a resource's policy": {iam.NewDocument(iam.Allow("", []string{"glue:GetTable"}, table).For(iam.Principal{Anyone: true})), nil},
		"trust":               {iam.TrustService("ec2.amazonaws.com", "sts:TagSession"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := actions.Check(c.document)
			require.Len(t, found, len(c.wants), "%v", found)
			for i, want := range c.wants {
				assert.Contains(t, found[i].String(), want)
			}
		})
	}
}
