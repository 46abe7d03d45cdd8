package bench_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// report is what the benchmarks found. It is printed at the end: while benchmarks run, their lines are written in halves.
var report struct {
	sync.Mutex
	lines, details []string
}

// measured notes a line of the report, and the ratio as the benchmark's metric. aim 0 is for figures without one.
func measured(b *testing.B, what string, took, against time.Duration, aim float64) {
	b.Helper()
	r := ratio(took, against)
	b.ReportMetric(0, "ns/op") // a benchmark's time has no meaning here
	b.ReportMetric(r, "ratio")
	wanted := "-"
	if aim > 0 {
		wanted = fmt.Sprintf("%.2f", aim)
	}
	note(fmt.Sprintf("%-72s %10s %10s %7.3f  %s", what, round(took), round(against), r, wanted))
}

func note(line string) {
	report.Lock()
	defer report.Unlock()
	report.lines = append(report.lines, line)
}

func detail(format string, args ...any) {
	report.Lock()
	defer report.Unlock()
	report.details = append(report.details, fmt.Sprintf(format, args...))
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(10 * time.Millisecond)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if len(report.lines) > 0 {
		fmt.Printf("\n%-72s %10s %10s %7s  %s\n%s\n", "what", "took", "against", "ratio", "aim", strings.Join(report.lines, "\n"))
		fmt.Println(strings.Join(report.details, "\n"))
	}
	os.Exit(code)
}
