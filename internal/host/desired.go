package host

import "slices"

// Defaults of [Desired].
const (
	// DefaultOSRelease is the release of AlmaLinux that Dataiku's own stacks use since DSS 14.
	DefaultOSRelease = "9"
	// DefaultMountPoint is where the data volume is mounted. DSS's data directory is a folder below it: DSS wants an
	// empty one.
	DefaultMountPoint = "/data"
	DefaultUserName   = "dataiku"
	DefaultShell      = "/bin/bash"
	// DefaultLimit is what DSS wants of open files and of processes (`ulimit -Hn`, `ulimit -Hu`).
	DefaultLimit  = 65536
	DefaultLocale = "en_US.UTF-8"
	// DefaultClockServer is the time service of EC2, which every instance reaches without a route.
	DefaultClockServer = "169.254.169.123"
	// DefaultDockerRepositoryURL is Docker's repository for AlmaLinux and its relatives.
	DefaultDockerRepositoryURL = "https://download.docker.com/linux/centos/docker-ce.repo"
	DefaultDockerLogMaxSize    = "100m"
	DefaultDockerLogMaxFiles   = 5
)

// Desired is the state that the reconciler brings a host to. It is the same for every instance that takes a host's
// place, and has no secrets. Start from [NewDesired].
type Desired struct {
	// OSRelease is the major release of AlmaLinux (or RHEL, Rocky, Oracle): "9" or "8".
	OSRelease string `json:"osRelease"`
	// Volume is where the data are.
	Volume Volume `json:"volume"`
	// User is whom DSS runs as.
	User User `json:"user"`
	// Limits are those of DSS's processes.
	Limits Limits `json:"limits"`
	// Locale is the system's, as "en_US.UTF-8".
	Locale string `json:"locale"`
	// Clock is where the time comes from.
	Clock Clock `json:"clock"`
	// Packages are names of RPM packages.
	Packages []string `json:"packages"`
	// Guard is who may use the host's role.
	Guard MetadataGuard `json:"metadataGuard"`
	// Docker is the daemon that images are built with.
	Docker Docker `json:"docker"`
	// Tools are programs that no repository of packages has.
	Tools []Tool `json:"tools"`
	// WaitTimeoutMinutes is how long a deployment waits for the host. Nothing on the host depends on it, but a wait condition
	// cannot be updated: another timeout has to be another revision, for then it is another condition. 0 where nobody waits.
	WaitTimeoutMinutes int `json:"waitTimeoutMinutes,omitempty"`
	// DSS is the installation of DSS and what is configured inside it, as package dssnode renders them. Nil for a host
	// that gets no DSS.
	DSS map[string]any `json:"dss,omitempty"`
}

// Volume is the data volume.
type Volume struct {
	// MountPoint is where the boot mounts it: an absolute path.
	MountPoint string `json:"mountPoint"`
	// SizeGiB is the size of the disk. A changed size makes another revision, so the file system grows with the disk.
	// 0 when it is not known: then the file system grows with the next run, or at the next start.
	SizeGiB int `json:"sizeGiB"`
}

// User is the Unix user that DSS runs as. It is never root: DSS refuses to be installed so.
type User struct {
	// Name is the login name.
	Name string `json:"name"`
	// Home is on the data volume by default: `.aws`, `.kube`, `.docker` and `.ssh` outlive the instance, as DSS's data do.
	Home string `json:"home"`
	// Shell is the login shell, an absolute path.
	Shell string `json:"shell"`
	// UID, also used as GID, for a first instance. With 0 the host chooses. The ids are kept on the volume, and what is kept
	// there counts for later instances.
	UID int `json:"uid"`
}

// Limits are those of each process of the DSS user, soft and hard.
type Limits struct {
	// OpenFiles is the most files that a process holds open (nofile).
	OpenFiles int `json:"openFiles"`
	// Processes is the most processes and threads of the user (nproc).
	Processes int `json:"processes"`
}

// Clock is where the host has its time from.
type Clock struct {
	// Server is a name or an address of an NTP server.
	Server string `json:"server"`
}

