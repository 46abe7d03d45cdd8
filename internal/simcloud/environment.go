package simcloud

// EngineEnvironment is what an engine needs in its environment to use this cloud, and to
// leave the rest of the world alone.
func EngineEnvironment(c *Cloud) map[string]string {
	return map[string]string{
		"PULUMI_DEBUG_PROVIDERS":                        c.DebugProviders(),
		"PULUMI_SKIP_UPDATE_CHECK":                      "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION":   "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}
}
