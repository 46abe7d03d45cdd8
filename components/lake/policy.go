package lake

import (
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// Reach is what credentials reach: one bucket or prefix, and the databases and the workgroup of a connection.
type Reach struct {
	// Location is where the credentials' account is.
	Location location.Location
	// Bucket and Prefix are where the files are; an empty prefix is the whole bucket.
	Bucket, Prefix string
	// Region is the bucket's.
	Region string
	// Direct lets files be read through S3.
	Direct bool
	// Write lets files and tables be changed.
	Write bool
	// KMSKeyARN is the key of the files. Default: none.
	KMSKeyARN string
	// Catalog are the databases and the workgroup, if there are any.
	Catalog catalog.Grant
}

// Policy is the policy of the credentials.
func (r Reach) Policy() iam.Document {
	var statements []iam.Statement
	if r.Direct {
		statements = append(statements, r.files()...)
	}
	if len(r.Catalog.Databases)+len(r.Catalog.Foreign)+len(r.Catalog.Workgroups) > 0 {
		statements = append(statements, r.Catalog.Policy().Statements...)
	}
	return iam.NewDocument(statements...)
}

// readFiles and writeFiles are actions on objects. Versions are not among them: who overwrites by mistake asks for help.
func readFiles() []string { return []string{"s3:GetObject"} }

func writeFiles() []string {
	return []string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"}
}

// files are statements about the files in S3.
//
// Source: https://doc.dataiku.com/dss/latest/connecting/s3.html
func (r Reach) files() []iam.Statement {
	bucket := r.Location.BucketARN(r.Bucket)
	actions := readFiles()
	if r.Write {
		actions = append(actions, writeFiles()...)
	}
	list := iam.Allow("FilesList", []string{"s3:ListBucket"}, bucket)
	if r.Prefix != "" {
		list = list.If("StringLike", "s3:prefix", r.Prefix+"*")
	}
	statements := []iam.Statement{
		iam.Allow("FilesBucket", []string{"s3:GetBucketLocation"}, bucket),
		list,
		// Every file below the prefix; files come and go.
		iam.Allow("Files", actions, bucket+"/"+r.Prefix+"*"),
	}
	if r.KMSKeyARN == "" {
		return statements
	}
	return append(statements, iam.Allow("FilesKey", keyActions(r.Write), r.KMSKeyARN).
		If("StringEquals", "kms:ViaService", r.bucketService()))
}

// keyActions are what S3 does with a key in the caller's name.
func keyActions(write bool) []string {
	if write {
		return []string{"kms:Decrypt", "kms:GenerateDataKey"}
	}
	return []string{"kms:Decrypt"}
}

// bucketService is S3's host name where the bucket is.
func (r Reach) bucketService() string {
	there := r.Location
	there.Region = r.Region
	return there.Service("s3")
}

// Holders are who reaches a bucket of another account, by the ARNs of their roles and users.
type Holders struct {
	// Writers are those who write, too, where the connection does.
	Writers []string
	// Readers are those who only read: pods, and crawlers.
	Readers []string
	// Registration is the role that Lake Formation reads and writes with for others, where the place is registered. Default: none.
	Registration string
}

// all are both, sorted.
func (h Holders) all() []string {
	return slices.Sorted(slices.Values(slices.Concat(h.Writers, h.Readers)))
}

// OwnerBucketPolicy are the statements that the bucket's policy needs where another account owns it. There are none where nobody comes
// directly.
func (r Reach) OwnerBucketPolicy(holders Holders) iam.Document {
	reading := r
	reading.Write = false
	statements := reading.bucketStatements(holders.all()...)
	if r.Direct && r.Write && len(holders.Writers) > 0 {
		files := r.Location.BucketARN(r.Bucket) + "/" + r.Prefix + "*"
		statements = append(statements, iam.Allow("FilesWrite", writeFiles(), files).For(iam.Principal{AWS: holders.Writers}))
	}
	own := iam.NewDocument(statements...)
	if holders.Registration == "" {
		return own
	}
	return iam.Merge(own, r.registered().OwnerBucketPolicy(Holders{Writers: []string{holders.Registration}}))
}

// registered is what Lake Formation's role reaches: files, whoever may not come directly, and to write, too.
func (r Reach) registered() Reach {
	r.Direct, r.Write = true, true
	return r
}

// bucketStatements are the statements of the bucket's policy that let principals of other accounts reach the files.
func (r Reach) bucketStatements(principals ...string) []iam.Statement {
	var statements []iam.Statement
	if !r.Direct {
		return statements
	}
	for _, statement := range r.files() {
		if statement.Sid != "FilesKey" {
			statements = append(statements, statement.For(iam.Principal{AWS: principals}))
		}
	}
	return statements
}

// OwnerKeyPolicy are the statements that the key's policy needs where another account owns it. There are none without a key.
func (r Reach) OwnerKeyPolicy(holders Holders) iam.Document {
	if holders.Registration != "" {
		with := Holders{Writers: []string{holders.Registration}}
		holders.Registration = ""
		return iam.Merge(r.OwnerKeyPolicy(holders), r.registered().OwnerKeyPolicy(with))
	}
	var statements []iam.Statement
	if !r.Direct || r.KMSKeyARN == "" {
		return iam.NewDocument()
	}
	for _, group := range []struct {
		sid     string
		actions []string
		who     []string
	}{{"DSSConnection", keyActions(r.Write), holders.Writers}, {"DSSReaders", keyActions(false), holders.Readers}} {
		if len(group.who) > 0 {
			// A key's policy is about that key: `*` is the key itself.
			statements = append(statements, iam.Allow(group.sid, group.actions, "*").For(iam.Principal{AWS: group.who}).
				If("StringEquals", "kms:ViaService", r.bucketService()))
		}
	}
	return iam.NewDocument(statements...)
}

// TrustPolicy lets principals take a role, if they know the external id.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
func TrustPolicy(principals []string, externalID string) iam.Document {
	sorted := slices.Compact(slices.Sorted(slices.Values(principals)))
	return iam.NewDocument(iam.Statement{
		Sid: "DSS", Effect: iam.EffectAllow, Actions: []string{"sts:AssumeRole"},
	}.For(iam.Principal{AWS: sorted}).If("StringEquals", "sts:ExternalId", externalID))
}

// folder is a prefix with the slash at its end, or nothing.
func folder(prefix string) string {
	if prefix = strings.Trim(prefix, "/"); prefix == "" {
		return ""
	}
	return prefix + "/"
}
