package bucket

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// DefaultNoncurrentDays is for how many days a version of an object stays after it was overwritten or deleted: a month
// to notice a mistake, without paying for the old versions for ever.
const DefaultNoncurrentDays = 30

// AbortIncompleteUploadDays is after how many days the parts of an upload that was never finished are deleted. They
// cost as much as objects, and no listing shows them.
const AbortIncompleteUploadDays = 7

// HousekeepingRuleID names the rule that every bucket has.
const HousekeepingRuleID = "housekeeping"

// Rule is a rule of a bucket's lifecycle.
type Rule struct {
	// ID names the rule within its bucket.
	ID string
	// Prefix is what the keys of the objects begin with. Default: all objects.
	Prefix string
	// ExpireAfterDays is after how many days an object is deleted. Default: never.
	ExpireAfterDays int
	// NoncurrentDays is for how many days a version stays after it was overwritten or deleted. Default: as all others
	// of the bucket.
	NoncurrentDays int
	// AbortUploadDays is after how many days the parts of an unfinished upload are deleted. Default: never by this rule.
	AbortUploadDays int
	// Transitions move objects to cheaper storage.
	Transitions []Transition
	// DeleteMarkers deletes the markers of deleted objects that have no versions left. It cannot stand beside
	// ExpireAfterDays.
	DeleteMarkers bool
}

// Transition moves objects to another storage class.
type Transition struct {
	// AfterDays counts from the object's creation.
	AfterDays int
	// StorageClass is S3's name of it: STANDARD_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE.
	StorageClass string
}

// Rules are all rules of a bucket: housekeeping first, then the caller's. Zero days stand for the default.
func Rules(noncurrentDays int, more []Rule) []Rule {
	if noncurrentDays == 0 {
		noncurrentDays = DefaultNoncurrentDays
	}
	housekeeping := Rule{
		ID:              HousekeepingRuleID,
		NoncurrentDays:  noncurrentDays,
		AbortUploadDays: AbortIncompleteUploadDays,
		DeleteMarkers:   true,
	}
	return append([]Rule{housekeeping}, more...)
}

func ruleArray(rules []Rule) s3.BucketLifecycleConfigurationV2RuleArray {
	array := make(s3.BucketLifecycleConfigurationV2RuleArray, 0, len(rules))
	for _, rule := range rules {
		array = append(array, ruleArgs(rule))
	}
	return array
}

func ruleArgs(rule Rule) s3.BucketLifecycleConfigurationV2RuleArgs {
	args := s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String(rule.ID),
		Status: pulumi.String("Enabled"),
		Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: optional.String(rule.Prefix)},
	}
	switch {
	case rule.ExpireAfterDays > 0:
		args.Expiration = s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(rule.ExpireAfterDays)}
	case rule.DeleteMarkers:
		args.Expiration = s3.BucketLifecycleConfigurationV2RuleExpirationArgs{ExpiredObjectDeleteMarker: pulumi.Bool(true)}
	}
	if rule.NoncurrentDays > 0 {
		args.NoncurrentVersionExpiration = s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
			NoncurrentDays: pulumi.Int(rule.NoncurrentDays),
		}
	}
	if rule.AbortUploadDays > 0 {
		args.AbortIncompleteMultipartUpload = s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(rule.AbortUploadDays),
		}
	}
	var transitions s3.BucketLifecycleConfigurationV2RuleTransitionArray
	for _, t := range rule.Transitions {
		transitions = append(transitions, s3.BucketLifecycleConfigurationV2RuleTransitionArgs{
			Days: pulumi.Int(t.AfterDays), StorageClass: pulumi.String(t.StorageClass),
		})
	}
	if transitions != nil {
		args.Transitions = transitions
	}
	return args
}
