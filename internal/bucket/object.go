package bucket

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// Object describes an object that is part of a deployment.
type Object struct {
	// Key is the object's key in the bucket.
	Key string
	// Content is the object's text. Give this or Source.
	Content pulumi.StringInput
	// Source is a file or an archive. Give this or Content.
	Source pulumi.AssetOrArchiveInput
	// ContentType is the MIME type. Default: `binary/octet-stream`.
	ContentType string
	// Tags are put on the object.
	Tags map[string]string
}

// Put writes an object, after the bucket is ready. It is encrypted as the bucket's default says.
func (b *Bucket) Put(ctx *pulumi.Context, name string, object Object, opts ...pulumi.ResourceOption) (*s3.BucketObjectv2, error) {
	args := &s3.BucketObjectv2Args{
		Bucket:      b.Name,
		Key:         pulumi.String(object.Key),
		Source:      object.Source,
		ContentType: optional.String(object.ContentType),
		Tags:        pulumi.ToStringMap(object.Tags),
	}
	if object.Content != nil {
		args.Content = object.Content.ToStringOutput().ToStringPtrOutput()
	}
	made, err := s3.NewBucketObjectv2(ctx, name, args, with(opts, pulumi.DependsOn(b.Ready), pulumi.DeletedWith(b.Resource))...)
	if err != nil {
		return nil, fmt.Errorf("writing object %s: %w", object.Key, err)
	}
	return made, nil
}
