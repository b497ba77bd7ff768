// Chat: what one types, all of the network read. `chat` begins a network, `chat MULTIADDR` joins it; Ctrl-D leaves.
#include <iostream>
#include <thread>

#include "app/node.hpp"
#include "codec/multiaddr.hpp"
#include "lean/envelope.hpp"

using namespace kith;

constexpr u32 longest_line = 4096;

int main(int count, char** arguments) {
  app::NodeConfig config;
  config.network = "chat";
  config.listen = {*codec::parse_address("/ip4/127.0.0.1/tcp/0/lean")};
  // Whatever carries its author's signature is passed on; an application may judge the words as well.
  config.kinds = {lean::authored("line", longest_line, Priority::item, app::network_id("chat"),
                                 [](const lean::Envelope&) { return Verdict::accept; })};
  if (count > 1) {
    const auto friend_at = codec::parse_endpoint(arguments[1]);
    if (!friend_at) return std::cerr << "this is no multiaddr: " << friend_at.error().what << "\n", 2;
    config.bootstrap = {*friend_at};
  }
  auto opened = app::Node::open(std::move(config));
  if (!opened) return std::cerr << opened.error().why << "\n", 1;
  auto& node = **opened;
  std::cout << "join me: chat " << codec::to_text(node.addresses().front()) << '\n' << std::flush;

  node.on_event([&](const core::Event& event) {
    const auto* item = std::get_if<core::ItemAccepted>(&event);
    const auto line = item ? lean::decode_envelope(item->item.body.bytes(), longest_line) : fail(Fault::malformed);
    if (!line || line->author == node.id()) return;
    const auto name = codec::to_text(line->author);
    std::cout << name.substr(name.size() - 6) << ": " << as_text(line->payload) << '\n' << std::flush;
  });
  std::thread network([&] { node.run(); });
  for (std::string line; std::getline(std::cin, line);)
    if (const auto said = node.publish("line", as_bytes(line)); !said) std::cerr << said.error().what << "\n";
  node.stop();
  network.join();
}
