"""What the checks against other implementations share: children that end with their block, among them kith, and waiting
for what has to come.
"""
import contextlib, json, socket, subprocess, time

DEADLINE = 120  # seconds, for everything that is waited for


class Check:
    """Speaks and fails in the name of one check."""
    def __init__(self, name): self.name = name

    def ok(self, what): print(f"interop {self.name}: {what}", flush=True)

    def fail(self, what): raise SystemExit(f"interop {self.name}: FAILED: {what}")

    def that(self, what, holds):
        if not holds:
            self.fail(what)

    def wait_for(self, what, done):
        end = time.monotonic() + DEADLINE
        last = None
        while time.monotonic() < end:
            with contextlib.suppress(subprocess.CalledProcessError, json.JSONDecodeError):
                last = done()
                if last is True:
                    return
            time.sleep(0.1)
        self.fail(f"{what} (last: {last})")


def free_port():
    """Free for TCP and for UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]


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


class Kith(Process):
    """Listens on `port` over `main_wire`, and at any over the other wires."""
    def __init__(self, program, folder, wires, main_wire, *options):
        self.program, self.folder, self.port, self.rpc = program, folder, free_port(), free_port()
        listens = [f"/ip4/127.0.0.1/tcp/{self.port if wire == main_wire else 0}/{wire}" for wire in wires]
        super().__init__([program, "node", "--data-dir", folder, "--rpc", f"127.0.0.1:{self.rpc}",
                          *[word for wire in wires for word in ("--wire", wire)],
                          *[word for each in listens for word in ("--listen", each)], *options], f"{folder}.log")

    def ask(self, *words):
        answer = subprocess.run([self.program, "ctl", "--rpc", f"127.0.0.1:{self.rpc}", "--data-dir", self.folder,
                                 "--json", *words], check=True, capture_output=True, text=True)
        return json.loads(answer.stdout)
