package compute

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

const (
	// minDiskGiB is what EKS's own images take for themselves, and what its console proposes.
	minDiskGiB = 20
	// maxDiskGiB is the largest gp3 volume.
	maxDiskGiB = 16384
	// maxLabels and maxTaints are EKS's for a node group.
	//
	// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
	maxLabels = 50
	maxTaints = 50
	// maxInstanceTypes is EKS's for a node group.
	maxInstanceTypes = 20
	minPods          = 10
	maxPods          = 250
	nearestNames     = 3
)

// problems are those of a pool that has its defaults.
func (p Pool) problems() problem.List {
	var wrong problem.List
	wrong = append(wrong, p.sizeProblems()...)
	wrong = append(wrong, p.hardwareProblems()...)
	wrong = append(wrong, p.labelProblems()...)
	wrong = append(wrong, p.taintProblems()...)
	if p.Zones != WorkloadZone && p.Zones != AllZones {
		wrong.Add("zones", fmt.Sprintf("use %s or %s", WorkloadZone, AllZones), "%q says nothing about zones", p.Zones)
	}
	return wrong
}

func (p Pool) sizeProblems() problem.List {
	var wrong problem.List
	if p.Min < 0 {
		wrong.Add("min", "use 0 or more", "%d nodes", p.Min)
	}
	if p.Max < 1 {
		wrong.Add("max", "use 1 or more", "%d nodes", p.Max)
	}
	if p.Min > p.Max {
		wrong.Add("min", "lower min or raise max", "min %d is above max %d", p.Min, p.Max)
	} else if *p.Desired < p.Min || *p.Desired > p.Max {
		wrong.Add("desired", fmt.Sprintf("use %d to %d", p.Min, p.Max), "%d is outside of min and max", *p.Desired)
	}
	if p.DiskGiB < minDiskGiB || p.DiskGiB > maxDiskGiB {
		wrong.Add("diskGiB", fmt.Sprintf("use %d to %d", minDiskGiB, maxDiskGiB), "%d GiB", p.DiskGiB)
	}
	if p.MaxPods != 0 && (p.MaxPods < minPods || p.MaxPods > maxPods) {
		wrong.Add("maxPods", fmt.Sprintf("use %d to %d", minPods, maxPods), "%d pods", p.MaxPods)
	}
	return wrong
}

// hardwareProblems looks at the instance types, one by one and together.
func (p Pool) hardwareProblems() problem.List {
	var wrong problem.List
	if len(p.InstanceTypes) > maxInstanceTypes {
		wrong.Add("instanceTypes", fmt.Sprintf("name up to %d", maxInstanceTypes), "%d types", len(p.InstanceTypes))
	}
	kinds := map[hardware][]string{}
	unknown := false
	for i, name := range p.InstanceTypes {
		path := problem.Index("instanceTypes", i)
		known, ok := instancetype.Lookup(name)
		if !ok {
			unknown = true
			wrong = append(wrong, p.unknownType(path, name)...)
			continue
		}
		kind, err := hardwareOf(known)
		wrong.AddError(path, err)
		kinds[kind] = append(kinds[kind], name)
		if slices.Index(p.InstanceTypes, name) < i {
			wrong.Add(path, "name it once", "%s is named twice", name)
		}
		wrong = append(wrong, p.tooFewAddresses(path, known)...)
	}
	wrong = append(wrong, p.kindProblems(kinds, unknown)...)
	return wrong
}

// unknownType is about a type that is not in the table: a slip, or newer than the table.
func (p Pool) unknownType(path, name string) problem.List {
	var wrong problem.List
	if p.AllowUnknownInstanceTypes {
		return nil
	}
	fix := "if it is newer than this library, set allowUnknownInstanceTypes and architecture"
	if near := instancetype.Nearest(name, nearestNames); len(near) > 0 {
		fix = "did you mean " + strings.Join(near, ", ") + "? " + fix
	}
	wrong.Add(path, fix, "%q is no instance type that is known", name)
	return wrong
}

