"""Has a kith node and btcd serve each other: the first 14,131 blocks of mainnet in both directions and over both
transports; on simnet blocks that either mines, transactions, a chain that gives way to another, and a restart.
Everything happens on loopback, and ends when this ends.
"""
import argparse, hashlib, json, shutil, struct, subprocess, tempfile
from pathlib import Path

import children
from children import Process, free_port

CHECK = children.Check("btcd")
fail, ok, wait_for = CHECK.fail, CHECK.ok, CHECK.wait_for
TIP = 14131
TIP_HASH = "00000000b3e750f37fdb42e1018799a9f44b546d393b130b369590a072430a1c"
DATA = Path(__file__).resolve().parent.parent / "data" / "mainnet-blocks-0-14131.blk"
MINER = "SMJ12qn9jNCCXJnTYRz5Yu9ZenERqvYwfg"  # of twenty zeros, on simnet


class Btcd(Process):
    def __init__(self, bins, folder, net, *more):
        self.bins, self.net = bins, net
        self.port, self.rpc = free_port(), free_port()
        super().__init__([bins / "btcd", *net, f"--datadir={folder}/data", f"--logdir={folder}/log",
                          "--configfile=/dev/null", "--nodnsseed", f"--listen=127.0.0.1:{self.port}",
                          f"--rpclisten=127.0.0.1:{self.rpc}", "--rpcuser=u", "--rpcpass=p", "--notls", *more],
                         folder / "out")

    def ask(self, *words):
        answer = subprocess.run([self.bins / "btcctl", *self.net, "--configfile=/dev/null", "--notls",
                                 "-s", f"127.0.0.1:{self.rpc}", "-u", "u", "-P", "p", *words],
                                check=True, capture_output=True, text=True)
        return answer.stdout.strip()


class Kith(children.Kith):
    """`peer` is the port of a peer that speaks bitcoin, or a whole address."""
    def __init__(self, program, folder, chain, peer=None, *more, wires=("bitcoin",)):
        address = peer if isinstance(peer, str) else f"/ip4/127.0.0.1/tcp/{peer}/bitcoin"
        super().__init__(program, folder, wires, "bitcoin", "--chain", chain, "--seeds", "no",
                         *(["--bootstrap", address] if peer else []), *more)

    def tip(self): return self.ask("tip")["hash"]

    def waiting(self): return set(self.ask("mempool", "1000")["ids"])

    def coins(self):
        """The number of coins and their digest, once they are those of the tip."""
        wait_for("the coins come to the tip", lambda: self.ask("coins")["tip"] == self.tip())
        coins = self.ask("coins")
        return coins["coins"], coins["digest"]


def real_chain(program, bins, room):
    held = room / "held"
    held.mkdir()
    subprocess.run([bins / "addblock", f"--datadir={held}/data", f"--infile={DATA}"], check=True, capture_output=True)
    found = {}
    for transport, options in (("v2", ["--v2transport"]), ("v1", [])):
        with Btcd(bins, held, [], "--connect=127.0.0.1:1", *options) as btcd:
            with Kith(program, room / f"kith-{transport}", "mainnet", btcd.port) as kith:
                wait_for(f"kith takes the real chain from btcd over {transport}", lambda: kith.tip() == TIP_HASH)
                found[f"btcd over {transport}"] = kith.coins()
    with Kith(program, room / "kith-v2", "mainnet", wires=("bitcoin", "lean")) as kith:
        wait_for("kith has what it took", lambda: kith.tip() == TIP_HASH)
        lean = next(each for each in kith.ask("info")["listen"] if "/lean/" in each)
        for way, peer, options, wire in (("v2", kith.port, [], "bitcoin"), ("v1", kith.port, ["--v2transport", "no"], "bitcoin"),
                                         ("lean", lean, [], "lean")):
            with Kith(program, room / f"from-kith-{way}", "mainnet", peer, *options, wires=(wire,)) as other:
                wait_for(f"kith takes the real chain from kith over {way}", lambda: other.tip() == TIP_HASH)
                found[f"kith over {way}"] = other.coins()
        for way, (coins, digest) in found.items():
            ok(f"{TIP} blocks from {way}: {coins} coins, digest {digest}")
        if len(set(found.values())) != 1:
            fail("the coins differ")
        for transport, options in (("v2", ["--v2transport"]), ("v1", [])):
            empty = room / f"empty-{transport}"
            empty.mkdir()
            with Btcd(bins, empty, [], f"--connect=127.0.0.1:{kith.port}", *options) as btcd:
                wait_for(f"btcd takes the real chain from kith over {transport}",
                         lambda: btcd.ask("getblockcount") == str(TIP) or btcd.ask("getblockcount"))
                peers = json.loads(btcd.ask("getpeerinfo"))
                if [peer.get("v2_connection", False) for peer in peers] != [transport == "v2"]:
                    fail(f"not over {transport}: {peers}")
                ok(f"{TIP} blocks to btcd over {transport}")


