// One node from its options to its end, and the loop that reads its commands.

package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/spacemeshos/go-spacemesh/log"
	"github.com/spacemeshos/go-spacemesh/p2p/config"
	"github.com/spacemeshos/go-spacemesh/p2p/server"
	"github.com/spacemeshos/go-spacemesh/timesync/peersync"
)

// timeRound is how long the original waits for the clocks of its peers.
const timeRound = 5 * time.Second

type nodeOptions struct {
	data                               string
	port, outbound                     int
	network                            uint32
	swarm                              bool
	bootstrap, gossip, direct, request names
	lifetime                           time.Duration
}

type runningNode struct {
	*stack
	ctx      context.Context
	judges   map[string]*judge
	requests map[string]*server.MessageServer
	clocks   *peersync.Sync
	received received
}

func newNode(ctx context.Context, options nodeOptions, logger log.Log, out *lines) (*runningNode, error) {
	swarm := config.DefaultConfig().SwarmConfig
	swarm.Gossip, swarm.RandomConnections = options.swarm, options.outbound
	swarm.Bootstrap, swarm.BootstrapNodes = len(options.bootstrap) > 0, options.bootstrap
	made, err := newStack(ctx, options.data, options.port, options.network, swarm, logger)
	if err != nil {
		return nil, err
	}
	n := &runningNode{stack: made, ctx: ctx, judges: map[string]*judge{}, requests: map[string]*server.MessageServer{}}
	for _, text := range options.gossip {
		name, ruling, err := serveGossip(ctx, made, text, &n.received, out)
		if err != nil {
			return nil, err
		}
		n.judges[name] = ruling
	}
	for _, name := range options.direct {
		serveDirect(made, name, &n.received, out)
	}
	for _, name := range options.request {
		n.requests[name] = serveRequests(ctx, made, name, options.lifetime, &n.received, logger, out)
	}
	clocks := peersync.DefaultConfig()
	clocks.RequiredResponses, clocks.RoundTimeout = 1, timeRound
	n.clocks = peersync.New(made, peersync.WithContext(ctx), peersync.WithConfig(clocks), peersync.WithLog(logger))
	return n, nil
}

// tellOfPeers says who comes and goes until the stack stops.
func (n *runningNode) tellOfPeers(out *lines) {
	added, lost := n.SubscribePeerEvents()
	go func() {
		for key := range added {
			out.say(line{"event": "peer", "key": key.String(), "up": true})
		}
	}()
	go func() {
		for key := range lost {
			out.say(line{"event": "peer", "key": key.String(), "up": false})
		}
	}()
}

func runNode(ctx context.Context, options nodeOptions, logger log.Log, in io.Reader, out *lines) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n, err := newNode(ctx, options, logger, out)
	if err != nil {
		return err
	}
	if err := n.Start(ctx); err != nil {
		return err
	}
	own := n.info()
	out.say(line{"event": "start", "url": own.String(), "key": n.key().String(), "tcp": own.ProtocolPort,
		"udp": own.DiscoveryPort, "client": config.ClientVersion, "network": options.network})
	n.tellOfPeers(out)
	go func() {
		select {
		case <-n.GossipReady():
			out.say(line{"event": "ready"})
		case <-ctx.Done():
		}
	}()
	n.obey(in, out)
	cancel()
	n.Shutdown()
	return nil
}

// obey works on lines until one says quit, or there are no more and all are answered.
func (n *runningNode) obey(in io.Reader, out *lines) {
	reader := bufio.NewReader(in)
	var underWay sync.WaitGroup
	for number := 1; ; number++ {
		text, err := reader.ReadString('\n')
		words := strings.Fields(text)
		switch {
		case len(words) == 0 && err != nil:
			underWay.Wait()
			return
		case len(words) == 0:
			continue
		}
		answer := func() {
			said, err := n.run(words)
			if err != nil {
				said = line{"ok": false, "error": err.Error()}
			} else {
				said["ok"] = true
			}
			said["line"], said["command"] = number, words[0]
			out.say(said)
		}
		if commands[words[0]].waits {
			underWay.Add(1)
			go func() {
				defer underWay.Done()
				answer()
			}()
		} else {
			answer()
		}
		if words[0] == "quit" {
			return
		}
	}
}
