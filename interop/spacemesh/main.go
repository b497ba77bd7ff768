// Runs one real go-spacemesh v0.2.4-beta.0 node on loopback, led by lines on standard input; answers and events are
// lines of JSON on standard output. With -bench-nodes it measures several nodes in this process instead (bench.go).
//
// The first line is {"event":"start", "url", "key", "tcp", "udp", "client", "network"}. KEY is a base58 public key, URL
// is spacemesh://KEY@127.0.0.1:PORT, HEX may be left out for no bytes. Every command gets one answer:
//
//	{"line": its number from 1, "command": its first word, "ok": true, ...}
//	{"line", "command", "ok": false, "error"}
//
// Those marked * answer when their network does, while later lines are already worked on.
//
//	peers                            {"in", "out", "gossip"}: keys; gossip are those it floods to
//	book                             {"urls"}: every address of the book
//	learn URL                        puts an address into the book
//	dial URL                *        connects as an outbound peer
//	disconnect KEY                   closes; an outbound one is replaced out of the book when too few are left
//	judge PROTOCOL accept|refuse     what becomes of gossip that comes from now on, at first accept; the original
//	judge PROTOCOL prefix HEX        can report valid, or say nothing
//	broadcast PROTOCOL [HEX]         gossip of its own; its own judge rules on it too, as in the original
//	send KEY PROTOCOL [HEX]          a direct message to a connected peer
//	request KEY PROTOCOL TYPE [HEX] * {"outcome": "answer" with "hex", "error" with "text", or "timeout"}
//	ping KEY|URL            *        by UDP; a URL is learned first
//	getaddresses KEY|URL    *        {"urls"}, by UDP
//	peersync KEY...         *        {"offset_us"}: the median of their clocks against ours
//	stats                            {"cpu_us", "rss_kb", "gossip", "direct", "requests"}: the last three are received
//	quit                             stops, and leaves what is under way unanswered; the end of the input stops after it
//
// A protocol that was named by -request answers type 0 with the payload, type 1 with the error text "refused", type 2
// two lifetimes later, and others never.
//
// Events: {"event":"ready"} once there were as many outbound peers as wanted; {"event":"peer", "key", "up"};
// {"event":"gossip", "protocol", "from", "own", "valid", "len", "sha256", "hex"}: the first copy of each message;
// {"event":"direct", "protocol", "from", "len", "sha256", "hex"}; {"event":"request", ..., "type"}. hex is left out
// where the payload is longer than 4096 bytes. Who does not read them holds the node up, like a slow handler.
package main

import (
	"context"
	"flag"
	"os"
	"strings"
	"time"

	"github.com/spacemeshos/go-spacemesh/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

type names []string

func (n *names) String() string { return strings.Join(*n, ",") }

func (n *names) Set(text string) error {
	*n = append(*n, strings.Split(text, ",")...)
	return nil
}

func main() {
	// Not the default set: a test library that the original links puts flags of its own there.
	flags := flag.NewFlagSet("spacemesh", flag.ExitOnError)
	var options nodeOptions
	flags.StringVar(&options.data, "data", "", "the data directory; without one nothing is kept")
	flags.IntVar(&options.port, "port", 0, "of TCP and UDP; 0 finds one that is free for both")
	network := flags.Uint("network-id", 1, "the network id")
	flags.IntVar(&options.outbound, "random-connections", 5, "how many outbound peers are wanted")
	flags.Var(&options.bootstrap, "bootstrap", "URLs of bootstrap nodes")
	flags.BoolVar(&options.swarm, "swarm", true, "gossip, and look for peers")
	flags.Var(&options.gossip, "gossip", "gossip protocols, each NAME or NAME:high, NAME:mid, NAME:low")
	flags.Var(&options.direct, "direct", "protocols of direct messages")
	flags.Var(&options.request, "request", "protocols of requests")
	flags.DurationVar(&options.lifetime, "lifetime", 10*time.Second, "of a request; up to twice as long passes until it times out")
	level := flags.String("log", "", "log to standard error: debug, info, warn, error")
	var bench benchOptions
	flags.IntVar(&bench.nodes, "bench-nodes", 0, "measure so many nodes in this process")
	flags.IntVar(&bench.degree, "degree", 5, "bench: outbound peers that each node wants")
	flags.IntVar(&bench.messages, "messages", 1000, "bench: messages in all")
	flags.IntVar(&bench.payload, "payload", 256, "bench: bytes of a message")
	flags.IntVar(&bench.window, "window", 16, "bench: messages under way at a time")
	flags.IntVar(&bench.burst, "burst", 0, "bench: so many messages at once, instead of -messages and -window")
	flags.Parse(os.Args[1:])
	options.network = uint32(*network)

	logger, err := newLogger(*level)
	if err != nil {
		fail(err)
	}
	// The original writes to this one too, and to standard output.
	log.AppLog = logger
	out := newLines(os.Stdout)
	if bench.nodes > 0 {
		err = runBench(context.Background(), bench, logger, out)
	} else {
		err = runNode(context.Background(), options, logger, os.Stdin, out)
	}
	if err != nil {
		fail(err)
	}
}

func newLogger(level string) (log.Log, error) {
	if level == "" {
		return log.NewNop(), nil
	}
	var least zapcore.Level
	if err := least.Set(level); err != nil {
		return log.Log{}, err
	}
	encoder := zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())
	return log.NewFromLog(zap.New(zapcore.NewCore(encoder, zapcore.Lock(os.Stderr), least))), nil
}

func fail(err error) {
	os.Stderr.WriteString("spacemesh: " + err.Error() + "\n")
	os.Exit(1)
}
