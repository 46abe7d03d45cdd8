package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// Principal is somebody who may ask AWS for something.
type Principal struct {
	// Label says who it is in the words of docs/access.md: "DSS host", "connection sales".
	Label string `json:"label"`
	// ARN is a role's or user's, the name of a service, or `*` for anybody.
	ARN string `json:"arn"`
	// Class is what it is for.
	Class Class `json:"class"`
	// Connection is the connection whose credentials these are. Empty for all others.
	Connection string `json:"connection,omitempty"`
	// EndUsers is true for what users of DSS can get to hold.
	EndUsers bool `json:"endUsers,omitempty"`
	// ReadOnly is true for the credentials of a connection, or of its pods, that is to be read only.
	ReadOnly bool `json:"readOnly,omitempty"`
	// Unbounded is true for a role or user that the program makes without a permissions boundary, where it gives others one.
	Unbounded bool `json:"unbounded,omitempty"`
	// Context is what all its requests carry.
	Context map[string][]string `json:"context,omitempty"`
	// Shared is what settings share with it across accounts: "connection sales" with somebody in another account, and "database market of
	// account 111122223333" with a connection here.
	Shared []string `json:"shared,omitempty"`
	// named is how policies name it, where that is not its ARN.
	named string
}

// Class is a kind of principal.
type Class string

// Classes of principals.
const (
	// ClassHost is the host of DSS, or the user whose key it has.
	ClassHost Class = "host"
	// ClassConnection has the credentials of a connection.
	ClassConnection Class = "connection"
	// ClassNode is a node of the cluster.
	ClassNode Class = "node"
	// ClassPod is a role that pods outside of kube-system take.
	ClassPod Class = "pod"
	// ClassSystem is a role that AWS services or add-ons of the cluster work under.
	ClassSystem Class = "system"
	// ClassService is an AWS service itself.
	ClassService Class = "service"
	// ClassShared is in another account, and a setting shares something with it, or a policy lets it in.
	ClassShared Class = "shared"
	// ClassOutsider stands for those who are not part of the platform.
	ClassOutsider Class = "outsider"
)

// Labels of principals who are not part of the platform.
const (
	labelAdministrator = "administrator of the account"
	labelOtherRole     = "another role of the account"
	labelOtherAccount  = "administrator of another account"
	labelAnybody       = "anybody"
)

// otherAccount is an account that has nothing to do with the platform.
const otherAccount = "999988887777"

// Resource is something that is asked for.
type Resource struct {
	// Label says what it is in the words of docs/access.md: "data of connection sales".
	Label string `json:"label"`
	// Kind is the row of the table of verbs.
	Kind Kind `json:"kind"`
	// Connection is the connection that it belongs to. Empty for all others.
	Connection string `json:"connection,omitempty"`
	// Outside is true for what stands for all that is not the platform's.
	Outside bool `json:"outside,omitempty"`
	// Parts are the ARNs that actions are asked on, by the part of the resource that they act on.
	Parts map[Part]string `json:"parts"`
	// Context is what requests for it carry.
	Context map[string][]string `json:"context,omitempty"`
	// things are what settings share it by, any of them: see [Principal.Shared]. None for what cannot be shared.
	things []string
	// unowned is true for a bucket, and objects in one, of which neither owner nor policy is known.
	unowned bool
	// users are the connections that it is for, where it is for several: those in a bucket, those with tables in an encrypted catalog.
	users []string
	// general is the label in general terms; empty where only the connection's name is different.
	general string
}

