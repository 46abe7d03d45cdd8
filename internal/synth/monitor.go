package synth

import (
	"context"
	"fmt"
	"sort"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	stackType       = "pulumi:pulumi:Stack"
	getResource     = "pulumi:pulumi:getResource"
	unknownProvider = "::" + plugin.UnknownStringValue
)

// supportedFeatures are what the monitor says it can do. Output values stay off, so that inputs arrive as plain values.
// Hooks stay off too: the SDK then returns an error instead of registering something that never runs.
var supportedFeatures = map[string]pulumirpc.ResourceMonitorFeature{
	"secrets":            pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
	"resourceReferences": pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
	"aliasSpecs":         pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
	"deletedWith":        pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
	"replaceWith":        pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
	"replacementTrigger": pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
	"parameterization":   pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
	"transforms":         pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_TRANSFORMS,
}

// monitor stands where the engine stands: it speaks the engine's gRPC interfaces to the SDK, records what is registered
// and answers as a cloud might. The SDK's own mocks hide component outputs, exports, warnings and nested unknowns; over
// the wire all of them are visible.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	settings Settings

	mu         sync.Mutex
	root       string
	resources  []*Resource
	transforms map[string][]*pulumirpc.Callback // those of a resource and its ancestors, by URN
	state      map[string]resource.PropertyMap  // what getResource answers, by URN
	outputs    map[string]resource.PropertyMap  // what RegisterResourceOutputs delivered, by URN
	unexpected []string                         // tokens of invokes that nobody answers
	logs       []Message
}

func newMonitor(s Settings) *monitor {
	return &monitor{settings: s,
		transforms: map[string][]*pulumirpc.Callback{},
		state:      map[string]resource.PropertyMap{}, outputs: map[string]resource.PropertyMap{}}
}

// serve listens on the loopback interface until the returned function is called.
func (m *monitor) serve() (address string, stop func(), err error) {
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceMonitorServer(server, m)
			pulumirpc.RegisterEngineServer(server, m)
			return nil
		},
	})
	if err != nil {
		return "", nil, fmt.Errorf("start the resource monitor: %w", err)
	}
	return fmt.Sprintf("127.0.0.1:%d", handle.Port), func() { close(cancel) }, nil
}

func (m *monitor) SupportsFeature(
	_ context.Context, in *pulumirpc.SupportsFeatureRequest,
) (*pulumirpc.SupportsFeatureResponse, error) {
	_, ok := supportedFeatures[in.GetId()]
	return &pulumirpc.SupportsFeatureResponse{HasSupport: ok}, nil
}

func (m *monitor) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	info := &pulumirpc.DeploymentInfo{Project: m.settings.Project, Stack: m.settings.Stack}
	for _, feature := range supportedFeatures {
		info.SupportedFeatures = append(info.SupportedFeatures, feature)
	}
	sort.Slice(info.SupportedFeatures, func(i, j int) bool { return info.SupportedFeatures[i] < info.SupportedFeatures[j] })
	return info, nil
}

func (m *monitor) RegisterPackage(
	context.Context, *pulumirpc.RegisterPackageRequest,
) (*pulumirpc.RegisterPackageResponse, error) {
	return &pulumirpc.RegisterPackageResponse{Ref: "package"}, nil
}

func (m *monitor) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *monitor) RegisterResource(
	ctx context.Context, in *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	urn := m.newURN(in.GetParent(), in.GetType(), in.GetName())
	if in.GetType() == stackType && in.GetParent() == "" {
		m.record(func() { m.root = urn })
		return &pulumirpc.RegisterResourceResponse{Urn: urn}, nil
	}
	object, err := m.transform(ctx, urn, in)
	if err != nil {
		return nil, err
	}
	inputs, err := decode(object)
	if err != nil {
		return nil, fmt.Errorf("inputs of %s: %w", urn, err)
	}
	res := registered(urn, in, inputs)
	id, state := m.create(res)
	res.ID, res.State = id, state
	m.record(func() {
		m.resources = append(m.resources, res)
		m.remember(urn, id, state)
	})
	answer, err := encode(state)
	if err != nil {
		return nil, fmt.Errorf("outputs of %s: %w", urn, err)
	}
	return &pulumirpc.RegisterResourceResponse{Urn: urn, Id: id, Object: answer}, nil
}

func (m *monitor) ReadResource(_ context.Context, in *pulumirpc.ReadResourceRequest) (*pulumirpc.ReadResourceResponse, error) {
	urn := m.newURN(in.GetParent(), in.GetType(), in.GetName())
	inputs, err := decode(in.GetProperties())
	if err != nil {
		return nil, fmt.Errorf("properties of %s: %w", urn, err)
	}
	res := read(urn, in, inputs)
	state := m.computed(res)
	res.ID, res.State = in.GetId(), state
	m.record(func() {
		m.resources = append(m.resources, res)
		m.remember(urn, in.GetId(), state)
	})
	object, err := encode(state)
	if err != nil {
		return nil, fmt.Errorf("outputs of %s: %w", urn, err)
	}
	return &pulumirpc.ReadResourceResponse{Urn: urn, Properties: object}, nil
}

