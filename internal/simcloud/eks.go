package simcloud

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	sdkprovider "github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// eksServer is the provider eks on one connection. It has components only, which it makes
// with the resources of aws and kubernetes, as pulumi-eks does.
type eksServer struct {
	pulumirpc.ResourceProviderServer
	engine *grpc.ClientConn
}

type eksProvider struct{ provider }

func (c *Cloud) connectEKS() pulumirpc.ResourceProviderServer {
	return &eksServer{ResourceProviderServer: plugin.NewProviderServer(&eksProvider{newProvider(c, eksVersion)})}
}

// Handshake learns the engine's address and says that outputs and resources are understood.
func (s *eksServer) Handshake(_ context.Context, r *pulumirpc.ProviderHandshakeRequest) (*pulumirpc.ProviderHandshakeResponse, error) {
	if err := s.dial(r.GetEngineAddress()); err != nil {
		return nil, err
	}
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true}, nil
}

// Attach is how an engine that did not start the plugin gives its address.
func (s *eksServer) Attach(_ context.Context, r *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.dial(r.GetAddress())
}

func (s *eksServer) dial(address string) error {
	if s.engine != nil {
		return nil
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to the engine at %s: %w", address, err)
	}
	s.engine = conn
	return nil
}

// Configure says that outputs and resources are understood.
func (s *eksServer) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true, SupportsPreview: true}, nil
}

// Construct makes a component.
func (s *eksServer) Construct(ctx context.Context, r *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return sdkprovider.Construct(ctx, r, s.engine, construct)
}

func construct(
	ctx *pulumi.Context, typ, name string, inputs sdkprovider.ConstructInputs, options pulumi.ResourceOption,
) (*sdkprovider.ConstructResult, error) {
	if typ != eksClusterComponent {
		return nil, fmt.Errorf("the simulated eks provider has %s only, not %s", eksClusterComponent, typ)
	}
	cluster, err := newEKSCluster(ctx, name, inputs, options)
	if err != nil {
		return nil, fmt.Errorf("eks.Cluster %q: %w", name, err)
	}
	return sdkprovider.NewConstructResult(cluster)
}
