package registry

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// ECRRegistry is a part of the account's private registry in Amazon ECR: the repositories of a platform, under one
// prefix.
//
// It carries out the reference architecture's step "Setup container configuration in DSS" on the side of AWS: DSS
// builds its images, the pre-push hook for ECR makes sure of their repositories, and the nodes pull them.
type ECRRegistry struct {
	pulumi.ResourceState

	// RegistryURL is the host of the account's registry: ACCOUNT.dkr.ecr.REGION.SUFFIX.
	RegistryURL pulumi.StringOutput `pulumi:"registryUrl"`
	// ImageURLPrefix is the host and the prefix: the "Image registry URL" of DSS's containerized execution.
	ImageURLPrefix pulumi.StringOutput `pulumi:"imageUrlPrefix"`
	// RepositoryURLs are the URLs of the repositories that were made, by name without the prefix.
	RepositoryURLs pulumi.StringMapOutput `pulumi:"repositoryUrls"`
	// KMSKeyARN is the key that images are encrypted with; empty where no repositories are made.
	KMSKeyARN pulumi.StringOutput `pulumi:"kmsKeyArn"`
	// Ready are what a push needs.
	Ready []pulumi.Resource

	ctx      *pulumi.Context
	name     string
	args     *ECRRegistryArgs
	location location.Location
}

// NewECRRegistry makes the repositories that are known, and what gives the settings of those to all others.
//
// It fails with a list of everything that is wrong with the arguments, before anything is created.
func NewECRRegistry(ctx *pulumi.Context, name string, args *ECRRegistryArgs, opts ...pulumi.ResourceOption) (*ECRRegistry, error) {
	if args == nil {
		args = &ECRRegistryArgs{}
	}
	if err := args.Problems().Err("ECRRegistry " + name); err != nil {
		return nil, err
	}
	r := &ECRRegistry{ctx: ctx, name: name, args: args.withDefaults()}
	if err := ctx.RegisterComponentResourceV2(Token, name, r.inputs(), r, opts...); err != nil {
		return nil, fmt.Errorf("registering registry %s: %w", name, err)
	}
	if err := r.build(); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"registryUrl":    r.RegistryURL,
		"imageUrlPrefix": r.ImageURLPrefix,
		"repositoryUrls": r.RepositoryURLs,
		"kmsKeyArn":      r.KMSKeyARN,
	})
}

func (r *ECRRegistry) inputs() pulumi.Map {
	return pulumi.Map{
		"prefix":       pulumi.String(r.args.Prefix),
		"repositories": pulumi.ToStringArray(r.args.images()),
		"keepTagged":   pulumi.Int(r.args.KeepTagged),
		"untaggedDays": pulumi.Int(r.args.UntaggedDays),
	}
}

func (r *ECRRegistry) build() error {
	var err error
	if r.location, err = location.Lookup(r.ctx, r); err != nil {
		return err
	}
	host := r.location.AccountID + ".dkr." + r.location.Service("ecr")
	r.RegistryURL = pulumi.String(host).ToStringOutput()
	r.ImageURLPrefix = pulumi.String(host + "/" + r.args.Prefix).ToStringOutput()
	if err := r.repositories(); err != nil {
		return err
	}
	if *r.args.RepairHookRepositories {
		if err := r.repair(); err != nil {
			return err
		}
	}
	return r.scanning()
}

// repositories makes the key, where none was given, and every repository that is known.
func (r *ECRRegistry) repositories() error {
	urls := pulumi.StringMap{}
	r.KMSKeyARN = pulumi.String("").ToStringOutput()
	if *r.args.CreateRepositories {
		if err := r.key(); err != nil {
			return err
		}
	}
	for _, image := range r.args.images() {
		made, err := r.repository(image)
		if err != nil {
			return err
		}
		urls[image] = made.RepositoryUrl
		r.Ready = append(r.Ready, made)
	}
	r.RepositoryURLs = urls.ToStringMapOutput()
	return nil
}

func (r *ECRRegistry) key() error {
	if r.args.KMSKeyARN != nil {
		r.KMSKeyARN = r.args.KMSKeyARN.ToStringOutput()
		return nil
	}
	key, err := kmskey.New(r.ctx, r.child("key"), kmskey.Args{
		Location:    r.location,
		Description: "Images of DSS under " + r.args.Prefix,
		Removal:     r.args.removal(),
		Tags:        r.tags("key"),
	}, r.parent())
	if err != nil {
		return err
	}
	r.KMSKeyARN = key.Arn
	return nil
}

