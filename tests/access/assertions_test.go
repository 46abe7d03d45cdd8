package access_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Every assertion holds in every stack, and the document says it.
func TestAssertions(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "access.md"))
	require.NoError(t, err)
	text := strings.ToLower(strings.Join(strings.Fields(string(document)), " "))
	for _, file := range configurations() {
		matrix := stackOf(t, file).matrix
		for _, assertion := range access.Assertions() {
			t.Run(filepath.Base(file)+"/"+assertion.Name, func(t *testing.T) {
				none(t, assertion.Broken(matrix), file+": does not hold: "+assertion.Name)
				if !strings.Contains(text, strings.ToLower(assertion.Name)) {
					t.Errorf("docs/access.md does not say %q", assertion.Name)
				}
			})
		}
	}
}

// What a connection reaches is its own, or nobody's in particular: no label of another connection is in its edges, nor in those of the
// roles that it may take.
func TestConnectionsAreApart(t *testing.T) {
	t.Parallel()
	matrix := stackOf(t, many()).matrix
	owner := map[string]string{}
	for _, resource := range matrix.Inventory.Resources {
		owner[resource.Label] = resource.Connection
	}
	for _, principal := range matrix.Inventory.Principals {
		if principal.Connection == "" {
			continue
		}
		edges := edgesOf(matrix, principal.Label)
		assert.NotEmpty(t, edges, "%s reaches nothing at all", principal.Label)
		var foreign []string
		for _, edge := range edges {
			of := owner[edge.Resource]
			if of != "" && of != principal.Connection || strings.Contains(edge.Resource, "secret") || strings.HasPrefix(edge.Verb, "assume") {
				foreign = append(foreign, edge.String())
			}
		}
		none(t, foreign, principal.Label+" reaches what is not its own")
	}
}

func edgesOf(matrix *access.Matrix, label string) []access.Edge {
	return slices.DeleteFunc(slices.Clone(matrix.Edges), func(e access.Edge) bool { return e.Principal != label })
}

// A mutation breaks each assertion: it is no assertion that cannot fail.
func TestEachAssertionCanFail(t *testing.T) {
	t.Parallel()
	holes := map[string]string{
		"what end users can hold administers no cluster":                                                                   "connection sales: allow eks:CreateAccessEntry on everything",
		"what end users can hold pushes no image":                                                                          "nodes: allow ecr:PutImage on everything",
		"what end users can hold is out of IAM":                                                                            "connection finance: allow iam:CreateAccessKey on everything",
		"what end users can hold reaches no secret":                                                                        "connection archive: allow secretsmanager:GetSecretValue on everything",
		"what end users can hold commands no instance":                                                                     "nodes: allow ssm:SendCommand on everything",
		"what end users can hold reaches the data of its own connection only":                                              "/sales/* to arn:aws:s3:::dss-test-zone-raw-1234567/sales* in Files",
		"nodes reach no data, nor do pods that no connection names":                                                        "nodes: allow s3:GetObject on everything",
		"the host reads data only by taking roles of connections":                                                          "DSS host: allow glue:* on everything",
		"only the host takes roles of connections":                                                                         "trust of connection sales: add the principal arn:aws:iam::123456789012:role/another without conditions",
		"nobody takes the role of a connection without its external id":                                                    "trust of connection sales: drop the condition",
		"the credentials of a connection that is to be read only change none of its data":                                  "connection archive: write what it may read",
		"nobody comes without TLS":                                                                                         "zone-raw-1234567: remove the denial TLSOnly",
		"where Lake Formation guards no data, nobody gets credentials from it":                                             "connection sales: allow lakeformation:GetDataAccess on everything",
		"where roles have a permissions boundary, who has none may do nothing":                                             "connection sales: drop the permissions boundary",
		"nobody of an account that nothing is shared with, and no service on behalf of one, reaches data, secrets or keys": "zone-raw-1234567: a statement for arn:aws:iam::9",
		"who data is shared with reads that data, and nothing else":                                                        "policy of dss-test-zone-raw-1234567: widen arn:aws:s3:::dss-test-zone-raw-1234567/marketing/* to arn:aws:s3:::dss-test-zone-raw-1234567/*",
	}
	with := map[string]func(*testing.T, string) *access.Matrix{}
	for name, file := range map[string]string{"many": many(), "bounded": bounded()} {
		with[name] = planted(t, file)
	}
	for _, assertion := range access.Assertions() {
		t.Run(assertion.Name, func(t *testing.T) {
			hole, known := holes[assertion.Name]
			require.True(t, known, "name a hole that breaks it")
			in := "many"
			if strings.Contains(hole, "boundary") {
				in = "bounded"
			}
			broken := assertion.Broken(with[in](t, hole))
			require.NotEmpty(t, broken, hole)
			t.Log(broken[0])
		})
	}
}

// planted makes the matrices of a stack with a hole, by a part of the hole's name.
func planted(t *testing.T, file string) func(*testing.T, string) *access.Matrix {
	t.Helper()
	s := stackOf(t, file)
	hunter, mutations := access.NewHunter(s.world, s.inventory, allowed(t)), access.Mutations(s.world, s.inventory)
	return func(t *testing.T, name string) *access.Matrix {
		t.Helper()
		i := slices.IndexFunc(mutations, func(m access.Mutation) bool { return strings.Contains(m.Name, name) })
		require.GreaterOrEqual(t, i, 0, name)
		return hunter.Matrix(mutations[i])
	}
}

// Secrets of the platform refuse other accounts, whatever a statement that is added to their policies allows. No edge shows that as long
// as there is no such statement.
func TestSecretsRefuseOtherAccountsWhateverIsAllowed(t *testing.T) {
	t.Parallel()
	before := stackOf(t, many()).world
	world := &decide.World{Identities: before.Identities, Resources: maps.Clone(before.Resources)}
	everybody := iam.NewDocument(iam.Allow("Planted", []string{"secretsmanager:*"}, "*").For(iam.Principal{Anyone: true}))
	seen := 0
	for _, arn := range slices.Sorted(maps.Keys(world.Resources)) {
		if !strings.Contains(arn, ":secretsmanager:") {
			continue
		}
		seen++
		opened := world.Resources[arn]
		opened.Policies = append(slices.Clone(opened.Policies), decide.Policy{Name: "planted", Document: everybody})
		world.Resources[arn] = opened
		for _, who := range []string{"arn:aws:iam::999988887777:role/an-administrator", "lambda.amazonaws.com", "*"} {
			answer := world.Decide(decide.Request{Principal: who, Action: "secretsmanager:GetSecretValue", Resource: arn})
			assert.True(t, answer.Explicit, "%s may read %s: %s", who, arn, answer.Why)
		}
	}
	assert.Equal(t, 3, seen, "the administrator's password, the API key and the key pair of a connection")
}
