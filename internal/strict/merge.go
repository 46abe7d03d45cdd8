package strict

// Merge lays settings over others: objects key by key, everything else as a whole. A key that is null takes away what is
// below it. Neither argument is changed.
func Merge(below, above map[string]any) map[string]any {
	merged := make(map[string]any, len(below)+len(above))
	for key, value := range below {
		merged[key] = value
	}
	for key, value := range above {
		lower, lowerIsObject := merged[key].(map[string]any)
		upper, upperIsObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(merged, key)
		case lowerIsObject && upperIsObject:
			merged[key] = Merge(lower, upper)
		default:
			merged[key] = value
		}
	}
	return merged
}

// Has says whether settings have a value at a path of keys, or one that decides it: a list or text on the way.
func Has(settings map[string]any, path ...string) bool {
	if len(path) == 0 {
		return true
	}
	value, there := settings[path[0]]
	if !there {
		return false
	}
	if object, ok := value.(map[string]any); ok {
		return Has(object, path[1:]...)
	}
	return true
}
