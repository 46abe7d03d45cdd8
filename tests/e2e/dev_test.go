//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/host"
)

// TestDev takes the development environment from nothing to nothing: each part builds on those before.
func TestDev(t *testing.T) {
	s := newStack(t, "dev", "Pulumi.dev.yaml")
	viewer := role(t, "dev-viewer")
	s.set("pulumi-dss:dss.tools", site(t))
	configureDSS(t, s)
	s.set("pulumi-dss:compute.access.viewer", map[string]any{
		"principalArn": viewer, "policy": "View", "namespaces": []string{"dss"},
	})
	s.up()

	part := func(name string, check func(t *testing.T, s *stack)) {
		t.Helper()
		t.Run(name, func(t *testing.T) { check(t, s.in(t)) })
	}
	part("a preview after up is empty", func(_ *testing.T, s *stack) { s.expectNoChanges() })
	part("what is deployed has the policies that the matrix is made of", checkPolicies)
	part("the host has its base", checkHost)
	part("DSS runs, on the cluster", checkDSS)
	part("the host's metadata are for root and DSS alone", checkMetadata)
	part("a second run changes nothing", checkSecondRun)
	part("the viewer sees its namespace and no more", func(t *testing.T, s *stack) { checkViewer(t, s, viewer) })
	part("DSS works in its namespaces and no others", checkDSSAccess)
	part("a pod finds the pool that it asks for", checkPlacement)
	part("a changed setting is one run on the living host", checkChange)
	part("a changed connection is one write", checkConnection)
	part("a step that fails fails up, and the next up repairs", checkRepair)
	part("another instance finds the volume", checkReplacement)
	part("a newer release upgrades DSS, and an older one is refused", checkUpgrade)
	part("the host's role is just large enough", checkRole)
	part("DSS reaches data as its connections, and in no other way", checkLakeOnHost)
	part("destroy leaves the data", checkDestroy)
}

func hostOf(t *testing.T, s *stack) machine {
	t.Helper()
	return machine{t, s.output("instanceId")}
}

func checkHost(t *testing.T, s *stack) {
	h := hostOf(t, s)
	assert.Equal(t, "succeeded", h.status().Result)
	assert.Regexp(t, `^xfs +/dev/`, h.exec("findmnt", "-n", "-o", "FSTYPE,SOURCE", "/data"))
	assert.Contains(t, h.exec("id", "dataiku"), "docker", "DSS builds images")
	assert.NotContains(t, h.exec("id", "-u", "dataiku"), "\n0\n")
	assert.Regexp(t, `"data-root": *"/data/docker"`, h.exec("cat", "/etc/docker/daemon.json"))
	assert.Contains(t, h.exec("kubectl", "version", "--client"), kubectlVersion(t))
	assert.Contains(t, h.exec("aws", "--version"), host.DefaultAWSCLIVersion)
	assert.Contains(t, h.exec("eksctl", "version"), host.DefaultEksctlVersion)
	assert.Contains(t, h.exec("aws-iam-authenticator", "version"), host.DefaultAuthenticatorVersion)
	// The file, and not a login: the emulated host cannot raise limits beyond those of the machine that it runs on.
	assert.Regexp(t, `dataiku\s+hard\s+nofile\s+65536`, h.exec("sh", "-c", "cat /etc/security/limits.d/*"))
	h.exec("touch", "/data/marker")
}

func checkMetadata(t *testing.T, s *stack) {
	h := hostOf(t, s)
	const token = "curl -sS -m 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token"
	_, err := h.shell(token)
	require.NoError(t, err, "root")
	_, err = h.shell("runuser -u dataiku -- " + token)
	require.NoError(t, err, "the user of DSS")
	_, err = h.shell("setpriv --reuid=65534 --regid=65534 --clear-groups " + token)
	require.Error(t, err, "anybody else")
}

