// Package registry makes the container registry that a DSS platform pushes its images to and its clusters pull from.
package registry

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Token is the component's type.
const Token = "dss:index:ECRRegistry"

// Scanning says whether the scanning settings of the whole registry are managed.
type Scanning string

// The settings.
const (
	// ScanningUnmanaged leaves the registry's settings alone. Repositories scan on push by their own setting.
	ScanningUnmanaged Scanning = "unmanaged"
	// ScanningBasic scans images of the prefix when they are pushed, without further cost.
	ScanningBasic Scanning = "basic"
	// ScanningEnhanced scans images of the prefix with Amazon Inspector for as long as they are there, also packages of
	// programming languages. It costs by the image.
	ScanningEnhanced Scanning = "enhanced"
)

// Defaults of [ECRRegistryArgs].
const (
	// DefaultPrefix stands before the names of all repositories of the platform.
	DefaultPrefix = "dss"
	// DefaultKeepTagged is how many tagged images a repository keeps. Each version of DSS and each build of a code
	// environment is one; fewer could take away an image that is in use.
	DefaultKeepTagged = 30
	// DefaultUntaggedDays is for how many days an image stays that has no tag any more, because DSS pushed another one
	// under it: pods that started before are restarted from it for a while.
	DefaultUntaggedDays = 14
	// DefaultRegistryScanning leaves what other systems of the account use alone.
	DefaultRegistryScanning = ScanningUnmanaged
)

// ECRRegistryArgs are the arguments of [NewECRRegistry].
type ECRRegistryArgs struct {
	// Prefix stands before the name of every repository, with a slash between. DSS gets it as part of the image registry
	// URL, and grants end at it. Default: [DefaultPrefix].
	Prefix string `pulumi:"prefix,optional"`
	// InstallID is the id of the DSS installation, which its base images are named after (`installid` in
	// DATADIR/install.ini). With it the repositories of the base images for containers, Spark and code environments are
	// made beforehand. Default: none; DSS then makes them at the first push.
	InstallID string `pulumi:"installId,optional"`
	// Repositories are names of further repositories to make, without the prefix. Default: none.
	Repositories []string `pulumi:"repositories,optional"`
	// CreateRepositories is false where the repositories under the prefix are somebody else's: then only the URL and the
	// grants are left. Default: true.
	CreateRepositories *bool `pulumi:"createRepositories,optional"`
	// KeepTagged is how many tagged images each repository keeps, 1 or more; the newest by time of push. Default:
	// [DefaultKeepTagged].
	KeepTagged int `pulumi:"keepTagged,optional"`
	// UntaggedDays is for how many days an untagged image stays, 1 or more. Default: [DefaultUntaggedDays].
	UntaggedDays int `pulumi:"untaggedDays,optional"`
	// RepairHookRepositories gives repositories that DSS makes by itself the settings of the others: the pre-push hook of
	// DSS makes them plain. Default: true; not where CreateRepositories is false.
	RepairHookRepositories *bool `pulumi:"repairHookRepositories,optional"`
	// RegistryScanning manages the scanning settings of the account's registry in this region. It replaces all rules that
	// are there, also those of other systems. Default: [DefaultRegistryScanning].
	RegistryScanning Scanning `pulumi:"registryScanning,optional"`
	// PullAccounts are ids of other AWS accounts whose principals may pull all images of the prefix, as far as their own
	// policies let them. Default: none.
	PullAccounts []string `pulumi:"pullAccounts,optional"`
	// KMSKeyARN is the key that images are encrypted with. It cannot be changed later without replacing the repositories.
	// Default: a key of the component's own.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// Roles are settings of the roles that repair repositories.
	Roles role.Settings `pulumi:"roles,optional"`
	// DeleteData deletes the repositories with their images on `destroy`, if AllowDataDeletion says so too. Default: false.
	DeleteData bool `pulumi:"deleteData,optional"`
	// AllowDataDeletion is the stack's key to the deletion of data. Default: false.
	AllowDataDeletion bool `pulumi:"allowDataDeletion,optional"`
	// Tags are put on every resource, and on repositories that are repaired.
	Tags map[string]string `pulumi:"tags,optional"`
}

func (a ECRRegistryArgs) withDefaults() *ECRRegistryArgs {
	if a.Prefix == "" {
		a.Prefix = DefaultPrefix
	}
	on := true
	if a.CreateRepositories == nil {
		a.CreateRepositories = &on
	}
	if a.RepairHookRepositories == nil {
		a.RepairHookRepositories = a.CreateRepositories
	}
	if a.KeepTagged == 0 {
		a.KeepTagged = DefaultKeepTagged
	}
	if a.UntaggedDays == 0 {
		a.UntaggedDays = DefaultUntaggedDays
	}
	if a.RegistryScanning == "" {
		a.RegistryScanning = DefaultRegistryScanning
	}
	a.Repositories = slices.Clone(a.Repositories)
	a.PullAccounts = slices.Clone(a.PullAccounts)
	a.Tags = maps.Clone(a.Tags)
	return &a
}

func (a *ECRRegistryArgs) removal() removal.Keys {
	return removal.Keys{DeleteData: a.DeleteData, AllowDataDeletion: a.AllowDataDeletion}
}
