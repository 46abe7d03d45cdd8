package dssnode

import "strings"

// Samples that tests begin with.
const (
	accountID = "111122223333"
	arnPrefix = "arn:aws:secretsmanager:eu-west-1:" + accountID + ":secret:"
)

var checksum = strings.Repeat("0123456789abcdef", 4)

func yes() *bool { on := true; return &on }
func no() *bool  { off := false; return &off }

func facts() Facts {
	return Facts{
		OSRelease: "9", HostMemoryMiB: 64 * 1024, HasLicense: true, HTTPS: true, Port: 11200, MountPoint: "/data", UserName: "dataiku",
		Region: "eu-west-1", Account: accountID, DNSSuffix: "amazonaws.com", PlatformName: "dss-dev",
	}
}

func secrets() Secrets {
	return Secrets{
		License: arnPrefix + "license-AbCdEf", AdminPassword: arnPrefix + "admin-AbCdEf", APIKey: arnPrefix + "key-AbCdEf",
		RuntimeDatabasePassword: arnPrefix + "database-AbCdEf",
	}
}

// minimal are settings with a cluster and nothing else.
func minimal() Settings[string] {
	return Settings[string]{Clusters: []Cluster[string]{{Name: "eks", Attach: &AttachedCluster[string]{EKSName: "dss-dev"}}}}
}

func fullInstallation(version string) Installation {
	return Installation{
		Version: version, Source: "s3://mirror/dataiku", KitSHA256: checksum, HadoopSHA256: checksum, SparkVersion: "3.5.3",
		SparkSHA256: checksum, R: true, GraphicsExport: true, Python: "3.9",
		UserIsolation: UserIsolation{
			AllowedGroups: []string{"analysts", "engineers"}, AdditionalDirs: []string{"/mnt/shared"},
			Accounts: []UnixAccount{{Name: "ada"}, {Name: "grace", Group: "engineers"}},
		},
		EnableUserIsolationLater: true, BackendMemoryGiB: 16, MemoryLimit: MemoryLimit{Percent: 60},
		PortRange: &PortRange{From: 12000, To: 12500}, ServerSettings: map[string]string{"referrer-policy": "same-origin"},
		Properties:  map[string]string{"dku.exports.disableAllExports": "true"},
		Environment: map[string]string{"HTTPS_PROXY": "http://proxy.example.com:3128"},
		BaseImages: []BaseImage{
			{Type: ImageContainerExec, WithoutR: true, SystemPackages: []string{"gdal", "jq"}}, {Type: ImageSpark},
			{Type: ImageContainerExec, WithCUDA: true, CUDAVersion: "11.8", WithPython311: true, Tag: "dku-exec-base-gpu:1",
				HTTPProxy: "http://proxy.example.com:3128", NoProxy: "169.254.169.254,.internal"},
			{Type: ImageCDE},
		},
		AthenaDriver:    &AthenaDriver{URL: "s3://mirror/athena-jdbc-3.5.0.zip", SHA256: checksum},
		RuntimeDatabase: &RuntimeDatabase{},
	}
}

