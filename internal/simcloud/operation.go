package simcloud

import (
	"context"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Kind is what an operation does.
type Kind string

// The kinds of operations that change something.
const (
	Create Kind = "create"
	Update Kind = "update"
	Delete Kind = "delete"
	// Read looks at one resource. Reads are recorded, and neither fail nor take time.
	Read Kind = "read"
)

// Operation is something that a provider was asked to do.
type Operation struct {
	// Number counts operations from 1.
	Number int
	// Kind is what was done.
	Kind Kind
	// Type is the type token of the resource.
	Type string
	// Name is its logical name, URN its Pulumi URN.
	Name, URN string
	// ID is its id, set at the end of a create.
	ID string
	// Start and End are when the operation began and was answered; End is zero while it runs.
	Start, End time.Time
	// Err is the error that it was answered with, or "".
	Err string
}

// recorder keeps the operations.
type recorder struct {
	mu         sync.Mutex
	operations []*Operation
}

func (r *recorder) begin(op Operation) *Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	op.Number, op.Start = len(r.operations)+1, time.Now()
	r.operations = append(r.operations, &op)
	return &op
}

func (r *recorder) end(op *Operation, id string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	op.End = time.Now()
	if id != "" {
		op.ID = id
	}
	if err != nil {
		op.Err = err.Error()
	}
}

func (r *recorder) all() []Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Operation, len(r.operations))
	for i, op := range r.operations {
		out[i] = *op
	}
	return out
}

func (r *recorder) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.operations = slices.Delete(r.operations, 0, len(r.operations))
}

// operate carries out a change: it may fail by plan, the change itself happens at once, as
// when AWS accepts a request, and what takes time is to wait for it. Whoever stops waiting
// leaves the change behind. act returns the id of the resource.
func (c *Cloud) operate(ctx context.Context, op Operation, act func() (string, error)) error {
	record := c.recorder.begin(op)
	id, err := c.attempt(ctx, op, act)
	c.recorder.end(record, id, err)
	return err
}

func (c *Cloud) attempt(ctx context.Context, op Operation, act func() (string, error)) (string, error) {
	fault, hit := c.faults.next(op)
	if hit && fault.Effect == Fail {
		return "", status.Error(codes.Unknown, fault.Message)
	}
	if hit && fault.Effect == Hang {
		return "", c.wait(ctx, forever)
	}
	id, err := act()
	if err != nil {
		return id, err
	}
	if err := c.wait(ctx, c.options.Latency.of(op.Type, op.Kind, c.options.Scale)); err != nil {
		return id, err
	}
	if hit && fault.Effect == LoseAnswer {
		return id, status.Error(codes.Unavailable, fault.Message)
	}
	return id, nil
}

const forever = time.Duration(1<<63 - 1)

// wait lets time pass, until the caller gives up or the cloud stops.
func (c *Cloud) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	case <-c.stopped.Done():
		return errStopped
	}
}
