package awscloud

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

var accountData = map[string]answer{
	"aws:index/getCallerIdentity:getCallerIdentity": func(c Call) (map[string]any, error) {
		arn := strings.Replace(CallerARN, "arn:aws:", "arn:"+c.Partition()+":", 1)
		return map[string]any{"accountId": c.Account, "arn": arn, "userId": "AROASIMULATEDDEPLOYER:simulated", "id": c.Account}, nil
	},
	"aws:index/getPartition:getPartition": func(c Call) (map[string]any, error) {
		reverse := "com.amazonaws"
		if c.Partition() == partitionChina {
			reverse = "cn.com.amazonaws"
		}
		return map[string]any{"partition": c.Partition(), "dnsSuffix": c.DNSSuffix(), "reverseDnsPrefix": reverse, "id": c.Partition()}, nil
	},
	"aws:index/getRegion:getRegion": func(c Call) (map[string]any, error) {
		name := c.Region
		if asked := c.Text("name"); asked != "" {
			name = asked
		}
		return map[string]any{"name": name, "description": name, "endpoint": "ec2." + name + "." + c.DNSSuffix(), "id": name}, nil
	},
	"aws:index/getAvailabilityZones:getAvailabilityZones": func(c Call) (map[string]any, error) {
		var names, ids []any
		for _, letter := range "abc" {
			zone := c.Region + string(letter)
			names, ids = append(names, zone), append(ids, zoneID(zone))
		}
		return map[string]any{"names": names, "zoneIds": ids, "groupNames": []any{c.Region + "-zg-1"}}, nil
	},
	"aws:index/getAvailabilityZone:getAvailabilityZone": func(c Call) (map[string]any, error) {
		name := c.Text("name")
		if name == "" || !strings.HasPrefix(name, c.Region) {
			return nil, fmt.Errorf("reading EC2 Availability Zone: InvalidParameterValue: Invalid availability zone: [%s]", name)
		}
		return map[string]any{
			"name": name, "zoneId": zoneID(name), "region": c.Region, "state": "available", "zoneType": "availability-zone",
			"optInStatus": "opt-in-not-required", "groupName": c.Region + "-zg-1", "nameSuffix": strings.TrimPrefix(name, c.Region),
			"networkBorderGroup": c.Region, "parentZoneId": "", "parentZoneName": "", "id": name,
		}, nil
	},
	"aws:iam/getRole:getRole": func(c Call) (map[string]any, error) {
		r, ok := c.Existing.Find(typeRole, "name", c.Text("name"))
		if !ok {
			return nil, fmt.Errorf("reading IAM Role (%s): NoSuchEntity: The role with name %s cannot be found.", c.Text("name"), c.Text("name"))
		}
		return found(r, nil), nil
	},
	"aws:iam/getPolicy:getPolicy": func(c Call) (map[string]any, error) {
		if strings.HasPrefix(c.Text("arn"), "arn:"+c.Partition()+":iam::aws:policy/") {
			arn := c.Text("arn")
			return map[string]any{"arn": arn, "name": arn[strings.LastIndex(arn, "/")+1:], "policy": "{}", "id": arn}, nil
		}
		r, ok := c.Existing.Get(typePolicy, "", c.Text("arn"))
		if !ok {
			return nil, fmt.Errorf("reading IAM Policy (%s): no matching IAM Policy found", c.Text("arn"))
		}
		return found(r, nil), nil
	},
	"aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
	"aws:iam/getSessionContext:getSessionContext": sessionContext,
}

// sessionContext turns the ARN of a role's session into that of the role.
func sessionContext(c Call) (map[string]any, error) {
	arn := c.Text("arn")
	out := map[string]any{"issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": "", "id": arn}
	_, session, ok := strings.Cut(arn, ":assumed-role/")
	if !ok {
		return out, nil
	}
	role, name, _ := strings.Cut(session, "/")
	out["issuerArn"], out["issuerName"], out["sessionName"] = c.GlobalARN("iam", "role/"+role), role, name
	return out, nil
}

// policyDocument renders statements as the real data source does.
func policyDocument(c Call) (map[string]any, error) {
	var statements []any
	list, _ := inventory.At(c.Args, "statements")
	if list.IsArray() {
		for _, item := range list.ArrayValue() {
			statements = append(statements, statement(inventory.Plain(item).ObjectValue()))
		}
	}
	data, err := json.MarshalIndent(map[string]any{"Version": "2012-10-17", "Statement": statements}, "", "  ")
	if err != nil {
		return nil, err
	}
	return map[string]any{"json": string(data), "minifiedJson": string(data), "id": inventory.Hex(10, string(data))}, nil
}

func statement(in resource.PropertyMap) map[string]any {
	out := map[string]any{"Effect": "Allow"}
	if effect := inventory.Text(in, "effect"); effect != "" {
		out["Effect"] = effect
	}
	if sid := inventory.Text(in, "sid"); sid != "" {
		out["Sid"] = sid
	}
	for from, to := range map[string]string{
		"actions": "Action", "notActions": "NotAction", "resources": "Resource", "notResources": "NotResource",
	} {
		if values := inventory.Texts(in, from); len(values) > 0 {
			out[to] = values
		}
	}
	if principals := grouped(in, "principals", "type", "identifiers"); principals != nil {
		out["Principal"] = principals
	}
	if list, ok := inventory.At(in, "conditions"); ok && list.IsArray() {
		conditions := map[string]map[string][]string{}
		for _, item := range list.ArrayValue() {
			m := inventory.Plain(item).ObjectValue()
			test := inventory.Text(m, "test")
			if conditions[test] == nil {
				conditions[test] = map[string][]string{}
			}
			conditions[test][inventory.Text(m, "variable")] = inventory.Texts(m, "values")
		}
		out["Condition"] = conditions
	}
	return out
}

func grouped(in resource.PropertyMap, list, key, values string) map[string][]string {
	items, ok := inventory.At(in, list)
	if !ok || !items.IsArray() || len(items.ArrayValue()) == 0 {
		return nil
	}
	out := map[string][]string{}
	for _, item := range items.ArrayValue() {
		m := inventory.Plain(item).ObjectValue()
		k := inventory.Text(m, key)
		out[k] = append(out[k], inventory.Texts(m, values)...)
	}
	return out
}
