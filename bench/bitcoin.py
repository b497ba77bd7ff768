"""Measures a kith node on the Bitcoin wire beside btcd, in turns, on loopback: CPU time and resident memory of the server
(of the receiver, where blocks are synced) as the operating system counts them, and the median of five. Figures of Bitcoin
Core were taken beside the same machine's btcd and stand in the table as they were. Everything ends when this ends.
"""
import argparse, contextlib, os, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "interop"))
from check_btcd import Btcd, DATA, Kith, Process, TIP, free_port, wait_for  # noqa: E402

ROUNDS = 5
AT_ONCE = 4  # btcd begins no more encrypted handshakes than these at once
BTCD_RATE = 18  # and no more than 20 in a second
PATIENCE = 120
IDLE_FROM, IDLE_TO = 1100, 1600  # past the events that the program keeps, a thousand
TOLD_FROM, TOLD_TO = 10, 60
TOLD = 50_000
PARTS = ["handshakes", "memory", "headers", "sync", "bulk"]


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def ready(server, is_ready):
    """The server when it is; it ends if it will not be."""
    try:
        wait_for("a server that answers", is_ready)
    except BaseException:
        server.__exit__()
        raise
    return server


class Table:
    """Rows as they are found: what, kith's figure, btcd's, Core's of 2026-11-21, the goal."""
    def __init__(self): self.rows = []

    def add(self, what, ours, theirs, core, goal, more):
        met = ours >= goal if more else ours <= goal
        number = lambda value: "-" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
        ratio = "" if not theirs else f"{ours / theirs:.2f}"
        self.rows.append((what, number(ours), number(theirs), ratio, core, (">= " if more else "<= ") + number(goal),
                          "yes" if met else "NO"))
        print("  ".join(self.rows[-1]), flush=True)

    def show(self):
        rows = [("figure", "kith", "btcd", "ratio", "Core 2026-11-21", "goal", "met"), *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        print()
        for row in rows:
            print(row[0].ljust(widths[0]), *[cell.rjust(width) for cell, width in zip(row[1:], widths[1:])], sep="  ")


class Unlimited(Process):
    """kith without its limit on strangers, which holds the program to fifty handshakes a second."""
    def __init__(self, load, room):
        log = room / "unlimited.log"
        super().__init__([load, "serve"], log)
        ready(self, lambda: log.read_text().endswith("\n"))
        self.port = int(log.read_text())


class Bench:
    def __init__(self, program, load, bins, room):
        self.program, self.load, self.bins, self.room = program, load, bins, room
        self.table, self.folders = Table(), 0
        self.chain = room / "chain.blk"
        with open(self.chain, "wb") as file:
            subprocess.run([load, "chain"], stdout=file, check=True)

    def folder(self, name):
        self.folders += 1
        out = self.room / f"{name}-{self.folders}"
        out.mkdir()
        return out

    def kith(self):
        """The program with the made chain, for as many as want to come."""
        folder = self.folder("kith")
        shutil.copy(self.chain, folder / "blocks.blk")
        coins = self.room / "coins"
        coins.write_text(f"{'1' * 64}:0 1 51\n")
        # Whoever takes transactions says so; this one coin makes the kind known.
        out = Kith(self.program, folder, "simnet", None, "--inbound", "2000", "--coins", coins)
        return ready(out, lambda: out.ask("tip")["height"] == 2010)

    def btcd(self, *more):
        folder = self.folder("btcd")
        subprocess.run([self.bins / "addblock", "--simnet", f"--datadir={folder}/data", f"--infile={self.chain}"],
                       check=True, capture_output=True)
        out = Btcd(self.bins, folder, ["--simnet"], "--v2transport", *more)
        return ready(out, lambda: out.ask("getblockcount") == "2010")

    def run_load(self, server, verb, transport, *words):
        """The server's CPU seconds, and what the load printed."""
        before = cpu_seconds(server.child.pid)
        done = subprocess.run([self.load, verb, str(server.port), transport, *map(str, words)], check=True,
                              capture_output=True, text=True, timeout=PATIENCE)
        return cpu_seconds(server.child.pid) - before, done.stdout

    def in_turns(self, ours, theirs):
        """Medians of both, or of ours and nothing."""
        found = [], []
        for _ in range(ROUNDS):
            found[0].append(ours())
            if self.bins: found[1].append(theirs())
        return statistics.median(found[0]), statistics.median(found[1]) if self.bins else None

    @contextlib.contextmanager
    def both(self, kith):
        """`kith` and btcd, or nothing in its place, for as long as the block takes."""
        with kith, self.btcd() if self.bins else contextlib.nullcontext() as btcd:
            yield kith, btcd

    def handshakes(self):
        def rate(server, transport, count, per_second=0):
            used, refused = self.run_load(server, "handshakes", transport, count, AT_ONCE, per_second)
            return (count - int(refused)) / used

        with self.both(Unlimited(self.load, self.room)) as (kith, btcd):
            ours, theirs = self.in_turns(lambda: rate(kith, "v1", 6000), lambda: rate(btcd, "v1", 4000))
            self.table.add("v1 handshakes per server CPU s", ours, theirs, "4,740-5,155", 10_000, True)
            ours, theirs = self.in_turns(lambda: rate(kith, "v2", 2000), lambda: rate(btcd, "v2", 100, BTCD_RATE))
            self.table.add("v2 handshakes per server CPU s", ours, theirs, "3,140-3,250", 4000, True)

    def per_peer(self, server, transport, least, most, announce):
        """Resident bytes by which the server grows for each peer between two numbers of them."""
        with server, subprocess.Popen([self.load, "stay", str(server.port), transport], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True) as load:
            def order(*words):
                print(*words, file=load.stdin, flush=True)
                if not load.stdout.readline(): raise SystemExit("bench bitcoin: FAILED: the load is gone")

            def at(count):
                order("grow", count)
                if announce: order("announce", TOLD)
                return resident(server.child.pid)

            before = at(least)
            return (at(most) - before) / (most - least)

    def memory(self):
        # btcd bans whoever lacks what it announced, and takes no crowd over v2.
        btcd = lambda: self.btcd("--maxpeers=2000", "--nobanning")
        for what, transport, least, most, announce, core, goal in (
                ("bytes per idle v1 peer", "v1", IDLE_FROM, IDLE_TO, False, "530,000", 4096),
                ("bytes per idle v2 peer", "v2", IDLE_FROM, IDLE_TO, False, "532,000", 4096),
                ("bytes per peer after 50,000 announcements", "v1", TOLD_FROM, TOLD_TO, True, "530,000", 24 * 1024)):
            ours = self.per_peer(self.kith(), transport, least, most, announce)
            measures = self.bins and transport == "v1"
            theirs = self.per_peer(btcd(), transport, least, most, announce) if measures else None
            self.table.add(what, ours, theirs, core, goal, False)

    def headers(self):
        rate = lambda server, transport, count: count / self.run_load(server, "headers", transport, count)[0]
        with self.both(self.kith()) as (kith, btcd):
            for transport, core, goal in (("v1", "2,820-2,900", 5000), ("v2", "1,610-1,720", 3000)):
                ours, theirs = self.in_turns(lambda: rate(kith, transport, 3000), lambda: rate(btcd, transport, 500))
                self.table.add(f"replies of 2,000 headers per server CPU s, {transport}", ours, theirs, core, goal, True)

    def sync(self):
        served = self.folder("served")
        shutil.copy(DATA, served / "blocks.blk")

        def until_tip(receiver, height):
            with receiver:
                end = time.monotonic() + PATIENCE
                while height(receiver) != TIP:
                    if time.monotonic() > end: raise SystemExit("bench bitcoin: FAILED: no sync")
                    time.sleep(0.25)
                return cpu_seconds(receiver.child.pid)

        with Kith(self.program, served, "mainnet", None, "--validation", "headers") as server:
            wait_for("kith has the blocks", lambda: server.ask("tip")["height"] == TIP)
            kith = lambda: until_tip(Kith(self.program, self.folder("kith"), "mainnet", server.port, "--validation",
                                          "full"), lambda node: quietly(lambda: node.ask("tip")["height"]))
            btcd = lambda: until_tip(Btcd(self.bins, self.folder("btcd"), [], f"--connect=127.0.0.1:{server.port}"),
                                     lambda node: quietly(lambda: int(node.ask("getblockcount"))))
            ours, theirs = self.in_turns(kith, btcd)
        self.table.add("receiver's CPU s for blocks 0..14131", ours, theirs, "2.40-2.55", 1.2, False)

    def bulk(self):
        done = subprocess.run([self.load, "bulk"], check=True, capture_output=True, text=True, timeout=PATIENCE)
        for line in done.stdout.splitlines():
            size, ours, bare, ratio = map(float, line.split())
            print(f"bulk: messages of {size / 1024:.0f} KiB: {ours:.2f} CPU s per GiB, the cipher alone {bare:.2f}")
            self.table.add(f"v2 CPU beside its cipher's, messages of {size / 1024:.0f} KiB", ratio, None, "-", 1.35, False)


def quietly(ask):
    """What is asked of a node that may not answer yet."""
    try:
        return ask()
    except (subprocess.CalledProcessError, ValueError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node", type=Path, required=True, help="the program kith")
    parser.add_argument("--load", type=Path, required=True, help="the program kith_bench_bitcoin")
    parser.add_argument("--bins", type=Path, help="the folder of btcd, btcctl and addblock; without it kith is alone")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"there is no part '{part}'; parts: {', '.join(PARTS)}. Example: ./dev bench bitcoin headers")
    room = Path(tempfile.mkdtemp(prefix="kith-bench-"))
    try:
        bench = Bench(arguments.node, arguments.load, arguments.bins, room)
        for part in arguments.parts or PARTS:
            getattr(bench, part)()
        bench.table.show()
    finally:
        shutil.rmtree(room)
    sys.exit(0 if all(row[-1] == "yes" for row in bench.table.rows) else 1)


if __name__ == "__main__":
    main()
