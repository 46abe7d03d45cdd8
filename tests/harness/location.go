package harness

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Partitions of AWS that a run can be placed in.
const (
	PartitionAWS      = "aws"
	PartitionChina    = "aws-cn"
	PartitionGovCloud = "aws-us-gov"
)

// locationKey is the config key under which a run tells the program's test where it runs, see Here.
const locationKey = "harness:location"

// Location is where in AWS a run pretends to be. It decides what getPartition, getRegion, getCallerIdentity and
// getAvailabilityZones answer, the ARNs of created resources, and the config key aws:region.
type Location struct {
	// Partition is the first part of every ARN, for example "aws-cn".
	Partition string
	// Region is the name of the region, for example "cn-north-1".
	Region string
	// AccountID has twelve digits.
	AccountID string
	// DNSSuffix ends the names of the partition's endpoints, for example "amazonaws.com.cn".
	DNSSuffix string
}

// Ireland is the default location: commercial partition, eu-west-1.
func Ireland() Location { return Location{PartitionAWS, "eu-west-1", "123456789012", "amazonaws.com"} }

// China is the Beijing region, where every Run executes the program once more to find hard-coded partitions.
func China() Location {
	return Location{PartitionChina, "cn-north-1", "123456789012", "amazonaws.com.cn"}
}

// GovCloud is the west region of AWS GovCloud (US), whose DNS suffix is that of the commercial partition.
func GovCloud() Location {
	return Location{PartitionGovCloud, "us-gov-west-1", "123456789012", "amazonaws.com"}
}

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

// ARN is an ARN of the location's region and account; resource is everything after the account, for example "key/abc".
func (l Location) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", l.Partition, service, l.Region, l.AccountID, resource)
}

// GlobalARN is an ARN without region, and without account where withAccount is false (S3); IAM's have an account.
func (l Location) GlobalARN(service, resource string, withAccount bool) string {
	account := ""
	if withAccount {
		account = l.AccountID
	}
	return fmt.Sprintf("arn:%s:%s::%s:%s", l.Partition, service, account, resource)
}

func (l Location) asConfig() string {
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // four strings always marshal
	}
	return string(text)
}
