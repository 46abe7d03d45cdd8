package stacks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Problems lists everything that is wrong with the settings, with paths from the keys of Pulumi.yaml on. Names are made of
// the project's and the stack's, too.
func (c *Config) Problems(project, stack string) problem.List {
	wrong := c.AWS.problems()
	wrong = append(wrong, c.externalIDProblems()...)
	wrong = append(wrong, c.misplacedConsent()...)
	wrong = append(wrong, c.valueProblems()...)
	wrong = append(wrong, c.placementProblems()...)
	wrong.Under("encryption", c.encryptionArgs().Problems())
	wrong.Under("network", c.networkArgs().Problems())
	wrong.Under("secrets", c.secretsArgs().Problems())
	wrong = append(wrong, c.secretConflicts()...)
	wrong = append(wrong, c.dssProblems()...)
	wrong.Under("registry", c.registryArgs().Problems())
	wrong.Under("catalog", c.catalogArgs().Problems())
	wrong = append(wrong, named("catalog", catalog.NameProblems(c.Name, c.catalogArgs()))...)
	wrong = append(wrong, c.lakeProblems()...)
	wrong.Under("compute", c.computeArgs().Problems())
	wrong.Under("dssAccess", c.DSSAccess.Problems())
	wrong = append(wrong, c.doomedCatalog()...)
	return c.oneAboutName(wrong, c.nameProblems(project, stack))
}

// The platform's name has the room that the component with the longest suffixes leaves it.
const (
	// LongestName is how many characters the platform's name may have: names of roles and of node groups begin with it.
	LongestName = 32
	// LongestBalancedName is how many it may have with a load balancer, whose own name has 32 and begins with it.
	LongestBalancedName = 21
)

var platformName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// misnamed says whether the platform's name breaks the rule that covers those of all components, and what the rule is.
func (c *Config) misnamed() (fix string, broken bool) {
	longest, because := LongestName, "names of roles and node groups begin with it, and AWS allows them 64 and 63 in all"
	if c.DSS.LoadBalancer != nil {
		longest, because = LongestBalancedName, "the load balancer's name begins with it, and AWS allows that 32 in all"
	}
	fix = fmt.Sprintf("use up to %d lower-case letters, digits and hyphens, a letter first: %s", longest, because)
	return fix, len(c.Name) > longest || !platformName.MatchString(c.Name)
}

// nameProblems are about the names that are made of the platform's.
func (c *Config) nameProblems(project, stack string) problem.List {
	return append(compute.NameProblems(c.Name, c.computeArgs()), dss.NameProblems(project, stack, c.Name, c.dssArgs())...)
}

// oneAboutName appends problems about the platform's name. Where it breaks the platform's own rule that is said instead: the components
// would each say another length, of which only the shortest is right.
func (c *Config) oneAboutName(wrong, about problem.List) problem.List {
	wrong = append(wrong, about...)
	fix, broken := c.misnamed()
	if !broken {
		return wrong
	}
	wrong = slices.DeleteFunc(wrong, func(p problem.Problem) bool { return p.Path == "name" })
	wrong.Add("name", fix, "%q has %d characters", c.Name, len(c.Name))
	return wrong
}

// secretConflicts finds what is given twice, or would not be used.
func (c *Config) secretConflicts() problem.List {
	var wrong problem.List
	if c.Secrets.License != nil && c.DSS.LicenseSecretARN != nil {
		wrong.Add("secrets.license", "leave it out, or leave out dss.licenseSecretArn", "the licence is in a secret already")
	}
	if c.Secrets.License != nil && !c.installs() {
		wrong.Add("secrets.license", "leave it out, or leave out dss.install", "DSS is not installed (install is false)")
	}
	if c.Secrets.KMSKeyARN != nil && c.DSS.KMSKeyARN != c.Secrets.KMSKeyARN {
		wrong.Add("secrets.kmsKeyArn", "give dss.kmsKeyArn the same key, or leave it out",
			"the host reads and fills secrets with its own key only")
	}
	return wrong
}

// named are problems of a part's names. The part itself is called after the platform.
func named(part string, wrong problem.List) problem.List {
	var placed problem.List
	for _, p := range wrong {
		if p.Path != "name" {
			p.Path = problem.Join(part, p.Path)
		}
		placed = append(placed, p)
	}
	return placed
}

// lakeProblems are about zones and connections, where there are any.
func (c *Config) lakeProblems() problem.List {
	var wrong problem.List
	if c.Lake.Empty() {
		return wrong
	}
	args := c.lakeArgs()
	wrong.Under("lake", args.Problems())
	wrong = append(wrong, named("lake", lake.NameProblems(c.Name, args))...)
	if c.Compute.Addons[compute.PodIdentityAgent].Disabled {
		for i, connection := range c.Lake.Connections {
			if len(connection.PodIdentities) > 0 {
				wrong.Add(problem.Index("lake.connections", i)+".podIdentities",
					"leave them out, or let compute.addons."+compute.PodIdentityAgent+" be", "the add-on that gives pods their roles is disabled")
			}
		}
	}
	wrong = append(wrong, c.sharedNames()...)
	return append(wrong, c.twoSettings()...)
}

