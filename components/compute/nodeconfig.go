package compute

import (
	"encoding/base64"
	"fmt"
)

// boundary parts the user data. Nothing in it can contain the text.
const boundary = "==dss-platform=="

// userData is what EKS merges into the nodes' own user data, in base 64: the kubelet's settings. It is empty when there
// are none.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data
func userData(pool Pool) string {
	if pool.MaxPods == 0 {
		return ""
	}
	text := fmt.Sprintf(`MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="%[1]s"

--%[1]s
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      maxPods: %[2]d
--%[1]s--
`, boundary, pool.MaxPods)
	return base64.StdEncoding.EncodeToString([]byte(text))
}
