package dssnode

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// DefaultVersion is the release that an installation has by default: the newest patch of 14 whose Python client the tests run with.
const DefaultVersion = "14.7.5"

// OldestMajor is the oldest major that is supported: 13 runs on Java 11 and has other settings.
const OldestMajor = 14

// release is a release of DSS, major.minor.patch.
type release struct{ major, minor, patch int }

// String is the release as DSS writes it.
func (r release) String() string { return fmt.Sprintf("%d.%d.%d", r.major, r.minor, r.patch) }

// compare orders releases: negative where r is older.
func (r release) compare(other release) int {
	return cmp.Or(cmp.Compare(r.major, other.major), cmp.Compare(r.minor, other.minor), cmp.Compare(r.patch, other.patch))
}

var releasePattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})$`)

// parseRelease reads a release such as "14.7.5".
func parseRelease(version string) (release, bool) {
	parts := releasePattern.FindStringSubmatch(version)
	if parts == nil {
		return release{}, false
	}
	numbers := [3]int{}
	for i, part := range parts[1:] {
		numbers[i], _ = strconv.Atoi(part)
	}
	return release{numbers[0], numbers[1], numbers[2]}, true
}

// CompareVersions orders two releases: negative where a is older than b. An error says which of them is no release.
func CompareVersions(a, b string) (int, error) {
	var parsed [2]release
	for i, version := range []string{a, b} {
		r, ok := parseRelease(version)
		if !ok {
			return 0, fmt.Errorf("%q is no release of DSS: write it as %s", version, DefaultVersion)
		}
		parsed[i] = r
	}
	return parsed[0].compare(parsed[1]), nil
}

// Major is what is known of a major of DSS.
type Major struct {
	// Number is the major: 14.
	Number int
	// Patches are the newest patch of each minor, by the minor: every patch up to it was released.
	Patches []int
	// Java is the Java release that DSS runs on.
	Java string
	// Pythons are the releases of Python that DSS itself runs on, the preferred one first.
	Pythons []string
	// CodeEnvPythons are those that code environments may have.
	CodeEnvPythons []string
	// SparkVersions are the releases of Spark that the file name of the standalone archive is tried with, in order: the vendor publishes
	// one for each release of DSS, and says in no table which.
	SparkVersions []string
	// TestedClient is the release of the vendor's Python client that the tests run with.
	TestedClient string
	// Verified says where the facts come from.
	Verified string
}

// sparkVersions begin with the one that is known of 13.5; the others are the later releases of Spark 3.5.
var sparkVersions = []string{"3.5.3", "3.5.4", "3.5.5", "3.5.6", "3.5.7", "3.5.8", "3.5.2", "3.5.1", "3.4.1"}

// majors are the supported majors, oldest first. Releases: the vendor's Python client is released with each release of DSS, by the same
// number.
//
// Source: https://doc.dataiku.com/dss/latest/installation/custom/requirements.html
var majors = []Major{
	{
		Number: 14, Patches: []int{2, 4, 3, 3, 4, 2, 2, 6}, Java: "17", Pythons: []string{"3.11", "3.9", "3.10"},
		CodeEnvPythons: []string{"3.9", "3.10", "3.11", "3.12", "3.13"}, SparkVersions: sparkVersions, TestedClient: "14.7.5",
		Verified: "runtime from the vendor's pages of 14.2.2; settings from third parties that ran them on 10 to 14; " +
			"the archive of Spark is not verified",
	},
	{
		Number: 15, Patches: []int{2, 0, 1}, Java: "17", Pythons: []string{"3.11", "3.9", "3.10"},
		CodeEnvPythons: []string{"3.9", "3.10", "3.11", "3.12", "3.13"}, SparkVersions: sparkVersions, TestedClient: "15.2.0",
		Verified: "runtime as of 14.2.2; container settings from a third party that ran them on 15; the rest is not verified",
	},
}

// Majors are the supported majors of DSS, oldest first.
func Majors() []Major { return slices.Clone(majors) }

// majorOf is what is known of a release's major; of one that is not known, what is known of the newest before it, or of the oldest.
func majorOf(r release) Major {
	found := majors[0]
	for _, m := range majors {
		if m.Number <= r.major {
			found = m
		}
	}
	return found
}

// isKnown says whether a release is in the table.
func (r release) isKnown() bool {
	for _, m := range majors {
		if m.Number == r.major {
			return r.minor < len(m.Patches) && r.patch <= m.Patches[r.minor]
		}
	}
	return false
}

// nearestKnown is the known release that is closest: the newest one that is not newer, or the oldest of all.
func nearestKnown(r release) release {
	nearest := release{majors[0].Number, 0, 0}
	for _, m := range majors {
		for minor, patch := range m.Patches {
			candidate := release{m.Number, minor, patch}
			if m.Number == r.major && minor == r.minor {
				candidate.patch = min(patch, r.patch)
			}
			if candidate.compare(r) <= 0 && candidate.compare(nearest) > 0 {
				nearest = candidate
			}
		}
	}
	return nearest
}

// knownVersions says in words which releases are known.
func knownVersions() string {
	texts := make([]string, 0, len(majors))
	for _, m := range majors {
		last := len(m.Patches) - 1
		texts = append(texts, fmt.Sprintf("%d.0.0 to %d.%d.%d", m.Number, m.Number, last, m.Patches[last]))
	}
	return strings.Join(texts, " and ")
}
