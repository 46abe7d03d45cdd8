package main

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// The program that docs/dss-settings.md shows has to work.
func TestTheProgramBuildsAHost(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program, harness.WithoutCheck(harness.CheckPartition, "the ARNs are examples"))
	assert.Contains(t, graph.Exports, resource.PropertyKey("url"))
}
