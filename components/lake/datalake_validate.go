package lake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Problems lists everything that is wrong with the plain arguments.
func (a *DataLakeArgs) Problems() problem.List {
	var wrong problem.List
	if a.ZonePreset != "" && Zones(a.ZonePreset) == nil {
		wrong.Add("zonePreset", fmt.Sprintf("use %s or %s", RawCleanTransform, BronzeSilverGold), "there is no preset %q", a.ZonePreset)
	}
	for i, zone := range a.Zones {
		path := problem.Index("zones", i)
		zone.Bucket.Lifecycle = zone.Bucket.Lifecycle.withDefaults()
		wrong.Under(path, zone.problems())
		if slices.ContainsFunc(a.Zones[:i], func(z Zone) bool { return z.Name == zone.Name }) {
			wrong.Add(path+".name", "name each once", "%q is there twice", zone.Name)
		}
	}
	args := a.withDefaults("lake")
	conflicts := args.conflicts()
	for i, c := range args.Connections {
		path := problem.Index("connections", i)
		wrong.Under(path, c.problems(args.PermissionModel))
		if _, known := args.zone(c.Zone); c.Zone != "" && !known {
			wrong.Add(path+".zone", "name one of the zones", "there is no zone %q", c.Zone)
		}
		wrong.Under(path, conflicts[i])
	}
	wrong = append(wrong, args.bucketConflicts()...)
	wrong = append(wrong, args.bucketRoom()...)
	if args.SecretPrefix != "" {
		wrong.AddError("secretPrefix", awsname.Secret.Check(args.SecretPrefix))
		if !strings.HasSuffix(args.SecretPrefix, "/") {
			wrong.Add("secretPrefix", "end it with a slash", "%q is half a name", args.SecretPrefix)
		}
	}
	return append(wrong, args.catalogProblems()...)
}

// missing lists required inputs that are nil.
func (a *DataLakeArgs) missing() problem.List {
	var wrong problem.List
	needed := slices.ContainsFunc(a.Connections, func(c Connection) bool { return c.Credentials != KeyPair })
	if needed && a.TrustedPrincipalARNs == nil {
		wrong.Add("trustedPrincipalArns", "give the ARN of the role of DSS's host", "nobody could take the connections' roles")
	}
	if a.ClusterName == nil && slices.ContainsFunc(a.Connections, func(c Connection) bool { return len(c.PodIdentities) > 0 }) {
		wrong.Add("clusterName", "name the EKS cluster of the pods", "podIdentities are of a cluster")
	}
	return wrong
}

// conflicts are between connections, by the position of the later one.
func (a *DataLakeArgs) conflicts() []problem.List {
	wrong := make([]problem.List, len(a.Connections))
	named, pods, roles, ids := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	folders := map[string][]placed{}
	for i, c := range a.Connections {
		own := bucketName(c.Name)
		if own == "access-logs" || own == "catalog" || strings.HasPrefix(own, "zone-") {
			wrong[i].Add("name", "use another name: access-logs, catalog and those that begin with zone- are the lake's own", "%q is taken", c.Name)
		}
		// Names of resources are made of connections' names, in lower case and with hyphens.
		if j, taken := named[own]; taken && a.Connections[j].Name == c.Name {
			wrong[i].Add("name", "name each once", "%q is there twice (connections[%d])", c.Name, j)
		} else if taken {
			wrong[i].Add("name", "let names differ in more than case, hyphens and underscores", "%q is too much like %q (connections[%d])",
				c.Name, a.Connections[j].Name, j)
		} else {
			named[own] = i
		}
		if j, taken := roles[c.RoleName]; taken && c.RoleName != "" {
			wrong[i].Add("roleName", "leave it out, or give each its own", "%q is that of connections[%d], and IAM has it once", c.RoleName, j)
		}
		if j, taken := ids[c.ExternalID]; taken && named[own] == i && c.Credentials == AssumedRole {
			wrong[i].Add("externalId", "leave it out, or give each its own",
				"%q is that of connections[%d], which could take this one's role", c.ExternalID, j)
		}
		roles[c.RoleName], ids[c.ExternalID] = i, i
		mine := placed{i, folder(c.Prefix)}
		for k, pod := range c.PodIdentities {
			if j, taken := pods[pod.String()]; taken && j != i {
				wrong[i].Add(problem.Index("podIdentities", k), "use a service account for each, or one connection for the data of both",
					"%s has the role of connections[%d] already, and EKS has one role for a service account", pod, j)
			}
			pods[pod.String()] = i
		}
		for _, bucket := range a.bucketsOf(c) {
			for _, other := range folders[bucket] {
				if mine.overlaps(other) {
					wrong[i].Add("prefix", "give each connection a folder of its own",
						"%s and %s of connections[%d] overlap: one would reach the other's data", shown(mine.folder), shown(other.folder), other.connection)
				}
			}
			folders[bucket] = append(folders[bucket], mine)
		}
	}
	return wrong
}

// placed is a connection in a folder of a bucket.
type placed struct {
	connection int
	folder     string
}

// overlaps says whether one folder is in the other.
func (p placed) overlaps(other placed) bool {
	return strings.HasPrefix(p.folder, other.folder) || strings.HasPrefix(other.folder, p.folder)
}

// bucketsOf is what tells the bucket of a connection from others, as far as that is known: its name, or else its zone.
func (a *DataLakeArgs) bucketsOf(c Connection) []string {
	if name := a.bucketOf(c).Name; name != "" {
		return []string{"bucket " + name}
	}
	if c.Zone != "" {
		return []string{"zone " + c.Zone}
	}
	return nil
}

// shown is a prefix in a message.
func shown(prefix string) string {
	if folder(prefix) == "" {
		return "the whole bucket"
	}
	return folder(prefix)
}

// bucketConflicts finds buckets that would be made twice.
func (a *DataLakeArgs) bucketConflicts() problem.List {
	var wrong problem.List
	var made []string
	check := func(path string, bucket Bucket) {
		if bucket.Existing || bucket.Name == "" {
			return
		}
		if slices.Contains(made, bucket.Name) {
			wrong.Add(path, "make it once, and say existing for the others", "bucket %s would be made twice", bucket.Name)
		}
		made = append(made, bucket.Name)
	}
	for i, zone := range a.Zones {
		check(problem.Index("zones", i)+".bucket.name", zone.Bucket)
	}
	for i, c := range a.Connections {
		if c.Zone == "" {
			check(problem.Index("connections", i)+".bucket.name", c.Bucket)
		}
	}
	return wrong
}

// catalogProblems are about databases, workgroups and who decides on access.
func (a *DataLakeArgs) catalogProblems() problem.List {
	var wrong problem.List
	for i, c := range a.Connections {
		path := problem.Index("connections", i)
		if a.PermissionModel != catalog.ModelIAM && len(c.databaseNames()) > 0 && a.bucketOf(c).Name == "" {
			wrong.Add(path+".bucket.name", "give its bucket, or its zone's, a name", "Lake Formation guards only buckets whose name is known before")
		}
	}
	args := a.catalogArgs(nil)
	// Keys are inputs, and made where they are left out.
	return append(wrong, rebased(args.Problems(), a.origins())...)
}

// inside says whether a place is in one of others.
func inside(place string, others []string) bool {
	return slices.ContainsFunc(others, func(other string) bool {
		return strings.HasPrefix(place, strings.TrimRight(other, "/")+"/")
	})
}