// sharedNames finds databases and workgroups that catalog and lake would both make.
func (c *Config) sharedNames() problem.List {
	var wrong problem.List
	databases, workgroups := map[string]bool{}, map[string]bool{}
	for _, d := range c.catalogArgs().Databases {
		databases[d.Name] = d.CatalogID == ""
	}
	for _, w := range c.catalogArgs().Workgroups {
		workgroups[w.Name] = true
	}
	for i, connection := range c.Lake.Connections {
		path := problem.Index("lake.connections", i)
		for k, d := range connection.Databases {
			if databases[d.Name] && !d.Existing {
				wrong.Add(problem.Join(path, problem.Index("databases", k))+".name", "use another name, or set existing",
					"the platform's catalog makes database %q (catalog.databases)", d.Name)
			}
		}
		if connection.Athena != nil && workgroups[connection.Athena.Workgroup] {
			wrong.Add(path+".athena.workgroup", "leave it out, or use another name",
				"the platform's catalog makes workgroup %q (catalog.workgroups)", connection.Athena.Workgroup)
		}
	}
	return wrong
}

// twoSettings finds what is set for the whole account by two components, each of which would undo the other's.
func (c *Config) twoSettings() problem.List {
	var wrong problem.List
	if c.Catalog.LakeFormation != nil && len(c.Catalog.LakeFormation.Admins) > 0 &&
		c.Lake.LakeFormation != nil && len(c.Lake.LakeFormation.Admins) > 0 {
		wrong.Add("lake.lakeFormation.admins", "set existingSettings instead", "catalog.lakeFormation.admins are the whole account's already")
	}
	if c.Catalog.SharesByPolicy() && !c.Catalog.ExistingResourcePolicy && c.lakeArgs().SharesByPolicy() && !c.Lake.ExistingResourcePolicy {
		wrong.Add("lake.existingResourcePolicy", "set it here or for the catalog, and add that one's statements where the policy is kept",
			"databases of catalog and lake are shared, and the account has one resource policy of Glue")
	}
	if c.Lake.EncryptCatalog != nil && *c.Lake.EncryptCatalog {
		wrong.Add("lake.encryptCatalog", "leave it out, and use catalog.encryptCatalog",
			"the encryption is the whole account's, and the catalog sets it")
	}
	return wrong
}

// dssProblems are about the host and DSS. Those of connections that the lake adds are shown where they were written.
func (c *Config) dssProblems() problem.List {
	var wrong problem.List
	wrong.Under("dss", c.dssArgs().Problems())
	own := len(c.DSS.Settings.S3Connections)
	for i, p := range wrong {
		for k := range c.Lake.Connections {
			added := problem.Index("dss.settings.s3Connections", own+k)
			if rest, found := strings.CutPrefix(p.Path, added); found {
				wrong[i].Path = problem.Index("lake.connections", k) + rest
			}
		}
	}
	return wrong
}

// misplacedConsent finds the stack's consent to deleting data where it has no effect.
func (c *Config) misplacedConsent() problem.List {
	var wrong problem.List
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"encryption", c.Encryption.AllowDataDeletion},
		{"secrets", c.Secrets.AllowDataDeletion},
		{"dss", c.DSS.AllowDataDeletion},
		{"registry", c.Registry.AllowDataDeletion},
		{"catalog", c.Catalog.AllowDataDeletion},
		{"lake", c.Lake.AllowDataDeletion},
		{"compute", c.Compute.AllowDataDeletion},
	} {
		if part.given {
			wrong.Add(part.name+".allowDataDeletion", "set allowDataDeletion of the stack", "the consent is the stack's, not a component's")
		}
	}
	return wrong
}

// doomedCatalog finds a key that would be deleted while the account's catalog stays encrypted with it: that is the whole
// account's catalog, and it would be lost.
func (c *Config) doomedCatalog() problem.List {
	var wrong problem.List
	encrypts := c.Catalog.EncryptCatalog == nil || *c.Catalog.EncryptCatalog
	made := c.KMSKeyARN == "" && c.Catalog.KMSKeyARN == nil
	if c.AllowDataDeletion && c.Encryption.DeleteData && encrypts && made {
		wrong.Add("encryption.deleteData", "give the catalog a key that stays (catalog.kmsKeyArn), or set catalog.encryptCatalog to false",
			"the whole account's Glue Data Catalog is encrypted with the key, and stays when the stack goes")
	}
	return wrong
}