func (m *monitor) RegisterResourceOutputs(
	_ context.Context, in *pulumirpc.RegisterResourceOutputsRequest,
) (*emptypb.Empty, error) {
	outputs, err := decode(in.GetOutputs())
	if err != nil {
		return nil, fmt.Errorf("outputs of %s: %w", in.GetUrn(), err)
	}
	m.record(func() { m.outputs[in.GetUrn()] = outputs })
	return &emptypb.Empty{}, nil
}

func (m *monitor) Invoke(_ context.Context, in *pulumirpc.ResourceInvokeRequest) (*pulumirpc.InvokeResponse, error) {
	answer, err := m.answered(in.GetTok(), in.GetArgs())
	return &pulumirpc.InvokeResponse{Return: answer}, err
}

func (m *monitor) Call(_ context.Context, in *pulumirpc.ResourceCallRequest) (*pulumirpc.CallResponse, error) {
	answer, err := m.answered(in.GetTok(), in.GetArgs())
	return &pulumirpc.CallResponse{Return: answer}, err
}

func (m *monitor) answered(token string, object *structpb.Struct) (*structpb.Struct, error) {
	args, err := decode(object)
	if err != nil {
		return nil, fmt.Errorf("arguments of %s: %w", token, err)
	}
	answer, err := m.answer(token, args)
	if err != nil {
		return nil, err
	}
	encoded, err := encode(answer)
	if err != nil {
		return nil, fmt.Errorf("answer of %s: %w", token, err)
	}
	return encoded, nil
}

func (m *monitor) answer(token string, args resource.PropertyMap) (resource.PropertyMap, error) {
	if token == getResource {
		return m.known(args)
	}
	answer, ok := m.settings.Answers[token]
	if !ok {
		answer, ok = defaultAnswers(m.settings.Location)[token]
	}
	if !ok {
		m.record(func() { m.unexpected = append(m.unexpected, token) })
		return nil, fmt.Errorf("unexpected invoke of %s: no answer is known", token)
	}
	return answer(args)
}

func (m *monitor) known(args resource.PropertyMap) (resource.PropertyMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	state, ok := m.state[Stripped(args["urn"]).StringValue()]
	if !ok {
		return nil, fmt.Errorf("unknown resource %v", args["urn"])
	}
	return state, nil
}

func (m *monitor) Log(_ context.Context, in *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	m.record(func() {
		m.logs = append(m.logs, Message{Severity: in.GetSeverity().String(), Text: in.GetMessage(), URN: in.GetUrn()})
	})
	return &emptypb.Empty{}, nil
}

func (m *monitor) GetRootResource(
	context.Context, *pulumirpc.GetRootResourceRequest,
) (*pulumirpc.GetRootResourceResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &pulumirpc.GetRootResourceResponse{Urn: m.root}, nil
}

func (m *monitor) SetRootResource(
	_ context.Context, in *pulumirpc.SetRootResourceRequest,
) (*pulumirpc.SetRootResourceResponse, error) {
	m.record(func() { m.root = in.GetUrn() })
	return &pulumirpc.SetRootResourceResponse{}, nil
}

func (m *monitor) RequirePulumiVersion(
	context.Context, *pulumirpc.RequirePulumiVersionRequest,
) (*pulumirpc.RequirePulumiVersionResponse, error) {
	return &pulumirpc.RequirePulumiVersionResponse{}, nil
}

// create decides the ID and state of a registered resource. In a preview nothing is created: the ID is unknown, and so is
// every output that is not an input.
func (m *monitor) create(res *Resource) (id string, state resource.PropertyMap) {
	if m.settings.Preview {
		return "", res.Inputs
	}
	state = m.computed(res)
	if res.Custom {
		id = physicalID(res, state)
	}
	return id, state
}

// remember keeps what getResource answers. The lock is held.
func (m *monitor) remember(urn, id string, state resource.PropertyMap) {
	m.state[urn] = resource.PropertyMap{
		"urn": resource.NewProperty(urn), "id": resource.NewProperty(id), "state": resource.NewProperty(state),
	}
}

func (m *monitor) record(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// newURN forms a URN as the engine does: the types of all parents but the stack, then the type, then the name.
func (m *monitor) newURN(parent, typ, name string) string {
	parentType := tokens.Type("")
	if urn := resource.URN(parent); urn != "" && urn.QualifiedType() != stackType {
		parentType = urn.QualifiedType()
	}
	return string(resource.NewURN(tokens.QName(m.settings.Stack), tokens.PackageName(m.settings.Project), parentType,
		tokens.Type(typ), name))
}
