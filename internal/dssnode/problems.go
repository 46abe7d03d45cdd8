package dssnode

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Problems lists everything that is wrong with an installation and its settings, with paths that begin with `installation` and
// `settings`. Values that are [Unknown] are not looked at.
func Problems(installation Installation, settings Settings[string], facts Facts) problem.List {
	n := resolve(installation, settings, facts)
	var wrong problem.List
	wrong.Under("installation", n.installationProblems())
	if n.installation.NodeType == NodeAPI {
		wrong.Under("settings", settingsOfAPINode(settings))
		return wrong
	}
	var inside problem.List
	inside = append(inside, n.computeProblems()...)
	inside = append(inside, n.connectionProblems()...)
	inside = append(inside, n.clusterProblems()...)
	inside = append(inside, n.peopleProblems()...)
	inside = append(inside, n.securityProblems()...)
	inside = append(inside, n.overlayProblems()...)
	wrong.Under("settings", inside)
	return wrong
}

// settingsOfAPINode lists settings of a node that has none.
func settingsOfAPINode(settings Settings[string]) problem.List {
	var wrong problem.List
	value := reflect.ValueOf(settings)
	for i := range value.NumField() {
		if !value.Field(i).IsZero() {
			key, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			wrong.Add(key, "leave it out, or give it to the node that deploys to this one", "an API node has no settings of its own")
		}
	}
	return wrong
}

// versionProblems are about the release. Without a release nothing else can be said of it.
func (n *node) versionProblems() problem.List {
	var wrong problem.List
	i := n.installation
	r, ok := parseRelease(i.Version)
	switch {
	case !ok:
		wrong.Add("version", "write it as "+DefaultVersion, "%q is no release of DSS", i.Version)
	case r.major < OldestMajor:
		wrong.Add("version", fmt.Sprintf("use %s; an instance of %s is upgraded to it", knownVersions(), r),
			"DSS %s is not supported: before %d it runs on Java 11, and has other settings", r, OldestMajor)
	case !r.isKnown() && !i.AllowUnknownVersion:
		wrong.Add("version", fmt.Sprintf("use %s (known are %s), or set allowUnknownVersion for one that is newer than this library",
			nearestKnown(r), knownVersions()), "%q is not a release of DSS that is known here", i.Version)
	}
	return wrong
}

func (n *node) installationProblems() problem.List {
	i := n.installation
	wrong := n.versionProblems()
	wrong = append(wrong, n.nodeTypeProblems()...)
	wrong = append(wrong, n.sourceProblems()...)
	if !slices.Contains(n.major.Pythons, i.Python) {
		wrong.Add("python", "use "+strings.Join(n.major.Pythons, ", "), "DSS %d does not run on Python %q", n.major.Number, i.Python)
	}
	if *i.Spark && !*i.Hadoop {
		wrong.Add("spark", "leave hadoop on, or turn spark off too", "Spark reads files by the Hadoop libraries")
	}
	wrong.Under("userIsolation", n.isolationProblems())
	wrong = append(wrong, n.memoryProblems()...)
	if i.PortRange != nil {
		wrong.Under("portRange", n.portProblems())
	}
	wrong = append(wrong, n.fileProblems()...)
	wrong.Under("baseImages", n.imageProblems())
	if i.AthenaDriver != nil {
		wrong.Under("athenaDriver", n.driverProblems())
	}
	if i.RuntimeDatabase != nil {
		wrong.Under("runtimeDatabase", i.RuntimeDatabase.problems())
	}
	return wrong
}

func (n *node) nodeTypeProblems() problem.List {
	var wrong problem.List
	i := n.installation
	if i.NodeType == nodeGovern {
		wrong.Add("nodeType", "use design, automation, deployer or api",
			"a govern node needs a PostgreSQL database and an installation of its own, which are not made here")
		return wrong
	}
	oneOf(&wrong, "nodeType", i.NodeType, NodeDesign, NodeAutomation, NodeDeployer, NodeAPI)
	if len(wrong) > 0 {
		return wrong
	}
	if i.NodeType != NodeDesign && !n.facts.HasLicense {
		wrong.Add("nodeType", "give the secret of a licence, or use design", "DSS Free Edition has no %s node", i.NodeType)
	}
	if n.runsJobs() {
		return wrong
	}
	for _, feature := range []struct {
		path string
		on   bool
	}{
		{"hadoop", *i.Hadoop},
		{"spark", *i.Spark},
		{"graphicsExport", i.GraphicsExport},
		{"userIsolation.enabled", *i.UserIsolation.Enabled},
		{"memoryLimit", *i.MemoryLimit.Enabled},
		{"portRange", i.PortRange != nil},
		{"baseImages", i.NodeType == NodeAPI && len(i.BaseImages) > 0},
		{"runtimeDatabase", i.NodeType == NodeAPI && i.RuntimeDatabase != nil},
		{"athenaDriver", i.NodeType == NodeAPI && i.AthenaDriver != nil},
	} {
		if feature.on {
			wrong.Add(feature.path, "leave it out", "the node type %s has no use for it", i.NodeType)
		}
	}
	return wrong
}

