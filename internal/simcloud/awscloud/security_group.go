package awscloud

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const (
	typeIngressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeEgressRule  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	typeGroupRule   = "aws:ec2/securityGroupRule:SecurityGroupRule"
)

var securityGroupSpecs = map[string]Spec{
	typeSecurityGroup: {
		ID:      hexID("sg"),
		Outputs: securityGroupOutputs,
		Unique:  []string{"name", "vpcId"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating Security Group (%s): InvalidGroup.Duplicate: The security group '%s' already exists for VPC '%s'",
				r.Text("name"), r.Text("name"), r.Text("vpcId"))
		},
		Uses: []Use{
			{By: typeInstance, Path: "vpcSecurityGroupIds"}, {By: typeVPCEndpoint, Path: "securityGroupIds"},
			{By: typeLoadBalancer, Path: "securityGroups"}, {By: typeEKSCluster, Path: "vpcConfig.securityGroupIds"},
			{By: typeIngressRule, Path: "referencedSecurityGroupId"}, {By: typeEgressRule, Path: "referencedSecurityGroupId"},
			{By: typeGroupRule, Path: "sourceSecurityGroupId"}, {By: typeNetworkInterface, Path: "securityGroups"},
			{By: typeLaunchTemplate, Path: "vpcSecurityGroupIds"},
		},
		InUse: func(r, _ inventory.Resource) string {
			return "deleting Security Group (" + r.ID + "): DependencyViolation: resource " + r.ID + " has a dependent object"
		},
	},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
		ID: func(r Request) string {
			vpc, _ := r.Existing.Get(typeVPC, "", r.Text("vpcId"))
			return inventory.Text(vpc.Outputs, "defaultSecurityGroupId")
		},
		Outputs: func(r Request) map[string]any {
			out := owned("security-group")(r)
			out["name"], out["description"], out["namePrefix"] = "default", "default VPC security group", ""
			out["ingress"], out["egress"] = []any{}, []any{}
			return out
		},
	},
	typeGroupRule: {
		ID: func(r Request) string { return "sgrule-" + fmt.Sprint(decimal(r.Hex(8, "id"))) },
		Outputs: func(r Request) map[string]any {
			return map[string]any{"securityGroupRuleId": "sgr-0" + r.Hex(16, "rule"), "self": false}
		},
		Validate: ruleIsNew(typeGroupRule),
	},
	typeIngressRule: {ID: hexID("sgr"), Outputs: groupRuleOutputs, Validate: ruleIsNew(typeIngressRule)},
	typeEgressRule:  {ID: hexID("sgr"), Outputs: groupRuleOutputs, Validate: ruleIsNew(typeEgressRule)},
}

func securityGroupOutputs(r Request) map[string]any {
	out := owned("security-group")(r)
	out["description"] = "Managed by Pulumi"
	out["ingress"], out["egress"] = []any{}, []any{}
	return out
}

func groupRuleOutputs(r Request) map[string]any {
	return map[string]any{"arn": r.ARN("ec2", "security-group-rule/"+r.ID), "securityGroupRuleId": r.ID}
}

// ruleIsNew refuses a rule that its group has already, descriptions and tags apart.
func ruleIsNew(typ string) func(Request) error {
	return func(r Request) error {
		mine := ruleSubject(r.Inputs)
		for _, other := range r.Existing.OfType(typ) {
			if ruleSubject(other.Inputs).DeepEquals(mine) {
				return fmt.Errorf("InvalidPermission.Duplicate: the specified rule already exists in the security group %s (rule %s)",
					r.Text("securityGroupId"), other.ID)
			}
		}
		return nil
	}
}

func ruleSubject(inputs resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for k, v := range inputs {
		if k != "description" && k != "tags" && k != "tagsAll" && !strings.HasPrefix(string(k), "__") {
			out[k] = inventory.Plain(v)
		}
	}
	return out
}

func decimal(hex string) uint64 {
	var n uint64
	_, _ = fmt.Sscanf(hex, "%x", &n) // hex is made of hexadecimal digits only
	return n
}
