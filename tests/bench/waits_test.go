package bench_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/simtest"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// controlPlane is the component of pulumi-eks, which the mock monitor does not open: whatever needs the cluster needs it.
const controlPlane = "eks:index:Cluster"

// DSS comes up while the cluster does: no resource of the host waits for anything of the cluster, but the rule that lets
// the nodes in, which names their security group. Even that waits for no control plane.
func TestDSSDoesNotWaitForEKS(t *testing.T) {
	for _, environment := range environments() {
		t.Run(environment, func(t *testing.T) {
			graph := register(t, environment, stacks.Run)
			host, cluster := within(graph, dss.Token), within(graph, compute.Token)
			require.Greater(t, len(host), 10)
			require.Greater(t, len(cluster), 10)
			plane := graph.One(controlPlane, "")
			for _, r := range host {
				assert.Falsef(t, graph.DependsOn(r, plane), "%s waits for the control plane", r.URN)
				for _, other := range cluster {
					allowed := strings.HasSuffix(r.Name, "-nodes-nodes") && other.Type == "aws:ec2/securityGroup:SecurityGroup"
					if !allowed && graph.DependsOn(r, other) {
						t.Errorf("%s waits for %s", r.URN, other.URN)
					}
				}
			}
			rule := graph.One("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "dss-"+environment+"-nodes-nodes")
			assert.True(t, graph.DependsOn(rule, graph.One("aws:ec2/securityGroup:SecurityGroup", "dss-"+environment+"-nodes")))
		})
	}
}

// The same with the real engine: when AWS refuses the control plane, everything of the host is there nevertheless.
func TestTheHostIsReadyWhenEKSFails(t *testing.T) {
	s := simtest.New(t, simtest.Options{
		Program: stacks.Run, Project: stacks.ProjectName, Stack: "dev", ConfigFile: configFile("dev"),
		Cloud: simcloud.Options{Faults: []simcloud.Fault{
			{Kind: simcloud.Create, Type: typCluster, Nth: 1, Effect: simcloud.Fail, Message: "no capacity"},
		}},
	})
	_, err := s.Up(t, optup.ContinueOnError())
	require.ErrorContains(t, err, "no capacity")
	made := map[string]bool{}
	for _, r := range s.Cloud.Existing() {
		made[r.Type+" "+r.Name] = true
	}
	for _, r := range within(register(t, "dev", stacks.Run), dss.Token) {
		if strings.HasPrefix(r.Type, "aws:") {
			assert.Truef(t, made[r.Type+" "+r.Name], "%s %s was not made", r.Type, r.Name)
		}
	}
}

// The cluster does not wait for the host either: only the role of DSS is let in.
func TestEKSWaitsOnlyForTheRoleOfDSS(t *testing.T) {
	for _, environment := range environments() {
		t.Run(environment, func(t *testing.T) {
			graph := register(t, environment, stacks.Run)
			instance := graph.One("aws:ec2/instance:Instance", "")
			for _, r := range within(graph, compute.Token) {
				assert.Falsef(t, graph.DependsOn(r, instance), "%s waits for the instance", r.URN)
			}
		})
	}
}

// Nothing but the nodes and what needs the internet waits for a NAT gateway, which takes minutes; the control plane does not.
func TestTheControlPlaneDoesNotWaitForTheWayOut(t *testing.T) {
	for _, environment := range environments() {
		t.Run(environment, func(t *testing.T) {
			graph := register(t, environment, stacks.Run)
			plane := graph.One(controlPlane, "")
			for _, gateway := range graph.OfType(typNAT) {
				assert.Falsef(t, graph.DependsOn(plane, gateway), "the control plane waits for %s", gateway.URN)
			}
		})
	}
}

// within are the resources in the components of a type.
func within(graph *harness.Graph, token string) []*harness.Resource {
	inside := map[string]bool{}
	for _, component := range graph.OfType(token) {
		inside[component.URN] = true
	}
	var found []*harness.Resource
	for grown := true; grown; {
		grown = false
		for _, r := range graph.Resources {
			if inside[r.ParentURN] && !inside[r.URN] {
				inside[r.URN], grown = true, true
				found = append(found, r)
			}
		}
	}
	return found
}
