package catalog

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/athena"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// workgroups makes the workgroups. Their settings are enforced, so that no client writes results elsewhere or unencrypted.
func (c *GlueAthenaCatalog) workgroups() error {
	locations := pulumi.StringMap{}
	for _, workgroup := range c.args.Workgroups {
		location := pulumi.Sprintf("s3://%s/%s", c.ResultsBucketName, resultsPrefix(workgroup.Name))
		locations[workgroup.Name] = location
		made, err := athena.NewWorkgroup(c.ctx, c.child("workgroup-"+workgroup.Name), &athena.WorkgroupArgs{
			Name:          pulumi.String(workgroup.Name),
			Description:   optional.String(workgroup.Description),
			Configuration: c.configuration(workgroup, location),
			// Queries that were run, and saved ones, go with the workgroup.
			ForceDestroy: pulumi.Bool(c.args.removal().Turned()),
			Tags:         pulumi.ToStringMap(c.tags("workgroup-" + workgroup.Name)),
		}, c.parent(), c.args.removal().Option())
		if err != nil {
			return fmt.Errorf("creating workgroup %s: %w", workgroup.Name, err)
		}
		c.Ready = append(c.Ready, made)
		c.results[workgroup.Name] = pulumi.OutputWithDependencies(c.ctx.Context(), location, made).(pulumi.StringOutput)
		if err := c.saveQueries(workgroup, made); err != nil {
			return err
		}
	}
	c.ResultsLocations = locations.ToStringMapOutput()
	return nil
}

// ResultsLocation is where results of one workgroup go, once it is there; empty for one that the catalog does not have.
func (c *GlueAthenaCatalog) ResultsLocation(workgroup string) pulumi.StringOutput {
	if location, has := c.results[workgroup]; has {
		return location
	}
	return pulumi.String("").ToStringOutput()
}

// DatabaseName is the name of a database, once it is there.
func (c *GlueAthenaCatalog) DatabaseName(database string) pulumi.StringOutput {
	name := pulumi.String(database).ToStringOutput()
	if made, ours := c.databases[database]; ours {
		return pulumi.OutputWithDependencies(c.ctx.Context(), name, made).(pulumi.StringOutput)
	}
	return name
}

// saveQueries keeps a workgroup's queries for everybody who uses it.
func (c *GlueAthenaCatalog) saveQueries(workgroup Workgroup, in *athena.Workgroup) error {
	for i, query := range workgroup.SavedQueries {
		name := c.child(fmt.Sprintf("query-%s-%d", workgroup.Name, i))
		_, err := athena.NewNamedQuery(c.ctx, name, &athena.NamedQueryArgs{
			Name: pulumi.String(query.Name), Description: optional.String(query.Description),
			Database: pulumi.String(query.Database), Query: pulumi.String(query.Query), Workgroup: in.ID().ToStringOutput().ToStringPtrOutput(),
		}, c.parent(), pulumi.DeletedWith(in))
		if err != nil {
			return fmt.Errorf("saving query %s of workgroup %s: %w", query.Name, workgroup.Name, err)
		}
	}
	return nil
}

func (c *GlueAthenaCatalog) configuration(workgroup Workgroup, location pulumi.StringOutput) athena.WorkgroupConfigurationArgs {
	results := athena.WorkgroupConfigurationResultConfigurationArgs{
		OutputLocation: location.ToStringPtrOutput(),
		EncryptionConfiguration: athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs{
			EncryptionOption: pulumi.String("SSE_KMS"), KmsKeyArn: c.KMSKeyARN.ToStringPtrOutput(),
		},
	}
	if c.args.ResultsBucket == nil {
		// Results never go to a bucket of somebody else's that has come to have the name.
		results.ExpectedBucketOwner = pulumi.String(c.location.AccountID)
	}
	configuration := athena.WorkgroupConfigurationArgs{
		EnforceWorkgroupConfiguration:   pulumi.Bool(true),
		PublishCloudwatchMetricsEnabled: pulumi.Bool(true),
		RequesterPaysEnabled:            pulumi.Bool(false),
		EngineVersion: athena.WorkgroupConfigurationEngineVersionArgs{
			SelectedEngineVersion: pulumi.String(workgroup.EngineVersion),
		},
		ResultConfiguration: results,
	}
	if workgroup.BytesScannedCutoff != NoBytesScannedCutoff {
		configuration.BytesScannedCutoffPerQuery = pulumi.Int(int(workgroup.BytesScannedCutoff))
	}
	return configuration
}
