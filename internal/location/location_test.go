package location_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

func TestNamesFollowThePartition(t *testing.T) {
	china := location.Location{Partition: "aws-cn", DNSSuffix: "amazonaws.com.cn", Region: "cn-north-1", AccountID: "123456789012"}
	for got, want := range map[string]string{
		china.ARN("ecr", "repository/dss/*"):     "arn:aws-cn:ecr:cn-north-1:123456789012:repository/dss/*",
		china.GlobalARN("iam", "role/dss"):       "arn:aws-cn:iam::123456789012:role/dss",
		china.BucketARN("b/*"):                   "arn:aws-cn:s3:::b/*",
		china.AWSPolicyARN("AmazonEKSCNIPolicy"): "arn:aws-cn:iam::aws:policy/AmazonEKSCNIPolicy",
		china.Service("ecr"):                     "ecr.cn-north-1.amazonaws.com.cn",
		china.Principal("ec2"):                   "ec2.amazonaws.com.cn",
		china.Principal("eks"):                   "eks.amazonaws.com",
	} {
		assert.Equal(t, want, got)
	}
}
