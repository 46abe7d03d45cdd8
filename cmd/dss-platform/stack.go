package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/pulumi-dss/pulumi-dss/internal/pulumicli"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// openStack is a stack together with what must run for it.
type openStack struct {
	stack auto.Stack
	close func()
}

// open selects or makes the stack, with the configuration of the file.
func open(ctx context.Context, s settings, program pulumi.RunFunc, log io.Writer) (openStack, error) {
	if _, err := os.Stat(s.config); err != nil {
		return openStack{}, fmt.Errorf("--config: %w", err)
	}
	cli, err := pulumicli.Find(ctx, pulumicli.Options{Log: log})
	if err != nil {
		return openStack{}, err
	}
	if s.simulate {
		return openSimulated(ctx, s, program, cli)
	}
	stack, err := openReal(ctx, s, program, cli)
	return openStack{stack: stack, close: func() {}}, err
}

// openReal works in the folder of the configuration file, where Pulumi.yaml is too, with the
// user's own backend and credentials.
func openReal(ctx context.Context, s settings, program pulumi.RunFunc, cli auto.PulumiCommand) (auto.Stack, error) {
	dir, name := filepath.Dir(s.config), filepath.Base(s.config)
	if want := "Pulumi." + short(s.stack) + ".yaml"; name != want {
		return auto.Stack{}, fmt.Errorf("--config %s: Pulumi reads the configuration of stack %s from %s: "+
			"rename the file, or choose another --stack", s.config, s.stack, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err != nil {
		return auto.Stack{}, fmt.Errorf("--config %s: no Pulumi.yaml beside it: %w", s.config, err)
	}
	return auto.UpsertStackLocalSource(ctx, s.stack, dir, auto.Program(program), auto.Pulumi(cli))
}

// short is a stack's name without its organization.
func short(stack string) string { return stack[strings.LastIndex(stack, "/")+1:] }

// openSimulated starts the simulated cloud of the stack, with everything in a folder.
func openSimulated(ctx context.Context, s settings, program pulumi.RunFunc, cli auto.PulumiCommand) (openStack, error) {
	root, err := filepath.Abs(filepath.Join(s.local, short(s.stack)))
	if err != nil {
		return openStack{}, err
	}
	work, state, home := filepath.Join(root, "work"), filepath.Join(root, "state"), filepath.Join(root, "home")
	for _, dir := range []string{work, state, home} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return openStack{}, fmt.Errorf("--local: %w", err)
		}
	}
	if err := copyConfig(s.config, filepath.Join(work, "Pulumi."+short(s.stack)+".yaml")); err != nil {
		return openStack{}, err
	}
	cloud, err := simcloud.Start(ctx, simcloud.Options{
		StateFile: filepath.Join(root, "cloud.json"), Latency: simcloud.AWSLatency(), Scale: s.latency,
	})
	if err != nil {
		return openStack{}, err
	}
	stack, err := auto.UpsertStackInlineSource(ctx, short(s.stack), stacks.ProjectName, program,
		auto.WorkDir(work), auto.PulumiHome(home), auto.Pulumi(cli), auto.EnvVars(environment(cloud, state)))
	if err != nil {
		cloud.Stop()
		return openStack{}, err
	}
	return openStack{stack: stack, close: cloud.Stop}, nil
}

// environment lets the engine use the simulated cloud, and keep its state in a folder.
func environment(cloud *simcloud.Cloud, state string) map[string]string {
	env := map[string]string{"PULUMI_BACKEND_URL": "file://" + filepath.ToSlash(state)}
	if os.Getenv("PULUMI_CONFIG_PASSPHRASE") == "" && os.Getenv("PULUMI_CONFIG_PASSPHRASE_FILE") == "" {
		// Nothing in a simulated cloud is worth a passphrase; the engine wants to be told so.
		env["PULUMI_CONFIG_PASSPHRASE"] = ""
	}
	maps.Copy(env, simcloud.EngineEnvironment(cloud))
	return env
}

const saltKey = "encryptionsalt"

// copyConfig copies the configuration to where the engine may write into it, and keeps the
// salt that it wrote there before: without it a new one is made at every run.
func copyConfig(from, to string) error {
	next, err := readYAML(from)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	if earlier, err := readYAML(to); err == nil && next[saltKey] == nil && earlier[saltKey] != nil {
		next[saltKey] = earlier[saltKey]
	}
	data, err := yaml.Marshal(next)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		return fmt.Errorf("--local: %w", err)
	}
	return nil
}

func readYAML(path string) (map[string]any, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the command line names the file
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	if err := yaml.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}
