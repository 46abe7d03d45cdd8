package awscloud

import (
	"fmt"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const typeBucket = "aws:s3/bucketV2:BucketV2"

var bucketSpec = Spec{
	ID: property("bucket"),
	Outputs: func(r Request) map[string]any {
		return map[string]any{
			"arn":                      fmt.Sprintf("arn:%s:s3:::%s", r.Partition(), r.ID),
			"bucketDomainName":         r.ID + ".s3." + r.DNSSuffix(),
			"bucketRegionalDomainName": r.ID + ".s3." + r.Region + "." + r.DNSSuffix(),
			"hostedZoneId":             "Z3AQBSTGFYJSTF", "region": r.Region, "forceDestroy": false, "objectLockEnabled": false,
			"requestPayer": "BucketOwner", "websiteDomain": "", "websiteEndpoint": "",
		}
	},
	NameLimit: 63,
	NameLower: true,
	Unique:    []string{"bucket"},
	Taken: func(r Request) string {
		return fmt.Sprintf("creating S3 Bucket (%s): BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded "+
			"and you already own it.", r.Text("bucket"))
	},
}

// perBucket is a setting of a bucket: one each, and its id is the bucket's name.
func perBucket(what string) Spec {
	return Spec{
		ID: property("bucket"), Outputs: none,
		Unique: []string{"bucket"},
		// S3 overwrites. Two resources that set one thing would undo each other at every update.
		Taken: func(r Request) string {
			return fmt.Sprintf("S3 Bucket (%s) has a second %s: AWS would let the later one overwrite the earlier", r.Text("bucket"), what)
		},
		Validate: func(r Request) error {
			return bucketExists(r, "putting S3 Bucket "+what)
		},
	}
}

func bucketExists(r Request, doing string) error {
	for _, typ := range []string{typeBucket, "aws:s3/bucket:Bucket"} {
		if _, ok := r.Existing.Get(typ, "", r.Text("bucket")); ok {
			return nil
		}
	}
	return fmt.Errorf("%s (%s): NoSuchBucket: The specified bucket does not exist", doing, r.Text("bucket"))
}

var s3Specs = map[string]Spec{
	typeBucket:             bucketSpec,
	"aws:s3/bucket:Bucket": bucketSpec,
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                                               perBucket("versioning"),
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": perBucket("encryption"),
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       perBucket("lifecycle configuration"),
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     perBucket("public access block"),
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     perBucket("ownership controls"),
	"aws:s3/bucketPolicy:BucketPolicy":                                                           perBucket("policy"),
	"aws:s3/bucketLoggingV2:BucketLoggingV2":                                                     perBucket("logging"),
	"aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2":                                 perBucket("CORS configuration"),
	"aws:s3/bucketNotification:BucketNotification":                                               perBucket("notification configuration"),
	"aws:s3/bucketObjectv2:BucketObjectv2":                                                       objectSpec,
	"aws:s3/bucketObject:BucketObject":                                                           objectSpec,
}

var objectSpec = Spec{
	ID: func(r Request) string {
		if r.Type == "aws:s3/bucketObject:BucketObject" {
			return r.Text("key")
		}
		return r.Text("bucket") + "/" + r.Text("key")
	},
	Outputs: func(r Request) map[string]any {
		return map[string]any{
			"arn":  fmt.Sprintf("arn:%s:s3:::%s/%s", r.Partition(), r.Text("bucket"), r.Text("key")),
			"etag": contentHash(r, 32), "versionId": contentHash(r, 31), "storageClass": "STANDARD",
			"serverSideEncryption": "AES256", "contentType": "application/octet-stream",
			"checksumCrc32": "", "checksumCrc32c": "", "checksumCrc64nvme": "", "checksumSha1": "", "checksumSha256": "",
		}
	},
	Renewed: []string{"etag", "versionId"},
	Unique:  []string{"bucket", "key"},
	Taken: func(r Request) string {
		return fmt.Sprintf("S3 Object (%s/%s) is written twice", r.Text("bucket"), r.Text("key"))
	},
	Validate: func(r Request) error { return bucketExists(r, "uploading S3 Object ("+r.Text("key")+") to Bucket") },
}

// contentHash depends on what the object holds, so that it changes when that does.
func contentHash(r Request, digits int) string {
	var of []any
	for _, name := range []string{"content", "contentBase64", "source"} {
		v, ok := inventory.At(r.Inputs, name)
		switch {
		case ok && v.IsString():
			of = append(of, v.StringValue())
		case ok && v.IsAsset():
			of = append(of, v.AssetValue().Hash)
		case ok && v.IsArchive():
			of = append(of, v.ArchiveValue().Hash)
		}
	}
	return inventory.Hex(digits, append(of, "content")...)
}
