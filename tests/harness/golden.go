package harness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

const (
	secretMark = "[secret]"
	// longText is the length in bytes above which a text is replaced by its hash: user data, scripts, certificates.
	longText = 300
	// diffContext is how many lines around the first difference a failing comparison shows.
	diffContext = 6
)

var update = flag.Bool("update", false, "write the golden files of tests/harness instead of comparing with them")

// Updating tells whether -update was given. A test package that uses this harness must not define the flag again.
func Updating() bool { return *update }

// goldenGraph is the form of a golden file.
type goldenGraph struct {
	Resources []goldenResource `json:"resources"`
	Exports   any              `json:"exports,omitempty"`
}

type goldenResource struct {
	URN     string         `json:"urn"`
	Kind    string         `json:"kind,omitempty"`
	Parent  string         `json:"parent,omitempty"`
	Inputs  map[string]any `json:"inputs,omitempty"`
	Outputs map[string]any `json:"outputs,omitempty"`
	Options map[string]any `json:"options,omitempty"`
}

// Golden compares all URNs, resolved inputs and options with testdata/file, next to the test. With -update it writes the
// file. Secrets appear as "[secret]", unknowns as "[unknown]", long texts with length and hash, policies as documents.
func (g *Graph) Golden(file string) {
	g.t.Helper()
	got, err := g.Render()
	if err != nil {
		g.t.Fatalf("render %s: %v", file, err)
		return
	}
	compareGolden(g.t.Fatalf, filepath.Join("testdata", file), got, *update)
}

func compareGolden(fail func(string, ...any), path string, got []byte, write bool) {
	if write {
		//nolint:gosec // files of the repository, for everybody who works on it
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, got, 0o644)); err != nil {
			fail("write the golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(path) //nolint:gosec // the path is the test's
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fail("%s does not exist: run the test with -update to write it, then read it", path)
	case err != nil:
		fail("read the golden file: %v", err)
	case !bytes.Equal(want, got):
		fail("%s differs; if the change is meant, run the test with -update and review the diff.%s", path, firstDifference(want, got))
	}
}

