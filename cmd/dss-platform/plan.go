package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// planCommand is the command that needs no stack, no engine and no network.
const planCommand = "plan"

// plan runs the program against a recording of AWS, and prints what it would make, or who could reach what.
func plan(s settings, program pulumi.RunFunc, stdout, stderr io.Writer) error {
	graph, err := synthesize(s, program)
	for _, message := range graph.Messages {
		if message.Severity == "WARNING" {
			_, _ = fmt.Fprintf(stderr, "warning: %s\n", message.Text)
		}
	}
	if err != nil {
		return err
	}
	text, err := tree(graph), error(nil)
	if s.access {
		text, err = accessMatrix(graph, s.json)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// synthesize runs the program with a configuration file. The graph is never nil.
func synthesize(s settings, program pulumi.RunFunc) (*synth.Graph, error) {
	read, err := synth.ReadStack(s.config, stacks.ProjectName, short(s.stack))
	if err != nil {
		return &synth.Graph{}, fmt.Errorf("--config: %w", err)
	}
	read.Answers = existing(read)
	graph, err := synth.Run(program, read)
	if len(graph.Unexpected) > 0 {
		return graph, fmt.Errorf("the program looks up what only an account can tell (%s): use preview",
			strings.Join(slices.Compact(slices.Sorted(slices.Values(graph.Unexpected))), ", "))
	}
	if errors.Is(err, synth.ErrTimeout) {
		return graph, fmt.Errorf("offline: %w", err)
	}
	return graph, err
}

// existing answers for what the configuration says is there: the subnets of an adopted VPC, which are taken to be where they have to be.
// What cannot be read is left to the program, which says so.
func existing(read synth.Settings) map[string]synth.AnswerFunc {
	var said struct {
		Adopt network.Adoption `json:"adopt"`
	}
	if err := json.Unmarshal([]byte(read.Config[stacks.ProjectName+":network"]), &said); err != nil {
		return nil
	}
	adopted := said.Adopt
	return map[string]synth.AnswerFunc{
		"aws:ec2/getSubnet:getSubnet": read.Location.Subnets(adopted.VPCID, adopted.PrivateSubnetIDs, adopted.PublicSubnetIDs),
	}
}

func accessMatrix(graph *synth.Graph, asJSON bool) (string, error) {
	world, inventory, err := access.World(graph)
	if err != nil {
		return "", fmt.Errorf("access: %w", err)
	}
	matrix := access.NewMatrix(world, inventory)
	if asJSON {
		return matrix.JSON()
	}
	return matrix.Table(), nil
}

// tree lists components, and the resources of each by type, with their number and names.
func tree(graph *synth.Graph) string {
	var text strings.Builder
	printBelow(&text, graph, graph.Root, "")
	fmt.Fprintf(&text, "%d resources\n", len(graph.Resources))
	return text.String()
}

func printBelow(text *strings.Builder, graph *synth.Graph, parent, indent string) {
	names := map[string][]string{}
	var components []*synth.Resource
	for _, res := range graph.Resources {
		switch {
		case res.ParentURN != parent:
		case res.Custom:
			names[res.Type] = append(names[res.Type], res.Name)
		default:
			components = append(components, res)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(text, "%s%4d  %s  %s\n", indent, len(names[kind]), kind, shortened(names[kind]))
	}
	slices.SortFunc(components, func(a, b *synth.Resource) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name))
	})
	for _, component := range components {
		fmt.Fprintf(text, "%s%s %s\n", indent, component.Type, component.Name)
		printBelow(text, graph, component.URN, indent+"  ")
	}
}

// namesShown is how many names of a type the tree has.
const namesShown = 3

func shortened(names []string) string {
	if len(names) > namesShown {
		return strings.Join(names[:namesShown], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
