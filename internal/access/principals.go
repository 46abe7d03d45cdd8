package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

func plainMap(properties resource.PropertyMap) map[string]any {
	object, _ := synth.Plain(resource.NewProperty(properties)).(map[string]any)
	return object
}

// principals finds everybody.
func (s *surveyor) principals() {
	uses, bounded := s.uses(), []string(nil)
	for _, res := range slices.Concat(s.graph.OfType(typeRole), s.graph.OfType(typeUser)) {
		if _, known := s.labels[value(res, "arn")]; known {
			continue
		}
		principal := s.identity(res, uses)
		s.labels[principal.ARN] = principal
		s.Principals = append(s.Principals, principal)
		if res.Read {
			s.Notes = append(s.Notes, principal.Label+" was there before: only what the program adds to it is known")
		}
		if s.world.Identities[principal.ARN].Boundary != nil {
			bounded = append(bounded, principal.Label)
		}
	}
	if len(bounded) > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d roles and users have a permissions boundary, which is taken to allow everything: %s",
			len(bounded), strings.Join(unique(bounded), ", ")))
	}
	at := s.graph.Location
	for label, arn := range map[string]string{
		labelAdministrator: at.GlobalARN("iam", "role/an-administrator", true),
		labelOtherRole:     at.GlobalARN("iam", "role/another", true),
		labelOtherAccount:  "arn:" + at.Partition + ":iam::" + otherAccount + ":role/an-administrator",
		labelAnybody:       "*",
	} {
		s.Principals = append(s.Principals, Principal{Label: label, ARN: arn, Class: ClassOutsider})
	}
	s.services()
	s.pods()
	s.parties()
}

// use is what a role is for, by the resource that names it.
type use struct {
	label string
	class Class
}

// uses says what roles are for, by ARN.
func (s *surveyor) uses() map[string]use {
	uses := map[string]use{}
	add := func(arn, label string, class Class) {
		if _, known := uses[arn]; !known && arn != "" {
			uses[arn] = use{label, class}
		}
	}
	for _, res := range s.graph.OfType("aws:eks/nodeGroup:NodeGroup") {
		add(value(res, "nodeRoleArn"), "nodes", ClassNode)
	}
	for _, a := range s.associations() {
		class, label := ClassPod, "pods "+a.namespace+"/"+a.account
		if a.addon != "" {
			class, label = ClassSystem, "add-on "+a.addon
		}
		add(a.role, label, class)
	}
	for _, res := range s.graph.OfType("aws:ec2/flowLog:FlowLog") {
		add(value(res, "iamRoleArn"), "flow logs", ClassSystem)
	}
	for _, res := range s.graph.OfType("aws:glue/crawler:Crawler") {
		label := "crawler " + s.part(res)
		if c := s.holder("databases", value(res, "databaseName")); c != "" {
			label = "crawler" + of(c)
		}
		add(value(res, "role"), label, ClassSystem)
	}
	for _, res := range s.graph.OfType("aws:lakeformation/resource:Resource") {
		add(value(res, "roleArn"), "Lake Formation", ClassSystem)
	}
	return uses
}

