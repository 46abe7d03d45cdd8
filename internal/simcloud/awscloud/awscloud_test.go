package awscloud

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

type values = map[string]any

func props(m values) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }

// world is an inventory to which a test adds resources.
type world struct {
	t        *testing.T
	existing *inventory.Inventory
}

func newWorld(t *testing.T) *world { return &world{t: t, existing: inventory.New()} }

func (w *world) try(typ string, inputs values) (inventory.Resource, error) {
	return New(Request{
		Place: Place{Region: "eu-west-1", Account: AccountID}, Type: typ, Name: "x", Inputs: props(inputs),
		Existing: w.existing, Seed: typ + string(rune('a'+w.existing.Next())),
	})
}

func (w *world) add(typ string, inputs values) inventory.Resource {
	w.t.Helper()
	r, err := w.try(typ, inputs)
	require.NoError(w.t, err)
	require.NoError(w.t, w.existing.Add(r))
	return r
}

func (w *world) subnets() (vpc, a, b inventory.Resource) {
	w.t.Helper()
	vpc = w.add(typeVPC, values{"cidrBlock": "10.0.0.0/16"})
	a = w.add(typeSubnet, values{"vpcId": vpc.ID, "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"})
	b = w.add(typeSubnet, values{"vpcId": vpc.ID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-west-1b"})
	return vpc, a, b
}

func TestIdentifiersHaveTheFormOfAWS(t *testing.T) {
	w := newWorld(t)
	vpc, subnet, _ := w.subnets()
	assert.Regexp(t, `^vpc-0[0-9a-f]{16}$`, vpc.ID)
	assert.Equal(t, "arn:aws:ec2:eu-west-1:123456789012:vpc/"+vpc.ID, inventory.Text(vpc.Outputs, "arn"))
	role := w.add(typeRole, values{"name": "dss", "path": "/team/", "assumeRolePolicy": "{}"})
	assert.Equal(t, "dss", role.ID)
	assert.Equal(t, "arn:aws:iam::123456789012:role/team/dss", inventory.Text(role.Outputs, "arn"))
	instance := w.add(typeInstance, values{"subnetId": subnet.ID})
	assert.Regexp(t, `^10\.0\.0\.\d+$`, inventory.Text(instance.Outputs, "privateIp"))
	assert.Equal(t, "eu-west-1a", inventory.Text(instance.Outputs, "availabilityZone"))
	unknown := w.add("aws:imaginary/thing:Thing", values{"size": 1})
	assert.Regexp(t, `^thing-[0-9a-f]{17}$`, unknown.ID)
	assert.Equal(t, "arn:aws:imaginary:eu-west-1:123456789012:thing/"+unknown.ID, inventory.Text(unknown.Outputs, "arn"))
	policy := w.add(typePolicy, values{"name": "read", "policy": "{}"})
	assert.Equal(t, "arn:aws:iam::123456789012:policy/read", policy.ID)
}

func TestPartitions(t *testing.T) {
	assert.Equal(t, "arn:aws-cn:ec2:cn-north-1:1:vpc/x", Place{Region: "cn-north-1", Account: "1"}.ARN("ec2", "vpc/x"))
	assert.Equal(t, "aws-us-gov", Place{Region: "us-gov-west-1"}.Partition())
	assert.Equal(t, "use1-az2", zoneID("us-east-1b"))
	assert.Equal(t, "apse2-az1", zoneID("ap-southeast-2a"))
	assert.Equal(t, "use1-az6", zoneID("us-east-1c"), "not use1-az3, where EKS makes no control plane")
}

func TestRefusedAtCreation(t *testing.T) {
	for name, test := range map[string]struct {
		before func(w *world) (typ string, inputs values)
		want   string
	}{
		"bucket of the same name": {func(w *world) (string, values) {
			w.add(typeBucket, values{"bucket": "lake"})
			return typeBucket, values{"bucket": "lake"}
		}, "BucketAlreadyOwnedByYou"},
		"role of the same name": {func(w *world) (string, values) {
			w.add(typeRole, values{"name": "dss"})
			return typeRole, values{"name": "dss"}
		}, "EntityAlreadyExists: Role with name dss already exists."},
		"repository of the same name": {func(w *world) (string, values) {
			w.add(typeRepository, values{"name": "dss/base"})
			return typeRepository, values{"name": "dss/base"}
		}, "RepositoryAlreadyExistsException"},
		"subnet that overlaps": {func(w *world) (string, values) {
			vpc, _, _ := w.subnets()
			return typeSubnet, values{"vpcId": vpc.ID, "cidrBlock": "10.0.1.128/25"}
		}, "InvalidSubnet.Conflict"},
		"subnet outside of the VPC": {func(w *world) (string, values) {
			vpc, _, _ := w.subnets()
			return typeSubnet, values{"vpcId": vpc.ID, "cidrBlock": "10.1.0.0/24"}
		}, "InvalidSubnet.Range"},
		"cluster in one zone": {func(w *world) (string, values) {
			_, a, _ := w.subnets()
			return typeEKSCluster, values{"name": "dss", "vpcConfig": values{"subnetIds": []any{a.ID}}}
		}, "at least two different AZs"},
		"access entry of a node group's role": {func(w *world) (string, values) {
			_, a, b := w.subnets()
			w.add(typeEKSCluster, values{
				"name": "dss", "vpcConfig": values{"subnetIds": []any{a.ID, b.ID}}, "accessConfig": values{"authenticationMode": "API"},
			})
			w.add(typeEKSNodeGroup, values{"clusterName": "dss", "nodeGroupName": "g", "nodeRoleArn": "arn:role"})
			return typeAccessEntry, values{"clusterName": "dss", "principalArn": "arn:role"}
		}, "already in use on this cluster"},
		"volume that is attached": {func(w *world) (string, values) {
			_, a, _ := w.subnets()
			volume := w.add(typeVolume, values{"availabilityZone": "eu-west-1a", "size": 1})
			one, two := w.add(typeInstance, values{"subnetId": a.ID}), w.add(typeInstance, values{"subnetId": a.ID})
			w.add(typeVolumeAttachment, values{"volumeId": volume.ID, "instanceId": one.ID, "deviceName": "/dev/sdf"})
			return typeVolumeAttachment, values{"volumeId": volume.ID, "instanceId": two.ID, "deviceName": "/dev/sdf"}
		}, "VolumeInUse"},
		"volume in another zone": {func(w *world) (string, values) {
			_, a, _ := w.subnets()
			volume := w.add(typeVolume, values{"availabilityZone": "eu-west-1b", "size": 1})
			one := w.add(typeInstance, values{"subnetId": a.ID})
			return typeVolumeAttachment, values{"volumeId": volume.ID, "instanceId": one.ID, "deviceName": "/dev/sdf"}
		}, "InvalidVolume.ZoneMismatch"},
		"load balancer in one subnet": {func(w *world) (string, values) {
			_, a, _ := w.subnets()
			return typeLoadBalancer, values{"name": "dss", "subnets": []any{a.ID}}
		}, "At least two subnets"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			typ, inputs := test.before(w)
			_, err := w.try(typ, inputs)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
		})
	}
}

func TestRefusedAtDeletion(t *testing.T) {
	w := newWorld(t)
	vpc, a, b := w.subnets()
	role := w.add(typeRole, values{"name": "dss"})
	w.add(typePolicyAttachment, values{"role": "dss", "policyArn": "arn:p"})
	group := w.add(typeSecurityGroup, values{"name": "g", "vpcId": vpc.ID})
	cluster := w.add(typeEKSCluster, values{
		"name": "dss", "vpcConfig": values{"subnetIds": []any{a.ID, b.ID}, "securityGroupIds": []any{group.ID}},
	})
	nodes := w.add(typeEKSNodeGroup, values{"clusterName": "dss", "nodeGroupName": "g"})
	for want, r := range map[string]inventory.Resource{
		"DependencyViolation: The vpc":    vpc,
		"DependencyViolation: The subnet": a,
		"must detach all policies first":  role,
		"has a dependent object":          group,
		"Cluster has nodegroups attached": cluster,
	} {
		err := InUse(w.existing, r)
		if assert.Error(t, err, want) {
			assert.Contains(t, err.Error(), want)
		}
	}
	require.NoError(t, InUse(w.existing, nodes))
	Remove(w.existing, nodes)
	assert.NoError(t, InUse(w.existing, cluster))
}

func TestWhatGoesWithItsOwner(t *testing.T) {
	w := newWorld(t)
	_, a, b := w.subnets()
	before := len(w.existing.All())
	cluster := w.add(typeEKSCluster, values{"name": "dss", "vpcConfig": values{"subnetIds": []any{a.ID, b.ID}}})
	w.add(typeAddon, values{"clusterName": "dss", "addonName": "vpc-cni"})
	require.NoError(t, w.existing.Add(inventory.Resource{Type: "kubernetes:core/v1:Namespace", ID: "dss", Scope: inventory.Text(cluster.Outputs, "endpoint")}))
	bucket := w.add(typeBucket, values{"bucket": "lake"})
	w.add("aws:s3/bucketPolicy:BucketPolicy", values{"bucket": "lake", "policy": "{}"})
	Remove(w.existing, cluster)
	Remove(w.existing, bucket)
	assert.Len(t, w.existing.All(), before)
}

func TestDiff(t *testing.T) {
	for name, test := range map[string]struct {
		typ        string
		olds, news values
		replace    []string
		changed    bool
	}{
		"nothing":                     {typeVPC, values{"cidrBlock": "a"}, values{"cidrBlock": "a"}, nil, false},
		"bookkeeping":                 {typeVPC, values{"__defaults": []any{}}, values{"__defaults": []any{"name"}}, nil, false},
		"range of a VPC":              {typeVPC, values{"cidrBlock": "a"}, values{"cidrBlock": "b"}, []string{"cidrBlock"}, true},
		"tags of a VPC":               {typeVPC, values{"tags": values{"a": "b"}}, values{"tags": values{"a": "c"}}, nil, true},
		"type of an instance":         {typeInstance, values{"instanceType": "a"}, values{"instanceType": "b"}, nil, true},
		"image of an instance":        {typeInstance, values{"ami": "a"}, values{"ami": "b"}, []string{"ami"}, true},
		"user data":                   {typeInstance, values{"userData": "a"}, values{"userData": "b"}, nil, true},
		"user data that replaces":     {typeInstance, values{"userData": "a", "userDataReplaceOnChange": true}, values{"userData": "b", "userDataReplaceOnChange": true}, []string{"userData"}, true},
		"size of a volume":            {typeVolume, values{"size": 1}, values{"size": 2}, nil, true},
		"key of a volume":             {typeVolume, values{"kmsKeyId": "a"}, values{"kmsKeyId": "b"}, []string{"kmsKeyId"}, true},
		"version of a cluster":        {typeEKSCluster, values{"version": "1.34"}, values{"version": "1.35"}, nil, true},
		"nested, in a list":           {typeRepository, values{"encryptionConfigurations": []any{values{"kmsKey": "a"}}}, values{"encryptionConfigurations": []any{values{"kmsKey": "b"}}}, []string{"encryptionConfigurations[0].kmsKey"}, true},
		"encryption, as a whole":      {typeRepository, values{}, values{"encryptionConfigurations": []any{values{"kmsKey": "b"}}}, []string{"encryptionConfigurations"}, true},
		"subnets of a node group":     {typeEKSNodeGroup, values{"subnetIds": []any{"a"}}, values{"subnetIds": []any{"b"}}, []string{"subnetIds[0]"}, true},
		"sizes of a node group":       {typeEKSNodeGroup, values{"scalingConfig": values{"maxSize": 1}}, values{"scalingConfig": values{"maxSize": 2}}, nil, true},
		"template of a stack":         {TypeStack, values{"templateBody": "a"}, values{"templateBody": "b"}, nil, true},
		"policy of a role":            {typeRole, values{"assumeRolePolicy": "a"}, values{"assumeRolePolicy": "b"}, nil, true},
		"name of a role":              {typeRole, values{"name": "a"}, values{"name": "b"}, []string{"name"}, true},
		"type that nobody knows":      {"aws:imaginary/thing:Thing", values{"a": "a"}, values{"a": "b"}, nil, true},
		"property that became secret": {typeRole, values{"path": "a"}, values{"path": "a"}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := Diff(test.typ, props(test.olds), props(test.news))
			assert.Equal(t, test.changed, got.Changes == plugin.DiffSome)
			var replace []string
			for _, key := range got.ReplaceKeys {
				replace = append(replace, string(key))
			}
			assert.Equal(t, test.replace, replace)
		})
	}
}

