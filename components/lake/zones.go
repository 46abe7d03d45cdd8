package lake

import (
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// ZonePreset names sets of zones.
type ZonePreset string

// The presets. Their figures are those that public data platforms on AWS have.
const (
	// RawCleanTransform has the zones raw (infrequent access after 30 days, archive after 90), clean and transform (infrequent access after
	// 90 days).
	RawCleanTransform ZonePreset = "RAW_CLEAN_TRANSFORM"
	// BronzeSilverGold has the zones bronze (infrequent access after 90 days, archive after 180), silver and gold (infrequent access after
	// 180 days).
	BronzeSilverGold ZonePreset = "BRONZE_SILVER_GOLD"
)

// DefaultZonePreset is that of a [DataLake] without zones and connections.
const DefaultZonePreset = RawCleanTransform

// Zone is a bucket for data of one degree of refinement.
type Zone struct {
	// Name has a-z, 0-9 and hyphens. Required.
	Name string `pulumi:"name" json:"name,omitempty"`
	// Bucket is the zone's bucket. Default: one is made.
	Bucket Bucket `pulumi:"bucket,optional" json:"bucket,omitempty"`
}

// Zones are the zones of a preset; of an unknown one there are none.
func Zones(preset ZonePreset) []Zone {
	first := func(name string, infrequent, archive int) Zone {
		return Zone{Name: name, Bucket: Bucket{Lifecycle: Lifecycle{InfrequentAccessAfterDays: infrequent, ArchiveAfterDays: archive}}}
	}
	switch preset {
	case RawCleanTransform:
		return []Zone{first("raw", 30, 90), first("clean", 90, 0), first("transform", 90, 0)}
	case BronzeSilverGold:
		return []Zone{first("bronze", 90, 180), first("silver", 180, 0), first("gold", 180, 0)}
	}
	return nil
}

// zonesOr are a preset's zones, of which those of the same name are replaced by given ones, and then the other given ones.
func zonesOr(preset ZonePreset, given []Zone) []Zone {
	zones := Zones(preset)
	for _, zone := range given {
		at := slices.IndexFunc(zones, func(z Zone) bool { return z.Name == zone.Name && preset != "" })
		if at < 0 {
			zones = append(zones, zone)
			continue
		}
		zones[at] = zone
	}
	for i := range zones {
		zones[i].Bucket.Lifecycle = zones[i].Bucket.Lifecycle.withDefaults()
	}
	return zones
}

func (z Zone) problems() problem.List {
	var wrong problem.List
	// The name becomes a part of the bucket's.
	if err := awsname.Bucket.Check("zone-" + z.Name + "-0"); z.Name == "" || err != nil || strings.Contains(z.Name, ".") {
		wrong.Add("name", "use a-z, 0-9 and hyphens", "%q is not a zone's name", z.Name)
	}
	wrong.Under("bucket", z.Bucket.problems())
	return wrong
}
