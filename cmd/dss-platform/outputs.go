package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

const mask = "[secret]"

// printOutputs prints a stack's outputs: by name, or as one JSON object.
func printOutputs(s *session, outputs auto.OutputMap) error {
	values := map[string]any{}
	for name, output := range outputs {
		values[name] = output.Value
		if output.Secret && !s.showSecrets {
			values[name] = mask
		}
	}
	if s.json {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(values)
	}
	if len(values) == 0 {
		return nil
	}
	width := 0
	for name := range values {
		width = max(width, len(name))
	}
	var lines strings.Builder
	lines.WriteString("Outputs:\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text, err := readable(values[name])
		if err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
		fmt.Fprintf(&lines, "  %-*s  %s\n", width, name, strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", width+4)))
	}
	_, err := io.WriteString(s.out, lines.String())
	return err
}

// readable is a string as it is, and anything else as JSON.
func readable(value any) (string, error) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	data, err := json.Marshal(value)
	return string(data), err
}
