package catalog

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Scope is what a grant is about. An empty list stands for all of the catalog's.
type Scope struct {
	// Databases are databases of the catalog by name. Those of other accounts are among all, and cannot be named.
	Databases []string
	// Workgroups are workgroups of the catalog by name. Grants to read and to write are not about workgroups.
	Workgroups []string
}

// GrantRead lets a role read the metadata of databases and their tables. Under [ModelLakeFormation] and [ModelHybrid] it
// also reads the tables' data at registered locations; under [ModelIAM] access to files is up to policies about S3.
//
// The name says to whom: it is the same for all grants to a role, and another one for each role.
func (c *GlueAthenaCatalog) GrantRead(ctx *pulumi.Context, name string, to *role.Role, scope Scope) error {
	return c.grant(ctx, name, "read", to, scope, readAccess)
}

// GrantWrite lets a role read, as GrantRead does, and also change databases and make, change and delete tables and
// partitions. Under Lake Formation it comes before other grants to the same role, which add to it.
func (c *GlueAthenaCatalog) GrantWrite(ctx *pulumi.Context, name string, to *role.Role, scope Scope) error {
	return c.grant(ctx, name, "write", to, scope, writeAccess)
}

// GrantQuery lets a role run queries in workgroups, find those that are saved there, read and write their results, and read
// databases as GrantRead does.
func (c *GlueAthenaCatalog) GrantQuery(ctx *pulumi.Context, name string, to *role.Role, scope Scope) error {
	return c.grant(ctx, name, query, to, scope, readAccess)
}

// query is the kind of grant that is about workgroups, too.
const query = "query"

func (c *GlueAthenaCatalog) grant(
	ctx *pulumi.Context, name, kind string, to *role.Role, scope Scope, level access,
) error {
	all := len(scope.Databases) == 0
	scope, err := c.args.resolve(scope)
	if err != nil {
		return fmt.Errorf("granting %s to %s in catalog %s: %w", kind, name, c.name, err)
	}
	g := Grant{
		Databases: scope.Databases, Write: level == writeAccess,
	}
	if all {
		g.Foreign = c.args.foreign()
	}
	if kind == query {
		g.Workgroups = scope.Workgroups
	}
	policy := c.Resolved(g).ApplyT(func(full any) string { return full.(Grant).Policy().JSON() }).(pulumi.StringOutput)
	if err := to.Grant(ctx, c.child(name+"-"+kind), policy, c.parent()); err != nil {
		return err
	}
	return c.permit(ctx, name, to, scope.Databases, level)
}

// Resolved is a grant with what the catalog knows: where it is, its keys, the bucket of results, and whether Lake
// Formation decides, too, and which of its workgroups have saved queries. Its value is a [Grant]. Databases, workgroups and Write
// are the caller's.
func (c *GlueAthenaCatalog) Resolved(g Grant) pulumi.Output {
	g.Location, g.LakeFormation = c.location, c.args.usesLakeFormation()
	for _, one := range g.Foreign {
		if name := c.dataCatalog(one.CatalogID); len(g.Workgroups) > 0 && !slices.Contains(g.DataCatalogs, name) {
			g.DataCatalogs = append(g.DataCatalogs, name)
		}
	}
	for _, workgroup := range c.args.Workgroups {
		if len(workgroup.SavedQueries) > 0 && slices.Contains(g.Workgroups, workgroup.Name) {
			g.SavedQueries = append(g.SavedQueries, workgroup.Name)
		}
	}
	catalogKey := c.KMSKeyARN
	switch {
	case c.args.CatalogKMSKeyARN != nil:
		g.EncryptedCatalog, catalogKey = true, c.args.CatalogKMSKeyARN.ToStringOutput()
	case *c.args.EncryptCatalog:
		g.EncryptedCatalog = true
	}
	return pulumi.All(c.KMSKeyARN, c.ResultsBucketName, catalogKey).ApplyT(func(v []any) Grant {
		full := g
		full.KMSKeyARN, full.ResultsBucket, full.CatalogKMSKeyARN = v[0].(string), v[1].(string), v[2].(string)
		return full
	})
}

