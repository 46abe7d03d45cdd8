package dss

import (
	"regexp"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// desired is the state of the host as far as the plain arguments decide it.
func (a *DSSInstanceArgs) desired() host.Desired {
	desired := host.NewDesired(strings.TrimPrefix(string(a.OperatingSystem), "almalinux"))
	desired.Volume.SizeGiB = a.DataVolume.SizeGiB
	desired.User.Name, desired.User.Home = a.UserName, desired.Volume.MountPoint+"/home/"+a.UserName
	desired.Tools = a.Tools
	// A wait condition cannot be updated: another timeout has to be another revision, for then it is another condition.
	desired.Extra = map[string]any{"deployment": map[string]any{"waitTimeoutMinutes": a.WaitTimeoutMinutes}}
	return desired.WithMirrors(a.Mirrors)
}

// secrets are the ARNs of the secrets that the host reads; empty where there is none.
type secrets struct {
	license, credentials string
}

// withSecrets tells the host where its secrets are. Their values never get into the state.
func withSecrets(desired host.Desired, found secrets) host.Desired {
	if found.license != "" {
		desired.Extra["license"] = map[string]any{"secretArn": found.license}
	}
	if found.credentials != "" {
		desired.Extra["credentials"] = map[string]any{"secretArn": found.credentials}
	}
	return desired
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

// hostPolicyArgs are what the host's own policy is limited to.
type hostPolicyArgs struct {
	bucket, bucketKey, document, stack string
	secrets
	// secretKeys are the KMS keys of the secrets.
	secretKeys []string
}

// hostPolicy is what the boot, the agent and the reconciler need, and reading the secrets that are named. docs/dss.md says
// what needs each action.
func hostPolicy(at location.Location, args hostPolicyArgs) iam.Document {
	var statements []iam.Statement
	for _, p := range host.Permissions(host.PermissionsArgs{
		Partition: at.Partition, Region: at.Region, Account: at.AccountID,
		Stack: args.stack, Bucket: args.bucket, Prefix: assetsPrefix, KeyARN: args.bucketKey, DocumentARN: args.document,
	}) {
		statements = append(statements, iam.Allow("", p.Actions, p.Resources...))
	}
	var arns []string
	for _, arn := range []string{args.license, args.credentials} {
		if arn != "" {
			arns = append(arns, arn)
		}
	}
	if len(arns) > 0 {
		// For the steps that install the licence and the access key.
		statements = append(statements, iam.Allow("ReadSecrets", []string{"secretsmanager:GetSecretValue"}, arns...))
	}
	if len(args.secretKeys) > 0 {
		statements = append(statements, iam.Allow("DecryptSecrets", []string{"kms:Decrypt"}, args.secretKeys...).
			If("StringEquals", "kms:ViaService", at.Service("secretsmanager")))
	}
	return iam.NewDocument(statements...)
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
