package encryption

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/sharing"
)

// EncryptionKey is one KMS key for a whole platform: volumes, buckets, images, secrets, log groups.
//
// Each component makes a key of its own where it is given none. One key for all costs less, and is one thing to grant,
// to rotate and to watch. An organization that has a key already gives its ARN to the components, and needs no
// EncryptionKey.
type EncryptionKey struct {
	pulumi.ResourceState

	// ARN is the key's ARN, for the argument KMSKeyARN of components.
	ARN pulumi.StringOutput `pulumi:"arn"`
	// KeyID is the key's id.
	KeyID pulumi.StringOutput `pulumi:"keyId"`
	// AliasName is the alias with `alias/` before it.
	AliasName pulumi.StringOutput `pulumi:"aliasName"`
}

// NewEncryptionKey makes a key that rotates every year, and its alias. CloudWatch Logs and, through EC2, principals of
// the account can use it; whoever else does needs an IAM policy that says so. The key survives `destroy` unless both
// keys of removal are turned.
//
// It fails with a list of everything that is wrong with the arguments, before anything is created.
func NewEncryptionKey(ctx *pulumi.Context, name string, args *EncryptionKeyArgs, opts ...pulumi.ResourceOption) (*EncryptionKey, error) {
	if args == nil {
		args = &EncryptionKeyArgs{}
	}
	given := args.withDefaults(name)
	if err := given.Problems().Err("EncryptionKey " + name); err != nil {
		return nil, err
	}
	key := &EncryptionKey{}
	inputs := pulumi.Map{"alias": pulumi.String(given.Alias), "description": pulumi.String(given.Description)}
	if err := ctx.RegisterComponentResourceV2(Token, name, inputs, key, opts...); err != nil {
		return nil, fmt.Errorf("registering encryption key %s: %w", name, err)
	}
	if err := key.build(ctx, name, given); err != nil {
		return nil, err
	}
	return key, ctx.RegisterResourceOutputs(key, pulumi.Map{
		"arn":       key.ARN,
		"keyId":     key.KeyID,
		"aliasName": key.AliasName,
	})
}

func (k *EncryptionKey) build(ctx *pulumi.Context, name string, args *EncryptionKeyArgs) error {
	where, err := location.Lookup(ctx, k)
	if err != nil {
		return err
	}
	tags := map[string]string{"Name": name}
	maps.Copy(tags, args.Tags)
	key, err := kmskey.New(ctx, name+"-key", kmskey.Args{
		Location: where, Description: args.Description, Logs: true, Volumes: true, Removal: args.removal(), Tags: tags,
		SharedWith: sharing.Principals(where, args.SharedWith),
	}, pulumi.Parent(k))
	if err != nil {
		return err
	}
	// The alias goes with `destroy` even where the key stays: its name is then free for the next key.
	alias, err := kms.NewAlias(ctx, name+"-alias", &kms.AliasArgs{
		Name: pulumi.String(aliasPrefix + args.Alias), TargetKeyId: key.KeyId,
	}, pulumi.Parent(k))
	if err != nil {
		return fmt.Errorf("creating alias %s: %w", args.Alias, err)
	}
	k.ARN, k.KeyID, k.AliasName = key.Arn, key.KeyId, alias.Name
	return nil
}
