package awscloud

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const (
	typeEKSCluster   = "aws:eks/cluster:Cluster"
	typeEKSNodeGroup = "aws:eks/nodeGroup:NodeGroup"
	typeAccessEntry  = "aws:eks/accessEntry:AccessEntry"
	typeAddon        = "aws:eks/addon:Addon"
)

var eksSpecs = map[string]Spec{
	typeEKSCluster: {
		ID:        property("name"),
		Outputs:   eksClusterOutputs,
		NameLimit: 100,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating EKS Cluster (%s): ResourceInUseException: Cluster already exists with name: %s",
				r.Text("name"), r.Text("name"))
		},
		Validate: clusterFits,
		Uses: []Use{
			{By: typeEKSNodeGroup, Path: "clusterName", Of: "name"},
			{By: "aws:eks/fargateProfile:FargateProfile", Path: "clusterName", Of: "name"},
		},
		InUse: func(r, _ inventory.Resource) string {
			return "deleting EKS Cluster (" + r.ID + "): ResourceInUseException: Cluster has nodegroups attached"
		},
	},
	typeEKSNodeGroup: {
		ID:        joined(":", "clusterName", "nodeGroupName"),
		Outputs:   nodeGroupOutputs,
		NameLimit: 63,
		Unique:    []string{"clusterName", "nodeGroupName"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating EKS Node Group (%s:%s): ResourceInUseException: NodeGroup already exists with name %s and cluster name %s",
				r.Text("clusterName"), r.Text("nodeGroupName"), r.Text("nodeGroupName"), r.Text("clusterName"))
		},
		Validate: clusterExists("creating EKS Node Group"),
	},
	typeAddon: {
		ID: joined(":", "clusterName", "addonName"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn":       r.ARN("eks", fmt.Sprintf("addon/%s/%s/%s", r.Text("clusterName"), r.Text("addonName"), uuid(r, "addon"))),
				"createdAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z", "addonVersion": addonVersion(r.Text("addonName")),
				"configurationValues": "", "preserve": false,
			}
		},
		Unique: []string{"clusterName", "addonName"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating EKS Add-On (%s:%s): ResourceInUseException: Addon already exists.",
				r.Text("clusterName"), r.Text("addonName"))
		},
		Validate: clusterExists("creating EKS Add-On"),
	},
	typeAccessEntry: {
		ID: joined(":", "clusterName", "principalArn"),
		Outputs: func(r Request) map[string]any {
			name := r.Text("principalArn")
			name = name[strings.LastIndex(name, "/")+1:]
			return map[string]any{
				"accessEntryArn": r.ARN("eks", fmt.Sprintf("access-entry/%s/role/%s/%s/%s", r.Text("clusterName"), r.Account, name, uuid(r, "entry"))),
				"createdAt":      "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z",
				"type": "STANDARD", "userName": r.Text("principalArn"), "kubernetesGroups": []any{},
			}
		},
		Unique:   []string{"clusterName", "principalArn"},
		Taken:    accessEntryTaken,
		Validate: accessEntryFits,
	},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
		ID: joined("#", "clusterName", "principalArn", "policyArn"),
		Outputs: func(Request) map[string]any {
			return map[string]any{"associatedAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z"}
		},
		Validate: func(r Request) error {
			for _, entry := range r.Existing.OfType(typeAccessEntry) {
				if inventory.Text(entry.Outputs, "clusterName") == r.Text("clusterName") &&
					inventory.Text(entry.Outputs, "principalArn") == r.Text("principalArn") {
					return nil
				}
			}
			return fmt.Errorf("creating EKS Access Policy Association (%s#%s#%s): ResourceNotFoundException: "+
				"The specified principalArn could not be found.",
				r.Text("clusterName"), r.Text("principalArn"), r.Text("policyArn"))
		},
	},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {
		ID: func(r Request) string { return "a-" + r.Hex(17, "id") },
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"associationId":  r.ID,
				"associationArn": r.ARN("eks", "podidentityassociation/"+r.Text("clusterName")+"/"+r.ID),
			}
		},
		Unique: []string{"clusterName", "namespace", "serviceAccount"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating EKS Pod Identity Association: ResourceInUseException: Association already exists: %s/%s",
				r.Text("namespace"), r.Text("serviceAccount"))
		},
		Validate: clusterExists("creating EKS Pod Identity Association"),
	},
}

