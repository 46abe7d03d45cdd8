package synth

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// autonameSuffix stands in for the seven random hex digits that the engine appends.
const autonameSuffix = "-1234567"

// physicalNames says which property holds a type's physical name. The engine fills it where the program does not.
var physicalNames = namesBy(map[string]string{
	"name": `aws:iam/role:Role aws:iam/policy:Policy aws:iam/rolePolicy:RolePolicy aws:iam/instanceProfile:InstanceProfile
		aws:iam/user:User aws:iam/group:Group aws:ecr/repository:Repository aws:eks/cluster:Cluster
		aws:ec2/securityGroup:SecurityGroup aws:ec2/launchTemplate:LaunchTemplate aws:ec2/placementGroup:PlacementGroup
		aws:lb/loadBalancer:LoadBalancer aws:lb/targetGroup:TargetGroup aws:alb/loadBalancer:LoadBalancer
		aws:alb/targetGroup:TargetGroup aws:glue/catalogDatabase:CatalogDatabase aws:glue/crawler:Crawler aws:glue/job:Job
		aws:glue/connection:Connection aws:glue/securityConfiguration:SecurityConfiguration aws:athena/workgroup:Workgroup
		aws:athena/namedQuery:NamedQuery aws:athena/dataCatalog:DataCatalog aws:cloudwatch/logGroup:LogGroup
		aws:cloudwatch/eventRule:EventRule aws:cloudwatch/metricAlarm:MetricAlarm aws:secretsmanager/secret:Secret
		aws:ssm/document:Document aws:ssm/parameter:Parameter aws:autoscaling/group:Group aws:cloudformation/stack:Stack
		aws:sqs/queue:Queue aws:sns/topic:Topic aws:emrcontainers/virtualCluster:VirtualCluster aws:emr/cluster:Cluster
		aws:emr/securityConfiguration:SecurityConfiguration aws:emrserverless/application:Application aws:kms/alias:Alias
		aws:lambda/function:Function aws:backup/vault:Vault aws:backup/plan:Plan aws:redshift/subnetGroup:SubnetGroup
		aws:s3/accessPoint:AccessPoint aws:sfn/stateMachine:StateMachine aws:cloudtrail/trail:Trail`,
	"bucket":        "aws:s3/bucket:Bucket aws:s3/bucketV2:BucketV2",
	"keyName":       "aws:ec2/keyPair:KeyPair",
	"nodeGroupName": "aws:eks/nodeGroup:NodeGroup",
})

// namedIDs are types whose ID is the physical name.
var namedIDs = TypeSet(`aws:iam/role:Role aws:iam/instanceProfile:InstanceProfile aws:iam/user:User aws:iam/group:Group
	aws:s3/bucket:Bucket aws:s3/bucketV2:BucketV2 aws:ecr/repository:Repository aws:eks/cluster:Cluster
	aws:ec2/keyPair:KeyPair aws:athena/workgroup:Workgroup aws:athena/dataCatalog:DataCatalog
	aws:cloudwatch/logGroup:LogGroup aws:ssm/document:Document aws:ssm/parameter:Parameter aws:autoscaling/group:Group
	aws:kms/alias:Alias aws:lambda/function:Function aws:backup/vault:Vault aws:glue/job:Job aws:glue/crawler:Crawler`)

// arnIDs are types whose ID is the ARN.
var arnIDs = TypeSet(`aws:iam/policy:Policy aws:lb/loadBalancer:LoadBalancer aws:lb/targetGroup:TargetGroup
	aws:lb/listener:Listener aws:lb/listenerRule:ListenerRule aws:alb/loadBalancer:LoadBalancer
	aws:alb/targetGroup:TargetGroup aws:alb/listener:Listener aws:secretsmanager/secret:Secret aws:sns/topic:Topic
	aws:acm/certificate:Certificate aws:cloudformation/stack:Stack aws:iam/openIdConnectProvider:OpenIdConnectProvider
	aws:sfn/stateMachine:StateMachine`)

// TypeSet is a set of the type tokens that a text lists.
func TypeSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, token := range strings.Fields(text) {
		set[token] = true
	}
	return set
}

func namesBy(types map[string]string) map[string]string {
	names := map[string]string{}
	for property, tokens := range types {
		for token := range TypeSet(tokens) {
			names[token] = property
		}
	}
	return names
}

