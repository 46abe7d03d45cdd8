package awscloud

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares old inputs with new ones and says which changes need a new resource.
func Diff(typ string, olds, news resource.PropertyMap) plugin.DiffResult {
	diff := olds.DiffIncludeUnknowns(news, resource.IgnoreKeyFunc(isInternal))
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}
	}
	facts, _ := FactsOf(typ)
	replace := facts.Replace
	if when := SpecOf(typ).ReplaceWhen; when != nil {
		replace = append(append([]string{}, replace...), when(news)...)
	}
	detailed := plugin.NewDetailedDiffFromObjectDiff(diff, true)
	result := plugin.DiffResult{Changes: plugin.DiffSome, DetailedDiff: detailed}
	for path, change := range detailed {
		if replaces(path, replace) {
			change.Kind = change.Kind.AsReplace()
			detailed[path] = change
			result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(path))
		}
		result.ChangedKeys = append(result.ChangedKeys, resource.PropertyKey(path))
	}
	return result
}

// isInternal says that a key is the provider's bookkeeping, such as __defaults.
func isInternal(key resource.PropertyKey) bool { return strings.HasPrefix(string(key), "__") }

// replaces says whether a change at path touches one of the paths that replace: itself,
// something inside it, or something around it that comes or goes as a whole.
func replaces(path string, paths []string) bool {
	changed := withoutIndexes(path)
	for _, p := range paths {
		if changed == p || strings.HasPrefix(changed, p+".") || strings.HasPrefix(p, changed+".") {
			return true
		}
	}
	return false
}

// withoutIndexes turns a[0].b["c"] into a.b.c.
func withoutIndexes(path string) string {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		return path
	}
	var keys []string
	for _, part := range parsed {
		if key, ok := part.(string); ok {
			keys = append(keys, key)
		} else if _, ok := part.(int); !ok {
			keys = append(keys, strconv.Quote(path))
		}
	}
	return strings.Join(keys, ".")
}
