package synth

import (
	"context"
	"fmt"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// transform runs the resource's transforms and those of its ancestors over its inputs, as the engine does. What they
// change of options is not recorded. A remote component has no children here, so transforms that are for those do
// nothing.
func (m *monitor) transform(ctx context.Context, urn string, in *pulumirpc.RegisterResourceRequest) (*structpb.Struct, error) {
	var all []*pulumirpc.Callback
	m.record(func() {
		all = slices.Concat(in.GetTransforms(), m.transforms[in.GetParent()])
		m.transforms[urn] = all
	})
	properties := in.GetObject()
	for _, callback := range all {
		changed, err := runTransform(ctx, callback, &pulumirpc.TransformRequest{
			Type: in.GetType(), Name: in.GetName(), Custom: in.GetCustom(), Parent: in.GetParent(),
			Properties: properties, Options: &pulumirpc.TransformResourceOptions{},
		})
		if err != nil {
			return nil, fmt.Errorf("transform of %s: %w", urn, err)
		}
		if changed != nil {
			properties = changed
		}
	}
	return properties, nil
}

// runTransform calls the program back.
func runTransform(ctx context.Context, callback *pulumirpc.Callback, in *pulumirpc.TransformRequest) (*structpb.Struct, error) {
	connection, err := grpc.NewClient(callback.GetTarget(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("reach the program: %w", err)
	}
	defer func() { _ = connection.Close() }()
	request, err := proto.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	answer, err := pulumirpc.NewCallbacksClient(connection).Invoke(ctx, &pulumirpc.CallbackInvokeRequest{
		Token: callback.GetToken(), Request: request,
	})
	if err != nil {
		return nil, err
	}
	var out pulumirpc.TransformResponse
	if err := proto.Unmarshal(answer.GetResponse(), &out); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return out.GetProperties(), nil
}
