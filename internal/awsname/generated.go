package awsname

import "fmt"

// Generated is a kind of name that Pulumi makes of a resource's name and a suffix, and how many characters AWS takes.
type Generated struct {
	kind  string
	limit int
}

// generatedSuffix is what Pulumi's AWS provider puts behind the resource's name.
const generatedSuffix = len("-1234567")

// GeneratedBucket and GeneratedRole are the names of S3 buckets, and of IAM's roles and users.
//
// Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func GeneratedBucket() Generated { return Generated{"bucket", 63} }

// GeneratedRole is described at [GeneratedBucket].
func GeneratedRole() Generated { return Generated{"role", 64} }

// Check fails for the name of a resource that leaves no room for the suffix.
func (g Generated) Check(resource string) error {
	if over := len(resource) + generatedSuffix - g.limit; over > 0 {
		return fmt.Errorf("the %s %s-... would have a name of more than %d characters; use %d less", g.kind, resource, g.limit, over)
	}
	return nil
}
