package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// Check names one of the checks that follow every Run.
type Check string

const (
	// CheckOrphan is that every custom resource but providers belongs, over its parents, to a component.
	CheckOrphan Check = "orphan"
	// CheckName is that the name of a component's child is the component's name, or starts with it and "-".
	CheckName Check = "name"
	// CheckDuplicate is that no URN is registered twice. The engine refuses that, also for two parents of the same type.
	CheckDuplicate Check = "duplicate"
	// CheckTags is that every taggable AWS resource carries the tags of RequireTags.
	CheckTags Check = "tags"
	// CheckInvoke is that every invoke and method call is one that the test answers.
	CheckInvoke Check = "invoke"
	// CheckSecret is that the SecretValues appear only in values marked secret, and not in user data or tags even so.
	CheckSecret Check = "secret"
	// CheckPartition is that outside the commercial partition no input names "arn:aws:" or "amazonaws.com".
	CheckPartition Check = "partition"
	// CheckOutputs is that every component registers its outputs. That also makes errors inside them fail the program; an
	// error in an ApplyT whose result nobody uses stays unseen.
	CheckOutputs Check = "outputs"
	// CheckPreview is that a preview, with everything computed unknown, registers the same resources.
	CheckPreview Check = "preview"
)

type finding struct {
	check   Check
	subject string // name of a resource or token of an invoke, what WithoutCheck can name
	text    string
}

func (f finding) String() string { return fmt.Sprintf("%s: %s", f.check, f.text) }

// inspect runs all checks of one execution.
func inspect(g *Graph) []finding {
	var findings []finding
	for _, check := range []func(*Graph) []finding{
		checkOrphans, checkNames, checkDuplicates, checkTags, checkInvokes, checkSecrets, checkPartition, checkOutputs,
	} {
		findings = append(findings, check(g)...)
	}
	return findings
}

// waived tells whether a check is waived for everything.
func (s *settings) waived(check Check) bool {
	for _, w := range s.waivers {
		if w.check == check && len(w.names) == 0 {
			return true
		}
	}
	return false
}

// applyWaivers drops what is waived, and reports waivers without a reason.
func (s *settings) applyWaivers(findings []finding) []finding {
	var left []finding
	for _, w := range s.waivers {
		if strings.TrimSpace(w.reason) == "" {
			left = append(left, finding{w.check, "", "WithoutCheck needs a reason"})
		}
	}
	for _, f := range findings {
		if !s.covers(f) {
			left = append(left, f)
		}
	}
	return left
}

func (s *settings) covers(f finding) bool {
	for _, w := range s.waivers {
		if w.check != f.check {
			continue
		}
		if len(w.names) == 0 {
			return true
		}
		for _, name := range w.names {
			if name == f.subject {
				return true
			}
		}
	}
	return false
}

func checkOrphans(g *Graph) []finding {
	var findings []finding
	for _, res := range g.Resources {
		if res.Custom && !res.isProvider() && g.component(res) == nil {
			findings = append(findings, finding{CheckOrphan, res.Name,
				fmt.Sprintf("%s belongs to no component: pass pulumi.Parent(component)", res.Label())})
		}
	}
	return findings
}

func checkNames(g *Graph) []finding {
	var findings []finding
	for _, res := range g.Resources {
		owner := g.component(res)
		if owner != nil && res.Name != owner.Name && !strings.HasPrefix(res.Name, owner.Name+"-") {
			findings = append(findings, finding{CheckName, res.Name,
				fmt.Sprintf("%s is part of %s, so its name must start with %q", res.Label(), owner.Label(), owner.Name+"-")})
		}
	}
	return findings
}

// component is the nearest component above a resource.
func (g *Graph) component(res *Resource) *Resource {
	seen := map[string]bool{}
	for parent := g.byURN[res.ParentURN]; parent != nil && !seen[parent.URN]; parent = g.byURN[parent.ParentURN] {
		if !parent.Custom {
			return parent
		}
		seen[parent.URN] = true
	}
	return nil
}

