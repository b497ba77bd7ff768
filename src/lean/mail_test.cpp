// Letters to one node, against those who would read, forge, redirect, repeat or drown them.
#include <gtest/gtest.h>

#include "codec/address_xdr.hpp"
#include "codec/xdr.hpp"
#include "crypto/one_way.hpp"
#include "lean/talk_test.hpp"

namespace kith::lean {
namespace {

using testing::Node;
using testing::Talk;
using testing::test_network;
using testing::test_utc;

constexpr u16 find = 5;
constexpr u16 mail = 6;
constexpr u16 sealed = 1;

Contact contact_of(const Node& node, bool findable = true, Utc time = test_utc) {
  return {.id = node.id(),
          .time = time,
          .findable = findable,
          .addresses = {{Ip::v4(8, 8, 4, 4), 7513, "lean", node.id()}}};
}
Buffer signed_contact(const Node& node, bool findable = true, Utc time = test_utc) {
  return sign_contact(contact_of(node, findable, time), node.identity, test_network);
}

crypto::KeyPair ephemeral(u8 fill = 0x77) {
  crypto::Key secret;
  secret.fill(fill);
  return crypto::exchange_pair(secret);
}

Letter letter_to(const PeerId& who, u64 number = 1) {
  return {.who = who, .number = number, .protocol = "text", .bytes = Body(to_buffer(as_bytes("hello")))};
}

/// The envelope of `author` around a payload, whoever made that.
Buffer wrapped(const Node& author, Buffer payload, Utc time = test_utc) {
  Envelope out{
      .author = {}, .version = 0, .time = time, .protocol = "sealed", .type = 1, .payload = std::move(payload)};
  sign_envelope(out, author.identity, test_network);
  return encode_envelope(out);
}
Buffer offer(const Buffer& envelope) {
  Buffer out;
  codec::XdrWriter(out).string("sealed");
  append(out, envelope);
  return out;
}

/// What happened at the host since it was asked last.
struct Told {
  std::vector<Fault> blames;
  std::vector<Letter> letters;
  std::vector<core::ItemJob> jobs;
  std::vector<Message> said;
};
Told told(core::Host& host) {
  Told out;
  while (auto order = host.take()) {
    if (const auto* say = std::get_if<core::Say>(&*order)) out.said.push_back(say->message);
    if (const auto* work = std::get_if<core::Work>(&*order)) out.jobs.push_back(std::get<core::ItemJob>(work->job));
    const auto* event = std::get_if<core::Event>(&*order);
    if (!event) continue;
    if (const auto* blamed = std::get_if<core::PeerBlamed>(event)) out.blames.push_back(blamed->error.fault);
    if (const auto* came = std::get_if<core::MailCame>(event)) out.letters.push_back(came->letter);
  }
  return out;
}

/// Works off what the workers have to do.
void work(Talk& talk, const std::vector<core::ItemJob>& jobs) {
  core::Turn turn{Time{} + 2s, test_utc, talk.rng};
  for (const auto& job : jobs) talk.host.done(turn, core::run(core::Job{job}, nullptr, talk.host.kinds()));
}

TEST(AContact, reads_as_it_was_written_and_has_one_spelling) {
  const Node node(0x33);
  const auto bytes = signed_contact(node);
  EXPECT_LE(bytes.size(), max_contact);
  const auto read = decode_contact(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, node.id());
  EXPECT_TRUE(read->findable);
  EXPECT_EQ(read->addresses, contact_of(node).addresses);
  EXPECT_EQ(sign_contact(*read, node.identity, test_network), bytes);
}

TEST(AContact, counts_in_its_own_network_and_with_no_bit_changed) {
  const auto bytes = signed_contact(Node(0x33));
  EXPECT_TRUE(verify_contact(bytes, test_network));
  EXPECT_FALSE(verify_contact(bytes, Hash{1}));
  EXPECT_FALSE(verify_contact({}, test_network));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto changed = bytes;
    changed[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    EXPECT_FALSE(verify_contact(changed, test_network)) << bit;
  }
}

TEST(AContact, has_no_more_addresses_than_its_limit_and_none_with_an_id_of_its_own) {
  const Node node(0x33);
  auto many = contact_of(node);
  many.addresses.resize(max_contact_addresses + 1, many.addresses[0]);
  EXPECT_EQ(decode_contact(sign_contact(many, node.identity, test_network)).error().fault, Fault::malformed);
  Buffer other;
  codec::XdrWriter write(other);
  write.fixed(node.id().key).i64(0).boolean(true).u32(1);
  codec::write_address(write, {Ip::v4(8, 8, 4, 4), 7513, "lean", Node(0x44).id()});
  other.resize(other.size() + 64);
  EXPECT_EQ(decode_contact(other).error().fault, Fault::malformed);
}

TEST(Contacts, keep_the_latest_tell_of_none_that_does_not_agree_and_forget_what_is_old) {
  Contacts contacts;
  const Node node(0x33);
  const auto put = [&](bool findable, Utc time) {
    return contacts.put(Time{}, contact_of(node, findable, time), signed_contact(node, findable, time), std::nullopt);
  };
  EXPECT_TRUE(put(true, test_utc));
  EXPECT_FALSE(put(false, test_utc - 1s)) << "an older one changes nothing";
  EXPECT_TRUE(contacts.find(node.id(), test_utc));
  EXPECT_FALSE(contacts.find(node.id(), test_utc + contact_lasts + 1s));
  EXPECT_TRUE(put(false, test_utc + 1s));
  EXPECT_FALSE(contacts.find(node.id(), test_utc + 1s));
}

TEST(Contacts, hold_no_more_than_their_limit_and_the_one_told_longest_ago_goes) {
  Contacts contacts;
  for (u32 i = 0; i <= Contacts::most; ++i) {
    Contact contact{.id = {}, .time = test_utc, .findable = true, .addresses = {}};
    contact.id.key[0] = static_cast<u8>(i);
    contact.id.key[1] = static_cast<u8>(i >> 8);
    contacts.put(Time{} + i * 1s, contact, {}, std::nullopt);
  }
  EXPECT_EQ(contacts.size(), Contacts::most);
  EXPECT_FALSE(contacts.find(PeerId{}, test_utc));
}

TEST(Find, tells_of_a_node_that_agreed_to_it_and_of_no_other) {
  for (const bool findable : {true, false}) {
    Talk talk;
    told(talk.host);
    talk.hear({1, find, Role::letter, 1, Body(signed_contact(talk.b, findable))});
    talk.hear({3, find, Role::request, 2, Body(to_buffer(talk.b.id().key))});
    talk.hear({5, find, Role::request, 2, Body(to_buffer(Node(0x66).id().key))});
    const auto out = told(talk.host);
    EXPECT_TRUE(out.blames.empty());
    std::map<Lane, Role> roles;
    for (const auto& message : out.said) roles[message.lane] = message.role;
    EXPECT_EQ(roles[3], findable ? Role::answer : Role::refusal);
    EXPECT_EQ(roles[5], Role::refusal);
  }
}

TEST(Find, believes_no_contact_that_is_forged_or_anothers) {
  const auto blames = [](const Buffer& contact) {
    Talk talk;
    told(talk.host);
    talk.hear({1, find, Role::letter, 1, Body(contact)});
    return told(talk.host).blames;
  };
  auto forged = signed_contact(Node(0x22));
  forged.back() ^= 1;
  EXPECT_EQ(blames(forged), std::vector{Fault::bad_signature});
  EXPECT_EQ(blames(signed_contact(Node(0x33))), std::vector{Fault::bad_item});
}

/// The host asks its one neighbour where 0x33 is, and hears `answer`.
struct Asked {
  Talk talk;

