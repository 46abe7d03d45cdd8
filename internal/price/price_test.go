package price_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/price"
)

// The gp3 figures of the first line are Infracost's ebs_volume_test.golden: 40 GB, 130 MiB/s, 4,000 IOPS cost 3.20 + 0.20 + 5.00.
func TestGP3Month(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size, iops, mibps int
		want              float64
	}{
		{40, 4000, 130, 8.40},
		{200, 3000, 125, 16},
		{200, 0, 0, 16},
		{0, 3001, 126, 0.045},
	} {
		assert.InDelta(t, c.want, price.GP3Month(c.size, c.iops, c.mibps), 1e-9)
	}
}

// The monthly figures are Infracost's eks_cluster_test, nat_gateway_test, vpc_endpoint_test, lb_test and eip_test.
func TestMonth(t *testing.T) {
	t.Parallel()
	for hour, want := range map[float64]float64{
		price.EKSClusterHour: 73.00, price.NATGatewayHour: 32.85, price.InterfaceEndpointHour: 7.30, price.ALBHour: 16.425,
		price.PublicIPv4Hour: 3.65, price.EKSExtendedClusterHour: 438,
	} {
		assert.InDelta(t, want, price.Month(hour), 1e-9)
	}
}
