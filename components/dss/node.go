package dss

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/dssnode"
	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// facts are what is known of the host before anything is made.
func (a *DSSInstanceArgs) facts() dssnode.Facts {
	facts := dssnode.Facts{
		OSRelease: a.osRelease(), Port: a.Port, MountPoint: host.DefaultMountPoint, UserName: a.UserName,
		HasLicense: a.LicenseSecretARN != nil,
		// Behind a load balancer nobody has a way to the host's own port, unless somebody was named.
		HTTPS: a.LoadBalancer != nil && len(a.AllowedCIDRs) == 0,
	}
	// A host with too little memory is a problem of its own, and need not be one of everything that is sized by it.
	if found, known := instancetype.Lookup(a.InstanceType); known && found.MemoryMiB >= MinMemoryGiB*1024 {
		facts.HostMemoryMiB = found.MemoryMiB
	}
	return facts
}

// factsAt are the facts with the account and the region.
func (a *DSSInstanceArgs) factsAt(at location.Location, name string) dssnode.Facts {
	facts := a.facts()
	facts.Region, facts.Account, facts.DNSSuffix, facts.PlatformName = at.Region, at.AccountID, at.DNSSuffix, name
	return facts
}

// nodeProblems are about DSS itself.
func (a *DSSInstanceArgs) nodeProblems() problem.List {
	var wrong problem.List
	if !*a.Install {
		return a.uninstalledProblems()
	}
	facts := a.facts()
	facts.Region, facts.Account = dssnode.Unknown, dssnode.Unknown
	settings := knownSettings(withHostGroup(a.Settings, KnownLater))
	wrong = append(wrong, dssnode.Problems(a.Installation, settings, facts)...)
	if a.RoleName != "" && dssnode.CreatesClusters(a.Settings) {
		wrong.Add("roleName", "let the role be made here, or attach clusters",
			"nothing is granted to a role that is there, and creating clusters takes much")
	}
	return wrong
}

// uninstalledProblems finds what would have no effect where DSS is not installed.
func (a *DSSInstanceArgs) uninstalledProblems() problem.List {
	var wrong problem.List
	for _, given := range []struct {
		path  string
		there bool
	}{
		{"adminPasswordSecretArn", a.AdminPasswordSecretARN != nil},
		{"apiKeySecretArn", a.APIKeySecretARN != nil},
		{"installation", !reflect.DeepEqual(a.Installation, Installation{})},
		{"settings", !reflect.DeepEqual(a.Settings, Settings{})},
	} {
		if given.there {
			wrong.Add(given.path, "leave it out, or leave out install", "DSS is not installed (install is false)")
		}
	}
	return wrong
}

// dssState is what the host gets to know of DSS, once all inputs have values, and the secrets that it reads and fills.
type dssState struct {
	document    map[string]any
	read, write []string
}

// dssState renders the installation and the settings.
func (d *DSSInstance) dssState() pulumi.Output {
	return pulumi.All(
		resolvedSettings(d.args.Settings), orEmpty(d.args.LicenseSecretARN), d.CredentialsSecretARN, d.kept.adminPassword, d.kept.apiKey,
		d.kept.runtimeDatabase,
	).ApplyT(func(v []any) dssState {
		settings := v[0].(dssnode.Settings[string])
		text := func(i int) string { return v[i].(string) }
		if !*d.args.Install {
			return dssState{}
		}
		secrets := dssnode.Secrets{
			License: text(1), Credentials: text(2), AdminPassword: text(3), APIKey: text(4), RuntimeDatabasePassword: text(5),
		}
		return dssState{
			document: d.dssDocument(settings, secrets),
			read:     dssnode.SecretARNs(settings, secrets),
			write:    []string{text(3), text(4), text(5)},
		}
	})
}

// rolesOf are the roles that the settings have DSS assume.
func rolesOf(settings dssnode.Settings[string]) []string {
	var roles []string
	for _, connection := range settings.S3Connections {
		roles = append(roles, connection.RoleARN)
	}
	for _, cluster := range settings.Clusters {
		roles = append(roles, cluster.AssumeRoleARN)
	}
	return unique(roles)
}

// clustersOf are the EKS clusters of this region that DSS attaches to with its own identity.
func clustersOf(settings dssnode.Settings[string]) []string {
	var clusters []string
	for _, cluster := range settings.Clusters {
		if cluster.Attach != nil && cluster.Attach.Region == "" && cluster.AssumeRoleARN == "" {
			clusters = append(clusters, cluster.Attach.EKSName)
		}
	}
	return unique(clusters)
}

// dssDocument is the installation and the settings as the host gets them.
func (d *DSSInstance) dssDocument(settings dssnode.Settings[string], secrets dssnode.Secrets) map[string]any {
	rendered := dssnode.Render(d.args.Installation, settings, d.args.factsAt(d.location, d.name), secrets)
	return mirrored(rendered, d.args.Mirrors).(map[string]any)
}

// mirrored has every address of a download on its mirror.
func mirrored(document any, mirrors host.Mirrors) any {
	return withURLs(document, mirrors.URL)
}

// withURLs is a copy of a document in which the addresses of archives, which are in lists called `urls`, are others.
func withURLs(document any, other func(string) string) any {
	switch value := document.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, item := range value {
			if urls, ok := item.([]any); ok && key == "urls" {
				copied[key] = withTexts(urls, other)
				continue
			}
			copied[key] = withURLs(item, other)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, item := range value {
			copied[i] = withURLs(item, other)
		}
		return copied
	default:
		return document
	}
}

func withTexts(list []any, other func(string) string) []any {
	copied := slices.Clone(list)
	for i, item := range copied {
		if text, ok := item.(string); ok {
			copied[i] = other(text)
		}
	}
	return copied
}

// objectARNs are the objects in S3 that a document has the host download.
func objectARNs(document any, partition string) []string {
	var arns []string
	withURLs(document, func(text string) string {
		if at, err := url.Parse(text); err == nil && at.Scheme == "s3" {
			arns = append(arns, "arn:"+partition+":s3:::"+at.Host+"/"+strings.TrimPrefix(at.Path, "/"))
		}
		return text
	})
	return unique(arns)
}

// withHostGroup has the host's own security group among the nodes' groups of the networking preset, as the reference architecture's step
// "Install EKS plugin" asks for.
func withHostGroup(settings Settings, group pulumi.StringInput) Settings {
	if settings.NetworkingPreset == nil {
		return settings
	}
	preset := *settings.NetworkingPreset
	preset.SecurityGroups = append(slices.Clone(preset.SecurityGroups), group)
	settings.NetworkingPreset = &preset
	return settings
}
