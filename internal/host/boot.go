package host

import (
	_ "embed" // the boot's scripts
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

//go:embed boot/install.sh
var installScript string

//go:embed boot/boot.sh
var bootScript string

//go:embed boot/signal.sh
var signalScript string

// UserDataLimit is what EC2 takes as user data, in bytes before encoding.
const UserDataLimit = 16384

// DefaultDeviceName is what the data volume is attached as. Instances with NVMe show it under a name of their own.
const DefaultDeviceName = "/dev/sdf"

// Boot is what the user data of a host depends on. It holds nothing that changes while the host lives: another user data is
// another instance.
type Boot struct {
	// Region of the instance, as `eu-west-1`.
	Region string
	// DNSSuffix of the partition; `amazonaws.com` when empty.
	DNSSuffix string
	// VolumeID is the id of the data volume, as `vol-0123456789abcdef0`.
	VolumeID string
	// DeviceName is the name that the volume is attached with, for instances without NVMe; [DefaultDeviceName] when empty.
	DeviceName string
	// MountPoint of the volume; [DefaultMountPoint] when empty.
	MountPoint string
	// StackName is the CloudFormation stack with the wait condition. Without it a failure is only on the console.
	StackName string
	// AgentURL is the package of the SSM agent. When empty it is the region's own:
	// https://s3.REGION.SUFFIX/amazon-ssm-REGION/latest/linux_amd64/amazon-ssm-agent.rpm
	AgentURL string
	// AgentSHA256 pins the agent's package. When empty it is not compared: the region's address has the newest.
	AgentSHA256 string
	// AWSCLI is the AWS CLI; [DefaultAWSCLI] when it is the zero value.
	AWSCLI Tool
}

func (b Boot) withDefaults() Boot {
	for _, value := range []struct {
		of     *string
		preset string
	}{{&b.DNSSuffix, "amazonaws.com"}, {&b.DeviceName, DefaultDeviceName}, {&b.MountPoint, DefaultMountPoint}} {
		if *value.of == "" {
			*value.of = value.preset
		}
	}
	if b.AgentURL == "" {
		b.AgentURL = fmt.Sprintf("https://s3.%s.%s/amazon-ssm-%s/latest/linux_amd64/amazon-ssm-agent.rpm", b.Region, b.DNSSuffix, b.Region)
	}
	if b.AWSCLI.Name == "" {
		b.AWSCLI = DefaultAWSCLI()
	}
	return b
}

// WithMirrors sends what the boot downloads to mirrors.
func (b Boot) WithMirrors(mirrors Mirrors) Boot {
	b = b.withDefaults()
	b.AgentURL, b.AWSCLI.URL = mirrors.URL(b.AgentURL), mirrors.URL(b.AWSCLI.URL)
	return b
}

// Validate lists what is wrong with the values that do not come from other resources.
func (b Boot) Validate() problem.List {
	b = b.withDefaults()
	var found problem.List
	found.Under("", Volume{MountPoint: b.MountPoint}.validate())
	matches(&found, "agentURL", b.AgentURL, downloadURL, "an http or https URL of a package")
	if b.AgentSHA256 != "" {
		matches(&found, "agentSHA256", b.AgentSHA256, checksum, "64 hexadecimal digits in lower case")
	}
	found.Under("awsCLI", b.AWSCLI.Validate())
	if b.AWSCLI.Format != FormatInstaller {
		found.Add("awsCLI.format", FormatInstaller, "%q is not the format of the AWS CLI", b.AWSCLI.Format)
	}
	return found
}

// UserData is the script that cloud-init runs at the first start of an instance: it leaves the boot as a unit, which runs at
// every start. It has no secrets and is smaller than [UserDataLimit].
func UserData(b Boot) string {
	b = b.withDefaults()
	var conf strings.Builder
	for _, setting := range [][2]string{
		{"region", b.Region}, {"stack", b.StackName}, {"volume", b.VolumeID}, {"device_name", b.DeviceName},
		{"mount_point", b.MountPoint}, {"agent_url", b.AgentURL}, {"agent_sha256", b.AgentSHA256},
		{"cli_version", b.AWSCLI.Version}, {"cli_url", b.AWSCLI.URL}, {"cli_sha256", b.AWSCLI.SHA256},
	} {
		fmt.Fprintf(&conf, "%s=%s\n", setting[0], shellQuoted(setting[1]))
	}
	var data strings.Builder
	data.WriteString("#!/bin/bash\nset -e\numask 022\nmkdir -p /etc/dss-platform /usr/local/sbin\n")
	for _, file := range [][2]string{
		{"/etc/dss-platform/boot.conf", conf.String()},
		{"/usr/local/sbin/dss-platform-signal", signalScript},
		{"/usr/local/sbin/dss-platform-boot", bootScript},
	} {
		fmt.Fprintf(&data, "cat >%s <<'DSS_PLATFORM_END'\n%sDSS_PLATFORM_END\n", file[0], file[1])
	}
	data.WriteString("chmod 755 /usr/local/sbin/dss-platform-*\n")
	_, install, _ := strings.Cut(installScript, "\n") // without the line that names the interpreter
	data.WriteString(install)
	return data.String()
}

func shellQuoted(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
