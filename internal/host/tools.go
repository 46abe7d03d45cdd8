package host

import "strings"

// Formats of what a tool's URL leads to.
const (
	// FormatBinary is the program itself.
	FormatBinary = "binary"
	// FormatTarGz is a compressed archive with the program in it.
	FormatTarGz = "tar.gz"
	// FormatInstaller is a zip archive with AWS's installer of the AWS CLI in it.
	FormatInstaller = "installer"
)

// Names of the tools that the DSS EKS plugin and the pre-push hook of DSS call.
const (
	KubectlName       = "kubectl"
	AWSCLIName        = "aws"
	EksctlName        = "eksctl"
	AuthenticatorName = "aws-iam-authenticator"
)

// Default versions of the tools, for linux/amd64. [DefaultTools] has their checksums.
const (
	// DefaultKubectlVersion serves Kubernetes 1.34 to 1.36.
	DefaultKubectlVersion = "1.35.7"
	DefaultAWSCLIVersion  = "2.36.15"
	DefaultEksctlVersion  = "0.230.0"
	// DefaultAuthenticatorVersion must not sort before "0.5.4" as text: the DSS EKS plugin compares it so.
	DefaultAuthenticatorVersion = "0.6.14"
)

// Tool is a command line tool at a pinned version, for linux/amd64.
type Tool struct {
	// Name is the name of the command in /usr/local/bin.
	Name string `json:"name"`
	// Version without a leading "v". The installed tool must say it.
	Version string `json:"version"`
	// URL is where the archive, or the program, is: https, or http for a mirror inside of the network.
	URL string `json:"url"`
	// SHA256 is the checksum of what the URL leads to: 64 hexadecimal digits, lower case.
	SHA256 string `json:"sha256"`
	// Format is one of [FormatBinary], [FormatTarGz] and [FormatInstaller].
	Format string `json:"format"`
	// Member is the program's path inside of the archive, or the installer's. Empty for [FormatBinary].
	Member string `json:"member"`
	// VersionArguments make the tool print its version.
	VersionArguments []string `json:"versionArguments"`
}

// DefaultTools are the tools that DSS needs on its host to attach to, or to build, EKS clusters and to push to ECR, each
// at a pinned version with the checksum that its publisher lists.
func DefaultTools() []Tool {
	return []Tool{
		DefaultAWSCLI(),
		{
			Name: KubectlName, Version: DefaultKubectlVersion,
			URL:    "https://dl.k8s.io/release/v" + DefaultKubectlVersion + "/bin/linux/amd64/kubectl",
			SHA256: "12e97f9d23a9f6cbb87b89becd6bd291e1a858a3379a4e11e2c822c4c1530052",
			Format: FormatBinary, VersionArguments: []string{"version", "--client"},
		},
		{
			Name: EksctlName, Version: DefaultEksctlVersion,
			URL:    "https://github.com/eksctl-io/eksctl/releases/download/v" + DefaultEksctlVersion + "/eksctl_Linux_amd64.tar.gz",
			SHA256: "a2060956f117c3065abafda5c1f681679b9c3716675d70ce4ffff46033b02c35",
			Format: FormatTarGz, Member: "eksctl", VersionArguments: []string{"version"},
		},
		{
			Name: AuthenticatorName, Version: DefaultAuthenticatorVersion,
			URL: "https://github.com/kubernetes-sigs/aws-iam-authenticator/releases/download/v" + DefaultAuthenticatorVersion +
				"/aws-iam-authenticator_" + DefaultAuthenticatorVersion + "_linux_amd64",
			SHA256: "b2286e24ab852aa5e8e483f6ed5674f58de5fa47f9ae4cbf48a3be9588ac5c7b",
			Format: FormatBinary, VersionArguments: []string{"version"},
		},
	}
}

// DefaultAWSCLI is the AWS CLI v2, which the boot installs and the reconciler keeps at its version.
func DefaultAWSCLI() Tool {
	return Tool{
		Name: AWSCLIName, Version: DefaultAWSCLIVersion,
		URL:    "https://awscli.amazonaws.com/awscli-exe-linux-x86_64-" + DefaultAWSCLIVersion + ".zip",
		SHA256: "02a8eb2fe985be8ebcc284aaa5bae206ee8668872d6369e66a5c7d49d8671a08",
		Format: FormatInstaller, Member: "aws/install", VersionArguments: []string{"--version"},
	}
}

// Mirrors replaces the beginnings of URLs, for networks without a way out: a publisher's address, such as
// `https://github.com/eksctl-io/eksctl/releases/download`, leads to the address of a mirror with the same paths below it.
type Mirrors map[string]string

// URL is the address on the mirror, by the longest publisher's address that fits, or the URL itself.
func (m Mirrors) URL(url string) string {
	best := ""
	for from := range m {
		if len(from) > len(best) && below(url, from) {
			best = from
		}
	}
	if best == "" {
		return url
	}
	return strings.TrimSuffix(m[best], "/") + "/" + strings.TrimPrefix(strings.TrimPrefix(url, strings.TrimSuffix(best, "/")), "/")
}

// below is whether a URL is an address or lies below it: `https://dl.k8s.io` is not above `https://dl.k8s.io.example.com`.
func below(url, address string) bool {
	address = strings.TrimSuffix(address, "/")
	return url == address || strings.HasPrefix(url, address+"/")
}
