package synth

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// SecretStandIn stands for an encrypted value of a stack's configuration: nothing here can decrypt it.
const SecretStandIn = "[secret of the stack's configuration]"

// secureKey marks an encrypted value in a stack's configuration file.
const secureKey = "secure"

// ReadStack are the settings that run a project's program with a stack's configuration file, in the file's region.
func ReadStack(path, project, stack string) (Settings, error) {
	config, secretKeys, err := ReadConfig(path, project)
	return Settings{Project: project, Stack: stack, Location: At(config["aws:region"]), Config: config, SecretKeys: secretKeys}, err
}

// ReadConfig reads a stack's configuration file, an ordinary Pulumi.STACK.yaml, as the engine hands it to a program:
// structures as JSON, keys without a namespace in the project's. Encrypted values become [SecretStandIn]; secretKeys
// names those keys.
func ReadConfig(path, project string) (config map[string]string, secretKeys []string, err error) {
	data, err := os.ReadFile(path) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, nil, err
	}
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	config = map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(file.Config)) {
		full := key
		if !strings.Contains(key, ":") {
			full = project + ":" + key
		}
		value, secret := standIn(file.Config[key])
		if config[full], err = asText(value); err != nil {
			return nil, nil, fmt.Errorf("%s: config.%s: %w", path, key, err)
		}
		if secret {
			secretKeys = append(secretKeys, full)
		}
	}
	return config, secretKeys, nil
}

// standIn replaces what is encrypted, and says whether anything was.
func standIn(value any) (any, bool) {
	secret := false
	switch v := value.(type) {
	case map[string]any:
		if _, encrypted := v[secureKey].(string); encrypted && len(v) == 1 {
			return SecretStandIn, true
		}
		for key, item := range v {
			inner, found := standIn(item)
			v[key], secret = inner, secret || found
		}
	case []any:
		for i, item := range v {
			inner, found := standIn(item)
			v[i], secret = inner, secret || found
		}
	}
	return value, secret
}

func asText(value any) (string, error) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("no value that a configuration may have: %w", err)
	}
	return string(text), nil
}
