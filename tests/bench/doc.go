// Package bench measures how fast the platform's program is. Everything is a ratio: to bare resources in the same engine,
// to what AWS itself takes, to a program that only imports the same packages. Both sides are measured in the same run, so
// that the machine does not matter.
//
// `make bench` runs the benchmarks; docs/speed.md says what they mean. What must hold whatever the machine's speed, such
// as that DSS does not wait for EKS, is an ordinary test.
package bench
