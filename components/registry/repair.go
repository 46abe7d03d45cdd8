package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Repair is what a repository that DSS made by itself is given.
//
// DSS's pre-push hook makes a repository with the API call CreateRepository, and says nothing but its name. Creation
// templates of ECR do not apply to that call: they are for repositories that ECR makes by itself, for a pull through
// its cache, a replication, or a push to a name that is not there. So the settings are put right afterwards.
//
// Encryption is not among them: it is fixed when a repository is made.
type Repair struct {
	// Location is where the repositories are.
	Location location.Location
	// Prefix is what names of repositories begin with, without the slash. No others are touched.
	Prefix string
	// KeepTagged is how many tagged images a repository keeps.
	KeepTagged int
	// UntaggedDays is for how many days an untagged image stays.
	UntaggedDays int
	// PullAccounts are ids of other AWS accounts that may pull. Without any, a repository gets no policy.
	PullAccounts []string
	// Tags are put on the repository.
	Tags map[string]string
}

// task is a state that calls an API of AWS.
type task struct {
	Type       string         `json:"Type"`
	Resource   string         `json:"Resource"`
	Parameters map[string]any `json:"Parameters"`
	ResultPath any            `json:"ResultPath"`
	Retry      []retry        `json:"Retry"`
	Next       string         `json:"Next,omitempty"`
	End        bool           `json:"End,omitempty"`
}

type retry struct {
	ErrorEquals     []string `json:"ErrorEquals"`
	IntervalSeconds int      `json:"IntervalSeconds"`
	MaxAttempts     int      `json:"MaxAttempts"`
	BackoffRate     float64  `json:"BackoffRate"`
}

// step is a task before it is in its place.
type step struct {
	name, api  string
	parameters map[string]any
}

func (r Repair) steps() []step {
	steps := []step{
		{"Lifecycle", "putLifecyclePolicy", map[string]any{
			"RepositoryName.$": "$.repository", "LifecyclePolicyText": LifecyclePolicy(r.KeepTagged, r.UntaggedDays),
		}},
	}
	if len(r.PullAccounts) > 0 {
		steps = append(steps, step{"Policy", "setRepositoryPolicy", map[string]any{
			"RepositoryName.$": "$.repository", "PolicyText": AccountsPolicy(r.Location, r.PullAccounts).JSON(),
		}})
	}
	if len(r.Tags) > 0 {
		tags := []map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
			tags = append(tags, map[string]string{"Key": key, "Value": r.Tags[key]})
		}
		steps = append(steps, step{"Tags", "tagResource", map[string]any{
			"ResourceArn.$": fmt.Sprintf("States.Format('%s', $.repository)", r.Location.ARN("ecr", "repository/{}")),
			"Tags":          tags,
		}})
	}
	// Scanning is last: should ECR refuse it for a registry that scans by rules of its own, the rest is done.
	return append(steps, step{"Scanning", "putImageScanningConfiguration", map[string]any{
		"RepositoryName.$": "$.repository", "ImageScanningConfiguration": map[string]any{"ScanOnPush": true},
	}})
}

// Definition is the state machine that repairs the repository that its input names: one call after the other, each of
// which changes nothing where all is right.
//
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
func (r Repair) Definition() string {
	steps := r.steps()
	states := map[string]task{}
	for i, s := range steps {
		t := task{
			Type:       "Task",
			Resource:   fmt.Sprintf("arn:%s:states:::aws-sdk:ecr:%s", r.Location.Partition, s.api),
			Parameters: s.parameters,
			Retry:      []retry{{ErrorEquals: []string{"States.TaskFailed"}, IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2}},
			End:        i == len(steps)-1,
		}
		if !t.End {
			t.Next = steps[i+1].name
		}
		states[s.name] = t
	}
	return document(map[string]any{
		"Comment": "Gives a repository under " + r.Prefix + "/ the settings of the platform's others",
		"StartAt": steps[0].name,
		"States":  states,
	})
}

// Policy is what the state machine may do.
func (r Repair) Policy() iam.Document {
	actions := []string{"ecr:PutImageScanningConfiguration", "ecr:PutLifecyclePolicy"}
	if len(r.PullAccounts) > 0 {
		actions = append(actions, "ecr:SetRepositoryPolicy")
	}
	if len(r.Tags) > 0 {
		actions = append(actions, "ecr:TagResource")
	}
	return iam.NewDocument(iam.Allow("Repair", actions, repositories(r.Location, r.Prefix)))
}

// trigger is an event after which a repository is repaired.
type trigger struct {
	// pattern selects the events, path is where they have the repository's name.
	pattern, path string
	description   string
}

