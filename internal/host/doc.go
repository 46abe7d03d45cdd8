// Package host is what runs on the machine of DSS: the boot (user data), and the reconciler with its base steps.
//
// The boot mounts the data volume and starts the SSM agent. Everything else is the reconciler's: a Python program without
// dependencies, embedded here, which brings the host to a desired state ([Desired]), step by step, as often as it is run.
// [NewBundle] packs both, [Document] is the SSM document that gets and runs them, and [WaitTemplate] the CloudFormation stack
// through which a deployment hears how the run ended.
//
// The package has no Pulumi types: everything is a function over plain values.
package host
