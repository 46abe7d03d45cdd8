// Package problem collects everything that is wrong with an input, so that a caller hears of all of it at once
// and before anything is created.
package problem

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong.
type Problem struct {
	// Path says where: the path of the argument, with the names that the stack config uses (`network.zones[1]`).
	Path string
	// Wrong says what is wrong, with the value that was found.
	Wrong string
	// Fix says what is allowed, or what to do.
	Fix string
}

// String is where, what, and what to do.
func (p Problem) String() string {
	text := p.Wrong
	if p.Path != "" {
		text = p.Path + ": " + text
	}
	if p.Fix != "" {
		text += "; " + p.Fix
	}
	return text
}

// List gathers problems. The zero value is empty and ready for use.
type List []Problem

// Add appends a problem at a path. `wrong` is a format for the arguments.
func (l *List) Add(path, fix, wrong string, args ...any) {
	*l = append(*l, Problem{Path: path, Wrong: fmt.Sprintf(wrong, args...), Fix: fix})
}

// AddError appends an error's text as a problem at a path. A nil error is none.
func (l *List) AddError(path string, err error) {
	if err != nil {
		l.Add(path, "", "%s", err.Error())
	}
}

// Under appends the problems of a part, with its path in front of theirs.
func (l *List) Under(path string, part List) {
	for _, p := range part {
		p.Path = Join(path, p.Path)
		*l = append(*l, p)
	}
}

// Err is nil for an empty list, and otherwise an [*Error] about the subject.
func (l List) Err(subject string) error {
	if len(l) == 0 {
		return nil
	}
	return &Error{Subject: subject, Problems: slices.Clone(l)}
}

// Error is a list of problems as an error.
type Error struct {
	// Subject is what the problems are about: a component by its name, or a stack.
	Subject string
	// Problems has at least one entry.
	Problems List
}

// Error is one line for one problem, and otherwise a line for each.
func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return fmt.Sprintf("%s: %s", e.Subject, e.Problems[0])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d problems:", e.Subject, len(e.Problems))
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  - %s", p)
	}
	return b.String()
}

// Of returns the problems that an error carries, or nil.
func Of(err error) List {
	var e *Error
	if errors.As(err, &e) {
		return e.Problems
	}
	return nil
}

// Join puts a path behind another one: `a` and `b` give `a.b`, `a` and `[1]` give `a[1]`.
func Join(path, below string) string {
	switch {
	case path == "":
		return below
	case below == "" || strings.HasPrefix(below, "["):
		return path + below
	default:
		return path + "." + below
	}
}

// Index is the path of an item of a list.
func Index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
