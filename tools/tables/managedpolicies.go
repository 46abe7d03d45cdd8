package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// managedPolicies are the managed policies of AWS's own that the library attaches to roles, or that others attach to roles of the same
// kind. A policy that a role has and that is not here fails the access matrix: add it, and run generate.
func managedPolicies() []string {
	return []string{
		"AWSCloudFormationFullAccess", "AWSGlueServiceRole", "AmazonEBSCSIDriverPolicy", "AmazonEC2ContainerRegistryPullOnly",
		"AmazonEC2ContainerRegistryReadOnly", "AmazonEC2FullAccess", "AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy",
		"AmazonEKS_CNI_Policy", "AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy",
	}
}

// managedPolicy is what the table says of a policy.
type managedPolicy struct {
	DefaultVersionId, UpdateDate string //nolint:revive // the source's names
	Document                     json.RawMessage
}

// managedPolicyFiles makes the file of internal/iam/managed: the policies by name, and what they were made from.
func managedPolicyFiles(motoWheel string) (map[string][]byte, error) {
	moto, err := openWheel(motoWheel)
	if err != nil {
		return nil, err
	}
	defer func() { _ = moto.Close() }() // it was only read
	file, err := moto.Open("moto/iam/aws_managed_policies.py")
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", moto.pkg, moto.version, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	_, quoted, ok := strings.Cut(string(text), `"""`)
	quoted, _, closed := strings.Cut(quoted, `"""`)
	if !ok || !closed {
		return nil, errors.New("aws_managed_policies.py: no text in three quotes")
	}
	all := map[string]managedPolicy{}
	if err := json.Unmarshal([]byte(quoted), &all); err != nil {
		return nil, fmt.Errorf("aws_managed_policies.py: %w", err)
	}
	taken := map[string]managedPolicy{}
	for _, name := range managedPolicies() {
		policy, ok := all[name]
		if !ok {
			return nil, fmt.Errorf("%s %s has no policy %s", moto.pkg, moto.version, name)
		}
		taken[name] = policy
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err = encoder.Encode(map[string]any{"source": fmt.Sprintf("%s %s of %s", moto.pkg, moto.version, moto.date), "policies": taken})
	return map[string][]byte{"policies.json": out.Bytes()}, err
}
