package awsname

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat
	for _, c := range []struct {
		rule     Rule
		accepted []string
		refused  map[string]string // value, and what its error must say
	}{
		{Bucket, []string{"abc", "dss-data.example", "1a2", long("a", 63), "192.168.5", "1.2.3.4a"}, map[string]string{
			"":                       "is empty",
			"ab":                     "has 2 characters",
			long("a", 64):            "has 64 characters",
			"My_Bucket":              "has an upper-case letter at position 1",
			"my_bucket":              "has an underscore at position 3",
			"-abc":                   "does not start with a-z or 0-9",
			"abc-":                   "does not end with a-z or 0-9",
			"a..b":                   "has two dots in a row",
			"192.168.5.4":            "is an IP address",
			"192.168.5.256":          "is an IP address",
			"xn--abc":                `starts with "xn--", which is reserved`,
			"sthree-configurator-a":  `starts with "sthree-"`,
			"amzn-s3-demo-a":         `starts with "amzn-s3-demo-"`,
			"abc-s3alias":            `ends with "-s3alias", which is reserved`,
			"abc--ol-s3":             `ends with "--ol-s3"`,
			"abc.mrap":               `ends with ".mrap"`,
			"abc--usw2-az1--x-s3":    `ends with "--x-s3"`,
			"abc--table-s3":          `ends with "--table-s3"`,
			"abc-111122223333-us-an": `ends with "-an"`,
			"bücket":                 "has 'ü' at position 2",
			"b\xffcket":              "not UTF-8 at position 2",
		}},
		{ECRRepository, []string{"dss/base-cpu", "a.b", "a__b", "a---b", "1a"}, map[string]string{
			"a": "has 1 characters", "DSS/base": "an upper-case letter at position 1", "/dss": "a slash at its start",
			"dss/": "at its end", "a//b": "next to another", "a/-b": `the part "-b"`, "a..b": "separators in a row",
			"a___b": "separators in a row", "a._b": "separators in a row", long("a", 257): "has 257 characters",
		}},
		{ECRPrefix, []string{"dss", "a", "data/dss"}, map[string]string{
			"dss/": "a slash at its start, at its end", "ROOT": "an upper-case letter", "a.-b": "separators in a row",
		}},
		{EKSCluster, []string{"dss", "1-a_B", long("a", 100)}, map[string]string{
			"-a": "does not start with a letter or a digit", "a.b": "has a dot at position 2", long("a", 101): "has 101 characters",
		}},
		{EKSNodeGroup, []string{"dss_1", long("a", 63)}, map[string]string{
			"_a": "does not start with a letter or a digit", long("a", 64): "has 64 characters", "a b": "has a space at position 2",
		}},
		{NodeLabelKey, []string{"dss/pool", "node.kubernetes.io/pool", "a.kubelet.kubernetes.io/x", "e.com/kubernetes.io"}, map[string]string{
			"kubernetes.io/os":            "is under kubernetes.io",
			"node-role.kubernetes.io/a":   "is under kubernetes.io",
			"x.k8s.io/a":                  "is under k8s.io",
			"eks.amazonaws.com/nodegrp":   "is under eks.amazonaws.com",
			long("a", 64):                 "has 64 characters",
			long("a", 60) + ".com/" + "a": "has 66 characters",
		}},
		{NodeLabelValue, []string{"a", "a.b_c-d"}, map[string]string{"": "is empty", "a/b": "has a slash", "-a": "does not start"}},
		{TaintKey, []string{"dss", "dss.example.com/pool", "nvidia.com/gpu"}, map[string]string{"": "is empty", "a/b/c": "more than one slash"}},
		{TaintValue, []string{"", "true"}, map[string]string{"a b": "has a space at position 2", long("a", 64): "has 64 characters"}},
		{LabelKey, []string{"app", "app.kubernetes.io/name", long("a", 63) + ".b/" + long("c", 63)}, map[string]string{
			"/a": `has "" before the slash`, "a/": "has no name after the slash", "A.b/c": `has "A.b" before the slash`, "a_": "does not end",
			"-a.b/c": `has "-a.b" before the slash`, long("a", 64): "has a name of 64 characters",
			long("a.", 127) + "b/c": "has 255 characters before the slash",
		}},
		{LabelValue, []string{"", "1.2"}, map[string]string{".a": "does not start with a letter or a digit"}},
		{Namespace, []string{"dss", "a-1"}, map[string]string{"a.b": "has a dot", "Dss": "upper-case", "a-": "does not end with a-z or 0-9"}},
		{GlueDatabase, []string{"sales", "sales-2026", "données"}, map[string]string{
			"Sales": "an upper-case letter at position 1", " a": "a space at its start", "a\n": `'\n' at position 2`,
			long("é", 200): "is longer than 255 bytes", long("a", 256): "has 256 characters",
		}},
		{AthenaDatabase, []string{"sales_2026"}, map[string]string{
			"sales-2026": "has a hyphen at position 6", "_a": "does not start with a letter", "2026": "does not start with a letter",
		}},
		{AthenaWorkgroup, []string{"dss.wg_1-A", "a"}, map[string]string{"a b": "has a space", long("a", 129): "has 129 characters"}},
		{IAMRole, []string{"dss+=,.@-_1"}, map[string]string{"a/b": "has a slash at position 2", long("a", 65): "has 65 characters"}},
		{IAMPolicy, []string{long("a", 128)}, map[string]string{long("a", 129): "has 129 characters", "a b": "has a space"}},
		{IAMInstanceProfile, []string{long("a", 128)}, map[string]string{"a:b": "has a colon"}},
		{IAMPath, []string{"/", "/dss/", "/a/b/"}, map[string]string{
			"dss": "does not start with a slash and does not end with a slash", "//": "has nothing between", "/é/": "has 'é' at position 2",
		}},
		{KMSAlias, []string{"alias/dss/data", "alias/aws"}, map[string]string{
			"dss": `does not start with "alias/"`, "alias/": `has nothing after "alias/"`, "alias/aws/s3": `starts with "alias/aws/"`,
			"alias/a.b": "has a dot at position 8",
		}},
		{LogGroup, []string{"/aws/eks/dss/cluster", "a#b"}, map[string]string{"aws/dss": `starts with "aws/"`, "a:b": "has a colon"}},
		{SSMDocument, []string{"dss-reconcile", "DSS.v1"}, map[string]string{
			"AWS-Run": `starts with "aws"`, "amazon-x": `starts with "amazon"`, "amzn1": `starts with "amzn"`, "ab": "has 2 characters",
		}},
		{SSMAssociation, []string{"aws-dss"}, map[string]string{"ab": "has 2 characters", "a b c": "has a space"}},
		{Secret, []string{"/dss/admin_password", "a+=.@-1"}, map[string]string{"a b": "has a space", "": "is empty"}},
		{CloudFormationStack, []string{"dss-host"}, map[string]string{"1a": "does not start with a letter", "a_b": "has an underscore"}},
		{CloudFormationLogicalID, []string{"Signal1a2b"}, map[string]string{"a-b": "has a hyphen"}},
		{SecurityGroup, []string{"dss host (1)"}, map[string]string{
			"sg-dss": `starts with "sg-"`, "a ": "a space at its start or end", "a?": "has '?' at position 2", long("a", 256): "256 characters",
		}},
		{LaunchTemplate, []string{"dss(1)/a"}, map[string]string{"ab": "has 2 characters", "a b c": "has a space"}},
		{LoadBalancer, []string{"dss", long("a", 32)}, map[string]string{
			"internal-a": `starts with "internal-"`, "-a": "does not start", "a-": "does not end", long("a", 33): "has 33 characters",
		}},
		{TargetGroup, []string{"internal-a"}, map[string]string{"a-": "does not end with a letter or a digit"}},
	} {
		for _, value := range c.accepted {
			require.NoError(t, c.rule.Check(value), "%s", c.rule)
		}
		for value, says := range c.refused {
			err := c.rule.Check(value)
			if assert.Error(t, err, "%s: %q", c.rule, value) {
				assert.Contains(t, err.Error(), says)
				assert.Contains(t, err.Error(), ": "+c.rule.Allowed(), "an error says what is allowed")
			}
		}
	}
}

func TestCheckTellsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	require.EqualError(t, Bucket.Check("My_Bucket"), `"My_Bucket" has an upper-case letter at position 1 and does not start with a-z or 0-9: `+
		`an S3 bucket name is 3 to 63 characters of a-z, 0-9, hyphen and dot; it starts and ends with a-z or 0-9, has no two dots in a `+
		`row, is not an IP address, and does not use a reserved prefix (xn--, sthree-, amzn-s3-demo-) or suffix (-s3alias, --ol-s3, `+
		`.mrap, --x-s3, --table-s3, -an)`)
	assert.EqualError(t, CloudFormationStack.Check(strings.Repeat("1_", 70)), `"`+strings.Repeat("1_", 40)+`"… has 140 characters and has `+
		`an underscore at position 2 and does not start with a letter: a CloudFormation stack name is 1 to 128 characters of a-z, A-Z, `+
		`0-9 and hyphen; it starts with a letter`)
}

func TestUnknownRule(t *testing.T) {
	t.Parallel()
	for _, rule := range []Rule{0, -1, Rule(ruleCount + 1)} {
		require.ErrorContains(t, rule.Check("a"), "there is no rule")
		assert.Contains(t, rule.String(), "rule ")
	}
}

func TestEveryRuleIsWhole(t *testing.T) {
	t.Parallel()
	for rule := Rule(1); int(rule) <= ruleCount; rule++ {
		d, ok := rule.definition()
		require.True(t, ok)
		assert.Regexp(t, "^(a|an|the) ", d.what, "rule %d", int(rule))
		assert.NotEmpty(t, d.characters, d.what)
		assert.NotNil(t, d.allowed, d.what)
		assert.Greater(t, d.max, d.min, d.what)
		assert.Equal(t, d.max, rule.MaxLength())
		assert.Equal(t, d.refused != nil, d.shape != "", "%s: what is refused is also said", d.what)
		if d.pattern != "" {
			_, err := regexp.Compile(d.pattern)
			assert.NoError(t, err, d.what)
		}
	}
}

