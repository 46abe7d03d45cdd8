package pulumicli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"

// Without the version in its place the CLI calls itself a development build, which the
// Automation API refuses.
const versionFlags = "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v" + Version

// built returns the CLI in the cache, which it builds when it is not there.
// Several processes may ask at once: one builds, the others wait for it.
func built(ctx context.Context, options Options) (string, error) {
	root, err := cacheRoot(options)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(root, "bin", "pulumi")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if exists(binary) {
		return binary, nil
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o750); err != nil {
		return "", fmt.Errorf("making a folder for the Pulumi CLI: %w", err)
	}
	unlock, err := lock(filepath.Join(root, "lock"))
	if err != nil {
		return "", fmt.Errorf("waiting for another build of the Pulumi CLI: %w", err)
	}
	defer unlock()
	if exists(binary) {
		return binary, nil
	}
	return binary, build(ctx, options, binary)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// build compiles into a file beside the binary and renames it, so that a build that is
// interrupted leaves nothing that looks finished.
func build(ctx context.Context, options Options, binary string) error {
	dir, err := source(options)
	if err != nil {
		return err
	}
	var log io.Writer = os.Stderr
	if options.Log != nil {
		log = options.Log
	}
	_, _ = fmt.Fprintf(log, "Building the Pulumi CLI %s from its Go module: this takes some minutes, once. It is kept in %s.\n",
		Version, filepath.Dir(binary))
	start, unfinished := time.Now(), binary+".unfinished"
	//nolint:gosec // the arguments are constants and the path of the cache
	cmd := exec.CommandContext(ctx, "go", "build", "-mod=readonly", "-ldflags", versionFlags, "-o", unfinished, cliPackage)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the Pulumi CLI in %s: %w\n%s", dir, err, output)
	}
	if err := os.Rename(unfinished, binary); err != nil {
		return fmt.Errorf("keeping the Pulumi CLI: %w", err)
	}
	_, _ = fmt.Fprintf(log, "Built the Pulumi CLI in %s.\n", time.Since(start).Round(time.Second))
	return nil
}
