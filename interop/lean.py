#!/usr/bin/env python3
"""A second implementation of kith's lean wire, written from docs/protocol/lean.md alone, that talks to a real kith node.

It shows that the document is enough to talk to kith, and it fails when the node and the document drift apart:

    python interop/lean.py --node build/release/kith        (or: ./dev interop lean)

Section numbers are those of the document. It dials from several 127.x.0.1, which are all this machine on Linux.
"""
import argparse, contextlib, hashlib, json, os, pathlib, socket, subprocess, sys, tempfile, threading, time, traceback, warnings
from dataclasses import dataclass

from nacl.signing import SigningKey, VerifyKey
from noise.connection import Keypair, NoiseConnection

DEADLINE = 30  # seconds, for everything that is waited for
NETWORK = "interop"
NAMES = ["ping/1", "addresses/1", "gossip/1"]
LETTER, REQUEST, ANSWER, REFUSAL = range(4)
BEGIN, END = 0x80, 0x40
SIGN_ALL = 2  # the extension of section 5
warnings.filterwarnings("ignore", "One of ephemeral keypairs")  # the frozen vector sets them


class Ended(Exception):
    """The connection ended; reason is that of the goodbye, None if it was cut."""
    def __init__(self, reason):
        super().__init__(f"the connection ended, goodbye: {reason}")
        self.reason = reason


def expect(condition, complaint):
    if not condition:
        raise AssertionError(complaint)


def milliseconds(): return time.time_ns() // 1_000_000


# XDR, read strictly

def u32(value): return value.to_bytes(4, "big")
def u64(value): return value.to_bytes(8, "big")
def opaque(data): return u32(len(data)) + data + bytes(-len(data) % 4)
def array(items): return u32(len(items)) + b"".join(items)


class Reader:
    def __init__(self, data): self.data, self.position = bytes(data), 0
    def u32(self): return int.from_bytes(self.fixed(4), "big")
    def u64(self): return int.from_bytes(self.fixed(8), "big")
    def rest(self): return self.fixed(len(self.data) - self.position)
    def end(self): expect(self.position == len(self.data), "something follows the last field")

    def fixed(self, size):
        self.position += size
        expect(self.position <= len(self.data), "it is too short")
        return self.data[self.position - size:self.position]

    def boolean(self):
        value = self.u32()
        expect(value < 2, "a boolean is 0 or 1")
        return value == 1

    def opaque(self, most):
        size = self.u32()
        expect(size <= most, "longer than the document allows")
        data = self.fixed(size)
        expect(not any(self.fixed(-size % 4)), "a pad is not zero")
        return data

    def array(self, most, read_item):
        count = self.u32()
        expect(count <= most, "more than the document allows")
        return [read_item() for _ in range(count)]


# Sections 2 and 3: keys, Hello, handshake

class Identity:
    def __init__(self, seed=None):
        self.signing_key = SigningKey(seed or os.urandom(32))
        self.id = bytes(self.signing_key.verify_key)
        self.x_secret = bytes(self.signing_key.to_curve25519_private_key())

    def sign(self, data): return self.signing_key.sign(data).signature


def montgomery(id): return bytes(VerifyKey(id).to_curve25519_public_key())


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PEER_ID_PREFIX = bytes.fromhex("002408011220")


def peer_id_of(id):
    number, text = int.from_bytes(PEER_ID_PREFIX + id, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" + text  # for the leading zero byte


def id_of(peer_id):
    number = 0
    for letter in peer_id:
        number = number * 58 + BASE58.index(letter)
    prefix_and_id = number.to_bytes(38, "big")
    expect(prefix_and_id.startswith(PEER_ID_PREFIX), "not the peer id of an Ed25519 key")
    return prefix_and_id[6:]


def hello(id, network, time=None, port=0, client=b"interop/0.1.0"):
    return id + network + u64(milliseconds() if time is None else time) + u32(port) + u32(0x000100) + client.ljust(16, b"\0")


def check_hello(payload, node):
    reader = Reader(payload)
    id, network, its_time = reader.fixed(32), reader.fixed(32), reader.u64()
    _port, _version, _client = reader.u32(), reader.u32(), reader.fixed(16)
    reader.end()
    expect(id == node.id and network == node.network, "this is another node, or network")
    expect(abs(its_time - milliseconds()) <= 600_000, "its clock differs by more than 10 minutes")


def start_noise(me, responder_id, dialler, ephemeral=None):
    noise = NoiseConnection.from_name(b"Noise_IK_25519_ChaChaPoly_SHA256")
    noise.set_prologue(b"kith-lean/1\0" + responder_id)
    noise.set_keypair_from_private_bytes(Keypair.STATIC, me.x_secret)
    if dialler:
        noise.set_as_initiator()
        noise.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, montgomery(responder_id))
    else:
        noise.set_as_responder()
    if ephemeral:
        noise.set_keypair_from_private_bytes(Keypair.EPHEMERAL, ephemeral)
    noise.start_handshake()
    return noise


