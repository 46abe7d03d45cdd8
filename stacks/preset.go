package stacks

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// The presets: what an environment is made of unless the stack's configuration says otherwise.
const (
	// PresetDev is affordable: one NAT gateway, small volumes, few nodes.
	PresetDev = "dev"
	// PresetProd is hardened: a way out for each zone, endpoints inside the VPC, deletion protection, long retention.
	PresetProd = "prod"
)

// DefaultPreset is used by stacks that name none.
const DefaultPreset = PresetDev

//go:embed presets/*.yaml
var presetFiles embed.FS

// Presets are the names of the presets.
func Presets() []string { return []string{PresetDev, PresetProd} }

// presetSettings are a preset's settings, by key.
func presetSettings(name string) (map[string]any, problem.List) {
	var wrong problem.List
	if !slices.Contains(Presets(), name) {
		wrong.Add("preset", "use "+strings.Join(Presets(), " or "), "there is no preset %q", name)
		return map[string]any{}, wrong
	}
	text, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		wrong.Add("preset", "", "reading preset %s: %v", name, err)
		return map[string]any{}, wrong
	}
	settings := map[string]any{}
	if err := yaml.Unmarshal(text, &settings); err != nil {
		wrong.Add("preset", "", "preset %s is not YAML: %v", name, err)
	}
	return numbersAsJSON(settings).(map[string]any), wrong
}

// numbersAsJSON turns YAML's whole numbers into those that JSON has, so that settings from both compare and decode alike.
func numbersAsJSON(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = numbersAsJSON(item)
		}
	case []any:
		for i, item := range v {
			v[i] = numbersAsJSON(item)
		}
	case int:
		return float64(v)
	case nil, string, bool, float64:
	default:
		return fmt.Sprint(v)
	}
	return value
}