func fullSettings() Settings[string] {
	return Settings[string]{
		ImageURL: accountID + ".dkr.ecr.eu-west-1.amazonaws.com/dss/images",
		ContainerConfigs: []ContainerConfig{
			{Name: "small", CPURequest: 0.5, MemoryRequestMiB: 1024, MemoryLimitMiB: 2048, ReadOnlyRootFilesystem: true},
			{Name: "gpu", CPURequest: 4, CPULimit: 8, MemoryRequestMiB: 16384, MemoryLimitMiB: 16384, GPUs: 1,
				BaseImage: "dku-exec-base-gpu:1", Namespace: "gpu-jobs", CreateNamespace: no(), NodeSelector: map[string]string{"pool": "gpu"},
				Tolerations:   []Toleration{{Key: "nvidia.com/gpu", Effect: "NoSchedule"}, {Key: "team", Value: "ml"}},
				AllowedGroups: []string{"data"}, Properties: map[string]string{"a.property": "b"}},
		},
		DefaultContainerConfig: "small",
		SparkConfigs: []SparkConfig{
			{Name: "spark-small", Conf: map[string]string{"spark.sql.shuffle.partitions": "64"}},
			{Name: "spark-large", ExecutorMemoryMiB: 11264, ExecutorCores: 3, ExecutorInstances: 4, AuthenticationMode: BuiltinAuthentication,
				AllowedGroups: []string{"data"}, PodTemplate: "spec:\n  priorityClassName: low"},
		},
		S3Connections: []S3Connection[string]{
			{
				Name: "sales", Bucket: "sales-bucket", Path: "/dataiku", RoleARN: "arn:aws:iam::" + accountID + ":role/dss-s3-sales",
				ExternalID: "dss", KMSKeyARN: "arn:aws:kms:eu-west-1:" + accountID + ":key/1234abcd", AllowedGroups: []string{"data"},
				DetailsReadableBy: []string{"data"}, GlueDatabase: "sales",
				Athena: &AthenaConnection[string]{
					Workgroup: "sales", OutputLocation: "s3://athena-results/sales/", ParamsJSON: `{"driverVersion": "3"}`,
				},
				ParamsJSON: `{"stsAssumeDurationSeconds": 3600}`,
			},
			{
				Name: "raw", Bucket: "raw-bucket", Region: "eu-west-3", KeyPairSecretARN: arnPrefix + "raw-AbCdEf", UsableByEveryone: true,
				ReadOnly: true, ManagedPath: "made/by/dss",
			},
		},
		EKSPlugin: EKSPlugin{Source: PluginFromArchive, URL: "s3://mirror/eks-clusters-1.5.0.zip", SHA256: checksum, Version: "1.5.0"},
		NetworkingPreset: &NetworkingPreset[string]{
			Subnets: []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}, SecurityGroups: []string{"sg-0123456789abcdef0"},
			PrivateSubnets: []string{"subnet-0123456789abcdef2", "subnet-0123456789abcdef3"},
		},
		Clusters: []Cluster[string]{
			{Name: "eks", Attach: &AttachedCluster[string]{EKSName: "dss-dev"}, AssumeRoleARN: "arn:aws:iam::" + accountID + ":role/eks-admin"},
			{
				Name: "burst", Start: no(), TimeoutMinutes: 90, Create: &CreatedCluster[string]{
					NodePools: []NodePool{
						{MinNodes: 1, MaxNodes: 8, Labels: map[string]string{"size": "normal"}},
						{InstanceType: "g6.2xlarge", Nodes: 1, GPU: true, Spot: true, Taints: []Taint{{Key: "nvidia.com/gpu"}}},
					},
					Private: true, InjectedSecurityGroup: "sg-0123456789abcdef0", Tags: map[string]string{"team": "data"},
				},
			},
		},
		Groups: []Group{
			{Name: "data", Description: "The data team"},
			{Name: "directory", Source: SourceLDAP, ExternalGroups: []string{"cn=dss"}, Permissions: map[string]bool{"mayCreateProjects": false}},
			{Name: "sso", Source: SourceSSO, ExternalGroups: []string{"dss"}, Admin: true},
		},
		ExternalGroups: []string{"finance"},
		Users: []User[string]{
			{Login: "ada", DisplayName: "Ada", Email: "ada@example.com", Groups: []string{"data", "finance"}, Profile: "FULL_DESIGNER",
				PasswordSecretARN: arnPrefix + "ada-AbCdEf"},
			{Login: "grace", Profile: "READER", Source: SourceSSO},
		},
		CodeEnvs: []CodeEnv{
			{Name: "py312", Python: "3.12", Packages: []string{"scikit-learn==1.5.0", "pandas==2.2.2"}, ContainerConfigs: []string{"small"}},
			{Name: "stats", Language: LanguageR, Jupyter: no(), AllContainerConfigs: true},
		},
		CDE: true, NamespacePoliciesJSON: `[{"namespace": "x"}]`,
		OverlayJSON: `{"portRange": {"from": 12000, "to": 12500},` +
			`"containerSettings": {"executionConfigs": [{"name": "small", "isFinal": true}]}}`,
	}
}