// Permit gives a role Lake Formation's permissions on databases, where Lake Formation decides: for those that write the
// role's IAM policy themselves, of a [Grant]. The grants of this component do both.
func (c *GlueAthenaCatalog) Permit(ctx *pulumi.Context, name string, to *role.Role, databases []string, write bool) error {
	level := readAccess
	if write {
		level = writeAccess
	}
	return c.permit(ctx, name, to, databases, level)
}

// Encrypted says whether the component encrypts the account's catalog, with its KMSKeyARN.
func (c *GlueAthenaCatalog) Encrypted() bool { return *c.args.EncryptCatalog }

// Model says what decides on access.
func (c *GlueAthenaCatalog) Model() PermissionModel { return c.args.PermissionModel }

// resolve puts all of the catalog's for what a scope leaves open, and finds names that the catalog does not have.
func (a *GlueAthenaCatalogArgs) resolve(scope Scope) (Scope, error) {
	var wrong problem.List
	names := func(path string, asked, have []string) []string {
		for i, name := range asked {
			if !slices.Contains(have, name) {
				wrong.Add(problem.Index(path, i), fmt.Sprintf("use some of %v", have), "the catalog has no %q", name)
			}
		}
		if len(asked) == 0 {
			return have
		}
		return asked
	}
	resolved := Scope{
		Databases:  names("databases", scope.Databases, a.databaseNames()),
		Workgroups: names("workgroups", scope.Workgroups, a.workgroupNames()),
	}
	return resolved, wrong.Err("scope")
}

// Grant is what a policy gives.
type Grant struct {
	// Location is where the catalog is.
	Location location.Location
	// Databases are the names of those that may be read. Without any, only `default` can be looked up.
	Databases []string
	// Foreign are databases of other accounts that may be read.
	Foreign []Foreign
	// DataCatalogs are Athena's names of their catalogs.
	DataCatalogs []string
	// Write adds the changes of databases, tables and partitions.
	Write bool
	// Workgroups, if there are any, are where queries are run.
	Workgroups []string
	// SavedQueries are those of the workgroups that have saved queries, for whoever uses them to find.
	SavedQueries []string
	// LakeFormation adds the right to ask Lake Formation for credentials.
	LakeFormation bool
	// EncryptedCatalog adds the use of the key through Glue.
	EncryptedCatalog bool
	// KMSKeyARN is the key of queries' results, and of the catalog unless it has another.
	KMSKeyARN string
	// CatalogKMSKeyARN is the key of the catalog. Default: KMSKeyARN.
	CatalogKMSKeyARN string
	// ResultsBucket is the name of the bucket of queries' results.
	ResultsBucket string
}

// Policy is the policy of a grant.
func (g Grant) Policy() iam.Document {
	statements := append(g.metadata(), g.foreignStatements()...)
	if len(g.Workgroups) > 0 {
		statements = append(statements, g.queries()...)
	}
	if g.LakeFormation {
		// Lake Formation decides for which tables it hands out credentials. The action knows no resources.
		statements = append(statements, iam.Allow("LakeFormationData", []string{"lakeformation:GetDataAccess"}, "*"))
	}
	return iam.NewDocument(append(statements, g.keys()...)...)
}

// readActions read metadata.
func readActions() []string {
	return []string{
		"glue:BatchGetPartition", "glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables",
	}
}

// writeActions change metadata. Databases are neither made nor deleted: they are part of the deployment.
func writeActions() []string {
	return []string{
		"glue:BatchCreatePartition", "glue:BatchDeletePartition", "glue:BatchDeleteTable", "glue:BatchUpdatePartition",
		"glue:CreatePartition", "glue:CreateTable", "glue:DeletePartition", "glue:DeleteTable", "glue:UpdateDatabase",
		"glue:UpdatePartition", "glue:UpdateTable",
	}
}

