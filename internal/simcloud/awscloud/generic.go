package awscloud

import (
	"strings"
	"unicode"
)

// service returns the module of a type token: ec2 of aws:ec2/vpc:Vpc.
func service(typ string) string {
	_, rest, _ := strings.Cut(typ, ":")
	module, _, _ := strings.Cut(rest, "/")
	return strings.TrimSuffix(module, ":index")
}

// kebab returns the last part of a type token in lower case with hyphens: nat-gateway of
// aws:ec2/natGateway:NatGateway.
func kebab(typ string) string {
	name := typ[strings.LastIndex(typ, ":")+1:]
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func genericID(r Request) string {
	if f, ok := FactsOf(r.Type); ok && f.Named != "" {
		if name := r.Text(f.Named); name != "" {
			return name
		}
	}
	return kebab(r.Type) + "-" + r.Hex(17, "id")
}

// genericOutputs gives a type without an entry of its own the one computed property that
// nearly all have.
func genericOutputs(r Request) map[string]any {
	out := map[string]any{}
	f, ok := FactsOf(r.Type)
	for _, property := range f.Computed {
		if property == "arn" {
			out["arn"] = r.ARN(service(r.Type), kebab(r.Type)+"/"+r.ID)
		}
	}
	if !ok {
		out["arn"] = r.ARN(service(r.Type), kebab(r.Type)+"/"+r.ID)
	}
	return out
}

// hexID makes ids such as vpc-0123456789abcdef0.
func hexID(prefix string) func(Request) string {
	return func(r Request) string { return prefix + "-0" + r.Hex(16, "id") }
}

// uuidID makes ids such as 01234567-89ab-4cde-8f01-23456789abcd.
func uuidID(r Request) string { return uuid(r, "id") }

func uuid(r Request, purpose string) string {
	h := r.Hex(32, purpose)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
}

// upperID makes ids such as AKIA or AROA followed by capitals and digits.
func upperID(prefix string, r Request, purpose string) string {
	return prefix + strings.ToUpper(r.Hex(17, purpose))
}

// property makes ids that repeat a property.
func property(path string) func(Request) string {
	return func(r Request) string { return r.Text(path) }
}

// joined makes ids of several properties with a separator between them.
func joined(separator string, paths ...string) func(Request) string {
	return func(r Request) string {
		parts := make([]string, len(paths))
		for i, path := range paths {
			parts[i] = r.Text(path)
		}
		return strings.Join(parts, separator)
	}
}

// none is for types whose outputs are their inputs.
func none(Request) map[string]any { return map[string]any{} }

// arnOnly computes the ARN alone, of the service and the kind of resource: the id follows a slash.
func arnOnly(service, kind string) func(Request) map[string]any {
	return func(r Request) map[string]any {
		return map[string]any{"arn": r.ARN(service, kind+"/"+r.ID)}
	}
}
