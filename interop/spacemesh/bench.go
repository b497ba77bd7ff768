// Several real nodes in this process: every address in every book, each dials out of its own; then messages in turn
// from each, a window of them under way at a time. Says one line: degree is the mean number of links of a node at the
// start; sends are the degrees in sum - nodes + 1 for each message, since all but the first sender get a copy, and
// cpu_us_per_send is the CPU time of the process over them; deliveries are arrivals of a message at another node;
// p50_ms and p99_ms are until the last node has it; peers_lost counts both ends of what broke.

package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spacemeshos/go-spacemesh/log"
	"github.com/spacemeshos/go-spacemesh/p2p/config"
	"github.com/spacemeshos/go-spacemesh/p2p/service"
	"github.com/spacemeshos/go-spacemesh/priorityq"
)

const (
	benchProtocol = "TxGossip"
	// dialRound is longer than the second after which a node that wants peers looks into its book again.
	dialRound = 1500 * time.Millisecond
	// patience is how long no message completes until the rest is given up; a burst leaves pauses of many seconds.
	patience = 20 * time.Second
	// settling lets copies arrive that nobody waits for, since they are sends too.
	settling = time.Second
)

type benchOptions struct{ nodes, degree, messages, payload, window, burst int }

type benchNet struct {
	stacks  []*stack
	missing []atomic.Int32 // by message: nodes that do not have it yet
	begun   []time.Time
	took    []time.Duration
	done    chan int
	lost    atomic.Int64
}

func runBench(ctx context.Context, options benchOptions, logger log.Log, out *lines) error {
	name := "window"
	if options.burst > 0 {
		name, options.messages, options.window = "burst", options.burst, options.burst
	}
	if options.nodes < 2 || options.payload < 8 || options.window < 1 {
		return errors.New("a bench needs 2 nodes, payloads of 8 bytes for a number, and a window")
	}
	b := &benchNet{missing: make([]atomic.Int32, options.messages), begun: make([]time.Time, options.messages),
		took: make([]time.Duration, options.messages), done: make(chan int, options.messages)}
	for range options.nodes {
		if err := b.addNode(ctx, options.degree, logger); err != nil {
			return err
		}
	}
	if err := b.connect(options.degree); err != nil {
		return err
	}
	degrees, lost := b.degrees(), b.lost.Load()
	before, begun := usedByProcess(), time.Now()
	completed, last := b.flood(ctx, options)
	seconds := last.Sub(begun).Seconds()
	time.Sleep(settling)
	cpu := usedByProcess().cpu - before.cpu
	left := b.degrees()
	sends := options.messages * (sum(degrees) - options.nodes + 1)
	slices.Sort(b.took[:completed])
	said := line{"bench": name, "nodes": options.nodes, "degree": mean(degrees), "payload": options.payload,
		"messages": options.messages, "window": options.window, "seconds": seconds, "cpu_seconds": cpu.Seconds(),
		"sends": sends, "cpu_us_per_send": float64(cpu.Microseconds()) / float64(sends), "deliveries": b.deliveries(options),
		"never_completed": options.messages - completed, "degree_after": mean(left), "peers_lost": b.lost.Load() - lost,
		"nodes_without_peers": count(left, 0)}
	if completed > 0 {
		said["p50_ms"] = b.took[completed/2].Seconds() * 1000
		said["p99_ms"] = b.took[completed*99/100].Seconds() * 1000
	}
	out.say(said)
	return nil
}

// addNode starts a node that knows nobody yet.
func (b *benchNet) addNode(ctx context.Context, degree int, logger log.Log) error {
	swarm := config.DefaultConfig().SwarmConfig
	swarm.RandomConnections = degree
	made, err := newStack(ctx, "", 0, config.TestNet, swarm, logger)
	if err != nil {
		return err
	}
	messages := made.RegisterGossipProtocol(benchProtocol, priorityq.Low)
	go b.receive(ctx, messages)
	added, lost := made.SubscribePeerEvents()
	go func() {
		for range added { // The stack waits for its subscribers.
		}
	}()
	go func() {
		for range lost {
			b.lost.Add(1)
		}
	}()
	b.stacks = append(b.stacks, made)
	return made.Start(ctx)
}

func (b *benchNet) receive(ctx context.Context, messages chan service.GossipMessage) {
	for message := range messages {
		message.ReportValidation(ctx, benchProtocol)
		number := int(binary.BigEndian.Uint64(message.Bytes()))
		if b.missing[number].Add(-1) == 0 {
			b.done <- number
		}
	}
}

// connect fills one book after the other: two nodes of the original that dial each other at once may lose both
// connections for good.
func (b *benchNet) connect(degree int) error {
	for _, each := range b.stacks {
		for _, other := range b.stacks {
			if other != each {
				each.learn(other.info())
			}
		}
		for end := time.Now().Add(dialRound); time.Now().Before(end) && len(each.peers("out")) < degree; {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if reached := b.reach(); reached < len(b.stacks) {
		return fmt.Errorf("only %d of %d nodes hang together; try again, or with a higher degree", reached, len(b.stacks))
	}
	return nil
}

// reach counts the nodes that gossip of the first one comes to.
func (b *benchNet) reach() int {
	seen, waiting := map[string]bool{}, []*stack{b.stacks[0]}
	for len(waiting) > 0 {
		each := waiting[0]
		waiting = waiting[1:]
		if seen[each.key().String()] {
			continue
		}
		seen[each.key().String()] = true
		for _, peer := range each.flooded.GetPeers() {
			for _, other := range b.stacks {
				if other.key() == peer {
					waiting = append(waiting, other)
				}
			}
		}
	}
	return len(seen)
}

// flood gives how many messages reached every node, the first of b.took being theirs, and when the last one did.
func (b *benchNet) flood(ctx context.Context, options benchOptions) (int, time.Time) {
	payload := make([]byte, options.payload)
	rand.Read(payload)
	last, begun, completed := time.Now(), 0, 0
	for completed < options.messages {
		for ; begun < options.messages && begun-completed < options.window; begun++ {
			each := slices.Clone(payload)
			binary.BigEndian.PutUint64(each, uint64(begun))
			b.missing[begun].Store(int32(options.nodes))
			b.begun[begun] = time.Now()
			if err := b.stacks[begun%options.nodes].Broadcast(ctx, benchProtocol, each); err != nil {
				fail(err)
			}
		}
		select {
		case number := <-b.done:
			last = time.Now()
			b.took[completed] = last.Sub(b.begun[number])
			completed++
		case <-time.After(patience):
			return completed, last
		}
	}
	return completed, last
}

// deliveries counts arrivals at other nodes than the sender's.
func (b *benchNet) deliveries(options benchOptions) int {
	arrived := options.messages * (options.nodes - 1)
	for i := range b.missing {
		arrived -= int(b.missing[i].Load())
	}
	return arrived
}

func (b *benchNet) degrees() []int {
	var each []int
	for _, node := range b.stacks {
		each = append(each, len(node.flooded.GetPeers()))
	}
	return each
}

func sum(values []int) int {
	total := 0
	for _, value := range values {
		total += value
	}
	return total
}

func mean(values []int) float64 { return float64(sum(values)) / float64(len(values)) }

func count(values []int, wanted int) int {
	found := 0
	for _, value := range values {
		if value == wanted {
			found++
		}
	}
	return found
}
