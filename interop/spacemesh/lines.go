// Lines of JSON on standard output, whole also when several goroutines speak.

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"sync"
)

// maxHex is the longest payload, in bytes, that an event spells out.
const maxHex = 4096

type line map[string]any

type lines struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func newLines(out io.Writer) *lines { return &lines{encoder: json.NewEncoder(out)} }

func (l *lines) say(what line) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.encoder.Encode(what) != nil {
		fail(io.ErrClosedPipe)
	}
}

// withPayload adds what identifies the payload to an event.
func withPayload(event line, payload []byte) line {
	digest := sha256.Sum256(payload)
	event["len"], event["sha256"] = len(payload), hex.EncodeToString(digest[:])
	if len(payload) <= maxHex {
		event["hex"] = hex.EncodeToString(payload)
	}
	return event
}