func TestFactsAreOfTypesThatExist(t *testing.T) {
	for typ := range specs() {
		_, ok := FactsOf(typ)
		assert.True(t, ok, "%s has an entry, and no facts: is the token right?", typ)
	}
	for typ := range ownedBy {
		assert.True(t, Known(typ), typ)
	}
	for typ, spec := range specs() {
		assert.Equal(t, len(spec.Unique) > 0, spec.Taken != nil, "%s: a unique name needs its refusal, and the other way round", typ)
		assert.Equal(t, len(spec.Uses) > 0, spec.InUse != nil, "%s: uses need their refusal, and the other way round", typ)
		for _, use := range spec.Uses {
			_, ok := FactsOf(use.By)
			assert.True(t, ok, "%s is used by %s, which does not exist", typ, use.By)
		}
	}
}

// Every type can be previewed with nothing known, which panics where a table slices what is not there.
func TestPreviewOfEveryTypeWithNothingKnown(t *testing.T) {
	for typ := range loadFacts() {
		unknown := resource.PropertyMap{}
		facts, _ := FactsOf(typ)
		for _, name := range append(facts.Required, facts.Named) {
			unknown[resource.PropertyKey(name)] = resource.MakeComputed(resource.NewStringProperty(""))
		}
		out := Preview(Request{Place: Place{Region: "eu-west-1", Account: AccountID}, Type: typ, Inputs: unknown, Existing: inventory.New()})
		for _, name := range facts.Computed {
			assert.True(t, out[resource.PropertyKey(name)].ContainsUnknowns(), "%s.%s is known before it exists", typ, name)
		}
	}
}