// identity says what a role or user is.
func (s *surveyor) identity(res *synth.Resource, uses map[string]use) Principal {
	p := Principal{ARN: value(res, "arn"), Class: ClassSystem, Label: "role " + s.part(res)}
	owner := s.owner(res)
	p.Unbounded = !res.Read && s.world.Identities[p.ARN].Boundary == nil && s.hasBoundaries()
	used, known := uses[p.ARN]
	if byName, ok := uses[value(res, "name")]; ok {
		used, known = byName, ok
	}
	switch connection := s.connection(res); {
	case known:
		p.Label, p.Class = used.label, used.class
		p.EndUsers = p.Class == ClassPod || p.Class == ClassNode
		if p.Class == ClassPod && connection != nil {
			p.Label, p.ReadOnly = p.Label+of(connectionName(connection)), isReadOnly(connection)
		}
		_, p.Connection, _ = strings.Cut(p.Label, " of connection ")
	case connection != nil && !s.takenByServices(p.ARN):
		p.Connection = connectionName(connection)
		p.Label, p.Class, p.EndUsers, p.ReadOnly = "connection "+p.Connection, ClassConnection, true, isReadOnly(connection)
		if res.Type == typeRole {
			// A role that asks for none is asked all the same: it must not be taken without.
			s.ExternalIDs[p.ARN] = cmp.Or(said(connection, "externalId"), s.trustedID(p.ARN), "none")
		}
	case connection != nil:
		p.Label = "role " + s.part(res) + of(connectionName(connection))
	case owner != nil && owner.Type == "dss:index:DSSInstance" && res.Type == typeUser:
		p.Label, p.Class = "DSS user", ClassHost
	case owner != nil && owner.Type == "dss:index:DSSInstance":
		p.Label, p.Class = "DSS host", ClassHost
	case owner != nil && owner.Type == "dss:index:ComputeEKS" && s.part(res) == "cluster":
		p.Label = "control plane"
	}
	return p
}

// isReadOnly says whether a connection says so.
func isReadOnly(connection *synth.Resource) bool {
	readOnly, _ := plainMap(connection.Inputs)["readOnly"].(bool)
	return readOnly
}

// hasBoundaries says whether roles or users of the program have permissions boundaries.
func (s *surveyor) hasBoundaries() bool {
	for _, identity := range s.world.Identities {
		if identity.Boundary != nil {
			return true
		}
	}
	return false
}

// association gives pods of a service account a role.
type association struct{ role, cluster, namespace, account, addon string }

// associations are those of pods and of add-ons, which work in kube-system.
func (s *surveyor) associations() []association {
	var found []association
	for _, res := range s.graph.OfType("aws:eks/podIdentityAssociation:PodIdentityAssociation") {
		found = append(found, association{
			role: value(res, "roleArn"), cluster: value(res, "clusterName"),
			namespace: value(res, "namespace"), account: value(res, "serviceAccount"),
		})
	}
	for _, res := range s.graph.OfType("aws:eks/addon:Addon") {
		list, _ := plainMap(res.Inputs)["podIdentityAssociations"].([]any)
		for _, item := range list {
			entry, _ := item.(map[string]any)
			role, _ := entry["roleArn"].(string)
			account, _ := entry["serviceAccount"].(string)
			found = append(found, association{role, value(res, "clusterName"), "kube-system", account, value(res, "addonName")})
		}
	}
	return found
}

// podService takes roles for pods.
const podService = "pods.eks.amazonaws.com"

// pods adds the service of Pod Identity with the tags of each association, and of pods that have none.
func (s *surveyor) pods() {
	at := s.graph.Location
	add := func(label, cluster, namespace, account string) {
		p := Principal{Label: label, ARN: podService, Class: ClassService, Context: tagsOf(at, cluster, namespace, account)}
		p.Context["aws:SourceAccount"] = []string{at.AccountID}
		p.Context["aws:SourceArn"] = p.Context["aws:RequestTag/eks-cluster-arn"]
		s.Principals = append(s.Principals, p)
	}
	for _, a := range s.associations() {
		s.podTags[a.role] = tagsOf(at, a.cluster, a.namespace, a.account)
		add("EKS for pods "+a.namespace+"/"+a.account, a.cluster, a.namespace, a.account)
		add("EKS for pods of another service account", a.cluster, a.namespace, "another")
		add("EKS for pods of another namespace", a.cluster, "another", a.account)
		add("EKS for pods of another cluster", "another", a.namespace, a.account)
		own := at
		at.AccountID = otherAccount
		add("EKS for pods of another account", a.cluster, a.namespace, a.account)
		at = own
	}
}

