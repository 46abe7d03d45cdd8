package dssnode

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// cgroupName is the cgroup of users' processes, below the mount point of the kernel's.
	cgroupName  = "DSS"
	cgroupMount = "/sys/fs/cgroup"
	// privateAddress stands for the host's private IPv4 address. The host puts it in: it is not known before.
	privateAddress = "@privateAddress"
	backendHost    = "DKU_BACKEND_EXT_HOST"
	// snapshotTag is the tag by which a platform's snapshots are found.
	snapshotTag = "dss-platform"
)

// Render is the document that the host's reconciler carries out (`desired["dss"]`), as plain JSON values. It is the same for the same
// arguments. Arguments with problems, or with [Unknown] values, give a document that no host should get.
func Render(installation Installation, settings Settings[string], facts Facts, secrets Secrets) map[string]any {
	n := resolve(installation, settings, facts)
	i := n.installation
	document := object{
		"version": i.Version, "nodeType": string(i.NodeType), "port": n.facts.Port, "region": n.facts.Region,
		"dataDir": n.dataDir(), "kitsDir": n.facts.MountPoint + "/kits",
		"kit":    archive(i.KitSHA256, i.sources("dataiku-dss-"+i.Version+".tar.gz")...),
		"python": "python" + i.Python, "hadoop": n.hadoop(), "spark": n.spark(), "r": i.R, "graphicsExport": i.GraphicsExport,
		"userIsolation": n.userIsolation(), "installIni": n.installINI(), "environment": n.environment(), "properties": n.properties(),
		"boot": n.boot(), "jdbcDrivers": n.jdbcDrivers(), "baseImages": n.baseImages(),
		"runtimeDatabase":      n.runtimeDatabase(secrets.RuntimeDatabasePassword),
		"secrets":              object{"license": secrets.License, "adminPassword": secrets.AdminPassword, "apiKey": secrets.APIKey},
		"credentialsSecretArn": secrets.Credentials, "snapshotTags": n.snapshotTags(), "inside": n.inside(),
	}
	return plain(document)
}

// dataDir is DSS's data directory, a folder of the data volume.
func (n *node) dataDir() string { return n.facts.MountPoint + "/dss" }

// archive is what the host downloads: the first address that has it counts.
func archive(sha256 string, urls ...string) object {
	return object{"urls": texts(urls), "sha256": sha256}
}

// sources are the addresses of a file of the vendor's. A mirror may have it without the folder of the release.
func (i Installation) sources(file string) []string {
	base := strings.TrimSuffix(i.Source, "/")
	urls := []string{base + "/" + i.Version + "/" + file}
	if i.Source != DefaultSource {
		urls = append(urls, base+"/"+file)
	}
	return urls
}

func (n *node) hadoop() any {
	if !*n.installation.Hadoop {
		return nil
	}
	file := fmt.Sprintf("dataiku-dss-hadoop-standalone-libs-generic-hadoop3-%s.tar.gz", n.installation.Version)
	return archive(n.installation.HadoopSHA256, n.installation.sources(file)...)
}

func (n *node) spark() any {
	if !*n.installation.Spark {
		return nil
	}
	candidates := n.major.SparkVersions
	if n.installation.SparkVersion != "" {
		candidates = []string{n.installation.SparkVersion}
	}
	var urls []string
	for _, spark := range candidates {
		file := fmt.Sprintf("dataiku-dss-spark-standalone-%s-%s-generic-hadoop3.tar.gz", n.installation.Version, spark)
		urls = append(urls, n.installation.sources(file)...)
	}
	return archive(n.installation.SparkSHA256, urls...)
}

func (n *node) userIsolation() any {
	isolation := n.installation.UserIsolation
	if !*isolation.Enabled {
		return nil
	}
	accounts := list{}
	for _, account := range isolation.Accounts {
		accounts = append(accounts, object{"name": account.Name, "group": account.Group})
	}
	dirs := slices.Concat(isolation.AdditionalDirs, n.cgroupDirs())
	return object{
		"allowedGroups": texts(isolation.AllowedGroups), "additionalDirs": texts(dirs),
		"accounts": accounts, "enableLater": n.installation.EnableUserIsolationLater,
	}
}