func eksClusterOutputs(r Request) map[string]any {
	id := strings.ToUpper(inventory.Hex(32, r.Account, r.Region, r.ID, r.Seed))
	if issuer := inventory.Text(r.Previous, "identities.oidcs.issuer"); issuer != "" {
		id = issuer[strings.LastIndex(issuer, "/")+1:]
	}
	authority := base64.StdEncoding.EncodeToString([]byte("simulated certificate authority of " + r.ID))
	return map[string]any{
		"arn": r.ARN("eks", "cluster/"+r.ID), "clusterId": "", "createdAt": "2026-01-01T00:00:00Z", "status": "ACTIVE",
		"platformVersion": "eks.1", "version": "1.35", "bootstrapSelfManagedAddons": true,
		"endpoint":               r.Kept("endpoint", fmt.Sprintf("https://%s.gr7.%s.eks.%s", id, r.Region, r.DNSSuffix())),
		"certificateAuthority":   map[string]any{"data": authority},
		"certificateAuthorities": []any{map[string]any{"data": authority}},
		"identities": []any{map[string]any{
			"oidcs": []any{map[string]any{"issuer": fmt.Sprintf("https://oidc.eks.%s.%s/id/%s", r.Region, r.DNSSuffix(), id)}},
		}},
		"vpcConfig": clusterNetwork(r),
		"accessConfig": map[string]any{
			"authenticationMode":                      r.Or("accessConfig.authenticationMode", "CONFIG_MAP"),
			"bootstrapClusterCreatorAdminPermissions": inventory.Flag(r.Inputs, "accessConfig.bootstrapClusterCreatorAdminPermissions", true),
		},
		"kubernetesNetworkConfig": map[string]any{
			"ipFamily": r.Or("kubernetesNetworkConfig.ipFamily", "ipv4"), "serviceIpv6Cidr": "",
			"serviceIpv4Cidr": r.Or("kubernetesNetworkConfig.serviceIpv4Cidr", "10.100.0.0/16"),
		},
		"upgradePolicy": map[string]any{"supportType": r.Or("upgradePolicy.supportType", "EXTENDED")},
	}
}

// clusterNetwork adds what EKS makes for itself: a security group for nodes and control plane.
func clusterNetwork(r Request) map[string]any {
	subnets := inventory.Texts(r.Inputs, "vpcConfig.subnetIds")
	vpc := ""
	if len(subnets) > 0 {
		subnet, _ := r.Existing.Get(typeSubnet, "", subnets[0])
		vpc = inventory.Text(subnet.Outputs, "vpcId")
	}
	return map[string]any{
		"vpcId":                  r.Kept("vpcConfig.vpcId", vpc),
		"clusterSecurityGroupId": r.Kept("vpcConfig.clusterSecurityGroupId", "sg-0"+r.Hex(16, "cluster-group")),
		"endpointPublicAccess":   inventory.Flag(r.Inputs, "vpcConfig.endpointPublicAccess", true),
		"endpointPrivateAccess":  inventory.Flag(r.Inputs, "vpcConfig.endpointPrivateAccess", false),
		"publicAccessCidrs":      []any{"0.0.0.0/0"},
	}
}

