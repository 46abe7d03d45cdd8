package registry

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Problems lists everything that is wrong with the arguments.
func (a *ECRRegistryArgs) Problems() problem.List {
	args := a.withDefaults()
	var wrong problem.List
	wrong.AddError("prefix", awsname.ECRPrefix.Check(args.Prefix))
	wrong = append(wrong, args.repositoryProblems()...)
	if args.KeepTagged < 1 {
		wrong.Add("keepTagged", "keep 1 or more", "%d images", args.KeepTagged)
	}
	if args.UntaggedDays < 1 {
		wrong.Add("untaggedDays", "keep them for 1 day or more", "%d days", args.UntaggedDays)
	}
	if !slices.Contains([]Scanning{ScanningUnmanaged, ScanningBasic, ScanningEnhanced}, args.RegistryScanning) {
		wrong.Add("registryScanning", fmt.Sprintf("use %s, %s or %s", ScanningUnmanaged, ScanningBasic, ScanningEnhanced),
			"%q is not a setting", args.RegistryScanning)
	}
	for i, account := range args.PullAccounts {
		path := problem.Index("pullAccounts", i)
		if !accountID.MatchString(account) {
			wrong.Add(path, "give the twelve digits of an AWS account", "%q is not the id of an account", account)
		}
		if slices.Contains(args.PullAccounts[:i], account) {
			wrong.Add(path, "name each once", "%q is there twice", account)
		}
	}
	return wrong
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

func (a *ECRRegistryArgs) repositoryProblems() problem.List {
	var wrong problem.List
	base := BaseImages(a.InstallID)
	if a.InstallID != "" {
		if err := awsname.ECRRepository.Check(a.Prefix + "/" + base[len(base)-1]); err != nil {
			wrong.Add("installId", "give what stands in install.ini as installid", "the base images cannot be named after it: %v", err)
		}
	}
	for i, name := range a.Repositories {
		path := problem.Index("repositories", i)
		wrong.AddError(path, awsname.ECRRepository.Check(a.Prefix+"/"+name))
		switch {
		case slices.Contains(base, name):
			wrong.Add(path, "leave it out", "%q is made anyway: it is a base image's", name)
		case slices.Contains(a.Repositories[:i], name):
			wrong.Add(path, "name each once", "%q is there twice", name)
		}
	}
	if *a.CreateRepositories {
		return wrong
	}
	const fix = "leave it out, or let createRepositories be true"
	if a.InstallID != "" {
		wrong.Add("installId", fix, "no repositories are made")
	}
	if len(a.Repositories) > 0 {
		wrong.Add("repositories", fix, "no repositories are made")
	}
	if len(a.PullAccounts) > 0 {
		wrong.Add("pullAccounts", fix, "policies of repositories of somebody else's are not touched")
	}
	if a.KMSKeyARN != nil {
		wrong.Add("kmsKeyArn", fix, "no repositories are made that could be encrypted with it")
	}
	if *a.RepairHookRepositories {
		wrong.Add("repairHookRepositories", fix, "settings of repositories of somebody else's are not touched")
	}
	return wrong
}
