package dssnode

// containers14 are the container settings of DSS 14: each execution config says itself where its image is pushed.
func (n *node) containers14() (verified, unverified object) {
	s := n.settings
	configs := list{}
	for _, c := range s.ContainerConfigs {
		config := object{
			"name": c.Name, "type": "KUBERNETES", "usableBy": usableBy(c.AllowedGroups), "allowedGroups": texts(c.AllowedGroups),
			"repositoryURL": s.ImageURL, "prePushMode": s.PrePush, "baseImageType": "EXEC",
			"kubernetesNamespace": c.Namespace, "createNamespace": *c.CreateNamespace, "kubernetesResources": c.resources(),
		}
		if c.BaseImage != "" {
			config["baseImage"] = c.BaseImage
		}
		addScheduling(config, c)
		configs = append(configs, config)
	}
	return object{"executionConfigs": configs}, nil
}

// spark14 are the Spark settings of DSS 14, of one config.
func (n *node) spark14(c SparkConfig) (verified, unverified object) {
	verified = n.sparkOf(c)
	kubernetes := verified["kubernetesSettings"].(object)
	kubernetes["baseImageType"] = "SPARK"
	kubernetes["repositoryURL"] = n.settings.ImageURL
	kubernetes["prePushMode"] = n.settings.PrePush
	if c.PodTemplate == "" {
		return verified, nil
	}
	return verified, object{"name": c.Name, "kubernetesSettings": object{"executorPodTemplate": c.PodTemplate}}
}
