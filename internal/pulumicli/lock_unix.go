//go:build unix

package pulumicli

import (
	"os"
	"syscall"
)

// lock waits until no other process holds the file, and holds it until unlock is called or
// the process ends.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a path in the cache
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close() // the error above says it all
		return nil, err
	}
	return func() { _ = file.Close() }, nil // closing unlocks
}
