package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// MinBytesScannedCutoff is the smallest cutoff that Athena takes, in bytes: 10 MB.
//
// Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html
const MinBytesScannedCutoff int64 = 10_000_000

// Limits of descriptions, in characters.
const (
	maxDatabaseDescription  = 2048
	maxWorkgroupDescription = 1024
)

var (
	s3Location    = regexp.MustCompile(`^s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/.*)?$`)
	schedule      = regexp.MustCompile(`^cron\(\S+( \S+){5}\)$`)
	regionName    = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]$`)
	engineVersion = regexp.MustCompile(`^Athena engine version [1-9][0-9]*$`)
	principalARN  = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$`)
)

// Problems lists everything that is wrong with the arguments.
func (a *GlueAthenaCatalogArgs) Problems() problem.List {
	args := a.withDefaults()
	var wrong problem.List
	databases, workgroups := map[string]bool{}, map[string]bool{}
	for i, database := range args.Databases {
		path := problem.Index("databases", i)
		wrong.Under(path, database.problems())
		if databases[database.CatalogID+database.Name] {
			wrong.Add(path+".name", "name each once", "%q is there twice", database.Name)
		}
		databases[database.CatalogID+database.Name] = true
	}
	for i, workgroup := range args.Workgroups {
		path := problem.Index("workgroups", i)
		wrong.Under(path, workgroup.problems())
		if workgroups[workgroup.Name] {
			wrong.Add(path+".name", "name each once", "%q is there twice", workgroup.Name)
		}
		workgroups[workgroup.Name] = true
	}
	if args.CatalogKMSKeyARN != nil && *args.EncryptCatalog {
		wrong.Add("encryptCatalog", "leave it out, or leave out catalogKmsKeyArn", "the catalog is encrypted already, with catalogKmsKeyArn")
	}
	if args.Capacity != nil {
		wrong.Under("capacity", args.Capacity.problems(args.workgroupNames()))
	}
	wrong = append(wrong, args.resultsProblems()...)
	wrong = append(wrong, args.shareProblems()...)
	return append(wrong, args.modelProblems()...)
}

// NameProblems lists names of what a catalog makes that would be too long for AWS, by the name of the catalog.
func NameProblems(name string, args *GlueAthenaCatalogArgs) problem.List {
	var wrong problem.List
	filled := args.withDefaults()
	if len(filled.Workgroups) > 0 && filled.ResultsBucket == nil {
		wrong.AddError("name", awsname.GeneratedBucket().Check(name+"-results"))
	}
	if filled.LakeFormation != nil && filled.LakeFormation.RoleARN == nil {
		wrong.AddError("name", awsname.GeneratedRole().Check(name+"-"+registration))
	}
	for i, database := range filled.Databases {
		if database.Crawler != nil {
			wrong.AddError(problem.Index("databases", i)+".name", awsname.GeneratedRole().Check(name+"-crawler-"+database.Name))
		}
	}
	return wrong
}

func (a *GlueAthenaCatalogArgs) resultsProblems() problem.List {
	var wrong problem.List
	if a.ResultsRetentionDays < 1 {
		wrong.Add("resultsRetentionDays", "keep them for 1 day or more", "%d days", a.ResultsRetentionDays)
	}
	if a.ResultsBucket == nil {
		return wrong
	}
	if a.KMSKeyARN == nil {
		wrong.Add("kmsKeyArn", "give the key that the bucket's objects are encrypted with, or leave resultsBucket out",
			"resultsBucket is given without its key")
	}
	if a.ResultsRetentionDays != DefaultResultsRetentionDays {
		wrong.Add("resultsRetentionDays", "leave it out, or leave out resultsBucket", "a given bucket has its own lifecycle")
	}
	return wrong
}

// modelProblems lists what contradicts the permission model: silence would look like success.
func (a *GlueAthenaCatalogArgs) modelProblems() problem.List {
	var wrong problem.List
	models := []PermissionModel{ModelIAM, ModelLakeFormation, ModelHybrid}
	if !slices.Contains(models, a.PermissionModel) {
		wrong.Add("permissionModel", fmt.Sprintf("use %s, %s or %s", ModelIAM, ModelLakeFormation, ModelHybrid),
			"%q is not a permission model", a.PermissionModel)
		return wrong
	}
	switch {
	case a.PermissionModel == ModelIAM && a.LakeFormation != nil:
		wrong.Add("lakeFormation", fmt.Sprintf("leave it out, or let permissionModel be %s or %s", ModelLakeFormation, ModelHybrid),
			"Lake Formation decides on nothing where permissionModel is %s", ModelIAM)
	case a.PermissionModel != ModelIAM && a.LakeFormation == nil:
		wrong.Add("lakeFormation", "give its locations, or let permissionModel be "+string(ModelIAM),
			"permissionModel %s needs it", a.PermissionModel)
	case a.LakeFormation != nil:
		wrong.Under("lakeFormation", a.LakeFormation.problems(a.PermissionModel))
		wrong = append(wrong, a.unguarded()...)
	}
	return wrong
}

