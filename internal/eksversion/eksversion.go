// Package eksversion knows which Kubernetes versions EKS supports and until when, and which upgrades it allows. The table is kept by
// hand and dated: each release of the library looks at it again.
package eksversion

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// Default is the Kubernetes version of a cluster whose arguments name none.
	Default = "1.35"
	// AsOf is the day on which the table was last checked.
	AsOf = "2026-11-21"
	// Source is where its dates are from.
	Source = "Amazon EKS user guide, \"Understand the Kubernetes version lifecycle on EKS\", Amazon EKS Kubernetes release calendar"
	// nearEnd is how long before the end of standard support a verdict begins to warn.
	nearEnd = 60 * 24 * time.Hour
)

// Status is the support that a version has.
type Status int

const (
	// Unknown is a version that the table does not have, or no version at all.
	Unknown Status = iota
	// Supported is a version in standard support.
	Supported
	// Extended is a version in extended support, which costs more for each hour of the cluster.
	Extended
	// OutOfSupport is a version that EKS no longer offers: it upgrades such clusters by itself.
	OutOfSupport
)

// String is the status in words.
func (s Status) String() string {
	return [...]string{"unknown", "in standard support", "in extended support", "out of support"}[s]
}

// Verdict is the support of a version on a day.
type Verdict struct {
	// Status is the kind of support.
	Status Status
	// Message says the status with its dates, and what to do where something is to be done.
	Message string
	// Warn says that the message is worth showing: anything but standard support that lasts another 60 days.
	Warn bool
}

// release is a line of the table; the dates are the first day without standard support and the last day of extended support.
type release struct {
	minor                        int
	standardUntil, extendedUntil string
}

// releases are sorted by version.
func releases() []release {
	return []release{
		{30, "2025-07-23", "2026-07-23"},
		{31, "2025-11-26", "2026-11-26"},
		{32, "2026-03-23", "2027-03-23"},
		{33, "2026-07-29", "2027-07-29"},
		{34, "2026-12-02", "2027-12-02"},
		{35, "2027-03-27", "2028-03-27"},
		{36, "2027-08-02", "2028-08-02"},
	}
}

// Check tells the support that EKS gives to a version, such as "1.35", on a day. A version enters extended support at the start (UTC)
// of the day on which standard support ends, and is out of support after the last day of extended support.
func Check(version string, on time.Time) Verdict {
	minor, err := parse(version)
	if err != nil {
		return Verdict{Unknown, err.Error(), true}
	}
	table := releases()
	oldest, newest := table[0].minor, table[len(table)-1].minor
	switch {
	case minor < oldest:
		return Verdict{OutOfSupport, fmt.Sprintf("Kubernetes %s is out of support on EKS: use %s", version, Default), true}
	case minor > newest:
		return Verdict{Unknown, fmt.Sprintf("Kubernetes %s is not known here, where the newest version of EKS is 1.%d as of %s: "+
			"check that EKS offers it", version, newest, AsOf), true}
	}
	at, _ := slices.BinarySearchFunc(table, minor, func(r release, minor int) int { return cmp.Compare(r.minor, minor) })
	return table[at].check(version, on)
}

func (r release) check(version string, on time.Time) Verdict {
	standardEnd, extendedEnd := day(r.standardUntil), day(r.extendedUntil).AddDate(0, 0, 1)
	switch {
	case on.Before(standardEnd.Add(-nearEnd)):
		return Verdict{Supported, fmt.Sprintf("Kubernetes %s is in standard support on EKS until %s", version, r.standardUntil), false}
	case on.Before(standardEnd):
		days := int(math.Ceil(standardEnd.Sub(on).Hours() / 24))
		return Verdict{Supported, fmt.Sprintf("Kubernetes %s leaves standard support on EKS on %s, in %d days, and costs more from then "+
			"on: plan the upgrade to 1.%d", version, r.standardUntil, days, r.minor+1), true}
	case on.Before(extendedEnd):
		return Verdict{Extended, fmt.Sprintf("Kubernetes %s is in extended support on EKS since %s, which costs more for each hour, until "+
			"%s: upgrade to 1.%d", version, r.standardUntil, r.extendedUntil, r.minor+1), true}
	}
	return Verdict{OutOfSupport, fmt.Sprintf("Kubernetes %s is out of support on EKS since %s: use %s",
		version, r.extendedUntil, Default), true}
}

// Upgrade returns nil where EKS can bring the control plane of a cluster from one version to the other in one step: the same version
// or the next minor one (EKS user guide, "Update existing cluster to new Kubernetes version"). The error says which versions to go
// through.
func Upgrade(from, to string) error {
	old, err := parse(from)
	if err != nil {
		return fmt.Errorf("version of the cluster: %w", err)
	}
	next, err := parse(to)
	if err != nil {
		return fmt.Errorf("version to upgrade to: %w", err)
	}
	switch {
	case next < old:
		return fmt.Errorf("kubernetes %s cannot go back to %s: EKS never downgrades a control plane; keep %s or make a new cluster",
			from, to, from)
	case next > old+1:
		return fmt.Errorf("kubernetes %s cannot go to %s at once: EKS upgrades one minor version at a time; go through %s, "+
			"with the node groups each time", from, to, strings.Join(between(old, next), ", "))
	}
	return nil
}

// between lists the versions from the one after the old to the new.
func between(old, next int) []string {
	const most = 20 // a mistyped version must not fill the screen
	var steps []string
	for minor := old + 1; minor <= next && len(steps) < most; minor++ {
		steps = append(steps, fmt.Sprintf("1.%d", minor))
	}
	return steps
}

// parse reads "1.N".
func parse(version string) (int, error) {
	text, ok := strings.CutPrefix(version, "1.")
	minor, err := strconv.Atoi(text)
	if !ok || err != nil || strconv.Itoa(minor) != text || minor < 0 {
		return 0, fmt.Errorf("%q is not a Kubernetes version of EKS: write major and minor version only, such as %q", version, Default)
	}
	return minor, nil
}

// day reads a date of the table. A test reads all of them, so one that cannot be read is a damaged program.
func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic("eksversion: " + err.Error())
	}
	return t
}
