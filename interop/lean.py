"""A second implementation of kith's lean wire, written from docs/protocol/lean.md alone; section numbers are its.

check_lean.py talks to a real kith node with it.
"""
import hashlib, os, socket, time, warnings
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


def dial(node, me, source="127.0.0.1", port=0, sign_all=False, extensions=()):
    sock, noise = connect(node, source), start_noise(me, node.id, dialler=True)
    first = bytes(noise.write_message(hello(me.id, node.network, port=port)))
    expect(len(first) == 192, "message 1 has 192 bytes")
    sock.sendall(first)
    check_hello(noise.read_message(receive_exactly(sock, 144)), node)
    session = Session(sock, noise, me, node.id, dialler=True, sign_all=sign_all, extensions=extensions)
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
    def __init__(self, sock, noise, me, peer, dialler, sign_all=False, extensions=()):
        self.sock, self.noise, self.me, self.peer, self.dialler, self.sign_all = sock, noise, me, peer, dialler, sign_all
        self.next_lane, self.sent, self.received = (1 if dialler else 2), 0, 0  # sent and received: records
        self.peer_names, self.unfinished, self.inbox, self.goodbye, self.pings_answered = None, {}, [], None, 0
        extensions = [u32(number) + opaque(data) for number, data in extensions]
        extensions += [u32(SIGN_ALL) + opaque(b"")] if sign_all else []
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
