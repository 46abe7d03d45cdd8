package dss

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudformation"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/bucket"
	"github.com/pulumi-dss/pulumi-dss/internal/host"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
)

// assetsPrefix is where the bucket has what the host runs.
const assetsPrefix = "host"

// slack is what CloudFormation itself takes beside the wait, so that the error is the host's and not the provider's.
const slack = 15 * time.Minute

// assets are what the host gets its state from and runs it with.
type assets struct {
	bucket    pulumi.StringOutput
	bucketKey pulumi.StringOutput
	ready     []pulumi.Resource
	document  *ssm.Document
}

// delivery makes the bucket, unless one is given, and the document that gets a revision from it and runs it.
func (d *DSSInstance) delivery() error {
	if err := d.assetsBucket(); err != nil {
		return err
	}
	d.AssetsBucket = d.assets.bucket
	document, err := ssm.NewDocument(d.ctx, d.child("reconcile"), &ssm.DocumentArgs{
		DocumentType: pulumi.String("Command"), DocumentFormat: pulumi.String("JSON"),
		TargetType: pulumi.String("/AWS::EC2::Instance"),
		Content:    pulumi.String(host.Document()), Tags: d.tags("reconcile"),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating the SSM document: %w", err)
	}
	d.assets.document = document
	return nil
}

func (d *DSSInstance) assetsBucket() error {
	if d.args.AssetsBucket != "" {
		d.assets.bucket = pulumi.String(d.args.AssetsBucket).ToStringOutput()
		d.assets.bucketKey = orEmpty(d.args.AssetsBucketKMSKeyARN)
		return nil
	}
	made, err := bucket.New(d.ctx, d.child("assets"), bucket.Args{
		Location: d.location, KMSKeyARN: d.keyARN, Tags: d.tagMap("assets"),
		// There are no data in it: the program writes everything again.
		Removal: removal.Keys{DeleteData: true, AllowDataDeletion: true},
	}, d.parent())
	if err != nil {
		return err
	}
	d.assets.bucket, d.assets.bucketKey, d.assets.ready = made.Name, d.keyARN, made.Ready
	return nil
}

// revision is a version of what the host runs, as outputs: what DSS is told may come from other resources.
type revision struct {
	id, program, desired   pulumi.StringOutput
	programKey, desiredKey pulumi.StringOutput
}

func (d *DSSInstance) revision() revision {
	bundle := d.dssState().ApplyT(func(v any) (host.Bundle, error) {
		desired := d.args.desired()
		desired.DSS = v.(dssState).document
		return host.NewBundle(desired)
	})
	part := func(of func(host.Bundle) string) pulumi.StringOutput {
		return bundle.ApplyT(func(b any) string { return of(b.(host.Bundle)) }).(pulumi.StringOutput)
	}
	return revision{
		id:         part(func(b host.Bundle) string { return b.Revision }),
		program:    part(func(b host.Bundle) string { return base64.StdEncoding.EncodeToString(b.Program) }),
		desired:    part(func(b host.Bundle) string { return string(b.Desired) }),
		programKey: part(func(b host.Bundle) string { return b.ProgramKey(assetsPrefix) }),
		desiredKey: part(func(b host.Bundle) string { return b.DesiredKey(assetsPrefix) }),
	}
}

// configure has the instance brought to its state, and waits for that. The resource that it returns is there once the
// host has said so; nil when nobody waits.
func (d *DSSInstance) configure(instance *ec2.Instance, attachment *ec2.VolumeAttachment) (*cloudformation.Stack, error) {
	wanted := d.revision()
	objects, err := d.upload(wanted)
	if err != nil {
		return nil, err
	}
	parameters := pulumi.StringMap{
		host.ParameterBucket:   d.assets.bucket,
		host.ParameterPrefix:   pulumi.String(assetsPrefix),
		host.ParameterRevision: wanted.id,
		host.ParameterRegion:   pulumi.String(d.location.Region),
	}
	if *d.args.Wait {
		parameters[host.ParameterStack] = pulumi.String(d.stackName())
	}
	// A changed revision is a changed association, and that runs on the living host.
	association, err := ssm.NewAssociation(d.ctx, d.child("reconcile"), &ssm.AssociationArgs{
		Name:            d.assets.document.Name,
		AssociationName: pulumi.String(d.stackName()),
		Parameters:      parameters,
		Targets: ssm.AssociationTargetArray{ssm.AssociationTargetArgs{
			Key: pulumi.String("InstanceIds"), Values: pulumi.StringArray{instance.ID()},
		}},
		Tags: d.tags("reconcile"),
	}, d.parent(), pulumi.DependsOn(append(objects, attachment)))
	if err != nil {
		return nil, fmt.Errorf("creating the association: %w", err)
	}
	if !*d.args.Wait {
		return nil, nil
	}
	return d.wait(instance, wanted, association)
}

// upload writes a revision into the bucket. Each has keys of its own: the old ones go only when the new ones are in use.
func (d *DSSInstance) upload(wanted revision) ([]pulumi.Resource, error) {
	program, err := s3.NewBucketObjectv2(d.ctx, d.child("program"), &s3.BucketObjectv2Args{
		Bucket: d.assets.bucket, Key: wanted.programKey.ToStringPtrOutput(), ContentBase64: wanted.program.ToStringPtrOutput(),
		ContentType: pulumi.String("application/zip"), Tags: d.tags("program"),
	}, d.parent(), pulumi.DependsOn(d.assets.ready))
	if err != nil {
		return nil, fmt.Errorf("writing the reconciler: %w", err)
	}
	desired, err := s3.NewBucketObjectv2(d.ctx, d.child("desired"), &s3.BucketObjectv2Args{
		Bucket: d.assets.bucket, Key: wanted.desiredKey.ToStringPtrOutput(), Content: wanted.desired.ToStringPtrOutput(),
		ContentType: pulumi.String("application/json"), Tags: d.tags("desired"),
	}, d.parent(), pulumi.DependsOn(d.assets.ready))
	if err != nil {
		return nil, fmt.Errorf("writing the host's state: %w", err)
	}
	return []pulumi.Resource{program, desired}, nil
}

// wait is a stack that is done when the host has signalled, and that fails with the host's message. The provider waits for
// an association only when it makes one, and never knows what went wrong.
func (d *DSSInstance) wait(
	instance *ec2.Instance, wanted revision, association *ssm.Association,
) (*cloudformation.Stack, error) {
	timeout := time.Duration(d.args.WaitTimeoutMinutes) * time.Minute
	template := pulumi.All(wanted.id, instance.ID()).ApplyT(func(v []any) string {
		return host.WaitTemplate(v[0].(string), string(v[1].(pulumi.ID)), timeout)
	}).(pulumi.StringOutput)
	limit := (timeout + slack).String()
	stack, err := cloudformation.NewStack(d.ctx, d.child("ready"), &cloudformation.StackArgs{
		Name:         pulumi.String(d.stackName()),
		TemplateBody: template.ToStringPtrOutput(),
		OnFailure:    pulumi.String("DELETE"),
		Tags:         d.tags("ready"),
	}, d.parent(), pulumi.DependsOn([]pulumi.Resource{association}),
		// After a wait that failed, Pulumi has the new template in its state, and would find nothing to do. A stack of that
		// name, which has failed, or which CloudFormation has deleted, makes room for one that waits again.
		pulumi.ReplaceOnChanges([]string{"#initerror"}), pulumi.DeleteBeforeReplace(true),
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: limit, Update: limit}))
	if err != nil {
		return nil, fmt.Errorf("creating the stack that waits for the host: %w", err)
	}
	return stack, nil
}

// orEmpty is the input, or an empty text.
func orEmpty(input pulumi.StringInput) pulumi.StringOutput {
	if input == nil {
		return pulumi.String("").ToStringOutput()
	}
	return input.ToStringOutput()
}
