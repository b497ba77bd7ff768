// The protocols that a node serves: gossip with a judge that can be set, direct messages, and requests.

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spacemeshos/go-spacemesh/log"
	"github.com/spacemeshos/go-spacemesh/p2p/server"
	"github.com/spacemeshos/go-spacemesh/p2p/service"
	"github.com/spacemeshos/go-spacemesh/priorityq"
)

// The types that a request protocol knows.
const (
	echo server.MessageType = iota
	refuse
	answerLate
)

// requestBuffer is how many requests and responses may wait in a protocol; the original has 1,000 for discovery.
const requestBuffer = 1000

var priorities = map[string]priorityq.Priority{"high": priorityq.High, "mid": priorityq.Mid, "low": priorityq.Low}

type received struct{ gossip, direct, requests atomic.Uint64 }

// judge says which payloads of one gossip protocol are valid: none, or those that begin with prefix.
type judge struct {
	mutex  sync.Mutex
	none   bool
	prefix []byte
}

func (j *judge) set(none bool, prefix []byte) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.none, j.prefix = none, prefix
}

func (j *judge) accepts(payload []byte) bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return !j.none && bytes.HasPrefix(payload, j.prefix)
}

// serveGossip registers NAME or NAME:PRIORITY, and gives the name and its judge.
func serveGossip(ctx context.Context, s *stack, text string, count *received, out *lines) (string, *judge, error) {
	name, level, given := strings.Cut(text, ":")
	priority, known := priorities[level]
	if given && !known {
		return "", nil, fmt.Errorf("no such priority: %s", level)
	}
	if !given {
		priority = priorityq.Low
	}
	ruling := &judge{}
	messages := s.RegisterGossipProtocol(name, priority)
	go func() {
		for message := range messages {
			count.gossip.Add(1)
			valid := ruling.accepts(message.Bytes())
			out.say(withPayload(line{"event": "gossip", "protocol": name, "from": message.Sender().String(),
				"own": message.IsOwnMessage(), "valid": valid}, message.Bytes()))
			if valid {
				message.ReportValidation(ctx, name)
			}
		}
	}()
	return name, ruling, nil
}

func serveDirect(s *stack, name string, count *received, out *lines) {
	messages := s.RegisterDirectProtocol(name)
	go func() {
		for message := range messages {
			count.direct.Add(1)
			out.say(withPayload(line{"event": "direct", "protocol": name, "from": message.Sender().String()}, message.Bytes()))
		}
	}()
}

func serveRequests(ctx context.Context, s *stack, name string, lifetime time.Duration, count *received, logger log.Log, out *lines) *server.MessageServer {
	served := server.NewMsgServer(ctx, s, name, lifetime, make(chan service.DirectMessage, requestBuffer), logger)
	serve := func(kind server.MessageType, answer func(payload []byte) ([]byte, error)) {
		served.RegisterMsgHandler(kind, func(_ context.Context, message server.Message) ([]byte, error) {
			count.requests.Add(1)
			out.say(withPayload(line{"event": "request", "protocol": name, "from": message.Sender().String(), "type": kind}, message.Bytes()))
			return answer(message.Bytes())
		})
	}
	serve(echo, func(payload []byte) ([]byte, error) { return payload, nil })
	serve(refuse, func([]byte) ([]byte, error) { return nil, errors.New("refused") })
	serve(answerLate, func(payload []byte) ([]byte, error) {
		select {
		case <-time.After(2 * lifetime):
			return payload, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	return served
}
