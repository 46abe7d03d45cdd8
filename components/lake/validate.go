package lake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

var (
	connectionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
	externalID     = regexp.MustCompile(`^[A-Za-z0-9+=,.@:/-]{2,1000}$`)
	accountID      = regexp.MustCompile(`^[0-9]{12}$`)
	regionName     = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]$`)
	// folders have no characters that mean something in a policy: `*`, `?` and `$`.
	folders = regexp.MustCompile(`^[A-Za-z0-9_=.@+,-]+(/[A-Za-z0-9_=.@+,-]+)*/?$`)
)

// Problems lists everything that is wrong with the plain arguments.
func (a *S3ConnectionArgs) Problems() problem.List {
	args := a.withDefaults("connection")
	wrong := args.problems(a.model())
	if a.place == nil && a.Zone != "" {
		wrong.Add("zone", "give a bucket, or make the connection with a DataLake", "only a data lake has zones")
	}
	if a.Catalog == nil {
		own := &catalog.GlueAthenaCatalogArgs{Databases: args.catalogDatabases(nil), Workgroups: args.catalogWorkgroups()}
		for i := range own.Databases {
			own.Databases[i].Location = "s3://known-later/"
		}
		wrong = append(wrong, rebased(own.Problems(), args.origins(""))...)
	}
	return wrong
}

// missing lists required inputs that are nil.
func (a *S3ConnectionArgs) missing() problem.List {
	var wrong problem.List
	if a.Credentials != KeyPair && a.TrustedPrincipalARNs == nil {
		wrong.Add("trustedPrincipalArns", "give the ARN of the role of DSS's host", "nobody could take the connection's role")
	}
	if len(a.PodIdentities) > 0 && a.ClusterName == nil {
		wrong.Add("clusterName", "name the EKS cluster of the pods", "podIdentities are of a cluster")
	}
	return wrong
}

// nameProblems lists names of what is made for a connection that would be too long, by the name of its resource.
func (c Connection) nameProblems(path, resource string) problem.List {
	var wrong problem.List
	if c.RoleName == "" {
		wrong.AddError(path, awsname.GeneratedRole().Check(resource))
	}
	if len(c.PodIdentities) > 0 {
		wrong.AddError(path, awsname.GeneratedRole().Check(resource+"-"+c.PodIdentities[0].part()))
	}
	return wrong
}

// nameProblems lists names that would be too long for a connection that has no lake.
func (a *S3ConnectionArgs) nameProblems(name string) problem.List {
	if a.place != nil {
		return nil // the lake has looked
	}
	wrong := a.Connection.nameProblems("name", name)
	if !a.Bucket.Existing {
		if a.Bucket.Name == "" {
			wrong.AddError("name", awsname.GeneratedBucket().Check(name+"-bucket"))
		}
		if a.AccessLogsBucket == nil {
			wrong.AddError("name", awsname.GeneratedBucket().Check(name+"-access-logs"))
		}
	}
	if a.Catalog == nil {
		own := &catalog.GlueAthenaCatalogArgs{Databases: a.catalogDatabases(nil), Workgroups: a.withDefaults(name).catalogWorkgroups()}
		wrong = append(wrong, rebased(catalog.NameProblems(name+"-catalog", own), a.origins(""))...)
	}
	return wrong
}

// NameProblems lists names that would be too long for AWS, by the name of the lake.
func NameProblems(name string, args *DataLakeArgs) problem.List {
	var wrong problem.List
	filled := args.withDefaults(name)
	for i, zone := range args.Zones {
		if zone.Bucket.Name == "" {
			wrong.AddError(problem.Index("zones", i)+".name", awsname.GeneratedBucket().Check(name+"-zone-"+zone.Name))
		}
	}
	for i, c := range args.Connections {
		path := problem.Index("connections", i)
		wrong = append(wrong, c.nameProblems(path+".name", name+"-"+c.Name)...)
		if c.Zone == "" && !c.Bucket.Existing && c.Bucket.Name == "" {
			wrong.AddError(path+".name", awsname.GeneratedBucket().Check(name+"-"+c.Name))
		}
	}
	if *filled.AccessLogs && args.AccessLogsBucket == nil && filled.makesBuckets() {
		wrong.AddError("accessLogs", awsname.GeneratedBucket().Check(name+"-access-logs"))
	}
	return append(wrong, rebased(catalog.NameProblems(name+"-catalog", filled.catalogArgs(nil)), filled.origins())...)
}

func (c Connection) problems(model catalog.PermissionModel) problem.List {
	var wrong problem.List
	if !connectionName.MatchString(c.Name) {
		wrong.Add("name", "use letters, digits, underscores and hyphens, 63 at most", "%q is not a connection's name", c.Name)
	}
	if c.Prefix != "" && !isFolder(c.Prefix) {
		wrong.Add("prefix", "write it as sales/eu/, without a slash in front", "%q is not a folder of a bucket", c.Prefix)
	}
	if c.Zone != "" && c.Bucket != (Bucket{Lifecycle: Lifecycle{}.withDefaults()}) {
		wrong.Add("bucket", "leave it out, or leave out zone", "the zone has a bucket")
	}
	wrong.Under("bucket", c.Bucket.problems())
	wrong = append(wrong, c.credentialProblems(model)...)
	wrong = append(wrong, c.podProblems()...)
	wrong = append(wrong, c.shareProblems()...)
	wrong = append(wrong, c.useProblems()...)
	wrong = append(wrong, c.tableProblems(model)...)
	return append(wrong, c.sizeProblems(model)...)
}

func isFolder(path string) bool {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	return folders.MatchString(path) && !slices.Contains(parts, ".") && !slices.Contains(parts, "..")
}

func (b Bucket) problems() problem.List {
	var wrong problem.List
	if b.Name != "" {
		wrong.AddError("name", awsname.Bucket.Check(b.Name))
	}
	wrong.Under("lifecycle", b.Lifecycle.problems())
	if !b.Existing {
		for path, given := range map[string]bool{
			"accountId": b.AccountID != "", "ownerAllows": b.OwnerAllows, "region": b.Region != "", "kmsKeyArn": b.KMSKeyARN != "",
		} {
			if given {
				wrong.Add(path, "leave it out, or set existing", "a bucket that is made is in this account and region, with the lake's key")
			}
		}
		slices.SortFunc(wrong, func(a, b problem.Problem) int { return strings.Compare(a.Path, b.Path) })
		return wrong
	}
	if b.Name == "" {
		wrong.Add("name", "give the name of the bucket that is there", "it is missing")
	}
	if b.Lifecycle != (Lifecycle{}).withDefaults() {
		wrong.Add("lifecycle", "leave it out, or let existing be false", "nothing is changed about a bucket that is there")
	}
	if b.AccountID != "" && !accountID.MatchString(b.AccountID) {
		wrong.Add("accountId", "give its twelve digits", "%q is not an account", b.AccountID)
	}
	if b.AccountID != "" && !b.OwnerAllows {
		wrong.Add("ownerAllows", "set it once the owner sees to the policies (outputs ownerBucketPolicy and ownerKeyPolicy)",
			"the bucket is another account's (%s), and nobody said that its policy lets the connection in", b.AccountID)
	}
	if b.AccountID == "" && b.OwnerAllows {
		wrong.Add("ownerAllows", "give accountId, or leave it out", "a bucket of this account needs no consent of another")
	}
	if b.Region != "" && !regionName.MatchString(b.Region) {
		wrong.Add("region", "give a region such as eu-west-1", "%q is not one", b.Region)
	}
	if b.KMSKeyARN != "" && !awsname.IsKeyARN(b.KMSKeyARN) {
		wrong.Add("kmsKeyArn", "give the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID", "%q is not one", b.KMSKeyARN)
	}
	return wrong
}

func (c Connection) credentialProblems(model catalog.PermissionModel) problem.List {
	var wrong problem.List
	switch c.Credentials {
	case AssumedRole:
		if c.Rotation.KeepPrevious || c.Rotation.Generation != DefaultGeneration {
			wrong.Add("rotation", "leave it out, or let credentials be "+string(KeyPair), "a role has no key pair")
		}
	case KeyPair:
		wrong = append(wrong, c.keyPairProblems(model)...)
	default:
		wrong.Add("credentials", fmt.Sprintf("use %s or %s", AssumedRole, KeyPair), "%q is not a kind of credentials", c.Credentials)
	}
	if !externalID.MatchString(c.ExternalID) {
		wrong.Add("externalId", "use 2 to 1000 letters, digits and +=,.@:/-", "%q is not one", c.ExternalID)
	}
	if c.RoleName != "" {
		wrong.AddError("roleName", awsname.IAMRole.Check(c.RoleName))
	}
	return wrong
}

func (c Connection) keyPairProblems(model catalog.PermissionModel) problem.List {
	var wrong problem.List
	if model != catalog.ModelIAM {
		wrong.Add("credentials", "use "+string(AssumedRole), "Lake Formation's permissions are given to roles here, not to users with key pairs")
	}
	if c.Rotation.Generation < 1 {
		wrong.Add("rotation.generation", "count from 1", "generation %d", c.Rotation.Generation)
	}
	if c.Rotation.KeepPrevious && c.Rotation.Generation == 1 {
		wrong.Add("rotation.keepPrevious", "count generation up, or leave it out", "there is no pair before the first")
	}
	return wrong
}

func (c Connection) useProblems() problem.List {
	var wrong problem.List
	switch {
	case c.UsableByEveryone && len(c.AllowedGroups) > 0:
		wrong.Add("usableByEveryone", "leave out one of the two", "everybody, and some groups (allowedGroups)")
	case !c.UsableByEveryone && len(c.AllowedGroups) == 0:
		wrong.Add("allowedGroups", "name the groups of DSS that may use it, or set usableByEveryone", "nobody may use the connection")
	}
	return wrong
}

func (c Connection) tableProblems(model catalog.PermissionModel) problem.List {
	var wrong problem.List
	for i, d := range c.Databases {
		path := problem.Index("databases", i)
		if d.Path != "" && !isFolder(d.Path) {
			wrong.Add(path+".path", "write it as tables/, without a slash in front", "%q is not a folder", d.Path)
		}
		if d.Path != "" && d.CatalogID != "" {
			wrong.Add(path+".path", "leave it out, or leave out catalogId", "where a database of another account is, is up to that account")
		}
		if d.Crawler != nil && d.Crawler.KMSKeyARN == "" && c.Bucket.Existing && c.Bucket.KMSKeyARN != "" {
			wrong.Add(path+".crawler.kmsKeyArn", "give the bucket's key", "the crawler would have no key for the bucket's files")
		}
	}
	if c.Athena != nil && len(c.Databases) == 0 {
		wrong.Add("athena", "add a database, or leave athena out", "there is nothing that it could query")
	}
	if !c.direct(model) && (model == catalog.ModelIAM || c.Athena == nil) {
		wrong.Add("directFiles", "leave it out, or give athena, with a permissionModel of Lake Formation", "nothing would read the files")
	}
	return wrong
}

// sizeProblems finds policies that IAM has no room for. Names of AWS's and of buckets are taken as long as they can be.
func (c Connection) sizeProblems(model catalog.PermissionModel) problem.List {
	var wrong problem.List
	const path, advice = "databases", "make more connections, with fewer databases each"
	largest := c.largestPolicy(model)
	if c.Credentials != KeyPair {
		if size := largest.Size(); size > iam.RoleInlineLimit {
			wrong.Add(path, advice, "its policy could have %d characters, and IAM takes %d", size, iam.RoleInlineLimit)
		}
		return wrong
	}
	parts, err := iam.Split(largest, iam.ManagedPolicyLimit)
	switch {
	case err != nil:
		wrong.Add(path, advice, "its policy has no room in IAM: %v", err)
	case len(parts) > iam.ManagedPoliciesLimit:
		wrong.Add(path, advice, "its user could need %d policies of %d characters, and IAM takes %d",
			len(parts), iam.ManagedPolicyLimit, iam.ManagedPoliciesLimit)
	}
	return wrong
}

// longest is where names of AWS's are as long as they can be.
func longest() location.Location {
	return location.Location{Partition: "aws-us-gov", Region: "ap-southeast-1", AccountID: "123456789012", DNSSuffix: "amazonaws.com.cn"}
}

func (c Connection) largestPolicy(model catalog.PermissionModel) iam.Document {
	at := longest()
	key := at.ARN("kms", "key/mrk-"+strings.Repeat("0", 32))
	return Reach{
		Location: at, Bucket: strings.Repeat("b", 63), Prefix: folder(c.Prefix), Region: at.Region, Direct: c.direct(model), Write: !c.ReadOnly,
		KMSKeyARN: key, Catalog: catalog.Grant{
			Location: at, Databases: c.databaseNames(), Foreign: c.foreign(), DataCatalogs: c.longestDataCatalogs(),
			Write: !c.ReadOnly, Workgroups: c.workgroupNames(), EncryptedCatalog: true,
			LakeFormation: model != catalog.ModelIAM, KMSKeyARN: key, CatalogKMSKeyARN: key, ResultsBucket: strings.Repeat("b", 63),
		},
	}.Policy()
}

// longestDataCatalogs are Athena's names of the accounts with databases of the connection, as long as the name of a catalog lets them be:
// the bucket of its results has it, too.
func (c Connection) longestDataCatalogs() []string {
	var names []string
	for _, one := range c.foreign() {
		names = append(names, strings.Repeat("c", 47)+"_"+one.CatalogID)
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// origins are where a catalog's databases and workgroups come from, by their paths there.
func (c Connection) origins(path string) map[string][]string {
	from := map[string][]string{}
	for i := range c.Databases {
		from["databases"] = append(from["databases"], problem.Join(path, problem.Index("databases", i)))
	}
	if c.Athena != nil {
		from["workgroups"] = []string{problem.Join(path, "athena")}
	}
	return from
}

var indexed = regexp.MustCompile(`^(databases|workgroups)\[([0-9]+)\](.*)$`)

// rebased are problems of a catalog with paths of where its parts come from.
func rebased(wrong problem.List, origins map[string][]string) problem.List {
	var moved problem.List
	for _, p := range wrong {
		if found := indexed.FindStringSubmatch(p.Path); found != nil {
			at, _ := strconv.Atoi(found[2])
			if from := origins[found[1]]; at < len(from) {
				p.Path = origin(from[at], found[1], found[3])
			}
		}
		// A connection looks at whom it is shared with, for all its databases.
		if !repeated.MatchString(p.Path) {
			moved = append(moved, p)
		}
	}
	return moved
}

var repeated = regexp.MustCompile(`databases\[[0-9]+\]\.sharedWith\[`)

// origin is the path of what a catalog's part was made of.
func origin(from, kind, rest string) string {
	switch {
	case kind == "workgroups" && rest == ".name":
		rest = ".workgroup"
	case kind == "databases" && rest == ".sharedWith":
		connection, _, _ := strings.Cut("."+from, ".databases[")
		return problem.Join(strings.TrimPrefix(connection, "."), "sharedWith")
	}
	return from + rest
}
