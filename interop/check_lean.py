#!/usr/bin/env python3
"""Starts a kith node and talks to it through lean.py; fails when the node and the document drift apart:

    python interop/check_lean.py --node build/release/kith        (or: ./dev interop lean)

It dials from several 127.x.0.1, which are all this machine on Linux.
"""
import argparse, contextlib, hashlib, json, os, pathlib, socket, subprocess, sys, tempfile, threading, time, traceback

from nacl.signing import SigningKey

from lean import *


# The other side

class Node:
    """A kith process with a directory of its own."""
    def __init__(self, kith):
        self.kith, self.directory, self.log, self.listens = kith, tempfile.TemporaryDirectory(), [], threading.Event()
        self.data_dir = self.directory.name + "/node"
        self.process = subprocess.Popen(
            [kith, "node", "--data-dir", self.data_dir, "--network", NETWORK, "--chain", "none", "--kinds", "note",
             "--listen", "/ip4/127.0.0.1/tcp/0/lean", "--rpc", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self.read_log, daemon=True).start()

    def read_log(self):
        for line in self.process.stdout:
            self.log.append(line)
            if " listening " in line:
                self.listens.set()

    def __enter__(self): return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.directory.cleanup()

    def ctl(self, *arguments):
        done = subprocess.run([self.kith, "ctl", *arguments, "--json", "--data-dir", self.data_dir],
                              capture_output=True, text=True, timeout=DEADLINE)
        expect(done.returncode == 0, f"kith ctl {arguments}: {done.stderr}")
        return json.loads(done.stdout)

    def wait_for_event(self, wanted):
        last, until = 0, time.monotonic() + DEADLINE
        while time.monotonic() < until:
            news = self.ctl("events", str(last), "5000")
            for event in filter(wanted, news["events"]):
                return event
            last = news["last"]
        raise AssertionError("that event did not come")


# The checks

@contextlib.contextmanager
def check(what):
    try:
        yield
    except Exception:
        print("FAILED", what, flush=True)
        raise
    print("ok", what, flush=True)


def check_vector(path):
    vector = {name: bytes.fromhex(text) for name, text in json.loads(path.read_text()).items() if isinstance(text, str)}
    dialler, responder = Identity(vector["initiator_seed"]), Identity(vector["responder_seed"])
    hello1, hello2 = vector["payload1"], vector["payload2"]
    with check("frozen vector: ids, X25519 keys, Hellos"):
        expect(dialler.id == vector["initiator_id"] and responder.id == vector["responder_id"], "ids")
        expect(montgomery(dialler.id) == vector["initiator_x"] and montgomery(responder.id) == vector["responder_x"], "X25519 keys")
        expect(hello(dialler.id, b"\x55" * 32, 1700000000000, 7513, b"kith/0.1.0") == hello1, "Hello of the dialler")
        expect(hello(responder.id, b"\x55" * 32, 1700000000000, 7514, b"kith/0.1.0") == hello2, "Hello of the responder")
    with check("frozen vector: both messages, handshake hash"):
        i = start_noise(dialler, responder.id, True, vector["e_i"])
        r = start_noise(responder, responder.id, False, vector["e_r"])
        expect(i.write_message(hello1) == vector["message1"] and r.read_message(vector["message1"]) == hello1, "message 1")
        expect(r.write_message(hello2) == vector["message2"] and i.read_message(vector["message2"]) == hello2, "message 2")
        expect(i.get_handshake_hash() == r.get_handshake_hash() == vector["handshake_hash"], "handshake hash")
    with check("frozen vector: records, rekey"):
        expect(i.encrypt(b"ping") == vector["i_to_r_record0_ping"], "record of the dialler")
        expect(r.encrypt(b"pong") == vector["r_to_i_record0_pong"], "record of the responder")
        i.rekey_outbound_cipher()
        expect(i.encrypt(b"ping") == vector["i_to_r_record1_ping_after_rekey"], "record after the rekey")


def check_start(node):
    with check("the node starts, its network id is as the document says"):
        expect(node.listens.wait(DEADLINE), "it does not say that it listens")
        info = node.ctl("info")
        address = info["listen"][0].split("/")
        node.network, node.id, node.endpoint = bytes.fromhex(info["network_id"]), id_of(address[-1]), (address[2], int(address[4]))
        expect(node.network == hashlib.sha256(NETWORK.encode()).digest(), "another network id")


def check_ping(node):
    with check("dialler: handshake of 192 and 144 bytes, names"):
        session = dial(node, Identity())
        expect(set(NAMES) <= set(session.peer_names), f"the node names {session.peer_names}")
    with check("ping: the pong says our address as seen"):
        expect(session.ping() == (*session.sock.getsockname(), session.me.id), "seen at another address")
    with check("ping: the node's ping is answered"):
        session.wait(lambda: session.pings_answered)
        session.ping()
    session.close()


def check_later_versions(node):
    with check("a session with an extension of an odd number that nobody knows yet, and with unknown types"):
        session = dial(node, Identity(), extensions=[(12345, b"from a later version")])
        session.send(LETTER, "gossip/1", 99, b"from a later version")
        session.send(REQUEST, "ping/1", 99, b"from a later version")
        session.ping()
        session.close()
    with check("an extension of an unknown even number ends the session, and bans nobody"):
        me = Identity()
        session = dial(node, me, extensions=[(12346, b"")])
        session.wait_for_end()
        dial(node, me).close()


def check_addresses(node):
    me = Identity()
    with socket.create_server(("127.5.0.1", 0)) as listener:
        listener.settimeout(DEADLINE)
        address = (*listener.getsockname(), me.id)
        with check("called back: the node probes the port of our Hello, up to message 2"):
            session = dial(node, me, "127.5.0.1", listener.getsockname()[1])
            probe, *_ = accept(listener, node, me)
            expect(probe.recv(1) == b"", "it goes on after message 2")
            probe.close()
        with check("called back: the node tells us that it worked"):
            letter = Reader(session.take(lambda message: message.is_(LETTER, "ping/1", 2)).payload)
            expect(read_address(letter) == address and letter.boolean(), "another address, or it did not work")
            letter.end()
        with check("addresses: the next peer finds us listed"):
            other = dial(node, Identity(), "127.6.0.1")
            answer = other.ask("addresses/1", 1)
            seen = dict(answer.array(1000, lambda: (read_address(answer), answer.u64())))
            answer.end()
            expect(address in seen and abs(seen[address] - time.time()) < 3600, f"not there, or seen long ago: {seen}")
        session.close()
        other.close()


def check_gossip(node):
    session = dial(node, Identity())
    short, long = b"hello from python", b"python " * 4000  # longer than a record
    with check("gossip: the node accepts a note that we offer"):
        body = make_note(session.me, node.network, short)
        session.send(LETTER, "gossip/1", 1, NOTE + body)
        event = node.wait_for_event(lambda event: event.get("hash") == item_id(body).hex())
        expect(event["author"] == peer_id_of(session.me.id) and event["text"] == short.decode(), f"as {event}")
    with check("gossip: the node wants and accepts a long note that we announce"):
        body = make_note(session.me, node.network, long)
        session.send(LETTER, "gossip/1", 2, NOTE + array([item_id(body)]))
        want = session.take(lambda message: message.is_(REQUEST, "gossip/1", 3))
        expect(want.payload == NOTE + item_id(body), "it wants something else")
        session.send(ANSWER, "gossip/1", 3, NOTE + body, want.lane)
        node.wait_for_event(lambda event: event.get("hash") == item_id(body).hex())
    with check("gossip: the node offers a note of its own, author and signature are right"):
        node.ctl("publish", "note", "hello from kith")
        offer = session.take(lambda message: message.is_(LETTER, "gossip/1", 1)).payload
        expect(offer[:8] == NOTE and read_note(offer[8:], node.network) == (node.id, b"hello from kith"), "another author or text")
    with check("gossip: the node announces a long note of its own and gives it when asked"):
        node.ctl("publish", "note", "kith " * 4000)
        announcement = Reader(session.take(lambda message: message.is_(LETTER, "gossip/1", 2)).payload)
        expect(announcement.fixed(8) == NOTE, "of another kind")
        ids = announcement.array(1000, lambda: announcement.fixed(20))
        body = session.ask("gossip/1", 3, NOTE + ids[0]).rest()[8:]
        expect(item_id(body) == ids[0] and read_note(body, node.network) == (node.id, b"kith " * 4000), "another item")
    session.close()
    with check("gossip: a note with a broken signature is not accepted; its giver is blamed and disconnected"):
        liar = dial(node, Identity(), "127.9.0.1")
        body = bytearray(make_note(liar.me, node.network, b"not so"))
        body[-64] ^= 1
        liar.send(LETTER, "gossip/1", 1, NOTE + bytes(body))
        liar.wait_for_end()
        node.wait_for_event(lambda event: event["event"] == "blamed" and event["id"] == peer_id_of(liar.me.id))
        expect(item_id(body).hex() not in json.dumps(node.ctl("events")), "it was accepted")


def check_listener(node):
    with check("listener: the node dials us, pings and answers"), socket.create_server(("127.7.0.1", 0)) as listener:
        listener.settimeout(DEADLINE)
        me = Identity()
        node.ctl("connect", f"/ip4/127.7.0.1/tcp/{listener.getsockname()[1]}/lean/p2p/{peer_id_of(me.id)}")
        session = Session(*accept(listener, node, me), dialler=False)
        session.wait(lambda: session.pings_answered)
        session.ping()
        session.close()


def check_signed(node):
    with check("extension 2: every message is signed, both ways"):
        session = dial(node, Identity(), sign_all=True)
        session.ping()
        session.wait(lambda: session.pings_answered)
        session.ping()
        session.close()


def check_refusals(node):
    me, source = Identity(), "127.8.0.1"
    accepted = dial(node, me, source)

    def first_message(*hello_fields): return bytes(start_noise(me, node.id, True).write_message(hello(*hello_fields)))

    def with_flipped_bit(position):
        message = bytearray(first_message(me.id, node.network))
        message[position] ^= 1
        return message

    cases = {
        "another network": first_message(me.id, bytes(32)),
        "a clock 11 minutes behind": first_message(me.id, node.network, milliseconds() - 660_000),
        "another's id": first_message(Identity().id, node.network),
        "a flipped bit in e": with_flipped_bit(0),
        "a flipped bit in s": with_flipped_bit(40),
        "a flipped bit in the Hello": with_flipped_bit(191),
        "a byte too many": first_message(me.id, node.network) + b"\0",
        "a replayed first message": accepted.first_message,
    }
    for what, message in cases.items():
        with check(f"refused without a byte, with FIN: {what}"), connect(node, source) as sock:
            sock.sendall(message)
            expect(sock.recv(1) == b"", "it answers")
    with check("refused: nothing of that keeps the same peer out"):
        accepted.close()
        dial(node, me, source).close()


def check_rekey(node):
    with check("rekey: 600 pings and pongs in one session"):
        session = dial(node, Identity())
        for _ in range(600):
            session.ping()
        expect(min(session.sent, session.received) > 2 * 256, "too few records for two renewals each way")
        session.close()


def check_goodbye(node):
    with check("stop: goodbye with reason 7 (shutting down), exit code 0"):
        session = dial(node, Identity())
        node.ctl("stop")
        expect(session.wait_for_end() == 7, f"goodbye {session.goodbye}")
        expect(node.process.wait(DEADLINE) == 0, f"exit code {node.process.returncode}")


def main():
    parser = argparse.ArgumentParser(description="Talks to a kith node through a second implementation of the lean wire.")
    parser.add_argument("--node", required=True, type=pathlib.Path, metavar="KITH", help="the program, for example build/release/kith")
    kith, log = parser.parse_args().node.resolve(), []
    if not os.access(kith, os.X_OK):
        parser.error(f"there is no program {kith}")
    try:
        check_vector(pathlib.Path(__file__).resolve().parent.parent / "vectors/lean/vector.json")
        with Node(str(kith)) as node:
            log = node.log
            for part in (check_start, check_ping, check_later_versions, check_addresses, check_gossip, check_listener, check_signed, check_refusals,
                         check_rekey, check_goodbye):
                part(node)
    except Exception:
        traceback.print_exc()
        print("The node's last words:\n" + "".join(log[-20:]), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
