package decide

import (
	"bytes"
	"encoding/base64"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

// Qualifiers of condition operators, for keys with several values.
const (
	forAllValues = "ForAllValues"
	forAnyValue  = "ForAnyValue"
)

// operator is a condition operator without its qualifier and its suffix.
type operator struct {
	// same compares a value of the policy with one of the request.
	same func(wanted, actual string) bool
	// negated operators hold for values that are not the same, and for keys that the request does not have.
	negated bool
	// variables says how values of the policy are read.
	variables reading
}

// reading is how an operator reads the values of a policy.
type reading int

const (
	// verbatim operators have no variables and no wildcards of their own.
	verbatim reading = iota
	// exact operators have variables, and wildcards are plain characters.
	exact
	// folded is exact without regard of case.
	folded
	// wild operators have variables and wildcards.
	wild
	// segments is wild for each of the six parts of an ARN.
	segments
)

// operatorOf finds an operator by its name in a policy, less qualifier and suffix. The names and what they mean: "IAM JSON policy
// elements: Condition operators" of the IAM user guide. Null is not here: it has no comparison.
func operatorOf(name string) (operator, bool) {
	switch name {
	case "StringEquals":
		return operator{variables: exact}, true
	case "StringNotEquals":
		return operator{variables: exact, negated: true}, true
	case "StringEqualsIgnoreCase":
		return operator{variables: folded}, true
	case "StringNotEqualsIgnoreCase":
		return operator{variables: folded, negated: true}, true
	case "StringLike":
		return operator{variables: wild}, true
	case "StringNotLike":
		return operator{variables: wild, negated: true}, true
	case "ArnEquals", "ArnLike":
		return operator{variables: segments}, true
	case "ArnNotEquals", "ArnNotLike":
		return operator{variables: segments, negated: true}, true
	case "Bool":
		return operator{same: sameBool}, true
	case "BinaryEquals":
		return operator{same: sameBinary}, true
	case "IpAddress":
		return operator{same: sameAddress}, true
	case "NotIpAddress":
		return operator{same: sameAddress, negated: true}, true
	}
	for kind, compare := range map[string]func(wanted, actual string) (int, bool){"Numeric": compareNumbers, "Date": compareDates} {
		if order, ok := strings.CutPrefix(name, kind); ok {
			return ordered(order, compare)
		}
	}
	return operator{}, false
}

// ordered makes an operator of values that have an order. compare is below zero when the request's value is the smaller one.
func ordered(name string, compare func(wanted, actual string) (int, bool)) (operator, bool) {
	accepts := map[string]func(order int) bool{
		"Equals":            func(order int) bool { return order == 0 },
		"NotEquals":         func(order int) bool { return order == 0 },
		"LessThan":          func(order int) bool { return order < 0 },
		"LessThanEquals":    func(order int) bool { return order <= 0 },
		"GreaterThan":       func(order int) bool { return order > 0 },
		"GreaterThanEquals": func(order int) bool { return order >= 0 },
	}[name]
	if accepts == nil {
		return operator{}, false
	}
	same := func(wanted, actual string) bool {
		order, ok := compare(wanted, actual)
		return ok && accepts(order)
	}
	return operator{same: same, negated: name == "NotEquals"}, true
}

// holds tells whether all conditions of a statement hold. valid is false when the statement says something that AWS does not know.
func (e *evaluation) holds(version string, conditions iam.Conditions) (held, valid bool) {
	held, valid = true, true
	for name, keys := range conditions {
		for key, wanted := range keys {
			one, known := e.condition(version, name, key, wanted)
			held = held && one
			valid = valid && known
		}
	}
	return held, valid
}

// condition tells whether one condition holds.
func (e *evaluation) condition(version, name, key string, wanted []string) (held, valid bool) {
	actual := e.context[strings.ToLower(key)]
	if name == "Null" {
		return isNull(wanted, actual), true
	}
	qualifier, name, qualified := cutQualifier(name)
	if qualified && qualifier != forAllValues && qualifier != forAnyValue {
		return false, false
	}
	name, ifExists := strings.CutSuffix(name, "IfExists")
	op, known := operatorOf(name)
	if !known {
		return false, false
	}
	if ifExists && len(actual) == 0 {
		return true, true
	}
	accepts, resolved := e.accepting(version, op, wanted)
	if !resolved {
		return false, true
	}
	return quantified(qualifier, op.negated, actual, accepts), true
}

// cutQualifier takes the qualifier off an operator's name.
func cutQualifier(name string) (qualifier, rest string, qualified bool) {
	before, after, found := strings.Cut(name, ":")
	if !found {
		return "", name, false
	}
	return before, after, true
}

// quantified applies a test to the values of a key in the request.
//
// "Single-valued vs. multivalued context keys" of the IAM user guide: ForAllValues holds when the key is absent or empty, ForAnyValue
// does not. Without a qualifier a key is expected to have one value; for more than one AWS documents nothing, and here an operator
// holds when it does for any of them, a negated one when it does for all.
func quantified(qualifier string, negated bool, actual []string, accepts func(string) bool) bool {
	if qualifier != "" {
		actual = withoutEmpty(actual)
	}
	all := qualifier == forAllValues || qualifier == "" && negated
	for _, value := range actual {
		if accepts(value) != all {
			return !all
		}
	}
	return all
}

func withoutEmpty(values []string) []string {
	var kept []string
	for _, value := range values {
		if value != "" {
			kept = append(kept, value)
		}
	}
	return kept
}

// isNull is the operator Null: "true" wants the key absent or empty, "false" wants a value.
func isNull(wanted, actual []string) bool {
	absent := len(withoutEmpty(actual)) == 0
	for _, value := range wanted {
		if strings.EqualFold(value, strconv.FormatBool(absent)) {
			return true
		}
	}
	return false
}

// accepting makes the test of an operator for one value of the request. resolved is false when a negated operator has a value with
// a variable that the request does not have: such a statement does not apply. Other operators cannot match that value.
func (e *evaluation) accepting(version string, op operator, wanted []string) (accepts func(string) bool, resolved bool) {
	var tests []func(string) bool
	for _, value := range wanted {
		test, ok := e.comparison(version, op, value)
		if ok {
			tests = append(tests, test)
		} else if op.negated {
			return nil, false
		}
	}
	return func(actual string) bool {
		for _, test := range tests {
			if test(actual) {
				return !op.negated
			}
		}
		return op.negated
	}, true
}

// comparison makes the test for one value of the policy.
func (e *evaluation) comparison(version string, op operator, wanted string) (test func(string) bool, ok bool) {
	if op.variables == verbatim {
		return func(actual string) bool { return op.same(wanted, actual) }, true
	}
	literal := op.variables == exact || op.variables == folded
	values := e.variable
	if !hasVariables(version, wanted) {
		return plainComparison(op.variables, wanted), true
	}
	if op.variables == segments {
		return e.segmentComparison(wanted)
	}
	pattern, ok := expand(wanted, literal, values)
	if !ok {
		return nil, false
	}
	if op.variables == folded {
		return func(actual string) bool { return strings.EqualFold(string(pattern), actual) }, true
	}
	return func(actual string) bool { return matches(pattern, []rune(actual)) }, true
}

// plainComparison is the test for a value without variables.
func plainComparison(read reading, wanted string) func(string) bool {
	switch read {
	case folded:
		return func(actual string) bool { return strings.EqualFold(wanted, actual) }
	case wild:
		return func(actual string) bool { return like(wanted, actual) }
	case segments:
		return func(actual string) bool { return likeARN(wanted, actual) }
	default:
		return func(actual string) bool { return wanted == actual }
	}
}

// likeARN compares the six parts of ARNs one by one.
func likeARN(pattern, arn string) bool {
	wanted, actual := strings.SplitN(pattern, ":", arnParts), strings.SplitN(arn, ":", arnParts)
	if pattern == "*" {
		return true
	}
	if len(wanted) != arnParts || len(actual) != arnParts {
		return false
	}
	for i := range wanted {
		if !like(wanted[i], actual[i]) {
			return false
		}
	}
	return true
}

// segmentComparison is likeARN for a pattern with variables.
func (e *evaluation) segmentComparison(pattern string) (test func(string) bool, ok bool) {
	var wanted [][]rune
	for _, part := range splitARN(pattern) {
		compiled, ok := expand(part, false, e.variable)
		if !ok {
			return nil, false
		}
		wanted = append(wanted, compiled)
	}
	return func(arn string) bool {
		actual := strings.SplitN(arn, ":", arnParts)
		if len(actual) != len(wanted) {
			return false
		}
		for i := range wanted {
			if !matches(wanted[i], []rune(actual[i])) {
				return false
			}
		}
		return true
	}, true
}

// splitARN splits an ARN that may have variables, whose names have colons of their own.
func splitARN(pattern string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(pattern) && len(parts) < arnParts-1; i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "${"):
			depth++
		case pattern[i] == '}' && depth > 0:
			depth--
		case pattern[i] == ':' && depth == 0:
			parts = append(parts, pattern[start:i])
			start = i + 1
		}
	}
	return append(parts, pattern[start:])
}

