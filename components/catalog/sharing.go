package catalog

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/athena"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lakeformation"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/sharing"
)

// SharePolicy is the resource policy of a catalog that lets others read the databases that are shared. Their own policies have to let
// them, too.
//
// Source: https://docs.aws.amazon.com/glue/latest/dg/cross-account-access.html
func SharePolicy(at location.Location, databases []Database) iam.Document {
	var statements []iam.Statement
	by := map[string]int{}
	for _, database := range databases {
		if len(database.SharedWith) == 0 {
			continue
		}
		principals := sharing.Principals(at, database.SharedWith)
		key := strings.Join(principals, " ")
		i, known := by[key]
		if !known {
			i = len(statements)
			by[key] = i
			share := iam.Allow(fmt.Sprintf("Share%d", i), readActions(), at.ARN("glue", "catalog"))
			statements = append(statements, share.For(iam.Principal{AWS: principals}))
		}
		// A database's tables come and go.
		statements[i].Resources = append(statements[i].Resources,
			at.ARN("glue", "database/"+database.Name), at.ARN("glue", "table/"+database.Name+"/*"))
	}
	return iam.NewDocument(statements...)
}

// sharePolicy is the account's resource policy. Where Lake Formation shares as well, AWS RAM has to be let in: its shares fail otherwise.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-cross-account.html
func (a *GlueAthenaCatalogArgs) sharePolicy(at location.Location) iam.Document {
	policy := SharePolicy(at, a.Databases)
	if a.LakeFormationShares {
		share := iam.Allow("LakeFormation", []string{"glue:ShareResource"}, at.ARN("glue", "catalog"), at.ARN("glue", "database/*"),
			at.ARN("glue", "table/*/*"))
		policy.Statements = append(policy.Statements, share.For(iam.Principal{Service: []string{"ram.amazonaws.com"}}))
	}
	return policy
}

// share lets other accounts read databases. Where Lake Formation decides alone, it is asked to; elsewhere the resource policy says so, of
// which an account has one for each region.
func (c *GlueAthenaCatalog) share() error {
	c.SharedCatalogPolicy = pulumi.String("").ToStringOutput()
	if !c.args.shares() {
		return nil
	}
	if c.args.PermissionModel == ModelLakeFormation {
		return c.shareByLakeFormation()
	}
	policy := c.args.sharePolicy(c.location).JSON()
	c.SharedCatalogPolicy = pulumi.String(policy).ToStringOutput()
	if c.args.ExistingResourcePolicy {
		return nil
	}
	args := &glue.ResourcePolicyArgs{Policy: pulumi.String(policy)}
	if c.args.usesLakeFormation() || c.args.LakeFormationShares {
		// Glue refuses the policy where Lake Formation has shared something, unless one says that one knows.
		args.EnableHybrid = pulumi.String("TRUE")
	}
	made, err := glue.NewResourcePolicy(c.ctx, c.child("sharing"), args, c.parent(), pulumi.DependsOn(c.Ready), pulumi.DependsOn(c.settled))
	if err != nil {
		return fmt.Errorf("sharing databases: %w", err)
	}
	// Shares of Lake Formation's by others fail before AWS RAM is let in.
	c.settled = append(c.settled, made)
	return nil
}

// shareByLakeFormation grants reading to accounts and principals of others. Lake Formation makes the shares of AWS RAM itself.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-permissions.html
func (c *GlueAthenaCatalog) shareByLakeFormation() error {
	for _, database := range c.args.Databases {
		for i, who := range database.SharedWith {
			name := c.child(fmt.Sprintf("share-%s-%d", database.Name, i))
			args := c.entries(database.Name, lakePermissions(readAccess))
			for _, part := range slices.Sorted(maps.Keys(args)) {
				args[part].Principal = pulumi.String(who)
				_, err := lakeformation.NewPermissions(c.ctx, name+"-"+part, args[part],
					c.parent(), pulumi.DependsOn(c.before(database.Name)), pulumi.DeleteBeforeReplace(true))
				if err != nil {
					return fmt.Errorf("sharing database %s: %w", database.Name, err)
				}
			}
		}
	}
	return nil
}