// sourceProblems are about where archives come from, and their checksums.
func (n *node) sourceProblems() problem.List {
	var wrong problem.List
	i := n.installation
	form(&wrong, "source", i.Source, sourcePattern, "https://HOST/PATH or s3://BUCKET/PREFIX")
	for _, sum := range []struct{ path, value string }{
		{"kitSha256", i.KitSHA256}, {"hadoopSha256", i.HadoopSHA256}, {"sparkSha256", i.SparkSHA256},
	} {
		form(&wrong, sum.path, sum.value, checksumPattern, "64 hexadecimal digits in lower case")
	}
	form(&wrong, "sparkVersion", i.SparkVersion, sparkPattern, "a release of Spark such as 3.5.3")
	if i.SparkSHA256 != "" && i.SparkVersion == "" {
		wrong.Add("sparkSha256", "give sparkVersion too", "without the version nobody knows which archive the checksum is of")
	}
	unchecked := i.KitSHA256 == "" || *i.Hadoop && i.HadoopSHA256 == "" || *i.Spark && i.SparkSHA256 == ""
	if strings.HasPrefix(i.Source, "http://") && unchecked {
		wrong.Add("source", "use https, or give kitSha256, hadoopSha256 and sparkSha256", "http lets everybody on the way change the archives")
	}
	return wrong
}

func (n *node) isolationProblems() problem.List {
	var wrong problem.List
	isolation := n.installation.UserIsolation
	if !*isolation.Enabled {
		if len(isolation.AllowedGroups)+len(isolation.AdditionalDirs)+len(isolation.Accounts) > 0 {
			wrong.Add("enabled", "turn it on, or leave out the rest", "groups, folders and accounts of user isolation, which is off")
		}
		return wrong
	}
	if !n.facts.HasLicense {
		wrong.Add("enabled", "give the secret of a licence, or leave it out", "user isolation is a feature of a licence")
	}
	for i, name := range isolation.AllowedGroups {
		form(&wrong, problem.Index("allowedGroups", i), or(name, " "), accountPattern, "the name of a Unix group: lower case")
		if slices.Contains([]string{"root", "wheel", "docker", "sudo", n.facts.UserName}, name) {
			wrong.Add(problem.Index("allowedGroups", i), "use a group of its own, such as "+DefaultUserGroup,
				"the group %s has more rights than users' code may have", name)
		}
	}
	for i, folder := range isolation.AdditionalDirs {
		form(&wrong, problem.Index("additionalDirs", i), or(folder, " "), folderPattern, "an absolute path of letters, digits, dots, hyphens")
	}
	seen := unique{}
	for i, account := range isolation.Accounts {
		at := problem.Index("accounts", i)
		wrong.Under(at, n.accountProblems(account))
		seen.add(&wrong, at+".name", account.Name, "account")
	}
	return wrong
}

func (n *node) accountProblems(account UnixAccount) problem.List {
	var wrong problem.List
	required(&wrong, "name", account.Name, accountPattern,
		"a Unix name: lower case, at most 32; with user isolation every user of DSS needs an account, so name accounts that differ from logins")
	if slices.Contains([]string{"root", n.facts.UserName}, account.Name) {
		wrong.Add("name", "use another", "%s is no account for users' code: it may do everything that DSS may", account.Name)
	}
	if !slices.Contains(n.installation.UserIsolation.AllowedGroups, account.Group) {
		wrong.Add("group", "use one of allowedGroups, or add it there", "code may not run as members of %q", account.Group)
	}
	return wrong
}