  explicit Asked(const Buffer& contact) {
    core::Turn turn{Time{} + 1s, test_utc, talk.rng};
    told(talk.host);
    EXPECT_TRUE(talk.host.send(turn, Node(0x33).id(), "text", Body(Buffer(3))));
    std::optional<Lane> lane;
    const auto asked = told(talk.host);
    for (const auto& message : asked.said)
      if (message.name == find && message.role == Role::request) lane = message.lane;
    EXPECT_TRUE(lane);
    Buffer answer;
    codec::XdrWriter(answer).opaque(contact).u32(0);
    core::Turn then{Time{} + 1s, test_utc, talk.rng};
    talk.host.report(then, talk.peer, core::Arrived{{lane.value_or(0), find, Role::answer, 2, Body(answer)}});
  }
  std::vector<Fault> blames() { return told(talk.host).blames; }
  std::optional<Address> dialled() {
    while (auto order = talk.host.take())
      if (const auto* dial = std::get_if<core::Dial>(&*order)) return dial->to;
    return std::nullopt;
  }
};

TEST(Find, dials_where_the_asked_neighbour_says) {
  EXPECT_EQ(Asked(signed_contact(Node(0x33))).dialled(), contact_of(Node(0x33)).addresses[0]);
}

TEST(Find, blames_who_answers_about_another_key_or_with_a_forged_contact_or_of_one_that_hides) {
  EXPECT_EQ(Asked(signed_contact(Node(0x44))).blames(), std::vector{Fault::never_asked});
  auto forged = signed_contact(Node(0x33));
  forged.back() ^= 1;
  EXPECT_EQ(Asked(forged).blames(), std::vector{Fault::bad_signature});
  EXPECT_EQ(Asked(signed_contact(Node(0x33), false)).blames(), std::vector{Fault::bad_item});
}

TEST(Find, dials_nothing_nearer_than_who_tells_of_it) {
  const Node node(0x33);
  auto contact = contact_of(node);
  contact.addresses[0].ip = Ip::v4(127, 0, 0, 1);
  // The neighbour of these tests is far away: it knows nothing of our loopback.
  Asked asked(sign_contact(contact, node.identity, test_network));
  EXPECT_EQ(asked.dialled(), std::nullopt);
}

TEST(Find, a_flood_of_questions_is_refused_beyond_its_limit_and_nobody_is_blamed) {
  Talk talk;
  talk.hear({1, find, Role::letter, 1, Body(signed_contact(talk.b))});
  told(talk.host);
  for (Lane lane = 3; lane < 2003; lane += 2)
    talk.hear({lane, find, Role::request, 2, Body(to_buffer(talk.b.id().key))});
  const auto out = told(talk.host);
  const auto answers = std::count_if(out.said.begin(), out.said.end(), [](const Message& each) {
    return each.name == find && each.role == Role::answer;
  });
  EXPECT_EQ(answers, 64);
  EXPECT_TRUE(out.blames.empty());
}

TEST(Find, a_flood_of_contacts_costs_no_more_checks_than_its_limit_and_ends_in_a_ban) {
  Talk talk;
  told(talk.host);
  const auto contact = signed_contact(talk.b);
  for (Lane lane = 1; lane < 101; lane += 2) talk.hear({lane, find, Role::letter, 1, Body(contact)});
  const auto out = told(talk.host);
  EXPECT_EQ(out.blames, std::vector<Fault>(10, Fault::flood));
}

TEST(Mail, is_acknowledged_and_told_once_however_often_it_comes) {
  Talk talk;
  told(talk.host);
  Buffer body;
  codec::XdrWriter(body).u64(7).string("text").opaque(as_bytes("hello"));
  for (const Lane lane : {Lane{1}, Lane{3}}) talk.hear({lane, mail, Role::request, 1, Body(body)});
  const auto out = told(talk.host);
  ASSERT_EQ(out.letters.size(), 1U);
  EXPECT_EQ(out.letters[0].who, talk.b.id());
  EXPECT_EQ(as_text(out.letters[0].bytes.bytes()), "hello");
  EXPECT_EQ(std::count_if(out.said.begin(), out.said.end(),
                          [](const Message& each) { return each.name == mail && each.role == Role::answer; }),
            2);
}

TEST(Mail, is_refused_beyond_its_limit_and_too_large_a_letter_is_a_fault) {
  Talk talk;
  told(talk.host);
  for (u64 number = 0; number < 1000; ++number) {
    Buffer body;
    codec::XdrWriter(body).u64(number).string("text").opaque({});
    talk.hear({static_cast<Lane>(2 * number + 1), mail, Role::request, 1, Body(body)});
  }
  auto out = told(talk.host);
  EXPECT_EQ(out.letters.size(), 128U);
  EXPECT_TRUE(out.blames.empty());
  Buffer large;
  codec::XdrWriter(large).u64(1).string("text").opaque(Buffer(max_letter + 1));
  talk.hear({5001, mail, Role::request, 1, Body(large)});
  EXPECT_EQ(told(talk.host).blames, std::vector{Fault::malformed});
}

TEST(Mail, that_a_node_cannot_carry_is_not_begun) {
  Talk talk;
  core::Turn turn{Time{} + 1s, test_utc, talk.rng};
  EXPECT_EQ(talk.host.send(turn, talk.a.id(), "text", {}).error().fault, Fault::own_self);
  EXPECT_EQ(talk.host.send(turn, talk.b.id(), "", {}).error().fault, Fault::malformed);
  EXPECT_EQ(talk.host.send(turn, talk.b.id(), "text", Body(Buffer(max_letter + 1))).error().fault, Fault::oversize);
  EXPECT_TRUE(talk.host.send(turn, talk.b.id(), "text", Body(Buffer(max_letter))));
}

struct Sealed : ::testing::Test {
  Talk talk;
  Node author{0x33};
  std::optional<Buffer> payload = seal_letter(letter_to(talk.a.id()), {}, author.identity, test_network, ephemeral());