func checkSecondRun(t *testing.T, s *stack) {
	h := hostOf(t, s)
	associations := run(t, "", "aws", "ssm", "list-associations", "--query", "Associations[].AssociationId", "--output", "text")
	h.rerun(strings.TrimSpace(associations))
	again := h.status()
	assert.Equal(t, "succeeded", again.Result)
	assert.Empty(t, again.changed())
	assert.NotEmpty(t, again.Steps)
}

func checkViewer(t *testing.T, s *stack, viewer string) {
	deployer := newCluster(t, s.output("kubeconfig"))
	for _, namespace := range []string{"dss", "other"} {
		deployer.apply(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace}})
	}
	sees := deployer.as(viewer)
	assert.True(t, sees.may("list", "pods", "dss"))
	for _, refused := range [][3]string{
		{"delete", "pods", "dss"}, {"list", "secrets", "dss"}, {"list", "pods", "other"}, {"list", "nodes", ""},
	} {
		assert.False(t, sees.may(refused[0], refused[1], refused[2]), "%v", refused)
	}
}

func checkDSSAccess(t *testing.T, s *stack) {
	// The host's own credentials, as the EKS plugin uses them.
	var token struct {
		Status struct{ Token string }
	}
	out := hostOf(t, s).exec("runuser", "-u", "dataiku", "--", "aws", "--region", "us-east-1", "eks", "get-token",
		"--cluster-name", s.output("clusterName"))
	require.NoError(t, json.Unmarshal([]byte(out), &token))
	dss := newCluster(t, withToken(t, s.output("kubeconfig"), token.Status.Token))
	for _, allowed := range [][3]string{
		{"create", "namespaces", ""}, {"list", "nodes", ""}, {"create", "pods", "dss"}, {"create", "secrets", "dss"},
		{"create", "roles.rbac.authorization.k8s.io", "dss"},
	} {
		assert.True(t, dss.may(allowed[0], allowed[1], allowed[2]), "%v", allowed)
	}
	for _, refused := range [][3]string{
		{"create", "pods", "kube-system"}, {"list", "secrets", "other"}, {"delete", "namespaces", ""}, {"delete", "nodes", ""},
		{"create", "clusterroles.rbac.authorization.k8s.io", ""},
	} {
		assert.False(t, dss.may(refused[0], refused[1], refused[2]), "%v", refused)
	}
}

// withToken is a kubeconfig that shows a token instead of asking for one.
func withToken(t *testing.T, kubeconfig, token string) string {
	t.Helper()
	var config map[string]any
	require.NoError(t, json.Unmarshal([]byte(kubeconfig), &config))
	user, ok := config["users"].([]any)[0].(map[string]any)
	require.True(t, ok)
	user["user"] = map[string]any{"token": token}
	text, err := json.Marshal(config)
	require.NoError(t, err)
	return string(text)
}

func checkPlacement(t *testing.T, s *stack) {
	deployer := newCluster(t, s.output("kubeconfig"))
	const pool = "dss-platform/pool"
	deployer.apply(map[string]any{
		"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "work", "namespace": "dss"},
		"spec": map[string]any{
			"nodeSelector": map[string]any{pool: "dss"},
			"tolerations":  []any{map[string]any{"key": pool, "operator": "Equal", "value": "dss", "effect": "PreferNoSchedule"}},
			"containers":   []any{map[string]any{"name": "work", "image": "busybox"}},
		},
	})
	_, err := deployer.kubectl("wait", "--for=jsonpath={.spec.nodeName}", "--timeout=60s", "--namespace", "dss", "pod/work")
	require.NoError(t, err)
	node, err := deployer.kubectl("get", "pod", "work", "--namespace", "dss", "-o", "jsonpath={.spec.nodeName}")
	require.NoError(t, err)
	labels, err := deployer.kubectl("get", "node", node, "-o", "jsonpath={.metadata.labels.dss-platform/pool}")
	require.NoError(t, err)
	assert.Equal(t, "dss", labels)
	classes, err := deployer.kubectl("get", "storageclass", "-o", "jsonpath={.items[*].provisioner}")
	require.NoError(t, err)
	assert.Contains(t, classes, "ebs.csi.aws.com")
}