// clusterFits refuses a cluster whose subnets are missing or in one zone.
func clusterFits(r Request) error {
	zones := map[string]bool{}
	prefix := fmt.Sprintf("creating EKS Cluster (%s): InvalidParameterException: ", r.Text("name"))
	for _, id := range inventory.Texts(r.Inputs, "vpcConfig.subnetIds") {
		subnet, ok := r.Existing.Get(typeSubnet, "", id)
		if !ok {
			return fmt.Errorf("%sThe subnet ID '%s' does not exist", prefix, id)
		}
		zones[inventory.Text(subnet.Outputs, "availabilityZone")] = true
	}
	if len(zones) < 2 {
		return fmt.Errorf("%sSubnets specified must be in at least two different AZs", prefix)
	}
	return nil
}

// clusterExists refuses what belongs to a cluster that is not there.
func clusterExists(doing string) func(Request) error {
	return func(r Request) error {
		name := r.Text("clusterName")
		if _, ok := r.Existing.Get(typeEKSCluster, "", name); !ok {
			return fmt.Errorf("%s (%s): ResourceNotFoundException: No cluster found for name: %s.", doing, name, name)
		}
		return nil
	}
}

// accessEntryFits refuses an entry for the role of a managed node group: EKS makes that one itself.
func accessEntryFits(r Request) error {
	if err := clusterExists("creating EKS Access Entry")(r); err != nil {
		return err
	}
	cluster, _ := r.Existing.Get(typeEKSCluster, "", r.Text("clusterName"))
	if inventory.Text(cluster.Outputs, "accessConfig.authenticationMode") == "CONFIG_MAP" {
		return fmt.Errorf("creating EKS Access Entry (%s:%s): InvalidRequestException: The cluster's authentication mode must be set to one of "+
			"[API, API_AND_CONFIG_MAP] to perform this operation.", r.Text("clusterName"), r.Text("principalArn"))
	}
	for _, group := range r.Existing.OfType(typeEKSNodeGroup) {
		if inventory.Text(group.Outputs, "clusterName") == r.Text("clusterName") &&
			inventory.Text(group.Outputs, "nodeRoleArn") == r.Text("principalArn") {
			return errors.New(accessEntryTaken(r))
		}
	}
	return nil
}

func nodeGroupOutputs(r Request) map[string]any {
	group := fmt.Sprintf("eks-%s-%s", r.Text("nodeGroupName"), uuid(r, "asg"))
	cluster, _ := r.Existing.Get(typeEKSCluster, "", r.Text("clusterName"))
	version := inventory.Text(cluster.Outputs, "version")
	return map[string]any{
		"arn":    r.ARN("eks", fmt.Sprintf("nodegroup/%s/%s/%s", r.Text("clusterName"), r.Text("nodeGroupName"), uuid(r, "group"))),
		"status": "ACTIVE", "capacityType": "ON_DEMAND", "version": version, "releaseVersion": version + ".0-20260101",
		"amiType": "AL2023_x86_64_STANDARD", "diskSize": 20, "instanceTypes": []any{"t3.medium"},
		"resources": []any{map[string]any{
			"autoscalingGroups": []any{map[string]any{"name": group}}, "remoteAccessSecurityGroupId": "",
		}},
		"updateConfig": map[string]any{"maxUnavailable": 1},
	}
}

// addonVersions are those that EKS recommends for Kubernetes 1.35, as of the date in facts.go.
var addonVersions = map[string]string{
	"vpc-cni": "v1.20.4-eksbuild.1", "kube-proxy": "v1.35.0-eksbuild.2", "coredns": "v1.12.4-eksbuild.1",
	"eks-pod-identity-agent": "v1.3.9-eksbuild.3", "aws-ebs-csi-driver": "v1.51.0-eksbuild.1", "metrics-server": "v0.8.0-eksbuild.2",
}

func addonVersion(name string) string {
	if v, ok := addonVersions[name]; ok {
		return v
	}
	return "v1.0.0-eksbuild.1"
}

func accessEntryTaken(r Request) string {
	return fmt.Sprintf("creating EKS Access Entry (%s:%s): ResourceInUseException: "+
		"The specified access entry resource is already in use on this cluster.", r.Text("clusterName"), r.Text("principalArn"))
}