  Told hear(const Buffer& envelope, Lane lane = 1) {
    talk.hear({lane, 2, Role::letter, 1, Body(offer(envelope))});
    auto out = told(talk.host);
    work(talk, out.jobs);
    auto more = told(talk.host);
    out.blames.insert(out.blames.end(), more.blames.begin(), more.blames.end());
    out.letters = std::move(more.letters);
    return out;
  }
  void SetUp() override { told(talk.host); }
};

TEST_F(Sealed, is_opened_by_its_receiver_and_by_nobody_else) {
  const auto letter = open_letter(*payload, author.id(), talk.a.identity, test_network);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->who, author.id());
  EXPECT_EQ(as_text(letter->bytes.bytes()), "hello");
  for (u8 seed = 1; seed < 0x11; ++seed)
    EXPECT_FALSE(open_letter(*payload, author.id(), Node(seed).identity, test_network));
  EXPECT_FALSE(open_letter(*payload, author.id(), talk.a.identity, Hash{1})) << "another network";
}

TEST_F(Sealed, of_the_largest_letter_fits_into_its_item) {
  auto large = letter_to(talk.a.id());
  large.protocol = std::string(max_name_text, 'x');
  large.bytes = Body(Buffer(max_letter));
  const auto out = seal_letter(large, Buffer(max_contact), author.identity, test_network, ephemeral());
  ASSERT_TRUE(out);
  EXPECT_LE(out->size(), max_sealed_payload);
}

TEST_F(Sealed, comes_to_its_receiver_and_is_acknowledged_sealed_where_nobody_can_be_dialled) {
  const auto out = hear(wrapped(author, *payload));
  ASSERT_EQ(out.letters.size(), 1U);
  EXPECT_EQ(out.letters[0].who, author.id());
  EXPECT_TRUE(out.blames.empty());
}

TEST_F(Sealed, in_the_envelope_of_another_is_worth_nothing_and_nobody_is_blamed_for_passing_it_on) {
  const auto out = hear(wrapped(Node(0x44), *payload));
  EXPECT_EQ(out.jobs.size(), 1U);
  EXPECT_TRUE(out.letters.empty());
  EXPECT_TRUE(out.blames.empty());
}

TEST_F(Sealed, that_its_author_did_not_sign_inside_is_worth_nothing) {
  // Sealed by another in the author's name: the prologue can be made by anybody, the signature cannot.
  const Node forger(0x44);
  Buffer plain;
  codec::XdrWriter(plain).u32(1).u64(1).string("text").opaque({}).opaque(as_bytes("hello"));
  Buffer bound = to_buffer(as_bytes("kith-lean/1 sealed"));
  Writer(bound).zeros(2).bytes(test_network).bytes(author.id().key).bytes(talk.a.id().key);
  Buffer to_sign = bound;
  append(to_sign, plain);
  for (const Node* signer : std::array<const Node*, 2>{&forger, &author}) {
    Buffer inside = plain;
    append(inside, signer->identity.sign(to_sign));
    const auto made = crypto::seal_to(talk.a.identity.exchange_public(), ephemeral(), bound, inside);
    EXPECT_EQ(open_letter(*made, author.id(), talk.a.identity, test_network).has_value(), signer == &author);
  }
}

TEST_F(Sealed, that_is_replayed_is_told_once) {
  EXPECT_EQ(hear(wrapped(author, *payload)).letters.size(), 1U);
  EXPECT_TRUE(hear(wrapped(author, *payload), 3).letters.empty()) << "the same item";
  EXPECT_TRUE(hear(wrapped(author, *payload, test_utc - 1s), 5).letters.empty()) << "the same letter in another item";
}

TEST_F(Sealed, to_somebody_else_is_passed_on_and_told_to_no_application) {
  const auto other = seal_letter(letter_to(Node(0x55).id()), {}, author.identity, test_network, ephemeral());
  const auto out = hear(wrapped(author, *other));
  EXPECT_EQ(out.jobs.size(), 1U);
  EXPECT_TRUE(out.letters.empty());
  const ItemId id{sealed, envelope_hash(wrapped(author, *other))};
  EXPECT_TRUE(talk.host.gossip().wanted(talk.peer, id));
}

TEST_F(Sealed, over_4_kib_is_the_fault_of_who_gives_it) {
  const auto out = hear(wrapped(author, Buffer(max_sealed_payload + 1)));
  EXPECT_TRUE(out.jobs.empty());
  EXPECT_EQ(out.blames.size(), 1U);
}

TEST_F(Sealed, items_over_the_budget_of_a_group_are_not_looked_at_and_nobody_is_blamed) {
  std::size_t judged = 0;
  std::vector<Fault> blames;
  for (u32 i = 0; i < 400; ++i) {
    // A new identity each: they cost nothing.
    std::array<u8, 32> seed{};
    seed[0] = static_cast<u8>(i);
    seed[1] = static_cast<u8>(i >> 8);
    seed[2] = 9;
    const crypto::Identity flooder(seed);
    Envelope item{
        .author = {}, .version = 0, .time = test_utc, .protocol = "sealed", .type = 1, .payload = Buffer(100)};
    sign_envelope(item, flooder, test_network);
    const auto out = hear(encode_envelope(item), 2 * i + 1);
    judged += out.jobs.size();
    blames.insert(blames.end(), out.blames.begin(), out.blames.end());
  }
  EXPECT_EQ(judged, peers::BudgetConfig{}.group.burst);
  EXPECT_TRUE(blames.empty());
}

TEST_F(Sealed, items_over_the_share_of_their_author_are_not_passed_on_and_nobody_is_blamed) {
  std::size_t passed = 0;
  for (u32 i = 0; i < 60; ++i) {
    const auto envelope = wrapped(author, Buffer(100, static_cast<u8>(i)));
    EXPECT_TRUE(hear(envelope, 2 * i + 1).blames.empty());
    passed += talk.host.gossip().wanted(talk.peer, {sealed, envelope_hash(envelope)}).has_value();
  }
  EXPECT_EQ(passed, peers::BudgetConfig{}.author.burst);
}

}  // namespace
}  // namespace kith::lean
