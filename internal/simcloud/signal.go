package simcloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/awscloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const failedKey = "__failed"

// failed says whether a stack was rolled back.
func failed(r Resource) bool { return inventory.Flag(r.Inputs, failedKey, false) }

// signal lets the simulated host behind a stack's wait condition fail by plan. The stack
// stays, rolled back, and the engine gets to know it together with the error, as from the
// real provider.
func (p *awsProvider) signal(op Operation, stack Resource) error {
	conditions := awscloud.WaitConditions(stack.Inputs)
	if op.Type != awscloud.TypeStack || len(conditions) == 0 {
		return nil
	}
	fault, hit := p.cloud.faults.signalled(op)
	if !hit {
		return nil
	}
	stack.Inputs = stack.Inputs.Copy()
	stack.Inputs[failedKey] = resource.NewBoolProperty(true)
	if err := p.cloud.mutate(func(v *inventory.Inventory) error { return v.Replace(stack) }); err != nil {
		return err
	}
	return initFailed(stack, awscloud.FailedSignal(stack.ID, conditions, fault.Message))
}

// initFailed is the error for a resource that was made and does not work.
func initFailed(r Resource, message string) error {
	inputs := r.Inputs.Copy()
	delete(inputs, failedKey)
	options := plugin.MarshalOptions{KeepSecrets: true, KeepUnknowns: true}
	outputs, err := plugin.MarshalProperties(r.Outputs, options)
	if err != nil {
		return err
	}
	given, err := plugin.MarshalProperties(inputs, options)
	if err != nil {
		return err
	}
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, message), &pulumirpc.ErrorResourceInitFailed{
		Id: r.ID, Properties: outputs, Inputs: given, Reasons: []string{message},
	})
}