def receive_exactly(sock, size):
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise Ended(None)
        data += piece
    return data


def connect(node, source): return socket.create_connection(node.endpoint, DEADLINE, source_address=(source, 0))


def dial(node, me, source="127.0.0.1", port=0, sign_all=False):
    sock, noise = connect(node, source), start_noise(me, node.id, dialler=True)
    first = bytes(noise.write_message(hello(me.id, node.network, port=port)))
    expect(len(first) == 192, "message 1 has 192 bytes")
    sock.sendall(first)
    check_hello(noise.read_message(receive_exactly(sock, 144)), node)
    session = Session(sock, noise, me, node.id, dialler=True, sign_all=sign_all)
    session.first_message = first
    return session


def accept(listener, node, me):
    """The responder, up to and with message 2; Session(*what this returns, dialler=False) goes on."""
    sock, _ = listener.accept()
    sock.settimeout(DEADLINE)
    noise = start_noise(me, me.id, dialler=False)
    check_hello(noise.read_message(receive_exactly(sock, 192)), node)
    expect(noise.noise_protocol.handshake_state.rs.public_bytes == montgomery(node.id), "the static key is not that of the id")
    second = bytes(noise.write_message(hello(me.id, node.network, port=listener.getsockname()[1])))
    expect(len(second) == 144, "message 2 has 144 bytes")
    sock.sendall(second)
    return sock, noise, me, node.id


# Sections 4 and 5: records, frames, messages, lane 0

@dataclass
class Message:
    lane: int
    role: int
    protocol: str
    type: int
    payload: bytes

    def is_(self, role, protocol, *types): return (self.role, self.protocol) == (role, protocol) and (not types or self.type in types)


