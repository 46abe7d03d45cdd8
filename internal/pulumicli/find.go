// Package pulumicli finds a Pulumi CLI that the Automation API can drive, and builds the
// pinned one from its Go module where none is installed.
package pulumicli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Version is the version of the CLI: that of the SDK in go.mod and of the module in tools/cli.
const Version = "3.250.0"

// Options say where to look and to build. The zero value suits a program that runs inside
// of the repository.
type Options struct {
	// Source is the folder of the module that pins the CLI. Default: tools/cli of the
	// repository that the working folder is in.
	Source string
	// Cache is the folder for a CLI that is built. Default: pulumi-dss in the user's cache folder.
	Cache string
	// Log gets a line when a build begins, since that takes minutes. Default: standard error.
	Log io.Writer
	// OnlyBuilt ignores an installed CLI.
	OnlyBuilt bool
}

// Find returns an installed CLI of at least Version, or one built for the purpose. It fails
// when there is neither an installed one nor what it takes to build one: the Go toolchain,
// the sources' folder and, for the first time, a network.
func Find(ctx context.Context, options Options) (auto.PulumiCommand, error) {
	command, _, err := find(ctx, options)
	return command, err
}

// Path returns the executable of the CLI that Find returns.
func Path(ctx context.Context, options Options) (string, error) {
	_, path, err := find(ctx, options)
	return path, err
}

func find(ctx context.Context, options Options) (command auto.PulumiCommand, path string, err error) {
	var missing error
	if !options.OnlyBuilt {
		command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Version: semver.MustParse(Version)})
		if err == nil {
			path, err = exec.LookPath("pulumi")
			return command, path, err
		}
		missing = fmt.Errorf("no installed Pulumi CLI of version %s or newer: %w", Version, err)
	}
	path, err = built(ctx, options)
	if err != nil {
		return nil, "", errors.Join(missing, err)
	}
	root := filepath.Dir(filepath.Dir(path))
	command, err = auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root, Version: semver.MustParse(Version)})
	if err != nil {
		return nil, "", fmt.Errorf("the Pulumi CLI in %s does not run, remove the folder to build it again: %w", root, err)
	}
	return command, path, nil
}

// cacheRoot is the folder that the CLI of this version is built into.
func cacheRoot(options Options) (string, error) {
	cache := options.Cache
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding a folder for the Pulumi CLI: %w", err)
		}
		cache = filepath.Join(user, "pulumi-dss")
	}
	return filepath.Join(cache, "pulumi-v"+Version), nil
}

// source is the folder of the pinning module: the given one, or found from the working folder upwards.
func source(options Options) (string, error) {
	if options.Source != "" {
		return options.Source, nil
	}
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding tools/cli: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, "tools", "cli")
		if _, err := os.Stat(filepath.Join(candidate, "go.mod")); err == nil {
			return candidate, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no tools/cli/go.mod in %s or above it: run inside of the repository, "+
				"or install Pulumi %s (https://www.pulumi.com/docs/install)", start, Version)
		}
	}
}
