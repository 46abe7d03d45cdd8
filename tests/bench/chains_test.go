package bench_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
)

// link is a resource that has to be complete before the next one of its chain can begin.
type link struct{ typ, why string }

// chain is an order that AWS itself demands. It is written down by hand, and owes nothing to the program's dependencies.
type chain struct {
	name  string
	links []link
}

// Types that chains are made of.
const (
	typVPC         = "aws:ec2/vpc:Vpc"
	typSubnet      = "aws:ec2/subnet:Subnet"
	typNAT         = "aws:ec2/natGateway:NatGateway"
	typRoute       = "aws:ec2/route:Route"
	typKey         = "aws:kms/key:Key"
	typLogGroup    = "aws:cloudwatch/logGroup:LogGroup"
	typCluster     = "aws:eks/cluster:Cluster"
	typAddon       = "aws:eks/addon:Addon"
	typNodeGroup   = "aws:eks/nodeGroup:NodeGroup"
	typInstance    = "aws:ec2/instance:Instance"
	typVolume      = "aws:ebs/volume:Volume"
	typAttachment  = "aws:ec2/volumeAttachment:VolumeAttachment"
	typAssociation = "aws:ssm/association:Association"
	typStack       = "aws:cloudformation/stack:Stack"
	typEndpoint    = "aws:ec2/vpcEndpoint:VpcEndpoint"
	typBucket      = "aws:s3/bucketV2:BucketV2"
	typLifecycle   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	typBalancer    = "aws:lb/loadBalancer:LoadBalancer"
	typListener    = "aws:lb/listener:Listener"
	typRecord      = "aws:route53/record:Record"
	typCertificate = "aws:acm/certificate:Certificate"
	typValidation  = "aws:acm/certificateValidation:CertificateValidation"
)

// nodesOfCluster are what follows a control plane.
var nodesOfCluster = []link{
	{typCluster, "everything below names an active cluster"},
	{typAddon, "nodes are ready when the network add-on runs on them; a group whose nodes are not fails"},
	{typNodeGroup, "add-ons with pods of their own are active when these run, on nodes"},
	{typAddon, "coredns, the EBS driver and the metrics server"},
}

// signalOfHost are what follows a way out for the host.
var signalOfHost = []link{
	{typInstance, "a volume is attached to an instance that runs; an association has it as its target"},
	{typAttachment, "the host mounts its data volume, where DSS is installed, before anything else"},
	{typAssociation, "starts the reconciler on the host"},
	{typStack, "ends when the host has signalled that it is in its state"},
}

// unavoidable are the chains that may be the longest of an environment.
func unavoidable() []chain {
	return []chain{
		{"key, cluster, nodes", append([]link{
			{typKey, "the cluster's secrets and its logs are encrypted with it from the first on"},
			{typLogGroup, "EKS makes its log group itself, without key or end, if it is not there before the cluster"},
		}, nodesOfCluster...)},
		{"network, cluster, nodes", append([]link{
			{typVPC, "a subnet is in a VPC"},
			{typSubnet, "a control plane has its interfaces in two subnets"},
		}, nodesOfCluster...)},
		{"network, way out, host", append([]link{
			{typVPC, "a subnet is in a VPC"},
			{typSubnet, "a NAT gateway is in a public subnet"},
			{typNAT, "a route names a gateway that is available"},
			{typRoute, "the boot downloads packages, and fails where it cannot"},
		}, signalOfHost...)},
		{"key, volume, host", append([]link{
			{typKey, "the volumes are encrypted with it"},
			{typVolume, "the boot is told the volume's id"},
		}, signalOfHost...)},
		{"endpoints", []link{
			{typVPC, "a subnet is in a VPC"},
			{typSubnet, "an interface endpoint has interfaces in subnets"},
			{typEndpoint, "pending until its interfaces and its zone are there"},
		}},
		{"buckets", []link{
			{typKey, "its default encryption names it"},
			{typBucket, "settings are those of a bucket"},
			{typLifecycle, "read until it has been seen many times in a row"},
		}},
		{"balancer", []link{
			{typVPC, "a subnet is in a VPC"},
			{typSubnet, "a load balancer is in two subnets"},
			{typBalancer, "an alias record names it"},
			{typRecord, "in sync on all name servers"},
		}},
		{"certificate", []link{
			{typCertificate, "names the record that proves the domain"},
			{typRecord, "in sync on all name servers"},
			{typValidation, "a listener takes issued certificates only"},
			{typListener, "the last that people need to come in"},
		}},
	}
}

// longest is the chain that takes longest of those whose types all exist, and the time that it takes.
func longest(chains []chain, latency simcloud.Latency, exists map[string]bool) (chain, time.Duration) {
	var found chain
	var most time.Duration
	for _, c := range chains {
		if slices.ContainsFunc(c.links, func(l link) bool { return !exists[l.typ] }) {
			continue
		}
		if d := c.duration(latency); d > most {
			found, most = c, d
		}
	}
	return found, most
}

func (c chain) duration(latency simcloud.Latency) time.Duration {
	var sum time.Duration
	for _, l := range c.links {
		sum += creation(latency, l.typ)
	}
	return sum
}

// creation is how long it takes to create a resource of the type.
func creation(latency simcloud.Latency, typ string) time.Duration {
	times, ok := latency[typ]
	if !ok {
		times = latency[""]
	}
	return times.Create
}

func TestTheLongestChainIsOneThatTheEnvironmentHas(t *testing.T) {
	latency := simcloud.Latency{
		"": {Create: time.Second}, typCluster: {Create: 10 * time.Minute}, typNAT: {Create: 2 * time.Minute},
	}
	host := chain{"host", []link{{typVPC, ""}, {typNAT, ""}, {typInstance, ""}}}
	cluster := chain{"cluster", []link{{typVPC, ""}, {typCluster, ""}}}
	found, took := longest([]chain{host, cluster}, latency, map[string]bool{typVPC: true, typNAT: true, typInstance: true, typCluster: true})
	assert.Equal(t, "cluster", found.name)
	assert.Equal(t, 10*time.Minute+time.Second, took)
	found, took = longest([]chain{host, cluster}, latency, map[string]bool{typVPC: true, typNAT: true, typInstance: true})
	assert.Equal(t, "host", found.name)
	assert.Equal(t, 2*time.Minute+2*time.Second, took)
}

// Every link has a time of its own or is one of the quick ones, and says why it is there.
func TestLinksOfChains(t *testing.T) {
	quick := []string{typRoute, typLogGroup, typListener, typCertificate}
	latency := simcloud.AWSLatency()
	for _, c := range unavoidable() {
		for _, l := range c.links {
			assert.NotEmpty(t, l.why, "%s: %s", c.name, l.typ)
			_, timed := latency[l.typ]
			assert.Truef(t, timed || slices.Contains(quick, l.typ), "%s: %s is misspelt, or has no time", c.name, l.typ)
		}
	}
}