// computed is the state of a resource that was created: its inputs, what AWS computes, and what the test adds.
func (m *monitor) computed(res *Resource) resource.PropertyMap {
	if !res.Custom && !res.Remote {
		return resource.PropertyMap{} // a component's outputs are the program's own
	}
	state := res.Inputs.Copy()
	if name := physicalName(res); name != "" {
		state[resource.PropertyKey(physicalNames[res.Type])] = resource.NewProperty(name)
	}
	if strings.HasPrefix(res.Type, "aws:") {
		if _, given := state["arn"]; !given {
			state["arn"] = resource.NewProperty(arnOf(m.settings.Location, res))
		}
	}
	if compute, ok := computedBy[res.Type]; ok {
		for key, value := range properties(compute(m.settings.Location, res)) {
			if _, given := state[key]; !given || value.IsObject() {
				state[key] = deepOver(value, state[key])
			}
		}
	}
	if res.Type == clusterComponent {
		state = laidOver(state, m.clusterComponent(res))
	}
	for _, compute := range m.settings.Outputs[res.Type] {
		state = laidOver(state, compute(res.Name, res.Inputs))
	}
	return state
}

// deepOver lays an input over a computed object, so that vpcConfig keeps its inputs and gains a security group.
func deepOver(value, input resource.PropertyValue) resource.PropertyValue {
	input = Stripped(input)
	if !value.IsObject() || !input.IsObject() {
		return value
	}
	return resource.NewProperty(laidOver(value.ObjectValue(), input.ObjectValue()))
}

// physicalName is the name that the input gives, else what autonaming makes; empty for a type that has none.
func physicalName(res *Resource) string {
	property, ok := physicalNames[res.Type]
	if !ok {
		return ""
	}
	prefix := text(res.Inputs, property+"Prefix", "")
	if prefix == "" {
		return text(res.Inputs, property, res.Name+autonameSuffix)
	}
	return text(res.Inputs, property, prefix+strings.TrimPrefix(autonameSuffix, "-"))
}

// physicalID is the name or ARN where AWS identifies the type so, and "<logical name>-id" else.
func physicalID(res *Resource, state resource.PropertyMap) string {
	name := physicalName(res)
	cluster := text(res.Inputs, "clusterName", "")
	switch {
	case res.Options.ImportID != "":
		return res.Options.ImportID
	case namedIDs[res.Type]:
		return name
	case arnIDs[res.Type]:
		return text(state, "arn", res.Name+"-id")
	case res.Type == "aws:glue/catalogDatabase:CatalogDatabase":
		return text(state, "catalogId", "") + ":" + name
	case res.Type == "aws:eks/nodeGroup:NodeGroup":
		return cluster + ":" + name
	case res.Type == "aws:eks/addon:Addon":
		return cluster + ":" + text(res.Inputs, "addonName", "")
	case res.Type == "aws:eks/accessEntry:AccessEntry":
		return cluster + ":" + text(res.Inputs, "principalArn", "")
	}
	return res.Name + "-id"
}

// arnOf forms an ARN from the type: by the table below, else service and kind of the type token.
func arnOf(l Location, res *Resource) string {
	name := physicalName(res)
	if name == "" {
		name = res.Name + "-id"
	}
	service, kind := splitToken(res.Type)
	switch service {
	case "s3":
		return l.GlobalARN("s3", name, false)
	case "iam":
		return l.GlobalARN("iam", iamKind(kind)+iamPath(res, name), true)
	case "route53":
		return "arn:" + l.Partition + ":route53:::" + kind + "/" + name
	}
	if form, ok := arnForms[res.Type]; ok {
		return l.ARN(form.service, fmt.Sprintf(form.resource, name))
	}
	return l.ARN(service, kind+"/"+name)
}

type arnForm struct{ service, resource string }

