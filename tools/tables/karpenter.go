package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// networkLimits is what an instance type's default network card allows, and whether the type is built on the Nitro System.
type networkLimits struct {
	enis, ipv4PerENI int
	nitro            bool
}

// readNetworkLimits reads the map Limits of karpenter's generated file, and the date of the file.
func readNetworkLimits(moduleDir string) (map[string]networkLimits, string, error) {
	path := filepath.Join(moduleDir, "pkg", "providers", "instancetype", "zz_generated.vpclimits.go")
	file, date, err := parseGenerated(path, regexp.MustCompile(`generated at (\d{4}-\d\d-\d\d)`))
	if err != nil {
		return nil, "", err
	}
	table, err := mapLiteral(file, "Limits")
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	limits := make(map[string]networkLimits, len(table.Elts))
	for _, element := range table.Elts {
		name, value, err := entry(element)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", path, err)
		}
		if limits[name], err = networkLimitsOf(value); err != nil {
			return nil, "", fmt.Errorf("%s: %s: %w", path, name, err)
		}
	}
	return limits, date, nil
}

// networkLimitsOf reads one value of the map Limits. The number of interfaces is that of the default network card, because the VPC
// CNI uses no other card.
func networkLimitsOf(value ast.Expr) (networkLimits, error) {
	fields, err := fieldsOf(value)
	if err != nil {
		return networkLimits{}, err
	}
	ips, err := intOf(fields["IPv4PerInterface"])
	if err != nil {
		return networkLimits{}, fmt.Errorf("IPv4PerInterface: %w", err)
	}
	card, err := intOf(fields["DefaultNetworkCardIndex"])
	if err != nil {
		return networkLimits{}, fmt.Errorf("DefaultNetworkCardIndex: %w", err)
	}
	cards, ok := fields["NetworkCards"].(*ast.CompositeLit)
	if !ok || card >= len(cards.Elts) {
		return networkLimits{}, fmt.Errorf("no network card %d", card)
	}
	cardFields, err := fieldsOf(cards.Elts[card])
	if err != nil {
		return networkLimits{}, err
	}
	enis, err := intOf(cardFields["MaximumNetworkInterfaces"])
	if err != nil {
		return networkLimits{}, fmt.Errorf("MaximumNetworkInterfaces: %w", err)
	}
	hypervisor, _ := fields["Hypervisor"].(*ast.BasicLit)
	bareMetal, _ := fields["IsBareMetal"].(*ast.Ident)
	nitro := hypervisor != nil && hypervisor.Value == `"nitro"` || bareMetal != nil && bareMetal.Name == "true"
	return networkLimits{enis: enis, ipv4PerENI: ips, nitro: nitro}, nil
}

// readPrices reads the on-demand prices per hour of one region, and the date on which they were taken.
func readPrices(moduleDir, region string) (map[string]string, string, error) {
	path := filepath.Join(moduleDir, "pkg", "providers", "pricing", "zz_generated.pricing_aws.go")
	file, date, err := parseGenerated(path, regexp.MustCompile(`generated at (\d{4}-\d\d-\d\d)T\S+ for `+regexp.QuoteMeta(region)))
	if err != nil {
		return nil, "", err
	}
	regions, err := mapLiteral(file, "InitialOnDemandPricesAWS")
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	for _, element := range regions.Elts {
		name, value, err := entry(element)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", path, err)
		}
		if name == region {
			prices, err := pricesOf(value)
			return prices, date, err
		}
	}
	return nil, "", fmt.Errorf("%s: no region %s", path, region)
}

// pricesOf reads the prices of one region, as decimal text without trailing zeros.
func pricesOf(value ast.Expr) (map[string]string, error) {
	table, ok := value.(*ast.CompositeLit)
	if !ok {
		return nil, fmt.Errorf("prices are %T, not a map literal", value)
	}
	prices := make(map[string]string, len(table.Elts))
	for _, element := range table.Elts {
		name, value, err := entry(element)
		if err != nil {
			return nil, err
		}
		literal, ok := value.(*ast.BasicLit)
		if !ok || literal.Kind != token.FLOAT {
			return nil, fmt.Errorf("price of %s is not a number", name)
		}
		prices[name] = strings.TrimSuffix(strings.TrimRight(literal.Value, "0"), ".")
	}
	return prices, nil
}

// parseGenerated parses a Go file and finds its date in a comment.
func parseGenerated(path string, date *regexp.Regexp) (*ast.File, string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return nil, "", err
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if match := date.FindStringSubmatch(comment.Text); match != nil {
				return file, match[1], nil
			}
		}
	}
	return nil, "", fmt.Errorf("%s: no comment says when it was generated", path)
}

// mapLiteral finds the literal that a package variable is set to.
func mapLiteral(file *ast.File, variable string) (*ast.CompositeLit, error) {
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			values := spec.(*ast.ValueSpec)
			if values.Names[0].Name == variable && len(values.Values) == 1 {
				if literal, ok := values.Values[0].(*ast.CompositeLit); ok {
					return literal, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("no variable %s with a literal value", variable)
}

// entry splits an element of a map literal into its key, a string, and its value.
func entry(element ast.Expr) (string, ast.Expr, error) {
	pair, ok := element.(*ast.KeyValueExpr)
	if !ok {
		return "", nil, fmt.Errorf("element is %T, not key: value", element)
	}
	key, ok := pair.Key.(*ast.BasicLit)
	if !ok {
		return "", nil, fmt.Errorf("key is %T, not a string", pair.Key)
	}
	name, err := strconv.Unquote(key.Value)
	return name, pair.Value, err
}

// fieldsOf returns the fields of a struct literal by name.
func fieldsOf(value ast.Expr) (map[string]ast.Expr, error) {
	literal, ok := value.(*ast.CompositeLit)
	if !ok {
		return nil, fmt.Errorf("value is %T, not a struct literal", value)
	}
	fields := make(map[string]ast.Expr, len(literal.Elts))
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return nil, fmt.Errorf("field is %T, not name: value", element)
		}
		name, ok := pair.Key.(*ast.Ident)
		if !ok {
			return nil, fmt.Errorf("field name is %T", pair.Key)
		}
		fields[name.Name] = pair.Value
	}
	return fields, nil
}

// intOf reads an integer literal.
func intOf(value ast.Expr) (int, error) {
	literal, ok := value.(*ast.BasicLit)
	if !ok || literal.Kind != token.INT {
		return 0, fmt.Errorf("not an integer: %T", value)
	}
	return strconv.Atoi(literal.Value)
}
