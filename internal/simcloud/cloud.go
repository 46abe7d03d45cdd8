package simcloud

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/awscloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// Resource is one thing that exists in the simulated cloud.
type Resource = inventory.Resource

// Options say how the simulated cloud behaves. The zero value is an empty cloud in
// memory that answers at once and never fails.
type Options struct {
	// StateFile keeps what exists, as JSON, written after each change; "" keeps it in memory.
	// Values that the program marks as secret are in it in plain text (mode 0600), as the
	// cloud would know them.
	StateFile string
	// Region is where resources go when the aws provider's configuration names none;
	// default us-east-1.
	Region string
	// Faults are what goes wrong, and when.
	Faults []Fault
	// Latency is how long operations take; see AWSLatency for realistic times.
	Latency Latency
	// Scale multiplies Latency: 0.01 makes a minute 600 ms. Zero means no latency at all.
	Scale float64
}

// Cloud is a simulated cloud that runs.
type Cloud struct {
	options  Options
	faults   *faultPlan
	recorder *recorder
	servers  []*listener
	stopped  context.Context
	stop     context.CancelFunc

	mu       sync.Mutex // guards existing
	existing *inventory.Inventory
}

// Start serves the providers until Stop or the end of ctx. It fails when the state file
// cannot be read, or a fault does not make sense.
func Start(ctx context.Context, options Options) (*Cloud, error) {
	if options.Scale < 0 {
		return nil, fmt.Errorf("scale: got %v, must not be negative", options.Scale)
	}
	plan, err := newFaultPlan(options.Faults)
	if err != nil {
		return nil, err
	}
	existing := inventory.New()
	if options.StateFile != "" {
		if existing, err = inventory.Load(options.StateFile); err != nil {
			return nil, err
		}
	}
	c := &Cloud{options: options, faults: plan, recorder: &recorder{}, existing: existing}
	c.stopped, c.stop = context.WithCancel(ctx)
	for name, connect := range map[string]connect{"aws": c.connectAWS, "eks": c.connectEKS, "kubernetes": c.connectKubernetes} {
		server, err := listen(ctx, name, connect)
		if err != nil {
			c.Stop()
			return nil, fmt.Errorf("serving the simulated %s provider: %w", name, err)
		}
		c.servers = append(c.servers, server)
	}
	context.AfterFunc(ctx, c.Stop)
	return c, nil
}

// Stop ends all servers and whatever operation still waits. It can be called more than once.
func (c *Cloud) Stop() {
	c.stop()
	for _, s := range c.servers {
		s.close()
	}
}

// DebugProviders is the value for PULUMI_DEBUG_PROVIDERS.
func (c *Cloud) DebugProviders() string {
	var parts []string
	for _, s := range c.servers {
		parts = append(parts, fmt.Sprintf("%s:%d", s.name, s.port()))
	}
	return strings.Join(parts, ",")
}

// Existing returns everything that exists now, oldest first.
func (c *Cloud) Existing() []Resource {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.existing.All()
}

// Operations returns every operation so far, in the order in which they began.
func (c *Cloud) Operations() []Operation { return c.recorder.all() }

// ForgetOperations empties the record of operations.
func (c *Cloud) ForgetOperations() { c.recorder.clear() }

// SetFaults replaces the faults, and counts operations anew.
func (c *Cloud) SetFaults(faults ...Fault) error {
	plan, err := newFaultPlan(faults)
	if err != nil {
		return err
	}
	c.faults.replace(plan)
	return nil
}

// Change alters a resource behind Pulumi's back: drift. The change applies to inputs and
// outputs alike.
func (c *Cloud) Change(typ, id string, change func(properties resource.PropertyMap)) error {
	return c.mutate(func(v *inventory.Inventory) error {
		for _, r := range v.OfType(typ) {
			if r.ID != id {
				continue
			}
			r.Inputs, r.Outputs = r.Inputs.Copy(), r.Outputs.Copy()
			change(r.Inputs)
			change(r.Outputs)
			return v.Replace(r)
		}
		return fmt.Errorf("changing %s %q: it does not exist", typ, id)
	})
}

// Remove deletes a resource and what goes with it behind Pulumi's back, without asking
// whether it is in use.
func (c *Cloud) Remove(typ, id string) error {
	return c.mutate(func(v *inventory.Inventory) error {
		for _, r := range v.OfType(typ) {
			if r.ID == id {
				awscloud.Remove(v, r)
				return nil
			}
		}
		return fmt.Errorf("removing %s %q: it does not exist", typ, id)
	})
}

// Add puts a resource there that no program made, for programs that adopt one.
func (c *Cloud) Add(r Resource) error {
	return c.mutate(func(v *inventory.Inventory) error { return v.Add(r) })
}

// mutate changes what exists, and saves it when the change succeeds.
func (c *Cloud) mutate(change func(*inventory.Inventory) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := change(c.existing); err != nil {
		return err
	}
	if c.options.StateFile == "" {
		return nil
	}
	return c.existing.Save(c.options.StateFile)
}

// look reads what exists.
func (c *Cloud) look(read func(*inventory.Inventory) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return read(c.existing)
}

// errStopped is what operations that wait end with when the cloud stops.
var errStopped = errors.New("the simulated cloud has stopped")
