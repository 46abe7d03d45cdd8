// Package location tells in which partition, region and account a component is deployed, so that ARNs and host names
// are right in every partition of AWS.
package location

import (
	"errors"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Location is where resources are deployed.
type Location struct {
	// Partition is `aws`, `aws-cn`, `aws-us-gov`, …
	Partition string
	// DNSSuffix is the domain of the partition's services: `amazonaws.com`, `amazonaws.com.cn`, …
	DNSSuffix string
	// Region is the region's name: `eu-west-1`.
	Region string
	// AccountID has twelve digits.
	AccountID string
}

// Lookup asks the provider that the parent's children use. It asks for everything at the same time: nothing of the parent
// is registered before the answers are there.
func Lookup(ctx *pulumi.Context, parent pulumi.Resource) (Location, error) {
	by := pulumi.Parent(parent)
	var at Location
	questions := []func() error{
		func() error {
			partition, err := aws.GetPartition(ctx, nil, by)
			if err != nil {
				return fmt.Errorf("looking up the partition: %w", err)
			}
			at.Partition, at.DNSSuffix = partition.Partition, partition.DnsSuffix
			return nil
		},
		func() error {
			region, err := aws.GetRegion(ctx, nil, by)
			if err != nil {
				return fmt.Errorf("looking up the region: %w", err)
			}
			at.Region = region.Name
			return nil
		},
		func() error {
			identity, err := aws.GetCallerIdentity(ctx, nil, by)
			if err != nil {
				return fmt.Errorf("looking up the account: %w", err)
			}
			at.AccountID = identity.AccountId
			return nil
		},
	}
	failures := make([]error, len(questions))
	var asked sync.WaitGroup
	for i, ask := range questions {
		asked.Go(func() { failures[i] = ask() })
	}
	asked.Wait()
	return at, errors.Join(failures...)
}

// ARN is the ARN of a resource of this account and region.
func (l Location) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", l.Partition, service, l.Region, l.AccountID, resource)
}

// GlobalARN is the ARN of a resource of this account that is in no region, as those of IAM.
func (l Location) GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", l.Partition, service, l.AccountID, resource)
}

// BucketARN is the ARN of an S3 bucket, or with a key behind the name, of objects.
func (l Location) BucketARN(name string) string {
	return fmt.Sprintf("arn:%s:s3:::%s", l.Partition, name)
}

// AWSPolicyARN is the ARN of a managed policy of AWS's own.
func (l Location) AWSPolicyARN(name string) string {
	return fmt.Sprintf("arn:%s:iam::aws:policy/%s", l.Partition, name)
}

// Service is a service's host name in this region: `ecr` gives `ecr.eu-west-1.amazonaws.com`.
func (l Location) Service(name string) string {
	return fmt.Sprintf("%s.%s.%s", name, l.Region, l.DNSSuffix)
}

// Principal is the principal of a service that roles trust. It ends in amazonaws.com in every partition but for EC2
// in China.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (l Location) Principal(service string) string {
	if service == "ec2" {
		return "ec2." + l.DNSSuffix
	}
	return service + ".amazonaws.com"
}
