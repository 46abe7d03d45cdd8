package stacks

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/strict"
)

// Load reads the stack's configuration: the settings of its preset with the stack's own over them.
//
// The error lists everything that is wrong, with the key and whether the stack or the preset says so.
func Load(ctx *pulumi.Context) (*Config, error) {
	own, wrong := ownSettings(ctx)
	cfg, more := resolve(own)
	wrong = append(wrong, more...)
	wrong = append(wrong, loadAWS(ctx, cfg)...)
	if cfg.Name == "" {
		cfg.Name = defaultName(ctx.Stack())
	}
	wrong = append(wrong, notBelow(wrong, cfg.Problems(ctx.Project(), ctx.Stack()))...)
	return cfg, origins{project: ctx.Project(), stack: ctx.Stack(), own: own, preset: cfg.Preset}.
		of(wrong).Err("configuration of stack " + ctx.Stack())
}

// notBelow are the problems of settings that could be read: what is found where nothing was set would only be an echo of that.
func notBelow(unread, found problem.List) problem.List {
	return slices.DeleteFunc(found, func(p problem.Problem) bool {
		return slices.ContainsFunc(unread, func(u problem.Problem) bool { return isAtOrBelow(p.Path, u.Path) })
	})
}

func isAtOrBelow(path, top string) bool {
	rest, found := strings.CutPrefix(path, top)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// defaultName is the platform's name in a stack that gives none. Names of AWS are in lower case.
func defaultName(stack string) string { return "dss-" + strings.ToLower(stack) }

// NewConfig has the settings of a preset, for Go programs that set the others themselves. A VPC is adopted by [Config.AdoptNetwork].
func NewConfig(preset string) (Config, error) {
	cfg, wrong := resolve(map[string]any{"preset": preset})
	return *cfg, wrong.Err("settings")
}

// AdoptNetwork has the platform in a VPC that is there. How the preset would have built one is dropped: beside an adopted VPC it would be
// refused.
func (c *Config) AdoptNetwork(adopted network.Adoption) {
	c.Network = network.NetworkArgs{
		Adopt: &adopted, InterfaceEndpoints: c.Network.InterfaceEndpoints, SharedSecurityGroupID: c.Network.SharedSecurityGroupID,
		Roles: c.Network.Roles, Tags: c.Network.Tags,
	}
}

// resolve lays a stack's own settings, by the keys of Pulumi.yaml, over those of the preset that they name.
func resolve(own map[string]any) (*Config, problem.List) {
	name := DefaultPreset
	if given, ok := own["preset"].(string); ok && given != "" {
		name = given
	}
	preset, wrong := presetSettings(name)
	leaveBuilding(preset, own)
	cfg := &Config{}
	wrong = append(wrong, strict.Decode(strict.Merge(preset, own), cfg)...)
	cfg.Preset = name
	return cfg, wrong
}

// leaveBuilding takes from a preset how it would build the VPC, for a stack that adopts one: what the stack says of that itself is a
// contradiction, what its preset says is not meant for it.
func leaveBuilding(preset, own map[string]any) {
	said, _ := own["network"].(map[string]any)
	below, _ := preset["network"].(map[string]any)
	if said["adopt"] == nil {
		return
	}
	for _, key := range []string{"cidrBlock", "zones", "zoneCount", "nat", "flowLogs", "flowLogRetentionDays", "emrManagedTags"} {
		delete(below, key)
	}
}

// ownSettings are what the stack's configuration says for the keys of Pulumi.yaml.
func ownSettings(ctx *pulumi.Context) (map[string]any, problem.List) {
	var wrong problem.List
	own := map[string]any{}
	source := config.New(ctx, "")
	for _, key := range configKeys() {
		text, err := source.Try(key.name)
		if err != nil || text == "" {
			continue
		}
		if key.kind == reflect.String {
			own[key.name] = text
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			wrong.Add(key.name, "docs/configuration.md says what it takes", "%q is neither a structure nor true or false", text)
			continue
		}
		if object, ok := value.(map[string]any); ok && len(object) == 0 {
			continue
		}
		own[key.name] = value
	}
	return own, wrong
}

// origins says for each problem where the setting was read.
type origins struct {
	project, stack string
	own            map[string]any
	preset         string
}

func (o origins) of(wrong problem.List) problem.List {
	preset, _ := presetSettings(o.preset)
	file := fmt.Sprintf("Pulumi.%s.yaml", o.stack)
	located := make(problem.List, len(wrong))
	for i, p := range wrong {
		keys := pathKeys(p.Path)
		source := "neither " + file + " nor preset " + o.preset + " sets it"
		switch {
		case strings.HasPrefix(p.Path, awsNamespace):
			source = file
		case strict.Has(o.own, keys...):
			source = file
		case strict.Has(preset, keys...):
			source = "preset " + o.preset
		}
		if !strings.HasPrefix(p.Path, awsNamespace) {
			p.Path = o.project + ":" + p.Path
		}
		p.Wrong = fmt.Sprintf("%s (%s)", p.Wrong, source)
		located[i] = p
	}
	return located
}

// pathKeys are the keys of a path, up to its first index.
func pathKeys(path string) []string {
	path, _, _ = strings.Cut(path, "[")
	return strings.Split(path, ".")
}
