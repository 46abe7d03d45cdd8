//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// TestAccess puts every question of the matrix to a second evaluator, that of the emulator, which holds the same policies. Both have to
// agree on what is allowed, and on whether a refusal is an explicit one. Where they do not, the documentation decides: see disagreements.
func TestAccess(t *testing.T) {
	requireLaboratory(t)
	used := map[string]int{}
	for i, file := range []string{"Pulumi.dev.yaml", "Pulumi.prod.yaml", "tests/access/testdata/Pulumi.many.yaml"} {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
		t.Run(name, func(t *testing.T) {
			// An account for each stack, so that none is in the way of another, and of the tests that deploy.
			graph := synthesized(t, filepath.Join(repository(t), file), "access-"+name, fmt.Sprintf("20000000000%d", i))
			world, inventory, err := access.World(graph)
			require.NoError(t, err)
			began := time.Now()
			s := second{t: t, text: putPolicies(t, graph, world), region: graph.Location.Region}
			put := time.Since(began)
			asked, allowed := s.compare(world, inventory, used)
			t.Logf("%d requests, %d of them allowed; policies in %s, answers in %s", asked, allowed,
				put.Round(time.Second), (time.Since(began) - put).Round(time.Second))
			assert.Positive(t, allowed)
		})
	}
	t.Run("what is listed still differs", func(t *testing.T) {
		for _, d := range disagreements() {
			assert.Positive(t, used[d.why], "both agree by now: %s", d.why)
		}
	})
}

// synthesized is what the program registers with a configuration.
func synthesized(t *testing.T, file, stack, account string) *synth.Graph {
	t.Helper()
	settings, err := synth.ReadStack(file, stacks.ProjectName, stack)
	require.NoError(t, err)
	settings.Location.AccountID = account
	graph, err := synth.Run(stacks.Run, settings)
	require.NoError(t, err)
	return graph
}

// batch are requests that differ in the action only: the emulator answers them at once.
type batch struct {
	question access.Question
	actions  []string
}

// batches are all requests of an inventory, each once: several principals and verbs can come to the same.
func batches(inventory *access.Inventory) []batch {
	at := map[string]int{}
	var all []batch
	for question := range inventory.Questions {
		request := question.Request
		key := request.Principal + " " + request.Resource + " " + contextText(request.Context)
		n, known := at[key]
		if !known {
			n, at[key] = len(all), len(all)
			all = append(all, batch{question: question})
		}
		if !slices.Contains(all[n].actions, request.Action) {
			all[n].actions = append(all[n].actions, request.Action)
		}
	}
	return all
}

func contextText(context map[string][]string) string {
	var text []string
	for _, key := range slices.Sorted(maps.Keys(context)) {
		text = append(text, key+"="+strings.Join(context[key], ","))
	}
	return strings.Join(text, " ")
}

// second is the emulator's evaluator.
type second struct {
	t      *testing.T
	text   func(string) string
	region string
}

// answer is what it says.
type answer struct{ Action, Decision, Why string }

// askers is how many ask at the same time.
const askers = 4

// compare asks everything, and fails the test for every answer that differs without being listed.
func (s second) compare(world *decide.World, inventory *access.Inventory, used map[string]int) (asked, allowed int) {
	s.t.Helper()
	work := make(chan batch)
	var wait sync.WaitGroup
	var lock sync.Mutex
	var differences []string
	for range askers {
		wait.Go(func() {
			for b := range work {
				for i, found := range s.ask(b) {
					request := b.question.Request
					request.Action = b.actions[i]
					own := verdict(world.Decide(request))
					lock.Lock()
					asked++
					if own == "allowed" {
						allowed++
					}
					if own != found.Decision && !listed(request, own, found.Decision, used) {
						differences = append(differences, fmt.Sprintf("%s: %s %s on %s (%s) %s: here %s, there %s (%s)", b.question.Principal.Label,
							b.question.Verb, request.Action, b.question.Resource.Label, request.Resource, contextText(request.Context),
							own, found.Decision, found.Why))
					}
					lock.Unlock()
				}
			}
		})
	}
	for _, b := range batches(inventory) {
		work <- b
	}
	close(work)
	wait.Wait()
	slices.Sort(differences)
	assert.Empty(s.t, differences[:min(len(differences), 40)], "%d answers differ", len(differences))
	return asked, allowed
}

// verdict is a decision in the words of IAM's simulator.
func verdict(decision decide.Decision) string {
	switch {
	case decision.Allowed:
		return "allowed"
	case decision.Explicit:
		return "explicitDeny"
	}
	return "implicitDeny"
}

// ask has the emulator decide.
func (s second) ask(b batch) []answer {
	request := b.question.Request
	context := map[string]any{}
	for key, values := range request.Context {
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = s.text(value)
		}
		context[key] = texts
	}
	status, text, err := send(http.MethodPost, "/lab/authorize", asJSON(s.t, map[string]any{
		"principal": principal(s.text(request.Principal)), "action": b.actions, "resource": s.text(request.Resource), "context": context,
		"region": s.region,
	}), nil)
	var answers struct{ Results []answer }
	if err == nil {
		err = json.Unmarshal([]byte(text), &answers)
	}
	if err != nil || len(answers.Results) != len(b.actions) {
		s.t.Errorf("%s asks for %v on %s: %d %v: %s", request.Principal, b.actions, request.Resource, status, err, text)
		return nil
	}
	return answers.Results
}

// principal is how the emulator wants a principal.
func principal(name string) any {
	if name == "*" || strings.HasPrefix(name, "arn:") {
		return name
	}
	return map[string]string{"Service": name}
}
