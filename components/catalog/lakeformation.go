package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lakeformation"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// everyone is Lake Formation's name for all principals that IAM lets in.
const everyone = "IAM_ALLOWED_PRINCIPALS"

// access is what a grant gives, each more than the one before.
type access int

const (
	noAccess access = iota
	readAccess
	writeAccess
)

func (a access) given() bool { return a != noAccess }

// grantKey is who gets something on what: a database by its name, or a location.
type grantKey struct {
	to *role.Role
	on string
}

// permissions are Lake Formation's permissions of an access.
type permissions struct{ database, tables, data []string }

// lakePermissions says what an access is in Lake Formation's terms.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
func lakePermissions(level access) permissions {
	if level == writeAccess {
		return permissions{
			database: []string{"ALTER", "CREATE_TABLE", "DESCRIBE"},
			tables:   []string{"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"},
			data:     []string{"DATA_LOCATION_ACCESS"},
		}
	}
	return permissions{database: []string{"DESCRIBE"}, tables: []string{"DESCRIBE", "SELECT"}}
}

// lakeFormation sets who administers the data lake, and registers what it guards.
func (c *GlueAthenaCatalog) lakeFormation() error {
	c.registrationRole = pulumi.String("").ToStringOutput()
	if !c.args.usesLakeFormation() {
		return nil
	}
	if err := c.lakeSettings(); err != nil {
		return err
	}
	with, after, err := c.makeRegistrationRole()
	if err != nil {
		return err
	}
	c.registrationRole = with
	after = append(after, c.settled...)
	for _, location := range c.args.LakeFormation.Locations {
		args := &lakeformation.ResourceArgs{
			Arn:                 pulumi.String(c.locationARN(location)),
			RoleArn:             with.ToStringPtrOutput(),
			HybridAccessEnabled: pulumi.Bool(c.args.PermissionModel == ModelHybrid),
		}
		// A place is registered once in an account: another registration of it begins where the first has ended. The name has the place,
		// so that one more among the others moves none of them.
		bucket, prefix := parts(location)
		made, err := lakeformation.NewResource(c.ctx, c.child("location-"+strings.TrimSuffix(bucket+"/"+prefix, "/")), args,
			c.parent(), pulumi.DependsOn(after), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return fmt.Errorf("registering %s with Lake Formation: %w", location, err)
		}
		c.registered[location] = made
	}
	return nil
}

// lakeSettings sets the administrators, and what everybody is given on new databases and tables: nothing where Lake
// Formation decides alone, everything that IAM allows where it does not. The settings stay, as the account shares them.
func (c *GlueAthenaCatalog) lakeSettings() error {
	if len(c.args.LakeFormation.Admins) == 0 || c.args.LakeFormation.ExistingSettings {
		return nil
	}
	args := &lakeformation.DataLakeSettingsArgs{Admins: pulumi.ToStringArray(c.args.LakeFormation.Admins)}
	if version := c.args.crossAccountVersion(); version != "" {
		args.Parameters = pulumi.StringMap{"CROSS_ACCOUNT_VERSION": pulumi.String(version)}
	}
	if c.args.PermissionModel == ModelHybrid {
		all := pulumi.StringArray{pulumi.String("ALL")}
		args.CreateDatabaseDefaultPermissions = lakeformation.DataLakeSettingsCreateDatabaseDefaultPermissionArray{
			lakeformation.DataLakeSettingsCreateDatabaseDefaultPermissionArgs{Principal: pulumi.String(everyone), Permissions: all},
		}
		args.CreateTableDefaultPermissions = lakeformation.DataLakeSettingsCreateTableDefaultPermissionArray{
			lakeformation.DataLakeSettingsCreateTableDefaultPermissionArgs{Principal: pulumi.String(everyone), Permissions: all},
		}
	} else {
		args.CreateDatabaseDefaultPermissions = lakeformation.DataLakeSettingsCreateDatabaseDefaultPermissionArray{}
		args.CreateTableDefaultPermissions = lakeformation.DataLakeSettingsCreateTableDefaultPermissionArray{}
	}
	made, err := lakeformation.NewDataLakeSettings(c.ctx, c.child("lake"), args, c.parent(), pulumi.RetainOnDelete(true))
	if err != nil {
		return fmt.Errorf("setting the data lake's administrators: %w", err)
	}
	c.settled = append(c.settled, made)
	return nil
}

// crossAccountVersion is the version of sharing across accounts that is set, or empty.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html
func (a *GlueAthenaCatalogArgs) crossAccountVersion() string {
	if given := a.LakeFormation.CrossAccountVersion; given != "" || a.PermissionModel != ModelLakeFormation || !a.shares() {
		return given
	}
	return DefaultCrossAccountVersion
}

// locationARN is the ARN of a location in S3.
func (c *GlueAthenaCatalog) locationARN(location string) string {
	return c.location.BucketARN(strings.TrimRight(strings.TrimPrefix(location, "s3://"), "/"))
}

// raise notes what roles are to have on databases, and returns those on which that is more than they have. Lake
// Formation knows one entry for a role and a database, so a smaller grant cannot be made greater afterwards.
func (c *GlueAthenaCatalog) raise(to *role.Role, databases []string, level access) ([]string, error) {
	var more []string
	var wrong problem.List
	for _, database := range databases {
		switch has := c.granted[grantKey{to, database}]; {
		case !has.given():
			more = append(more, database)
		case has < level:
			wrong.Add(database, "call GrantWrite before GrantRead and GrantQuery", "the role can read it by an earlier grant")
		}
	}
	if err := wrong.Err("granting in catalog " + c.name); err != nil {
		return nil, err
	}
	for _, database := range more {
		c.granted[grantKey{to, database}] = level
	}
	return more, nil
}

