package compute

import (
	"encoding/json"
	"fmt"
)

// caller says as whom a kubeconfig asks for tokens. The zero value is whoever uses it.
type caller struct {
	roleARN, profile string
}

// kubeconfig is a configuration for kubectl, as JSON. It holds no credentials: `aws eks get-token` makes a token of
// those of whoever uses it. Unlike what pulumi-eks writes it names the region, which need not be the user's own.
func kubeconfig(cluster, region, endpoint, certificateAuthority string, as caller) (string, error) {
	type named map[string]any
	exec := named{
		"apiVersion":      "client.authentication.k8s.io/v1beta1",
		"command":         "aws",
		"args":            tokenArgs(cluster, region, as),
		"interactiveMode": "Never",
	}
	if as.profile != "" {
		exec["env"] = []named{{"name": "AWS_PROFILE", "value": as.profile}}
	}
	text, err := json.Marshal(named{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": cluster,
		"clusters": []named{{"name": cluster, "cluster": named{
			"server": endpoint, "certificate-authority-data": certificateAuthority,
		}}},
		"contexts": []named{{"name": cluster, "context": named{"cluster": cluster, "user": cluster}}},
		"users":    []named{{"name": cluster, "user": named{"exec": exec}}},
	})
	if err != nil {
		return "", fmt.Errorf("writing the kubeconfig of %s: %w", cluster, err)
	}
	return string(text), nil
}

func tokenArgs(cluster, region string, as caller) []string {
	args := []string{"--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"}
	if as.roleARN != "" {
		args = append(args, "--role-arn", as.roleARN)
	}
	return args
}
