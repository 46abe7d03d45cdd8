package awscloud

import (
	"fmt"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

const (
	typeRole             = "aws:iam/role:Role"
	typePolicy           = "aws:iam/policy:Policy"
	typeInstanceProfile  = "aws:iam/instanceProfile:InstanceProfile"
	typePolicyAttachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	typeRolePolicy       = "aws:iam/rolePolicy:RolePolicy"
	typeUser             = "aws:iam/user:User"
	typeAccessKey        = "aws:iam/accessKey:AccessKey"
)

var iamSpecs = map[string]Spec{
	typeRole: {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.GlobalARN("iam", "role"+r.Or("path", "/")+r.Text("name")), "uniqueId": r.Kept("uniqueId", upperID("AROA", r, "role")),
				"createDate": "2026-01-01T00:00:00Z", "path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": false,
				"managedPolicyArns": []any{}, "inlinePolicies": []any{},
			}
		},
		NameLimit: 64,
		Unique:    []string{"name"},
		Taken:     entityExists("IAM Role", "Role", "name"),
		Uses: []Use{
			{By: typePolicyAttachment, Path: "role", Of: "name"}, {By: typeRolePolicy, Path: "role", Of: "name"},
			{By: typeInstanceProfile, Path: "role", Of: "name"},
		},
		InUse: func(r, user inventory.Resource) string {
			why := "must detach all policies first."
			switch user.Type {
			case typeInstanceProfile:
				why = "must remove roles from instance profile first."
			case typeRolePolicy:
				why = "must delete policies first."
			}
			return "deleting IAM Role (" + r.ID + "): DeleteConflict: Cannot delete entity, " + why
		},
	},
	typePolicy: {
		ID: func(r Request) string { return r.GlobalARN("iam", "policy"+r.Or("path", "/")+r.Text("name")) },
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ID, "policyId": r.Kept("policyId", upperID("ANPA", r, "policy")), "attachmentCount": 0, "path": "/"}
		},
		NameLimit: 128,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating IAM Policy (%s): EntityAlreadyExists: A policy called %s already exists. Duplicate names are not allowed.",
				r.Text("name"), r.Text("name"))
		},
		Uses: []Use{
			{By: typePolicyAttachment, Path: "policyArn"}, {By: "aws:iam/userPolicyAttachment:UserPolicyAttachment", Path: "policyArn"},
			{By: typeRole, Path: "permissionsBoundary"},
		},
		InUse: func(r, _ inventory.Resource) string {
			return "deleting IAM Policy (" + r.ID + "): DeleteConflict: Cannot delete a policy attached to entities."
		},
	},
	typePolicyAttachment: {
		ID:       func(r Request) string { return r.Text("role") + "-" + r.Hex(26, "id") },
		Outputs:  none,
		Validate: roleExists("attaching IAM Policy to IAM Role", "role"),
		Unique:   []string{"role", "policyArn"},
		// AWS answers a second attachment with success: two resources for one thing would
		// still be a mistake of the program, which the first of them to be deleted shows.
		Taken: func(r Request) string {
			return fmt.Sprintf("IAM Policy (%s) is attached to IAM Role (%s) twice: AWS would accept this, and detach it with the first deletion",
				r.Text("policyArn"), r.Text("role"))
		},
	},
	typeRolePolicy: {
		ID: joined(":", "role", "name"), Outputs: none, Validate: roleExists("putting IAM Role Policy", "role"),
	},
	typeInstanceProfile: {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.GlobalARN("iam", "instance-profile"+r.Or("path", "/")+r.Text("name")), "path": "/",
				"uniqueId": r.Kept("uniqueId", upperID("AIPA", r, "profile")), "createDate": "2026-01-01T00:00:00Z",
			}
		},
		NameLimit: 128,
		Validate:  roleExists("adding role to IAM Instance Profile", "role"),
		Unique:    []string{"name"},
		Taken:     entityExists("IAM Instance Profile", "Instance Profile", "name"),
	},
	typeUser: {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.GlobalARN("iam", "user"+r.Or("path", "/")+r.Text("name")), "path": "/",
				"uniqueId": r.Kept("uniqueId", upperID("AIDA", r, "user")),
			}
		},
		NameLimit: 64,
		Unique:    []string{"name"},
		Taken:     entityExists("IAM User", "User", "name"),
		Uses: []Use{
			{By: typeAccessKey, Path: "user", Of: "name"}, {By: "aws:iam/userPolicy:UserPolicy", Path: "user", Of: "name"},
			{By: "aws:iam/userPolicyAttachment:UserPolicyAttachment", Path: "user", Of: "name"},
		},
		InUse: func(r, user inventory.Resource) string {
			what := "must detach all policies first."
			if user.Type == typeAccessKey {
				what = "must delete access keys first."
			}
			return "deleting IAM User (" + r.ID + "): DeleteConflict: Cannot delete entity, " + what
		},
	},
	"aws:iam/userPolicy:UserPolicy": {ID: joined(":", "user", "name"), Outputs: none},
	"aws:iam/userPolicyAttachment:UserPolicyAttachment": {
		ID: func(r Request) string { return r.Text("user") + "-" + r.Hex(26, "id") }, Outputs: none,
	},
	typeAccessKey: {
		ID: func(r Request) string { return upperID("AKIA", r, "key")[:20] },
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"secret": r.Kept("secret", r.Hex(40, "secret")), "sesSmtpPasswordV4": r.Kept("sesSmtpPasswordV4", r.Hex(44, "ses")),
				"createDate": "2026-01-01T00:00:00Z", "status": "Active", "encryptedSecret": "", "encryptedSesSmtpPasswordV4": "", "keyFingerprint": "",
			}
		},
	},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
		ID: func(r Request) string { return r.GlobalARN("iam", "oidc-provider/"+withoutScheme(r.Text("url"))) },
		Outputs: func(r Request) map[string]any {
			return map[string]any{"arn": r.ID, "thumbprintLists": []any{r.Hex(40, "thumbprint")}}
		},
		Unique: []string{"url"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating IAM OIDC Provider: EntityAlreadyExists: Provider with url %s already exists.", r.Text("url"))
		},
	},
	"aws:iam/serviceLinkedRole:ServiceLinkedRole": {
		ID: func(r Request) string {
			return r.GlobalARN("iam", "role/aws-service-role/"+r.Text("awsServiceName")+"/"+serviceLinkedName(r))
		},
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.ID, "name": serviceLinkedName(r), "path": "/aws-service-role/" + r.Text("awsServiceName") + "/",
				"uniqueId": upperID("AROA", r, "role"), "createDate": "2026-01-01T00:00:00Z",
			}
		},
	},
}

func withoutScheme(url string) string { return strings.TrimPrefix(url, "https://") }

func serviceLinkedName(r Request) string {
	service, _, _ := strings.Cut(r.Text("awsServiceName"), ".")
	return "AWSServiceRoleFor" + strings.ToUpper(service[:min(1, len(service))]) + service[min(1, len(service)):]
}

// entityExists is IAM's refusal of a name that is taken.
func entityExists(what, kind, path string) func(Request) string {
	return func(r Request) string {
		return fmt.Sprintf("creating %s (%s): EntityAlreadyExists: %s with name %s already exists.", what, r.Text(path), kind, r.Text(path))
	}
}

// roleExists refuses what names a role that is not there. Roles that the program only
// refers to by ARN are not looked for.
func roleExists(doing, path string) func(Request) error {
	return func(r Request) error {
		name := r.Text(path)
		if name == "" {
			return nil
		}
		if _, ok := r.Existing.Find(typeRole, "name", name); !ok {
			return fmt.Errorf("%s (%s): NoSuchEntity: The role with name %s cannot be found.", doing, name, name)
		}
		return nil
	}
}
