package compute

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// StorageClass is the name of the cluster's default StorageClass.
const StorageClass = "gp3"

// kubeconfigs sets the output for people, and returns the one for the deployer.
func (c *ComputeEKS) kubeconfigs() pulumi.StringOutput {
	write := func(as caller) pulumi.StringOutput {
		return pulumi.All(c.plane.name, c.plane.endpoint, c.plane.certificateAuthority).ApplyT(func(v []any) (string, error) {
			return kubeconfig(v[0].(string), c.location.Region, v[1].(string), v[2].(string), as)
		}).(pulumi.StringOutput)
	}
	c.Kubeconfig = write(caller{})
	return write(caller{roleARN: c.args.KubernetesRoleARN, profile: c.args.KubernetesProfile})
}

// objects makes what the component has in the cluster itself.
func (c *ComputeEKS) objects(config pulumi.StringOutput, after []pulumi.Resource) error {
	if !c.args.kubernetesObjects() {
		return nil
	}
	provider, err := kubernetes.NewProvider(c.ctx, c.child("kubernetes"), &kubernetes.ProviderArgs{
		Kubeconfig: config,
		// Objects that are there already, from whomever, are taken over instead of refused.
		EnableServerSideApply: pulumi.Bool(true),
	}, pulumi.Parent(c), pulumi.DependsOn(after))
	if err != nil {
		return fmt.Errorf("creating the Kubernetes provider: %w", err)
	}
	c.kubernetes = provider
	return c.storageClass()
}

// inCluster are the options of objects in the cluster. They go down with it, and so are not taken down one by one by an
// API that is about to be gone, or that the deployer no longer may use. They need the deployer's access entry.
func (c *ComputeEKS) inCluster() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.Parent(c), pulumi.Provider(c.kubernetes), pulumi.DeletedWith(c.plane.resource), pulumi.DependsOn(c.admitted),
	}
}

// storageClass is the default for claims: encrypted gp3 volumes in the zone of the pod. EKS makes no default class for
// clusters from version 1.30 on.
//
// Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
func (c *ComputeEKS) storageClass() error {
	_, err := storagev1.NewStorageClass(c.ctx, c.child("gp3"), &storagev1.StorageClassArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name:        pulumi.String(StorageClass),
			Annotations: pulumi.StringMap{"storageclass.kubernetes.io/is-default-class": pulumi.String("true")},
		},
		Provisioner: pulumi.String("ebs.csi.aws.com"),
		Parameters: pulumi.StringMap{
			"type": pulumi.String("gp3"), "encrypted": pulumi.String("true"), "kmsKeyId": c.KMSKeyARN,
		},
		VolumeBindingMode:    pulumi.String("WaitForFirstConsumer"),
		AllowVolumeExpansion: pulumi.Bool(true),
		ReclaimPolicy:        pulumi.String("Delete"),
	}, c.inCluster()...)
	if err != nil {
		return fmt.Errorf("creating StorageClass %s: %w", StorageClass, err)
	}
	return nil
}