// unguarded lists databases whose files would be outside of what Lake Formation guards, though it is to decide alone.
func (a *GlueAthenaCatalogArgs) unguarded() problem.List {
	var wrong problem.List
	if a.PermissionModel != ModelLakeFormation {
		return wrong
	}
	for i, database := range a.Databases {
		if database.Location != "" && database.CatalogID == "" && a.LakeFormation.guarding(database.Location) == "" {
			wrong.Add(problem.Index("databases", i)+".location", "add it, or what it is in, to lakeFormation.locations",
				"%s is not in a location that Lake Formation guards", database.Location)
		}
	}
	return wrong
}

func (l *LakeFormation) problems(model PermissionModel) problem.List {
	var wrong problem.List
	if l.ExistingSettings && len(l.Admins) > 0 {
		wrong.Add("admins", "leave them out, or let existingSettings be false", "the settings that are there have their own administrators")
	}
	if model == ModelLakeFormation && len(l.Admins) == 0 && !l.ExistingSettings {
		wrong.Add("admins", "name the roles that administer the data lake, the deployer's among them",
			"there is none, and nobody could grant anything")
	}
	for i, admin := range l.Admins {
		if !principalARN.MatchString(admin) {
			wrong.Add(problem.Index("admins", i), "give the ARN of an IAM role or user", "%q is not one", admin)
		}
		if slices.Contains(l.Admins[:i], admin) {
			wrong.Add(problem.Index("admins", i), "name each once", "%q is there twice", admin)
		}
	}
	if l.CrossAccountVersion != "" && len(l.Admins) == 0 {
		wrong.Add("crossAccountVersion", "leave it out, or give admins", "it is set with the administrators, and those are set elsewhere")
	} else if !slices.Contains([]string{"", "3", "4", "5"}, l.CrossAccountVersion) {
		wrong.Add("crossAccountVersion", "use 3, 4 or 5", "%q shares with no role or user of another account", l.CrossAccountVersion)
	}
	if len(l.Locations) == 0 {
		wrong.Add("locations", "name the places in S3 that Lake Formation guards", "there is none")
	}
	for i, location := range l.Locations {
		path := problem.Index("locations", i)
		wrong.Under(path, locationProblems(location))
		for _, other := range l.Locations[:i] {
			if within(location, other) || within(other, location) {
				wrong.Add(path, "leave the inner one out", "%s and %s overlap", location, other)
			}
		}
	}
	return append(wrong, l.registrationProblems()...)
}

// guarding is the registered location that a location is in, or empty.
func (l *LakeFormation) guarding(location string) string {
	for _, registered := range l.Locations {
		if within(location, registered) {
			return registered
		}
	}
	return ""
}

// within says whether a location is another one or below it.
func within(location, outer string) bool {
	slash := func(s string) string { return strings.TrimRight(s, "/") + "/" }
	return strings.HasPrefix(slash(location), slash(outer))
}

func (d Database) problems() problem.List {
	var wrong problem.List
	wrong.AddError("name", awsname.AthenaDatabase.Check(d.Name))
	if n := utf8.RuneCountInString(d.Description); n > maxDatabaseDescription {
		wrong.Add("description", fmt.Sprintf("use %d characters at most", maxDatabaseDescription), "it has %d characters", n)
	}
	if d.Location != "" {
		wrong.Under("location", locationProblems(d.Location))
	}
	if d.Region != "" && !regionName.MatchString(d.Region) {
		wrong.Add("region", "give a region such as eu-west-1", "%q is not one", d.Region)
	}
	if d.Existing && d.Description != "" {
		wrong.Add("description", "leave it out, or let existing be false", "a database that is there is not touched")
	}
	wrong = append(wrong, d.sharingProblems()...)
	if d.Crawler == nil {
		return wrong
	}
	if d.Location == "" && d.LocationInput == nil {
		wrong.Add("location", "give the place that the crawler looks at, or leave the crawler out", "there is none")
	}
	if !schedule.MatchString(d.Crawler.Schedule) {
		wrong.Add("crawler.schedule", "write it as "+DefaultCrawlerSchedule, "%q is not a schedule", d.Crawler.Schedule)
	}
	return wrong
}

func locationProblems(location string) problem.List {
	var wrong problem.List
	if !s3Location.MatchString(location) {
		wrong.Add("", "write it as s3://bucket/prefix/", "%q is not a location in S3", location)
	}
	return wrong
}

func (w Workgroup) problems() problem.List {
	var wrong problem.List
	wrong.AddError("name", awsname.AthenaWorkgroup.Check(w.Name))
	if w.Name == "primary" {
		wrong.Add("name", "choose another", "every account has a workgroup primary already")
	}
	if n := utf8.RuneCountInString(w.Description); n > maxWorkgroupDescription {
		wrong.Add("description", fmt.Sprintf("use %d characters at most", maxWorkgroupDescription), "it has %d characters", n)
	}
	if !engineVersion.MatchString(w.EngineVersion) {
		wrong.Add("engineVersion", "write it as "+EngineVersion, "%q is not one", w.EngineVersion)
	}
	for i, query := range w.SavedQueries {
		wrong.Under(problem.Index("savedQueries", i), query.problems())
	}
	if w.BytesScannedCutoff != NoBytesScannedCutoff && w.BytesScannedCutoff < MinBytesScannedCutoff {
		wrong.Add("bytesScannedCutoff", fmt.Sprintf("use %d (10 MB) or more, or %d for none", MinBytesScannedCutoff, NoBytesScannedCutoff),
			"%d bytes", w.BytesScannedCutoff)
	}
	return wrong
}
