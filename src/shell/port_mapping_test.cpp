// A port is mapped, kept mapped and taken back, whatever the gateway does.
#include "shell/port_mapping.hpp"

#include <future>

#include "shell/gateway_server_test.hpp"

namespace kith::shell {
namespace {

using enum Fault;

constexpr u16 port = 7513;

/// What the callback was told, in order.
class Told {
 public:
  PortMapping::Changed put() {
    return [this](const Result<Mapped>& now) { watch_.change([&] { all_.push_back(now); }); };
  }
  /// The n-th, from 0; a failure of the test if it does not come.
  Result<Mapped> at(std::size_t n) {
    EXPECT_TRUE(watch_.until([&] { return all_.size() > n; }));
    return count() > n ? all().at(n) : fail(Fault::count, "nothing was told");
  }
  std::vector<Result<Mapped>> all() {
    std::vector<Result<Mapped>> out;
    watch_.change([&] { out = all_; });
    return out;
  }
  std::size_t count() { return all().size(); }
  bool has_mapped() {
    return watch_.until([&] { return std::ranges::any_of(all_, [](const auto& each) { return each.has_value(); }); });
  }

 private:
  Watch watch_;
  std::vector<Result<Mapped>> all_;
};

/// Everything takes as long as it takes, but for what a test is about.
PortMappingConfig config_for(const GatewayServer& gateway) {
  return {.port = port,
          .gateway = gateway.url(),
          .search_within = 1h,
          .answer_within = 1h,
          .lease = 1h,
          .first_pause = 1h,
          .longest_pause = 1h,
          .stop_within = 1h};
}

Mapped mapped(bool permanent = false) { return {Ip::v4(81, 2, 69, 160), port, permanent}; }

/// Ends within the deadline, else the gateway goes away, on which it ends too.
void expect_stop(PortMapping& mapping, GatewayServer& gateway) {
  auto stopped = std::async(std::launch::async, [&] { mapping.stop(); });
  EXPECT_EQ(stopped.wait_for(deadline), std::future_status::ready);
  gateway.change_plan([](GatewayPlan& plan) { plan = {}; });
}

TEST(PortMappingTest, maps_both_protocols_tells_the_external_address_and_takes_them_back_at_the_end) {
  GatewayServer gateway;
  Told told;
  auto config = config_for(gateway);
  config.udp = true;
  config.lease = 20min;
  PortMapping mapping(config, told.put());
  EXPECT_EQ(told.at(0), mapped());
  const GatewayServer::Mapping ours{"127.0.0.1", "7513", "kith", "1200"};
  EXPECT_EQ(gateway.table(), (std::map<std::string, GatewayServer::Mapping>{{"TCP 7513", ours}, {"UDP 7513", ours}}));
  mapping.stop();
  EXPECT_TRUE(gateway.table().empty());
  EXPECT_EQ(told.count(), 1U);
}

TEST(PortMappingTest, maps_tcp_alone_unless_it_is_told_otherwise) {
  GatewayServer gateway;
  Told told;
  const PortMapping mapping(config_for(gateway), told.put());
  EXPECT_EQ(told.at(0), mapped());
  EXPECT_EQ(gateway.times_asked("AddPortMapping"), 1U);
  EXPECT_TRUE(gateway.table().contains("TCP 7513"));
}

TEST(PortMappingTest, is_renewed_before_the_lease_ends_and_told_once) {
  GatewayServer gateway;
  Told told;
  auto config = config_for(gateway);
  config.lease = 2ms;
  PortMapping mapping(config, told.put());
  EXPECT_TRUE(gateway.was_asked("AddPortMapping", 4));
  EXPECT_EQ(gateway.table().at("TCP 7513").lease, "1");
  mapping.stop();
  EXPECT_EQ(told.at(0), mapped());
  EXPECT_EQ(told.count(), 1U);
}

TEST(PortMappingTest, another_external_address_is_told) {
  GatewayServer gateway;
  Told told;
  auto config = config_for(gateway);
  config.lease = 2ms;
  const PortMapping mapping(config, told.put());
  EXPECT_EQ(told.at(0), mapped());
  gateway.change_plan([](GatewayPlan& plan) { plan.external = "81.2.69.161"; });
  EXPECT_EQ(told.at(1), (Mapped{Ip::v4(81, 2, 69, 161), port, false}));
}

TEST(PortMappingTest, a_gateway_that_knows_only_mappings_for_ever_gets_one_and_loses_it_at_the_end) {
  GatewayServer gateway({.only_permanent = true});
  Told told;
  PortMapping mapping(config_for(gateway), told.put());
  EXPECT_EQ(told.at(0), mapped(true));
  EXPECT_EQ(gateway.table().at("TCP 7513").lease, "0");
  mapping.stop();
  EXPECT_TRUE(gateway.table().empty());
}

TEST(PortMappingTest, a_port_that_another_machine_has_is_told_and_left_to_it) {
  GatewayServer gateway({.refuses = {{"AddPortMapping", 718}}});
  Told told;
  PortMapping mapping(config_for(gateway), told.put());
  const auto first = told.at(0);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().fault, refused);
  EXPECT_STREQ(first.error().what, "the gateway has given this port to another machine (718)");
  mapping.stop();
  EXPECT_EQ(gateway.times_asked("DeletePortMapping"), 0U);
}

TEST(PortMappingTest, other_refusals_are_told_by_their_names) {
  for (const auto& [code, text] : {std::pair(501, "Action Failed"),
                                   {606, "the gateway lets nobody map ports (606)"},
                                   {9999, "the gateway refuses for a reason of its own"}}) {
    const GatewayServer gateway({.refuses = {{"AddPortMapping", code}}});
    Told told;
    const PortMapping mapping(config_for(gateway), told.put());
    const auto first = told.at(0);
    ASSERT_FALSE(first);
    EXPECT_STREQ(first.error().what, text);
  }
}

TEST(PortMappingTest, a_gateway_that_does_not_answer_is_given_up_in_time) {
  for (const char* what : {"description", "GetExternalIPAddress", "AddPortMapping"}) {
    const GatewayServer gateway({.silent = {what}});
    Told told;
    auto config = config_for(gateway);
    config.answer_within = 50ms;
    const PortMapping mapping(config, told.put());
    const auto first = told.at(0);
    ASSERT_FALSE(first) << what;
    EXPECT_EQ(first.error().fault, timed_out) << what;
  }
}

TEST(PortMappingTest, an_answer_without_end_is_cut_off) {
  for (const char* what : {"description", "GetExternalIPAddress", "AddPortMapping"}) {
    for (const bool header : {true, false}) {
      GatewayServer gateway(header ? GatewayPlan{.endless_header = {what}} : GatewayPlan{.endless_body = {what}});
      Told told;
      PortMapping mapping(config_for(gateway), told.put());
      const auto first = told.at(0);
      ASSERT_FALSE(first) << what << header;
      EXPECT_EQ(first.error().fault, oversize) << what << header;
      expect_stop(mapping, gateway);
    }
  }
}

TEST(PortMappingTest, a_gateway_that_vanishes_is_told_once_and_tried_until_it_is_back) {
  GatewayServer gateway;
  Told told;
  auto config = config_for(gateway);
  config.lease = 2ms;
  config.first_pause = 1ms;
  config.longest_pause = 2ms;
  PortMapping mapping(config, told.put());
  EXPECT_EQ(told.at(0), mapped());
  gateway.vanish();
  const auto second = told.at(1);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, unreachable);
  gateway.come_back();
  EXPECT_EQ(told.at(2), mapped());
  EXPECT_TRUE(gateway.table().contains("TCP 7513"));
  mapping.stop();
  EXPECT_EQ(told.count(), 3U);
}

