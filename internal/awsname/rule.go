// Package awsname knows which names AWS and Kubernetes accept, so that a wrong name is an error with the reason in it before
// anything is created, and not a refusal in the middle of a deployment.
//
// Patterns and lengths that AWS's service models state are generated (botocore.go); the rest is written by hand from the page that
// each definition names. A name that a rule accepts can still be taken: buckets are unique among all accounts, most other names
// within an account and region.
package awsname

//go:generate ../../tools/tables/generate

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Rule says what the name of one kind of thing may be.
type Rule int

// The rules. What each allows is in the table of definitions; Rule.Allowed says it in words.
const (
	// Bucket is the name of a general purpose S3 bucket that the program creates, in the global namespace. A dot is allowed but
	// breaks TLS on the bucket's own host name.
	Bucket Rule = iota + 1
	// ECRRepository is the full name of an ECR repository, with its namespace: "dss/base-cpu".
	ECRRepository
	// ECRPrefix is what stands before the slash of a group of ECR repositories, as a repository creation template takes it.
	ECRPrefix
	// EKSCluster is the name of an EKS cluster.
	EKSCluster
	// EKSNodeGroup is the name of a managed node group of EKS.
	EKSNodeGroup
	// NodeLabelKey is the key of a label of an EKS node group. Shorter than elsewhere in Kubernetes, and without the keys that the
	// kubelet refuses to set: a node with one of those never joins.
	NodeLabelKey
	// NodeLabelValue is the value of a label of an EKS node group; EKS wants one, Kubernetes allows it to be empty.
	NodeLabelValue
	// TaintKey is the key of a taint of an EKS node group.
	TaintKey
	// TaintValue is the value of a taint of an EKS node group; it may be empty.
	TaintValue
	// LabelKey is the key of a label or the name of an annotation of a Kubernetes object.
	LabelKey
	// LabelValue is the value of a label of a Kubernetes object; it may be empty.
	LabelValue
	// Namespace is the name of a Kubernetes namespace.
	Namespace
	// GlueDatabase is the name of a database in the Glue Data Catalog. Glue stores it in lower case, so upper case would be a
	// difference for ever; other characters are allowed, but see AthenaDatabase.
	GlueDatabase
	// AthenaDatabase is the name of a Glue database that Athena, Hive and Spark read without quotes: no hyphen above all. SQL's
	// reserved words still need quotes.
	AthenaDatabase
	// AthenaWorkgroup is the name of an Athena workgroup.
	AthenaWorkgroup
	// IAMRole is the name of an IAM role, without its path.
	IAMRole
	// IAMPolicy is the name of an IAM policy, without its path.
	IAMPolicy
	// IAMInstanceProfile is the name of an instance profile, without its path.
	IAMInstanceProfile
	// IAMPath is the path of an IAM role, policy or instance profile: "/" or "/team/".
	IAMPath
	// KMSAlias is the name of an alias of a KMS key, "alias/" included.
	KMSAlias
	// LogGroup is the name of a CloudWatch log group.
	LogGroup
	// SSMDocument is the name of an SSM document of one's own.
	SSMDocument
	// SSMAssociation is the name of an association of State Manager.
	SSMAssociation
	// Secret is the name of a secret of Secrets Manager. A hyphen and six characters at the end are better avoided: a partial ARN
	// then looks like a whole one.
	Secret
	// CloudFormationStack is the name of a stack.
	CloudFormationStack
	// CloudFormationLogicalID is the key of a resource in a template.
	CloudFormationLogicalID
	// SecurityGroup is the name of a security group in a VPC.
	SecurityGroup
	// LaunchTemplate is the name of an EC2 launch template.
	LaunchTemplate
	// LoadBalancer is the name of an application or network load balancer.
	LoadBalancer
	// TargetGroup is the name of a target group.
	TargetGroup

	ruleCount = int(TargetGroup)
)

// definition is what a rule allows.
type definition struct {
	// what names the thing with its article: "an S3 bucket name".
	what string
	// min and max bound the number of characters.
	min, max int
	// allowed tells whether a character may occur, and characters says the same in words.
	allowed    func(rune) bool
	characters string
	// shape says in words what else holds, and refused finds what breaks it.
	shape   string
	refused func(value string) []string
	// pattern is the service model's, where it has one: the last word on what the other fields let through, and mismatch says what is
	// wrong with a name that only the pattern refuses.
	pattern, mismatch string
}

// Check returns nil for a name that is accepted. Otherwise the error says everything that is wrong with it and what is allowed.
func (r Rule) Check(value string) error {
	d, ok := r.definition()
	if !ok {
		return fmt.Errorf("awsname: there is no rule %d", int(r))
	}
	problems := d.problems(value)
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%s %s: %s", quoted(value), strings.Join(problems, " and "), d.sentence())
}

// Allowed says in words what the rule allows: "an EKS cluster name is 1 to 100 characters of …".
func (r Rule) Allowed() string {
	d, _ := r.definition()
	return d.sentence()
}

// MaxLength is the greatest number of characters of a name, for code that appends to names.
func (r Rule) MaxLength() int {
	d, _ := r.definition()
	return d.max
}

// String names what the rule is for, such as "an S3 bucket name".
func (r Rule) String() string {
	d, ok := r.definition()
	if !ok {
		return fmt.Sprintf("rule %d", int(r))
	}
	return d.what
}

func (r Rule) definition() (definition, bool) {
	if r < 1 || int(r) > ruleCount {
		return definition{}, false
	}
	return definitions[r], true
}

func (d definition) sentence() string {
	text := fmt.Sprintf("%s is %d to %d characters of %s", d.what, d.min, d.max, d.characters)
	if d.shape != "" {
		text += "; it " + d.shape
	}
	return text
}

// problems lists what is wrong with a value, each as the end of a sentence that begins with the value.
func (d definition) problems(value string) []string {
	if value == "" && d.min > 0 {
		return []string{"is empty"}
	}
	var problems []string
	if length := utf8.RuneCountInString(value); length < d.min || length > d.max {
		problems = append(problems, fmt.Sprintf("has %d characters", length))
	}
	if found := firstForbidden(value, d.allowed); found != "" {
		problems = append(problems, "has "+found)
	}
	if d.refused != nil && value != "" {
		problems = append(problems, d.refused(value)...)
	}
	if len(problems) == 0 && !d.matches(value) {
		problems = append(problems, cmp.Or(d.mismatch, "does not match AWS's pattern "+d.pattern))
	}
	return problems
}

// matches asks the service model's pattern. It is compiled on each call: a program checks some dozens of names, once.
func (d definition) matches(value string) bool {
	if d.pattern == "" {
		return true
	}
	matched, err := regexp.MatchString(d.pattern, value)
	return err == nil && matched
}

// quoted shows a value in an error, shortened where it is far too long to read.
func quoted(value string) string {
	const most = 80
	if len(value) <= most {
		return fmt.Sprintf("%q", value)
	}
	return fmt.Sprintf("%q…", strings.ToValidUTF8(value[:most], ""))
}
