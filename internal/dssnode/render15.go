package dssnode

// buildConfigName is the image build configuration that every container config shares.
const buildConfigName = "registry"

// containers15 are the container settings of DSS 15: where images are pushed moved into build configs, which execution configs name; what
// a pod gets moved into kubernetesRuntimeConfig. Seen on a running DSS 15 are the keys of the first result; those of the second are where
// DSS 14's should have gone.
func (n *node) containers15() (verified, unverified object) {
	builds, guessedBuilds := list{}, list{}
	configs, guessedConfigs := list{}, list{}
	addBuild := func(name, baseImage string) {
		builds = append(builds, n.buildConfig15(name))
		guessedBuilds = append(guessedBuilds, n.guessedBuildConfig15(name, baseImage))
	}
	addBuild(buildConfigName, "")
	for _, c := range n.settings.ContainerConfigs {
		build := buildConfigName
		if c.BaseImage != "" {
			build = buildConfigName + "-" + c.Name
			addBuild(build, c.BaseImage)
		}
		configs = append(configs, object{
			"name": c.Name, "type": "KUBERNETES", "usableBy": usableBy(c.AllowedGroups), "allowedGroups": texts(c.AllowedGroups),
			"workloadType": "ANY", "imageBuildConfig": build,
			"kubernetesRuntimeConfig": object{"createNamespace": *c.CreateNamespace, "kubernetesResources": c.resources()},
		})
		guessed := object{"kubernetesNamespace": c.Namespace}
		addScheduling(guessed, c)
		guessedConfigs = append(guessedConfigs, object{"name": c.Name, "kubernetesRuntimeConfig": guessed})
	}
	return object{"buildConfigs": builds, "executionConfigs": configs},
		object{"buildConfigs": guessedBuilds, "executionConfigs": guessedConfigs}
}

func (n *node) buildConfig15(name string) object {
	return object{
		"name": name, "baseImageType": "EXEC", "imageBuilderType": "DOCKER",
		"dockerBuilderConfig": object{"pushConfigs": list{object{"repositoryURL": n.settings.ImageURL}}},
	}
}

func (n *node) guessedBuildConfig15(name, baseImage string) object {
	push := object{"repositoryURL": n.settings.ImageURL, "prePushMode": n.settings.PrePush}
	build := object{"name": name, "dockerBuilderConfig": object{"pushConfigs": list{push}}}
	if baseImage != "" {
		build["baseImage"] = baseImage
	}
	return build
}

// spark15 are the Spark settings of DSS 15, of one config. Nobody has written down where the registry went: it is given in the place of
// DSS 14, and in that of containers.
func (n *node) spark15(c SparkConfig) (verified, unverified object) {
	kubernetes := object{
		"baseImageType": "SPARK", "repositoryURL": n.settings.ImageURL, "prePushMode": n.settings.PrePush, "imageBuildConfig": buildConfigName,
	}
	if c.PodTemplate != "" {
		kubernetes["executorPodTemplate"] = c.PodTemplate
	}
	return n.sparkOf(c), object{"name": c.Name, "kubernetesSettings": kubernetes}
}