TEST(PortMappingTest, failures_in_a_row_are_told_once) {
  GatewayServer gateway({.refuses = {{"AddPortMapping", 728}}});
  Told told;
  auto config = config_for(gateway);
  config.first_pause = 1ms;
  config.longest_pause = 2ms;
  PortMapping mapping(config, told.put());
  EXPECT_TRUE(gateway.was_asked("AddPortMapping", 5));
  mapping.stop();
  EXPECT_EQ(told.count(), 1U);
}

TEST(PortMappingTest, pauses_double_up_to_the_longest) {
  const PortMappingConfig config{.first_pause = 30s, .longest_pause = 100s};
  const std::array<Duration, 4> pauses{30s, 60s, 100s, 100s};
  for (u32 n = 0; n < pauses.size(); ++n) EXPECT_EQ(pause_after(n + 1, config), pauses[n]);
  EXPECT_EQ(pause_after(4'000'000'000, config), 100s);
}

TEST(PortMappingTest, a_stop_ends_whatever_is_waited_for) {
  for (const char* what : {"description", "GetExternalIPAddress", "AddPortMapping"}) {
    GatewayServer gateway({.silent = {what}});
    PortMapping mapping(config_for(gateway), [](const auto&) { ADD_FAILURE() << "told after the stop"; });
    EXPECT_TRUE(gateway.was_asked(what));
    expect_stop(mapping, gateway);
  }
}

TEST(PortMappingTest, what_was_asked_for_without_an_answer_is_taken_back_too) {
  GatewayServer gateway({.silent = {"AddPortMapping"}});
  PortMapping mapping(config_for(gateway), [](const auto&) {});
  EXPECT_TRUE(gateway.was_asked("AddPortMapping"));
  mapping.stop();
  EXPECT_EQ(gateway.times_asked("DeletePortMapping"), 1U);
}

TEST(PortMappingTest, taking_back_at_the_end_is_bounded) {
  GatewayServer gateway({.silent = {"DeletePortMapping"}});
  Told told;
  auto config = config_for(gateway);
  config.udp = true;
  config.stop_within = 20ms;
  PortMapping mapping(config, told.put());
  EXPECT_EQ(told.at(0), mapped());
  expect_stop(mapping, gateway);
  EXPECT_GE(gateway.times_asked("DeletePortMapping"), 1U);
}

TEST(PortMappingTest, another_machine_is_asked_nothing_whatever_the_description_says) {
  GatewayServer gateway;
  const auto elsewhere = "http://127.0.0.2:" + std::to_string(gateway.port()) + "/control";
  for (const bool base : {true, false}) {
    gateway.change_plan([&](GatewayPlan& plan) {
      plan.description = base ? "<root><URLBase>" + elsewhere + "</URLBase></root>" : "";
      plan.control = elsewhere;
    });
    Told told;
    const PortMapping mapping(config_for(gateway), told.put());
    const auto first = told.at(0);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().fault, malformed);
    EXPECT_STREQ(first.error().what, "the gateway's description points to another machine");
  }
}

TEST(PortMappingTest, a_description_that_is_none_is_refused) {
  const std::string service = "<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1";
  for (const std::string& text :
       {std::string("x"), std::string("<a b="), std::string("<service><![CDATA["), std::string("<a:"), service,
        service + "</serviceType></service>", service + "\r\nX: y</serviceType><controlURL>/c</controlURL></service>",
        service + "</serviceType><controlURL>/c d</controlURL></service>",
        std::string("<service><serviceType>urn:other:1</serviceType><controlURL>/c</controlURL></service>")}) {
    const GatewayServer gateway({.description = text});
    Told told;
    const PortMapping mapping(config_for(gateway), told.put());
    const auto first = told.at(0);
    ASSERT_FALSE(first) << text;
    EXPECT_EQ(first.error().fault, malformed) << text;
  }
}

TEST(PortMappingTest, an_external_address_that_cannot_be_is_a_failure) {
  for (const char* external : {"", "0.0.0.0", "255.255.255.255", "::1", "home"}) {
    GatewayServer gateway({.external = external});
    Told told;
    const PortMapping mapping(config_for(gateway), told.put());
    const auto first = told.at(0);
    ASSERT_FALSE(first) << external;
    EXPECT_EQ(first.error().fault, refused) << external;
    EXPECT_TRUE(gateway.table().empty());
  }
}

TEST(PortMappingTest, a_gateway_given_by_no_url_is_a_wrong_setting) {
  for (const char* url : {"router", "http://router/d.xml", "https://192.168.1.1/d.xml", "http://192.168.1.1",
                          "http://192.168.1.1:0/d.xml", "http://192.168.1.1:99999/d.xml", "http://192.168.1.1:5x/d.xml",
                          "http://[::1]/d.xml", "http://192.168.1.1/a b", "http://192.168.1.1/a\r\nb"}) {
    Told told;
    const PortMapping mapping({.port = port, .gateway = url, .first_pause = 1h}, told.put());
    const auto first = told.at(0);
    ASSERT_FALSE(first) << url;
    EXPECT_EQ(first.error().fault, bad_config) << url;
  }
}

/// Searches at `search`, in which each try is short; the right answer may need several.
PortMappingConfig config_for(const SearchServer& search) {
  return {.port = port,
          .search_at = search.at(),
          .search_within = 50ms,
          .answer_within = 1h,
          .lease = 1h,
          .first_pause = 1ms,
          .longest_pause = 1ms,
          .stop_within = 1h};
}

TEST(PortMappingTest, a_gateway_is_found_by_search) {
  GatewayServer gateway;
  const SearchServer search({"no HTTP", SearchServer::reply(gateway.url())});
  Told told;
  const PortMapping mapping(config_for(search), told.put());
  EXPECT_TRUE(told.has_mapped());
  EXPECT_TRUE(gateway.table().contains("TCP 7513"));
}

TEST(PortMappingTest, another_gateway_is_tried_when_the_first_refuses) {
  const GatewayServer first({.refuses = {{"AddPortMapping", 606}}});
  GatewayServer second;
  const SearchServer search({SearchServer::reply(first.url()), SearchServer::reply(second.url())});
  Told told;
  const PortMapping mapping(config_for(search), told.put());
  EXPECT_TRUE(told.has_mapped());
  EXPECT_TRUE(second.table().contains("TCP 7513"));
}

TEST(PortMappingTest, replies_of_other_devices_or_about_other_machines_lead_nowhere) {
  const GatewayServer gateway;
  const auto elsewhere = "http://127.0.0.2:" + std::to_string(gateway.port()) + "/description.xml";
  const SearchServer search({SearchServer::reply(elsewhere), SearchServer::reply(gateway.url(), "upnp:rootdevice"),
                             SearchServer::reply("http://router.example/description.xml")});
  Told told;
  auto config = config_for(search);
  config.first_pause = config.longest_pause = 1h;
  const PortMapping mapping(config, told.put());
  const auto first = told.at(0);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().fault, unreachable);
  EXPECT_STREQ(first.error().what, "no gateway answers the search");
}

TEST(PortMappingTest, a_search_reads_so_many_replies_and_no_more) {
  Waits waits;
  std::vector<std::string> late(max_search_replies, "junk");
  late.push_back(SearchServer::reply("http://127.0.0.1:80/late"));
  const SearchServer junk(late);
  EXPECT_TRUE(search_gateways(waits, junk.at(), 1s).empty());
  std::vector<std::string> many;
  many.reserve(max_search_replies);
  for (std::size_t i = 0; i < max_search_replies; ++i)
    many.push_back(SearchServer::reply("http://127.0.0.1:80/" + std::to_string(i)));
  const SearchServer gateways(many);
  EXPECT_EQ(search_gateways(waits, gateways.at(), deadline).size(), max_gateways);
}

}  // namespace
}  // namespace kith::shell
