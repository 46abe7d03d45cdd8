package synth

import (
	"fmt"
	"strings"
)

// Partitions of AWS that a run can be placed in.
const (
	PartitionAWS      = "aws"
	PartitionChina    = "aws-cn"
	PartitionGovCloud = "aws-us-gov"
)

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

// China is the Beijing region.
func China() Location {
	return Location{PartitionChina, "cn-north-1", "123456789012", "amazonaws.com.cn"}
}

// GovCloud is the west region of AWS GovCloud (US), whose DNS suffix is that of the commercial partition.
func GovCloud() Location {
	return Location{PartitionGovCloud, "us-gov-west-1", "123456789012", "amazonaws.com"}
}

// At is a region, in the partition that its name tells, with the account's ID of the other locations.
func At(region string) Location {
	location := Ireland()
	switch {
	case strings.HasPrefix(region, "cn-"):
		location = China()
	case strings.HasPrefix(region, "us-gov-"):
		location = GovCloud()
	}
	location.Region = region
	return location
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
