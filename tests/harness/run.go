package harness

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// Run executes the program against the recording monitor and returns what it registered. It fails the test when the
// program fails, does not end, or breaks one of the checks; then all findings of all checks are reported together. Unless
// waived, the program is executed twice more: as a preview, where everything computed is unknown (CheckPreview), and in
// the China partition (CheckPartition).
func Run(t testing.TB, program func(*pulumi.Context) error, opts ...Option) *Graph {
	t.Helper()
	s := newSettings(opts)
	graph, err := execute(s, s.location, s.preview, program)
	graph.t = t
	if err != nil {
		t.Fatalf("the program failed: %v%s", err, suffix(graph.failure()))
		return graph
	}
	findings := s.applyWaivers(append(inspect(graph), further(s, graph, program)...))
	if len(findings) > 0 {
		t.Errorf("%d finding(s) of the harness's checks:%s", len(findings), suffix(findings))
	}
	return graph
}

// Fail executes a program that must fail and returns its error. It fails the test when the program succeeds, panics, does
// not end, calls an unexpected invoke, or registers a resource before it fails (unless MayRegister is given).
func Fail(t testing.TB, program func(*pulumi.Context) error, opts ...Option) error {
	t.Helper()
	s := newSettings(opts)
	graph, err := execute(s, s.location, s.preview, program)
	var panicked *synth.PanicError
	switch {
	case err == nil:
		t.Fatalf("the program succeeded; an error was expected. It registered:%s", suffix(graph.names()))
	case errors.Is(err, synth.ErrTimeout), errors.As(err, &panicked):
		t.Fatalf("the program must fail with an error, not so: %v", err)
	case len(graph.Unexpected) > 0:
		t.Fatalf("the program failed for a reason of the test: %v", err)
	case !s.mayRegister && len(graph.Resources) > 0:
		t.Errorf("the program registered resources before it failed with %q:%s", err, suffix(graph.names()))
	}
	return err
}

// further executes the program again, as a preview and in China, and returns what that finds.
func further(s *settings, graph *Graph, program func(*pulumi.Context) error) []finding {
	var findings []finding
	if !s.preview && !s.waived(CheckPreview) {
		preview, err := execute(s, s.location, true, program)
		findings = append(findings, comparePreview(graph, preview, err)...)
	}
	if s.location.Partition == PartitionAWS && !s.waived(CheckPartition) {
		china, err := execute(s, China(), false, program)
		if err != nil {
			findings = append(findings, finding{CheckPartition, "", fmt.Sprintf("the program fails in %s: %v", PartitionChina, err)})
		}
		findings = append(findings, checkPartition(china)...)
	}
	return findings
}

// execute runs the program once. The graph holds what was registered, also when the program failed.
func execute(s *settings, location Location, preview bool, program func(*pulumi.Context) error) (*Graph, error) {
	graph, err := synth.Run(program, synth.Settings{
		Project: s.project, Stack: s.stack, Location: location, Preview: preview, Timeout: s.timeout,
		Config: s.configAt(location), SecretKeys: s.secretConfigKeys(), Answers: s.answers, Outputs: s.outputs,
	})
	return newGraph(graph, s), err
}

// suffix prints items one a line, below a headline.
func suffix[T fmt.Stringer](items []T) string {
	var text strings.Builder
	for _, item := range items {
		text.WriteString("\n  - " + item.String())
	}
	return text.String()
}
