package simcloud

import "time"

// Times is how long the operations of a type take, until the provider has seen the result.
type Times struct{ Create, Update, Delete time.Duration }

// Latency maps type tokens to times. The entry "" is for all other types.
type Latency map[string]Times

// of returns the scaled time of an operation.
func (l Latency) of(typ string, kind Kind, scale float64) time.Duration {
	times, ok := l[typ]
	if !ok {
		times = l[""]
	}
	base := map[Kind]time.Duration{Create: times.Create, Update: times.Update, Delete: times.Delete}[kind]
	return time.Duration(float64(base) * scale)
}
