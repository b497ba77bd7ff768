// Two transports in memory, in turns with ChaCha20-Poly1305 of OpenSSL over the same bytes in the same pieces.
#include "load/bulk.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/check.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/transport.hpp"
#include "figures.hpp"

namespace kith::bench {
namespace {

constexpr std::size_t mebi = 1 << 20;
constexpr std::size_t total = 256 * mebi;
constexpr std::size_t per_gibi = 1024 * mebi / total;
/// What the shell sends and reads at once.
constexpr std::size_t batch = 64 * 1024;
constexpr int rounds = 5;
constexpr bitcoin::Magic magic{0xf9, 0xbe, 0xb4, 0xd9};

/// Both ends, past their handshake.
class Pair {
 public:
  Pair() { move_all(); }

  double run(std::size_t size) {
    const Body payload(Buffer(size, 7));
    const double begun = cpu_seconds();
    std::size_t came = 0;
    for (std::size_t said = 0; said < total; said += size) {
      check(from_.say(bitcoin::name::block, payload), "room");
      came += move(from_, to_);
    }
    check(came == total, "all of it");
    return (cpu_seconds() - begun) * per_gibi;
  }

 private:
  std::size_t move(bitcoin::Transport& from, bitcoin::Transport& to) {
    std::size_t came = 0;
    while (from.has_output()) {
      bytes_.clear();
      from.pull(bytes_, batch);
      to.receive(rng_, bytes_);
      while (from.take()) continue;
      while (auto event = to.take())
        if (const auto* message = std::get_if<bitcoin::NetMessage>(&*event)) came += message->payload.size();
    }
    return came;
  }
  void move_all() {
    while (from_.has_output() || to_.has_output()) {
      move(from_, to_);
      move(to_, from_);
    }
  }

  Rng rng_ = Rng::seeded(1);
  crypto::Aead aead_;
  Buffer bytes_;
  bitcoin::Transport from_ = bitcoin::Transport::dial_v2(aead_, rng_, magic);
  bitcoin::Transport to_ = bitcoin::Transport::answer(aead_, magic);
};

/// Seals and opens pieces of this size where they stand.
double bare(std::size_t size) {
  std::array<unsigned char, 32> key{1};
  std::array<unsigned char, 12> nonce{};
  std::array<unsigned char, 16> tag{};
  std::vector<unsigned char> bytes(size, 7);
  auto* const context = EVP_CIPHER_CTX_new();
  const auto pass = [&](int sealing) {
    int part = 0;
    bool good = EVP_CipherInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data(), sealing) == 1;
    if (!sealing) good = good && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag.data()) == 1;
    good = good && EVP_CipherUpdate(context, bytes.data(), &part, bytes.data(), static_cast<int>(size)) == 1;
    good = good && EVP_CipherFinal_ex(context, bytes.data() + part, &part) == 1;
    if (sealing) good = good && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1;
    check(good, "the cipher");
  };
  const double begun = cpu_seconds();
  for (std::size_t done = 0; done < total; done += size) {
    ++nonce[done / size % 8];
    pass(1);
    pass(0);
  }
  const double used = (cpu_seconds() - begun) * per_gibi;
  EVP_CIPHER_CTX_free(context);
  return used;
}

}  // namespace

void bulk() {
  for (const std::size_t size : {mebi, mebi / 16}) {
    std::vector<double> ours, alone, ratios;
    Pair pair;
    for (int round = 0; round < rounds; ++round) {
      ours.push_back(pair.run(size));
      alone.push_back(bare(size));
      ratios.push_back(ours.back() / alone.back());
    }
    say(fmt::format("{} {} {} {}", size, median(ours), median(alone), median(ratios)));
  }
}

}  // namespace kith::bench