class Session:
    def __init__(self, sock, noise, me, peer, dialler, sign_all=False):
        self.sock, self.noise, self.me, self.peer, self.dialler, self.sign_all = sock, noise, me, peer, dialler, sign_all
        self.next_lane, self.sent, self.received = (1 if dialler else 2), 0, 0  # sent and received: records
        self.peer_names, self.unfinished, self.inbox, self.goodbye, self.pings_answered = None, {}, [], None, 0
        extensions = [u32(SIGN_ALL) + opaque(b"")] if sign_all else []
        self.send_frame(0, BEGIN | END, u32(1) + array([opaque(name.encode()) for name in NAMES]) + array(extensions))
        self.receive_record()

    def send_frame(self, lane, flags, piece):
        """Sends a record of one frame."""
        if self.sent and self.sent % 256 == 0:
            self.noise.rekey_outbound_cipher()
        sealed = self.noise.encrypt(u32(lane) + bytes([flags]) + len(piece).to_bytes(3, "big") + piece)
        self.sent += 1
        self.sock.sendall(len(sealed).to_bytes(2, "big") + sealed)

    def signed_part(self, from_dialler, lane, message):
        direction = bytes([0 if from_dialler else 1])
        return b"kith-lean/1 direct\0\0" + self.noise.get_handshake_hash() + direction + u32(lane) + message

    def send(self, role, protocol, type, payload=b"", lane=None):
        if lane is None:
            lane, self.next_lane = self.next_lane, self.next_lane + 2
        message = u32(NAMES.index(protocol)) + u32(role) + u32(type) + u64(milliseconds()) + u32(self.sign_all) + payload
        if self.sign_all:
            message += self.me.sign(self.signed_part(self.dialler, lane, message))
        most = 16384 - 8  # a frame that fills a record
        for start in range(0, len(message), most):
            flags = (BEGIN if start == 0 else 0) | (END if start + most >= len(message) else 0)
            self.send_frame(lane, flags, message[start:start + most])
        return lane

    def receive_record(self):
        try:
            sealed = receive_exactly(self.sock, int.from_bytes(receive_exactly(self.sock, 2), "big"))
        except Ended:
            raise Ended(self.goodbye) from None
        expect(17 <= len(sealed) <= 16400, f"a record of {len(sealed)} bytes")
        if self.received and self.received % 256 == 0:
            self.noise.rekey_inbound_cipher()
        frames = Reader(self.noise.decrypt(sealed))
        self.received += 1
        while frames.position < len(frames.data):
            lane, flags, piece = frames.u32(), frames.fixed(1)[0], frames.fixed(int.from_bytes(frames.fixed(3), "big"))
            expect(flags & ~(BEGIN | END) == 0, f"flags {flags:#x}, and nothing was given up here")
            expect(bool(flags & BEGIN) == (lane not in self.unfinished), "begin at the beginning, and only there")
            self.unfinished[lane] = self.unfinished.get(lane, b"") + piece
            if flags & END:
                whole = self.unfinished.pop(lane)
                self.receive_message(lane, whole) if lane else self.receive_control(Reader(whole))
            expect(self.peer_names is not None, "the first frame is not names")

    def receive_control(self, reader):
        kind = reader.u32()
        if kind == 1:
            expect(self.peer_names is None and self.received == 1, "names come once, in the first record")
            self.peer_names = [name.decode() for name in reader.array(64, lambda: reader.opaque(32))]
            extensions = [number for number, _ in reader.array(16, lambda: (reader.u32(), reader.opaque(256)))]
            expect(all(number % 2 or number == SIGN_ALL for number in extensions), "an unknown even extension")
            self.sign_all = self.sign_all or SIGN_ALL in extensions
            reader.end()
        elif kind == 2:
            self.goodbye = reader.u32()
            reader.end()
        else:
            expect(kind == 3, f"kind {kind} on lane 0")

    def receive_message(self, lane, data):
        if self.sign_all:
            data, signature = data[:-64], data[-64:]
            VerifyKey(self.peer).verify(self.signed_part(not self.dialler, lane, data), signature)
        header = Reader(data)
        name, role, type, _, signed = header.u32(), header.u32(), header.u32(), header.u64(), header.boolean()
        expect(signed == self.sign_all, "the header says otherwise about the signature")
        expect((lane % 2 == 1) == (self.dialler == (role in (ANSWER, REFUSAL))), "on a lane of the wrong side")
        message = Message(lane, role, self.peer_names[name], type, header.rest())
        if message.is_(REQUEST, "ping/1", 1):
            self.send(ANSWER, "ping/1", 1, array([]), lane)
            self.pings_answered += 1
        elif message.is_(REQUEST, "addresses/1", 1):
            self.send(ANSWER, "addresses/1", 1, array([]), lane)
        else:
            self.inbox.append(message)

    def wait(self, done):
        """Reads on until done() gives something that is true, and returns it."""
        until = time.monotonic() + DEADLINE
        while not (result := done()):
            expect(time.monotonic() < until, "it did not come in time")
            self.receive_record()
        return result

    def take(self, wanted):
        """Waits for a message that is wanted and returns it."""
        message = self.wait(lambda: next(filter(wanted, self.inbox), None))
        self.inbox.remove(message)
        return message

    def ask(self, protocol, type, payload=b""):
        lane = self.send(REQUEST, protocol, type, payload)
        answer = self.take(lambda message: message.lane == lane)
        expect(answer.is_(ANSWER, protocol, type), f"this is no answer: {answer}")
        return Reader(answer.payload)

    def ping(self):
        """Returns the address at which the node sees us, None if it does not say."""
        pong = self.ask("ping/1", 1, array([]))
        seen = pong.array(1, lambda: read_address(pong))
        pong.end()
        return seen[0] if seen else None

    def wait_for_end(self):
        try:
            self.wait(lambda: False)
        except Ended as ended:
            return ended.reason

    def close(self):
        self.send_frame(0, BEGIN | END, u32(2) + u32(0))
        self.sock.close()


# Sections 6 and 7: payloads and envelopes

def read_address(reader):
    """(IP, port, id or None)"""
    ip, port = reader.fixed(16), reader.u32()
    expect(ip[:12] == bytes(10) + b"\xff\xff" and reader.opaque(16) == b"lean", "no address of lean and IPv4")
    return socket.inet_ntoa(ip[12:]), port, next(iter(reader.array(1, lambda: reader.fixed(32))), None)


NOTE = opaque(b"note")  # the kind, with which offers, announcements and wants begin


def gossip_prefix(network): return b"kith-lean/1 gossip\0\0" + network
def item_id(body): return hashlib.sha256(body).digest()[:20]


def make_note(author, network, text):
    unsigned = author.id + u32(0x000100) + u64(milliseconds()) + NOTE + u32(1) + opaque(text)
    return unsigned + author.sign(gossip_prefix(network) + unsigned)


def read_note(body, network):
    """Verifies the signature; returns author and text."""
    reader = Reader(body)
    author, _version, _time, kind, _type, text = (
        reader.fixed(32), reader.u32(), reader.u64(), reader.opaque(32), reader.u32(), reader.opaque(2**23))
    unsigned, signature = reader.data[:reader.position], reader.fixed(64)
    reader.end()
    expect(kind == b"note", "an envelope of another kind")
    VerifyKey(author).verify(gossip_prefix(network) + unsigned, signature)
    return author, text


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
            for part in (check_start, check_ping, check_addresses, check_gossip, check_listener, check_signed, check_refusals,
                         check_rekey, check_goodbye):
                part(node)
    except Exception:
        traceback.print_exc()
        print("The node's last words:\n" + "".join(log[-20:]), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