// permit gives a role Lake Formation's permissions on databases. The resources are called after the grantee and not
// after the grant, so that a grant of reading that becomes one of writing changes them instead of making more.
func (c *GlueAthenaCatalog) permit(ctx *pulumi.Context, name string, to *role.Role, databases []string, level access) error {
	if !c.args.usesLakeFormation() {
		return nil
	}
	more, err := c.raise(to, databases, level)
	if err != nil {
		return err
	}
	give := lakePermissions(level)
	for _, database := range more {
		if err := c.permitDatabase(ctx, c.child(name+"-"+database), to, database, give); err != nil {
			return fmt.Errorf("granting on database %s: %w", database, err)
		}
	}
	return nil
}

func (c *GlueAthenaCatalog) permitDatabase(ctx *pulumi.Context, name string, to *role.Role, database string, give permissions) error {
	args := c.entries(database, give)
	// Databases can share a location, which is granted once.
	if where := c.dataLocation(database); where != "" && len(give.data) > 0 && !c.granted[grantKey{to, where}].given() {
		c.granted[grantKey{to, where}] = writeAccess
		args["data"] = &lakeformation.PermissionsArgs{
			Permissions:  pulumi.ToStringArray(give.data),
			DataLocation: lakeformation.PermissionsDataLocationArgs{Arn: pulumi.String(c.locationARN(where))},
		}
	}
	after := c.before(database)
	for _, part := range slices.Sorted(maps.Keys(args)) {
		args[part].Principal = to.Arn
		// The provider replaces permissions that change: revoking the old ones afterwards would take from the new ones.
		made, err := lakeformation.NewPermissions(ctx, name+"-"+part, args[part],
			c.parent(), pulumi.DependsOn(after), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return err
		}
		to.Grants = append(to.Grants, made)
		after = append(after, made)
	}
	return c.optIn(ctx, name, to, database, after)
}

// optIn has Lake Formation decide for a role on a database and its tables, where the location leaves that to each principal: without it,
// permissions have no effect in hybrid access. It comes after the permissions: the role would have none in between.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode.html
func (c *GlueAthenaCatalog) optIn(ctx *pulumi.Context, name string, to *role.Role, database string, after []pulumi.Resource) error {
	if c.args.PermissionModel != ModelHybrid || c.guarded(database) == "" {
		return nil
	}
	parts := map[string]lakeformation.OptInResourceDataArgs{
		"database": {Database: lakeformation.OptInResourceDataDatabaseArgs{Name: pulumi.String(database)}},
		"tables":   {Table: lakeformation.OptInResourceDataTableArgs{DatabaseName: pulumi.String(database), Wildcard: pulumi.Bool(true)}},
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		made, err := lakeformation.NewOptIn(ctx, name+"-optin-"+part, &lakeformation.OptInArgs{
			Principals:    lakeformation.OptInPrincipalArray{lakeformation.OptInPrincipalArgs{DataLakePrincipalIdentifier: to.Arn}},
			ResourceDatas: lakeformation.OptInResourceDataArray{parts[part]},
		}, c.parent(), pulumi.DependsOn(after), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return err
		}
		to.Grants = append(to.Grants, made)
	}
	return nil
}

// entries are permissions on a database and its tables.
func (c *GlueAthenaCatalog) entries(database string, give permissions) map[string]*lakeformation.PermissionsArgs {
	return map[string]*lakeformation.PermissionsArgs{
		"database": {
			Permissions: pulumi.ToStringArray(give.database),
			Database:    lakeformation.PermissionsDatabaseArgs{Name: pulumi.String(database)},
		},
		"tables": {
			Permissions: pulumi.ToStringArray(give.tables),
			Table:       lakeformation.PermissionsTableArgs{DatabaseName: pulumi.String(database), Wildcard: pulumi.Bool(true)},
		},
	}
}

// before are what permissions on a database come after: the account's settings, the database, and the place that it is in. Other
// databases' places are not among them: hundreds of permissions would wait for hundreds of places each.
func (c *GlueAthenaCatalog) before(database string) []pulumi.Resource {
	after := slices.Clone(c.settled)
	if made, ours := c.databases[database]; ours {
		after = append(after, made)
	}
	if place, guarded := c.registered[c.guarded(database)]; guarded {
		after = append(after, place)
	}
	return after
}

// dataLocation is where tables of a database may be put, or empty where nothing is registered. A right on a place in a registered location
// is for that place and what is below it alone.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
func (c *GlueAthenaCatalog) dataLocation(database string) string {
	registered := c.guarded(database)
	for _, d := range c.args.Databases {
		if d.Name == database && d.DataLocation != "" && registered != "" {
			return d.DataLocation
		}
	}
	return registered
}

// guarded is the registered location that a database's location is in, or empty.
func (c *GlueAthenaCatalog) guarded(database string) string {
	for _, d := range c.args.Databases {
		if d.Name == database && d.Location != "" {
			return c.args.LakeFormation.guarding(d.Location)
		}
	}
	return ""
}
