// Package instancetype holds what EC2's instance types offer: vCPU, memory, architecture, GPUs, instance store, network interfaces
// and the list price, and what of it a Kubernetes node leaves to pods. The table is generated and dated (see SpecificationSource,
// NetworkSource and PricesAsOf); a type that AWS added later is not in it, so a program must let its user go on with such a type.
//
// Nothing is read when the program starts: a lookup searches the embedded text and reads one line of it.
package instancetype

//go:generate ../../tools/tables/generate

import (
	_ "embed"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Type is an EC2 instance type, as DescribeInstanceTypes describes it.
type Type struct {
	// Name is the type's name, such as "m7i.4xlarge".
	Name string
	// VCPU is the number of virtual CPUs at the default number of threads a core.
	VCPU int
	// MemoryMiB is the memory that AWS names, in MiB. The operating system sees less of it, see AllocatableMemoryMiB.
	MemoryMiB int
	// Architecture is "x86_64" or "arm64". Types that run macOS are not in the table.
	Architecture string
	// GPUs is the number of GPUs that an instance sees (a part of a GPU, as on g6f, counts as one); 0 for types with other
	// accelerators only, such as Inferentia and Trainium.
	GPUs int
	// GPUMaker is "NVIDIA", "AMD" or "Habana", and "" where there is no GPU. The EKS images with GPU drivers are for NVIDIA.
	GPUMaker string
	// NVMeCount is the number of NVMe instance store volumes.
	NVMeCount int
	// NVMeGB is the size of all NVMe instance store volumes together, in GB.
	NVMeGB int
	// MaxENIs is the number of network interfaces of the default network card; the VPC CNI uses no other card.
	MaxENIs int
	// IPv4PerENI is the number of IPv4 addresses of one network interface, its own primary address included.
	IPv4PerENI int
	// Nitro says that the type is built on the Nitro System (bare metal included), which prefix delegation needs.
	Nitro bool
	// USDPerHour is the on-demand list price for Linux in PriceRegion on the day PricesAsOf; 0 where it is not known.
	USDPerHour float64
}

// table is sorted by name, after a header of comment lines and a line of column names.
//
//go:embed instance_types.csv
var table string

// columns is the last line of the header.
const columns = "name,vcpu,memoryMiB,architecture,gpus,gpuMaker,nvmeCount,nvmeGB,enis,ipv4PerENI,nitro,usdPerHour\n"

// Lookup finds an instance type by its exact name.
func Lookup(name string) (Type, bool) {
	rest := lines()
	for rest != "" {
		start := strings.LastIndexByte(rest[:len(rest)/2], '\n') + 1
		end := start + strings.IndexByte(rest[start:], '\n')
		line := rest[start:end]
		found, _, _ := strings.Cut(line, ",")
		switch {
		case found == name:
			return parse(line), true
		case found < name:
			rest = rest[end+1:]
		default:
			rest = rest[:start]
		}
	}
	return Type{}, false
}

// All goes through every instance type in order of name.
func All() iter.Seq[Type] {
	return func(yield func(Type) bool) {
		for line := range strings.Lines(lines()) {
			if !yield(parse(strings.TrimSuffix(line, "\n"))) {
				return
			}
		}
	}
}

// lines is the table without its header.
func lines() string {
	_, rest, _ := strings.Cut(table, columns)
	return rest
}

// parse reads a line of the table. The table is part of the program and a test reads all of it, so a line that cannot be read is a
// damaged program.
func parse(line string) Type {
	f := strings.Split(line, ",")
	if len(f) != strings.Count(columns, ",")+1 {
		panic(fmt.Sprintf("instancetype: line with %d columns in the embedded table: %q", len(f), line))
	}
	return Type{
		Name: f[0], VCPU: number(f[1]), MemoryMiB: number(f[2]), Architecture: f[3],
		GPUs: number(f[4]), GPUMaker: f[5], NVMeCount: number(f[6]), NVMeGB: number(f[7]),
		MaxENIs: number(f[8]), IPv4PerENI: number(f[9]), Nitro: f[10] == "true", USDPerHour: price(f[11]),
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic("instancetype: the embedded table: " + err.Error())
	}
	return n
}

func price(text string) float64 {
	if text == "" {
		return 0
	}
	usd, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("instancetype: the embedded table: " + err.Error())
	}
	return usd
}
