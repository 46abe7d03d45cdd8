package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Question is one request that is put to the policies.
type Question struct {
	Principal *Principal
	Resource  *Resource
	// Verb is the verb of the action, with what is special about the situation: "read without TLS".
	Verb string
	// Request is what is decided.
	Request decide.Request
}

// situation is what a request carries that somebody can bring about.
type situation struct {
	// suffix is said after the verb; empty for the ordinary situation.
	suffix  string
	context map[string][]string
}

// ask is an action on a part of a resource, in all situations: what every principal is asked about.
type ask struct {
	verb, action, arn string
	// lowAction and lowARN are in lower case.
	lowAction, lowARN string
	situations        []situation
}

// asks are what is asked about a resource.
func (i *Inventory) asks(table map[Kind][]verb, r *Resource) []ask {
	var all []ask
	for _, verb := range table[r.Kind] {
		for _, action := range verb.actions {
			all = append(all, ask{
				verb: verb.name, action: action, arn: r.Parts[verb.on], situations: i.situations(r, verb.on, action),
				lowAction: strings.ToLower(action), lowARN: strings.ToLower(r.Parts[verb.on]),
			})
		}
	}
	return all
}

// request is what a principal asks in a situation.
func (a ask) request(p *Principal, s situation) decide.Request {
	return decide.Request{Principal: p.ARN, Action: a.action, Resource: a.arn, Context: joined(s.context, p.Context)}
}

// Questions yields every question of the matrix, in an order that does not change.
func (i *Inventory) Questions(yield func(Question) bool) {
	table := verbs()
	var asks [][]ask
	for r := range i.Resources {
		asks = append(asks, i.asks(table, &i.Resources[r]))
	}
	for p := range i.Principals {
		for r := range i.Resources {
			for question := range between(asks[r], &i.Principals[p], &i.Resources[r]) {
				if !yield(question) {
					return
				}
			}
		}
	}
}

// between are the questions about one principal and one resource.
func between(asks []ask, p *Principal, r *Resource) func(func(Question) bool) {
	return func(yield func(Question) bool) {
		if !p.isAsked(r) {
			return
		}
		for _, a := range asks {
			for _, s := range a.situations {
				if !yield(Question{p, r, a.verb + s.suffix, a.request(p, s)}) {
					return
				}
			}
		}
	}
}

// isAsked leaves out what is known: administrators may do everything in their own account that no policy of a resource denies.
func (p *Principal) isAsked(r *Resource) bool {
	if p.Label == labelOtherRole && r.Label == labelTrusting {
		return false // it is what the one is there for, and the other
	}
	if p.Class == ClassShared && (r.Kind == KindAccount || r.Kind == KindSnapshot || r.unowned) {
		return false // what has no account in its ARN, and no owner that is known, would be their own
	}
	guarded := []Kind{KindObjects, KindBucket, KindSecret, KindKey}
	switch p.Label {
	case labelAdministrator:
		return slices.Contains(guarded, r.Kind) && !r.Outside
	case labelOtherAccount:
		return slices.Contains(append(guarded, KindRole, KindRepository, KindDatabase, KindCatalog), r.Kind) && !r.Outside
	}
	return true
}

func joined(contexts ...map[string][]string) map[string][]string {
	all := map[string][]string{}
	for _, context := range contexts {
		maps.Copy(all, context)
	}
	return all
}

// situations are those in which an action is asked for.
func (i *Inventory) situations(r *Resource, on Part, action string) []situation {
	ordinary := situation{"", r.Context}
	switch {
	case r.Kind == KindObjects && on == PartBucket:
		prefix := r.Context["s3:prefix"][0]
		below := situation{"", map[string][]string{"s3:prefix": {prefix + probe + "/"}, "s3:delimiter": {"/"}}}
		return withoutTLS(ordinary, below)
	case r.Kind == KindBucket && strings.HasPrefix(action, "s3:ListBucket"):
		return withoutTLS(append(i.foreignFolders(r), ordinary, situation{"", map[string][]string{"s3:prefix": {""}}})...)
	case r.Kind == KindObjects:
		return withoutTLS(situation{})
	case r.Kind == KindBucket, r.Kind == KindSecret && !r.Outside:
		return withoutTLS(ordinary)
	case r.Kind == KindKey:
		return i.keySituations(r, action)
	case action == "ec2:CreateTags":
		return []situation{
			ordinary, {markAsMade, map[string][]string{"ec2:CreateAction": {"CreateSnapshot"}}},
			{markAsMade + " in another way", map[string][]string{"ec2:CreateAction": {otherCreateAction}}},
		}
	case action == "iam:PassRole":
		return passedTo()
	case strings.HasPrefix(action, "sts:"):
		return i.assuming(r)
	}
	return []situation{ordinary}
}

// otherCreateAction is another way to make a snapshot than that of the platform.
const otherCreateAction = "CopySnapshot"

