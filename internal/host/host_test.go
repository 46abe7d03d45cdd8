package host_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

var update = flag.Bool("update", false, "write the golden files anew")

func boot() host.Boot {
	return host.Boot{Region: "eu-west-1", VolumeID: "vol-0123456789abcdef0", StackName: "dss-prod-host"}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "run the test with -update when the change is meant")
}

func TestGoldens(t *testing.T) {
	golden(t, "user-data.sh", host.UserData(boot()))
	golden(t, "document.json", host.Document())
	golden(t, "wait.json", host.WaitTemplate("revision", "i-0123456789abcdef0", 30*time.Minute))
	desired, err := json.MarshalIndent(host.NewDesired("9"), "", "  ")
	require.NoError(t, err)
	golden(t, "desired-9.json", string(desired)+"\n")
}

func TestUserDataFitsAndIsQuoted(t *testing.T) {
	b := boot()
	b.StackName = strings.Repeat("s", 128)
	b.AgentURL = "https://mirror.example.com/" + strings.Repeat("a", 900)
	assert.Less(t, len(host.UserData(b)), host.UserDataLimit)
	b.MountPoint = "/it's; rm -rf $HOME"
	assert.Contains(t, host.UserData(b), `mount_point='/it'\''s; rm -rf $HOME'`)
}

func TestBootDefaults(t *testing.T) {
	assert.Contains(t, host.UserData(boot()),
		"agent_url='https://s3.eu-west-1.amazonaws.com/amazon-ssm-eu-west-1/latest/linux_amd64/amazon-ssm-agent.rpm'")
	china := boot()
	china.Region, china.DNSSuffix = "cn-north-1", "amazonaws.com.cn"
	assert.Contains(t, host.UserData(china), "agent_url='https://s3.cn-north-1.amazonaws.com.cn/amazon-ssm-cn-north-1/")
	assert.Empty(t, boot().Validate())
	mirrored := boot().WithMirrors(host.Mirrors{"https://awscli.amazonaws.com": "https://mirror.example.com/aws/"})
	assert.Equal(t, "https://mirror.example.com/aws/awscli-exe-linux-x86_64-"+host.DefaultAWSCLIVersion+".zip", mirrored.AWSCLI.URL)
}

func TestBootValidation(t *testing.T) {
	b := host.Boot{MountPoint: "data", AgentURL: "ftp://example.com/agent.rpm", AgentSHA256: "abc", AWSCLI: host.DefaultTools()[1]}
	assert.Equal(t, []string{"mountPoint", "agentURL", "agentSHA256", "awsCLI.format"}, paths(b.Validate()))
}

func TestBundleIsDeterministicAndHashed(t *testing.T) {
	first, err := host.NewBundle(host.NewDesired("9"))
	require.NoError(t, err)
	second, err := host.NewBundle(host.NewDesired("9"))
	require.NoError(t, err)
	assert.Equal(t, first, second)

	list := fmt.Sprintf("%x  reconciler.pyz\n%x  desired.json\n", sha256.Sum256(first.Program), sha256.Sum256(first.Desired))
	assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256([]byte(list))), first.Revision)
	assert.Equal(t, "dss/host/"+first.Revision+"/reconciler.pyz", first.ProgramKey("dss/host"))
	assert.Equal(t, "dss/host/"+first.Revision+"/desired.json", first.DesiredKey("dss/host"))

	other := host.NewDesired("9")
	other.Volume.SizeGiB = 200
	third, err := host.NewBundle(other)
	require.NoError(t, err)
	assert.NotEqual(t, first.Revision, third.Revision)
	assert.Equal(t, first.Program, third.Program)
}

func TestBundleHasEveryModuleAndNoNulls(t *testing.T) {
	bundle, err := host.NewBundle(host.NewDesired("9"))
	require.NoError(t, err)
	assert.NotContains(t, string(bundle.Desired), "null")

	archive, err := zip.NewReader(bytes.NewReader(bundle.Program), int64(len(bundle.Program)))
	require.NoError(t, err)
	packed := map[string]string{}
	for _, file := range archive.File {
		assert.Equal(t, 2000, file.Modified.Year(), file.Name)
		reader, err := file.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(reader)
		require.NoError(t, err)
		packed[file.Name] = string(content)
	}
	found := 0
	require.NoError(t, filepath.WalkDir("reconciler", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".py" {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel("reconciler", path)
		assert.Equal(t, string(content), packed[filepath.ToSlash(name)], path)
		found++
		return err
	}))
	assert.Len(t, packed, found)
}

