// ElligatorSwift over libsecp256k1 0.2, which lacks it: points by that library, field arithmetic by GMP. GMP takes a
// time that depends on its operands, and only ever sees what is sent in the clear; secrets go to libsecp256k1 alone.
#include "crypto/ellswift.hpp"

#include <gmpxx.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>

#include "base/check.hpp"
#include "crypto/hash.hpp"

namespace kith::crypto {
namespace {

using Number = mpz_class;

/// The field, and what XSwiftEC needs of it. Never given back, because other static objects may still use it.
struct Field {
  Number p{"0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"};
  /// (p + 1) / 4: this power of a square is its root.
  Number root_power = (p + 1) / 4;
  Number half = (p + 1) / 2;
  /// The root of -3 that is a square itself.
  Number c{"0x0a2d2ba93507f1df233770c2a797962cc61f6d15da14ecd47d8d27ae1cd5f852"};
};
const Field& field() {
  static const auto* const made = new Field;
  return *made;
}

Number mod(const Number& a) {
  Number out;
  mpz_mod(out.get_mpz_t(), a.get_mpz_t(), field().p.get_mpz_t());
  return out;
}

/// `a` is not 0 modulo p.
Number inverse(const Number& a) {
  Number out;
  check(mpz_invert(out.get_mpz_t(), a.get_mpz_t(), field().p.get_mpz_t()) != 0, "zero has no inverse");
  return out;
}

/// 0 is a square.
bool is_square(const Number& a) { return mpz_jacobi(a.get_mpz_t(), field().p.get_mpz_t()) >= 0; }

/// The root of a square that is a square itself.
Number root(const Number& a) {
  Number out;
  mpz_powm(out.get_mpz_t(), a.get_mpz_t(), field().root_power.get_mpz_t(), field().p.get_mpz_t());
  return out;
}

/// The right side of the curve's equation.
Number curve(const Number& x) { return mod(x * x * x + 7); }
bool on_curve(const Number& x) { return is_square(curve(x)); }

Number read(Bytes bytes) {
  Number out;
  mpz_import(out.get_mpz_t(), bytes.size(), 1, 1, 1, 0, bytes.data());
  return mod(out);
}

Coordinate write(const Number& a) {
  Coordinate out{};
  check(mpz_sizeinbase(a.get_mpz_t(), 2) <= 8 * out.size(), "a number of the field");
  const std::size_t size = a == 0 ? 0 : (mpz_sizeinbase(a.get_mpz_t(), 2) + 7) / 8;
  mpz_export(out.data() + out.size() - size, nullptr, 1, 1, 1, 0, a.get_mpz_t());
  return out;
}

/// Which coordinate is used, of three of which one at least is on the curve.
Number decode(Number u, Number t) {
  if (u == 0) u = 1;
  if (t == 0) t = 1;
  const Number g = curve(u);
  if (mod(g + t * t) == 0) t = mod(2 * t);
  const Number x = mod((g - t * t) * inverse(2 * t));
  const Number y = mod((x + t) * inverse(field().c * u));
  const Number third = mod(u + 4 * y * y);
  if (on_curve(third)) return third;
  const Number ratio = mod(x * inverse(y));
  const Number second = mod((-ratio - u) * field().half);
  if (on_curve(second)) return second;
  return mod((ratio - u) * field().half);
}

/// s and v of XSwiftECInv; nothing where the case has none.
struct Middle {
  Number s;
  Number v;
};
std::optional<Middle> middle_of_first(const Number& x, const Number& u) {
  if (on_curve(mod(-x - u))) return std::nullopt;
  const Number above = mod(-curve(u));
  const Number below = mod(u * u + u * x + x * x);
  // A quotient is a square where the product is.
  if (!is_square(mod(above * below))) return std::nullopt;
  return Middle{mod(above * inverse(below)), x};
}
std::optional<Middle> middle_of_second(const Number& x, const Number& u, bool other_root) {
  const Number s = mod(x - u);
  if (s == 0 || !is_square(s)) return std::nullopt;
  const Number q = mod(-s * (4 * curve(u) + 3 * u * u * s));
  if (!is_square(q) || (other_root && q == 0)) return std::nullopt;
  return Middle{s, mod((root(q) * inverse(s) - u) * field().half)};
}

std::optional<Number> invert(const Number& x, const Number& u, unsigned which) {
  const bool odd = (which & 1) != 0;
  const auto middle = (which & 2) == 0 ? middle_of_first(x, u) : middle_of_second(x, u, odd);
  if (!middle) return std::nullopt;
  const Number factor = odd ? Number(1 + field().c) : Number(1 - field().c);
  const Number t = root(middle->s) * (u * factor * field().half + middle->v);
  const bool negative = odd == ((which & 4) != 0);
  return mod(negative ? Number(-t) : t);
}

/// Has the tables that multiply the base point. Never given back, for the same reason.
const secp256k1_context* context() {
  static const auto* const made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  return made;
}

Coordinate x_of(const Secret<32>& secret) {
  secp256k1_pubkey point;
  check(secp256k1_ec_pubkey_create(context(), &point, secret.bytes.data()) == 1, "a secret in 1..n-1");
  std::array<u8, 33> packed;
  std::size_t size = packed.size();
  secp256k1_ec_pubkey_serialize(context(), packed.data(), &size, &point, SECP256K1_EC_COMPRESSED);
  return take_array<32>(Bytes(packed).subspan(1));
}

}  // namespace

EllswiftPair ellswift_create(Rng& rng) {
  EllswiftPair out;
  do rng.fill(out.secret.bytes);
  while (secp256k1_ec_seckey_verify(context(), out.secret.bytes.data()) != 1);
  out.public_key = ellswift_encode(rng, out.secret);
  return out;
}

EllswiftKey ellswift_encode(Rng& rng, const Secret<32>& secret) {
  const Number x = read(x_of(secret));
  while (true) {
    const auto bytes = rng.bytes<32>();
    const Number u = read(bytes);
    // What is not below p stands for a smaller number, which would be drawn more often then.
    if (u == 0 || write(u) != bytes) continue;
    const auto t = invert(x, u, static_cast<unsigned>(rng.below(8)));
    if (!t) continue;
    EllswiftKey out;
    std::ranges::copy(bytes, out.begin());
    std::ranges::copy(write(*t), out.begin() + 32);
    return out;
  }
}

Coordinate ellswift_decode(const EllswiftKey& key) {
  return write(decode(read(Bytes(key).first(32)), read(Bytes(key).last(32))));
}

std::optional<Coordinate> xswiftec_inv(const Coordinate& x, const Coordinate& u, unsigned which) {
  const auto t = invert(read(x), read(u), which);
  if (!t) return std::nullopt;
  return write(*t);
}

Secret<32> ellswift_x(const Secret<32>& secret, const EllswiftKey& theirs) {
  // Either point of the coordinate: they differ in sign, which the product's x does not show.
  std::array<u8, 33> packed{2};
  std::ranges::copy(ellswift_decode(theirs), packed.begin() + 1);
  secp256k1_pubkey point;
  check(secp256k1_ec_pubkey_parse(context(), &point, packed.data(), packed.size()) == 1, "decoded onto the curve");
  const auto x_alone = [](unsigned char* out, const unsigned char* x, const unsigned char*, void*) {
    std::copy_n(x, 32, out);
    return 1;
  };
  Secret<32> out;
  check(secp256k1_ecdh(context(), out.bytes.data(), &point, secret.bytes.data(), x_alone, nullptr) == 1,
        "a secret in 1..n-1");
  return out;
}

Secret<32> bip324_exchange(const Secret<32>& secret, const EllswiftKey& ours, const EllswiftKey& theirs,
                           bool initiator) {
  const Hash tag = sha256(as_bytes("bip324_ellswift_xonly_ecdh"));
  const auto shared = ellswift_x(secret, theirs);
  return Secret<32>(sha256({tag, tag, initiator ? ours : theirs, initiator ? theirs : ours, shared.bytes}));
}

}  // namespace kith::crypto
