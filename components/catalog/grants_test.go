package catalog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

func ireland() location.Location {
	return location.Location{Partition: "aws", Region: "eu-west-1", AccountID: "123456789012", DNSSuffix: "amazonaws.com"}
}

func statements(document iam.Document) map[string]iam.Statement {
	by := map[string]iam.Statement{}
	for _, s := range document.Statements {
		by[s.Sid] = s
	}
	return by
}

func TestReadPolicy(t *testing.T) {
	t.Parallel()
	by := statements(Grant{Location: ireland(), Databases: []string{"raw"}, EncryptedCatalog: true, KMSKeyARN: "key"}.Policy())
	require.Len(t, by, 4)
	assert.Equal(t, []string{"glue:GetDatabases"}, by["CatalogList"].Actions)
	assert.Equal(t, []string{
		"arn:aws:glue:eu-west-1:123456789012:catalog",
		"arn:aws:glue:eu-west-1:123456789012:database/raw",
		"arn:aws:glue:eu-west-1:123456789012:table/raw/*",
	}, by["CatalogRead"].Resources)
	for _, action := range by["CatalogRead"].Actions {
		assert.Regexp(t, `^glue:(Batch)?Get`, action)
	}
	assert.Equal(t, []string{"kms:Decrypt"}, by["CatalogKey"].Actions)
	assert.Equal(t, []string{"glue.eu-west-1.amazonaws.com"}, by["CatalogKey"].Conditions["StringEquals"]["kms:ViaService"])
	assert.Equal(t, []string{"glue:GetDatabase"}, by["CatalogDefault"].Actions)
}

func TestWritePolicy(t *testing.T) {
	t.Parallel()
	by := statements(Grant{Location: ireland(), Databases: []string{"raw"}, Write: true, EncryptedCatalog: true}.Policy())
	assert.Contains(t, by["CatalogWrite"].Actions, "glue:CreateTable")
	assert.Equal(t, by["CatalogRead"].Resources, by["CatalogWrite"].Resources)
	assert.NotContains(t, strings.Join(by["CatalogWrite"].Actions, " "), "DeleteDatabase")
	assert.Contains(t, by["CatalogKey"].Actions, "kms:GenerateDataKey")
}

func TestQueryPolicy(t *testing.T) {
	t.Parallel()
	by := statements(Grant{
		Location: ireland(), Databases: []string{"raw"}, Workgroups: []string{"a", "b"}, KMSKeyARN: "key", ResultsBucket: "res",
	}.Policy())
	assert.NotContains(t, by, "CatalogKey")
	assert.NotContains(t, by, "LakeFormationData")
	assert.NotContains(t, by, "SavedQueries")
	assert.Equal(t, []string{
		"arn:aws:athena:eu-west-1:123456789012:workgroup/a", "arn:aws:athena:eu-west-1:123456789012:workgroup/b",
	}, by["Queries"].Resources)
	assert.Equal(t, []string{"arn:aws:s3:::res/results/a/*", "arn:aws:s3:::res/results/b/*"}, by["Results"].Resources)
	assert.Equal(t, []string{"results/a/*", "results/b/*"}, by["ResultsList"].Conditions["StringLike"]["s3:prefix"])
	assert.Equal(t, []string{"kms:Decrypt", "kms:GenerateDataKey"}, by["ResultsKey"].Actions)
	for sid, s := range by {
		if s.Resources[0] == "*" {
			assert.Equal(t, "QueryLists", sid)
		}
	}
}

func TestSavedQueriesAreFound(t *testing.T) {
	t.Parallel()
	by := statements(Grant{Location: ireland(), Workgroups: []string{"a", "b"}, SavedQueries: []string{"b"}}.Policy())
	assert.Equal(t, []string{"athena:BatchGetNamedQuery", "athena:GetNamedQuery", "athena:ListNamedQueries"}, by["SavedQueries"].Actions)
	assert.Equal(t, []string{"arn:aws:athena:eu-west-1:123456789012:workgroup/b"}, by["SavedQueries"].Resources)
}

func TestNoDatabasesNoMetadata(t *testing.T) {
	t.Parallel()
	by := statements(Grant{Location: ireland(), Workgroups: []string{"a"}}.Policy())
	assert.NotContains(t, by, "CatalogRead", "the catalog alone would be no statement about databases")
}

func TestCrawlerPolicy(t *testing.T) {
	t.Parallel()
	by := statements(CrawlerPolicy(ireland(), "s3://lake/raw/", "", "key", false))
	assert.Equal(t, []string{"arn:aws:s3:::lake/raw/*"}, by["Files"].Resources)
	assert.Equal(t, []string{"raw/*"}, by["List"].Conditions["StringLike"]["s3:prefix"])
	assert.Equal(t, by, statements(CrawlerPolicy(ireland(), "s3://lake/raw", "", "key", false)), "and nothing of s3://lake/raw-secret/")
	by = statements(CrawlerPolicy(ireland(), "s3://lake", "", "key", false))
	assert.Equal(t, []string{"arn:aws:s3:::lake/*"}, by["Files"].Resources)
	assert.Empty(t, by["List"].Conditions)
	assert.NotContains(t, statements(CrawlerPolicy(ireland(), "s3://lake", "", "key", true)), "Files")
	service := func(region string) []string {
		return statements(CrawlerPolicy(ireland(), "s3://lake", region, "key", false))["FilesKey"].Conditions["StringEquals"]["kms:ViaService"]
	}
	assert.Equal(t, []string{"s3.eu-west-1.amazonaws.com"}, service(""))
	assert.Equal(t, []string{"s3.us-east-1.amazonaws.com"}, service("us-east-1"), "the bucket's region")
}

func TestFolder(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"s3://lake/raw": "s3://lake/raw/", "s3://lake/raw/": "s3://lake/raw/", "s3://lake/a/b": "s3://lake/a/b/",
		"s3://lake": "s3://lake", "s3://lake/": "s3://lake/",
	} {
		assert.Equal(t, want, folder(location))
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		location, outer string
		want            bool
	}{
		{"s3://a/b/", "s3://a", true}, {"s3://a/b", "s3://a/b/", true}, {"s3://a/bc", "s3://a/b", false},
		{"s3://ab", "s3://a", false}, {"s3://a", "s3://a/b", false},
	} {
		assert.Equal(t, c.want, within(c.location, c.outer), c)
	}
}