func (r *Resource) isProvider() bool { return strings.HasPrefix(r.Type, "pulumi:providers:") }

func checkDuplicates(g *Graph) []finding {
	var findings []finding
	count := map[string]int{}
	for _, res := range g.Resources {
		count[res.URN]++
		if count[res.URN] == 2 {
			findings = append(findings, finding{CheckDuplicate, res.Name, "registered more than once: " + res.URN})
		}
	}
	return findings
}

func checkTags(g *Graph) []finding {
	var findings []finding
	for _, res := range g.Resources {
		if res.Read || !taggable[res.Type] && res.Type != groupType {
			continue
		}
		tags, known := g.tags(res)
		if !known {
			continue
		}
		for _, key := range sortedKeys(g.settings.requiredTags) {
			want := g.settings.requiredTags[key]
			if value, ok := tags[key]; !ok || want != "" && value != want && value != synth.UnknownMark {
				findings = append(findings, finding{CheckTags, res.Name, fmt.Sprintf("%s lacks the tag %s=%s", res.Label(), key, want)})
			}
		}
	}
	return findings
}

// tags are a resource's own tags over its provider's default tags, which do not reach Auto Scaling groups. They are not
// known where the whole map is unknown, as it may be in a preview.
func (g *Graph) tags(res *Resource) (tags map[string]string, known bool) {
	tags = map[string]string{}
	if res.Type != groupType {
		g.addDefaultTags(res, tags)
	}
	own := synth.Stripped(res.Inputs["tags"])
	if synth.IsUnknown(own) {
		return nil, false
	}
	switch {
	case own.IsObject():
		for key, value := range own.ObjectValue() {
			tags[string(key)] = fmt.Sprint(synth.Plain(value))
		}
	case own.IsArray():
		for _, item := range own.ArrayValue() {
			if tag, ok := synth.Plain(item).(map[string]any); ok {
				tags[fmt.Sprint(tag["key"])] = fmt.Sprint(tag["value"])
			}
		}
	}
	return tags, true
}

// addDefaultTags reads the default tags of an explicit provider, whose inputs arrive as JSON texts.
func (g *Graph) addDefaultTags(res *Resource, tags map[string]string) {
	provider := g.byURN[res.Options.Provider]
	if provider == nil {
		return
	}
	value := synth.Plain(provider.Inputs["defaultTags"])
	if text, ok := value.(string); ok {
		value = nil
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return
		}
	}
	object, _ := value.(map[string]any)
	defaults, _ := object["tags"].(map[string]any)
	for key, tag := range defaults {
		tags[key] = fmt.Sprint(tag)
	}
}

func checkInvokes(g *Graph) []finding {
	var findings []finding
	for _, token := range g.Unexpected {
		findings = append(findings, finding{CheckInvoke, token, "nobody answers " + token + ": add harness.Answer or remove the call"})
	}
	return findings
}

func checkSecrets(g *Graph) []finding {
	var findings []finding
	for i, secret := range g.settings.secretValues {
		if secret == "" {
			continue
		}
		report := func(subject, where string) {
			findings = append(findings, finding{CheckSecret, subject, fmt.Sprintf("secret value %d is in plain sight in %s", i+1, where)})
		}
		for _, res := range g.Resources {
			if holds(res.Name, secret) {
				report(res.Name, "the name of a "+res.Type)
			}
			for _, l := range exposed(res.Inputs, secret) {
				report(res.Name, res.Label()+" input "+l.path)
			}
			for _, l := range exposed(res.Outputs, secret) {
				report(res.Name, res.Label()+" output "+l.path)
			}
		}
		for _, l := range exposed(g.Exports, secret) {
			report(l.path, "the stack's output "+l.path)
		}
		for _, message := range g.Messages {
			if holds(message.Text, secret) {
				report("", "a message of severity "+message.Severity)
			}
		}
	}
	return findings
}