// checkChange changes something that only the host knows of.
func checkChange(t *testing.T, s *stack) {
	before := hostOf(t, s).status().Revision
	s.set("pulumi-dss:dss.waitTimeoutMinutes", 30)
	assert.Equal(t, map[string]string{
		"aws:s3/bucketObjectv2:BucketObjectv2::dss-dev-program": "replace",
		"aws:s3/bucketObjectv2:BucketObjectv2::dss-dev-desired": "replace",
		"aws:ssm/association:Association::dss-dev-reconcile":    "update",
		"aws:cloudformation/stack:Stack::dss-dev-ready":         "update",
	}, s.plan())
	s.up()
	after := hostOf(t, s).status()
	assert.NotEqual(t, before, after.Revision)
	assert.Empty(t, after.changed(), "what the host has is what it should have")
	s.expectNoChanges()
}

// checkRepair asks for a tool that is nowhere, and then puts it there.
func checkRepair(t *testing.T, s *stack) {
	tools := site(t)
	for _, tool := range tools {
		if tool["name"] == host.KubectlName {
			tool["url"] = strings.Replace(tool["url"].(string), "/release/", "/moved/", 1)
		}
	}
	s.set("pulumi-dss:dss.tools", tools)
	hostOf(t, s).exec("rm", "/usr/local/bin/kubectl")
	out, err := s.tryUp()
	require.Error(t, err)
	assert.Contains(t, out, "step tools: kubectl: ", "what went wrong on the host is what up says")
	assert.Contains(t, out, "see whether the host reaches the tools' addresses", "and what to do")

	published := filepath.Join(os.Getenv("LAB_SITE"), "dl.k8s.io")
	require.NoError(t, os.Rename(filepath.Join(published, "release"), filepath.Join(published, "moved")))
	s.forgetFailedWait()
	s.up()
	assert.Equal(t, "succeeded", hostOf(t, s).status().Result)
	s.expectNoChanges()
}

func checkReplacement(t *testing.T, s *stack) {
	volume, before := s.output("dataVolumeId"), s.output("instanceId")
	s.up("--replace", s.urn("aws:ec2/instance:Instance", "dss-dev-host"))
	assert.NotEqual(t, before, s.output("instanceId"))
	assert.Equal(t, volume, s.output("dataVolumeId"))
	h := hostOf(t, s)
	h.exec("test", "-f", "/data/marker")
	assert.Equal(t, "succeeded", h.status().Result)
	// The emulated Docker keeps its images on the root volume, whatever its data root is: they are built again.
	for _, step := range []string{"installation", "hadoop", "spark", "plugins", "push-images", "connections", "settings", "clusters"} {
		assert.NotContains(t, h.status().changed(), step, "what is on the volume is there")
	}
	s.expectNoChanges()
}

// neededOnAWS are actions that the host's role has and that nothing here calls, with what calls them on AWS.
func neededOnAWS() map[string]string {
	needed := map[string]string{}
	for _, action := range []string{
		"BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "GetDownloadUrlForLayer", "InitiateLayerUpload",
		"PutImage", "UploadLayerPart",
	} {
		needed["ecr:"+action] = "docker push and pull, which send nothing on an emulated host"
	}
	for _, p := range host.Permissions(host.PermissionsArgs{Partition: "aws", Region: "us-east-1", Account: "123456789012"}) {
		// The emulator's agent has no need of permissions, and the boot calls AWS itself only when it fails.
		if p.By == host.CallerAgent || p.By == host.CallerBoot {
			for _, action := range p.Actions {
				needed[action] = p.Why
			}
		}
	}
	return needed
}