func (n *node) memoryProblems() problem.List {
	var wrong problem.List
	i, hostGiB := n.installation, n.facts.HostMemoryMiB/1024
	between(&wrong, "backendMemoryGiB", i.BackendMemoryGiB, minBackendGiB, maxBackendGiB,
		"use 8 to 20: above 31 GiB the JVM needs more memory for less")
	if hostGiB > 0 && i.BackendMemoryGiB > hostGiB/2 {
		wrong.Add("backendMemoryGiB", fmt.Sprintf("use %d at most, or a larger host", hostGiB/2),
			"a heap of %d GiB is more than half of the host's %d GiB", i.BackendMemoryGiB, hostGiB)
	}
	if *i.MemoryLimit.Enabled {
		wrong.Under("memoryLimit", n.limitProblems(hostGiB))
	} else if i.MemoryLimit.Percent != 0 || i.MemoryLimit.GiB != 0 {
		wrong.Add("memoryLimit.enabled", "turn it on, or leave out the amount", "an amount for a limit that is off")
	}
	return wrong
}

func (n *node) limitProblems(hostGiB int) problem.List {
	var wrong problem.List
	i := n.installation
	limit := i.MemoryLimit
	if !n.cgroups1() && !*i.UserIsolation.Enabled {
		wrong.Add("enabled", "turn on user isolation, or leave it out", "with version 2 of cgroups, which release %s has, DSS limits only "+
			"isolated users", n.facts.OSRelease)
	}
	if limit.Percent != 0 {
		between(&wrong, "percent", limit.Percent, 10, 90, "use 50 to 75")
	}
	if hostGiB == 0 && (limit.Percent != 0 || limit.GiB == 0) {
		wrong.Add("gib", "give it", "the host's memory is not known, so nothing can be a part of it")
		return wrong
	}
	if limit.GiB < 1 {
		wrong.Add("gib", "use 1 or more", "%d GiB is no limit", limit.GiB)
	}
	if hostGiB > 0 && limit.GiB+i.BackendMemoryGiB > hostGiB {
		wrong.Add("gib", "lower one of them, or use a larger host", "%d GiB for users and a heap of %d GiB are more than the host's %d GiB",
			limit.GiB, i.BackendMemoryGiB, hostGiB)
	}
	return wrong
}

func (n *node) portProblems() problem.List {
	var wrong problem.List
	ports := *n.installation.PortRange
	between(&wrong, "from", ports.From, 1024, 65535, "use ports that need no root")
	between(&wrong, "to", ports.To, 1024, 65535, "use ports that need no root")
	if ports.From >= ports.To {
		wrong.Add("to", "give the higher end", "%d to %d is no range", ports.From, ports.To)
	}
	if base := n.facts.Port; ports.From <= base+10 && ports.To >= base {
		wrong.Add("from", "use ports outside of it", "DSS has %d to %d already", base, base+10)
	}
	if strings.TrimSpace(n.settings.OverlayJSON) == "" {
		wrong.Add("from", "set the range once in DSS (Administration, Settings, Misc), and put what it wrote to the general settings into "+
			"settings.overlayJson", "the key of the range in DSS's settings is not documented, so it cannot be set from here alone")
	}
	return wrong
}

// portRangeProperty turns on the page where the range is set.
const portRangeProperty = "dku.feature.portRangeLimitation.enabled"

// fileProblems are about lines of install.ini, dip.properties and env-site.sh.
func (n *node) fileProblems() problem.List {
	var wrong problem.List
	i := n.installation
	for key, value := range sorted(i.ServerSettings) {
		at := "serverSettings." + key
		if !slices.Contains(serverKeys, key) {
			wrong.Add(at, "use "+strings.Join(serverKeys, ", "), "it is not a documented key of install.ini")
		}
		line(&wrong, at, value)
	}
	for key, value := range sorted(i.Properties) {
		at := "properties." + key
		form(&wrong, at, or(key, " "), propertyPattern, "a key of letters, digits, dots, hyphens and underscores")
		line(&wrong, at, value)
		if key == portRangeProperty && i.PortRange != nil {
			wrong.Add(at, "leave it out", "portRange sets it")
		}
	}
	for key, value := range sorted(i.Environment) {
		at := "environment." + key
		form(&wrong, at, or(key, " "), variablePattern, "the name of a variable: letters, digits and underscores")
		line(&wrong, at, value)
		if slices.Contains([]string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}, key) {
			wrong.Add(at, "use the host's credentialsMode, or keyPairSecretArn of a connection", "every process on the host can read it")
		}
	}
	return wrong
}

