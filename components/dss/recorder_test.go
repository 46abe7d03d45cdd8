package dss_test

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// secretAccessKey is what IAM answers when an access key is made.
func secretAccessKey(string, resource.PropertyMap) resource.PropertyMap {
	return resource.PropertyMap{"secret": resource.MakeSecret(resource.NewProperty("the-secret-access-key"))}
}
