package host

import "fmt"

// Caller is the part of the host that uses a permission.
type Caller string

// Callers.
const (
	// CallerBoot calls only when the host fails before its reconciler runs.
	CallerBoot Caller = "boot"
	// CallerDocument is the script of [Document].
	CallerDocument   Caller = "document"
	CallerReconciler Caller = "reconciler"
	// CallerAgent is the SSM agent itself, which a laboratory's agent may only stand for.
	CallerAgent Caller = "agent"
)

// Permission is a part of what the host's role must be allowed.
type Permission struct {
	// By is who calls the actions.
	By Caller
	// Actions are IAM actions.
	Actions []string
	// Resources are ARNs, or `*` where the actions know no resources.
	Resources []string
	// Why names what needs the actions, and why its resources are no narrower.
	Why string
}

// PermissionsArgs are the names that the permissions are limited to.
type PermissionsArgs struct {
	// Partition, Region and Account of the host.
	Partition, Region, Account string
	// Stack is the name of the CloudFormation stack with the wait condition; a name that ends with `*` stands for several.
	Stack string
	// Bucket and Prefix are where revisions lie.
	Bucket, Prefix string
	// KeyARN is the KMS key that the bucket encrypts with; empty for a key that needs no permission.
	KeyARN string
	// DocumentARN is the document that the association runs; empty for any document of the account.
	DocumentARN string
}

// Permissions lists what the boot, the SSM agent and the reconciler's base steps need of AWS. It takes the place of the managed
// policy AmazonSSMManagedInstanceCore, which also lets a host read every parameter of the account (`ssm:GetParameter*` on `*`).
func Permissions(a PermissionsArgs) []Permission {
	arn := func(service, resource string) string {
		return fmt.Sprintf("arn:%s:%s:%s:%s:%s", a.Partition, service, a.Region, a.Account, resource)
	}
	list := []Permission{
		{
			By:        CallerDocument,
			Actions:   []string{"s3:GetObject"},
			Resources: []string{fmt.Sprintf("arn:%s:s3:::%s/%s/*", a.Partition, a.Bucket, a.Prefix)},
			Why:       "the document gets the reconciler and the desired state",
		},
		{
			By:        CallerReconciler,
			Actions:   []string{"cloudformation:DescribeStackResource"},
			Resources: []string{arn("cloudformation", "stack/"+a.Stack+"/*")},
			Why:       "the reconciler looks up where to signal its outcome, and whether somebody waits; stacks' ids end at random",
		},
		{
			By:        CallerBoot,
			Actions:   []string{"cloudformation:DescribeStackResources"},
			Resources: []string{arn("cloudformation", "stack/"+a.Stack+"/*")},
			Why:       "the boot and the document look up where to signal a failure, before there is a reconciler; unused on a host that boots",
		},
	}
	if a.KeyARN != "" {
		list = append(list, Permission{
			By: CallerDocument, Actions: []string{"kms:Decrypt"}, Resources: []string{a.KeyARN},
			Why: "reading objects of a bucket that is encrypted with a key of one's own",
		})
	}
	document := a.DocumentARN
	if document == "" {
		document = arn("ssm", "document/*")
	}
	return append(list, agentPermissions(arn("ec2", "instance/*"), document, arn("ssm", "association/*"))...)
}

// agentPermissions is what the SSM agent calls. A laboratory's agent may call less; the real one needs each of these.
//
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
func agentPermissions(instances, document, associations string) []Permission {
	return []Permission{
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:UpdateInstanceInformation"},
			Resources: []string{instances},
			Why:       "the agent registers and says that it is alive; the role exists before the instance, whose id is not known",
		},
		{
			By: CallerAgent,
			Actions: []string{"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
				"ssmmessages:OpenDataChannel"},
			Resources: []string{"*"},
			Why:       "the agent gets commands and sessions, and sends their output; these actions know no resources",
		},
		{
			By: CallerAgent,
			Actions: []string{"ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage",
				"ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"},
			Resources: []string{"*"},
			Why:       "the agent falls back to these where a network has no ssmmessages endpoint; these actions know no resources",
		},
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:ListAssociations"},
			Resources: []string{"*"},
			Why:       "the agent asks which associations there are; this action knows no resources",
		},
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:GetDocument", "ssm:DescribeDocument", "ssm:DescribeAssociation", "ssm:UpdateAssociationStatus"},
			Resources: []string{document, instances},
			Why:       "the agent gets the document of its association, and reports on it",
		},
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:UpdateInstanceAssociationStatus", "ssm:DescribeAssociation"},
			Resources: []string{associations, instances},
			Why:       "the agent reports on its association, whose id is made with it and comes after the role",
		},
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:ListInstanceAssociations"},
			Resources: []string{instances},
			Why:       "the agent asks which associations are its own",
		},
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:PutComplianceItems"},
			Resources: []string{instances},
			Why:       "the agent reports associations' compliance",
		},
		{
			By:        CallerAgent,
			Actions:   []string{"ssm:PutInventory"},
			Resources: []string{"*"},
			Why:       "the agent reports the inventory where an account collects it; this action knows no resources",
		},
	}
}
