// Two threads, a socket between them, one cipher context each.
#include "nodes/bare.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.hpp"
#include "figures.hpp"

namespace kith::bench {
namespace {

constexpr std::size_t tag = 16;
constexpr std::size_t sealed = bare_record + tag;

class Cipher {
 public:
  explicit Cipher(bool encrypts) : context_(EVP_CIPHER_CTX_new()) {
    const std::array<unsigned char, 32> key{1};
    check(EVP_CipherInit_ex(context_, EVP_chacha20_poly1305(), nullptr, key.data(), nullptr, encrypts) == 1,
          "a cipher");
  }
  ~Cipher() { EVP_CIPHER_CTX_free(context_); }
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  void seal(const unsigned char* plain, unsigned char* out) {
    begin();
    int size = 0;
    bool good = EVP_EncryptUpdate(context_, out, &size, plain, int{bare_record}) == 1;
    good = good && EVP_EncryptFinal_ex(context_, out + bare_record, &size) == 1;
    check(good && EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, int{tag}, out + bare_record) == 1, "sealed");
  }
  void open(unsigned char* in, unsigned char* plain) {
    begin();
    int size = 0;
    bool good = EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, int{tag}, in + bare_record) == 1;
    good = good && EVP_DecryptUpdate(context_, plain, &size, in, int{bare_record}) == 1;
    check(good && EVP_DecryptFinal_ex(context_, plain + bare_record, &size) == 1, "opened");
  }

 private:
  void begin() {
    std::array<unsigned char, 12> nonce{};
    for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] = static_cast<unsigned char>(n_ >> (8 * i));
    ++n_;
    check(EVP_CipherInit_ex(context_, nullptr, nullptr, nullptr, nonce.data(), -1) == 1, "a nonce");
  }

  EVP_CIPHER_CTX* context_;
  unsigned long long n_ = 0;
};

std::pair<int, int> connected_pair() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  bool good = bind(listener, reinterpret_cast<sockaddr*>(&at), size) == 0 && listen(listener, 1) == 0 &&
              getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) == 0;
  const int one = socket(AF_INET, SOCK_STREAM, 0);
  good = good && connect(one, reinterpret_cast<sockaddr*>(&at), size) == 0;
  const int other = accept(listener, nullptr, nullptr);
  const int on = 1;
  good = good && setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
  check(good && other >= 0, "a connection on loopback");
  close(listener);
  return {one, other};
}

void send_all(int to, std::size_t total) {
  Cipher cipher(true);
  const std::vector<unsigned char> plain(bare_record, 7);
  std::vector<unsigned char> out(bare_write / bare_record * sealed);
  for (std::size_t sent = 0; sent < total; sent += bare_write) {
    for (std::size_t i = 0; i < bare_write / bare_record; ++i) cipher.seal(plain.data(), out.data() + i * sealed);
    for (std::size_t at = 0; at < out.size();) {
      const auto count = write(to, out.data() + at, out.size() - at);
      check(count > 0, "a write");
      at += static_cast<std::size_t>(count);
    }
  }
}

void receive_all(int from, std::size_t total) {
  Cipher cipher(false);
  std::vector<unsigned char> in(sealed + bare_write);
  std::vector<unsigned char> plain(bare_record);
  std::size_t held = 0;
  for (std::size_t received = 0; received < total;) {
    const auto count = read(from, in.data() + held, bare_write);
    check(count > 0, "a read");
    held += static_cast<std::size_t>(count);
    std::size_t at = 0;
    for (; held - at >= sealed; at += sealed, received += bare_record) cipher.open(in.data() + at, plain.data());
    std::copy(in.begin() + static_cast<std::ptrdiff_t>(at), in.begin() + static_cast<std::ptrdiff_t>(held), in.begin());
    held -= at;
  }
}

}  // namespace

double bare_round(std::size_t total) {
  const auto [one, other] = connected_pair();
  const double begun = cpu_seconds();
  std::thread sender([to = one, total] { send_all(to, total); });
  receive_all(other, total);
  sender.join();
  const double used = cpu_seconds() - begun;
  close(one);
  close(other);
  return used * 1024 * 1024 * 1024 / static_cast<double>(total);
}

}  // namespace kith::bench
