package dss

import (
	"regexp"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
)

// desired is the state of the host as far as the plain arguments decide it, without DSS.
func (a *DSSInstanceArgs) desired() host.Desired {
	desired := host.NewDesired(a.osRelease())
	desired.Volume.SizeGiB = a.DataVolume.SizeGiB
	desired.User.Name, desired.User.Home = a.UserName, desired.Volume.MountPoint+"/home/"+a.UserName
	desired.Tools = a.Tools
	desired.WaitTimeoutMinutes = a.WaitTimeoutMinutes
	return desired.WithMirrors(a.Mirrors)
}

// osRelease is the release of the operating system: "9" or "8".
func (a *DSSInstanceArgs) osRelease() string {
	return strings.TrimPrefix(string(a.OperatingSystem), "almalinux")
}

// boot is what the user data is made of, as far as the plain arguments decide it.
func (a *DSSInstanceArgs) boot() host.Boot {
	boot := host.Boot{Region: "us-east-1", DeviceName: dataDevice, AgentURL: a.SSMAgentURL, AgentSHA256: a.SSMAgentSHA256}
	for _, tool := range a.Tools {
		if tool.Name == host.AWSCLIName {
			boot.AWSCLI = tool
		}
	}
	return boot
}

var notInStackName = regexp.MustCompile(`[^A-Za-z0-9-]+`)

// stackName is the name of the CloudFormation stack that waits for the host. The host's role, its boot and its association
// know it before it is there, so it is not generated.
func stackName(project, stack, name string) string {
	text := notInStackName.ReplaceAllString(project+"-"+stack+"-"+name, "-")
	if !strings.ContainsAny(text[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		text = "dss-" + text
	}
	return text
}

func (d *DSSInstance) stackName() string { return stackName(d.ctx.Project(), d.ctx.Stack(), d.name) }
