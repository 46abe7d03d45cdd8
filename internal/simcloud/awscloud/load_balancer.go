package awscloud

import (
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const (
	typeTargetGroup = "aws:lb/targetGroup:TargetGroup"
	typeListener    = "aws:lb/listener:Listener"
)

var loadBalancerSpecs = map[string]Spec{
	typeLoadBalancer: {
		ID: func(r Request) string {
			return r.ARN("elasticloadbalancing", fmt.Sprintf("loadbalancer/%s/%s/%s", lbKind(r), r.Text("name"), r.Hex(16, "id")))
		},
		Outputs:   loadBalancerOutputs,
		Unique:    []string{"name"},
		NameLimit: 32,
		Taken: func(r Request) string {
			return fmt.Sprintf("ELBv2 Load Balancer (%s) already exists", r.Text("name"))
		},
		Validate: func(r Request) error {
			if n := len(inventory.Texts(r.Inputs, "subnets")); lbKind(r) == "app" && n == 1 {
				return fmt.Errorf("creating ELBv2 application Load Balancer (%s): InvalidConfigurationRequest: "+
					"At least two subnets in two different Availability Zones must be specified", r.Text("name"))
			}
			return nil
		},
	},
	typeTargetGroup: {
		ID: func(r Request) string {
			return r.ARN("elasticloadbalancing", fmt.Sprintf("targetgroup/%s/%s", r.Text("name"), r.Hex(16, "id")))
		},
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ID, "arnSuffix": suffix(r.ID), "loadBalancerArns": []any{}, "targetType": "instance"}
		},
		Unique:    []string{"name"},
		NameLimit: 32,
		Taken:     func(r Request) string { return fmt.Sprintf("ELBv2 Target Group (%s) already exists", r.Text("name")) },
		Uses: []Use{
			{By: typeListener, Path: "defaultActions.targetGroupArn"},
			{By: "aws:lb/listenerRule:ListenerRule", Path: "actions.targetGroupArn"},
		},
		InUse: func(r, _ inventory.Resource) string {
			return fmt.Sprintf("deleting ELBv2 Target Group: ResourceInUse: Target group '%s' is currently in use by a listener or a rule", r.ID)
		},
	},
	typeListener: {
		ID: func(r Request) string {
			return strings.Replace(r.Text("loadBalancerArn"), ":loadbalancer/", ":listener/", 1) + "/" + r.Hex(16, "id")
		},
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ID, "protocol": "HTTP", "sslPolicy": "", "routingHttpResponseServerEnabled": true}
		},
		Unique: []string{"loadBalancerArn", "port"},
		Taken: func(r Request) string {
			return "creating ELBv2 Listener (" + r.Text("loadBalancerArn") + "): DuplicateListener: A listener already exists on this port"
		},
		Validate: func(r Request) error {
			if r.Text("protocol") == "HTTPS" && r.Text("certificateArn") == "" {
				return fmt.Errorf("creating ELBv2 Listener (%s): CertificateNotFound: A certificate must be specified for HTTPS listeners",
					r.Text("loadBalancerArn"))
			}
			return nil
		},
	},
	"aws:lb/listenerRule:ListenerRule": {
		ID: func(r Request) string {
			return strings.Replace(r.Text("listenerArn"), ":listener/", ":listener-rule/", 1) + "/" + r.Hex(16, "id")
		},
		Outputs: func(r Request) map[string]any { return map[string]any{"arn": r.ID, "priority": 1} },
	},
	"aws:lb/listenerCertificate:ListenerCertificate": {ID: joined("_", "listenerArn", "certificateArn"), Outputs: none},
	"aws:lb/targetGroupAttachment:TargetGroupAttachment": {
		ID:      func(r Request) string { return r.Text("targetGroupArn") + "-" + r.Hex(26, "id") },
		Outputs: none,
	},
}

func lbKind(r Request) string {
	switch r.Text("loadBalancerType") {
	case "network":
		return "net"
	case "gateway":
		return "gwy"
	}
	return "app"
}

// suffix is the part of an ARN that CloudWatch uses as dimension.
func suffix(arn string) string {
	s := arn[strings.LastIndex(arn, ":")+1:]
	return strings.TrimPrefix(s, "loadbalancer/")
}

func loadBalancerOutputs(r Request) map[string]any {
	scheme := ""
	if inventory.Flag(r.Inputs, "internal", false) {
		scheme = "internal-"
	}
	vpc := ""
	if subnets := inventory.Texts(r.Inputs, "subnets"); len(subnets) > 0 {
		subnet, _ := r.Existing.Get(typeSubnet, "", subnets[0])
		vpc = inventory.Text(subnet.Outputs, "vpcId")
	}
	return map[string]any{
		"arn": r.ID, "arnSuffix": suffix(r.ID), "vpcId": vpc, "zoneId": "Z35SXDOTRQ7X7K", "ipAddressType": "ipv4",
		"dnsName":          fmt.Sprintf("%s%s-%d.%s.elb.%s", scheme, r.Text("name"), decimal(r.Hex(8, "dns")), r.Region, r.DNSSuffix()),
		"loadBalancerType": "application", "internal": false,
	}
}
