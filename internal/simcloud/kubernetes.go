package simcloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"gopkg.in/yaml.v3"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/kubeobject"
)

// kubernetesProvider is the provider kubernetes on one connection.
type kubernetesProvider struct {
	provider
	// endpoint is the API server of the kubeconfig, "" while that is unknown.
	endpoint string
}

func (c *Cloud) connectKubernetes() pulumirpc.ResourceProviderServer {
	return plugin.NewProviderServer(&kubernetesProvider{provider: newProvider(c, kubernetesVersion)})
}

// kubeconfig has what of a kubeconfig leads to the API server. JSON is YAML, too.
type kubeconfig struct {
	CurrentContext string `json:"current-context" yaml:"current-context"`
	Clusters       []struct {
		Name    string `yaml:"name"`
		Cluster struct {
			Server string `yaml:"server"`
		} `yaml:"cluster"`
	} `yaml:"clusters"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster string `yaml:"cluster"`
		} `yaml:"context"`
	} `yaml:"contexts"`
}

func (k kubeconfig) server() string {
	cluster := ""
	for _, c := range k.Contexts {
		if c.Name == k.CurrentContext {
			cluster = c.Context.Cluster
		}
	}
	for _, c := range k.Clusters {
		if c.Name == cluster {
			return c.Cluster.Server
		}
	}
	return ""
}

// Configure reads where the cluster is.
func (p *kubernetesProvider) Configure(_ context.Context, r plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	text := inventory.Text(r.Inputs, "kubeconfig")
	if m, ok := inventory.At(r.Inputs, "kubeconfig"); ok && m.IsObject() {
		data, err := json.Marshal(m.Mappable())
		if err != nil {
			return plugin.ConfigureResponse{}, fmt.Errorf("kubeconfig: %w", err)
		}
		text = string(data)
	}
	var config kubeconfig
	if err := yaml.Unmarshal([]byte(text), &config); err != nil {
		return plugin.ConfigureResponse{}, fmt.Errorf("kubeconfig: %w", err)
	}
	p.endpoint = config.server()
	return plugin.ConfigureResponse{}, nil
}

// reachable refuses when the kubeconfig leads to no cluster that exists.
func (p *kubernetesProvider) reachable(v *inventory.Inventory) error {
	if p.endpoint == "" {
		return errors.New("configured Kubernetes cluster is unreachable: " +
			"unable to load Kubernetes client configuration from kubeconfig file: no configuration has been provided")
	}
	if _, ok := v.Find("aws:eks/cluster:Cluster", "endpoint", p.endpoint); !ok {
		return fmt.Errorf("configured Kubernetes cluster is unreachable: unable to load schema information from the API server: "+
			"Get \"%s/openapi/v2\": dial tcp: lookup: no such host", p.endpoint)
	}
	return nil
}

// Check fills in metadata.
func (p *kubernetesProvider) Check(_ context.Context, r plugin.CheckRequest) (plugin.CheckResponse, error) {
	inputs, err := kubeobject.Checked(string(r.Type), r.URN.Name(), r.Olds, r.News, r.RandomSeed)
	return plugin.CheckResponse{Properties: inputs}, err
}

// Diff compares inputs.
func (p *kubernetesProvider) Diff(_ context.Context, r plugin.DiffRequest) (plugin.DiffResponse, error) {
	return kubeobject.Diff(string(r.Type), r.OldInputs, r.NewInputs), nil
}

// Create makes an object.
func (p *kubernetesProvider) Create(ctx context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
	typ, id := string(r.Type), kubeobject.ID(r.Properties)
	if r.Preview {
		return plugin.CreateResponse{Properties: r.Properties}, nil
	}
	made := Resource{Type: typ, ID: id, Scope: p.endpoint, Name: r.URN.Name(), URN: string(r.URN), Inputs: r.Properties}
	op := Operation{Kind: Create, Type: typ, Name: r.URN.Name(), URN: string(r.URN)}
	err := p.operate(ctx, op, func() (string, error) {
		return id, p.cloud.mutate(func(v *inventory.Inventory) error {
			if err := p.reachable(v); err != nil {
				return err
			}
			if _, taken := v.Get(typ, p.endpoint, id); taken {
				return kubeobject.Exists(typ, id)
			}
			made.Outputs = kubeobject.Outputs(typ, r.Properties, inventory.Hex(32, r.URN, v.Next()))
			return v.Add(made)
		})
	})
	return plugin.CreateResponse{ID: resource.ID(id), Properties: made.Outputs}, err
}

// Read returns what exists. An object of a cluster that is gone is an error, as with the real
// provider: it cannot tell whether the object is gone too.
func (p *kubernetesProvider) Read(_ context.Context, r plugin.ReadRequest) (plugin.ReadResponse, error) {
	if err := p.cloud.look(p.reachable); err != nil {
		return plugin.ReadResponse{}, err
	}
	return p.read(string(r.Type), p.endpoint, r)
}

// Update changes an object.
func (p *kubernetesProvider) Update(ctx context.Context, r plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	typ, id := string(r.Type), string(r.ID)
	if r.Preview {
		return plugin.UpdateResponse{Properties: kubeobject.Outputs(typ, r.NewInputs, inventory.Text(r.OldOutputs, "metadata.uid"))}, nil
	}
	var changed Resource
	op := Operation{Kind: Update, Type: typ, Name: r.URN.Name(), URN: string(r.URN), ID: id}
	err := p.operate(ctx, op, func() (string, error) {
		return id, p.cloud.mutate(func(v *inventory.Inventory) error {
			if err := p.reachable(v); err != nil {
				return err
			}
			old, ok := v.Get(typ, p.endpoint, id)
			if !ok {
				return fmt.Errorf("resource %s was not successfully updated by the Kubernetes API server: not found", id)
			}
			changed = old
			changed.Inputs = r.NewInputs
			changed.Outputs = kubeobject.Outputs(typ, r.NewInputs, inventory.Text(old.Outputs, "metadata.uid"))
			return v.Replace(changed)
		})
	})
	return plugin.UpdateResponse{Properties: changed.Outputs}, err
}

// Delete removes an object.
func (p *kubernetesProvider) Delete(ctx context.Context, r plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	op := Operation{Kind: Delete, Type: string(r.Type), Name: r.URN.Name(), URN: string(r.URN), ID: string(r.ID)}
	return plugin.DeleteResponse{}, p.operate(ctx, op, func() (string, error) {
		return op.ID, p.cloud.mutate(func(v *inventory.Inventory) error {
			if err := p.reachable(v); err != nil {
				return err
			}
			v.Remove(op.Type, p.endpoint, op.ID)
			return nil
		})
	})
}

// Invoke refuses: nothing of Kubernetes is looked up by programs here.
func (p *kubernetesProvider) Invoke(_ context.Context, r plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, fmt.Errorf("the simulated cloud has no function %s", r.Tok)
}
