"""Has a kith node and real go-spacemesh nodes talk: sessions, discovery, gossip that is good and that is not, messages to
one, and calls, with kith as their bootstrap node and theirs as its; and kith between them and a node that speaks lean
alone. Everything happens on loopback, and ends when this ends.
"""
import argparse, contextlib, json, queue, struct, subprocess, tempfile, threading
from pathlib import Path

import children
from children import DEADLINE

CHECK = children.Check("spacemesh")
fail, check, ok, wait_for = CHECK.fail, CHECK.that, CHECK.ok, CHECK.wait_for
CHAT, ASK = "/chat/1.0/", "/ask/1.0/"
UNHEARD = "/unheard/1.0/"  # kith does not speak it
ALONE = ("-random-connections", "0")  # looks for no peers by itself


class Original:
    """A real node; see interop/spacemesh/main.go for what it is told and says."""
    def __init__(self, program, *options):
        self.child = subprocess.Popen([str(program), "-gossip", "tx", "-direct", CHAT, "-request", f"{ASK},{UNHEARD}",
                                       "-lifetime", "2s", *options],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines, self.answers, self.events = 0, queue.Queue(), []
        threading.Thread(target=self.read, daemon=True).start()
        wait_for("an original node starts", lambda: bool(self.of("start")))
        start = self.of("start")[0]
        self.url, self.key = start["url"], start["key"]

    def read(self):
        for line in self.child.stdout:
            said = json.loads(line)
            if "command" in said:
                self.answers.put(said)
            else:
                self.events.append(said)

    def of(self, event):
        return [each for each in list(self.events) if each["event"] == event]

    def ask(self, *words):
        """One command at a time, so the next answer is to this one."""
        self.child.stdin.write(" ".join(words) + "\n")
        self.child.stdin.flush()
        try:
            return self.answers.get(timeout=DEADLINE)
        except queue.Empty:
            fail(f"an original node does not answer: {words}")

    def has_gossip(self, payload):
        return any(each.get("hex") == payload.hex() for each in self.of("gossip"))

    def peers(self):
        peers = self.ask("peers")
        return (peers["in"] or []) + (peers["out"] or [])

    def __enter__(self): return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()


class Kith(children.Kith):
    def __init__(self, program, folder, *options, wires=("spacemesh",)):
        super().__init__(program, folder, wires, "spacemesh", "--network", "interop", *options)

    def listen(self, wire):
        at = {}
        def found():
            at.update({"spacemesh" if each.startswith("spacemesh:") else "lean": each
                       for each in self.ask("info")["listen"]})
            return wire in at
        wait_for("kith listens", found)
        return at[wire]

    def events(self, name):
        return [each for each in self.ask("events", "0")["events"] if each["event"] == name]

    def peers(self):
        return self.ask("peers")

    def peer(self, key):
        """The number of the connection to the node of this key."""
        def found():
            return any(key in each["address"] for each in self.peers())
        wait_for("a session with an original node", found)
        return next(str(each["peer"]) for each in self.peers() if key in each["address"])


def tx(value, coin=1):
    """Spends an output of coins.txt: that of coin 1 by anybody, that of coin 2 by nobody."""
    return (struct.pack("<I", 2) + b"\x01" + bytes([coin]) * 32 + struct.pack("<I", 0) + b"\x00" + b"\xff" * 4 + b"\x01"
            + struct.pack("<Q", value) + b"\x01\x51" + struct.pack("<I", 0))


def sessions(program, original, room, coins):
    """Both directions, with kith as the one that listens and as the one that dials."""
    with Kith(program, room / "one", "--coins", coins, "--spacemesh-protocols", f"{CHAT},{ASK}") as kith:
        url = kith.listen("spacemesh")
        with Original(original, *ALONE) as a, Original(original, *ALONE) as b:
            check("an original dials kith", a.ask("dial", url)["ok"])
            kith.ask("connect", b.url)
            to_a, to_b = kith.peer(a.key), kith.peer(b.key)
            check("peers are marked as unauthenticated", [each["authenticated"] for each in kith.peers()] == [False] * 2
                  and kith.ask("info")["peers_unauthenticated"] == 2)
            wait_for("both have kith", lambda: len(a.peers()) == 1 and len(b.peers()) == 1)
            ok("sessions, dialled by the original and by kith")
            gossip(original, kith, a, b)
            direct(kith, a, to_a)
            calls(kith, a, to_a)
            discovery(kith, url, a, b)
        with Original(original, *ALONE, "-network-id", "2") as stranger:
            stranger.ask("dial", url)
            wait_for("a node of another network is hung up on", lambda: any(not each["up"] for each in stranger.of("peer")))
            ok("a node of another network is refused")


def gossip(original, kith, a, b):
    good, other, bad = tx(1), tx(2), tx(3, coin=2)
    check("broadcast", a.ask("broadcast", "tx", good.hex())["ok"])
    wait_for("good gossip goes from an original through kith to another", lambda: b.has_gossip(good))
    with Original(original, *ALONE) as liar:
        check("an original dials kith", liar.ask("dial", kith.listen("spacemesh"))["ok"])
        kith.peer(liar.key)
        check("broadcast", liar.ask("broadcast", "tx", bad.hex())["ok"])
        wait_for("who gossips what is bad owes for it", lambda: any(liar.key in each["address"] and each["fault"] == "bad_item"
                                                                  for each in kith.events("blamed")))
    check("broadcast", b.ask("broadcast", "tx", other.hex())["ok"])
    wait_for("the way back", lambda: a.has_gossip(other))
    check("bad gossip is not passed on", not a.has_gossip(bad) and not b.has_gossip(bad))
    mine = tx(4)
    kith.ask("publish", "kind=tx", f"hex={mine.hex()}")
    wait_for("kith's own gossip reaches both", lambda: a.has_gossip(mine) and b.has_gossip(mine))
    a.ask("judge", "tx", "refuse")
    refused = tx(5)
    kith.ask("publish", "kind=tx", f"hex={refused.hex()}")
    wait_for("an original refuses", lambda: any(each.get("hex") == refused.hex() and not each["valid"]
                                               for each in a.of("gossip")))
    a.ask("judge", "tx", "accept")
    ok("gossip both ways, good and refused")


def direct(kith, a, to_a):
    key = kith.listen("spacemesh").split("//")[1].split("@")[0]
    check("a direct message of the original", a.ask("send", key, CHAT, b"hello kith".hex())["ok"])
    wait_for("a direct message comes", lambda: any(each["text"] == "hello kith" for each in kith.events("direct")))
    kith.ask("direct", to_a, CHAT, b"hello original".hex())
    wait_for("a direct message goes",
             lambda: any(bytes.fromhex(each.get("hex", "")) == b"hello original" for each in a.of("direct")))
    ok("direct messages both ways")


def calls(kith, a, to_a):
    key = kith.listen("spacemesh").split("//")[1].split("@")[0]
    clock = a.ask("peersync", key)
    check(f"kith tells the time: {clock}", clock["ok"] and abs(clock["offset_us"]) < 5_000_000)
    error = a.ask("request", key, ASK, "0", "c0ffee")
    check(f"kith says that nobody answers this: {error}",
          error.get("outcome") == "error" and error["text"] == "unable to parse request")
    timeout = a.ask("request", key, UNHEARD, "0", "00")
    check(f"kith does not answer what it does not know: {timeout}", timeout.get("outcome") == "timeout")
    numbers = {kind: kith.ask("call", to_a, ASK, str(kind), "c0ffee")["call"] for kind in (0, 1, 3)}
    def ended(kind): return [each for each in kith.events("call_ended") if each["call"] == numbers[kind]]
    wait_for("all calls end", lambda: all(ended(kind) for kind in numbers))
    check("an answer of the original", ended(0)[0].get("hex") == "c0ffee")
    check("an error of the original", ended(1)[0]["fault"] == "refused" and ended(1)[0]["text"] == "refused")
    check("a timeout", ended(3)[0]["fault"] == "no_answer")
    ok("requests both ways: answer, error, timeout")


def discovery(kith, url, a, b):
    check("ping", a.ask("ping", url)["ok"])
    wait_for("the original is heard of", lambda: any(a.key in each["address"] for each in kith.ask("addresses")))
    check("ping", b.ask("ping", url)["ok"])
    wait_for("and the other", lambda: any(b.key in each["address"] for each in kith.ask("addresses")))
    # One question in ten seconds is answered to a host, and all of these are on one.
    wait_for("addresses", lambda: any(b.key in each for each in a.ask("getaddresses", url).get("urls") or []))
    ok("ping, pong, addresses")


def bootstrap(program, original, room, coins):
    """Five originals that know kith alone find each other; a kith node that knows one of these finds them."""
    with Kith(program, room / "boot", "--coins", coins) as kith, contextlib.ExitStack() as all_of_them:
        url = kith.listen("spacemesh")
        five = [all_of_them.enter_context(Original(original, "-bootstrap", url, "-random-connections", "2"))
                for _ in range(5)]
        keys = {each.key for each in five}
        for each in five:
            wait_for("an original finds others through kith", lambda: bool(keys & set(each.peers())) or each.peers())
        ok("kith is the bootstrap node of five originals")
        with Kith(program, room / "late", "--coins", coins, "--bootstrap", five[0].url) as late:
            wait_for("kith finds others through an original",
                     lambda: len({each["address"] for each in late.peers() if each["direction"] == "out"}) >= 3
                     or late.peers())
            news = tx(10)
            five[1].ask("broadcast", "tx", news.hex())
            wait_for("gossip reaches all", lambda: all(each.has_gossip(news) for each in five)
                     and any(each["kind"] == "tx" for each in late.events("item")))
            ok("an original is the bootstrap node of kith")


def bridge(program, original, room, coins):
    with Kith(program, room / "bridge", "--coins", coins, wires=("lean", "spacemesh")) as between:
        lean = between.listen("lean")
        with Kith(program, room / "lean", "--coins", coins, "--bootstrap", lean, wires=("lean",)) as far, \
                Original(original, *ALONE) as a:
            a.ask("dial", between.listen("spacemesh"))
            between.peer(a.key)
            wait_for("the lean node is there", lambda: len(between.peers()) >= 2)
            out, back = tx(20), tx(21)
            a.ask("broadcast", "tx", out.hex())
            wait_for("an item of an original on the lean side", lambda: len(far.events("item")) == 1)
            far.ask("publish", "kind=tx", f"hex={back.hex()}")
            wait_for("an item of the lean side at an original", lambda: a.has_gossip(back))
            ok("bridging lean and spacemesh")


def zero_key(program, room):
    done = subprocess.run([program, "node", "--data-dir", room / "open", "--rpc", "127.0.0.1:0", "--wire", "spacemesh",
                           "--listen", "/ip4/0.0.0.0/tcp/0/spacemesh"], capture_output=True, text=True, timeout=DEADLINE)
    check(f"kith stays on loopback: {done}", done.returncode != 0 and "--insecure-zero-key" in done.stderr)
    ok("the wire stays on this machine unless it is told otherwise")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--node", required=True)
    arguments.add_argument("--original", required=True)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kith-interop-") as folder:
        room = Path(folder)
        coins = room / "coins.txt"
        coins.write_text(f"{'01' * 32}:0 100000 51\n{'02' * 32}:0 100000 00\n")
        zero_key(given.node, room)
        sessions(given.node, given.original, room, coins)
        bootstrap(given.node, given.original, room, coins)
        bridge(given.node, given.original, room, coins)
    print("interop spacemesh: passed")


main()
