package lake

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// GrantRead lets a role read the connection's files and tables: that of pods which do not go through DSS, for one. The name says to whom.
func (c *S3Connection) GrantRead(ctx *pulumi.Context, name string, to *role.Role) error {
	return c.grant(ctx, name, "read", to, false)
}

// GrantReadWrite lets a role read and change the connection's files and tables. A role gets this or GrantRead. The name says to whom.
func (c *S3Connection) GrantReadWrite(ctx *pulumi.Context, name string, to *role.Role) error {
	return c.grant(ctx, name, "read-write", to, true)
}

func (c *S3Connection) grant(ctx *pulumi.Context, name, kind string, to *role.Role, write bool) error {
	if write && c.args.ReadOnly {
		return fmt.Errorf("granting %s to %s: connection %s is read-only (readOnly)", kind, name, c.name)
	}
	policy := c.reach(write).ApplyT(func(v any) string {
		reach := v.(Reach)
		// Queries are DSS's: their results are in the connection's workgroup.
		reach.Catalog.Workgroups = nil
		return reach.Policy().JSON()
	}).(pulumi.StringOutput)
	if err := to.Grant(ctx, c.child(name+"-"+kind), policy, c.parent()); err != nil {
		return err
	}
	return c.catalog.Permit(ctx, c.child(name), to, c.args.databaseNames(), write)
}

// reach is what credentials reach, once everything has its name. Its value is a [Reach].
func (c *S3Connection) reach(write bool) pulumi.Output {
	granted := c.catalog.Resolved(catalog.Grant{
		Databases: c.args.databaseNames(), Foreign: c.args.foreign(), Workgroups: c.args.workgroupNames(), Write: write,
	})
	key := c.place.key
	if key == nil {
		key = pulumi.String("")
	}
	return pulumi.All(c.place.bucket, key, granted).ApplyT(func(v []any) Reach {
		return Reach{
			Location: c.location, Bucket: v[0].(string), Prefix: folder(c.args.Prefix), Region: c.place.region, Write: write,
			Direct: c.args.direct(c.model()), KMSKeyARN: v[1].(string), Catalog: v[2].(catalog.Grant),
		}
	})
}

// model is who decides on access to databases.
func (c *S3Connection) model() catalog.PermissionModel { return c.catalog.Model() }
