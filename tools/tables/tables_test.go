package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestGoPattern(t *testing.T) {
	for _, c := range []struct {
		model    string
		accepted []string
		refused  []string
	}{
		{`^[a-z]+$`, []string{"abc"}, []string{"", "abc1", "1abc"}},
		{`[a-z]+`, []string{"abc"}, []string{"abc1", "1abc"}},
		{`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, []string{"/", "/a/"}, []string{"//", "/a", "/é/"}},
		{
			`[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*`,
			[]string{"", "a b", "é", "\U0001F600", "\uE000", "\t"},
			[]string{"\n", "\x00", "\uFFFF"},
		},
	} {
		pattern, err := goPattern(c.model)
		if err != nil {
			t.Fatalf("%s: %v", c.model, err)
		}
		compiled := regexp.MustCompile(pattern)
		for _, value := range c.accepted {
			if !compiled.MatchString(value) {
				t.Errorf("%s, in Go %s, must accept %q", c.model, pattern, value)
			}
		}
		for _, value := range c.refused {
			if compiled.MatchString(value) {
				t.Errorf("%s, in Go %s, must refuse %q", c.model, pattern, value)
			}
		}
	}
	if pattern, err := goPattern(""); pattern != "" || err != nil {
		t.Errorf("no pattern became %q, %v", pattern, err)
	}
}

const limitsSource = `package instancetype

// This file was generated at 2026-05-18T17:08:55Z

var Limits = map[string]*VPCLimits{
	"p4d.24xlarge": {
		Interface: 60, IPv4PerInterface: 50, DefaultNetworkCardIndex: 1,
		NetworkCards: []NetworkCard{{MaximumNetworkInterfaces: 14, NetworkCardIndex: 0}, {MaximumNetworkInterfaces: 15, NetworkCardIndex: 1}},
		Hypervisor: "nitro", IsBareMetal: false,
	},
	"m5.metal": {
		IPv4PerInterface: 50, DefaultNetworkCardIndex: 0, NetworkCards: []NetworkCard{{MaximumNetworkInterfaces: 15}},
		Hypervisor: "", IsBareMetal: true,
	},
	"t2.micro": {
		IPv4PerInterface: 2, DefaultNetworkCardIndex: 0, NetworkCards: []NetworkCard{{MaximumNetworkInterfaces: 2}},
		Hypervisor: "xen", IsBareMetal: false,
	},
}
`

const pricesSource = `package pricing

// generated at 2026-07-06T14:20:29Z for us-east-1

var InitialOnDemandPricesAWS = map[string]map[ec2types.InstanceType]float64{
	"us-east-1": {"m5.metal": 4.608000, "t2.micro": 1.000000},
}
`

// module writes the two generated files of karpenter into a folder laid out like the module.
func module(t *testing.T, limits, prices string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pkg/providers/instancetype/zz_generated.vpclimits.go": limits,
		"pkg/providers/pricing/zz_generated.pricing_aws.go":    prices,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadKarpenter(t *testing.T) {
	dir := module(t, limitsSource, pricesSource)
	limits, date, err := readNetworkLimits(dir)
	if err != nil || date != "2026-05-18" {
		t.Fatalf("limits of %q: %v", date, err)
	}
	for name, want := range map[string]networkLimits{
		"p4d.24xlarge": {enis: 15, ipv4PerENI: 50, nitro: true},
		"m5.metal":     {enis: 15, ipv4PerENI: 50, nitro: true},
		"t2.micro":     {enis: 2, ipv4PerENI: 2, nitro: false},
	} {
		if limits[name] != want {
			t.Errorf("%s: got %+v, want %+v", name, limits[name], want)
		}
	}
	prices, date, err := readPrices(dir, "us-east-1")
	if err != nil || date != "2026-07-06" || prices["m5.metal"] != "4.608" || prices["t2.micro"] != "1" {
		t.Errorf("prices of %q: %v, %v", date, prices, err)
	}
	if _, _, err := readPrices(dir, "eu-west-1"); err == nil {
		t.Error("a region that the file does not have must be an error")
	}
}

func TestReadKarpenterRefusesAnotherForm(t *testing.T) {
	for name, limits := range map[string]string{
		"no date":     strings.Replace(limitsSource, "generated at", "made at", 1),
		"no variable": strings.Replace(limitsSource, "var Limits", "var Other", 1),
		"no card":     strings.Replace(limitsSource, "DefaultNetworkCardIndex: 1", "DefaultNetworkCardIndex: 2", 1),
		"no number":   strings.Replace(limitsSource, "IPv4PerInterface: 50", "IPv4PerInterface: fifty", 1),
		"not Go":      "package",
	} {
		if _, _, err := readNetworkLimits(module(t, limits, pricesSource)); err == nil {
			t.Errorf("%s: must be an error", name)
		}
	}
}

func TestInstanceTypeTable(t *testing.T) {
	x86 := described{}
	x86.VCPUInfo.DefaultVCPUs, x86.MemoryInfo.SizeInMiB = 2, 4096
	x86.ProcessorInfo.SupportedArchitectures = []string{"i386", "x86_64"}
	mac := described{}
	mac.ProcessorInfo.SupportedArchitectures = []string{"arm64_mac"}
	table, err := instanceTypeTable(origin{}, map[string]described{"b.large": x86, "a.large": x86, "mac2.metal": mac},
		map[string]networkLimits{"a.large": {enis: 3, ipv4PerENI: 6, nitro: true}, "b.large": {enis: 2, ipv4PerENI: 4}},
		map[string]string{"a.large": "0.5"})
	if err != nil {
		t.Fatal(err)
	}
	want := "a.large,2,4096,x86_64,0,,0,0,3,6,true,0.5\nb.large,2,4096,x86_64,0,,0,0,2,4,false,\n"
	if _, rows, _ := strings.Cut(string(table), "usdPerHour\n"); rows != want {
		t.Errorf("got\n%s\nwant\n%s", rows, want)
	}
	if _, err := instanceTypeTable(origin{}, map[string]described{"c.large": x86}, nil, nil); err == nil {
		t.Error("a type without network limits in both sources must be an error")
	}
}

func TestConstraintOf(t *testing.T) {
	one, two := 1.0, 63.0
	m := model{Shapes: map[string]shape{
		"Request":   {Members: map[string]reference{"Name": {"NameType"}, "Free": {"String"}}},
		"labelsMap": {Key: &reference{"NameType"}, Value: &reference{"NameType"}},
		"NameType":  {Min: &one, Max: &two, Pattern: "[a-z]+"},
		"String":    {},
	}}
	want := constraint{min: 1, max: 63, pattern: "^(?:[a-z]+)$"}
	for _, a := range []argument{{request: "Request", member: "Name"}, {request: "labelsMap", member: "key"}} {
		if got, err := m.constraintOf(a); got != want || err != nil {
			t.Errorf("%v: got %v, %v", a, got, err)
		}
	}
	for _, a := range []argument{
		{request: "Request", member: "Free"}, {request: "Request", member: "Gone"}, {request: "None", member: "key"},
	} {
		if _, err := m.constraintOf(a); err == nil {
			t.Errorf("%v: must be an error", a)
		}
	}
}

func TestActionTables(t *testing.T) {
	var definitions []definition
	for _, service := range services {
		definitions = append(definitions, definition{Prefix: service})
	}
	var s3 definition
	s3.Prefix = "s3"
	if err := json.Unmarshal([]byte(`{"prefix": "s3",
		"resources": [
			{"resource": "bucket", "arn": "arn:${Partition}:s3:::${BucketName}"},
			{"resource": "object", "arn": "arn:${Partition}:s3:::${BucketName}/${ObjectName}"}],
		"privileges": [
			{"privilege": "PutObject", "resource_types": [{"resource_type": "object*"}, {"resource_type": "bucket"}, {"resource_type": ""}]},
			{"privilege": "ListAllMyBuckets", "resource_types": [{"resource_type": ""}]}]
	}`), &s3); err != nil {
		t.Fatal(err)
	}
	files, err := actionTables("here", append(definitions, s3, s3, definition{Prefix: "other"}))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"actions.csv":        "s3:ListAllMyBuckets\ns3:PutObject,bucket,object!\n",
		"resource_types.csv": "s3:bucket,arn:%:s3:::%\ns3:object,arn:%:s3:::%/*\n",
	} {
		lines := strings.SplitAfterN(string(files[name]), "\n", 4)
		if lines[3] != want || !strings.Contains(lines[1], "here") {
			t.Errorf("%s: got\n%s", name, files[name])
		}
	}
	if _, err := actionTables("here", definitions[1:]); err == nil {
		t.Error("a service that is gone must be an error")
	}
	s3.Resources = s3.Resources[:1]
	if _, err := actionTables("here", append(definitions, s3)); err == nil {
		t.Error("a type without an ARN must be an error")
	}
}
