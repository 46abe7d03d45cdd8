package simcloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// read answers with what exists under an id, or with no id when it is gone.
func (p *provider) read(typ, scope string, r plugin.ReadRequest) (plugin.ReadResponse, error) {
	record := p.cloud.recorder.begin(Operation{Kind: Read, Type: typ, Name: r.URN.Name(), URN: string(r.URN), ID: string(r.ID)})
	defer p.cloud.recorder.end(record, "", nil)
	var found Resource
	var ok bool
	_ = p.cloud.look(func(v *inventory.Inventory) error {
		found, ok = v.Get(typ, scope, string(r.ID))
		return nil
	}) // the function above returns no error
	if !ok {
		return plugin.ReadResponse{}, nil
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: resource.ID(found.ID), Inputs: found.Inputs.Copy(), Outputs: found.Outputs.Copy(),
	}}, nil
}
