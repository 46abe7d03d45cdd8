// Command mutate plants holes in the policies of stacks, and says which of them the assertions and the list of allowed edges in
// docs/access.md do not catch. Its arguments are stack configuration files; -v names every hole that was not caught as it is.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

func main() {
	flags := flag.NewFlagSet("mutate", flag.ExitOnError)
	names := flags.Bool("v", false, "name the holes that a second guard stands behind, and those that are none")
	_ = flags.Parse(os.Args[1:])
	escaped, err := run(flags.Args(), *names, os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	case escaped > 0:
		os.Exit(1)
	}
}

// run hunts in every configuration, and returns how many mutations escaped.
func run(files []string, names bool, out io.Writer) (int, error) {
	document, err := os.ReadFile(filepath.Join("docs", "access.md"))
	if err != nil {
		return 0, fmt.Errorf("run it in the root of the repository: %w", err)
	}
	rows, err := access.ParseAllowed(string(document))
	if err != nil {
		return 0, fmt.Errorf("docs/access.md: %w", err)
	}
	var total access.Tally
	for _, file := range files {
		tally, err := hunt(file, rows)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		_, _ = fmt.Fprintf(out, "%s: %s\n", file, tally)
		total = total.Add(tally, filepath.Base(file)+":")
	}
	for _, line := range total.Details(names) {
		_, _ = fmt.Fprintln(out, line)
	}
	_, _ = fmt.Fprintln(out, total)
	return len(total.Escaped), nil
}

func hunt(file string, rows []access.Allowed) (access.Tally, error) {
	stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
	settings, err := synth.ReadStack(file, stacks.ProjectName, stack)
	if err != nil {
		return access.Tally{}, err
	}
	graph, err := synth.Run(stacks.Run, settings)
	if err != nil {
		return access.Tally{}, err
	}
	world, inventory, err := access.World(graph)
	if err != nil {
		return access.Tally{}, err
	}
	return access.Hunt(access.NewHunter(world, inventory, rows)), nil
}
