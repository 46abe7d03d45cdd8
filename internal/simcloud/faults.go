package simcloud

import (
	"errors"
	"fmt"
	"sync"
)

// Effect is what a fault does.
type Effect int

const (
	// Fail refuses the operation: nothing happens, and the message is the error.
	Fail Effect = iota
	// LoseAnswer lets the operation happen and answers with the message as error, as when
	// the connection breaks after the request.
	LoseAnswer
	// Hang never answers: until the engine cancels, is killed, or the cloud stops. Nothing happens.
	Hang
	// SignalFailure is for CloudFormation stacks with a wait condition: the host signals
	// FAILURE with the message, and the stack is left behind, rolled back.
	SignalFailure
)

// Fault says what goes wrong at which operation.
type Fault struct {
	// Kind restricts the fault to creates, updates or deletes; "" means all three.
	Kind Kind
	// Type restricts the fault to a type token; "" means every type.
	Type string
	// Name restricts the fault to a logical name; "" means every name.
	Name string
	// Nth is which of the operations that match is hit, from 1. Zero hits every one.
	Nth int
	// Effect is what happens. Default: Fail.
	Effect Effect
	// Message is the error, as the provider words it. Default: one that says it is simulated.
	Message string
}

// validate says what is wrong with a fault.
func (f Fault) validate() error {
	var problems []error
	if f.Nth < 0 {
		problems = append(problems, fmt.Errorf("nth: got %d, must be 1 or more, or 0 for every operation", f.Nth))
	}
	if f.Kind != "" && f.Kind != Create && f.Kind != Update && f.Kind != Delete {
		problems = append(problems, fmt.Errorf("kind: got %q, must be create, update, delete or empty", f.Kind))
	}
	if f.Effect < Fail || f.Effect > SignalFailure {
		problems = append(problems, fmt.Errorf("effect: got %d, must be one of Fail, LoseAnswer, Hang, SignalFailure", f.Effect))
	}
	return errors.Join(problems...)
}

func (f Fault) matches(op Operation) bool {
	return op.Kind != Read && (f.Kind == "" || f.Kind == op.Kind) && (f.Type == "" || f.Type == op.Type) && (f.Name == "" || f.Name == op.Name)
}

// faultPlan counts the operations that each fault matches.
type faultPlan struct {
	mu     sync.Mutex
	faults []Fault
	counts []int
}

func newFaultPlan(faults []Fault) (*faultPlan, error) {
	var problems []error
	plan := &faultPlan{counts: make([]int, len(faults))}
	for i, f := range faults {
		if err := f.validate(); err != nil {
			problems = append(problems, fmt.Errorf("faults[%d]: %w", i, err))
		}
		if f.Message == "" {
			f.Message = "simulated fault"
		}
		plan.faults = append(plan.faults, f)
	}
	return plan, errors.Join(problems...)
}

func (p *faultPlan) replace(by *faultPlan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults, p.counts = by.faults, by.counts
}

// next counts an operation and returns the first fault that hits it.
func (p *faultPlan) next(op Operation) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var hit *Fault
	for i, f := range p.faults {
		if f.Effect == SignalFailure || !f.matches(op) {
			continue
		}
		p.counts[i]++
		if hit == nil && (f.Nth == 0 || f.Nth == p.counts[i]) {
			hit = &p.faults[i]
		}
	}
	if hit == nil {
		return Fault{}, false
	}
	return *hit, true
}

// signalled counts a stack and returns the fault that makes its host fail.
func (p *faultPlan) signalled(op Operation) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, f := range p.faults {
		if f.Effect != SignalFailure || !f.matches(op) {
			continue
		}
		p.counts[i]++
		if f.Nth == 0 || f.Nth == p.counts[i] {
			return f, true
		}
	}
	return Fault{}, false
}
