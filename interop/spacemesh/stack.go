// One real stack: its configuration, and what a node does with it beyond what package p2p exports.

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/spacemeshos/go-spacemesh/log"
	"github.com/spacemeshos/go-spacemesh/p2p"
	"github.com/spacemeshos/go-spacemesh/p2p/config"
	"github.com/spacemeshos/go-spacemesh/p2p/connectionpool"
	"github.com/spacemeshos/go-spacemesh/p2p/discovery"
	spacemeshnet "github.com/spacemeshos/go-spacemesh/p2p/net"
	"github.com/spacemeshos/go-spacemesh/p2p/node"
	"github.com/spacemeshos/go-spacemesh/p2p/p2pcrypto"
	"github.com/spacemeshos/go-spacemesh/p2p/peers"
)

var loopback = net.IPv4(127, 0, 0, 1)

type keySet = map[p2pcrypto.PublicKey]struct{}

type stack struct {
	*p2p.Switch
	pool      *connectionpool.ConnectionPool
	discovery *discovery.Discovery
	protocol  discovery.Protocol
	flooded   *peers.Peers
}

// newStack makes a stack on loopback as shipped, but without UPnP. Protocols are registered on it before it starts.
func newStack(ctx context.Context, data string, port int, network uint32, swarm config.SwarmConfig, logger log.Log) (*stack, error) {
	settings := config.DefaultConfig()
	settings.TCPPort, settings.TCPInterface, settings.AcquirePort = port, loopback.String(), false
	settings.NetworkID, settings.SwarmConfig = network, swarm
	made, err := p2p.New(ctx, settings, logger, data)
	if err != nil {
		return nil, err
	}
	found := hidden[*discovery.Discovery](made, "discover")
	return &stack{
		Switch:    made,
		pool:      hidden[*connectionpool.ConnectionPool](made, "cPool"),
		discovery: found,
		protocol:  hidden[discovery.Protocol](found, "disc"),
		flooded:   hidden[*peers.Peers](made, "peersWatcher"),
	}, nil
}

func (s *stack) key() p2pcrypto.PublicKey { return s.LocalNode().PublicKey() }

// info is where the stack listens, once it has started.
func (s *stack) info() *node.Info {
	tcp := hidden[*spacemeshnet.Net](s.Switch, "network").LocalAddr().(*net.TCPAddr)
	udp := hidden[*spacemeshnet.UDPNet](s.Switch, "udpnetwork").LocalAddr().(*net.UDPAddr)
	return node.NewNode(s.key(), loopback, uint16(tcp.Port), uint16(udp.Port))
}

// peers gives the keys of its connections in one direction: "in" or "out".
func (s *stack) peers(direction string) []string {
	mutex := hidden[*sync.RWMutex](s.Switch, direction+"peersMutex")
	mutex.RLock()
	defer mutex.RUnlock()
	keys := []string{}
	for key := range hidden[keySet](s.Switch, direction+"peers") {
		keys = append(keys, key.String())
	}
	return keys
}

// book gives every address that it knows, where its own answers to getAddresses are a sample.
func (s *stack) book() []string {
	// The type of the table has no name out here.
	table := hidden[any](s.discovery, "rt")
	mutex := hidden[*sync.RWMutex](table, "mtx")
	mutex.Lock()
	defer mutex.Unlock()
	urls := []string{}
	for _, known := range hidden[map[node.ID]*discovery.KnownAddress](table, "addrIndex") {
		urls = append(urls, known.NodeInfo().String())
	}
	return urls
}

// learn puts an address into the book as if it had told us itself.
func (s *stack) learn(address *node.Info) { s.discovery.Update(address, address) }

// dial does for one address what the stack does for those that it picks from its book.
func (s *stack) dial(ctx context.Context, address *node.Info) error {
	key := address.PublicKey()
	if key == s.key() {
		return errors.New("that is this node")
	}
	s.learn(address)
	s.discovery.Attempt(key)
	to := &net.TCPAddr{IP: address.IP, Port: int(address.ProtocolPort)}
	if _, err := s.pool.GetConnection(ctx, to, key); err != nil {
		return err
	}
	for _, direction := range []string{"in", "out"} {
		for _, connected := range s.peers(direction) {
			if connected == key.String() {
				return fmt.Errorf("already connected, %s", direction)
			}
		}
	}
	s.addOutbound(key)
	s.discovery.Good(key)
	return nil
}

func (s *stack) addOutbound(key p2pcrypto.PublicKey) {
	mutex := hidden[*sync.RWMutex](s.Switch, "outpeersMutex")
	mutex.Lock()
	hidden[keySet](s.Switch, "outpeers")[key] = struct{}{}
	mutex.Unlock()
	mutex = hidden[*sync.RWMutex](s.Switch, "peerLock")
	mutex.RLock()
	defer mutex.RUnlock()
	for _, subscriber := range hidden[[]chan p2pcrypto.PublicKey](s.Switch, "newPeerSub") {
		subscriber <- key
	}
}

// disconnect does what the stack does with a peer whose message it cannot read.
func (s *stack) disconnect(key p2pcrypto.PublicKey) error {
	if _, err := s.pool.GetConnectionIfExists(key); err != nil {
		return err
	}
	s.pool.CloseConnection(key)
	s.Disconnect(key)
	return nil
}
