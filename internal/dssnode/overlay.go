package dssnode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

type (
	object = map[string]any
	list   = []any
)

// lists are lists of the general settings whose elements have an identity: path to key. In such a list elements are merged one by one;
// those of others stay. A path goes through the elements of a list by `[]`.
func lists() map[string]string {
	return map[string]string{
		"containerSettings.executionConfigs":                               "name",
		"containerSettings.buildConfigs":                                   "name",
		"containerSettings.buildConfigs[].dockerBuilderConfig.pushConfigs": "repositoryURL",
		"sparkSettings.executionConfigs":                                   "name",
		"cgroupSettings.cgroups":                                           "cgroupPathTemplate",
	}
}

// parseJSON reads a whole JSON text. An error says at which line and column it goes wrong.
func parseJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, positioned(text, err)
	}
	var rest any
	if err := decoder.Decode(&rest); !errors.Is(err, io.EOF) {
		line, column := position(text, int(decoder.InputOffset()))
		return nil, fmt.Errorf("line %d, column %d: there is more after the value", line, column)
	}
	return value, nil
}

// positioned says where an error of encoding/json is.
func positioned(text string, err error) error {
	offset := len(text)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = int(syntax.Offset) - 1
	}
	line, column := position(text, offset)
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// position is the line and the column of an offset, both from 1.
func position(text string, offset int) (line, column int) {
	before := text[:max(0, min(offset, len(text)))]
	line = strings.Count(before, "\n") + 1
	return line, len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
}

// parseObject reads a JSON object. Nothing is no object and no problem.
func parseObject(wrong *problem.List, path, text string) object {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	value, err := parseJSON(text)
	if err != nil {
		wrong.Add(path, "give a JSON object", "%s", err)
		return nil
	}
	parsed, ok := value.(object)
	if !ok {
		wrong.Add(path, `give a JSON object: {"key": …}`, "it is %s", kindOf(value))
	}
	return parsed
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case list:
		return "a list"
	case object:
		return "an object"
	case string:
		return "text"
	case bool:
		return "true or false"
	default:
		return "a number"
	}
}

// objectOf is a JSON object that was checked before, or none.
func objectOf(text string) object {
	var unchecked problem.List
	return parseObject(&unchecked, "", text)
}

// overlayProblems are about raw JSON: what cannot be read, and what contradicts arguments.
func (n *node) overlayProblems() problem.List {
	var wrong problem.List
	s := n.settings
	if overlay := parseObject(&wrong, "overlayJson", s.OverlayJSON); overlay != nil {
		var without problem.List
		elementProblems(&without, "", "", overlay, lists())
		for _, template := range []object{n.verified(), n.defaults(), n.restrictions()} {
			contradictions(&without, "", "", plain(template), overlay, lists())
		}
		wrong.Under("overlayJson", without)
	}
	wrong.Under("namespacePoliciesJson", policiesProblems(s.NamespacePoliciesJSON))
	for i, c := range s.S3Connections {
		at := problem.Index("s3Connections", i)
		verified, _ := n.s3Params(c)
		paramsProblems(&wrong, at+".paramsJson", c.ParamsJSON, verified)
		if c.Athena != nil {
			paramsProblems(&wrong, at+".athena.paramsJson", c.Athena.ParamsJSON, nil)
		}
	}
	return wrong
}

// paramsProblems are about raw parameters of a connection. They may replace what is not verified, and nothing else.
func paramsProblems(wrong *problem.List, path, text string, params object) {
	if overlay := parseObject(wrong, path, text); overlay != nil {
		var against problem.List
		contradictions(&against, "", "", plain(params), overlay, nil)
		wrong.Under(path, against)
	}
}

func policiesProblems(text string) problem.List {
	var wrong problem.List
	if strings.TrimSpace(text) == "" {
		return wrong
	}
	value, err := parseJSON(text)
	if err != nil {
		wrong.Add("", "give a JSON list of policies", "%s", err)
		return wrong
	}
	policies, ok := value.(list)
	if !ok || len(policies) == 0 {
		wrong.Add("", "give a JSON list of policies", "it is %s without policies", kindOf(value))
	}
	for i, policy := range policies {
		if _, ok := policy.(object); !ok {
			wrong.Add(problem.Index("", i), "give a JSON object", "it is %s", kindOf(policy))
		}
	}
	return wrong
}