// metadata are statements about Glue. An action on a table wants the table's database and the catalog allowed as well.
//
// Source: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
func (g Grant) metadata() []iam.Statement {
	catalog := g.Location.ARN("glue", "catalog")
	resources := []string{catalog}
	for _, database := range g.Databases {
		// A database's tables come and go.
		resources = append(resources, g.Location.ARN("glue", "database/"+database), g.Location.ARN("glue", "table/"+database+"/*"))
	}
	// Athena, Hive and Spark look for the database `default` before they do anything.
	statements := []iam.Statement{
		iam.Allow("CatalogDefault", []string{"glue:GetDatabase"}, catalog, g.Location.ARN("glue", "database/default")),
	}
	if len(g.Databases) == 0 {
		return statements
	}
	statements = append(statements,
		// A client lists databases before it opens one. The call names none, so it is decided on all of them; it tells
		// their names and places, and nothing about tables.
		iam.Allow("CatalogList", []string{"glue:GetDatabases"}, catalog, g.Location.ARN("glue", "database/*")),
		iam.Allow("CatalogRead", readActions(), resources...))
	if g.Write {
		statements = append(statements, iam.Allow("CatalogWrite", writeActions(), resources...))
	}
	return statements
}

// dataCatalogActions let one look into a catalog through Athena.
func dataCatalogActions() []string {
	return []string{
		"athena:GetDataCatalog", "athena:GetDatabase", "athena:GetTableMetadata", "athena:ListDatabases", "athena:ListTableMetadata",
	}
}

// queries are statements about Athena and the results in S3.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
func (g Grant) queries() []iam.Statement {
	var workgroups, saved, objects, prefixes []string
	bucket := g.Location.BucketARN(g.ResultsBucket)
	for _, workgroup := range g.Workgroups {
		workgroups = append(workgroups, g.Location.ARN("athena", "workgroup/"+workgroup))
		// Athena names results after the query.
		objects = append(objects, bucket+"/"+resultsPrefix(workgroup)+"*")
		prefixes = append(prefixes, resultsPrefix(workgroup)+"*")
	}
	for _, workgroup := range g.SavedQueries {
		saved = append(saved, g.Location.ARN("athena", "workgroup/"+workgroup))
	}
	statements := []iam.Statement{
		iam.Allow("Queries", []string{
			"athena:BatchGetQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetQueryResultsStream",
			"athena:GetWorkGroup", "athena:ListQueryExecutions", "athena:StartQueryExecution", "athena:StopQueryExecution",
		}, workgroups...),
		iam.Allow("QueryMetadata", dataCatalogActions(), g.Location.ARN("athena", "datacatalog/AwsDataCatalog")),
		// Clients list what there is to choose from. These actions know no resources.
		iam.Allow("QueryLists", []string{"athena:ListDataCatalogs", "athena:ListWorkGroups"}, "*"),
		iam.Allow("ResultsBucket", []string{"s3:GetBucketLocation", "s3:ListBucketMultipartUploads"}, bucket),
		iam.Allow("ResultsList", []string{"s3:ListBucket"}, bucket).If("StringLike", "s3:prefix", prefixes...),
		iam.Allow("Results", []string{
			"s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject",
		}, objects...),
	}
	if len(saved) > 0 {
		statements = append(statements, iam.Allow("SavedQueries", []string{
			"athena:BatchGetNamedQuery", "athena:GetNamedQuery", "athena:ListNamedQueries",
		}, saved...))
	}
	return statements
}

// keys are statements about the key, by the service that it is used through.
func (g Grant) keys() []iam.Statement {
	var statements []iam.Statement
	if g.EncryptedCatalog {
		actions := []string{"kms:Decrypt"}
		if g.Write {
			actions = append(actions, "kms:Encrypt", "kms:GenerateDataKey")
		}
		statements = append(statements, iam.Allow("CatalogKey", actions, cmp.Or(g.CatalogKMSKeyARN, g.KMSKeyARN)).
			If("StringEquals", "kms:ViaService", g.Location.Service("glue")))
	}
	if len(g.Workgroups) > 0 {
		// Athena reads and writes results in the caller's name, through S3.
		statements = append(statements, iam.Allow("ResultsKey", []string{"kms:Decrypt", "kms:GenerateDataKey"}, g.KMSKeyARN).
			If("StringEquals", "kms:ViaService", g.Location.Service("s3")))
	}
	return statements
}
