package awscloud

import "fmt"

const typeRepository = "aws:ecr/repository:Repository"

var ecrSpecs = map[string]Spec{
	typeRepository: {
		ID: property("name"),
		Outputs: func(r Request) map[string]any {
			return map[string]any{
				"arn": r.ARN("ecr", "repository/"+r.ID), "registryId": r.Account, "imageTagMutability": "MUTABLE", "forceDelete": false,
				"repositoryUrl": fmt.Sprintf("%s.dkr.ecr.%s.%s/%s", r.Account, r.Region, r.DNSSuffix(), r.ID),
			}
		},
		NameLimit: 256,
		NameLower: true,
		Unique:    []string{"name"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating ECR Repository (%s): RepositoryAlreadyExistsException: The repository with name '%s' already exists "+
				"in the registry with id '%s'", r.Text("name"), r.Text("name"), r.Account)
		},
	},
	"aws:ecr/repositoryPolicy:RepositoryPolicy": perRepository("policy"),
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":   perRepository("lifecycle policy"),
	"aws:ecr/registryPolicy:RegistryPolicy": {
		ID: func(r Request) string { return r.Account }, Outputs: registryOnly,
	},
	"aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": {
		ID: func(r Request) string { return r.Account }, Outputs: registryOnly,
	},
	"aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {
		ID: property("prefix"), Outputs: registryOnly,
		Unique: []string{"prefix"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating ECR Repository Creation Template (%s): TemplateAlreadyExistsException: "+
				"The repository creation template with prefix '%s' already exists", r.Text("prefix"), r.Text("prefix"))
		},
	},
	"aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {
		ID: property("ecrRepositoryPrefix"), Outputs: registryOnly,
		Unique: []string{"ecrRepositoryPrefix"},
		Taken: func(r Request) string {
			return fmt.Sprintf("creating ECR Pull Through Cache Rule (%s): PullThroughCacheRuleAlreadyExistsException",
				r.Text("ecrRepositoryPrefix"))
		},
	},
}

func registryOnly(r Request) map[string]any { return map[string]any{"registryId": r.Account} }

func perRepository(what string) Spec {
	return Spec{
		ID: property("repository"), Outputs: registryOnly,
		Unique: []string{"repository"},
		Taken: func(r Request) string {
			return fmt.Sprintf("ECR Repository (%s) has a second %s: AWS would let the later one overwrite the earlier", r.Text("repository"), what)
		},
		Validate: func(r Request) error {
			if _, ok := r.Existing.Find(typeRepository, "name", r.Text("repository")); !ok {
				return fmt.Errorf("putting ECR %s (%s): RepositoryNotFoundException: The repository with name '%s' does not exist in the registry "+
					"with id '%s'", what, r.Text("repository"), r.Text("repository"), r.Account)
			}
			return nil
		},
	}
}