func TestSecretsStaySecret(t *testing.T) {
	w := newWorld(t)
	r, err := New(Request{
		Place: Place{Region: "eu-west-1", Account: AccountID}, Type: "aws:ssm/parameter:Parameter", Existing: w.existing, Seed: "s",
		Inputs: resource.PropertyMap{"name": inventory.String("p"), "value": resource.MakeSecret(inventory.String("hunter2"))},
	})
	require.NoError(t, err)
	assert.True(t, r.Outputs["value"].IsSecret())
}

func TestGeneratedNames(t *testing.T) {
	for typ, test := range map[string]struct{ logical, want string }{
		typeBucket:            {"Lake", `^lake-[0-9a-f]{7}$`},
		typeRole:              {strings.Repeat("r", 80), `^r{57}[0-9a-f]{7}$`},
		typeLoadBalancer:      {strings.Repeat("l", 40), `^l{25}[0-9a-f]{7}$`},
		"aws:kms/alias:Alias": {"data", `^alias/data-[0-9a-f]{7}$`},
	} {
		name, err := GenerateName(typ, test.logical, []byte("seed"))
		require.NoError(t, err)
		assert.Regexp(t, test.want, name)
		again, _ := GenerateName(typ, test.logical, []byte("seed"))
		assert.Equal(t, name, again, "the same seed gives the same name")
	}
}

