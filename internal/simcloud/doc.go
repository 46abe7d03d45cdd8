// Package simcloud simulates AWS, EKS clusters and what runs on them, for a real Pulumi
// engine: it serves the providers aws, eks and kubernetes over gRPC from this process, and
// an engine whose environment has PULUMI_DEBUG_PROVIDERS set to DebugProviders uses them
// in place of the plugins. Nothing is downloaded, nothing leaves the machine.
//
// The simulation knows what a program can see: ids and computed properties, which changes
// replace, names that are taken, things that are in use, how long AWS takes. It can fail,
// hang or lose an answer at a chosen operation, and it keeps what exists in a file, so that
// crashes, recoveries and drift can be tested.
package simcloud
