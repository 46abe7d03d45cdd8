// Package harness runs Pulumi programs without cloud, engine or CLI, records what they register, and checks it.
//
//	func TestVolumeIsEncrypted(t *testing.T) {
//		graph := harness.Run(t, func(ctx *pulumi.Context) error {
//			_, err := dss.NewDSSInstance(ctx, "dss", &dss.DSSInstanceArgs{KeyARN: harness.Here(ctx).ARN("kms", "key/k")})
//			return err
//		}, harness.RequireTags(map[string]string{"team": "data"}), harness.SecretValues("hunter2"))
//		volume := graph.One("aws:ebs/volume:Volume", "dss-data")
//		assert.True(t, volume.Bool("encrypted"))
//		assert.True(t, graph.DependsOn(graph.One("aws:ec2/volumeAttachment:VolumeAttachment", ""), volume))
//		graph.Golden("dss.json") // testdata/dss.json, written by: go test ./... -update
//	}
//
// Run also checks names, parents, tags, secrets, partitions and previews: see Check; WithoutCheck waives one, with a reason.
// Fail expects an error before anything is registered. An error in an ApplyT shows only if an input or output uses it: export it.
package harness
