package dssnode

import (
	"slices"
	"strings"
)

// SecretARNs are the secrets that the host has to be allowed to read: those of connections and users, and those of the host itself. Each
// once, sorted; those that are [Unknown] are left out.
func SecretARNs(settings Settings[string], secrets Secrets) []string {
	arns := []string{secrets.License, secrets.AdminPassword, secrets.APIKey, secrets.RuntimeDatabasePassword, secrets.Credentials}
	raw := []string{settings.OverlayJSON}
	for _, c := range settings.S3Connections {
		arns = append(arns, c.KeyPairSecretARN)
		raw = append(raw, c.ParamsJSON)
		if c.Athena != nil {
			raw = append(raw, c.Athena.ParamsJSON)
		}
	}
	for _, u := range settings.Users {
		arns = append(arns, u.PasswordSecretARN)
	}
	for _, text := range raw {
		arns = append(arns, secretsIn(objectOf(text))...)
	}
	slices.Sort(arns)
	return slices.DeleteFunc(slices.Compact(arns), func(arn string) bool { return !isKnown(arn) })
}

// secretsIn are the secrets that raw JSON names: {"$secret": ARN, "$key": …}.
func secretsIn(value any) []string {
	var found []string
	switch v := value.(type) {
	case object:
		if arn, ok := v["$secret"].(string); ok {
			found = append(found, arn)
		}
		for _, below := range v {
			found = append(found, secretsIn(below)...)
		}
	case list:
		for _, below := range v {
			found = append(found, secretsIn(below)...)
		}
	}
	return found
}

// S3Sources are the places in S3 that the host has to be allowed to read, as s3://BUCKET/PREFIX: mirrors of archives, the Athena driver,
// and the plugin. Each once, sorted.
func S3Sources(installation Installation, settings Settings[string]) []string {
	sources := []string{installation.Source, settings.EKSPlugin.URL}
	if installation.AthenaDriver != nil {
		sources = append(sources, installation.AthenaDriver.URL)
	}
	slices.Sort(sources)
	return slices.DeleteFunc(slices.Compact(sources), func(source string) bool { return !strings.HasPrefix(source, "s3://") })
}
