package simcloud

import (
	"errors"

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

// signal lets the simulated host behind the wait condition of a new stack fail by plan. The stack
// stays, rolled back, and the engine gets to know it together with the error, as from the
// real provider.
func (p *awsProvider) signal(op Operation, stack Resource) error {
	message, fails := p.failedSignal(op, stack)
	if !fails {
		return nil
	}
	stack.Inputs = stack.Inputs.Copy()
	stack.Inputs[failedKey] = resource.NewBoolProperty(true)
	if err := p.cloud.mutate(func(v *inventory.Inventory) error { return v.Replace(stack) }); err != nil {
		return err
	}
	return initFailed(stack, message)
}

// signalUpdate does so for a changed stack: it is rolled back to what it was and can be updated again. The provider gives the
// engine the error alone, so that the next deployment finds the same difference.
func (p *awsProvider) signalUpdate(op Operation, before, after Resource) error {
	message, fails := p.failedSignal(op, after)
	if !fails {
		return nil
	}
	if err := p.cloud.mutate(func(v *inventory.Inventory) error { return v.Replace(before) }); err != nil {
		return err
	}
	return errors.New(message)
}

// failedSignal is the error of a stack whose host fails by plan.
func (p *awsProvider) failedSignal(op Operation, stack Resource) (message string, fails bool) {
	conditions := awscloud.WaitConditions(stack.Inputs)
	if op.Type != awscloud.TypeStack || len(conditions) == 0 {
		return "", false
	}
	fault, hit := p.cloud.faults.signalled(op)
	return awscloud.FailedSignal(stack.ID, op.Kind == Update, conditions, fault.Message), hit
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
