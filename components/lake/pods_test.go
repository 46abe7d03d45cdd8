package lake_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const associationType = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

// withPods lets two service accounts in, one of them to read.
func withPods(c lake.Connection) lake.Connection {
	c.PodIdentities = []lake.PodIdentity{
		{Namespace: "dssns-sales", ServiceAccount: "jobs"}, {Namespace: "dssns-sales", ServiceAccount: "reports", ReadOnly: true},
	}
	return c
}

func byServiceAccount(graph *harness.Graph, account string) *harness.Resource {
	for _, r := range graph.OfType(associationType) {
		if r.String("serviceAccount") == account {
			return r
		}
	}
	return nil
}

func TestPodsHaveRolesOfTheirOwn(t *testing.T) {
	t.Parallel()
	args := &lake.S3ConnectionArgs{Connection: withPods(sales()), TrustedPrincipalARNs: trusted(), ClusterName: pulumi.String("lab")}
	graph := harness.Run(t, connection(args), byArgument("sales"))
	assert.Len(t, graph.OfType(associationType), 2)
	roles := map[string]*harness.Resource{}
	for _, r := range graph.OfType(roleType) {
		roles[r.Name] = r
	}
	require.Len(t, roles, 3)
	assert.Equal(t, []string{host}, policy(t, roles["sales"].String("assumeRolePolicy"))["DSS"].Principal.AWS, "the connection's role stays DSS's")

	jobs := byServiceAccount(graph, "jobs")
	assert.Equal(t, "lab", jobs.String("clusterName"))
	assert.Equal(t, "dssns-sales", jobs.String("namespace"))
	taken := roles[jobs.Name]
	require.NotNil(t, taken, "the association's role has its name")
	assert.Contains(t, jobs.String("roleArn"), ":role/dss-connections/"+jobs.Name)
	trust, err := iam.Parse(taken.String("assumeRolePolicy"))
	require.NoError(t, err)
	require.Len(t, trust.Statements, 1)
	assert.Equal(t, &iam.Principal{Service: []string{"pods.eks.amazonaws.com"}}, trust.Statements[0].Principal)
	assert.Equal(t, iam.Conditions{"StringEquals": {
		"aws:RequestTag/eks-cluster-arn":            {"arn:aws:eks:eu-west-1:123456789012:cluster/lab"},
		"aws:RequestTag/kubernetes-namespace":       {"dssns-sales"},
		"aws:RequestTag/kubernetes-service-account": {"jobs"},
	}}, trust.Statements[0].Conditions)

	writes := graph.One(rolePolicyType, "sales-"+jobs.Name[len("sales-"):]+"-read-write")
	may := policy(t, writes.String("policy"))
	assert.Contains(t, may["Files"].Actions, "s3:PutObject")
	assert.NotContains(t, may, "Queries", "the workgroup is DSS's")
	assert.True(t, graph.DependsOn(jobs, writes), "pods that get the role can use it")
	reads := policy(t, graph.One(rolePolicyType, byServiceAccount(graph, "reports").Name+"-read").String("policy"))
	assert.Equal(t, []string{"s3:GetObject"}, reads["Files"].Actions)
	assert.NotContains(t, reads, "CatalogWrite")
}

func TestPodsOfAReadOnlyConnectionRead(t *testing.T) {
	t.Parallel()
	c := withPods(sales())
	c.ReadOnly = true
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted(), ClusterName: pulumi.String("lab")}), byArgument("sales"))
	name := byServiceAccount(graph, "jobs").Name
	assert.Equal(t, []string{"s3:GetObject"}, policy(t, graph.One(rolePolicyType, name+"-read").String("policy"))["Files"].Actions)
}

// A service account keeps its resources when others before it go.
func TestPodsKeepTheirRoles(t *testing.T) {
	t.Parallel()
	c := withPods(sales())
	both := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted(), ClusterName: pulumi.String("lab")}), byArgument("sales"))
	c.PodIdentities = c.PodIdentities[1:]
	one := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted(), ClusterName: pulumi.String("lab")}), byArgument("sales"))
	assert.Equal(t, byServiceAccount(both, "reports").URN, byServiceAccount(one, "reports").URN)
}

func TestPodsUnderLakeFormation(t *testing.T) {
	t.Parallel()
	args := two()
	args.Connections[0], args.ClusterName = withPods(args.Connections[0]), pulumi.String("lab")
	args.PermissionModel = catalog.ModelLakeFormation
	args.LakeFormation = &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}}
	graph := harness.Run(t, dataLake(args), harness.WithoutCheck(harness.CheckPartition, "the test gives ARNs"))
	name := byServiceAccount(graph, "jobs").Name
	may := policy(t, graph.One(rolePolicyType, name+"-read-write").String("policy"))
	assert.NotContains(t, may, "Files", "Lake Formation hands out what reads files")
	assert.Contains(t, may, "LakeFormationData")
	var granted []string
	for _, r := range graph.OfType(permissionsType) {
		if r.String("principal") == byServiceAccount(graph, "jobs").String("roleArn") {
			granted = append(granted, r.Name)
		}
	}
	assert.Len(t, granted, 3, "the database, its tables, its place")
}
