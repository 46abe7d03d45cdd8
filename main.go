// The Pulumi program that `pulumi up` runs: the platform that the stack's configuration describes.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/stacks"
)

func main() { pulumi.Run(stacks.Run) }
