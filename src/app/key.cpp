// Reading, making and showing key files.
#include "app/key.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <sys/random.h>

#include "app/exit.hpp"
#include "base/check.hpp"
#include "codec/multiaddr.hpp"
#include "crypto/secret.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

/// 64 digits and a line end.
constexpr std::size_t max_key_file = 66;

int show(const crypto::Identity& identity, bool json) {
  const auto id = codec::to_text(PeerId{identity.public_key()});
  const auto key = to_hex(identity.public_key());
  if (json)
    std::cout << boost::json::serialize(boost::json::object{{"id", id}, {"public_key", key}}) << "\n";
  else
    std::cout << "id          " << id << "\npublic key  " << key << "\n";
  return exit_ok;
}

int complain(const std::string& file, const Error& error) {
  std::cerr << "kith key: " << file << ": " << to_text(error.fault) << " (" << error.what << ")\n";
  return exit_failure;
}

}  // namespace

crypto::Secret<32> fresh_seed() {
  crypto::Secret<32> seed;
  const auto count = ::getrandom(seed.bytes.data(), seed.bytes.size(), 0);
  check(count == static_cast<ssize_t>(seed.bytes.size()), "no dice from the system");
  return seed;
}

Result<crypto::Identity> make_key(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return fail(Fault::storage, "there is a file of this name already");
  const auto seed = fresh_seed();
  const auto text = to_hex(seed.bytes) + "\n";
  if (const auto written = shell::write_atomically(file, as_bytes(text)); !written)
    return std::unexpected(written.error());
  return crypto::Identity(seed.bytes);
}

Result<crypto::Identity> read_key(const std::filesystem::path& file) {
  const auto bytes = shell::read_file(file, max_key_file);
  if (!bytes && bytes.error().fault == Fault::storage) return std::unexpected(bytes.error());
  auto text = bytes ? as_text(*bytes) : std::string_view{};
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto seed = from_hex(text);
  if (!seed || seed->size() != 32) return fail(Fault::bad_config, "not a key: 64 hexadecimal digits");
  return crypto::Identity(take_array<32>(*seed));
}

void add_key(CLI::App& app, std::function<int()>& run) {
  struct Wanted {
    std::string file;
    bool json = false;
  };
  auto* key = app.add_subcommand("key", "Make or show the identity of a node");
  key->require_subcommand(1);
  key->footer("Example: kith key new ./n1/key");
  const auto add = [&](const char* name, const char* help, auto what) {
    auto* command = key->add_subcommand(name, help);
    command->footer("Example: kith key " + std::string(name) + " ./n1/key");
    const auto wanted = std::make_shared<Wanted>();
    command->add_option("FILE", wanted->file, "The key file")->required();
    command->add_flag("--json", wanted->json, "Print JSON");
    command->callback([&run, wanted, what] {
      run = [wanted, what] {
        const auto identity = what(wanted->file);
        return identity ? show(*identity, wanted->json) : complain(wanted->file, identity.error());
      };
    });
  };
  add("new", "Make a new identity in FILE", make_key);
  add("show", "Show the id of the identity in FILE", read_key);
}

}  // namespace kith::app
