package awscloud

import (
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

var serviceData = map[string]answer{
	"aws:ssm/getParameter:getParameter": parameter,
	"aws:eks/getCluster:getCluster": func(c Call) (map[string]any, error) {
		r, ok := c.Existing.Get(typeEKSCluster, "", c.Text("name"))
		if !ok {
			return nil, fmt.Errorf("reading EKS Cluster (%s): couldn't find resource", c.Text("name"))
		}
		return found(r, nil), nil
	},
	"aws:eks/getClusterAuth:getClusterAuth": func(c Call) (map[string]any, error) {
		return map[string]any{"token": "k8s-aws-v1.simulated", "id": c.Text("name")}, nil
	},
	"aws:eks/getAddonVersion:getAddonVersion": func(c Call) (map[string]any, error) {
		return map[string]any{"version": addonVersion(c.Text("addonName")), "id": c.Text("addonName")}, nil
	},
	"aws:kms/getKey:getKey": func(c Call) (map[string]any, error) {
		id := c.Text("keyId")
		if alias, ok := c.Existing.Find("aws:kms/alias:Alias", "name", id); ok {
			id = inventory.Text(alias.Outputs, "targetKeyId")
		}
		for _, r := range c.Existing.OfType(typeKey) {
			if r.ID == id || inventory.Text(r.Outputs, "arn") == id {
				return found(r, map[string]any{"enabled": true, "keyState": "Enabled", "keyManager": "CUSTOMER", "awsAccountId": c.Account}), nil
			}
		}
		return nil, fmt.Errorf("reading KMS Key (%s): NotFoundException: Key '%s' does not exist", id, id)
	},
	"aws:kms/getAlias:getAlias": func(c Call) (map[string]any, error) {
		name := c.Text("name")
		if r, ok := c.Existing.Find("aws:kms/alias:Alias", "name", name); ok {
			return found(r, nil), nil
		}
		if !strings.HasPrefix(name, "alias/aws/") {
			return nil, fmt.Errorf("reading KMS Alias (%s): empty result", name)
		}
		key := inventory.Hex(32, c.Region, name)
		arn := c.ARN("kms", name)
		return map[string]any{"arn": arn, "targetKeyId": key, "targetKeyArn": c.ARN("kms", "key/"+key), "id": arn}, nil
	},
	"aws:route53/getZone:getZone": func(c Call) (map[string]any, error) {
		name := strings.TrimSuffix(c.Text("name"), ".")
		for _, r := range c.Existing.OfType(typeZone) {
			if r.ID == c.Text("zoneId") || strings.TrimSuffix(inventory.Text(r.Outputs, "name"), ".") == name && name != "" {
				return found(r, nil), nil
			}
		}
		// A zone is what a program adopts most often: one of any name is taken to be there.
		id := c.Text("zoneId")
		if id == "" {
			id = "Z" + strings.ToUpper(inventory.Hex(20, name))
		}
		return map[string]any{
			"id": id, "zoneId": id, "name": name, "arn": fmt.Sprintf("arn:%s:route53:::hostedzone/%s", c.Partition(), id), "comment": "",
			"nameServers": []any{"ns-1.awsdns-01.org"}, "primaryNameServer": "ns-1.awsdns-01.org",
			"callerReference": "", "resourceRecordSetCount": 2,
			"linkedServiceDescription": "", "linkedServicePrincipal": "", "tags": map[string]any{}, "vpcId": "",
		}, nil
	},
	"aws:acm/getCertificate:getCertificate": func(c Call) (map[string]any, error) {
		arn := c.ARN("acm", "certificate/"+inventory.Hex(32, c.Text("domain")))
		return map[string]any{"arn": arn, "domain": c.Text("domain"), "status": "ISSUED", "certificate": "", "certificateChain": "",
			"tags": map[string]any{}, "id": arn}, nil
	},
	"aws:ecr/getAuthorizationToken:getAuthorizationToken": func(c Call) (map[string]any, error) {
		return map[string]any{
			"userName": "AWS", "password": "simulated", "authorizationToken": "QVdTOnNpbXVsYXRlZA==", "expiresAt": "2030-01-01T00:00:00Z",
			"proxyEndpoint": fmt.Sprintf("https://%s.dkr.ecr.%s.%s", c.Account, c.Region, c.DNSSuffix()),
		}, nil
	},
	"aws:ecr/getRepository:getRepository": func(c Call) (map[string]any, error) {
		r, ok := c.Existing.Get(typeRepository, "", c.Text("name"))
		if !ok {
			return nil, fmt.Errorf("reading ECR Repository (%s): couldn't find resource", c.Text("name"))
		}
		return found(r, nil), nil
	},
	"aws:s3/getBucket:getBucket": func(c Call) (map[string]any, error) {
		for _, typ := range []string{typeBucket, "aws:s3/bucket:Bucket"} {
			if r, ok := c.Existing.Get(typ, "", c.Text("bucket")); ok {
				return found(r, nil), nil
			}
		}
		return nil, fmt.Errorf("reading S3 Bucket (%s): couldn't find resource", c.Text("bucket"))
	},
	"aws:secretsmanager/getSecret:getSecret": func(c Call) (map[string]any, error) {
		for _, r := range c.Existing.OfType(typeSecret) {
			if r.ID == c.Text("arn") || inventory.Text(r.Outputs, "name") == c.Text("name") {
				return found(r, nil), nil
			}
		}
		return nil, fmt.Errorf("reading Secrets Manager Secret (%s%s): couldn't find resource", c.Text("arn"), c.Text("name"))
	},
	"aws:elb/getServiceAccount:getServiceAccount": func(c Call) (map[string]any, error) {
		return map[string]any{"arn": fmt.Sprintf("arn:%s:iam::127311923021:root", c.Partition()), "id": "127311923021"}, nil
	},
}

// parameter answers the program's own parameters, and AWS's public ones by their kind.
func parameter(c Call) (map[string]any, error) {
	name := c.Text("name")
	if r, ok := c.Existing.Get("aws:ssm/parameter:Parameter", "", name); ok {
		return found(r, map[string]any{"insecureValue": inventory.Text(r.Outputs, "value")}), nil
	}
	if !strings.HasPrefix(name, "/aws/service/") {
		return nil, fmt.Errorf("reading SSM Parameter (%s): ParameterNotFound", name)
	}
	value := "ami-0" + inventory.Hex(16, c.Region, name)
	if strings.HasSuffix(name, "/release_version") {
		value = releaseVersion(name)
	}
	return map[string]any{
		"id": name, "name": name, "value": value, "insecureValue": value, "type": "String", "version": 1,
		"arn": fmt.Sprintf("arn:%s:ssm:%s::parameter%s", c.Partition(), c.Region, name),
	}, nil
}

// releaseVersion is that of an EKS-optimized image, such as 1.35.0-20260101: the version of
// Kubernetes is the fifth part of the parameter's name.
func releaseVersion(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) > 5 {
		return parts[5] + ".0-20260101"
	}
	return "20260101"
}