func sameBool(wanted, actual string) bool {
	isBool := strings.EqualFold(wanted, "true") || strings.EqualFold(wanted, "false")
	return isBool && strings.EqualFold(wanted, actual)
}

// sameBinary compares the bytes that Base64 stands for.
func sameBinary(wanted, actual string) bool {
	one, err := base64.StdEncoding.DecodeString(wanted)
	if err != nil {
		return false
	}
	other, err := base64.StdEncoding.DecodeString(actual)
	return err == nil && bytes.Equal(one, other)
}

// sameAddress tells whether an address lies in a range; one without a length stands for itself.
func sameAddress(wanted, actual string) bool {
	address, err := netip.ParseAddr(actual)
	if err != nil {
		return false
	}
	if !strings.Contains(wanted, "/") {
		one, err := netip.ParseAddr(wanted)
		return err == nil && one == address
	}
	block, err := netip.ParsePrefix(wanted)
	return err == nil && block.Contains(address)
}

func compareNumbers(wanted, actual string) (int, bool) {
	want, wantErr := strconv.ParseFloat(wanted, 64)
	have, haveErr := strconv.ParseFloat(actual, 64)
	if wantErr != nil || haveErr != nil || math.IsNaN(want) || math.IsNaN(have) {
		return 0, false
	}
	switch {
	case have < want:
		return -1, true
	case have > want:
		return 1, true
	}
	return 0, true
}

func compareDates(wanted, actual string) (int, bool) {
	want, wantOK := parseDate(wanted)
	have, haveOK := parseDate(actual)
	return have.Compare(want), wantOK && haveOK
}

// parseDate reads the forms of the W3C's note on dates and times, and seconds since 1970.
func parseDate(text string) (time.Time, bool) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01"} {
		if at, err := time.Parse(form, text); err == nil {
			return at, true
		}
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if len(text) == len("2006") {
		return time.Date(int(seconds), 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	return time.Unix(seconds, 0), true
}

// ValidOperator tells whether AWS has a condition operator, with its qualifier and suffix: `ForAllValues:StringLikeIfExists`.
func ValidOperator(name string) bool {
	if name == "Null" {
		return true
	}
	qualifier, name, qualified := cutQualifier(name)
	if qualified && qualifier != forAllValues && qualifier != forAnyValue {
		return false
	}
	_, known := operatorOf(strings.TrimSuffix(name, "IfExists"))
	return known
}
