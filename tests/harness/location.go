package harness

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// Partitions of AWS that a run can be placed in.
const (
	PartitionAWS      = synth.PartitionAWS
	PartitionChina    = synth.PartitionChina
	PartitionGovCloud = synth.PartitionGovCloud
)

// locationKey is the config key under which a run tells the program's test where it runs, see Here.
const locationKey = "harness:location"

// Location is where in AWS a run pretends to be.
type Location = synth.Location

// Ireland is the default location: commercial partition, eu-west-1.
func Ireland() Location { return synth.Ireland() }

// China is the Beijing region, where every Run executes the program once more to find hard-coded partitions.
func China() Location { return synth.China() }

// GovCloud is the west region of AWS GovCloud (US), whose DNS suffix is that of the commercial partition.
func GovCloud() Location { return synth.GovCloud() }

// Here returns the location of the current run, so that a test can hand a component an ARN that is right in each of them.
// It returns Ireland when the program does not run in this harness.
func Here(ctx *pulumi.Context) Location {
	text, ok := ctx.GetConfig(locationKey)
	if !ok {
		return Ireland()
	}
	var here Location
	if err := json.Unmarshal([]byte(text), &here); err != nil {
		panic(fmt.Sprintf("the config key %s is the harness's own: %v", locationKey, err))
	}
	return here
}

func asConfig(l Location) string {
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // four strings always marshal
	}
	return string(text)
}
