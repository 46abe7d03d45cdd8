package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// settings are what the command line says.
type settings struct {
	command         string
	config          string
	stack           string
	simulate        bool
	expectNoChanges bool
	json            bool
	access          bool
	showSecrets     bool
	skipPreview     bool
	yes             bool
	refresh         bool
	local           string
	latency         float64
}

const defaultConfig = "Pulumi.dev.yaml"

// parse reads a command line. The error says everything that is wrong with it.
func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		usage(stderr)
		if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
			return s, flag.ErrHelp
		}
		return s, fmt.Errorf("no command: give one of %s", strings.Join(commandNames(), ", "))
	}
	s.command = args[0]
	if _, ok := commands[s.command]; !ok {
		return s, fmt.Errorf("command %q: must be one of %s", s.command, strings.Join(commandNames(), ", "))
	}
	flags := s.flags()
	flags.SetOutput(stderr)
	if err := flags.Parse(args[1:]); err != nil {
		return s, err
	}
	var problems []error
	if flags.NArg() > 0 {
		problems = append(problems, fmt.Errorf("%q: no arguments are taken, only flags", flags.Args()))
	}
	if s.latency < 0 {
		problems = append(problems, fmt.Errorf("--latency %v: must not be negative", s.latency))
	}
	if s.latency > 0 && !s.simulate {
		problems = append(problems, errors.New("--latency: needs --simulate"))
	}
	if s.access && s.command != planCommand {
		problems = append(problems, errors.New("--access: only plan takes it"))
	}
	if s.json && s.command == planCommand && !s.access {
		problems = append(problems, errors.New("--json: plan takes it with --access only"))
	}
	if s.stack == "" {
		name, err := stackOf(s.config)
		if err != nil {
			problems = append(problems, err)
		}
		s.stack = name
	}
	return s, errors.Join(problems...)
}

func (s *settings) flags() *flag.FlagSet {
	f := flag.NewFlagSet("dss-platform "+s.command, flag.ContinueOnError)
	f.StringVar(&s.config, "config", defaultConfig, "stack configuration, an ordinary Pulumi.STACK.yaml")
	f.StringVar(&s.stack, "stack", "", "name of the stack (default: from the name of the configuration file)")
	f.BoolVar(&s.simulate, "simulate", false, "deploy to a simulated cloud on this machine; state is kept in --local")
	f.BoolVar(&s.expectNoChanges, "expect-no-changes", false, "fail when anything changes, or would")
	f.BoolVar(&s.json, "json", false, "print outputs, or the matrix of plan --access, as JSON")
	f.BoolVar(&s.access, "access", false, "with plan: who may do what with which resource, as the policies decide (docs/access.md)")
	f.BoolVar(&s.showSecrets, "show-secrets", false, "print secret outputs in plain text")
	f.BoolVar(&s.skipPreview, "skip-preview", false, "do not show what will be done before it is done")
	f.BoolVar(&s.yes, "yes", false, "go on after the preview without being asked; with --simulate that is the default")
	f.BoolVar(&s.refresh, "refresh", false, "compare the state with the cloud first")
	f.StringVar(&s.local, "local", ".local", "folder for the simulated cloud and its state")
	f.Float64Var(&s.latency, "latency", 0, "with --simulate: let operations take as long as on AWS, times this (0.01: a minute is 0.6 s)")
	return f
}

var configName = regexp.MustCompile(`^Pulumi\.([A-Za-z0-9_.-]+)\.ya?ml$`)

// stackOf is the name of the stack that a configuration file is for.
func stackOf(config string) (string, error) {
	match := configName.FindStringSubmatch(filepath.Base(config))
	if match == nil {
		return "", fmt.Errorf("--config %s: the file is not named Pulumi.STACK.yaml: give --stack", config)
	}
	return match[1], nil
}

func commandNames() []string { return slices.Sorted(maps.Keys(commands)) }

func usage(w io.Writer) {
	var text strings.Builder
	text.WriteString("Usage: dss-platform COMMAND [FLAGS]\n\nCommands:\n")
	for _, name := range commandNames() {
		fmt.Fprintf(&text, "  %-9s %s\n", name, commands[name].what)
	}
	text.WriteString("\nFlags of all commands:\n")
	var s settings
	flags := s.flags()
	flags.SetOutput(&text)
	flags.PrintDefaults()
	_, _ = io.WriteString(w, text.String())
}
