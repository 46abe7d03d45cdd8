package dss

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/secret"
)

// kept are the ARNs of the secrets that the host fills itself. Pulumi makes them empty, and never sees what is in them.
type kept struct {
	adminPassword, apiKey, runtimeDatabase pulumi.StringOutput
}

// secrets makes the secrets that the host fills, except for those that are there.
func (d *DSSInstance) secrets() error {
	none := pulumi.String("").ToStringOutput()
	d.kept = kept{none, none, none}
	d.AdminPasswordSecretARN, d.APIKeySecretARN = none, none
	if !*d.args.Install {
		return nil
	}
	for _, one := range []struct {
		part, description string
		given             pulumi.StringInput
		into              *pulumi.StringOutput
		wanted            bool
	}{
		{"admin-password", "Password of the user admin of DSS on ", d.args.AdminPasswordSecretARN, &d.kept.adminPassword, true},
		{"api-key", "API key of DSS on ", d.args.APIKeySecretARN, &d.kept.apiKey, true},
		{
			"runtime-database", "Password of the runtime database of DSS on ", nil, &d.kept.runtimeDatabase,
			d.args.Installation.RuntimeDatabase != nil,
		},
	} {
		if !one.wanted {
			continue
		}
		if one.given != nil {
			*one.into = one.given.ToStringOutput()
			continue
		}
		made, err := d.emptySecret(one.part, one.description+d.name)
		if err != nil {
			return err
		}
		*one.into = made
	}
	d.AdminPasswordSecretARN, d.APIKeySecretARN = d.kept.adminPassword, d.kept.apiKey
	return nil
}

// emptySecret is a secret without a value. It can be brought back for as long as the data that it belongs to.
func (d *DSSInstance) emptySecret(part, description string) (pulumi.StringOutput, error) {
	args := secret.Args{
		Location: d.location, Description: description, KMSKeyARN: d.keyARN, RecoveryWindowInDays: secret.MaxRecoveryWindowInDays,
		Tags: d.tagMap(part),
	}
	if d.args.DeleteData && d.args.AllowDataDeletion {
		args.RecoveryWindowInDays = 0
	}
	made, err := secret.New(d.ctx, d.child(part), args, d.parent())
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return made.ARN, nil
}