// Render is the golden form of the graph: JSON, indented, with sorted keys and a newline at the end.
func (g *Graph) Render() ([]byte, error) {
	out := goldenGraph{Resources: make([]goldenResource, 0, len(g.Resources))}
	for _, res := range g.Resources {
		out.Resources = append(out.Resources, g.renderResource(res))
	}
	if len(g.Exports) > 0 {
		out.Exports = renderMap(g.Exports)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(out)
	return text.Bytes(), err
}

func (g *Graph) renderResource(res *Resource) goldenResource {
	out := goldenResource{URN: res.URN, Inputs: renderMap(res.Inputs), Outputs: renderMap(res.Outputs), Options: renderOptions(res.Options)}
	switch {
	case res.Read:
		out.Kind = "read"
	case res.Remote:
		out.Kind = "remote component"
	case !res.Custom:
		out.Kind = "component"
	}
	if res.ParentURN != g.Root {
		out.Parent = urnName(res.ParentURN)
	}
	return out
}

// renderOptions leaves out what is not set, and dependencies that an input explains.
func renderOptions(o Options) map[string]any {
	out := map[string]any{}
	put := func(key string, value any, set bool) {
		if set {
			out[key] = value
		}
	}
	put("protect", true, o.Protect)
	put("retainOnDelete", true, o.RetainOnDelete)
	if o.DeleteBeforeReplace != nil {
		out["deleteBeforeReplace"] = *o.DeleteBeforeReplace
	}
	put("ignoreChanges", o.IgnoreChanges, len(o.IgnoreChanges) > 0)
	put("replaceOnChanges", o.ReplaceOnChanges, len(o.ReplaceOnChanges) > 0)
	put("additionalSecretOutputs", o.AdditionalSecretOutputs, len(o.AdditionalSecretOutputs) > 0)
	put("aliases", o.Aliases, len(o.Aliases) > 0)
	put("provider", urnName(o.Provider), o.Provider != "")
	put("dependsOn", explicitDependencies(o), len(explicitDependencies(o)) > 0)
	put("deletedWith", urnName(o.DeletedWith), o.DeletedWith != "")
	put("customTimeouts", renderTimeouts(o.CustomTimeouts), o.CustomTimeouts != Timeouts{})
	put("version", o.Version, o.Version != "")
	put("import", o.ImportID, o.ImportID != "")
	return out
}

func renderTimeouts(t Timeouts) string {
	return fmt.Sprintf("create %v, update %v, delete %v", t.Create, t.Update, t.Delete)
}

func explicitDependencies(o Options) []string {
	implied := map[string]bool{}
	for _, urns := range o.PropertyDependencies {
		for _, urn := range urns {
			implied[urn] = true
		}
	}
	var names []string
	for _, urn := range o.Dependencies {
		if !implied[urn] {
			names = append(names, urnName(urn))
		}
	}
	return names
}

// urnName is the type and name of a URN: enough to find it in the same file.
func urnName(urn string) string {
	if urn == "" {
		return ""
	}
	parsed := resource.URN(urn)
	return string(parsed.Type()) + "::" + parsed.Name()
}

func renderMap(properties resource.PropertyMap) map[string]any {
	if len(properties) == 0 {
		return nil
	}
	out := map[string]any{}
	for key, value := range properties {
		out[string(key)] = renderValue(value)
	}
	return out
}

func renderValue(value resource.PropertyValue) any {
	switch {
	case value.IsSecret(), value.IsOutput() && value.OutputValue().Secret:
		return secretMark
	case synth.IsUnknown(value):
		return synth.UnknownMark
	case value.IsOutput():
		return renderValue(value.OutputValue().Element)
	case value.IsString():
		return renderText(value.StringValue())
	case value.IsArray():
		items := make([]any, 0, len(value.ArrayValue()))
		for _, item := range value.ArrayValue() {
			items = append(items, renderValue(item))
		}
		return items
	case value.IsObject():
		out := map[string]any{}
		for key, item := range value.ObjectValue() {
			out[string(key)] = renderValue(item)
		}
		return out
	}
	return synth.Plain(value)
}

// renderText shows a JSON document as such, under the key "$json", and hashes what is too long to read.
func renderText(text string) any {
	if document, ok := parseDocument(text); ok {
		return map[string]any{"$json": renderDocument(document)}
	}
	if len(text) > longText {
		sum := sha256.Sum256([]byte(text))
		return fmt.Sprintf("[text of %d bytes, sha256 %s]", len(text), hex.EncodeToString(sum[:])[:16])
	}
	return text
}

func renderDocument(document any) any {
	switch node := document.(type) {
	case string:
		return renderText(node)
	case []any:
		items := make([]any, 0, len(node))
		for _, item := range node {
			items = append(items, renderDocument(item))
		}
		return items
	case map[string]any:
		out := map[string]any{}
		for key, item := range node {
			out[key] = renderDocument(item)
		}
		return out
	}
	return document
}

// parseDocument parses a JSON object or list; a text that is a bare number or string is no document.
func parseDocument(text string) (any, bool) {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(trimmed))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil || decoder.More() {
		return nil, false
	}
	return document, true
}

func firstDifference(want, got []byte) string {
	wanted, have := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	first := 0
	for first < len(wanted) && first < len(have) && wanted[first] == have[first] {
		first++
	}
	from := max(0, first-diffContext)
	show := func(lines []string, sign string) string {
		var text strings.Builder
		for i := from; i < min(len(lines), first+diffContext); i++ {
			mark := " "
			if i >= first {
				mark = sign
			}
			text.WriteString(mark + " " + lines[i] + "\n")
		}
		return text.String()
	}
	return fmt.Sprintf("\nfirst difference at line %d of %d (now %d):\n%s\n%s", first+1, len(wanted), len(have),
		show(wanted, "-"), show(have, "+"))
}