// tagsOf are the tags of a session of pods.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func tagsOf(at synth.Location, cluster, namespace, account string) map[string][]string {
	return map[string][]string{
		"aws:RequestTag/eks-cluster-arn":            {at.ARN("eks", "cluster/"+cluster)},
		"aws:RequestTag/eks-cluster-name":           {cluster},
		"aws:RequestTag/kubernetes-namespace":       {namespace},
		"aws:RequestTag/kubernetes-service-account": {account},
	}
}

// source is what a service says of the resource that it acts for.
type source struct{ service, resource string }

// sources are the forms of the resources that services act for, by the beginning of their name.
func sources() map[string]source {
	return map[string]source{
		"vpc-flow-logs": {"ec2", "vpc-flow-log/fl-1"}, "states": {"states", "stateMachine:one"}, "events": {"events", "rule/one"},
		"glue": {"glue", "crawler/one"}, "eks": {"eks", "cluster/one"}, "lakeformation": {"lakeformation", "one"},
		"logging.s3": {"s3", "one"},
	}
}

// services adds every AWS service that a policy names, on behalf of this account and of another one, and one that none should name.
func (s *surveyor) services() {
	names := map[string]bool{"lambda.amazonaws.com": true}
	for _, identity := range s.world.Identities {
		if identity.Trust != nil {
			addServices(names, identity.Trust.Document)
		}
	}
	for _, entry := range s.world.Resources {
		for _, policy := range entry.Policies {
			addServices(names, policy.Document)
		}
	}
	delete(names, podService)
	for name := range names {
		s.Principals = append(s.Principals,
			Principal{Label: "service " + s.short(name), ARN: name, Class: ClassService, Context: s.onBehalf(name, s.graph.Location.AccountID)},
			Principal{Label: "service " + s.short(name) + forAnother, ARN: name, Class: ClassService, Context: s.onBehalf(name, otherAccount)})
	}
}

// forAnother ends the labels of services that act on behalf of another account.
const forAnother = " for another account"

func addServices(names map[string]bool, document iam.Document) {
	for _, statement := range document.Statements {
		if statement.Principal != nil && statement.Effect == iam.EffectAllow {
			for _, name := range statement.Principal.Service {
				names[name] = true
			}
		}
	}
}

// short is a service's name without region and domain.
func (s *surveyor) short(name string) string {
	name, _, _ = strings.Cut(name, ".amazonaws.com")
	return strings.TrimSuffix(name, "."+s.graph.Location.Region)
}

// onBehalf is what a service's requests carry when it acts for an account.
func (s *surveyor) onBehalf(name, account string) map[string][]string {
	context := map[string][]string{"aws:SourceAccount": {account}}
	at := s.graph.Location
	at.AccountID = account
	if from, ok := sources()[s.short(name)]; ok {
		context["aws:SourceArn"] = []string{at.ARN(from.service, from.resource)}
		if from.service == "s3" {
			context["aws:SourceArn"] = []string{at.GlobalARN("s3", from.resource, false)}
		}
	}
	if s.short(name) == "logs" {
		context["kms:EncryptionContext:aws:logs:arn"] = []string{at.ARN("logs", "log-group:one")}
	}
	return context
}

// takenByServices says whether a role is there for AWS services.
func (s *surveyor) takenByServices(arn string) bool {
	trust := s.world.Identities[arn].Trust
	names := map[string]bool{}
	if trust != nil {
		addServices(names, trust.Document)
	}
	return len(names) > 0
}

// trustedID is the external id that a role's trust policy asks for.
func (s *surveyor) trustedID(arn string) string {
	trust := s.world.Identities[arn].Trust
	if trust == nil {
		return ""
	}
	for _, statement := range trust.Document.Statements {
		for _, keys := range statement.Conditions {
			if ids := keys["sts:ExternalId"]; len(ids) > 0 {
				return ids[0]
			}
		}
	}
	return ""
}
