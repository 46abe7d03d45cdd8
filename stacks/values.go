package stacks

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

var (
	accountID   = regexp.MustCompile(`^\d{12}$`)
	roleARN     = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
	boundaryARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+$`)
)

// valueProblems are about values that AWS would refuse, the platform's and those that all components have.
func (c *Config) valueProblems() problem.List {
	var wrong problem.List
	if given := c.KMSKeyARN; given != "" {
		const fix = "give the ARN of a key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID"
		switch region, isKey := awsname.KeyRegion(given); {
		case !isKey:
			wrong.Add("kmsKeyArn", fix, "%q is none", given)
		case region != c.AWS.Region && c.AWS.Region != "":
			wrong.Add("kmsKeyArn", "give a key of "+c.AWS.Region+", such as a replica of it", "the key is in %s, where nothing else is", region)
		}
	}
	if given := c.Compute.KubernetesRoleARN; given != "" && !roleARN.MatchString(given) {
		wrong.Add("compute.kubernetesRoleArn", "give a role, as arn:aws:iam::111122223333:role/name: only roles can be taken",
			"%q is none", given)
	}
	for _, part := range c.shared() {
		wrong.Under(problem.Join(part.path, "roles"), roleProblems(part.roles))
		wrong.Under(problem.Join(part.path, "tags"), tagProblems(part.tags))
	}
	return wrong
}

// sharedArguments are what the platform and its components have alike.
type sharedArguments struct {
	path  string
	roles role.Settings
	tags  map[string]string
}

func (c *Config) shared() []sharedArguments {
	return []sharedArguments{
		{"", c.Roles, c.Tags},
		{"encryption", role.Settings{}, c.Encryption.Tags},
		{"network", c.Network.Roles, c.Network.Tags},
		{"secrets", role.Settings{}, c.Secrets.Tags},
		{"dss", c.DSS.Roles, c.DSS.Tags},
		{"registry", c.Registry.Roles, c.Registry.Tags},
		{"catalog", c.Catalog.Roles, c.Catalog.Tags},
		{"lake", c.Lake.Roles, c.Lake.Tags},
		{"compute", c.Compute.Roles, c.Compute.Tags},
	}
}

func roleProblems(settings role.Settings) problem.List {
	var wrong problem.List
	if settings.Path != "" {
		wrong.AddError("path", awsname.IAMPath.Check(settings.Path))
	}
	if given := settings.PermissionsBoundary; given != "" && !boundaryARN.MatchString(given) {
		wrong.Add("permissionsBoundary", "give the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME", "%q is none", given)
	}
	return wrong
}

// The lengths of a tag.
//
// Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const (
	longestTagKey   = 128
	longestTagValue = 256
)

func tagProblems(tags map[string]string) problem.List {
	var wrong problem.List
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			wrong.Add("", "use another prefix", "%q: tags that begin with aws: are AWS's own", key)
		case key == "" || len([]rune(key)) > longestTagKey:
			wrong.Add("", "use 1 to 128 characters", "%q: the key has %d", key, len([]rune(key)))
		case len([]rune(tags[key])) > longestTagValue:
			wrong.Add("", "use up to 256 characters", "%q: the value has %d", key, len([]rune(tags[key])))
		}
	}
	return wrong
}