// tooFewAddresses is about more pods than the type has addresses for. EKS starts the node, and the pods never.
func (p Pool) tooFewAddresses(path string, known instancetype.Type) problem.List {
	var wrong problem.List
	if most := known.MaxPods(false); p.MaxPods > most && p.MaxPods <= maxPods {
		wrong.Add("maxPods", fmt.Sprintf("use up to %d, or a larger type", most),
			"%d pods, but %s (%s) has addresses for %d", p.MaxPods, known.Name, path, most)
	}
	return wrong
}

// kindProblems are about types that do not go together, or not with what the pool says of itself.
func (p Pool) kindProblems(kinds map[hardware][]string, unknown bool) problem.List {
	var wrong problem.List
	if len(kinds) > 1 {
		wrong.Add("instanceTypes", "make a pool for each: one image serves all nodes of a pool",
			"different architectures or accelerators in one pool: %s", describeKinds(kinds))
	}
	if p.Architecture != "" && p.Architecture != X8664 && p.Architecture != ARM64 {
		wrong.Add("architecture", fmt.Sprintf("use %s or %s", X8664, ARM64), "%q is no architecture", p.Architecture)
	}
	if unknown && p.AllowUnknownInstanceTypes && p.Architecture == "" {
		wrong.Add("architecture", fmt.Sprintf("say %s or %s: it decides on the image", X8664, ARM64),
			"nothing is known of the instance types")
	}
	for _, kind := range sortedKinds(kinds) {
		names := strings.Join(kinds[kind], ", ")
		if p.Architecture != "" && p.Architecture != kind.architecture {
			wrong.Add("architecture", "leave it out, it is known", "%s, but %s is %s", p.Architecture, names, kind.architecture)
		}
		if p.GPU && kind.accelerator != nvidia {
			wrong.Add("gpu", "leave it out, or choose a type with NVIDIA GPUs", "set, but %s has none", names)
		}
	}
	if p.hardware().architecture == ARM64 && !p.AllowArm64 {
		wrong.Add("instanceTypes", "choose a type with x86-64; if other images than DSS's run here, set allowArm64",
			"%s is arm64, and DSS builds its images for x86-64", strings.Join(p.InstanceTypes, ", "))
	}
	return wrong
}

func sortedKinds(kinds map[hardware][]string) []hardware {
	return slices.SortedFunc(maps.Keys(kinds), func(a, b hardware) int { return strings.Compare(a.amiType(), b.amiType()) })
}

func describeKinds(kinds map[hardware][]string) string {
	var parts []string
	for _, kind := range sortedKinds(kinds) {
		text := kind.architecture
		if kind.accelerator != noAccelerator {
			text += " with " + string(kind.accelerator)
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", strings.Join(kinds[kind], ", "), text))
	}
	return strings.Join(parts, "; ")
}

func (p Pool) labelProblems() problem.List {
	var wrong problem.List
	if len(p.Labels) >= maxLabels {
		wrong.Add("labels", fmt.Sprintf("use up to %d, %s is one more", maxLabels-1, PoolLabel), "%d labels", len(p.Labels))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Labels)) {
		path := problem.Join("labels", key)
		wrong.AddError(path, awsname.NodeLabelKey.Check(key))
		wrong.AddError(path, awsname.NodeLabelValue.Check(p.Labels[key]))
		if key == PoolLabel {
			wrong.Add(path, "take it away", "the label holds the pool's name")
		}
	}
	return wrong
}

func (p Pool) taintProblems() problem.List {
	var wrong problem.List
	if len(p.Taints) > maxTaints {
		wrong.Add("taints", fmt.Sprintf("use up to %d", maxTaints), "%d taints", len(p.Taints))
	}
	seen := map[string]bool{}
	for i, taint := range p.Taints {
		path := problem.Index("taints", i)
		wrong.AddError(path+".key", awsname.TaintKey.Check(taint.Key))
		wrong.AddError(path+".value", awsname.TaintValue.Check(taint.Value))
		if _, ok := eksEffects[taint.Effect]; !ok {
			wrong.Add(path+".effect", fmt.Sprintf("use %s, %s or %s", NoSchedule, PreferNoSchedule, NoExecute),
				"%q is no effect", taint.Effect)
		}
		if twice := taint.Key + " " + taint.Effect; seen[twice] {
			wrong.Add(path, "name it once", "a taint with this key and effect is there already")
		} else {
			seen[twice] = true
		}
	}
	return wrong
}
