// Command tables writes the generated tables of facts about AWS that the library embeds: instance types with their limits and
// prices (internal/instancetype), the names that AWS accepts (internal/awsname), and the actions of IAM policies
// (internal/iam/actions). The script "generate" beside it fetches the pinned sources and runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	var s sources
	flag.StringVar(&s.moto, "moto", "", "path of the moto wheel (instance types, managed policies)")
	flag.StringVar(&s.botocore, "botocore", "", "path of the botocore wheel (service models)")
	flag.StringVar(&s.karpenter, "karpenter", "", "folder of the karpenter-provider-aws module (network limits, prices)")
	flag.StringVar(&s.parliament, "parliament", "", "path of the parliament wheel (actions of IAM policies)")
	root := flag.String("root", ".", "root folder of the repository")
	flag.Parse()
	if err := run(s, *root); err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(1)
	}
}

// sources says where the fetched sources lie.
type sources struct {
	moto, botocore, karpenter, parliament string
}

// run writes every table below root; nothing is written when a source cannot be read.
func run(s sources, root string) error {
	if s.moto == "" || s.botocore == "" || s.karpenter == "" || s.parliament == "" {
		return errors.New("-moto, -botocore, -karpenter and -parliament are all needed: run tools/tables/generate")
	}
	types, err := instanceTypeFiles(s.moto, s.karpenter)
	if err != nil {
		return fmt.Errorf("instance types: %w", err)
	}
	names, err := nameFiles(s.botocore)
	if err != nil {
		return fmt.Errorf("names: %w", err)
	}
	policies, err := managedPolicyFiles(s.moto)
	if err != nil {
		return fmt.Errorf("managed policies: %w", err)
	}
	if err := writeAll(filepath.Join(root, "internal", "iam", "managed"), policies); err != nil {
		return err
	}
	actions, err := actionFiles(s.parliament)
	if err != nil {
		return fmt.Errorf("actions: %w", err)
	}
	if err := writeAll(filepath.Join(root, "internal", "iam", "actions"), actions); err != nil {
		return err
	}
	if err := writeAll(filepath.Join(root, "internal", "instancetype"), types); err != nil {
		return err
	}
	return writeAll(filepath.Join(root, "internal", "awsname"), names)
}

// writeAll writes files, by name, into a folder that must exist.
func writeAll(folder string, files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil { //nolint:gosec // files of the repository
			return err
		}
	}
	return nil
}