func TestInvoke(t *testing.T) {
	w := newWorld(t)
	vpc, a, _ := w.subnets()
	call := func(token string, args values) (resource.PropertyMap, error) {
		return Invoke(Call{Place: Place{Region: "eu-west-1", Account: AccountID}, Token: token, Args: props(args), Existing: w.existing})
	}
	_, err := call("aws:imaginary/getThing:getThing", nil)
	require.ErrorContains(t, err, "aws:imaginary/getThing:getThing")

	zones, err := call("aws:index/getAvailabilityZones:getAvailabilityZones", nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}, inventory.Texts(zones, "names"))

	subnets, err := call("aws:ec2/getSubnets:getSubnets", values{"filters": []any{
		values{"name": "vpc-id", "values": []any{vpc.ID}}, values{"name": "availability-zone", "values": []any{"eu-west-1a"}},
	}})
	require.NoError(t, err)
	assert.Equal(t, []string{a.ID}, inventory.Texts(subnets, "ids"))

	_, err = call("aws:ec2/getVpc:getVpc", values{"id": "vpc-nope"})
	require.ErrorContains(t, err, "no matching EC2 VPC found")

	kind, err := call("aws:ec2/getInstanceType:getInstanceType", values{"instanceType": "r7g.2xlarge"})
	require.NoError(t, err)
	assert.InDelta(t, 64*1024, inventory.Number(kind, "memorySize"), 0)
	assert.Equal(t, []string{"arm64"}, inventory.Texts(kind, "supportedArchitectures"))
	_, err = call("aws:ec2/getInstanceType:getInstanceType", values{"instanceType": "nonsense"})
	require.Error(t, err)

	release, err := call("aws:ssm/getParameter:getParameter", values{
		"name": "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version",
	})
	require.NoError(t, err)
	assert.Equal(t, "1.35.0-20260101", inventory.Text(release, "value"))

	document, err := call("aws:iam/getPolicyDocument:getPolicyDocument", values{"statements": []any{values{
		"actions": []any{"s3:GetObject"}, "resources": []any{"*"}, "principals": []any{values{"type": "AWS", "identifiers": []any{"*"}}},
	}}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"],"Principal":{"AWS":["*"]}}]}`,
		inventory.Text(document, "json"))
}