// arnForms are ARNs that differ from service:kind/name, from the Service Authorization Reference.
var arnForms = map[string]arnForm{
	"aws:ebs/volume:Volume":                                 {"ec2", "volume/%s"},
	"aws:ec2/securityGroup:SecurityGroup":                   {"ec2", "security-group/%s"},
	"aws:ec2/launchTemplate:LaunchTemplate":                 {"ec2", "launch-template/%s"},
	"aws:ec2/flowLog:FlowLog":                               {"ec2", "vpc-flow-log/%s"},
	"aws:ec2/natGateway:NatGateway":                         {"ec2", "natgateway/%s"},
	"aws:ec2/vpcEndpoint:VpcEndpoint":                       {"ec2", "vpc-endpoint/%s"},
	"aws:ec2/internetGateway:InternetGateway":               {"ec2", "internet-gateway/%s"},
	"aws:ec2/routeTable:RouteTable":                         {"ec2", "route-table/%s"},
	"aws:ec2/eip:Eip":                                       {"ec2", "elastic-ip/%s"},
	"aws:ec2/keyPair:KeyPair":                               {"ec2", "key-pair/%s"},
	"aws:kms/alias:Alias":                                   {"kms", "%s"},
	"aws:cloudwatch/logGroup:LogGroup":                      {"logs", "log-group:%s"},
	"aws:cloudwatch/eventRule:EventRule":                    {"events", "rule/%s"},
	"aws:cloudwatch/metricAlarm:MetricAlarm":                {"cloudwatch", "alarm:%s"},
	"aws:secretsmanager/secret:Secret":                      {"secretsmanager", "secret:%s-AbCdEf"},
	"aws:sns/topic:Topic":                                   {"sns", "%s"},
	"aws:sqs/queue:Queue":                                   {"sqs", "%s"},
	"aws:glue/catalogDatabase:CatalogDatabase":              {"glue", "database/%s"},
	"aws:lb/loadBalancer:LoadBalancer":                      {"elasticloadbalancing", "loadbalancer/app/%s/0123456789abcdef"},
	"aws:lb/targetGroup:TargetGroup":                        {"elasticloadbalancing", "targetgroup/%s/0123456789abcdef"},
	"aws:lb/listener:Listener":                              {"elasticloadbalancing", "listener/app/%s/0123456789abcdef"},
	"aws:alb/loadBalancer:LoadBalancer":                     {"elasticloadbalancing", "loadbalancer/app/%s/0123456789abcdef"},
	"aws:alb/targetGroup:TargetGroup":                       {"elasticloadbalancing", "targetgroup/%s/0123456789abcdef"},
	"aws:cloudformation/stack:Stack":                        {"cloudformation", "stack/%s/01234567-89ab-cdef"},
	"aws:eks/nodeGroup:NodeGroup":                           {"eks", "nodegroup/%s"},
	"aws:autoscaling/group:Group":                           {"autoscaling", "autoScalingGroup:0123:autoScalingGroupName/%s"},
	"aws:lambda/function:Function":                          {"lambda", "function:%s"},
	"aws:emrcontainers/virtualCluster:VirtualCluster":       {"emr-containers", "/virtualclusters/%s"},
	"aws:emr/cluster:Cluster":                               {"elasticmapreduce", "cluster/%s"},
	"aws:emrserverless/application:Application":             {"emr-serverless", "/applications/%s"},
	"aws:backup/vault:Vault":                                {"backup", "backup-vault:%s"},
	"aws:sfn/stateMachine:StateMachine":                     {"states", "stateMachine:%s"},
	"aws:redshiftserverless/namespace:Namespace":            {"redshift-serverless", "namespace/%s"},
	"aws:redshiftserverless/workgroup:Workgroup":            {"redshift-serverless", "workgroup/%s"},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {"eks", "podidentityassociation/%s"},
}

// splitToken splits "aws:ec2/vpc:Vpc" into "ec2" and "vpc".
func splitToken(token string) (service, kind string) {
	parts := strings.Split(token, ":")
	if len(parts) < 3 {
		return token, token
	}
	service, kind, _ = strings.Cut(parts[1], "/")
	return service, kind
}

func iamKind(kind string) string {
	switch kind {
	case "instanceProfile":
		return "instance-profile"
	case "openIdConnectProvider":
		return "oidc-provider"
	}
	return kind
}

// iamPath puts the path before the name, as ARNs of roles, policies and profiles have it; an OIDC provider's name is its URL.
func iamPath(res *Resource, name string) string {
	if res.Type == "aws:iam/openIdConnectProvider:OpenIdConnectProvider" {
		return "/" + strings.TrimPrefix(text(res.Inputs, "url", name), "https://")
	}
	return "/" + strings.TrimPrefix(text(res.Inputs, "path", "/"), "/") + name
}