// cgroupDirs are folders of cgroups that isolated processes are put into.
func (n *node) cgroupDirs() []string {
	switch {
	case !*n.installation.MemoryLimit.Enabled:
		return nil
	case n.cgroups1():
		return []string{cgroupMount + "/cpu/" + cgroupName, cgroupMount + "/memory/" + cgroupName}
	default:
		return []string{cgroupMount + "/" + cgroupName}
	}
}

// boot are keys of DSS's boot configuration: it makes the cgroups, as root, before DSS starts.
func (n *node) boot() object {
	switch {
	case !*n.installation.MemoryLimit.Enabled:
		return object{}
	case n.cgroups1():
		return object{"DSS_CGROUPS": "cpu/" + cgroupName + ":memory/" + cgroupName}
	default:
		return object{"DSS_CGROUPS": cgroupName, "DSS_CGROUP_CONTROLLERS": "cpu memory"}
	}
}

func (n *node) installINI() object {
	return object{
		"javaopts": object{"backend.xmx": fmt.Sprintf("%dg", n.installation.BackendMemoryGiB)},
		"server":   stringMap(n.installation.ServerSettings),
	}
}

func (n *node) environment() object {
	environment := object{}
	if n.runsJobs() {
		environment[backendHost] = privateAddress
	}
	for key, value := range n.installation.Environment {
		environment[key] = value
	}
	return environment
}

// properties are lines of config/dip.properties. Before 14.3 sessions end only where DSS keeps them in memory, and then each restart of
// DSS ends all of them.
//
// Source: https://doc.dataiku.com/dss/latest/security/advanced-options.html, "Expiring sessions".
func (n *node) properties() object {
	properties := object{}
	security := n.settings.Security
	ends := security.SessionTotalMinutes > 0 || security.SessionIdleMinutes > 0
	if ends && n.release.compare(release{14, 3, 0}) < 0 && n.installation.NodeType != NodeAPI {
		properties["dku.sessions.storage"] = "memory"
	}
	if n.installation.PortRange != nil {
		properties[portRangeProperty] = "true"
	}
	for key, value := range n.installation.Properties {
		properties[key] = value
	}
	return properties
}

func (n *node) jdbcDrivers() list {
	driver := n.installation.AthenaDriver
	if driver == nil || driver.Installed {
		return list{}
	}
	athena := archive(driver.SHA256, driver.URL)
	athena["name"], athena["folder"] = "athena", driver.Folder
	return list{athena}
}

func (n *node) baseImages() list {
	images := list{}
	for _, image := range n.installation.BaseImages {
		images = append(images, object{"type": string(image.Type), "options": texts(image.options())})
	}
	return images
}

// options are arguments of `dssadmin build-base-image`.
func (b BaseImage) options() []string {
	var options []string
	flag := func(on bool, words ...string) {
		if on {
			options = append(options, words...)
		}
	}
	flag(b.WithCUDA, "--with-cuda")
	flag(b.CUDAVersion != "", "--cuda-version", b.CUDAVersion)
	flag(b.WithPython311, "--with-py311")
	flag(b.WithoutR, "--without-r")
	flag(len(b.SystemPackages) > 0, "--system-packages", strings.Join(b.SystemPackages, ","))
	flag(b.HTTPProxy != "", "--http-proxy", b.HTTPProxy)
	flag(b.NoProxy != "", "--no-proxy", b.NoProxy)
	flag(b.Tag != "", "--tag", b.Tag)
	return options
}

func (n *node) runtimeDatabase(passwordSecretARN string) any {
	database := n.installation.RuntimeDatabase
	if database == nil {
		return nil
	}
	return object{
		"version": database.Version, "maxConnections": database.MaxConnections, "schema": database.Schema,
		"tablePrefix": database.TablePrefix, "passwordSecretArn": passwordSecretARN,
	}
}

func (n *node) snapshotTags() object {
	if n.facts.PlatformName == "" {
		return object{}
	}
	return object{snapshotTag: n.facts.PlatformName}
}
