package dss

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AlmaLinuxAccount is the account in which AlmaLinux publishes its images.
//
// Source: https://wiki.almalinux.org/cloud/AWS.html
const AlmaLinuxAccount = "764336703387"

// imagePattern is what the names of an operating system's images look like: `AlmaLinux OS 9.6.20250522 x86_64`.
func imagePattern(os OperatingSystem) string {
	release := strings.TrimPrefix(string(os), "almalinux")
	return "AlmaLinux OS " + release + ".* x86_64"
}

// image decides which image the host is made of. It comes before everything else: when there is none, nothing is made.
//
// A looked-up image is kept in Pulumi's state, under the name of its operating system and owner. So a newer image changes
// nothing, while another operating system does. IgnoreChanges on the instance would keep both away.
func (d *DSSInstance) image() error {
	if d.args.AMI != "" {
		d.imageID = pulumi.String(d.args.AMI).ToStringOutput()
		return nil
	}
	owner := d.args.ImageOwner
	if owner == "" {
		owner = AlmaLinuxAccount
	}
	newest := true
	found, err := ec2.LookupAmi(d.ctx, &ec2.LookupAmiArgs{
		Owners:     []string{owner},
		MostRecent: &newest,
		Filters: []ec2.GetAmiFilter{
			{Name: "name", Values: []string{imagePattern(d.args.OperatingSystem)}},
			{Name: "architecture", Values: []string{"x86_64"}},
			{Name: "state", Values: []string{"available"}},
		},
	}, d.parent())
	if err != nil {
		return fmt.Errorf("looking up an image named %q of account %s (give ami or imageOwner where there is none): %w",
			imagePattern(d.args.OperatingSystem), owner, err)
	}
	kept, err := pulumi.NewStash(d.ctx, d.child("image-"+string(d.args.OperatingSystem)+"-"+owner),
		&pulumi.StashArgs{Input: pulumi.String(found.Id)}, d.parent(), pulumi.IgnoreChanges([]string{"input"}))
	if err != nil {
		return fmt.Errorf("keeping the choice of the image: %w", err)
	}
	d.imageID = kept.Output.ApplyT(func(id any) string {
		if text, ok := id.(string); ok {
			return text
		}
		// Engines of tests do not answer for what Pulumi itself keeps.
		return found.Id
	}).(pulumi.StringOutput)
	return nil
}
