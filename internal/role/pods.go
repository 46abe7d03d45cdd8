package role

import (
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// PodTrust lets EKS Pod Identity take a role for the pods of one service account in one namespace of one cluster, which it names in the
// tags of the session. The cluster's ARN has the account, so that no other account's cluster will do.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
func PodTrust(at location.Location, cluster, namespace, serviceAccount string) iam.Document {
	trust := iam.TrustService(at.Principal("pods.eks"), "sts:TagSession")
	trust.Statements[0] = trust.Statements[0].
		If("StringEquals", "aws:RequestTag/eks-cluster-arn", at.ARN("eks", "cluster/"+cluster)).
		If("StringEquals", "aws:RequestTag/kubernetes-namespace", namespace).
		If("StringEquals", "aws:RequestTag/kubernetes-service-account", serviceAccount)
	return trust
}
