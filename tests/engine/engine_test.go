// Package engine_test runs the repository's environments with the real Pulumi engine on the simulated cloud.
package engine_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// environment starts a simulated cloud for one of the repository's stack configurations.
func environment(t *testing.T, name string, faults ...simcloud.Fault) *simtest.Stack {
	t.Helper()
	return simtest.New(t, simtest.Options{
		Program:    stacks.Run,
		Project:    stacks.ProjectName,
		Stack:      name,
		ConfigFile: filepath.Join("..", "..", "Pulumi."+name+".yaml"),
		Cloud:      simcloud.Options{Faults: faults},
	})
}

// plan is what a preview would do, by type and name.
func plan(t *testing.T, s *simtest.Stack) map[string]apitype.OpType {
	t.Helper()
	changes := map[string]apitype.OpType{}
	stream, done := make(chan events.EngineEvent), make(chan struct{})
	go func() {
		defer close(done)
		for e := range stream {
			if p := e.ResourcePreEvent; p != nil && p.Metadata.Op != apitype.OpSame && p.Metadata.Op != apitype.OpRead {
				urn := strings.Split(p.Metadata.URN, "::")
				changes[fmt.Sprintf("%s %s", p.Metadata.Type, urn[len(urn)-1])] = p.Metadata.Op
			}
		}
	}()
	_, err := s.Preview(t, optpreview.EventStreams(stream))
	require.NoError(t, err)
	<-done
	return changes
}

// left are the types of what exists, each with how often.
func left(s *simtest.Stack) map[string]int {
	count := map[string]int{}
	for _, r := range s.Cloud.Existing() {
		count[r.Type]++
	}
	return count
}

// A development stack that is destroyed can be built again under its name.
func TestDevCanBeBuiltAgain(t *testing.T) {
	s := environment(t, "dev")
	s.MustUp(t)
	require.NoError(t, s.Destroy(t))
	s.MustUp(t)
	s.RequireNoChanges(t)
}

// retained are the types of resources that destroy leaves: those that hold data, and what closes and encrypts them.
func retained() []string {
	return []string{
		"aws:athena/workgroup:Workgroup",
		"aws:cloudwatch/logGroup:LogGroup", // who did what in the cluster
		"aws:ebs/volume:Volume",
		"aws:ecr/repository:Repository",
		"aws:ecr/lifecyclePolicy:LifecyclePolicy",
		"aws:glue/catalogDatabase:CatalogDatabase",
		"aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
		"aws:kms/key:Key",
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls",
		"aws:s3/bucketPolicy:BucketPolicy",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"aws:s3/bucketV2:BucketV2",
		"aws:s3/bucketVersioningV2:BucketVersioningV2",
	}
}

func TestEnvironmentsFromUpToDestroy(t *testing.T) {
	for _, name := range []string{"dev", "prod"} {
		t.Run(name, func(t *testing.T) {
			s := environment(t, name)
			up := s.MustUp(t)
			assert.Regexp(t, `^http://10\.0\.\d+\.\d+:11200$`, up.Outputs["url"].Value)
			assert.Contains(t, up.Outputs["ssmCommand"].Value, "aws ssm start-session --region us-east-1 --target i-")
			s.RequireNoChanges(t)

			refreshed, err := s.Refresh(t)
			require.NoError(t, err)
			assert.NotContains(t, refreshed, "update", "nothing changed behind Pulumi's back")
			s.RequireNoChanges(t)

			require.NoError(t, s.Destroy(t))
			for kind := range left(s) {
				assert.Contains(t, retained(), kind, "destroy leaves only what holds data")
			}
			assert.Equal(t, 1, left(s)["aws:ebs/volume:Volume"], "the data volume stays")
		})
	}
}

// The preset turns the keys of all other components.
func TestBothKeysDeleteEverything(t *testing.T) {
	s := environment(t, "dev")
	for _, part := range []string{"encryption", "dss"} {
		s.SetConfig(t, "pulumi-dss:"+part, `{"deleteData":true}`)
	}
	s.MustUp(t)
	require.NoError(t, s.Destroy(t))
	assert.Empty(t, left(s))
}

func TestAnotherSizeOfTheVolumeChangesNothingElse(t *testing.T) {
	s := environment(t, "dev")
	s.MustUp(t)
	s.SetConfig(t, "pulumi-dss:dss", `{"dataVolume":{"sizeGiB":300}}`)
	changes := plan(t, s)
	assert.Equal(t, apitype.OpUpdate, changes["aws:ebs/volume:Volume dss-dev-data"])
	for what, op := range changes {
		if strings.HasPrefix(what, "aws:s3/bucketObjectv2:BucketObjectv2 ") {
			continue // the host's state is kept under its hash
		}
		assert.NotContains(t, string(op), "replace", what)
		assert.NotEqual(t, apitype.OpDelete, op, what)
	}
}

func TestAnotherInstanceKeepsTheVolume(t *testing.T) {
	s := environment(t, "dev")
	s.MustUp(t)
	s.SetConfig(t, "pulumi-dss:dss", `{"operatingSystem":"almalinux8"}`)
	changes := plan(t, s)
	assert.Contains(t, string(changes["aws:ec2/instance:Instance dss-dev-host"]), "replace")
	assert.NotContains(t, changes, "aws:ebs/volume:Volume dss-dev-data")
	s.MustUp(t)
	s.RequireNoChanges(t)
}

func TestAHostThatFailsFailsUpAndTheNextUpRepairs(t *testing.T) {
	s := environment(t, "dev", simcloud.Fault{
		Kind: simcloud.Create, Type: "aws:cloudformation/stack:Stack", Nth: 1, Effect: simcloud.SignalFailure,
		Message: "step docker: no such repository; check the mirror",
	})
	_, err := s.Up(t)
	require.Error(t, err)
	require.ErrorContains(t, err, "step docker: no such repository; check the mirror")
	s.MustUp(t)
	s.RequireNoChanges(t)
}

// An interruption at any operation leaves a stack that the next up completes.
func TestUpGoesOnAfterAFault(t *testing.T) {
	for _, nth := range []int{1, 20, 60, 100} {
		t.Run(fmt.Sprintf("operation %d", nth), func(t *testing.T) {
			s := environment(t, "dev", simcloud.Fault{Nth: nth, Message: "the service is away"})
			_, err := s.Up(t)
			require.ErrorContains(t, err, "the service is away")
			s.MustUp(t)
			s.RequireNoChanges(t)
		})
	}
}

func TestBadSettingsCreateNothing(t *testing.T) {
	s := environment(t, "dev")
	s.SetConfig(t, "pulumi-dss:network", `{"cidrBlock":"10.0.0.0/30"}`)
	s.SetConfig(t, "pulumi-dss:dss", `{"instanceType":"m7i.large","allowedCidrs":["0.0.0.0/0"]}`)
	_, err := s.Up(t)
	require.Error(t, err)
	for _, text := range []string{
		"pulumi-dss:network.cidrBlock: 10.0.0.0/30 is too small", "pulumi-dss:dss.instanceType:", "pulumi-dss:dss.allowedCidrs[0]:",
		"(Pulumi.dev.yaml)",
	} {
		require.ErrorContains(t, err, text)
	}
	assert.Empty(t, s.Cloud.Existing())
}
