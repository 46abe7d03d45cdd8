package lake

import (
	"fmt"

	"github.com/pulumi-dss/pulumi-dss/internal/bucket"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Limits that S3 has, in days. Objects that leave a class earlier are paid for until then.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
const (
	// MinInfrequentAccessAfterDays is how old an object has to be for S3 Standard-IA.
	MinInfrequentAccessAfterDays = 30
	// MinInfrequentAccessDays is for how long Standard-IA is paid at least.
	MinInfrequentAccessDays = 30
	// MinArchiveDays is for how long S3 Glacier Flexible Retrieval is paid at least.
	MinArchiveDays = 90
	// MinArchiveAfterDays is how old an object has to be for Glacier here: an archive is no place for data in use.
	MinArchiveAfterDays = 90
)

// Storage classes of S3 by the names that the API has.
const (
	infrequentAccess = "STANDARD_IA"
	archive          = "GLACIER"
)

// Lifecycle is what becomes of objects as they get older. Zero days stand for never.
type Lifecycle struct {
	// InfrequentAccessAfterDays moves objects to S3 Standard-IA, after [MinInfrequentAccessAfterDays] or more. Default: never.
	InfrequentAccessAfterDays int `pulumi:"infrequentAccessAfterDays,optional" json:"infrequentAccessAfterDays,omitempty"`
	// ArchiveAfterDays moves objects to S3 Glacier Flexible Retrieval, after [MinArchiveAfterDays] or more. Neither DSS nor Athena reads them
	// there: they have to be restored. Default: never.
	ArchiveAfterDays int `pulumi:"archiveAfterDays,optional" json:"archiveAfterDays,omitempty"`
	// ExpireAfterDays deletes objects. Default: never.
	ExpireAfterDays int `pulumi:"expireAfterDays,optional" json:"expireAfterDays,omitempty"`
	// NoncurrentDays is for how many days an overwritten or deleted object can be brought back, 1 or more. Default:
	// [bucket.DefaultNoncurrentDays].
	NoncurrentDays int `pulumi:"noncurrentDays,optional" json:"noncurrentDays,omitempty"`
}

func (l Lifecycle) withDefaults() Lifecycle {
	optional.Default(&l.NoncurrentDays, bucket.DefaultNoncurrentDays)
	return l
}

// rules are the lifecycle as rules of a bucket.
func (l Lifecycle) rules() []bucket.Rule {
	rule := bucket.Rule{ID: "age", ExpireAfterDays: l.ExpireAfterDays}
	if l.InfrequentAccessAfterDays > 0 {
		rule.Transitions = append(rule.Transitions, bucket.Transition{AfterDays: l.InfrequentAccessAfterDays, StorageClass: infrequentAccess})
	}
	if l.ArchiveAfterDays > 0 {
		rule.Transitions = append(rule.Transitions, bucket.Transition{AfterDays: l.ArchiveAfterDays, StorageClass: archive})
	}
	if rule.ExpireAfterDays == 0 && rule.Transitions == nil {
		return nil
	}
	return []bucket.Rule{rule}
}

func (l Lifecycle) problems() problem.List {
	var wrong problem.List
	ia, glacier, end := l.InfrequentAccessAfterDays, l.ArchiveAfterDays, l.ExpireAfterDays
	if ia != 0 && ia < MinInfrequentAccessAfterDays {
		wrong.Add("infrequentAccessAfterDays", fmt.Sprintf("use %d or more: S3 takes no younger objects", MinInfrequentAccessAfterDays),
			"%d days", ia)
	}
	if glacier != 0 && glacier < MinArchiveAfterDays {
		wrong.Add("archiveAfterDays", fmt.Sprintf("use %d or more", MinArchiveAfterDays), "%d days", glacier)
	}
	if ia > 0 && glacier > 0 && glacier < ia+MinInfrequentAccessDays {
		wrong.Add("archiveAfterDays",
			fmt.Sprintf("use %d or more: S3 Standard-IA is paid for %d days", ia+MinInfrequentAccessDays, MinInfrequentAccessDays),
			"%d days, and %d for infrequent access", glacier, ia)
	}
	if end < 0 {
		wrong.Add("expireAfterDays", "use 1 or more, or leave it out", "%d days", end)
	}
	if end > 0 && ia > 0 && end < ia+MinInfrequentAccessDays {
		wrong.Add("expireAfterDays",
			fmt.Sprintf("use %d or more: S3 Standard-IA is paid for %d days", ia+MinInfrequentAccessDays, MinInfrequentAccessDays),
			"%d days, and %d for infrequent access", end, ia)
	}
	if end > 0 && glacier > 0 && end < glacier+MinArchiveDays {
		wrong.Add("expireAfterDays", fmt.Sprintf("use %d or more: S3 Glacier is paid for %d days", glacier+MinArchiveDays, MinArchiveDays),
			"%d days, and %d for the archive", end, glacier)
	}
	if l.NoncurrentDays < 0 {
		wrong.Add("noncurrentDays", "use 1 or more", "%d days", l.NoncurrentDays)
	}
	return wrong
}
