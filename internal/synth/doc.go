// Package synth runs Pulumi programs without cloud, engine or CLI, in seconds, and returns the graph of resources that they
// register, with the outputs that AWS would compute and answers to lookups that AWS might give.
package synth
