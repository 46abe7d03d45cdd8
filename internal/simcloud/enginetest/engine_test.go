// Package enginetest runs the real Pulumi engine on the simulated cloud, to test the
// simulation itself: programs here are small and made for the purpose.
package enginetest

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
)

const volumeType = "aws:ebs/volume:Volume"

func TestHostFromUpToDestroy(t *testing.T) {
	s := simtest.New(t, simtest.Options{Program: hostProgram, Config: map[string]string{"aws:region": "eu-west-1"}})
	steps, err := s.Preview(t)
	require.NoError(t, err)
	assert.Equal(t, 19, steps[apitype.OpCreate])
	assert.Empty(t, s.Existing(), "a preview makes nothing")

	up := s.MustUp(t)
	assert.Regexp(t, `^10\.0\.0\.\d+$`, up.Outputs["privateIp"].Value)
	assert.Contains(t, up.Outputs["result"].Value, "success")
	assert.Regexp(t, `^123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com/images-[0-9a-f]{7}$`, up.Outputs["repository"].Value)
	s.RequireNoChanges(t)

	refreshed, err := s.Refresh(t)
	require.NoError(t, err)
	assert.NotContains(t, refreshed, "update", "nothing changed behind Pulumi's back")

	before := s.Existing()
	s.SetConfig(t, "instanceType", "m7i.4xlarge")
	up = s.MustUp(t)
	assert.Equal(t, 1, (*up.Summary.ResourceChanges)["update"], "another instance type is an update in place")
	assert.Equal(t, before, s.Existing())

	s.MustDestroy(t)
	left := s.Existing()
	require.Len(t, left, 1, "only what is retained stays")
	assert.True(t, strings.HasPrefix(left[0], volumeType), left[0])
}

func TestClusterFromUpToDestroy(t *testing.T) {
	s := simtest.New(t, simtest.Options{Program: clusterProgram})
	_, err := s.Preview(t)
	require.NoError(t, err)
	up := s.MustUp(t)
	assert.Regexp(t, `^https://[0-9A-F]{32}\.gr7\.eu-west-1\.eks\.amazonaws\.com$`, up.Outputs["endpoint"].Value)
	assert.Regexp(t, `^vpc-0[0-9a-f]{16}$`, up.Outputs["vpc"].Value)
	assert.Regexp(t, `^sg-0[0-9a-f]{16}$`, up.Outputs["group"].Value)
	assert.Contains(t, up.Outputs["issuer"].Value, "oidc.eks.eu-west-1.amazonaws.com/id/")
	assert.Equal(t, "Config", up.Outputs["kubeconfig"].Value.(map[string]any)["kind"])
	for _, want := range []string{
		"aws:eks/nodeGroup:NodeGroup", "kubernetes:storage.k8s.io/v1:StorageClass gp3", "kubernetes:rbac.authorization.k8s.io/v1:Role dss/dss",
	} {
		assert.Condition(t, func() bool {
			for _, have := range s.Existing() {
				if strings.HasPrefix(have, want) {
					return true
				}
			}
			return false
		}, "%s is missing from %v", want, s.Existing())
	}
	s.RequireNoChanges(t)
	_, err = s.Refresh(t)
	require.NoError(t, err)
	s.MustDestroy(t)
	assert.Empty(t, s.Existing())
}
