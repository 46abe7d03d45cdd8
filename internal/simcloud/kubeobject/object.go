// Package kubeobject says how objects of a Kubernetes API behave, as far as a Pulumi
// program can see: names, ids, namespaces, which changes replace, and the status that
// pulumi-kubernetes waits for.
package kubeobject

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// clusterScoped are the kinds that are in no namespace.
var clusterScoped = []string{
	"Namespace", "Node", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding", "PriorityClass", "IngressClass",
	"RuntimeClass", "CustomResourceDefinition", "APIService", "CSIDriver", "CSINode", "MutatingWebhookConfiguration",
	"ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "EC2NodeClass", "NodePool",
}

// Kind is the kind of a type token: Namespace of kubernetes:core/v1:Namespace.
func Kind(typ string) string {
	kind := typ[strings.LastIndex(typ, ":")+1:]
	return strings.TrimSuffix(kind, "Patch")
}

// ID is the id of an object: its name, after its namespace and a slash where it has one.
func ID(inputs resource.PropertyMap) string {
	name, namespace := inventory.Text(inputs, "metadata.name"), inventory.Text(inputs, "metadata.namespace")
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

// Checked fills in what the provider does: API version, kind, namespace and a generated name.
func Checked(typ, logical string, olds, news resource.PropertyMap, seed []byte) (resource.PropertyMap, error) {
	out := news.Copy()
	metadata := resource.PropertyMap{}
	if m, ok := inventory.At(news, "metadata"); ok && m.IsObject() {
		metadata = m.ObjectValue().Copy()
	}
	if !metadata.HasValue("name") && !metadata.HasValue("generateName") {
		name := inventory.Text(olds, "metadata.name")
		if name == "" {
			var err error
			if name, err = resource.NewUniqueName(seed, strings.ToLower(logical)+"-", 8, 253, nil); err != nil {
				return nil, fmt.Errorf("naming %s: %w", logical, err)
			}
		}
		metadata["name"] = inventory.String(name)
		metadata["annotations"] = resource.NewObjectProperty(resource.PropertyMap{"pulumi.com/autonamed": inventory.String("true")})
	}
	kind := Kind(typ)
	if !metadata.HasValue("namespace") && !slices.Contains(clusterScoped, kind) {
		metadata["namespace"] = inventory.String("default")
	}
	out["metadata"] = resource.NewObjectProperty(metadata)
	return out, nil
}

// immutable are paths, without the kind's name "*" for all, whose change needs a new object.
var immutable = map[string][]string{
	"*":                  {"metadata.name", "metadata.namespace", "apiVersion", "kind"},
	"StorageClass":       {"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"},
	"ClusterRoleBinding": {"roleRef"},
	"RoleBinding":        {"roleRef"},
	"Deployment":         {"spec.selector"},
	"DaemonSet":          {"spec.selector"},
	"StatefulSet":        {"spec.selector", "spec.serviceName", "spec.volumeClaimTemplates", "spec.podManagementPolicy"},
	"Job":                {"spec.selector", "spec.template"},
	"Service":            {"spec.clusterIP"},
	"PersistentVolumeClaim": {
		"spec.accessModes", "spec.storageClassName", "spec.volumeName", "spec.selector",
	},
	"Secret":        {"type"},
	"PriorityClass": {"value", "preemptionPolicy"},
}

// Diff compares inputs. A replaced object keeps its name, so the old one goes first.
func Diff(typ string, olds, news resource.PropertyMap) plugin.DiffResult {
	diff := olds.DiffIncludeUnknowns(news)
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}
	}
	fixed := append(slices.Clone(immutable["*"]), immutable[Kind(typ)]...)
	result := plugin.DiffResult{Changes: plugin.DiffSome, DetailedDiff: plugin.NewDetailedDiffFromObjectDiff(diff, true)}
	for path, change := range result.DetailedDiff {
		if slices.ContainsFunc(fixed, func(p string) bool {
			return path == p || strings.HasPrefix(path, p+".") || strings.HasPrefix(path, p+"[")
		}) {
			change.Kind = change.Kind.AsReplace()
			result.DetailedDiff[path] = change
			result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(path))
			result.DeleteBeforeReplace = inventory.Text(olds, "metadata.name") == inventory.Text(news, "metadata.name")
		}
	}
	return result
}

// Outputs adds what the API server and controllers fill in.
func Outputs(typ string, inputs resource.PropertyMap, uid string) resource.PropertyMap {
	out := inputs.Copy()
	metadata := resource.PropertyMap{}
	if m, ok := inventory.At(inputs, "metadata"); ok && m.IsObject() {
		metadata = m.ObjectValue().Copy()
	}
	metadata["uid"] = inventory.String(uid)
	metadata["resourceVersion"] = inventory.String("1")
	metadata["creationTimestamp"] = inventory.String("2026-01-01T00:00:00Z")
	metadata["generation"] = resource.NewNumberProperty(1)
	out["metadata"] = resource.NewObjectProperty(metadata)
	if status := status(Kind(typ), inputs); status != nil {
		out["status"] = inventory.Object(status)
	}
	return out
}

// status is what the kinds that the real provider waits for look like when they are ready.
func status(kind string, inputs resource.PropertyMap) map[string]any {
	replicas := max(inventory.Number(inputs, "spec.replicas"), 1)
	switch kind {
	case "Namespace":
		return map[string]any{"phase": "Active"}
	case "Deployment":
		return map[string]any{
			"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas, "updatedReplicas": replicas, "observedGeneration": 1,
			"conditions": []any{map[string]any{"type": "Available", "status": "True"}},
		}
	case "StatefulSet":
		return map[string]any{"replicas": replicas, "readyReplicas": replicas, "currentReplicas": replicas, "updatedReplicas": replicas}
	case "DaemonSet":
		return map[string]any{
			"desiredNumberScheduled": 1, "currentNumberScheduled": 1, "numberReady": 1, "numberAvailable": 1, "numberMisscheduled": 0,
		}
	case "Job":
		return map[string]any{"succeeded": 1, "conditions": []any{map[string]any{"type": "Complete", "status": "True"}}}
	case "Pod":
		return map[string]any{"phase": "Running", "podIP": "10.0.0.10", "conditions": []any{map[string]any{"type": "Ready", "status": "True"}}}
	case "PersistentVolumeClaim":
		return map[string]any{"phase": "Bound"}
	case "Service":
		if inventory.Text(inputs, "spec.type") == "LoadBalancer" {
			return map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"hostname": "simulated.elb.amazonaws.com"}}}}
		}
		return map[string]any{"loadBalancer": map[string]any{}}
	}
	return nil
}

// Exists words that the name is taken.
func Exists(typ, id string) error {
	name := id[strings.LastIndex(id, "/")+1:]
	return fmt.Errorf("resource %s was not successfully created by the Kubernetes API server: %s %q already exists",
		id, plural(Kind(typ)), name)
}

func plural(kind string) string {
	kind = strings.ToLower(kind)
	switch {
	case strings.HasSuffix(kind, "ss"):
		return kind + "es"
	case strings.HasSuffix(kind, "y"):
		return strings.TrimSuffix(kind, "y") + "ies"
	}
	return kind + "s"
}