func TestArchiveRuns(t *testing.T) {
	python := python(t)
	bundle, err := host.NewBundle(host.NewDesired("9"))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), host.ProgramName)
	require.NoError(t, os.WriteFile(path, bundle.Program, 0o600))
	said, err := exec.CommandContext(t.Context(), python, path, "run", "--help").CombinedOutput()
	require.NoError(t, err, string(said))
	assert.Contains(t, string(said), "--desired")
}

func TestDocumentLimitsItsParameters(t *testing.T) {
	var document struct {
		SchemaVersion string
		Parameters    map[string]struct{ AllowedPattern string }
		MainSteps     []struct {
			Inputs struct {
				TimeoutSeconds string
				RunCommand     []string
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(host.Document()), &document))
	assert.Equal(t, "2.2", document.SchemaVersion)
	require.Len(t, document.MainSteps, 1)
	script := strings.Join(document.MainSteps[0].Inputs.RunCommand, "\n")
	for name, parameter := range document.Parameters {
		assert.True(t, strings.HasPrefix(parameter.AllowedPattern, "^") && strings.HasSuffix(parameter.AllowedPattern, "$"), name)
		assert.NotRegexp(t, parameter.AllowedPattern, "'; reboot; '", name)
		if name != host.ParameterTimeout {
			assert.Contains(t, script, "'{{ "+name+" }}'", name)
		}
	}
	for name, value := range map[string]string{
		host.ParameterBucket: "dss-prod-assets-123456789012", host.ParameterPrefix: "dss/host", host.ParameterRevision: strings.Repeat("a", 64),
		host.ParameterStack: "dss-prod-host", host.ParameterRegion: "us-gov-west-1", host.ParameterTimeout: "7200",
	} {
		assert.Regexp(t, document.Parameters[name].AllowedPattern, value, name)
	}
}

func TestWaitTemplate(t *testing.T) {
	// The reconciler's own test has the same example.
	assert.Equal(t, "Handledba23d7e0845d149", host.LogicalName("revision", "i-0123456789abcdef0"))
	assert.NotEqual(t, host.LogicalName("a", "i-1"), host.LogicalName("a", "i-2"))
	assert.NotEqual(t, host.LogicalName("a", "i-1"), host.LogicalName("b", "i-1"))
	assert.Contains(t, host.WaitTemplate("a", "i-1", 48*time.Hour), `"Timeout": "43200"`)
}

func TestPermissionsAreNarrowAndExplained(t *testing.T) {
	args := host.PermissionsArgs{Partition: "aws-cn", Region: "cn-north-1", Account: "123456789012", Stack: "dss-host", Bucket: "assets",
		Prefix: "host", KeyARN: "arn:aws-cn:kms:cn-north-1:123456789012:key/1"}
	granted := map[string][]string{}
	for _, permission := range host.Permissions(args) {
		assert.NotEmpty(t, permission.Why)
		assert.NotEmpty(t, permission.By)
		for _, resource := range permission.Resources {
			assert.True(t, resource == "*" || strings.HasPrefix(resource, "arn:aws-cn:"), resource)
		}
		for _, action := range permission.Actions {
			assert.NotContains(t, action, "*")
			granted[action] = append(granted[action], permission.Resources...)
		}
	}
	assert.Equal(t, []string{"arn:aws-cn:s3:::assets/host/*"}, granted["s3:GetObject"])
	assert.Equal(t, []string{"arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/dss-host/*"},
		granted["cloudformation:DescribeStackResource"])
	assert.Equal(t, []string{args.KeyARN}, granted["kms:Decrypt"])
	for _, action := range []string{"ssm:GetParameter", "ssm:GetParameters", "s3:PutObject", "cloudformation:SignalResource"} {
		assert.NotContains(t, granted, action)
	}
	args.KeyARN = ""
	for _, permission := range host.Permissions(args) {
		assert.NotContains(t, permission.Actions, "kms:Decrypt")
	}
}

func paths(found problem.List) []string {
	var all []string
	for _, p := range found {
		all = append(all, p.Path)
	}
	return all
}

func TestDesiredValidation(t *testing.T) {
	for _, release := range []string{"8", "9"} {
		assert.Empty(t, host.NewDesired(release).Validate(), release)
	}
	tools := func(change func(*host.Tool)) func(*host.Desired) {
		return func(d *host.Desired) { change(&d.Tools[3]) }
	}
	for name, c := range map[string]struct {
		change func(*host.Desired)
		want   string
	}{
		"release":              {func(d *host.Desired) { d.OSRelease = "7" }, "osRelease"},
		"relative mount point": {func(d *host.Desired) { d.Volume.MountPoint = "data" }, "volume.mountPoint"},
		"system mount point":   {func(d *host.Desired) { d.Volume.MountPoint = "/usr/local" }, "volume.mountPoint"},
		"size":                 {func(d *host.Desired) { d.Volume.SizeGiB = -1 }, "volume.sizeGiB"},
		"root":                 {func(d *host.Desired) { d.User.Name = "root" }, "user.name"},
		"user name":            {func(d *host.Desired) { d.User.Name = "Data Iku" }, "user.name"},
		"home":                 {func(d *host.Desired) { d.User.Home = "/data/../etc" }, "user.home"},
		"shell":                {func(d *host.Desired) { d.User.Shell = "bash" }, "user.shell"},
		"uid of the system":    {func(d *host.Desired) { d.User.UID = 12 }, "user.uid"},
		"open files":           {func(d *host.Desired) { d.Limits.OpenFiles = 1024 }, "limits.openFiles"},
		"processes":            {func(d *host.Desired) { d.Limits.Processes = 1 << 21 }, "limits.processes"},
		"locale":               {func(d *host.Desired) { d.Locale = "english" }, "locale"},
		"clock":                {func(d *host.Desired) { d.Clock.Server = "a b" }, "clock.server"},
		"package":              {func(d *host.Desired) { d.Packages[0] = "acl; reboot" }, "packages[0]"},
		"uid of the guard":     {func(d *host.Desired) { d.Guard.AllowedUIDs = []int{-1} }, "metadataGuard.allowedUIDs[0]"},
		"images everywhere":    {func(d *host.Desired) { d.Docker.DataRoot = "/data" }, "docker.dataRoot"},
		"docker version":       {func(d *host.Desired) { d.Docker.Version = "latest" }, "docker.version"},
		"repository":           {func(d *host.Desired) { d.Docker.RepositoryURL = "docker-ce.repo" }, "docker.repositoryURL"},
		"log size":             {func(d *host.Desired) { d.Docker.LogMaxSize = "0" }, "docker.logMaxSize"},
		"log files":            {func(d *host.Desired) { d.Docker.LogMaxFiles = 0 }, "docker.logMaxFiles"},
		"missing tool":         {func(d *host.Desired) { d.Tools = d.Tools[1:] }, "tools"},
		"tool twice":           {func(d *host.Desired) { d.Tools = append(d.Tools, d.Tools[0]) }, "tools[4].name"},
		"old authenticator":    {tools(func(tool *host.Tool) { tool.Version = "0.10.0" }), "tools[3].version"},
		"checksum":             {tools(func(tool *host.Tool) { tool.SHA256 = "" }), "tools[3].sha256"},
		"tool's URL":           {tools(func(tool *host.Tool) { tool.URL = "https://example.com/a b" }), "tools[3].url"},
		"format":               {tools(func(tool *host.Tool) { tool.Format = "rar" }), "tools[3].format"},
		"member":               {tools(func(tool *host.Tool) { tool.Format, tool.Member = host.FormatTarGz, "../x" }), "tools[3].member"},
		"member of a binary":   {tools(func(tool *host.Tool) { tool.Member = "x" }), "tools[3].member"},
		"no version arguments": {tools(func(tool *host.Tool) { tool.VersionArguments = nil }), "tools[3].versionArguments"},
	} {
		t.Run(name, func(t *testing.T) {
			desired := host.NewDesired("9")
			c.change(&desired)
			assert.Equal(t, []string{c.want}, paths(desired.Validate()))
			_, err := host.NewBundle(desired)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestMovingTheVolume(t *testing.T) {
	moved := host.NewDesired("9").WithMountPoint("/mnt/dss")
	assert.Equal(t, "/mnt/dss/home/dataiku", moved.User.Home)
	assert.Equal(t, "/mnt/dss/docker", moved.Docker.DataRoot)
	elsewhere := host.NewDesired("9")
	elsewhere.User.Home = "/database/home"
	assert.Equal(t, "/database/home", elsewhere.WithMountPoint("/mnt/dss").User.Home)
}

func TestMirrors(t *testing.T) {
	mirrors := host.Mirrors{
		"https://github.com":           "https://mirror.example.com/github",
		"https://github.com/eksctl-io": "http://10.0.0.1:8080/eksctl/",
		"https://dl.k8s":               "https://wrong.example.com",
		"https://download.docker.com/": "https://mirror.example.com/docker/",
	}
	before := host.NewDesired("9")
	desired := before.WithMirrors(mirrors)
	assert.Equal(t, "http://10.0.0.1:8080/eksctl/eksctl/releases/download/v"+host.DefaultEksctlVersion+"/eksctl_Linux_amd64.tar.gz",
		desired.Tools[2].URL)
	assert.True(t, strings.HasPrefix(desired.Tools[3].URL, "https://mirror.example.com/github/kubernetes-sigs/"), desired.Tools[3].URL)
	assert.Equal(t, before.Tools[1].URL, desired.Tools[1].URL)
	assert.Equal(t, "https://mirror.example.com/docker/linux/centos/docker-ce.repo", desired.Docker.RepositoryURL)
	assert.Equal(t, host.DefaultTools(), before.Tools, "the original stays as it is")
	assert.Empty(t, desired.Validate())
}

// Every script that this package brings, also those that are made of parts, is clean.
func TestShellcheck(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("there is no shellcheck on this machine")
	}
	var document struct {
		MainSteps []struct{ Inputs struct{ RunCommand []string } }
	}
	require.NoError(t, json.Unmarshal([]byte(host.Document()), &document))
	folder := t.TempDir()
	for name, content := range map[string]string{
		"user-data.sh": host.UserData(boot()), "document.sh": strings.Join(document.MainSteps[0].Inputs.RunCommand, "\n") + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	scripts, err := filepath.Glob(filepath.Join(folder, "*.sh"))
	require.NoError(t, err)
	for _, name := range []string{"install", "boot", "signal"} {
		scripts = append(scripts, filepath.Join("boot", name+".sh"))
	}
	for _, script := range scripts {
		said, err := exec.CommandContext(t.Context(), shellcheck, "--severity=style", script).CombinedOutput()
		assert.NoError(t, err, "%s\n%s", script, said)
	}
}

// memory is a folder that no disk is behind, where there is one: the tests write files by the thousand and have each of them synced.
func memory() string {
	if facts, err := os.Stat("/dev/shm"); err == nil && facts.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}

func python(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine")
	}
	if exec.CommandContext(t.Context(), path, "-c", "import sys; sys.exit(sys.version_info < (3, 9))").Run() != nil {
		t.Skip("python3 of this machine is older than 3.9")
	}
	return path
}

// The reconciler's own tests. Those that kill a run at every place kill it at some places here; `make host` has all of them.
// Reading the files here tells the test cache of them.
func TestReconciler(t *testing.T) {
	interpreter := python(t)
	t.Log("runs are killed at each 20th place only: make host has all of them")
	modules, err := filepath.Glob("reconciler_test/*.py")
	require.NoError(t, err)
	for _, path := range modules {
		_, err := os.ReadFile(path)
		require.NoError(t, err)
		module := strings.TrimSuffix(filepath.Base(path), ".py")
		if !strings.HasPrefix(module, "test_") {
			continue
		}
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), interpreter, "-m", "unittest", "-v", module)
			command.Dir = "reconciler_test"
			command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "DISTURB_EVERY=20", "TMPDIR="+memory())
			said, err := command.CombinedOutput()
			require.NoError(t, err, string(said))
			assert.NotContains(t, string(said), "Ran 0 tests")
		})
	}
}