// exposed returns the places that hold the secret and are not secret, or that everybody on a host or in an account can
// read although Pulumi encrypts them in its state.
func exposed(properties resource.PropertyMap, secret string) []leaf {
	var found []leaf
	seen := map[string]bool{}
	for _, l := range leaves(properties) {
		if (!l.secret || isPublicPath(l.path)) && !seen[l.path] && holds(l.text, secret) {
			seen[l.path] = true
			found = append(found, l)
		}
	}
	return found
}

func isPublicPath(path string) bool {
	first := strings.ToLower(strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[ ", r) })[0])
	return strings.HasPrefix(first, "userdata") || first == "tags" || first == "tagsall"
}

func holds(text, secret string) bool {
	return strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) ||
		strings.Contains(text, url.PathEscape(secret))
}

var (
	endpointName     = regexp.MustCompile(`([a-z0-9-]+\.)*amazonaws\.com(\.cn)?`)
	principalName    = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$`)
	principalPath    = regexp.MustCompile(`(Principal\.Service|PassedToService|AWSServiceName)(\[\d+\])?$`)
	kubernetesDomain = regexp.MustCompile(`(^|\.)(eks|k8s|vpc|emr-containers)\.amazonaws\.com$`)
)

func checkPartition(g *Graph) []finding {
	if g.Location.Partition == PartitionAWS {
		return nil
	}
	var findings []finding
	for _, res := range g.Resources {
		for _, l := range leaves(res.Inputs) {
			if literal := foreignLiteral(l, g.Location); literal != "" {
				findings = append(findings, finding{CheckPartition, res.Name,
					fmt.Sprintf("%s input %s holds %q in %s", res.Label(), l.path, literal, g.Location.Partition)})
			}
		}
	}
	return findings
}

// foreignLiteral returns what in a text belongs to the commercial partition. Service principals and the domains of
// Kubernetes labels have the same name everywhere.
func foreignLiteral(l leaf, here Location) string {
	if i := strings.Index(l.text, "arn:aws:"); i >= 0 {
		return strings.Fields(l.text[i:])[0]
	}
	if here.DNSSuffix == "amazonaws.com" || isPrincipal(l) {
		return ""
	}
	for _, name := range endpointName.FindAllString(l.text, -1) {
		if !strings.HasSuffix(name, ".cn") && !kubernetesDomain.MatchString(name) {
			return name
		}
	}
	return ""
}

func isPrincipal(l leaf) bool {
	path := strings.TrimSuffix(l.path, " (decoded)")
	if !principalPath.MatchString(path) && path != "awsServiceName" || !principalName.MatchString(l.text) {
		return false
	}
	return !synth.HasOwnPrincipal(strings.SplitN(l.text, ".", 2)[0])
}

func checkOutputs(g *Graph) []finding {
	var findings []finding
	for _, res := range g.Resources {
		if !res.Custom && !res.Remote && res.Outputs == nil {
			findings = append(findings, finding{CheckOutputs, res.Name,
				fmt.Sprintf("%s does not call ctx.RegisterResourceOutputs", res.Label())})
		}
	}
	return findings
}

func comparePreview(up, preview *Graph, err error) []finding {
	if err != nil {
		if errors.Is(err, synth.ErrTimeout) {
			err = fmt.Errorf("with unknown outputs: %w", err)
		}
		return []finding{{CheckPreview, "", fmt.Sprintf("the program fails in a preview: %v%s", err, suffix(preview.failure()))}}
	}
	findings := missing(up, preview, "is not in the preview: is it created inside Apply?")
	return append(findings, missing(preview, up, "is only in the preview")...)
}

func missing(from, in *Graph, text string) []finding {
	var findings []finding
	for _, res := range from.Resources {
		if in.byURN[res.URN] == nil {
			findings = append(findings, finding{CheckPreview, res.Name, res.Label() + " " + text})
		}
	}
	return findings
}

func sortedKeys[V any](values map[string]V) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
