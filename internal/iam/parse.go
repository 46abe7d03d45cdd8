package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// oldPolicyVersion is the version of a document that names none. It has no policy variables.
const oldPolicyVersion = "2008-10-17"

// Parse reads a policy in any form that AWS takes: one string or a list, one statement or a list, `*` for a principal, and the
// elements with Not. What it cannot read is an error with everything that is wrong, by path. The grammar is that of "Grammar of the IAM
// JSON policy language" in the IAM user guide.
func Parse(text string) (Document, error) {
	var p parser
	document := p.document(text)
	if err := p.problems.Err("policy document"); err != nil {
		return Document{}, err
	}
	return document, nil
}

// parser gathers what is wrong while it reads.
type parser struct {
	problems problem.List
}

// elements are the members of an object, whose values are read one by one.
type elements map[string]json.RawMessage

func (p *parser) document(text string) Document {
	members := p.object("", json.RawMessage(text), "Version", "Id", "Statement")
	d := Document{Version: oldPolicyVersion, ID: p.text(members, "", "Id")}
	if _, ok := members["Version"]; ok {
		d.Version = p.text(members, "", "Version")
		if d.Version != PolicyVersion && d.Version != oldPolicyVersion {
			p.problems.Add("Version", "it is "+PolicyVersion+" or "+oldPolicyVersion, "%q is no version of the policy language", d.Version)
		}
	}
	raw, ok := members["Statement"]
	if !ok {
		if members != nil {
			p.problems.Add("Statement", "name a statement or a list of them", "is missing")
		}
		return d
	}
	for i, one := range oneOrMore(raw) {
		d.Statements = append(d.Statements, p.statement("Statement["+strconv.Itoa(i)+"]", one))
	}
	if len(d.Statements) == 0 {
		p.problems.Add("Statement", "name a statement or a list of them", "is empty")
	}
	return d
}

func (p *parser) statement(path string, raw json.RawMessage) Statement {
	members := p.object(path, raw,
		"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	s := Statement{
		Sid: p.text(members, path, "Sid"), Effect: p.text(members, path, "Effect"),
		Principal: p.principal(members, path, "Principal"), NotPrincipal: p.principal(members, path, "NotPrincipal"),
		Actions: p.texts(members, path, "Action"), NotActions: p.texts(members, path, "NotAction"),
		Resources: p.texts(members, path, "Resource"), NotResources: p.texts(members, path, "NotResource"),
		Conditions: p.conditions(members, path),
	}
	if members == nil {
		return s
	}
	if s.Effect != EffectAllow && s.Effect != EffectDeny {
		p.problems.Add(problem.Join(path, "Effect"), "it is Allow or Deny", "%q is no effect", s.Effect)
	}
	if len(s.Actions)+len(s.NotActions) == 0 {
		p.problems.Add(problem.Join(path, "Action"), "name an action, or use NotAction", "is missing")
	}
	for _, name := range []string{"Principal", "Action", "Resource"} {
		_, one := members[name]
		_, other := members["Not"+name]
		if one && other {
			p.problems.Add(problem.Join(path, "Not"+name), "use one of them", "stands beside %s", name)
		}
	}
	return s
}

// principal reads `*`, or identifiers by kind.
func (p *parser) principal(members elements, path, name string) *Principal {
	raw, ok := members[name]
	if !ok {
		return nil
	}
	path = problem.Join(path, name)
	var everybody string
	if json.Unmarshal(raw, &everybody) == nil {
		if everybody != "*" {
			p.problems.Add(path, `write * or an object such as {"AWS": "…"}`, "%q is no principal", everybody)
		}
		return &Principal{Anyone: true}
	}
	kinds := p.object(path, raw, "AWS", "Service", "Federated", "CanonicalUser")
	by := &Principal{
		AWS: p.texts(kinds, path, "AWS"), Service: p.texts(kinds, path, "Service"),
		Federated: p.texts(kinds, path, "Federated"), CanonicalUser: p.texts(kinds, path, "CanonicalUser"),
	}
	if slices.Contains(by.AWS, "*") {
		by.Anyone, by.AWS = true, nil
	}
	return by
}

// conditions reads values by key, by operator.
func (p *parser) conditions(members elements, path string) Conditions {
	raw, ok := members["Condition"]
	if !ok {
		return nil
	}
	path = problem.Join(path, "Condition")
	read := Conditions{}
	operators := p.object(path, raw)
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		at := problem.Join(path, operator)
		keys := p.object(at, operators[operator])
		read[operator] = map[string][]string{}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			read[operator][key] = p.values(problem.Join(at, key), keys[key])
		}
	}
	return read
}

// object reads an object whose members have the given names, or any where none is given. Members that occur twice are refused, as AWS does.
func (p *parser) object(path string, raw json.RawMessage, names ...string) elements {
	read, err := decodeObject(raw)
	if err != nil {
		p.problems.Add(path, "", "%s", err.Error())
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(read)) {
		if len(names) > 0 && !slices.Contains(names, name) {
			p.problems.Add(problem.Join(path, name), "there are "+strings.Join(names, ", "), "is no element of the policy language")
		}
	}
	return read
}

// decodeObject reads an object and nothing after it.
func decodeObject(raw json.RawMessage) (elements, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, errors.New("is not a JSON object")
	}
	read := elements{}
	for decoder.More() {
		token, err := decoder.Token()
		name, isName := token.(string)
		if err != nil || !isName {
			return nil, fmt.Errorf("is not JSON: %w", err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("is not JSON: %w", err)
		}
		if _, twice := read[name]; twice {
			return nil, fmt.Errorf("has %s twice", name)
		}
		read[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("has something after the object")
	}
	return read, nil
}

// oneOrMore takes a list apart; anything else is its own only entry.
func oneOrMore(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 && trimmed[0] == '[' && json.Unmarshal(trimmed, &list) == nil {
		return list
	}
	return []json.RawMessage{raw}
}

// text reads an optional string.
func (p *parser) text(members elements, path, name string) string {
	raw, ok := members[name]
	if !ok {
		return ""
	}
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil || text == nil {
		p.problems.Add(problem.Join(path, name), "write a string", "%s is no string", raw)
		return ""
	}
	return *text
}

// texts reads an optional string or list of strings.
func (p *parser) texts(members elements, path, name string) []string {
	if _, ok := members[name]; !ok {
		return nil
	}
	var read []string
	for i, one := range oneOrMore(members[name]) {
		read = append(read, p.text(elements{"": one}, problem.Join(path, name)+"["+strconv.Itoa(i)+"]", ""))
	}
	return read
}

// values reads values of a condition: strings, numbers and Booleans, one or a list.
func (p *parser) values(path string, raw json.RawMessage) []string {
	read := []string{}
	for i, one := range oneOrMore(raw) {
		one = bytes.TrimSpace(one)
		if len(one) > 0 && strings.ContainsRune(`tf-0123456789`, rune(one[0])) {
			read = append(read, string(one))
			continue
		}
		read = append(read, p.text(elements{"": one}, path+"["+strconv.Itoa(i)+"]", ""))
	}
	return read
}