// foreignFolders are listings below prefixes that mean something in another bucket.
func (i *Inventory) foreignFolders(r *Resource) []situation {
	var all []situation
	for _, prefix := range slices.Sorted(maps.Keys(i.folders)) {
		if !slices.Contains(i.folders[prefix], r.Parts[Whole]) {
			all = append(all, situation{" below a prefix of another bucket", map[string][]string{"s3:prefix": {prefix}}})
		}
	}
	return all
}

func withoutTLS(ordinary ...situation) []situation {
	all := slices.Clone(ordinary)
	for _, s := range ordinary {
		all = append(all, situation{s.suffix + " without TLS", joined(s.context, map[string][]string{"aws:SecureTransport": {"false"}})})
	}
	return all
}

// callers are the services that call KMS for somebody else.
func callers() []string { return []string{"athena", "ec2", "glue", "s3", "secretsmanager", "sqs"} }

// keySituations are calls of KMS by the principal itself, and through services, which call it with the principal's rights: those of the
// key's region, and those of other regions, which are named, as far as policies name them.
func (i *Inventory) keySituations(r *Resource, action string) []situation {
	all := []situation{{}}
	own := regionOf(r.Parts[Whole])
	for _, region := range unique(append([]string{own}, i.regions...)) {
		where := ""
		if region != own {
			where = markRegion + region
		}
		for _, service := range callers() {
			through := map[string][]string{viaService: {service + "." + region + "." + i.suffix}}
			all = append(all, situation{markThrough + service + where, through})
		}
	}
	all = append(all, situation{" with the context of log groups", map[string][]string{
		"kms:EncryptionContext:aws:logs:arn": {"arn:" + i.partition + ":logs:" + i.Region + ":" + i.Account + ":log-group:one"},
	}})
	if !slices.Contains([]string{"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"}, action) {
		return all
	}
	for _, s := range slices.Clone(all) {
		all = append(all, situation{markForAWS + s.suffix, joined(s.context, map[string][]string{"kms:GrantIsForAWSResource": {"true"}})})
	}
	return all
}

// viaService is the condition key for the service that calls KMS in a principal's name: s3.eu-west-1.amazonaws.com.
const viaService = "kms:ViaService"

// regionOf is the region that an ARN names.
func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return ""
}

// viaRegions are the regions of services that policies let call KMS.
func (s *surveyor) viaRegions() []string {
	var regions []string
	add := func(policies ...decide.Policy) {
		for _, policy := range policies {
			for _, statement := range policy.Document.Statements {
				regions = append(regions, conditionRegions(statement.Conditions)...)
			}
		}
	}
	for _, identity := range s.world.Identities {
		add(identity.Policies...)
	}
	for _, entry := range s.world.Resources {
		add(entry.Policies...)
	}
	return unique(regions)
}

// conditionRegions are the regions in conditions about the service that calls. Patterns name none.
func conditionRegions(conditions iam.Conditions) []string {
	var regions []string
	for _, keys := range conditions {
		for key, services := range keys {
			for _, service := range services {
				if parts := strings.Split(service, "."); strings.EqualFold(key, viaService) && len(parts) > 2 && !strings.ContainsAny(parts[1], "*?$") {
					regions = append(regions, parts[1])
				}
			}
		}
	}
	return regions
}

func passedTo() []situation {
	all := []situation{{}}
	for _, service := range []string{"ec2", "eks", "glue", "lambda"} {
		all = append(all, situation{" to " + service, map[string][]string{"iam:PassedToService": {service + ".amazonaws.com"}}})
	}
	return all
}

// assuming are the ways to take a role: with the external id that DSS says for it, if there is one, without, and with another.
func (i *Inventory) assuming(r *Resource) []situation {
	id, known := i.ExternalIDs[r.Parts[Whole]]
	if tags, ofPods := i.podTags[r.Parts[Whole]]; ofPods {
		return []situation{{}, {"", tags}} // anybody can give a session tags
	}
	if !known {
		return []situation{{}}
	}
	return []situation{
		{"", map[string][]string{"sts:ExternalId": {id}}},
		{" without its external id", nil},
		{" with another external id", map[string][]string{"sts:ExternalId": {"another"}}},
	}
}

// Marks of situations in which less is allowed than in the ordinary one.
const (
	markThrough = " through "
	markRegion  = " in "
	markForAWS  = " for resources of AWS"
	markAsMade  = " as it is made"
)

// wider are the verbs that include a verb: who may decrypt may decrypt through S3.
func wider(verb string) []string {
	plain, service, through := strings.Cut(verb, markThrough)
	unmarked := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(plain, markForAWS), " in another way"), markAsMade)
	unmarked = strings.TrimSuffix(strings.TrimSuffix(unmarked, " with the context of log groups"), " below a prefix of another bucket")
	all := []string{unmarked, plain}
	if through {
		all = append(all, unmarked+markThrough+service)
	}
	return slices.DeleteFunc(all, func(other string) bool { return other == verb })
}
