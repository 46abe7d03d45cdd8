package stacks

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/strict"
)

// awsNamespace is the namespace of the AWS provider's configuration keys.
const awsNamespace = "aws:"

// AWSConfig is how to reach the account: those keys of the aws namespace that choose account, region and identity.
// Credentials themselves come from the environment or the profile.
type AWSConfig struct {
	// Region is where everything is built. Required.
	Region string `json:"region"`
	// Profile is a profile of the shared AWS configuration. Default: the SDK's.
	Profile string `json:"profile"`
	// AllowedAccountIDs guards against the wrong account. Default: any.
	AllowedAccountIDs []string `json:"allowedAccountIds"`
	// AssumeRole is a role to build under. Default: none.
	AssumeRole *AssumeRole `json:"assumeRole"`
}

// AssumeRole is a role that the deployment takes.
type AssumeRole struct {
	// RoleARN is the role. Required.
	RoleARN string `json:"roleArn"`
	// ExternalID is what the role's trust policy asks for, if it asks. Default: none.
	ExternalID string `json:"externalId"`
	// SessionName is how the deployment appears in CloudTrail. Default: one that is generated.
	SessionName string `json:"sessionName"`
}

// loadAWS reads the provider's keys. The provider is an explicit one, which does not read them by itself.
func loadAWS(ctx *pulumi.Context, cfg *Config) problem.List {
	var wrong problem.List
	source := config.New(ctx, "aws")
	cfg.AWS.Region = source.Get("region")
	cfg.AWS.Profile = source.Get("profile")
	for key, into := range map[string]any{"allowedAccountIds": &cfg.AWS.AllowedAccountIDs, "assumeRole": &cfg.AWS.AssumeRole} {
		text := source.Get(key)
		if text == "" {
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			wrong.Add(awsNamespace+key, "see the AWS provider's configuration", "%q is not structured", text)
			continue
		}
		wrong.Under(awsNamespace+key, strict.Decode(value, into))
	}
	return wrong
}

func (c AWSConfig) problems() problem.List {
	var wrong problem.List
	if c.Region == "" {
		wrong.Add(awsNamespace+"region", "pulumi config set aws:region REGION", "no region")
	}
	for i, id := range c.AllowedAccountIDs {
		if !accountID.MatchString(id) {
			wrong.Add(problem.Index(awsNamespace+"allowedAccountIds", i), "give its twelve digits", "%q is no account", id)
		}
	}
	if c.AssumeRole != nil && !roleARN.MatchString(c.AssumeRole.RoleARN) {
		wrong.Add(awsNamespace+"assumeRole.roleArn", "give the ARN of the role to build under", "%s", noRole(c.AssumeRole.RoleARN))
	}
	return wrong
}

func noRole(given string) string {
	if given == "" {
		return "no role"
	}
	return fmt.Sprintf("%q is no role", given)
}

// externalIDProblems are about objects in the cluster: tokens for its API come from `aws eks get-token`, which takes a role, and has no
// argument for the external id that the role may ask for.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
func (c *Config) externalIDProblems() problem.List {
	var wrong problem.List
	objects := c.Compute.KubernetesObjects == nil || *c.Compute.KubernetesObjects
	if c.AWS.AssumeRole == nil || c.AWS.AssumeRole.ExternalID == "" || !objects {
		return wrong
	}
	if c.Compute.KubernetesProfile == "" && c.Compute.KubernetesRoleARN == "" {
		wrong.Add(awsNamespace+"assumeRole.externalId", "set compute.kubernetesProfile to a profile that takes the role with its external id, "+
			"compute.kubernetesRoleArn to a role that asks for none, or compute.kubernetesObjects to false",
			"objects in the cluster are made with `aws eks get-token`, which has no external id")
	}
	return wrong
}

// provider is the one AWS provider of the platform. Components get it from their parent, so that pulumi-eks uses it,
// too, instead of a second plugin of its own.
func (c Config) provider(ctx *pulumi.Context) (*aws.Provider, error) {
	args := &aws.ProviderArgs{
		Region:            pulumi.String(c.AWS.Region),
		AllowedAccountIds: pulumi.ToStringArray(c.AWS.AllowedAccountIDs),
		DefaultTags:       &aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(c.tags())},
	}
	if c.AWS.Profile != "" {
		args.Profile = pulumi.String(c.AWS.Profile)
	}
	if role := c.AWS.AssumeRole; role != nil {
		assume := &aws.ProviderAssumeRoleArgs{RoleArn: pulumi.String(role.RoleARN)}
		if role.ExternalID != "" {
			assume.ExternalId = pulumi.String(role.ExternalID)
		}
		if role.SessionName != "" {
			assume.SessionName = pulumi.String(role.SessionName)
		}
		args.AssumeRole = assume
	}
	made, err := aws.NewProvider(ctx, "aws", args)
	if err != nil {
		return nil, fmt.Errorf("creating the AWS provider: %w", err)
	}
	return made, nil
}
