// What this process has used so far, by the kernel's account.

package main

import (
	"syscall"
	"time"
)

type usage struct {
	cpu           time.Duration // user and system
	maxResidentKB int64
}

func usedByProcess() usage {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		fail(err)
	}
	return usage{time.Duration(used.Utime.Nano() + used.Stime.Nano()), used.Maxrss}
}