// plain is a document as JSON has it: numbers are float64, lists are []any.
func plain(document object) object {
	text, err := json.Marshal(document)
	if err != nil {
		return object{}
	}
	var parsed object
	if json.NewDecoder(bytes.NewReader(text)).Decode(&parsed) != nil {
		return object{}
	}
	return parsed
}

// elementProblems are about elements of lists that are merged by identity and have none. `path` is that of lists(), `place` is for people.
func elementProblems(wrong *problem.List, path, place string, value any, identities map[string]string) {
	switch v := value.(type) {
	case object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			elementProblems(wrong, problem.Join(path, key), problem.Join(place, key), v[key], identities)
		}
	case list:
		key, merged := identities[path]
		for i, element := range v {
			at := problem.Index(place, i)
			elementProblems(wrong, path+"[]", at, element, identities)
			if !merged {
				continue
			}
			if identity, ok := identityOf(element, key); !ok || identity == "" {
				wrong.Add(at, "give it "+key+", by which elements of this list are told apart", "it has none")
			}
		}
	}
}

func identityOf(element any, key string) (string, bool) {
	o, ok := element.(object)
	if !ok {
		return "", false
	}
	identity, ok := o[key].(string)
	return identity, ok
}

// contradictions are values of an overlay that differ from those that arguments set.
func contradictions(wrong *problem.List, path, place string, ours, overlay any, identities map[string]string) {
	switch o := ours.(type) {
	case object:
		over, ok := overlay.(object)
		if !ok {
			contradiction(wrong, place, overlay)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(over)) {
			if value, there := o[key]; there {
				contradictions(wrong, problem.Join(path, key), problem.Join(place, key), value, over[key], identities)
			}
		}
	case list:
		key, merged := identities[path]
		over, ok := overlay.(list)
		if !ok || !merged {
			if !reflect.DeepEqual(ours, overlay) {
				contradiction(wrong, place, overlay)
			}
			return
		}
		for i, element := range over {
			if mine := elementBy(o, key, element); mine != nil {
				contradictions(wrong, path+"[]", problem.Index(place, i), mine, element, identities)
			}
		}
	default:
		if !reflect.DeepEqual(ours, overlay) {
			contradiction(wrong, place, overlay)
		}
	}
}

func contradiction(wrong *problem.List, place string, overlay any) {
	text, err := json.Marshal(overlay)
	if err != nil { // it was read from JSON
		text = fmt.Append(nil, overlay)
	}
	if len(text) > 60 {
		text = append(text[:57:57], "..."...)
	}
	wrong.Add(place, "change the argument instead, or leave it out", "%s contradicts what arguments set", text)
}

// elementBy is the element of a list that has the same identity as another one, or nil.
func elementBy(elements list, key string, like any) any {
	identity, ok := identityOf(like, key)
	if !ok {
		return nil
	}
	for _, element := range elements {
		if other, ok := identityOf(element, key); ok && other == identity {
			return element
		}
	}
	return nil
}

// without is a document less the values that an overlay decides, so that the two do not take turns. Of an element of a list that is
// merged by identity, the identity stays.
func without(document, overlay any, path string, identities map[string]string) any {
	switch d := document.(type) {
	case object:
		over, ok := overlay.(object)
		if !ok {
			return nil
		}
		left := object{}
		for key, value := range d {
			decided, there := over[key]
			if !there {
				left[key] = value
			} else if rest := without(value, decided, problem.Join(path, key), identities); rest != nil {
				left[key] = rest
			}
		}
		if len(left) == 0 && len(d) > 0 {
			return nil
		}
		return left
	case list:
		key, merged := identities[path]
		over, ok := overlay.(list)
		if !ok || !merged {
			return nil
		}
		return elementsWithout(d, over, key, path, identities)
	default:
		return nil
	}
}

func elementsWithout(elements, overlay list, key, path string, identities map[string]string) any {
	left := list{}
	for _, element := range elements {
		decided := elementBy(overlay, key, element)
		if decided == nil {
			left = append(left, element)
			continue
		}
		rest, ok := without(element, decided, path+"[]", identities).(object)
		if !ok || len(rest) == 0 {
			continue
		}
		rest[key], _ = identityOf(element, key)
		left = append(left, rest)
	}
	if len(left) == 0 {
		return nil
	}
	return left
}
