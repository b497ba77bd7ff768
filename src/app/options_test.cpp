// Which source of a setting wins, and what is said of one that is wrong.
#include "app/options.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "app/network_file.hpp"
#include "app/scratch_test.hpp"
#include "codec/multiaddr.hpp"

namespace kith::app {
namespace {

std::string why(const Sources& sources) {
  const auto settings = read_settings(sources);
  return settings ? "nothing is wrong" : settings.error().text;
}

TEST(Options, stand_first_in_flags_then_environment_then_file_then_defaults) {
  const Scratch scratch;
  scratch.write("own.toml", "network = 'of the file'\noutbound = 5\ninbound = 6\n");
  Sources sources{.flags = {{"data-dir", {scratch.path()}}}, .environment = {}, .file = {}};
  EXPECT_EQ(read_settings(sources)->network, "devnet");
  sources.file = scratch / "own.toml";
  EXPECT_EQ(read_settings(sources)->network, "of the file");
  sources.environment = {"KITH_NETWORK=of the environment", "KITH_OUTBOUND=7", "HOME=/nowhere"};
  EXPECT_EQ(read_settings(sources)->network, "of the environment");
  sources.flags["network"] = {"of the flag"};
  const auto settings = read_settings(sources);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->network, "of the flag");
  EXPECT_EQ(settings->outbound, 7U);
  EXPECT_EQ(settings->inbound, 6U);
  EXPECT_EQ(settings->kinds, std::vector<std::string>{"note"});
}

TEST(Options, are_read_from_the_file_in_the_data_directory_without_being_asked) {
  const Scratch scratch;
  scratch.write("kith.toml", "kinds = ['chat', 'note']\n");
  const auto settings =
      read_settings({.flags = {}, .environment = {"KITH_DATA_DIR=" + scratch.path().string()}, .file = {}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->data_dir, scratch.path());
  EXPECT_EQ(settings->kinds, (std::vector<std::string>{"chat", "note"}));
}

TEST(Options, of_an_unknown_name_are_refused_with_the_name_that_was_meant) {
  const Scratch scratch;
  scratch.write("a.toml", "\nlistn = '/ip4/127.0.0.1/tcp/1/lean'\n");
  EXPECT_EQ(why({.flags = {}, .environment = {}, .file = scratch / "a.toml"}),
            scratch / "a.toml" + " line 2: listn: there is no such key, did you mean listen?");
  EXPECT_EQ(why({.flags = {}, .environment = {"KITH_BOOTSTRAPS=x"}, .file = {}}),
            "KITH_BOOTSTRAPS: there is no such variable, did you mean KITH_BOOTSTRAP?");
  EXPECT_EQ(why({.flags = {}, .environment = {"KITH_QUUX_XYZZY=x"}, .file = {}}),
            "KITH_QUUX_XYZZY: there is no such variable");
}

TEST(Options, with_wrong_values_are_refused_naming_the_source_and_an_example) {
  const Scratch scratch;
  const auto with = [&](const std::string& name, const std::string& value) {
    return why({.flags = {{"data-dir", {scratch.path()}}, {name, {value}}}, .environment = {}, .file = {}});
  };
  EXPECT_EQ(with("chain", "bitcoin"),
            "--chain: 'bitcoin' is not what is expected: none|regtest|mainnet|testnet4|signet|simnet, such as regtest");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"listen", "127.0.0.1:7513"},
                                                        {"listen", "/ip4/127.0.0.1/tcp/7513/bitcoin"},
                                                        {"listen", "/ip4/127.0.0.1/tcp/7513/other"},
                                                        {"wire", "smoke"},
                                                        {"wire", ""},
                                                        {"wire", "bitcoin"},
                                                        {"bootstrap", "/ip4/127.0.0.1/tcp/7513/lean"},
                                                        {"bootstrap", "/ip4/127.0.0.1/tcp/8333/bitcoin"},
                                                        {"rpc", "0.0.0.0:7580"},
                                                        {"rpc", "127.0.0.1"},
                                                        {"outbound", "-1"},
                                                        {"outbound", "10001"},
                                                        {"inbound", "6 4"},
                                                        {"sign", "some"},
                                                        {"minimum-work", "0x10"},
                                                        {"log-level", "verbose"},
                                                        {"log-format", "xml"},
                                                        {"network", ""},
                                                        {"proxy", "localhost:9050"},
                                                        {"map-port", "maybe"},
                                                        {"map-port", "https://10.0.0.1/"},
                                                        {"proxy", "127.0.0.1:0"},
                                                        {"proxy", "ann@127.0.0.1:9050"},
                                                        {"proxy", ":secret@127.0.0.1:9050"},
                                                        {"external", "/ip4/198.51.100.7/tcp/0/lean"},
                                                        {"external", "/ip4/0.0.0.0/tcp/7513/lean"},
                                                        {"external", "/dns4/me.example/tcp/7513/lean"},
                                                        {"kinds", "a name that is much longer than any kind may have"}})
    EXPECT_TRUE(with(name, value).starts_with("--" + name)) << with(name, value);
}