// patterns are the forms that the documentation states, written apart from the rules: a rule accepts nothing else. Those of AWS's
// service models are in the generated file; the others are from the pages that the definitions name.
func patterns() map[Rule]*regexp.Regexp {
	const label = `[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?`
	const subdomain = `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`
	texts := map[Rule]string{
		Bucket:                  `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`,
		ECRRepository:           ecrRepositoryPattern,
		ECRPrefix:               ecrPrefixPattern,
		EKSCluster:              eksClusterPattern,
		EKSNodeGroup:            `^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$`,
		NodeLabelKey:            `^(` + subdomain + `/)?` + label + `$`,
		NodeLabelValue:          `^` + label + `$`,
		TaintKey:                `^(` + subdomain + `/)?` + label + `$`,
		TaintValue:              `^(` + label + `)?$`,
		LabelKey:                `^(` + subdomain + `/)?` + label + `$`,
		LabelValue:              `^(` + label + `)?$`,
		Namespace:               `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`,
		GlueDatabase:            glueDatabasePattern,
		AthenaDatabase:          `^[a-z][a-z0-9_]*$`,
		AthenaWorkgroup:         athenaWorkgroupPattern,
		IAMRole:                 iamRolePattern,
		IAMPolicy:               iamPolicyPattern,
		IAMInstanceProfile:      iamInstanceProfilePattern,
		IAMPath:                 iamPathPattern,
		KMSAlias:                kmsAliasPattern,
		LogGroup:                logGroupPattern,
		SSMDocument:             ssmDocumentPattern,
		SSMAssociation:          ssmAssociationPattern,
		Secret:                  `^[A-Za-z0-9/_+=.@-]+$`,
		CloudFormationStack:     `^[A-Za-z][A-Za-z0-9-]{0,127}$`,
		CloudFormationLogicalID: `^[A-Za-z0-9]+$`,
		SecurityGroup:           `^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}$`,
		LaunchTemplate:          `^[a-zA-Z0-9().\-/_]{3,128}$`,
		LoadBalancer:            `^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$`,
		TargetGroup:             `^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$`,
	}
	compiled := make(map[Rule]*regexp.Regexp, len(texts))
	for rule, text := range texts {
		compiled[rule] = regexp.MustCompile(text)
	}
	return compiled
}

// complete are the rules that refuse nothing beyond their pattern and length.
var complete = []Rule{
	ECRRepository, EKSCluster, EKSNodeGroup, NodeLabelValue, TaintValue, LabelValue, Namespace, AthenaDatabase, AthenaWorkgroup, IAMRole,
	IAMPolicy, IAMInstanceProfile, IAMPath, SSMAssociation, Secret, CloudFormationStack, CloudFormationLogicalID, LaunchTemplate, TargetGroup,
}

// FuzzCheck runs every rule on every value: no rule panics, none accepts what its pattern or its length refuses, and those that have
// no further conditions accept everything else.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		"", "/", "//", "a", "dss/base-cpu", "a..b", "a__b", "alias/a", "/a/", "My_Bucket", "192.168.5.4", "example.com/a", "é", "\xff", " a",
		strings.Repeat("a", 64), strings.Repeat("a.", 140) + "/b", "node.kubernetes.io/x", "internal-", "-", "A-1",
	} {
		f.Add(seed)
	}
	forms := patterns()
	require.Len(f, forms, ruleCount, "a form for every rule")
	exact := map[Rule]bool{}
	for _, rule := range complete {
		exact[rule] = true
	}
	f.Fuzz(func(t *testing.T, value string) {
		for rule := Rule(1); int(rule) <= ruleCount; rule++ {
			length := len([]rune(value))
			d, _ := rule.definition()
			fits := forms[rule].MatchString(value) && length >= d.min && length <= d.max
			err := rule.Check(value)
			if err == nil && !fits {
				t.Errorf("%s: %q is accepted, which %s refuses", rule, value, forms[rule])
			}
			if err != nil && fits && exact[rule] {
				t.Errorf("%s: %q is refused: %v", rule, value, err)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		if err := ECRRepository.Check("dss/base-cpu"); err != nil {
			b.Fatal(err)
		}
	}
}