def spend(txid, value):
    """A transaction that spends the first output of another, which anybody may, and pays 10,000 satoshi."""
    script = bytes.fromhex("51") + bytes([0x61] * 8)
    return (struct.pack("<I", 2) + b"\x01" + bytes.fromhex(txid)[::-1] + struct.pack("<I", 0) + b"\x00" + b"\xff" * 4
            + b"\x01" + struct.pack("<Q", value - 10_000) + bytes([len(script)]) + script + struct.pack("<I", 0))


def txid_of(tx):
    return hashlib.sha256(hashlib.sha256(tx).digest()).digest()[::-1].hex()


def simnet(program, bins, room):
    folder = room / "simnet"
    folder.mkdir()
    home = room / "kith-simnet"
    with Btcd(bins, folder, ["--simnet"], "--v2transport", f"--miningaddr={MINER}") as btcd:
        wait_for("btcd answers", lambda: btcd.ask("getblockcount") == "0")
        btcd.ask("generate", "5")
        with Kith(program, home, "simnet", btcd.port) as kith:
            def same(): return kith.tip() == btcd.ask("getbestblockhash")
            wait_for("kith takes what was mined", same)
            btcd.ask("generate", "3")
            wait_for("kith follows what is mined", same)
            ok("blocks that btcd mined, before and after the connection")
            kith.ask("mine", "101")
            wait_for("btcd follows what kith mines", same)
            ok("101 blocks that kith mined")
            coinbase = json.loads(btcd.ask("getblock", btcd.ask("getblockhash", "9")))["tx"][0]
            first = spend(coinbase, 50 * 10**8)
            kith.ask("tx", "send", first.hex())
            wait_for("btcd hears of a transaction", lambda: txid_of(first) in btcd.ask("getrawmempool"))
            second = spend(txid_of(first), 50 * 10**8 - 10_000)
            btcd.ask("sendrawtransaction", second.hex())
            wait_for("kith hears of a transaction", lambda: kith.waiting() == {txid_of(first), txid_of(second)})
            ok("a transaction to btcd, and its child from btcd")
            btcd.ask("generate", "1")
            wait_for("kith takes the block with both", lambda: same() and not kith.waiting())
        # It would find btcd again by its book.
        with Kith(program, home, "simnet", None, "--outbound", "0") as kith:
            kith.coins()
            coinbase = json.loads(btcd.ask("getblock", btcd.ask("getblockhash", "10")))["tx"][0]
            third = spend(coinbase, 50 * 10**8)
            kith.ask("tx", "send", third.hex())
            kith.ask("mine", "1")
            wait_for("kith mines it alone", lambda: not kith.waiting())
        btcd.ask("generate", "2")
        with Kith(program, home, "simnet", btcd.port) as kith:
            wait_for("kith gives its chain up for the longer one", lambda: kith.tip() == btcd.ask("getbestblockhash"))
            wait_for("what was in its block waits again", lambda: kith.waiting() == {txid_of(third)})
            ok("after a restart, another chain with more work; its transaction waits again")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node", type=Path, required=True, help="the program kith")
    parser.add_argument("--bins", type=Path, required=True, help="the folder of btcd, btcctl and addblock")
    arguments = parser.parse_args()
    room = Path(tempfile.mkdtemp(prefix="kith-btcd-"))
    try:
        real_chain(arguments.node, arguments.bins, room)
        simnet(arguments.node, arguments.bins, room)
    finally:
        shutil.rmtree(room)
    print("interop btcd: passed")


if __name__ == "__main__":
    main()
