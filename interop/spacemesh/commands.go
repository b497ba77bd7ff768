// What each command does and answers; main.go has the list for those who write them.

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spacemeshos/go-spacemesh/p2p/node"
	"github.com/spacemeshos/go-spacemesh/p2p/p2pcrypto"
	"github.com/spacemeshos/go-spacemesh/p2p/peers"
	"github.com/spacemeshos/go-spacemesh/p2p/server"
)

type command struct {
	least, most int // words after the first
	waits       bool
	run         func(n *runningNode, words []string) (line, error)
}

var commands = map[string]command{
	"peers":        {0, 0, false, (*runningNode).runPeers},
	"book":         {0, 0, false, (*runningNode).runBook},
	"learn":        {1, 1, false, (*runningNode).runLearn},
	"dial":         {1, 1, true, (*runningNode).runDial},
	"disconnect":   {1, 1, false, (*runningNode).runDisconnect},
	"judge":        {2, 3, false, (*runningNode).runJudge},
	"broadcast":    {1, 2, false, (*runningNode).runBroadcast},
	"send":         {2, 3, false, (*runningNode).runSend},
	"request":      {3, 4, true, (*runningNode).runRequest},
	"ping":         {1, 1, true, (*runningNode).runPing},
	"getaddresses": {1, 1, true, (*runningNode).runGetAddresses},
	"peersync":     {1, 100, true, (*runningNode).runPeersync},
	"stats":        {0, 0, false, (*runningNode).runStats},
	"quit":         {0, 0, false, func(*runningNode, []string) (line, error) { return line{}, nil }},
}

func (n *runningNode) run(words []string) (line, error) {
	wanted, known := commands[words[0]]
	if !known {
		return nil, errors.New("no such command")
	}
	if rest := len(words) - 1; rest < wanted.least || rest > wanted.most {
		return nil, fmt.Errorf("%d words after the first, where %d to %d are wanted", rest, wanted.least, wanted.most)
	}
	return wanted.run(n, words[1:])
}

// payloadAt gives the bytes of a word that may be left out: not nil, which the original would not send.
func payloadAt(words []string, index int) ([]byte, error) {
	if index >= len(words) {
		return []byte{}, nil
	}
	return hex.DecodeString(words[index])
}

func (n *runningNode) runPeers([]string) (line, error) {
	flooded := []string{}
	for _, peer := range n.flooded.GetPeers() {
		flooded = append(flooded, peer.String())
	}
	return line{"in": n.peers("in"), "out": n.peers("out"), "gossip": flooded}, nil
}

func (n *runningNode) runBook([]string) (line, error) { return line{"urls": n.book()}, nil }

func (n *runningNode) runLearn(words []string) (line, error) {
	address, err := node.ParseNode(words[0])
	if err != nil {
		return nil, err
	}
	n.learn(address)
	return line{}, nil
}

func (n *runningNode) runDial(words []string) (line, error) {
	address, err := node.ParseNode(words[0])
	if err != nil {
		return nil, err
	}
	return line{}, n.dial(n.ctx, address)
}

func (n *runningNode) runDisconnect(words []string) (line, error) {
	key, err := p2pcrypto.NewPublicKeyFromBase58(words[0])
	if err != nil {
		return nil, err
	}
	return line{}, n.disconnect(key)
}

func (n *runningNode) runJudge(words []string) (line, error) {
	ruling, known := n.judges[words[0]]
	if !known {
		return nil, errors.New("no such gossip protocol")
	}
	if (words[1] == "prefix") != (len(words) == 3) {
		return nil, errors.New("a prefix, and nothing else, needs bytes")
	}
	prefix, err := payloadAt(words, 2)
	if err != nil {
		return nil, err
	}
	switch words[1] {
	case "accept", "prefix":
		ruling.set(false, prefix)
	case "refuse":
		ruling.set(true, nil)
	default:
		return nil, errors.New("accept, refuse or prefix")
	}
	return line{}, nil
}

func (n *runningNode) runBroadcast(words []string) (line, error) {
	payload, err := payloadAt(words, 1)
	if err != nil {
		return nil, err
	}
	return line{}, n.Broadcast(n.ctx, words[0], payload)
}

func (n *runningNode) runSend(words []string) (line, error) {
	key, err := p2pcrypto.NewPublicKeyFromBase58(words[0])
	if err != nil {
		return nil, err
	}
	payload, err := payloadAt(words, 2)
	if err != nil {
		return nil, err
	}
	return line{}, n.SendMessage(n.ctx, key, words[1], payload)
}

func (n *runningNode) runRequest(words []string) (line, error) {
	key, err := p2pcrypto.NewPublicKeyFromBase58(words[0])
	if err != nil {
		return nil, err
	}
	asked, known := n.requests[words[1]]
	if !known {
		return nil, errors.New("no such request protocol")
	}
	kind, err := strconv.ParseUint(words[2], 10, 32)
	if err != nil {
		return nil, err
	}
	payload, err := payloadAt(words, 3)
	if err != nil {
		return nil, err
	}
	// Of two, since the original may time out while it reads the answer, and says both.
	outcomes := make(chan line, 2)
	answered := func(answer []byte) {
		outcomes <- line{"outcome": "answer", "len": len(answer), "hex": hex.EncodeToString(answer)}
	}
	failed := func(err error) {
		if errors.Is(err, server.ErrRequestTimeout) {
			outcomes <- line{"outcome": "timeout"}
		} else {
			outcomes <- line{"outcome": "error", "text": err.Error()}
		}
	}
	if err := asked.SendRequest(n.ctx, server.MessageType(kind), payload, key, answered, failed); err != nil {
		return nil, err
	}
	select {
	case outcome := <-outcomes:
		return outcome, nil
	case <-n.ctx.Done():
		return nil, n.ctx.Err()
	}
}

// reachable gives the key of KEY or URL, whose address the book then has.
func (n *runningNode) reachable(text string) (p2pcrypto.PublicKey, error) {
	if !strings.Contains(text, "://") {
		return p2pcrypto.NewPublicKeyFromBase58(text)
	}
	address, err := node.ParseNode(text)
	if err != nil {
		return nil, err
	}
	n.learn(address)
	return address.PublicKey(), nil
}

func (n *runningNode) runPing(words []string) (line, error) {
	key, err := n.reachable(words[0])
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	err = n.protocol.Ping(n.ctx, key)
	return line{"us": time.Since(begun).Microseconds()}, err
}

func (n *runningNode) runGetAddresses(words []string) (line, error) {
	key, err := n.reachable(words[0])
	if err != nil {
		return nil, err
	}
	addresses, err := n.protocol.GetAddresses(n.ctx, key)
	urls := []string{}
	for _, address := range addresses {
		urls = append(urls, address.String())
	}
	return line{"urls": urls}, err
}

func (n *runningNode) runPeersync(words []string) (line, error) {
	var asked []peers.Peer
	for _, word := range words {
		key, err := p2pcrypto.NewPublicKeyFromBase58(word)
		if err != nil {
			return nil, err
		}
		asked = append(asked, key)
	}
	ctx, cancel := context.WithTimeout(n.ctx, timeRound)
	defer cancel()
	offset, err := n.clocks.GetOffset(ctx, 1, asked)
	return line{"offset_us": offset.Microseconds()}, err
}

func (n *runningNode) runStats([]string) (line, error) {
	used := usedByProcess()
	return line{"cpu_us": used.cpu.Microseconds(), "rss_kb": used.maxResidentKB, "gossip": n.received.gossip.Load(),
		"direct": n.received.direct.Load(), "requests": n.received.requests.Load()}, nil
}
