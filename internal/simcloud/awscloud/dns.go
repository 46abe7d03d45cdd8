package awscloud

import (
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const (
	typeZone   = "aws:route53/zone:Zone"
	typeRecord = "aws:route53/record:Record"
)

var dnsSpecs = map[string]Spec{
	typeZone: {
		ID: func(r Request) string { return "Z" + strings.ToUpper(r.Hex(20, "id")) },
		Outputs: func(r Request) map[string]any {
			servers := []any{"ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk", "ns-3.awsdns-03.com", "ns-4.awsdns-04.net"}
			return map[string]any{
				"arn": fmt.Sprintf("arn:%s:route53:::hostedzone/%s", r.Partition(), r.ID), "zoneId": r.ID, "nameServers": servers,
				"primaryNameServer": servers[0], "comment": "Managed by Pulumi", "forceDestroy": false,
			}
		},
		Uses: []Use{{By: typeRecord, Path: "zoneId"}},
		InUse: func(r, _ inventory.Resource) string {
			return "deleting Route 53 Hosted Zone (" + r.ID + "): HostedZoneNotEmpty: " +
				"The specified hosted zone contains non-required resource record sets"
		},
	},
	typeRecord: {
		ID: joined("_", "zoneId", "name", "type"),
		Outputs: func(r Request) map[string]any {
			name, domain := strings.TrimSuffix(r.Text("name"), "."), zoneName(r)
			if domain != "" && !strings.HasSuffix(name, domain) {
				name = strings.TrimPrefix(name+"."+domain, ".")
			}
			return map[string]any{"fqdn": name}
		},
	},
}

func zoneName(r Request) string {
	zone, _ := r.Existing.Get(typeZone, "", r.Text("zoneId"))
	return strings.TrimSuffix(inventory.Text(zone.Outputs, "name"), ".")
}

var certificateSpecs = map[string]Spec{
	"aws:acm/certificate:Certificate": {
		ID:      func(r Request) string { return r.ARN("acm", "certificate/"+uuid(r, "id")) },
		Outputs: certificateOutputs,
	},
	"aws:acm/certificateValidation:CertificateValidation": {
		ID: func(Request) string { return "2026-01-01 00:00:00 +0000 UTC" }, Outputs: none,
	},
}

func certificateOutputs(r Request) map[string]any {
	domain := r.Text("domainName")
	var options []any
	for _, name := range append([]string{domain}, inventory.Texts(r.Inputs, "subjectAlternativeNames")...) {
		bare := strings.TrimPrefix(name, "*.")
		options = append(options, map[string]any{
			"domainName": name, "resourceRecordType": "CNAME",
			"resourceRecordName":  "_" + inventory.Hex(32, bare, "name") + "." + bare + ".",
			"resourceRecordValue": "_" + inventory.Hex(32, bare, "value") + ".acm-validations.aws.",
		})
	}
	return map[string]any{
		"arn": r.ID, "domainValidationOptions": options, "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED",
		"notAfter": "", "notBefore": "", "pendingRenewal": false, "renewalEligibility": "INELIGIBLE", "renewalSummaries": []any{},
		"validationEmails": []any{}, "validationMethod": "DNS", "keyAlgorithm": "RSA_2048", "subjectAlternativeNames": []any{domain},
	}
}
