package dssnode

import "reflect"

// Map turns values of one type into another, everywhere in the settings. A value that is not there (nil, or the zero value) stays away.
func Map[S, T any](s Settings[S], f func(S) T) Settings[T] {
	convert := func(value S) T { return mapValue(value, f) }
	return Settings[T]{
		ImageURL: convert(s.ImageURL), PrePush: s.PrePush, ElasticCompute: s.ElasticCompute, UseImplicitCluster: s.UseImplicitCluster,
		ContainerConfigs: s.ContainerConfigs, DefaultContainerConfig: s.DefaultContainerConfig,
		SparkConfigs: s.SparkConfigs, DefaultSparkConfig: s.DefaultSparkConfig,
		Metastore: s.Metastore, Security: s.Security, S3Connections: mapList(s.S3Connections, mapConnection[S, T](convert)),
		EKSPlugin: s.EKSPlugin, ConnectionPreset: s.ConnectionPreset, NetworkingPreset: mapNetworking(s.NetworkingPreset, convert),
		Clusters: mapList(s.Clusters, mapCluster[S, T](convert)), Groups: s.Groups, ExternalGroups: s.ExternalGroups,
		Users: mapList(s.Users, mapUser[S, T](convert)), CodeEnvs: s.CodeEnvs, RemoveDefaultConnection: s.RemoveDefaultConnection,
		CDE: s.CDE, SanityCheck: s.SanityCheck, NamespacePoliciesJSON: s.NamespacePoliciesJSON, OverlayJSON: s.OverlayJSON,
	}
}

func mapValue[S, T any](value S, f func(S) T) T {
	if v := reflect.ValueOf(&value).Elem(); v.IsZero() {
		var none T
		return none
	}
	return f(value)
}

func mapList[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	mapped := make([]B, len(list))
	for i, item := range list {
		mapped[i] = f(item)
	}
	return mapped
}

func mapConnection[S, T any](convert func(S) T) func(S3Connection[S]) S3Connection[T] {
	return func(c S3Connection[S]) S3Connection[T] {
		mapped := S3Connection[T]{
			Name: c.Name, Bucket: convert(c.Bucket), Path: c.Path, Region: convert(c.Region), RoleARN: convert(c.RoleARN),
			ExternalID: c.ExternalID, KeyPairSecretARN: convert(c.KeyPairSecretARN), KeyPairVersion: convert(c.KeyPairVersion),
			Environment: c.Environment, KMSKeyARN: convert(c.KMSKeyARN), AllowedGroups: c.AllowedGroups, UsableByEveryone: c.UsableByEveryone,
			DetailsReadableBy: c.DetailsReadableBy, ReadOnly: c.ReadOnly, ManagedPath: c.ManagedPath,
			GlueDatabase: convert(c.GlueDatabase), Sync: c.Sync, ParamsJSON: c.ParamsJSON,
		}
		if a := c.Athena; a != nil {
			mapped.Athena = &AthenaConnection[T]{
				Name: a.Name, Region: convert(a.Region), Workgroup: convert(a.Workgroup), OutputLocation: convert(a.OutputLocation),
				FetchSize: a.FetchSize, ParamsJSON: a.ParamsJSON,
			}
		}
		return mapped
	}
}

func mapNetworking[S, T any](n *NetworkingPreset[S], convert func(S) T) *NetworkingPreset[T] {
	if n == nil {
		return nil
	}
	return &NetworkingPreset[T]{
		Name: n.Name, Subnets: mapList(n.Subnets, convert), PrivateSubnets: mapList(n.PrivateSubnets, convert),
		PrivateNetworking: n.PrivateNetworking, SecurityGroups: mapList(n.SecurityGroups, convert),
		ControlPlaneSecurityGroup: convert(n.ControlPlaneSecurityGroup), SharedSecurityGroup: convert(n.SharedSecurityGroup),
	}
}

func mapCluster[S, T any](convert func(S) T) func(Cluster[S]) Cluster[T] {
	return func(c Cluster[S]) Cluster[T] {
		mapped := Cluster[T]{
			Name: c.Name, AssumeRoleARN: convert(c.AssumeRoleARN), Default: c.Default, Start: c.Start, TimeoutMinutes: c.TimeoutMinutes,
		}
		if a := c.Attach; a != nil {
			mapped.Attach = &AttachedCluster[T]{EKSName: convert(a.EKSName), Region: convert(a.Region)}
		}
		if n := c.Create; n != nil {
			mapped.Create = &CreatedCluster[T]{
				NodePools: n.NodePools, KubernetesVersion: n.KubernetesVersion, MetricsServer: n.MetricsServer, Private: n.Private,
				SkipEndpoints: n.SkipEndpoints, InjectedSecurityGroup: convert(n.InjectedSecurityGroup),
				AutoscalerRegistry: n.AutoscalerRegistry, Tags: n.Tags, AdvancedYAML: n.AdvancedYAML,
				AdvancedAutoscaling: n.AdvancedAutoscaling, AdvancedGPU: n.AdvancedGPU,
			}
		}
		return mapped
	}
}

func mapUser[S, T any](convert func(S) T) func(User[S]) User[T] {
	return func(u User[S]) User[T] {
		return User[T]{
			Login: u.Login, DisplayName: u.DisplayName, Email: u.Email, Groups: u.Groups, Profile: u.Profile,
			PasswordSecretARN: convert(u.PasswordSecretARN), Source: u.Source,
		}
	}
}
