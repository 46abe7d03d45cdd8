package simcloud

import (
	"context"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// provider has what the three providers answer alike.
type provider struct {
	plugin.UnimplementedProvider
	cloud   *Cloud
	version semver.Version
	// life ends when the engine cancels, and with the cloud.
	life context.Context
	end  context.CancelFunc
}

func newProvider(c *Cloud, version semver.Version) provider {
	life, end := context.WithCancel(c.stopped)
	return provider{cloud: c, version: version, life: life, end: end}
}

// operate carries out a change that ends early when the engine cancels.
func (p *provider) operate(ctx context.Context, op Operation, act func() (string, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	return p.cloud.operate(ctx, op, act)
}

// The versions that the providers speak for; those of the SDKs in go.mod.
var (
	awsVersion        = semver.MustParse("6.83.0")
	eksVersion        = semver.MustParse("2.8.1")
	kubernetesVersion = semver.MustParse("4.23.0")
)

// Attach is how an engine that did not start the plugin gives its address.
func (p *provider) Attach(string) error { return nil }

// Handshake says what the provider understands.
func (p *provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets: true, AcceptResources: false, AcceptOutputs: false, SupportsAutonamingConfiguration: true,
	}, nil
}

// GetPluginInfo gives the version.
func (p *provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.version}, nil
}

// GetSchema gives a schema without types: engines ask for names and versions only.
func (p *provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: []byte("{}")}, nil
}

// CheckConfig accepts the configuration as it is.
func (p *provider) CheckConfig(_ context.Context, r plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: r.News}, nil
}

// DiffConfig says that a new configuration never replaces what was made with the old one.
func (p *provider) DiffConfig(_ context.Context, r plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	if r.OldInputs.DeepEqualsIncludeUnknowns(r.NewInputs) {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome}, nil
}

// Configure accepts everything.
func (p *provider) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

// SignalCancellation ends what waits.
func (p *provider) SignalCancellation(context.Context) error {
	p.end()
	return nil
}

// Close has nothing to do: the connection goes with the engine.
func (p *provider) Close() error { return nil }
