"""Has a kith node and btcd serve each other: the first 14,131 blocks of mainnet in both directions and over both
transports, and blocks that btcd mines on simnet. Everything happens on loopback, and ends when this ends.
"""
import argparse, contextlib, json, shutil, socket, subprocess, tempfile, time
from pathlib import Path

DEADLINE = 120  # seconds, for everything that is waited for
TIP = 14131
TIP_HASH = "00000000b3e750f37fdb42e1018799a9f44b546d393b130b369590a072430a1c"
DATA = Path(__file__).resolve().parent.parent / "data" / "mainnet-blocks-0-14131.blk"
MINER = "SMJ12qn9jNCCXJnTYRz5Yu9ZenERqvYwfg"  # of twenty zeros, on simnet


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, done):
    end = time.monotonic() + DEADLINE
    last = None
    while time.monotonic() < end:
        with contextlib.suppress(subprocess.CalledProcessError, json.JSONDecodeError):
            last = done()
            if last is True:
                return
        time.sleep(0.1)
    raise SystemExit(f"interop btcd: FAILED: {what} (last: {last})")


class Process:
    """A child that ends with its block."""
    def __init__(self, words, log):
        self.log = open(log, "w")
        self.child = subprocess.Popen([str(word) for word in words], stdout=self.log, stderr=subprocess.STDOUT)

    def __enter__(self): return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(30)
        self.log.close()


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


class Kith(Process):
    def __init__(self, program, folder, chain, peer=None, *more):
        self.program, self.folder, self.port, self.rpc = program, folder, free_port(), free_port()
        bootstrap = ["--bootstrap", f"/ip4/127.0.0.1/tcp/{peer}/bitcoin"] if peer else []
        super().__init__([program, "node", "--data-dir", folder, "--chain", chain, "--wire", "bitcoin",
                          "--listen", f"/ip4/127.0.0.1/tcp/{self.port}/bitcoin", "--rpc", f"127.0.0.1:{self.rpc}",
                          *bootstrap, *more], f"{folder}.log")

    def ask(self, *words):
        answer = subprocess.run([self.program, "ctl", "--rpc", f"127.0.0.1:{self.rpc}", "--data-dir", self.folder,
                                 "--json", *words], check=True, capture_output=True, text=True)
        return json.loads(answer.stdout)

    def tip(self): return self.ask("tip")["hash"]


def real_chain(program, bins, room):
    held = room / "held"
    held.mkdir()
    subprocess.run([bins / "addblock", f"--datadir={held}/data", f"--infile={DATA}"], check=True, capture_output=True)
    for transport, options in (("v2", ["--v2transport"]), ("v1", [])):
        with Btcd(bins, held, [], "--connect=127.0.0.1:1", *options) as btcd:
            with Kith(program, room / f"kith-{transport}", "mainnet", btcd.port) as kith:
                wait_for(f"kith takes the real chain from btcd over {transport}", lambda: kith.tip() == TIP_HASH)
                print(f"interop btcd: {TIP} blocks from btcd over {transport}", flush=True)
    with Kith(program, room / "kith-v2", "mainnet") as kith:
        wait_for("kith has what it took", lambda: kith.tip() == TIP_HASH)
        for transport, options in (("v2", ["--v2transport"]), ("v1", [])):
            empty = room / f"empty-{transport}"
            empty.mkdir()
            with Btcd(bins, empty, [], f"--connect=127.0.0.1:{kith.port}", *options) as btcd:
                wait_for(f"btcd takes the real chain from kith over {transport}",
                         lambda: btcd.ask("getblockcount") == str(TIP) or btcd.ask("getblockcount"))
                peers = json.loads(btcd.ask("getpeerinfo"))
                if [peer.get("v2_connection", False) for peer in peers] != [transport == "v2"]:
                    raise SystemExit(f"interop btcd: FAILED: not over {transport}: {peers}")
                print(f"interop btcd: {TIP} blocks to btcd over {transport}", flush=True)


def simnet(program, bins, room):
    folder = room / "simnet"
    folder.mkdir()
    with Btcd(bins, folder, ["--simnet"], "--v2transport", f"--miningaddr={MINER}") as btcd:
        wait_for("btcd answers", lambda: btcd.ask("getblockcount") == "0")
        btcd.ask("generate", "5")
        with Kith(program, room / "kith-simnet", "simnet", btcd.port) as kith:
            wait_for("kith takes what was mined", lambda: kith.tip() == btcd.ask("getbestblockhash"))
            btcd.ask("generate", "3")
            wait_for("kith follows what is mined", lambda: kith.tip() == btcd.ask("getbestblockhash"))
            print("interop btcd: blocks mined on simnet, before and after the connection", flush=True)


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
