package dssnode

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// What DSS does before it pushes an image.
const (
	PrePushECR  = "ECR"
	PrePushNone = "NONE"
)

// origin begins the pattern of an address: a server or a bucket.
const origin = `^(https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?|s3://[a-z0-9][a-z0-9.-]+)`

var (
	checksumPattern  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	sourcePattern    = regexp.MustCompile(origin + `(/[A-Za-z0-9._~%+@=-]+)*/?$`)
	filePattern      = regexp.MustCompile(origin + `(/[A-Za-z0-9._~%+@=-]+)+$`)
	gitPattern       = regexp.MustCompile(`^(https://|ssh://|git@)[A-Za-z0-9][A-Za-z0-9._~%+@=:/-]*$`)
	checkoutPattern  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]*$`)
	sparkPattern     = regexp.MustCompile(`^[0-9]+(\.[0-9]+){1,2}$`)
	accountPattern   = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)
	loginPattern     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9@._+-]{0,79}$`)
	groupPattern     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9@._-]{0,79}$`)
	namePattern      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
	eksctlPattern    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,62}$`)
	folderPattern    = regexp.MustCompile(`^(/[A-Za-z0-9._-]+)+$`)
	libPattern       = regexp.MustCompile(`^lib/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
	keyPathPattern   = regexp.MustCompile(`^[A-Za-z0-9!_.*'()=+@-]+(/[A-Za-z0-9!_.*'()=+@-]+)*$`)
	variablePattern  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	propertyPattern  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	systemPattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*$`)
	cudaPattern      = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)
	imagePattern     = regexp.MustCompile(`^[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$`)
	proxyPattern     = regexp.MustCompile(`^https?://[^\s"'\\]+$`)
	noProxyPattern   = regexp.MustCompile(`^[A-Za-z0-9.*:/_-]+(,[A-Za-z0-9.*:/_-]+)*$`)
	identifier       = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,39}$`)
	registryPattern  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._/-]+)?$`)
	ecrPattern       = regexp.MustCompile(`^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+(/.*)?$`)
	namespacePattern = regexp.MustCompile(`^([a-z0-9-]|\$\{[A-Za-z][A-Za-z0-9_.]*\})+$`)
	rolePattern      = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/([\w+=,.@-]+/)*[\w+=,.@-]+$`)
	secretPattern    = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$`)
	kmsPattern       = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+$`)
	locationPattern  = regexp.MustCompile(`^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s]*)?$`)
	regionPattern    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	subnetPattern    = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
	groupIDPattern   = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)
	kubernetesMinor  = regexp.MustCompile(`^1\.([0-9]{1,2})$`)
	externalPattern  = regexp.MustCompile(`^[\w+=,.@:/-]{2,1000}$`)
	tagKeyPattern    = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$`)
)

// isKnown says whether there is a value that can be looked at.
func isKnown(value string) bool { return value != "" && value != Unknown }

// form adds a problem when a value is known and has another form.
func form(wrong *problem.List, path, value string, pattern *regexp.Regexp, want string) {
	if isKnown(value) && !pattern.MatchString(value) {
		wrong.Add(path, "give "+want, "%q is not of that form", value)
	}
}

// required adds a problem when there is no value, or one of another form.
func required(wrong *problem.List, path, value string, pattern *regexp.Regexp, want string) {
	if value == "" {
		wrong.Add(path, "give "+want, "it is missing")
	}
	form(wrong, path, value, pattern, want)
}

// named adds a problem when a name is known and AWS or Kubernetes would refuse it.
func named(wrong *problem.List, path, value string, rule awsname.Rule) {
	if isKnown(value) {
		wrong.AddError(path, rule.Check(value))
	}
}

// oneOf adds a problem when a value is none of those that are allowed.
func oneOf[T ~string](wrong *problem.List, path string, value T, allowed ...T) {
	if !slices.Contains(allowed, value) {
		texts := make([]string, len(allowed))
		for i, a := range allowed {
			texts[i] = string(a)
		}
		wrong.Add(path, "use "+strings.Join(texts, ", "), "%q is not one that there is", string(value))
	}
}

// between adds a problem when a number is out of range.
func between(wrong *problem.List, path string, value, low, high int, why string) {
	if value < low || value > high {
		wrong.Add(path, why, "%d is not between %d and %d", value, low, high)
	}
}

// line adds a problem when a value would break the line that it is written to.
func line(wrong *problem.List, path, value string) {
	if strings.ContainsAny(value, "\n\r\x00") {
		wrong.Add(path, "write it in one line", "the value has a line break, or a null character")
	}
}

// unique finds names that come twice. Empty ones are left to other checks.
type unique map[string]string

// add adds a problem when a name was there before.
func (u unique) add(wrong *problem.List, path, name, what string) {
	if !isKnown(name) {
		return
	}
	if before, there := u[name]; there {
		wrong.Add(path, "give each "+what+" a name of its own", "%q is the name of %s as well", name, before)
		return
	}
	u[name] = path
}
