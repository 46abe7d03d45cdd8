package synth

import (
	"encoding/json"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// clusterComponent is the type of the control plane that the eks provider makes as a component of its own.
const clusterComponent = "eks:index:Cluster"

// computedBy says what AWS computes for a type beyond ID, ARN and name. Inputs of the same key win.
var computedBy = map[string]func(Location, *Resource) object{
	"aws:ec2/vpc:Vpc": func(_ Location, r *Resource) object {
		return object{"mainRouteTableId": r.Name + "-main-rtb", "defaultRouteTableId": r.Name + "-main-rtb",
			"defaultSecurityGroupId": r.Name + "-default-sg", "defaultNetworkAclId": r.Name + "-default-acl"}
	},
	"aws:ec2/subnet:Subnet": func(l Location, _ *Resource) object {
		return object{"availabilityZone": l.Region + "a", "ownerId": l.AccountID}
	},
	"aws:ec2/instance:Instance": func(l Location, r *Resource) object {
		return object{"privateIp": "10.0.0.10", "privateDns": "ip-10-0-0-10." + l.Region + ".compute.internal",
			"publicIp": "203.0.113.10", "publicDns": "ec2-203-0-113-10." + l.Region + ".compute." + l.DNSSuffix,
			"availabilityZone": l.Region + "a", "instanceState": "running", "primaryNetworkInterfaceId": r.Name + "-eni"}
	},
	"aws:ec2/eip:Eip": func(_ Location, r *Resource) object {
		return object{"publicIp": "203.0.113.20", "allocationId": r.Name + "-id", "publicDns": "ec2-203-0-113-20.example"}
	},
	"aws:ec2/natGateway:NatGateway":             fixedObject(object{"publicIp": "203.0.113.30", "privateIp": "10.0.0.30"}),
	"aws:ec2/networkInterface:NetworkInterface": fixedObject(object{"privateIp": "10.0.0.40"}),
	"aws:ec2/launchTemplate:LaunchTemplate":     fixedObject(object{"latestVersion": 1, "defaultVersion": 1}),
	"aws:ec2/vpcEndpoint:VpcEndpoint":           fixedObject(object{"prefixListId": "pl-0123456789abcdef0", "state": "available"}),
	"aws:lb/loadBalancer:LoadBalancer":          balancer,
	"aws:alb/loadBalancer:LoadBalancer":         balancer,
	"aws:lb/targetGroup:TargetGroup":            targetGroup,
	"aws:alb/targetGroup:TargetGroup":           targetGroup,
	"aws:kms/key:Key": func(_ Location, r *Resource) object {
		return object{"keyId": r.Name + "-id"}
	},
	"aws:ecr/repository:Repository": repository,
	"aws:eks/cluster:Cluster":       cluster,
	"aws:eks/nodeGroup:NodeGroup":   nodeGroup,
	"aws:s3/bucket:Bucket":          bucket,
	"aws:s3/bucketV2:BucketV2":      bucket,
	"aws:iam/role:Role": func(_ Location, r *Resource) object {
		return object{"uniqueId": "AROA" + strings.ToUpper(r.Name)}
	},
	"aws:iam/accessKey:AccessKey": accessKey,
	"aws:secretsmanager/secretVersion:SecretVersion": func(_ Location, r *Resource) object {
		return object{"versionId": r.Name + "-version"}
	},
	"aws:ssm/document:Document": fixedObject(object{
		"latestVersion": "1", "defaultVersion": "1", "hash": "0123", "status": "Active"}),
	"aws:ssm/association:Association": func(_ Location, r *Resource) object {
		return object{"associationId": r.Name + "-id"}
	},
	"aws:cloudformation/stack:Stack":  fixedObject(object{"outputs": object{}}),
	"aws:acm/certificate:Certificate": certificate,
	"aws:route53/record:Record": func(_ Location, r *Resource) object {
		return object{"fqdn": text(r.Inputs, "name", r.Name)}
	},
	"aws:route53/zone:Zone": func(_ Location, r *Resource) object {
		return object{"zoneId": r.Name + "-id", "nameServers": []any{"ns-1.example", "ns-2.example"}}
	},
	"aws:glue/catalogDatabase:CatalogDatabase": func(l Location, _ *Resource) object { return object{"catalogId": l.AccountID} },
	"random:index/randomPassword:RandomPassword": func(_ Location, r *Resource) object {
		return object{"result": resource.MakeSecret(resource.NewProperty("random-" + r.Name))}
	},
}

func fixedObject(values object) func(Location, *Resource) object {
	return func(Location, *Resource) object { return values }
}

func balancer(l Location, r *Resource) object {
	name := physicalName(r)
	return object{"dnsName": name + "." + l.Region + ".elb." + l.DNSSuffix, "zoneId": "Z0123456789ELB",
		"arnSuffix": "app/" + name + "/0123456789abcdef"}
}

func targetGroup(_ Location, r *Resource) object {
	return object{"arnSuffix": "targetgroup/" + physicalName(r) + "/0123456789abcdef"}
}

func repository(l Location, r *Resource) object {
	return object{"registryId": l.AccountID,
		"repositoryUrl": l.AccountID + ".dkr.ecr." + l.Region + "." + l.DNSSuffix + "/" + physicalName(r)}
}

func bucket(l Location, r *Resource) object {
	name := physicalName(r)
	return object{"region": l.Region, "bucketDomainName": name + ".s3." + l.DNSSuffix,
		"bucketRegionalDomainName": name + ".s3." + l.Region + "." + l.DNSSuffix, "hostedZoneId": "Z0123456789S3"}
}

func cluster(l Location, r *Resource) object {
	outputs := clusterOutputs(l, physicalName(r))
	outputs["vpcConfig"] = object{"clusterSecurityGroupId": r.Name + "-cluster-sg", "vpcId": "vpc-0123456789abcdef0"}
	return outputs
}

func nodeGroup(_ Location, r *Resource) object {
	return object{"status": "ACTIVE", "resources": []any{object{"autoscalingGroups": []any{object{"name": "eks-" + physicalName(r)}}}}}
}

func accessKey(_ Location, r *Resource) object {
	return object{"secret": resource.MakeSecret(resource.NewProperty("secret-of-" + r.Name)), "status": "Active",
		"sesSmtpPasswordV4": resource.MakeSecret(resource.NewProperty("smtp-of-" + r.Name))}
}

// certificate answers one DNS record per name, as a certificate with DNS validation does.
func certificate(_ Location, r *Resource) object {
	domain := text(r.Inputs, "domainName", "example.com")
	return object{"domainValidationOptions": []any{object{"domainName": domain, "resourceRecordName": "_check." + domain,
		"resourceRecordType": "CNAME", "resourceRecordValue": "_value.acm-validations.example"}}}
}

// clusterComponent answers as the eks provider's Cluster: kubeconfig in exec form, and core with references to resources
// that the provider made. The references lead to states that getResource knows, but not to nodes of the graph.
func (m *monitor) clusterComponent(res *Resource) resource.PropertyMap {
	name := text(res.Inputs, "name", res.Name+"-eksCluster"+autonameSuffix)
	kubeconfig := kubeconfigOf(m.settings.Location, name)
	document, err := json.Marshal(kubeconfig)
	if err != nil {
		panic(err) // maps of strings always marshal
	}
	vpc := text(res.Inputs, "vpcId", "vpc-0123456789abcdef0")
	clusterState := properties(clusterOutputs(m.settings.Location, name))
	clusterState = laidOver(clusterState, properties(object{"name": name, "arn": m.settings.Location.ARN("eks", "cluster/"+name),
		"version": text(res.Inputs, "version", ""), "roleArn": "", "vpcConfig": object{
			"clusterSecurityGroupId": name + "-cluster-sg", "vpcId": vpc, "subnetIds": []any{}, "securityGroupIds": []any{}}}))
	controlPlane := m.madeBy(res, "aws:eks/cluster:Cluster", "eksCluster", name, clusterState)
	group := m.madeBy(res, "aws:ec2/securityGroup:SecurityGroup", "eksClusterSecurityGroup", res.Name+"-sg",
		properties(object{"name": res.Name + "-sg", "vpcId": vpc, "arn": m.settings.Location.ARN("ec2", "security-group/"+res.Name+"-sg")}))
	issuer := clusterIssuer(m.settings.Location, name)
	oidcARN := m.settings.Location.GlobalARN("iam", "oidc-provider/"+issuer, true)
	core := resource.PropertyMap{
		"cluster": controlPlane, "clusterSecurityGroup": group, "vpcId": resource.NewProperty(vpc),
		"endpoint":   resource.NewProperty(clusterEndpoint(m.settings.Location, name)),
		"kubeconfig": resource.NewPropertyValue(kubeconfig), "nodeGroupOptions": resource.NewProperty(resource.PropertyMap{}),
		"instanceRoles": resource.NewProperty([]resource.PropertyValue{}),
		"oidcProvider": m.madeBy(res, "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "oidcProvider", oidcARN,
			properties(object{"arn": oidcARN, "url": issuer, "clientIdLists": []any{"sts." + m.settings.Location.DNSSuffix}})),
	}
	for _, key := range []resource.PropertyKey{"subnetIds", "privateSubnetIds", "publicSubnetIds", "tags"} {
		if value, ok := res.Inputs[key]; ok {
			core[key] = value
		}
	}
	return resource.PropertyMap{"kubeconfig": resource.NewPropertyValue(kubeconfig), "eksCluster": controlPlane,
		"kubeconfigJson": resource.NewProperty(string(document)), "core": resource.NewProperty(core), "clusterSecurityGroup": group}
}

// madeBy remembers a resource that a remote component made, and returns a reference to it.
func (m *monitor) madeBy(owner *Resource, typ, suffix, id string, state resource.PropertyMap) resource.PropertyValue {
	urn := m.newURN(owner.URN, typ, owner.Name+"-"+suffix)
	m.record(func() { m.remember(urn, id, state) })
	return resource.MakeCustomResourceReference(resource.URN(urn), resource.ID(id), "")
}

func kubeconfigOf(l Location, name string) object {
	return object{
		"apiVersion": "v1", "kind": "Config", "current-context": "aws",
		"clusters": []any{object{"name": "kubernetes", "cluster": object{
			"server": clusterEndpoint(l, name), "certificate-authority-data": "Y2VydGlmaWNhdGU="}}},
		"contexts": []any{object{"name": "aws", "context": object{"cluster": "kubernetes", "user": "aws"}}},
		"users": []any{object{"name": "aws", "user": object{"exec": object{
			"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws",
			"args": []any{"eks", "get-token", "--cluster-name", name, "--output", "json"}}}}},
	}
}