// Inventory is who asks, and what for.
type Inventory struct {
	Principals []Principal `json:"principals"`
	Resources  []Resource  `json:"resources"`
	// Entries are the cluster's access entries: Kubernetes has its own authorization, which begins with them.
	Entries []Entry `json:"entries"`
	// Notes are what the matrix cannot know.
	Notes []string `json:"notes,omitempty"`
	// Region and Account are where the platform is.
	Region  string `json:"region"`
	Account string `json:"account"`
	// ExternalIDs are what DSS says when it takes roles, by the role's ARN.
	ExternalIDs map[string]string `json:"externalIds,omitempty"`
	// podTags are the tags that the service of Pod Identity takes a role with, by the role's ARN.
	podTags map[string]map[string][]string
	// folders are the buckets that have an area below a prefix, by prefix.
	folders map[string][]string
	// regions are those of services that policies let call KMS.
	regions []string
	// guarded says that Lake Formation decides on data of the platform.
	guarded bool
	// suffix is the DNS suffix of endpoints, partition the first part of ARNs.
	suffix, partition string
}

// Entry is an access entry of the cluster.
type Entry struct {
	Principal, Cluster, Verb string
}

// surveyor collects an inventory.
type surveyor struct {
	graph *synth.Graph
	world *decide.World
	*Inventory
	// labels are those of principals by ARN.
	labels map[string]Principal
	// reads is what connections read in other accounts, by connection.
	reads    sharing
	problems []error
}

func newInventory(graph *synth.Graph, world *decide.World) (*Inventory, []error) {
	at := graph.Location
	s := &surveyor{graph: graph, world: world, labels: map[string]Principal{}, reads: sharing{}, Inventory: &Inventory{
		Region: at.Region, Account: at.AccountID, suffix: at.DNSSuffix, partition: at.Partition,
		ExternalIDs: map[string]string{}, podTags: map[string]map[string][]string{},
	}}
	s.regions = s.viaRegions()
	s.guarded = len(s.graph.OfType("aws:lakeformation/resource:Resource")) > 0
	s.principals()
	s.resources()
	s.labelReaders()
	s.entries()
	slices.SortStableFunc(s.Principals, func(a, b Principal) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.ARN, b.ARN))
	})
	slices.SortStableFunc(s.Resources, func(a, b Resource) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Parts[Whole], b.Parts[Whole]))
	})
	return s.Inventory, s.problems
}

// owner is the nearest component above a resource, or nil.
func (s *surveyor) owner(res *synth.Resource) *synth.Resource {
	for parent := s.graph.Find(res.ParentURN); parent != nil; parent = s.graph.Find(parent.ParentURN) {
		if !parent.Custom {
			return parent
		}
	}
	return nil
}

// part is a resource's name within its component: `assets` of `dss-dev-assets`.
func (s *surveyor) part(res *synth.Resource) string {
	owner := s.owner(res)
	if owner == nil {
		return res.Name
	}
	return cmp.Or(strings.TrimPrefix(strings.TrimPrefix(res.Name, owner.Name), "-"), "itself")
}

// connectionType is the component of a connection.
const connectionType = "dss:index:S3Connection"

// connection is the component of the connection that a resource is part of, or nil.
func (s *surveyor) connection(res *synth.Resource) *synth.Resource {
	for parent := s.graph.Find(res.ParentURN); parent != nil; parent = s.graph.Find(parent.ParentURN) {
		if parent.Type == connectionType {
			return parent
		}
	}
	return nil
}

// said is what a component says of itself: an output, or an input.
func said(component *synth.Resource, key string) string {
	for _, from := range []map[string]any{plainMap(component.Outputs), plainMap(component.Inputs)} {
		if text, ok := from[key].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

func saidList(component *synth.Resource, key string) []string {
	var texts []string
	for _, from := range []map[string]any{plainMap(component.Outputs), plainMap(component.Inputs)} {
		list, _ := from[key].([]any)
		for _, item := range list {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			}
		}
		if len(texts) > 0 {
			return texts
		}
	}
	return nil
}

// connectionName is the name that DSS and people know a connection by.
func connectionName(component *synth.Resource) string {
	return cmp.Or(said(component, "name"), component.Name)
}

// of is the end of a label that says whose something is.
func of(connection string) string {
	if connection == "" {
		return ""
	}
	return " of connection " + connection
}