TEST(Options, that_are_not_toml_are_refused_with_their_line) {
  const Scratch scratch;
  scratch.write("a.toml", "network = 'x'\noutbound = = 3\n");
  EXPECT_TRUE(
      why({.flags = {}, .environment = {}, .file = scratch / "a.toml"}).starts_with(scratch / "a.toml" + " line 2"));
  scratch.write("b.toml", "outbound = [3]\n");
  EXPECT_EQ(why({.flags = {}, .environment = {}, .file = scratch / "b.toml"}),
            scratch / "b.toml" + " line 1: outbound: number is expected");
}

TEST(Options, all_read_their_own_examples) {
  const Scratch scratch;
  scratch.write("network.toml", to_toml({.name = "testers", .nonce = "0011223344556677", .bootstrap = {}}));
  for (const auto& option : options()) {
    // This one names a file, which has to be there.
    const bool is_file = std::string(option.name) == "network-file";
    const auto value = is_file ? scratch / "network.toml" : std::string(option.example);
    const auto settings = read_settings({.flags = {{option.name, {value}}}, .environment = {}, .file = {}});
    EXPECT_TRUE(settings) << settings.error().text;
  }
  const auto settings = read_settings({.flags = {{"minimum-work", {"100010001"}},
                                                 {"sign", {"all"}},
                                                 {"rpc", {"[::1]:0"}},
                                                 {"listen", {"/ip4/127.0.0.1/tcp/1/lean,/ip6/::1/tcp/2/lean"}}},
                                       .environment = {},
                                       .file = {}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(to_hex(settings->minimum_work.bytes), std::string(55, '0') + "100010001");
  EXPECT_TRUE(settings->sign_all);
  EXPECT_EQ(ip_port(settings->rpc), "[::1]:0");
  EXPECT_EQ(settings->listen.size(), 2U);
}

TEST(Options, of_wires_say_where_to_listen_unless_that_is_said) {
  const Scratch scratch;
  const auto with = [&](Values flags) {
    flags["data-dir"] = {scratch.path()};
    const auto settings = read_settings({.flags = std::move(flags), .environment = {}, .file = {}});
    EXPECT_TRUE(settings) << settings.error().text;
    return *settings;
  };
  const Address lean{Ip::v4(127, 0, 0, 1), 7513, "lean", {}};
  EXPECT_EQ(with({}).listen, std::vector{lean});
  EXPECT_TRUE(with({{"listen", {""}}}).listen.empty());
  const auto both = with({{"wire", {"bitcoin,lean"}}, {"chain", {"testnet4"}}});
  EXPECT_EQ(both.wires, (std::vector<std::string>{"lean", "bitcoin"}));
  EXPECT_EQ(both.listen, (std::vector{lean, Address{Ip::v4(127, 0, 0, 1), 48333, "bitcoin", {}}}));
  const auto said = with({{"wire", {"bitcoin"}},
                          {"chain", {"simnet"}},
                          {"listen", {"/ip4/127.0.0.1/tcp/1/bitcoin"}},
                          {"bootstrap", {"/ip4/8.8.8.8/tcp/18555/bitcoin"}}});
  EXPECT_EQ(said.listen.size(), 1U);
  EXPECT_EQ(said.bootstrap.at(0).address.port, 18555);
}

TEST(Options, all_stand_in_the_table_of_the_documentation) {
  const auto table = options_table();
  for (const auto& option : options()) {
    EXPECT_NE(table.find("`" + flag_of(option) + "`"), std::string::npos) << option.name;
    EXPECT_NE(table.find("`" + variable_of(option) + "`"), std::string::npos) << option.name;
  }
}

TEST(Options, of_a_mapped_port_name_a_gateway_or_search_for_it_and_never_stand_beside_a_proxy) {
  const auto read = [](const std::string& value) {
    return read_settings({.flags = {{"map-port", {value}}}, .environment = {}, .file = {}});
  };
  EXPECT_FALSE(read_settings({})->map_port);
  EXPECT_TRUE(read("yes")->map_port && read("yes")->gateway.empty());
  EXPECT_FALSE(read("no")->map_port);
  EXPECT_EQ(read("http://10.0.0.1:5000/root.xml")->gateway, "http://10.0.0.1:5000/root.xml");
  EXPECT_EQ(why({.flags = {{"map-port", {"yes"}}, {"proxy", {"127.0.0.1:9050"}}}, .environment = {}, .file = {}}),
            "--map-port cannot be set beside --proxy");
}

TEST(Options, of_a_proxy_may_have_a_user_and_a_password_with_any_sign) {
  const auto plain = parse_proxy("[::1]:9050");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->port, 9050);
  EXPECT_FALSE(plain->login);
  const auto login = parse_proxy("ann:p@ss:word@127.0.0.1:1080");
  ASSERT_TRUE(login);
  EXPECT_EQ(login->ip, Ip::v4(127, 0, 0, 1));
  EXPECT_EQ(login->login, (shell::SocksLogin{"ann", "p@ss:word"}));
  EXPECT_FALSE(parse_proxy(std::string(256, 'a') + ":b@127.0.0.1:1080"));
}

TEST(Options, of_a_network_file_are_its_name_chain_and_bootstrap_and_stand_alone) {
  const Scratch scratch;
  const auto endpoint =
      codec::parse_endpoint(std::ranges::find(options(), std::string_view("bootstrap"), &Option::name)->example)
          .value();
  const NetworkFile network{"testers", "0011223344556677", ChainName::regtest, {endpoint}};
  scratch.write("network.toml", to_toml(network));
  Sources sources{.flags = {{"data-dir", {scratch.path()}}, {"network-file", {scratch / "network.toml"}}},
                  .environment = {},
                  .file = {}};
  const auto settings = read_settings(sources);
  ASSERT_TRUE(settings) << settings.error().text;
  EXPECT_EQ(settings->network, "testers-0011223344556677");
  EXPECT_EQ(settings->chain, ChainName::regtest);
  EXPECT_EQ(settings->bootstrap, std::vector{endpoint});
  sources.flags["chain"] = {"none"};
  EXPECT_EQ(why(sources), "chain cannot be set beside network-file, which says it");
  sources.flags.erase("chain");
  sources.environment = {"KITH_NETWORK=x"};
  EXPECT_EQ(why(sources), "network cannot be set beside network-file, which says it");
}

RC_GTEST_PROP(Options, survive_any_file, (const std::string& text)) {
  const Scratch scratch;
  scratch.write("a.toml", text);
  const auto settings = read_settings({.flags = {}, .environment = {}, .file = scratch / "a.toml"});
  RC_ASSERT(settings || !settings.error().text.empty());
}

}  // namespace
}  // namespace kith::app