func (n *node) imageProblems() problem.List {
	var wrong problem.List
	seen := unique{}
	for i, image := range n.installation.BaseImages {
		at := problem.Index("", i)
		wrong.Under(at, n.baseImageProblems(image))
		seen.add(&wrong, at, strings.TrimSpace(string(image.Type)+" "+image.Tag), "image without a tag")
	}
	return wrong
}

func (n *node) baseImageProblems(image BaseImage) problem.List {
	var wrong problem.List
	oneOf(&wrong, "type", image.Type, ImageContainerExec, ImageSpark, ImageCDE, ImageAPIDeployer)
	if image.CUDAVersion != "" && !image.WithCUDA {
		wrong.Add("cudaVersion", "set withCuda too", "a version of CUDA for an image without")
	}
	form(&wrong, "cudaVersion", image.CUDAVersion, cudaPattern, "a version such as 11.8")
	form(&wrong, "httpProxy", image.HTTPProxy, proxyPattern, "http://HOST:PORT")
	form(&wrong, "noProxy", image.NoProxy, noProxyPattern, "names and addresses with commas between them")
	form(&wrong, "tag", image.Tag, imagePattern, "a name and a tag, such as dku-exec-base-gpu:1")
	for i, name := range image.SystemPackages {
		form(&wrong, problem.Index("systemPackages", i), or(name, " "), systemPattern, "the name of a package")
	}
	if image.Type != ImageAPIDeployer && !*n.settings.ElasticCompute {
		wrong.Add("type", "turn on settings.elasticCompute, or leave it out", "without elastic compute nothing runs on an image of type %s",
			image.Type)
	}
	if image.Type == ImageSpark && !*n.installation.Spark {
		wrong.Add("type", "turn on spark, or leave it out", "the image is made from the host's Spark, which is off")
	}
	return wrong
}

func (n *node) driverProblems() problem.List {
	var wrong problem.List
	driver := n.installation.AthenaDriver
	switch {
	case driver.Installed && driver.URL != "":
		wrong.Add("url", "leave it out, or leave out installed", "a driver that is there is not downloaded")
	case !driver.Installed && driver.URL == "":
		wrong.Add("url", "give the address of the .jar, or of a .zip of them; AWS lists them at "+
			"https://docs.aws.amazon.com/athena/latest/ug/connect-with-jdbc.html", "it is missing")
	}
	form(&wrong, "url", driver.URL, filePattern, "https://HOST/PATH or s3://BUCKET/KEY")
	form(&wrong, "sha256", driver.SHA256, checksumPattern, "64 hexadecimal digits in lower case")
	if strings.HasPrefix(driver.URL, "http://") && driver.SHA256 == "" {
		wrong.Add("sha256", "give it, or use https", "http lets everybody on the way change the driver")
	}
	form(&wrong, "folder", driver.Folder, libPattern, "a folder below lib, such as "+DefaultAthenaFolder)
	if driver.Folder == "lib/jdbc" || strings.HasPrefix(driver.Folder, "lib/jdbc/") || strings.Contains(driver.Folder, "..") {
		wrong.Add("folder", "use a folder of its own, such as "+DefaultAthenaFolder, "DSS loads drivers of lib/jdbc together, and this one does "+
			"not get along with others")
	}
	if driver.MajorVersion != 2 && driver.MajorVersion != 3 {
		wrong.Add("majorVersion", "use 2 or 3", "%d is no driver of Athena", driver.MajorVersion)
	}
	if driver.MajorVersion == 3 && n.release.compare(release{14, 2, 0}) < 0 {
		wrong.Add("majorVersion", "use DSS 14.2 or newer, or 2", "DSS %s does not hand credentials to driver 3 reliably", n.release)
	}
	return wrong
}

func (d RuntimeDatabase) problems() problem.List {
	var wrong problem.List
	oneOf(&wrong, "version", d.Version, "15", "16")
	between(&wrong, "maxConnections", d.MaxConnections, DefaultMaxConnections, 10000, fmt.Sprintf("use %d or more, as Dataiku asks",
		DefaultMaxConnections))
	form(&wrong, "schema", d.Schema, identifier, "lower-case letters, digits and underscores")
	form(&wrong, "tablePrefix", d.TablePrefix, identifier, "lower-case letters, digits and underscores")
	return wrong
}
