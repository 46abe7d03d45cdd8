package optional

// Default sets a value that was left out.
func Default[T comparable](field *T, value T) {
	var none T
	if *field == none {
		*field = value
	}
}