// triggers are two, because one alone is not enough. The API call comes before the first image, but EventBridge only
// hears of it where the account has a trail in CloudTrail. The push comes always, and also brings repositories up to
// date that were made before the settings changed.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
func (r Repair) triggers() map[string]trigger {
	prefix := []any{map[string]string{"prefix": r.Prefix + "/"}}
	return map[string]trigger{
		"created": {
			pattern: document(map[string]any{
				"source":      []string{"aws.ecr"},
				"detail-type": []string{"AWS API Call via CloudTrail"},
				"detail": map[string]any{
					"eventName":         []string{"CreateRepository"},
					"errorCode":         []any{map[string]bool{"exists": false}},
					"requestParameters": map[string]any{"repositoryName": prefix},
				},
			}),
			path:        "$.detail.requestParameters.repositoryName",
			description: "A repository was made under " + r.Prefix + "/",
		},
		"pushed": {
			pattern: document(map[string]any{
				"source":      []string{"aws.ecr"},
				"detail-type": []string{"ECR Image Action"},
				"detail": map[string]any{
					"action-type": []string{"PUSH"}, "result": []string{"SUCCESS"}, "repository-name": prefix,
				},
			}),
			path:        "$.detail.repository-name",
			description: "An image was pushed under " + r.Prefix + "/",
		},
	}
}

// document is JSON of maps and strings, which always marshals.
func document(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("marshalling a document: %v", err))
	}
	return string(text)
}

// repair makes the state machine and what starts it.
func (r *ECRRegistry) repair() error {
	repair := Repair{
		Location: r.location, Prefix: r.args.Prefix, KeepTagged: r.args.KeepTagged, UntaggedDays: r.args.UntaggedDays,
		PullAccounts: r.args.PullAccounts, Tags: r.args.Tags,
	}
	machineRole, err := r.serviceRole("repair", "states", "Repairs repositories", map[string]pulumi.StringInput{
		"repositories": pulumi.String(repair.Policy().JSON()),
	})
	if err != nil {
		return err
	}
	machine, err := sfn.NewStateMachine(r.ctx, r.child("repair"), &sfn.StateMachineArgs{
		Definition: pulumi.String(repair.Definition()),
		RoleArn:    machineRole.Arn,
		Tags:       pulumi.ToStringMap(r.tags("repair")),
		// Without its policy the machine would fail for the repositories of the first minutes.
	}, r.parent(), pulumi.DependsOn(machineRole.Grants))
	if err != nil {
		return fmt.Errorf("creating the state machine that repairs repositories: %w", err)
	}
	starterRole, err := r.serviceRole("repair-start", "events", "Starts the repair of repositories", map[string]pulumi.StringInput{
		"start": machine.Arn.ApplyT(func(arn string) string {
			return iam.NewDocument(iam.Allow("Start", []string{"states:StartExecution"}, arn)).JSON()
		}).(pulumi.StringOutput),
	})
	if err != nil {
		return err
	}
	triggers := repair.triggers()
	for _, name := range slices.Sorted(maps.Keys(triggers)) {
		if err := r.trigger(name, triggers[name], machine, starterRole); err != nil {
			return err
		}
	}
	return nil
}

func (r *ECRRegistry) trigger(name string, t trigger, machine *sfn.StateMachine, starter *role.Role) error {
	rule, err := cloudwatch.NewEventRule(r.ctx, r.child(name), &cloudwatch.EventRuleArgs{
		Description:  pulumi.String(t.description),
		EventPattern: pulumi.String(t.pattern),
		Tags:         pulumi.ToStringMap(r.tags(name)),
	}, r.parent())
	if err != nil {
		return fmt.Errorf("creating event rule %s: %w", name, err)
	}
	target, err := cloudwatch.NewEventTarget(r.ctx, r.child(name+"-target"), &cloudwatch.EventTargetArgs{
		Rule:    rule.Name,
		Arn:     machine.Arn,
		RoleArn: starter.Arn,
		InputTransformer: cloudwatch.EventTargetInputTransformerArgs{
			InputPaths:    pulumi.StringMap{"repository": pulumi.String(t.path)},
			InputTemplate: pulumi.String(`{"repository": <repository>}`),
		},
	}, r.parent(), pulumi.DependsOn(starter.Grants))
	if err != nil {
		return fmt.Errorf("creating the target of event rule %s: %w", name, err)
	}
	r.Ready = append(r.Ready, target)
	return nil
}

// serviceRole is a role that a service takes for this account only.
func (r *ECRRegistry) serviceRole(part, service, description string, policies map[string]pulumi.StringInput) (*role.Role, error) {
	trust := iam.TrustService(r.location.Principal(service))
	trust.Statements[0] = trust.Statements[0].If("StringEquals", "aws:SourceAccount", r.location.AccountID)
	return role.New(r.ctx, r.child(part), role.Args{
		Settings: r.args.Roles, Location: r.location, Description: description, Trust: trust, Policies: policies, Tags: r.tags(part),
	}, r.parent())
}
