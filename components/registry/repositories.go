package registry

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// BaseImages are the names of the repositories of DSS's base images, without the prefix. All but the API node's are
// named after the installation, and are missing where its id is not known.
//
// Source: https://doc.dataiku.com/dss/latest/containers/setup-k8s.html (`dssadmin build-base-image`)
func BaseImages(installID string) []string {
	images := []string{"dku-apideployer-apinode-base"}
	if installID == "" {
		return images
	}
	for _, kind := range []string{"cde", "exec", "spark"} {
		images = append(images, fmt.Sprintf("dku-%s-base-%s", kind, installID))
	}
	return images
}

// images are the names of all repositories to make, without the prefix.
func (a *ECRRegistryArgs) images() []string {
	if a.CreateRepositories != nil && !*a.CreateRepositories {
		return nil
	}
	return slices.Concat(BaseImages(a.InstallID), a.Repositories)
}

// lifecyclePolicy is ECR's document of a lifecycle.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
type lifecyclePolicy struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	Priority    int       `json:"rulePriority"`
	Description string    `json:"description"`
	Selection   selection `json:"selection"`
	Action      action    `json:"action"`
}

type selection struct {
	TagStatus      string   `json:"tagStatus"`
	TagPatternList []string `json:"tagPatternList,omitempty"`
	CountType      string   `json:"countType"`
	CountUnit      string   `json:"countUnit,omitempty"`
	CountNumber    int      `json:"countNumber"`
}

type action struct {
	Type string `json:"type"`
}

// LifecyclePolicy keeps the newest tagged images of a repository, and untagged ones for some days.
func LifecyclePolicy(keepTagged, untaggedDays int) string {
	policy := lifecyclePolicy{Rules: []lifecycleRule{
		{
			Priority:    1,
			Description: fmt.Sprintf("untagged images go after %d days", untaggedDays),
			Selection: selection{
				TagStatus: "untagged", CountType: "sinceImagePushed", CountUnit: "days", CountNumber: untaggedDays,
			},
			Action: action{Type: "expire"},
		},
		{
			Priority:    2,
			Description: fmt.Sprintf("the newest %d tagged images stay", keepTagged),
			// Tagged images are selected by their tags; DSS names them as it likes, so the pattern is any.
			Selection: selection{
				TagStatus: "tagged", TagPatternList: []string{"*"}, CountType: "imageCountMoreThan", CountNumber: keepTagged,
			},
			Action: action{Type: "expire"},
		},
	}}
	text, err := json.Marshal(policy)
	if err != nil {
		// The document consists of strings and numbers, which always marshal.
		panic(fmt.Sprintf("marshalling a lifecycle policy: %v", err))
	}
	return string(text)
}

// pullActions read images.
func pullActions() []string {
	return []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
}

// pushActions write images. DSS's pre-push hook looks for the repository first, and makes it where it is missing.
func pushActions() []string {
	return []string{
		"ecr:CompleteLayerUpload", "ecr:CreateRepository", "ecr:DescribeRepositories",
		"ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
	}
}

// AccountsPolicy is the policy of a repository that principals of other accounts may pull from.
func AccountsPolicy(where location.Location, accounts []string) iam.Document {
	var roots []string
	for _, account := range accounts {
		there := where
		there.AccountID = account
		roots = append(roots, there.GlobalARN("iam", "root"))
	}
	// The policy of a repository is about that repository, and has no resources.
	return iam.NewDocument(iam.Allow("Pull", pullActions()).For(iam.Principal{AWS: roots}))
}