// shares says whether a database is shared.
func (a *GlueAthenaCatalogArgs) shares() bool {
	return slices.ContainsFunc(a.Databases, func(d Database) bool { return len(d.SharedWith) > 0 })
}

// SharedWith are all that databases are shared with.
func (a *GlueAthenaCatalogArgs) SharedWith() []string {
	var with []string
	for _, database := range a.Databases {
		with = append(with, database.SharedWith...)
	}
	return with
}

// SharesByPolicy says whether the account's resource policy is needed.
func (a *GlueAthenaCatalogArgs) SharesByPolicy() bool {
	return a.shares() && a.PermissionModel != ModelLakeFormation
}

// SharesByLakeFormation says whether Lake Formation shares databases.
func (a *GlueAthenaCatalogArgs) SharesByLakeFormation() bool {
	return a.shares() && a.PermissionModel == ModelLakeFormation
}

// Foreign is a database in another account's catalog.
type Foreign struct {
	// CatalogID is the account, and Name the database's.
	CatalogID, Name string
	// KMSKeyARN is the key that the catalog is encrypted with. Default: none.
	KMSKeyARN string
}

// foreignStatements let one read databases of other accounts, whose owners have to agree.
func (g Grant) foreignStatements() []iam.Statement {
	var statements []iam.Statement
	for i, one := range g.Foreign {
		statements = append(statements, iam.Allow(fmt.Sprintf("Foreign%d", i), readActions(), one.resources(g.Location)...))
		if one.KMSKeyARN != "" {
			statements = append(statements, iam.Allow(fmt.Sprintf("ForeignKey%d", i), []string{"kms:Decrypt"}, one.KMSKeyARN).
				If("StringEquals", "kms:ViaService", g.Location.Service("glue")))
		}
	}
	if len(g.Workgroups) == 0 || len(g.DataCatalogs) == 0 {
		return statements
	}
	catalogs := make([]string, len(g.DataCatalogs))
	for i, name := range g.DataCatalogs {
		catalogs[i] = g.Location.ARN("athena", "datacatalog/"+name)
	}
	return append(statements, iam.Allow("QueryForeign", dataCatalogActions(), catalogs...))
}

// resources are what an action on a table of the database is decided on.
func (f Foreign) resources(at location.Location) []string {
	there := at
	there.AccountID = f.CatalogID
	// A database's tables come and go.
	return []string{there.ARN("glue", "catalog"), there.ARN("glue", "database/"+f.Name), there.ARN("glue", "table/"+f.Name+"/*")}
}

// OwnerCatalogPolicies are the statements that owners of other catalogs have to add to their resource policies for principals, by account.
func OwnerCatalogPolicies(at location.Location, principals []string, foreign []Foreign) map[string]string {
	statements := map[string][]iam.Statement{}
	for _, one := range foreign {
		statements[one.CatalogID] = append(statements[one.CatalogID],
			iam.Allow("", readActions(), one.resources(at)...).For(iam.Principal{AWS: principals}))
	}
	policies := map[string]string{}
	for account, list := range statements {
		policies[account] = iam.Merge(iam.NewDocument(list...)).JSON()
	}
	return policies
}

// dataCatalogs makes other accounts' catalogs known to Athena, where there are workgroups that could query them.
//
// Source: https://docs.aws.amazon.com/athena/latest/ug/data-sources-glue-cross-account.html
func (c *GlueAthenaCatalog) dataCatalogs() error {
	names := pulumi.StringMap{}
	if len(c.args.Workgroups) > 0 {
		for _, account := range c.args.accounts() {
			name := c.dataCatalog(account)
			made, err := athena.NewDataCatalog(c.ctx, c.child("account-"+account), &athena.DataCatalogArgs{
				Name: pulumi.String(name), Type: pulumi.String("GLUE"), Description: pulumi.String("Glue Data Catalog of account " + account),
				Parameters: pulumi.StringMap{"catalog-id": pulumi.String(account)}, Tags: pulumi.ToStringMap(c.tags("account-" + account)),
			}, c.parent())
			if err != nil {
				return fmt.Errorf("making the catalog of account %s known to Athena: %w", account, err)
			}
			names[account] = made.Name
		}
	}
	c.DataCatalogs = names.ToStringMapOutput()
	return nil
}