// MetadataGuard keeps users other than root and the DSS user from the instance's metadata service, and so from the keys of
// the host's role.
type MetadataGuard struct {
	// Enabled is the default. Without it, everything that runs on the host, the code of DSS's users included, may act as
	// the host's role.
	Enabled bool `json:"enabled"`
	// AllowedUIDs are users that may read the role's keys, beside root and the DSS user.
	AllowedUIDs []int `json:"allowedUIDs"`
}

// Docker is the Docker CE daemon, which DSS builds its images with.
type Docker struct {
	// DataRoot is where images are. On the data volume by default: they are many gigabytes.
	DataRoot string `json:"dataRoot"`
	// Version of the packages docker-ce and docker-ce-cli, as "28.5.1"; empty for the repository's newest at the first run.
	Version string `json:"version"`
	// RepositoryURL is the repository's file. A mirror has the file and, beside it, what the publisher has beside his.
	RepositoryURL string `json:"repositoryURL"`
	// LogMaxSize is the size of a container's log file before a new one is begun, as "100m".
	LogMaxSize string `json:"logMaxSize"`
	// LogMaxFiles is how many log files a container keeps.
	LogMaxFiles int `json:"logMaxFiles"`
}

// NewDesired is the state of a host by defaults, for a release of the operating system.
func NewDesired(osRelease string) Desired {
	return Desired{
		OSRelease: osRelease,
		Volume:    Volume{MountPoint: DefaultMountPoint},
		User:      User{Name: DefaultUserName, Home: DefaultMountPoint + "/home/" + DefaultUserName, Shell: DefaultShell},
		Limits:    Limits{OpenFiles: DefaultLimit, Processes: DefaultLimit},
		Locale:    DefaultLocale,
		Clock:     Clock{Server: DefaultClockServer},
		Packages:  DefaultPackages(osRelease),
		Guard:     MetadataGuard{Enabled: true},
		Docker: Docker{
			DataRoot: DefaultMountPoint + "/docker", RepositoryURL: DefaultDockerRepositoryURL,
			LogMaxSize: DefaultDockerLogMaxSize, LogMaxFiles: DefaultDockerLogMaxFiles,
		},
		Tools: DefaultTools(),
	}
}

// DefaultPackages are those that DSS's documentation lists for a custom installation, those that its installer wants to
// find, and those that the reconciler works with.
func DefaultPackages(osRelease string) []string {
	packages := []string{
		"acl", "chrony", "dejavu-sans-fonts", "dnf-plugins-core", "expat", "fontconfig", "freetype", "git", "glibc-langpack-en",
		"java-17-openjdk-headless", "libgfortran", "libgomp", "nftables", "nginx", "policycoreutils",
		"policycoreutils-python-utils", "procps-ng", "unzip", "xfsprogs", "zip",
	}
	// DSS takes Python 3.9 to 3.11 for itself; release 8's own is 3.6.
	if osRelease == "8" {
		packages = append(packages, "python39", "python3.11")
	} else {
		packages = append(packages, "python3", "python3.11")
	}
	slices.Sort(packages)
	return packages
}

// WithMountPoint moves everything that is below the volume's mount point to another one.
func (d Desired) WithMountPoint(mountPoint string) Desired {
	move := func(path string) string {
		if below(path, d.Volume.MountPoint) {
			return mountPoint + path[len(d.Volume.MountPoint):]
		}
		return path
	}
	d.User.Home, d.Docker.DataRoot = move(d.User.Home), move(d.Docker.DataRoot)
	d.Volume.MountPoint = mountPoint
	return d
}

// WithMirrors sends what the host downloads itself to mirrors. Packages come from wherever the host's image says.
func (d Desired) WithMirrors(mirrors Mirrors) Desired {
	d.Docker.RepositoryURL = mirrors.URL(d.Docker.RepositoryURL)
	d.Tools = slices.Clone(d.Tools)
	for i := range d.Tools {
		d.Tools[i].URL = mirrors.URL(d.Tools[i].URL)
	}
	return d
}

// withLists has empty lists in place of nil ones, which JSON would render as null.
func (d Desired) withLists() Desired {
	if d.Packages == nil {
		d.Packages = []string{}
	}
	if d.Guard.AllowedUIDs == nil {
		d.Guard.AllowedUIDs = []int{}
	}
	return d
}