func (r *ECRRegistry) repository(image string) (*ecr.Repository, error) {
	name := r.args.Prefix + "/" + image
	made, err := ecr.NewRepository(r.ctx, r.child(image), &ecr.RepositoryArgs{
		Name: pulumi.String(name),
		// DSS builds an image again under the tag that it has: a code environment that changed, or a base image of the
		// same version of DSS with other packages.
		ImageTagMutability:         pulumi.String("MUTABLE"),
		ImageScanningConfiguration: ecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
		EncryptionConfigurations: ecr.RepositoryEncryptionConfigurationArray{ecr.RepositoryEncryptionConfigurationArgs{
			EncryptionType: pulumi.String("KMS"), KmsKey: r.KMSKeyARN.ToStringPtrOutput(),
		}},
		ForceDelete: pulumi.Bool(r.args.removal().Turned()),
		Tags:        pulumi.ToStringMap(r.args.Tags),
	}, r.parent(), r.args.removal().Option())
	if err != nil {
		return nil, fmt.Errorf("creating repository %s: %w", name, err)
	}
	// Settings stay with a repository that stays, and go with one that goes. The provider replaces a policy that changes:
	// the old one has to go first, since deleting it afterwards would delete the new one.
	setting := []pulumi.ResourceOption{
		r.parent(), r.args.removal().Option(), pulumi.DeletedWith(made), pulumi.DeleteBeforeReplace(true),
	}
	_, err = ecr.NewLifecyclePolicy(r.ctx, r.child(image+"-lifecycle"), &ecr.LifecyclePolicyArgs{
		Repository: made.Name,
		Policy:     pulumi.String(LifecyclePolicy(r.args.KeepTagged, r.args.UntaggedDays)),
	}, setting...)
	if err != nil {
		return nil, fmt.Errorf("setting the lifecycle of repository %s: %w", name, err)
	}
	if len(r.args.PullAccounts) == 0 {
		return made, nil
	}
	_, err = ecr.NewRepositoryPolicy(r.ctx, r.child(image+"-policy"), &ecr.RepositoryPolicyArgs{
		Repository: made.Name,
		Policy:     pulumi.String(AccountsPolicy(r.location, r.args.PullAccounts).JSON()),
	}, setting...)
	if err != nil {
		return nil, fmt.Errorf("setting the policy of repository %s: %w", name, err)
	}
	return made, nil
}

// scanning sets the rules of the whole registry, if it was asked for.
func (r *ECRRegistry) scanning() error {
	scanType, frequency := "BASIC", "SCAN_ON_PUSH"
	switch r.args.RegistryScanning {
	case ScanningUnmanaged:
		return nil
	case ScanningEnhanced:
		scanType, frequency = "ENHANCED", "CONTINUOUS_SCAN"
	case ScanningBasic:
	}
	_, err := ecr.NewRegistryScanningConfiguration(r.ctx, r.child("scanning"), &ecr.RegistryScanningConfigurationArgs{
		ScanType: pulumi.String(scanType),
		Rules: ecr.RegistryScanningConfigurationRuleArray{ecr.RegistryScanningConfigurationRuleArgs{
			ScanFrequency: pulumi.String(frequency),
			RepositoryFilters: ecr.RegistryScanningConfigurationRuleRepositoryFilterArray{
				ecr.RegistryScanningConfigurationRuleRepositoryFilterArgs{
					Filter: pulumi.String(r.args.Prefix + "/*"), FilterType: pulumi.String("WILDCARD"),
				},
			},
		}},
	}, r.parent())
	if err != nil {
		return fmt.Errorf("setting the registry's scanning: %w", err)
	}
	return nil
}

func (r *ECRRegistry) parent() pulumi.ResourceOption { return pulumi.Parent(r) }

func (r *ECRRegistry) child(part string) string { return r.name + "-" + part }

// tags are the caller's, with the name that the console shows.
func (r *ECRRegistry) tags(part string) map[string]string {
	tags := map[string]string{"Name": r.child(part)}
	maps.Copy(tags, r.args.Tags)
	return tags
}
