package access

import (
	"slices"
	"strings"
)

// Marks of names that begin like those of the platform: a policy that leaves out the end of a name, or the slash after a prefix,
// reaches them, too.
const (
	besideMark = "-beside"
	// besideName is for names that have no hyphens.
	besideName = "_beside"
	// labelBucketBeside is what buckets hold that are named like those of the platform.
	labelBucketBeside = "objects in a bucket beside those of the platform"
	// secretSuffix is the length of what Secrets Manager adds to a secret's name, with its hyphen.
	secretSuffix = len("-AbCdEf")
)

// beside adds, for what the platform names, something that others named alike: what begins with the same name, and what is below the
// same path. They go by the labels of what is not the platform's.
func (s *surveyor) beside() {
	labels := map[Kind]string{
		KindBucket: "another bucket", KindDatabase: "another database", KindWorkgroup: "another workgroup", KindSecret: "another secret",
		KindRepository: "another repository", KindLogGroup: "another log group", KindStateMachine: "another state machine",
		KindDataCatalog: "another data catalog", KindCluster: "another cluster", KindDocument: "another document", KindStack: "another stack",
		KindRole:    labelTrusting,
		KindObjects: "objects beside those of the platform",
	}
	seen := map[string]bool{}
	for _, r := range slices.Clone(s.Resources) {
		label, known := labels[r.Kind]
		if !known || r.Outside && !isNamed(r.Label) || strings.HasPrefix(r.Label, elsewhere) {
			continue
		}
		for _, other := range append(neighbours(r), below(r)...) {
			other.Kind, other.Label, other.Outside = r.Kind, label, true
			if r.Kind == KindObjects && other.Parts[PartBucket] != r.Parts[PartBucket] {
				other.Label = labelBucketBeside
			}
			if around := s.around(other); around != nil {
				other.Label, other.Connection, other.Outside, other.things = around.Label, around.Connection, around.Outside, around.things
			}
			if arn := other.Parts[Whole]; !seen[arn] {
				seen[arn] = true
				s.add(other)
			}
		}
	}
}

// isNamed says whether something that is not the platform's is named in its policies.
func isNamed(label string) bool {
	shared := []string{"database default", "Athena's catalog of Glue", "log groups of Glue"}
	return strings.HasSuffix(label, thereBefore) || strings.Contains(label, outsideOf) || slices.Contains(shared, label) ||
		strings.HasPrefix(label, "database ") && strings.Contains(label, " of account ")
}

// around is the area of a bucket that objects are in.
func (s *surveyor) around(objects Resource) *Resource {
	for i, r := range s.Resources {
		if r.Kind == KindObjects && objects.Kind == KindObjects && r.Parts[PartBucket] == objects.Parts[PartBucket] &&
			!isExact(r) && strings.HasPrefix(objects.Context["s3:prefix"][0], r.Context["s3:prefix"][0]) {
			return &s.Resources[i]
		}
	}
	return nil
}

// neighbours begin with the name of a resource.
func neighbours(r Resource) []Resource {
	arn := r.Parts[Whole]
	switch r.Kind {
	case KindObjects:
		return besideObjects(r)
	case KindDatabase:
		return []Resource{{Parts: map[Part]string{Whole: arn + besideName, PartTable: renamed(r.Parts[PartTable], besideName)}}}
	case KindSecret:
		name := arn[:max(0, len(arn)-secretSuffix)]
		return []Resource{{Parts: whole(name + besideMark + arn[len(name):])}}
	case KindLogGroup:
		name := arn
		if folder, leaf := cutLast(arn); leaf == probe {
			name = folder
		}
		return []Resource{{Parts: map[Part]string{Whole: name + besideMark, PartStream: name + besideMark + ":log-stream:" + probe}}}
	case KindRepository, KindStack:
		return []Resource{{Parts: whole(renamed(arn, besideMark))}}
	default:
		return []Resource{{Parts: whole(arn + besideMark)}}
	}
}

// besideObjects are below a prefix that begins like one of the platform's, and in a bucket of such a name.
func besideObjects(r Resource) []Resource {
	bucket, prefix := r.Parts[PartBucket], r.Context["s3:prefix"][0]
	if isExact(r) {
		folder, _ := cutLast(r.Parts[Whole])
		return []Resource{
			{Parts: map[Part]string{Whole: r.Parts[Whole] + besideMark, PartBucket: bucket}, Context: r.Context},
			{Parts: map[Part]string{Whole: folder + "/" + probe, PartBucket: bucket}, Context: r.Context},
		}
	}
	below := func(bucket, prefix string) Resource {
		return Resource{
			Parts:   map[Part]string{Whole: bucket + "/" + prefix + probe, PartBucket: bucket},
			Context: map[string][]string{"s3:prefix": {prefix}},
		}
	}
	// A policy can name the whole bucket of which others have a prefix.
	named := below(bucket+besideMark, "")
	if prefix == "" {
		return []Resource{named}
	}
	return []Resource{named, below(bucket, strings.TrimSuffix(prefix, "/")+besideMark+"/")}
}

// isExact says whether objects are one, and not all below a prefix.
func isExact(r Resource) bool {
	prefix := r.Context["s3:prefix"][0]
	return prefix != "" && !strings.HasSuffix(prefix, "/")
}

// below are a secret and a role that are below the path of one of the platform's.
func below(r Resource) []Resource {
	parts := strings.SplitN(r.Parts[Whole], ":", 6)
	first := parts[len(parts)-1]
	name := map[Kind]string{KindSecret: "another-AbCdEf", KindRole: "another"}[r.Kind]
	path, _, inPath := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(first, "secret:"), "role/"), "/")
	if name == "" || !inPath {
		return nil
	}
	return []Resource{{Parts: whole(strings.Split(r.Parts[Whole], path+"/")[0] + path + "/" + name)}}
}

// renamed adds to the last folder of an ARN, or to its name where that has none.
func renamed(arn, mark string) string {
	folder, leaf := cutLast(arn)
	if strings.HasSuffix(folder, ":repository") {
		return arn + mark
	}
	return folder + mark + "/" + leaf
}

// cutLast cuts at the last slash.
func cutLast(text string) (before, after string) {
	i := strings.LastIndex(text, "/")
	if i < 0 {
		return "", text
	}
	return text[:i], text[i+1:]
}