func checkRole(t *testing.T, s *stack) {
	name := s.output("hostRoleArn")
	name = name[strings.LastIndex(name, "/")+1:]
	denied := run(t, "", "lab-iam", "denied", name)
	assert.Empty(t, strings.TrimSpace(denied), "the host tried what its role may not do")
	checkCallsOfDSS(t, s)
	for _, action := range strings.Fields(actionsOnly(run(t, "", "lab-iam", "unused", name))) {
		assert.Contains(t, neededOnAWS(), action, "granted, and never used")
	}
}

// checkCallsOfDSS does what DSS's EKS plugin and its pre-push hook do, under the credentials that DSS has.
func checkCallsOfDSS(t *testing.T, s *stack) {
	t.Helper()
	h := hostOf(t, s)
	aws := func(words ...string) (string, error) {
		return h.shell("runuser -u dataiku -- aws --region us-east-1 " + strings.Join(words, " "))
	}
	prefix := s.output("imageRegistryUrl")
	prefix = prefix[strings.LastIndex(prefix, "/")+1:]
	for _, allowed := range []string{
		"eks list-clusters", "eks describe-cluster --name " + s.output("clusterName"), "ecr get-authorization-token",
		"sts assume-role --role-session-name e2e --role-arn arn:aws:iam::123456789012:role/dev-sales-data",
		"ecr create-repository --repository-name " + prefix + "/made-by-the-hook",
		"ecr describe-repositories --repository-names " + prefix + "/made-by-the-hook",
	} {
		out, err := aws(allowed)
		require.NoError(t, err, "%s: %s", allowed, out)
	}
	for _, refused := range []string{
		"ecr create-repository --repository-name other/images", "eks delete-cluster --name " + s.output("clusterName"),
		"s3api list-buckets", "secretsmanager list-secrets", "iam list-users",
	} {
		out, err := aws(refused)
		assert.Error(t, err, "%s: %s", refused, out)
	}
}

// actionsOnly keeps the lines that are just an action.
func actionsOnly(out string) string {
	var actions []string
	for line := range strings.Lines(out) {
		if !strings.Contains(line, " ") {
			actions = append(actions, line)
		}
	}
	return strings.Join(actions, "")
}

// checkDestroy sees what the preset dev says: what DSS makes again by itself goes, its data volume stays.
func checkDestroy(t *testing.T, s *stack) {
	volume := s.output("dataVolumeId")
	assert.Subset(t, fixedNames(t), fixedNamesOf("dss-dev", "dss_dev"), "so that their absence says something")
	s.destroy()
	assert.Empty(t, s.resources())
	assert.Equal(t, "200 available", volumeOf(t, volume))
	left := fixedNames(t)
	for _, name := range fixedNamesOf("dss-dev", "dss_dev") {
		assert.NotContains(t, left, name, "it would be in the way of the next stack of that name")
	}
}

// volumeOf is the size of a volume in GiB, and its state.
func volumeOf(t *testing.T, id string) string {
	t.Helper()
	said := run(t, "", "aws", "ec2", "describe-volumes", "--volume-ids", id, "--query", "Volumes[0].[Size,State]", "--output", "text")
	return strings.Join(strings.Fields(said), " ")
}

// fixedNamesOf are the names that AWS wants fixed, of a platform and its database: fixedNames lists them while they are there.
func fixedNamesOf(name, database string) []string {
	return []string{name + "/dku-apideployer-apinode-base", name, database, "/aws/eks/" + name + "/cluster"}
}

// fixedNames are the account's repositories, workgroups, databases and log groups.
func fixedNames(t *testing.T) []string {
	t.Helper()
	return slices.Concat(
		strings.Fields(run(t, "", "aws", "ecr", "describe-repositories", "--query", "repositories[].repositoryName", "--output", "text")),
		strings.Fields(run(t, "", "aws", "athena", "list-work-groups", "--query", "WorkGroups[].Name", "--output", "text")),
		strings.Fields(run(t, "", "aws", "glue", "get-databases", "--query", "DatabaseList[].Name", "--output", "text")),
		strings.Fields(run(t, "", "aws", "logs", "describe-log-groups", "--query", "logGroups[].logGroupName", "--output", "text")),
	)
}