// dataCatalog is Athena's name of another account's catalog. It has no hyphens, so that SQL takes it without quotes.
func (c *GlueAthenaCatalog) dataCatalog(account string) string {
	return strings.ToLower(strings.ReplaceAll(c.name, "-", "_")) + "_" + account
}

// accounts are those that databases of other catalogs belong to.
func (a *GlueAthenaCatalogArgs) accounts() []string {
	var accounts []string
	for _, database := range a.Databases {
		if database.CatalogID != "" {
			accounts = append(accounts, database.CatalogID)
		}
	}
	slices.Sort(accounts)
	return slices.Compact(accounts)
}

// sharingProblems are about databases of others, and for others.
func (d Database) sharingProblems() problem.List {
	wrong := sharing.Problems("sharedWith", d.SharedWith)
	if d.CatalogID == "" {
		if d.CatalogKMSKeyARN != "" {
			wrong.Add("catalogKmsKeyArn", "leave it out, or give catalogId", "it is the key of another account's catalog")
		}
		return wrong
	}
	if !sharing.IsAccount(d.CatalogID) {
		wrong.Add("catalogId", "give the twelve digits of the account whose catalog it is in", "%q is not an account", d.CatalogID)
	}
	if d.CatalogKMSKeyARN != "" && !awsname.IsKeyARN(d.CatalogKMSKeyARN) {
		wrong.Add("catalogKmsKeyArn", "give the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID", "%q is not one", d.CatalogKMSKeyARN)
	}
	if !d.Existing {
		wrong.Add("existing", "set it, or leave out catalogId", "a database in another account's catalog is not made here")
	}
	for path, given := range map[string]bool{"crawler": d.Crawler != nil, "sharedWith": len(d.SharedWith) > 0} {
		if given {
			wrong.Add(path, "leave it out, or leave out catalogId", "that is up to the account that has the database (%s)", d.CatalogID)
		}
	}
	slices.SortStableFunc(wrong, func(a, b problem.Problem) int { return strings.Compare(a.Path, b.Path) })
	return wrong
}

// shareProblems are about the resource policy, of which there is one.
func (a *GlueAthenaCatalogArgs) shareProblems() problem.List {
	var wrong problem.List
	if a.ExistingResourcePolicy && !a.SharesByPolicy() {
		wrong.Add("existingResourcePolicy", "leave it out", "nothing is shared that needs a resource policy")
	}
	// Names of AWS's are taken as long as they can be.
	at := location.Location{Partition: "aws-us-gov", Region: "ap-southeast-1", AccountID: "123456789012", DNSSuffix: "amazonaws.com.cn"}
	if !a.SharesByPolicy() || a.sharePolicy(at).Size() <= iam.CatalogPolicyLimit {
		return wrong
	}
	last := sort.Search(len(a.Databases)-1, func(i int) bool {
		some := *a
		some.Databases = a.Databases[:i+1]
		return some.sharePolicy(at).Size() > iam.CatalogPolicyLimit
	})
	wrong.Add(problem.Index("databases", last)+".sharedWith", "share fewer, or use permissionModel "+string(ModelLakeFormation),
		"with this one the account's resource policy of Glue could have more than its %d bytes", iam.CatalogPolicyLimit)
	return wrong
}

// foreign are the databases of other accounts.
func (a *GlueAthenaCatalogArgs) foreign() []Foreign {
	var foreign []Foreign
	for _, database := range a.Databases {
		if database.CatalogID != "" {
			foreign = append(foreign, Foreign{database.CatalogID, database.Name, database.CatalogKMSKeyARN})
		}
	}
	return foreign
}
