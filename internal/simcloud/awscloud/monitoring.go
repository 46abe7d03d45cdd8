package awscloud

import "fmt"

var monitoringSpecs = map[string]Spec{
	"aws:cloudwatch/logGroup:LogGroup": {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("logs", "log-group:"+r.ID), "retentionInDays": 0, "logGroupClass": "STANDARD", "skipDestroy": false}
		},
		NameLimit: 512,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating CloudWatch Logs Log Group (%s): ResourceAlreadyExistsException: The specified log group already exists",
				r.Text("name"))
		},
	},
	"aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {ID: property("policyName"), Outputs: none},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {
		ID:      property("name"),
		Outputs: func(r Request) map[string]any { return map[string]any{"arn": r.ARN("cloudwatch", "alarm:"+r.ID)} },
	},
	"aws:cloudwatch/eventRule:EventRule": {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("events", "rule/"+r.ID), "eventBusName": "default"}
		},
	},
	"aws:sns/topic:Topic": {
		ID:      func(r Request) string { return r.ARN("sns", r.Text("name")) },
		Outputs: func(r Request) map[string]any { return map[string]any{"arn": r.ID, "owner": r.Account} },
	},
	"aws:sqs/queue:Queue": {
		ID: func(r Request) string {
			return fmt.Sprintf("https://sqs.%s.%s/%s/%s", r.Region, r.DNSSuffix(), r.Account, r.Text("name"))
		},
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ARN("sqs", r.Text("name")), "url": r.ID}
		},
	},
	"aws:dlm/lifecyclePolicy:LifecyclePolicy": {
		ID: hexID("policy"), Outputs: func(r Request) map[string]any { return map[string]any{"arn": r.ARN("dlm", "policy/"+r.ID)} },
	},
}
