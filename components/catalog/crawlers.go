package catalog

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// crawlers makes the crawlers that databases ask for, and encrypts what they write down.
func (c *GlueAthenaCatalog) crawlers() error {
	var security *glue.SecurityConfiguration
	for _, database := range c.args.Databases {
		if database.Crawler == nil {
			continue
		}
		if security == nil {
			var err error
			if security, err = c.securityConfiguration(); err != nil {
				return err
			}
		}
		if err := c.crawler(database, security); err != nil {
			return fmt.Errorf("creating the crawler of database %s: %w", database.Name, err)
		}
	}
	return nil
}

func (c *GlueAthenaCatalog) securityConfiguration() (*glue.SecurityConfiguration, error) {
	key := c.KMSKeyARN.ToStringPtrOutput()
	made, err := glue.NewSecurityConfiguration(c.ctx, c.child("crawlers"), &glue.SecurityConfigurationArgs{
		EncryptionConfiguration: glue.SecurityConfigurationEncryptionConfigurationArgs{
			CloudwatchEncryption: glue.SecurityConfigurationEncryptionConfigurationCloudwatchEncryptionArgs{
				CloudwatchEncryptionMode: pulumi.String("SSE-KMS"), KmsKeyArn: key,
			},
			JobBookmarksEncryption: glue.SecurityConfigurationEncryptionConfigurationJobBookmarksEncryptionArgs{
				JobBookmarksEncryptionMode: pulumi.String("CSE-KMS"), KmsKeyArn: key,
			},
			S3Encryption: glue.SecurityConfigurationEncryptionConfigurationS3EncryptionArgs{
				S3EncryptionMode: pulumi.String("SSE-KMS"), KmsKeyArn: key,
			},
		},
	}, c.parent())
	if err != nil {
		return nil, fmt.Errorf("creating the crawlers' security configuration: %w", err)
	}
	return made, nil
}

func (c *GlueAthenaCatalog) crawler(database Database, security *glue.SecurityConfiguration) error {
	part := "crawler-" + database.Name
	trust := iam.TrustService(c.location.Principal("glue"))
	trust.Statements[0] = trust.Statements[0].If("StringEquals", "aws:SourceAccount", c.location.AccountID)
	where := pulumi.String(database.Location).ToStringOutput()
	if database.LocationInput != nil {
		where = database.LocationInput.ToStringOutput()
	}
	// The crawler looks at the folder that its role may read, and not at all that begins with its name.
	where = where.ApplyT(folder).(pulumi.StringOutput)
	lake := c.args.usesLakeFormation() && c.guarded(database.Name) != ""
	taken, err := c.serviceRole(part, role.Args{
		Description: "Finds tables of database " + database.Name,
		Trust:       trust,
		Policies: map[string]pulumi.StringInput{"crawl": pulumi.All(c.KMSKeyARN, where).ApplyT(func(v []any) string {
			key := cmp.Or(database.Crawler.KMSKeyARN, v[0].(string))
			return CrawlerPolicy(c.location, v[1].(string), database.Region, key, lake).JSON()
		}).(pulumi.StringOutput)},
	})
	if err != nil {
		return err
	}
	if !lake {
		c.crawlerRoles[database.Name] = taken.Arn
	}
	if err := c.GrantWrite(c.ctx, part, taken, Scope{Databases: []string{database.Name}}); err != nil {
		return err
	}
	args := &glue.CrawlerArgs{
		DatabaseName:          pulumi.String(database.Name),
		Role:                  taken.Arn,
		Schedule:              pulumi.String(database.Crawler.Schedule),
		TablePrefix:           optional.String(database.Crawler.TablePrefix),
		SecurityConfiguration: security.Name,
		S3Targets: glue.CrawlerS3TargetArray{glue.CrawlerS3TargetArgs{
			Path: where, Exclusions: pulumi.ToStringArray(database.Crawler.Exclusions),
		}},
		// A table whose files are gone is marked, and not deleted: DSS may have made it.
		SchemaChangePolicy: glue.CrawlerSchemaChangePolicyArgs{
			DeleteBehavior: pulumi.String("DEPRECATE_IN_DATABASE"), UpdateBehavior: pulumi.String("UPDATE_IN_DATABASE"),
		},
		Tags: pulumi.ToStringMap(c.tags(part)),
	}
	if lake {
		args.LakeFormationConfiguration = glue.CrawlerLakeFormationConfigurationArgs{
			UseLakeFormationCredentials: pulumi.Bool(true), AccountId: pulumi.String(c.location.AccountID),
		}
	}
	after := taken.Grants
	if made, ours := c.databases[database.Name]; ours {
		after = append(after, made)
	}
	_, err = glue.NewCrawler(c.ctx, c.child(part), args, c.parent(), pulumi.DependsOn(after))
	return err
}

// folder is a location with the slash behind its prefix. Without it, `s3://lake/sales` is also the beginning of what is in
// `s3://lake/sales-secret/`. A bucket is left as it is.
func folder(location string) string {
	if _, prefix, _ := strings.Cut(strings.TrimPrefix(location, "s3://"), "/"); prefix == "" || strings.HasSuffix(prefix, "/") {
		return location
	}
	return location + "/"
}

// CrawlerRole is the role of a database's crawler, for the owner of a bucket to let in. There is none where the crawler reads with
// credentials of Lake Formation.
func (c *GlueAthenaCatalog) CrawlerRole(database string) (pulumi.StringOutput, bool) {
	arn, known := c.crawlerRoles[database]
	return arn, known
}

// CrawlerPolicy is what a crawler may do beside changing its database: read its location, unless it does so with
// credentials of Lake Formation, and write its log.
//
// Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html
func CrawlerPolicy(where location.Location, s3Location, region, key string, lakeFormation bool) iam.Document {
	statements := []iam.Statement{
		// Glue names the log group after the role and the security configuration, which it makes names for.
		iam.Allow("Logs", []string{"logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
			where.ARN("logs", "log-group:/aws-glue/*")),
		// The action knows no resources.
		iam.Allow("Security", []string{"glue:GetSecurityConfiguration"}, "*"),
	}
	if lakeFormation {
		return iam.NewDocument(statements...)
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(folder(s3Location), "s3://"), "/")
	// KMS is called by S3 of the bucket's region.
	there := where
	there.Region = cmp.Or(region, where.Region)
	list := iam.Allow("List", []string{"s3:ListBucket"}, where.BucketARN(bucket))
	if prefix != "" {
		list = list.If("StringLike", "s3:prefix", prefix+"*")
	}
	return iam.NewDocument(append(statements,
		iam.Allow("Bucket", []string{"s3:GetBucketLocation"}, where.BucketARN(bucket)),
		list,
		// Every file below the location.
		iam.Allow("Files", []string{"s3:GetObject"}, where.BucketARN(bucket)+"/"+prefix+"*"),
		iam.Allow("FilesKey", []string{"kms:Decrypt"}, key).If("StringEquals", "kms:ViaService", there.Service("s3")),
	)...)
}
