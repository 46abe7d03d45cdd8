package awsname

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// refusals runs several checks of a value and joins what they find.
func refusals(checks ...func(string) []string) func(string) []string {
	return func(value string) []string {
		var found []string
		for _, check := range checks {
			found = append(found, check(value)...)
		}
		return found
	}
}

// when turns a condition into a check.
func when(wrong func(string) bool, problem string) func(string) []string {
	return func(value string) []string {
		if wrong(value) {
			return []string{problem}
		}
		return nil
	}
}

// startsWith refuses values whose first character is not of a kind; what names the kind.
func startsWith(kind func(rune) bool, what string) func(string) []string {
	return when(func(value string) bool {
		first, _ := utf8.DecodeRuneInString(value)
		return !kind(first)
	}, "does not start with "+what)
}

// endsWith refuses values whose last character is not of a kind; what names the kind.
func endsWith(kind func(rune) bool, what string) func(string) []string {
	return when(func(value string) bool {
		last, _ := utf8.DecodeLastRuneInString(value)
		return !kind(last)
	}, "does not end with "+what)
}

// withoutPrefix refuses values that start with one of the prefixes, in upper or lower case.
func withoutPrefix(prefixes ...string) func(string) []string {
	return func(value string) []string {
		for _, prefix := range prefixes {
			if strings.HasPrefix(strings.ToLower(value), strings.ToLower(prefix)) {
				return []string{fmt.Sprintf("starts with %q, which is reserved", prefix)}
			}
		}
		return nil
	}
}

// withoutSuffix refuses values that end with one of the suffixes.
func withoutSuffix(suffixes ...string) func(string) []string {
	return func(value string) []string {
		for _, suffix := range suffixes {
			if strings.HasSuffix(value, suffix) {
				return []string{fmt.Sprintf("ends with %q, which is reserved", suffix)}
			}
		}
		return nil
	}
}

// without refuses values that hold a text.
func without(text, problem string) func(string) []string {
	return when(func(value string) bool { return strings.Contains(value, text) }, problem)
}

// looksLikeIPv4 tells whether a bucket's name has the form of an address: four numbers joined by dots, whatever their size.
func looksLikeIPv4(value string) bool {
	parts := strings.Split(value, ".")
	for _, part := range parts {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return len(parts) == 4
}

// repositoryParts checks the parts between the slashes of an ECR repository's name.
func repositoryParts(value string) []string {
	for part := range strings.SplitSeq(value, "/") {
		switch {
		case part == "":
			return []string{"has a slash at its start, at its end or next to another"}
		case !isLowerOrDigit(rune(part[0])) || !isLowerOrDigit(rune(part[len(part)-1])):
			return []string{fmt.Sprintf("has the part %s, which does not start and end with a-z or 0-9", quoted(part))}
		}
	}
	return nil
}

// qualifiedName checks the key of a label or taint: an optional DNS subdomain and a slash, then a name.
func qualifiedName(value string) []string {
	prefix, name, hasPrefix := strings.Cut(value, "/")
	if !hasPrefix {
		return qualifiedPart(value)
	}
	return append(subdomain(prefix), qualifiedPart(name)...)
}

// qualifiedPart checks the part of a key after the slash.
func qualifiedPart(name string) []string {
	switch {
	case name == "":
		return []string{"has no name after the slash"}
	case strings.Contains(name, "/"):
		return []string{"has more than one slash"}
	case len(name) > maxLabel:
		return []string{fmt.Sprintf("has a name of %d characters, more than %d", len(name), maxLabel)}
	}
	return edges(name)
}

// edges refuses a text that does not start and end with a letter or a digit.
func edges(value string) []string {
	return refusals(startsWith(isLetterOrDigit, "a letter or a digit"), endsWith(isLetterOrDigit, "a letter or a digit"))(value)
}

// subdomain checks the part of a key before the slash: labels of a-z, 0-9 and hyphen, joined by dots.
func subdomain(prefix string) []string {
	if len(prefix) > maxSubdomain {
		return []string{fmt.Sprintf("has %d characters before the slash, more than %d", len(prefix), maxSubdomain)}
	}
	for label := range strings.SplitSeq(prefix, ".") {
		if label == "" || firstForbidden(label, lowerDigitsAnd("-")) != "" || strings.Trim(label, "-") != label {
			return []string{fmt.Sprintf("has %s before the slash, which is not a DNS subdomain in lower case", quoted(prefix))}
		}
	}
	return nil
}

// kubeletLabels refuses the keys that the kubelet does not set on its own node: those under kubernetes.io and k8s.io but for
// node.kubernetes.io and kubelet.kubernetes.io. Those that it sets anyway (zone, architecture, …) are refused too, because a node
// group must not contradict them.
func kubeletLabels(value string) []string {
	prefix, _, hasPrefix := strings.Cut(value, "/")
	if !hasPrefix || under(prefix, "node.kubernetes.io") || under(prefix, "kubelet.kubernetes.io") {
		return nil
	}
	for _, reserved := range []string{"kubernetes.io", "k8s.io", "eks.amazonaws.com"} {
		if under(prefix, reserved) {
			return []string{fmt.Sprintf("is under %s, whose labels a node group cannot set", reserved)}
		}
	}
	return nil
}

// under tells whether a domain is another one or below it.
func under(domain, parent string) bool {
	return domain == parent || strings.HasSuffix(domain, "."+parent)
}

// withoutOuterSpace refuses spaces at the start and at the end, where nobody sees them.
func withoutOuterSpace(value string) []string {
	return when(func(value string) bool { return strings.TrimSpace(value) != value }, "has a space at its start or end")(value)
}

// longerThanGlueBytes tells whether a name is too long in bytes, which is what Athena counts.
func longerThanGlueBytes(value string) bool {
	return len(value) > glueDatabaseMax && utf8.RuneCountInString(value) <= glueDatabaseMax
}

func isSlash(r rune) bool { return r == '/' }

// kmsAlias checks what comes before and after the first slash of an alias.
func kmsAlias(value string) []string {
	name, ok := strings.CutPrefix(value, "alias/")
	switch {
	case !ok:
		return []string{`does not start with "alias/"`}
	case name == "":
		return []string{`has nothing after "alias/"`}
	}
	return when(func(name string) bool { return strings.HasPrefix(name, "aws/") }, `starts with "alias/aws/", which is reserved`)(name)
}
