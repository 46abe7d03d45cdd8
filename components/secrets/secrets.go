package secrets

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/secret"
)

// PlatformSecrets are the secrets of a platform that outlive its host. Nobody outside of the account reads them, and nobody without TLS.
//
// It carries out the reference architecture's step "Install DSS" as far as it asks for a licence and an administrator's password.
type PlatformSecrets struct {
	pulumi.ResourceState

	// AdminPasswordARN and APIKeyARN are secrets that DSS's host fills.
	AdminPasswordARN pulumi.StringOutput `pulumi:"adminPasswordArn"`
	APIKeyARN        pulumi.StringOutput `pulumi:"apiKeyArn"`
	// LicenseARN is the secret with DSS's licence; empty without one.
	LicenseARN pulumi.StringOutput `pulumi:"licenseArn"`
	// FurtherARNs are the further secrets by name.
	FurtherARNs pulumi.StringMapOutput `pulumi:"furtherArns"`
	// KMSKeyARN is the key that they are encrypted with.
	KMSKeyARN pulumi.StringOutput `pulumi:"kmsKeyArn"`

	ctx      *pulumi.Context
	name     string
	args     *PlatformSecretsArgs
	location location.Location
}

// NewPlatformSecrets makes the secrets.
//
// It fails with a list of everything that is wrong with the arguments, before anything is created.
func NewPlatformSecrets(
	ctx *pulumi.Context, name string, args *PlatformSecretsArgs, opts ...pulumi.ResourceOption,
) (*PlatformSecrets, error) {
	if args == nil {
		args = &PlatformSecretsArgs{}
	}
	if err := args.Problems().Err("PlatformSecrets " + name); err != nil {
		return nil, err
	}
	s := &PlatformSecrets{ctx: ctx, name: name, args: args.withDefaults()}
	inputs := pulumi.Map{"recoveryWindowInDays": pulumi.Int(s.args.window()), "license": pulumi.Bool(args.License != nil)}
	if err := ctx.RegisterComponentResourceV2(Token, name, inputs, s, opts...); err != nil {
		return nil, fmt.Errorf("registering secrets %s: %w", name, err)
	}
	if err := s.build(); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"adminPasswordArn": s.AdminPasswordARN,
		"apiKeyArn":        s.APIKeyARN,
		"licenseArn":       s.LicenseARN,
		"furtherArns":      s.FurtherARNs,
		"kmsKeyArn":        s.KMSKeyARN,
	})
}

func (s *PlatformSecrets) build() (err error) {
	if s.location, err = location.Lookup(s.ctx, s); err != nil {
		return err
	}
	if err := s.key(); err != nil {
		return err
	}
	s.AdminPasswordARN, err = s.secret(Secret{Name: AdminPassword, Description: "Password of the user admin of DSS on " + s.name})
	if err != nil {
		return err
	}
	if s.APIKeyARN, err = s.secret(Secret{Name: APIKey, Description: "API key of DSS on " + s.name}); err != nil {
		return err
	}
	s.LicenseARN = pulumi.String("").ToStringOutput()
	if s.args.License != nil {
		if s.LicenseARN, err = s.secret(Secret{Name: License, Description: "Licence of DSS on " + s.name, Value: s.args.License}); err != nil {
			return err
		}
	}
	further := pulumi.StringMap{}
	for _, one := range s.args.Further {
		if further[one.Name], err = s.secret(one); err != nil {
			return err
		}
	}
	s.FurtherARNs = further.ToStringMapOutput()
	return nil
}

// key makes the key, where none was given.
func (s *PlatformSecrets) key() error {
	if given := s.args.KMSKeyARN; given != nil {
		s.KMSKeyARN = given.ToStringOutput()
		return nil
	}
	made, err := kmskey.New(s.ctx, s.child("key"), kmskey.Args{
		Location: s.location, Description: "Secrets of " + s.name, Removal: s.args.removal(), Tags: s.tags("key"),
	}, pulumi.Parent(s))
	if err != nil {
		return err
	}
	s.KMSKeyARN = made.Arn
	return nil
}

// secret makes one of them. What is in it never shows.
func (s *PlatformSecrets) secret(one Secret) (pulumi.StringOutput, error) {
	args := secret.Args{
		Location: s.location, Description: one.Description, KMSKeyARN: s.KMSKeyARN, RecoveryWindowInDays: s.args.window(),
		Readers: s.args.Readers, Tags: s.tags(one.Name),
	}
	if one.Value != nil {
		args.Value = pulumi.ToSecret(one.Value).(pulumi.StringOutput)
	}
	made, err := secret.New(s.ctx, s.child(one.Name), args, pulumi.Parent(s))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return made.ARN, nil
}

func (s *PlatformSecrets) child(part string) string { return s.name + "-" + part }

// tags are the caller's, with the name that the console shows.
func (s *PlatformSecrets) tags(part string) map[string]string {
	tags := map[string]string{"Name": s.child(part)}
	maps.Copy(tags, s.args.Tags)
	return tags
}
