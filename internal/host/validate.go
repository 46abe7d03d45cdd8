package host

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

var (
	userName     = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)
	packageName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*$`)
	localeName   = regexp.MustCompile(`^[a-z]{2,3}_[A-Z]{2}\.(UTF-8|utf8)$`)
	hostName     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.:-]*$`)
	version      = regexp.MustCompile(`^[0-9]+(\.[0-9]+){1,3}$`)
	checksum     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	downloadURL  = regexp.MustCompile(`^https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/[A-Za-z0-9._~/%+@=-]+$`)
	toolName     = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	sizeOfLog    = regexp.MustCompile(`^[1-9][0-9]*[kmg]$`)
	pathSegments = regexp.MustCompile(`^(/[A-Za-z0-9._-]+)+$`)
)

// Folders that a volume must not hide.
var systemFolders = []string{
	"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var",
}

// Validate lists everything that is wrong with the state.
func (d Desired) Validate() problem.List {
	var found problem.List
	if !slices.Contains([]string{"8", "9"}, d.OSRelease) {
		found.Add("osRelease", `"8" or "9", the releases that DSS supports`, "%q is no release that this host can have", d.OSRelease)
	}
	found.Under("volume", d.Volume.validate())
	found.Under("user", d.User.validate())
	for _, limit := range []struct {
		name  string
		value int
	}{{"openFiles", d.Limits.OpenFiles}, {"processes", d.Limits.Processes}} {
		if limit.value < DefaultLimit || limit.value > 1048576 {
			found.Add("limits."+limit.name, "65536, which DSS needs, to 1048576, which the kernel allows", "%d is out of range", limit.value)
		}
	}
	matches(&found, "locale", d.Locale, localeName, "a locale such as en_US.UTF-8")
	matches(&found, "clock.server", d.Clock.Server, hostName, "a name or an address of an NTP server")
	for i, name := range d.Packages {
		matches(&found, problem.Index("packages", i), name, packageName, "a package's name; repositories are the image's")
	}
	for i, uid := range d.Guard.AllowedUIDs {
		if uid < 0 {
			found.Add(problem.Index("metadataGuard.allowedUIDs", i), "a user's number", "%d is no user", uid)
		}
	}
	found.Under("docker", d.Docker.validate(d.Volume.MountPoint))
	found.Under("", validateTools(d.Tools))
	return found
}

func matches(found *problem.List, path, value string, pattern *regexp.Regexp, allowed string) {
	if !pattern.MatchString(value) {
		found.Add(path, allowed, "%q is not allowed", value)
	}
}

func absolutePath(found *problem.List, at, value string) bool {
	if !pathSegments.MatchString(value) || path.Clean(value) != value {
		found.Add(at, "an absolute path of letters, digits, dots, hyphens and underscores", "%q is not allowed", value)
		return false
	}
	return true
}

func (v Volume) validate() problem.List {
	var found problem.List
	if absolutePath(&found, "mountPoint", v.MountPoint) {
		for _, folder := range systemFolders {
			if v.MountPoint == folder || (strings.HasPrefix(v.MountPoint, folder+"/") && folder != "/var") {
				found.Add("mountPoint", "a folder of its own, such as "+DefaultMountPoint, "%q belongs to the system", v.MountPoint)
			}
		}
	}
	if v.SizeGiB < 0 || v.SizeGiB > 65536 {
		found.Add("sizeGiB", "0, or the size of the disk up to 65536", "%d is out of range", v.SizeGiB)
	}
	return found
}

func (u User) validate() problem.List {
	var found problem.List
	matches(&found, "name", u.Name, userName, "a Unix user name: lower case letters, digits, hyphens, underscores; at most 32")
	if u.Name == "root" {
		found.Add("name", "any other user", "DSS does not run as root")
	}
	absolutePath(&found, "home", u.Home)
	absolutePath(&found, "shell", u.Shell)
	if u.UID != 0 && (u.UID < 1000 || u.UID > 60000) {
		found.Add("uid", "0, or a number from 1000 to 60000", "%d is the system's", u.UID)
	}
	return found
}

func (d Docker) validate(mountPoint string) problem.List {
	var found problem.List
	absolutePath(&found, "dataRoot", d.DataRoot)
	if d.DataRoot == mountPoint {
		found.Add("dataRoot", "a folder below it, such as "+mountPoint+"/docker", "%q is the volume itself", d.DataRoot)
	}
	if d.Version != "" {
		matches(&found, "version", d.Version, version, `a version such as "28.5.1", or empty for the newest`)
	}
	matches(&found, "repositoryURL", d.RepositoryURL, downloadURL, "an http or https URL of docker-ce.repo")
	matches(&found, "logMaxSize", d.LogMaxSize, sizeOfLog, `a number with k, m or g, such as "100m"`)
	if d.LogMaxFiles < 1 || d.LogMaxFiles > 100 {
		found.Add("logMaxFiles", "1 to 100", "%d is out of range", d.LogMaxFiles)
	}
	return found
}

func validateTools(tools []Tool) problem.List {
	var found problem.List
	seen := map[string]bool{}
	for i, tool := range tools {
		at := problem.Index("tools", i)
		found.Under(at, tool.Validate())
		if seen[tool.Name] {
			found.Add(at+".name", "each tool once", "%q is listed before", tool.Name)
		}
		seen[tool.Name] = true
	}
	// The reconciler's own signal needs the CLI; the others are DSS's.
	for _, name := range []string{AWSCLIName, KubectlName, AuthenticatorName} {
		if !seen[name] {
			found.Add("tools", fmt.Sprintf("at least %s, %s and %s", AWSCLIName, KubectlName, AuthenticatorName), "%s is missing", name)
		}
	}
	return found
}

// Validate lists what is wrong with a tool.
func (t Tool) Validate() problem.List {
	var found problem.List
	matches(&found, "name", t.Name, toolName, "the name of a command")
	matches(&found, "version", t.Version, version, "a version without a leading v, such as 1.35.7")
	matches(&found, "url", t.URL, downloadURL, "an http or https URL without a query")
	matches(&found, "sha256", t.SHA256, checksum, "64 hexadecimal digits in lower case")
	if t.Name == AuthenticatorName && t.Version < "0.5.4" {
		found.Add("version", `one that does not sort before "0.5.4" as text, for so the DSS EKS plugin compares it`,
			"%q is refused by DSS", t.Version)
	}
	switch t.Format {
	case FormatBinary:
		if t.Member != "" {
			found.Add("member", "empty: the URL leads to the program itself", "%q is not allowed", t.Member)
		}
	case FormatTarGz, FormatInstaller:
		if t.Member == "" || strings.HasPrefix(t.Member, "/") || slices.Contains(strings.Split(t.Member, "/"), "..") {
			found.Add("member", "the path of a file inside of the archive", "%q is not allowed", t.Member)
		}
	default:
		found.Add("format", fmt.Sprintf("one of %s, %s, %s", FormatBinary, FormatTarGz, FormatInstaller), "%q is not known", t.Format)
	}
	if len(t.VersionArguments) == 0 {
		found.Add("versionArguments", "the arguments with which the tool prints its version", "there are none")
	}
	return found
}
