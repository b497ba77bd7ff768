// Questions to the node's pool and miner.
#include "app/rpc_pool.hpp"

#include <boost/json/array.hpp>

#include "app/rpc_params.hpp"
#include "app/transactions.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::app {
namespace {

namespace json = boost::json;

/// Most ids that one answer shows.
constexpr std::size_t max_ids = 1000;
/// How long an answer about blocks in the making waits.
constexpr auto mining_wait = std::chrono::milliseconds(200);
/// Whom mined blocks pay if nobody is named: everybody (OP_TRUE).
constexpr u8 everybody = 0x51;

RpcError no_pool() {
  return {rpc_error::no_pool,
          "this node keeps no transactions: it needs --chain, --mempool above 0, no --anchor, and a "
          "build with libbitcoinkernel"};
}

/// SHA-256 of all ids in their order: pools that hold the same have the same.
std::string digest_of(const std::vector<Hash>& ids) {
  Buffer all;
  for (const auto& id : ids) append(all, id);
  return to_hex(crypto::sha256(all));
}

}  // namespace

Answer tx_send(const RpcContext& context, const json::object& params) {
  auto* pool = context.node.pool();
  if (!pool) return no_pool();
  const auto bytes = from_hex(text_param(params, "hex"));
  if (!bytes) return bad_params("hex: hexadecimal digits are expected");
  const auto examined = examine_transaction(*bytes, context.turn.utc);
  if (!examined) return refused(examined.error());
  if (const auto taken = pool->take(*bytes); !taken) return refused(taken.error());
  if (const auto done = context.node.publish(transactions_kind, *bytes); !done) return refused(done.error());
  Reader in(*bytes);
  return json::value(to_display(ledger::bitcoin::read_tx(in).id));
}

Answer tx_get(const RpcContext& context, const json::object& params) {
  auto* pool = context.node.pool();
  if (!pool) return no_pool();
  const auto id = from_display(text_param(params, "id"));
  if (!id) return bad_params("id: 64 hexadecimal digits are expected");
  const auto tx = pool->find(*id);
  if (!tx) return RpcError{rpc_error::not_found, "no transaction of this id waits for a block"};
  return json::value(to_hex(tx->bytes()));
}

Answer mempool(const RpcContext& context, const json::object& params) {
  auto* pool = context.node.pool();
  if (!pool) return no_pool();
  const auto most = number_param(params, "show", 0);
  if (most > max_ids) return bad_params("show: at most " + std::to_string(max_ids));
  const auto figures = pool->figures();
  json::object out{{"transactions", figures.ids.size()}, {"bytes", figures.bytes}, {"orphans", figures.orphans}};
  out["least_fee_rate"] = figures.floor;
  out["height"] = figures.height;
  out["tip"] = to_display(figures.tip);
  out["digest"] = digest_of(figures.ids);
  if (most == 0) return out;
  json::array ids;
  for (std::size_t i = 0; i < std::min<std::size_t>(most, figures.ids.size()); ++i)
    ids.emplace_back(to_display(figures.ids[i]));
  out["ids"] = std::move(ids);
  return out;
}

Answer coins(const RpcContext& context, const json::object&) {
  auto* pool = context.node.pool();
  if (!pool) return no_pool();
  const auto figures = pool->figures();
  const auto [digest, number] = pool->coins();
  return json::object{
      {"height", figures.height}, {"tip", to_display(figures.tip)}, {"coins", number}, {"digest", to_display(digest)}};
}

Answer mine(const RpcContext& context, const json::object& params) {
  auto* mining = context.node.mining();
  if (!mining) return no_pool();
  auto script = params.contains("script") ? from_hex(text_param(params, "script")) : Buffer{everybody};
  if (!script) return bad_params("script: hexadecimal digits are expected");
  const auto job = mining->begin(number_param(params, "blocks", 1), std::move(*script));
  if (!job) return refused(job.error());
  return json::object{{"job", *job}};
}

Answer mining(const RpcContext& context, const json::object& params) {
  auto* mining = context.node.mining();
  if (!mining) return no_pool();
  const auto job = number_param(params, "job", 0);
  const auto state = mining->state(job);
  if (!state) return RpcError{rpc_error::not_found, "no request of this number was made lately"};
  if (!state->failed.empty()) return RpcError{rpc_error::refused, state->failed};
  if (!state->ended()) return AskAgain{mining_wait, json::object{{"job", job}, {"event", "under way"}}};
  return json::object{{"blocks", state->found.size()}, {"tip", to_display(state->found.back())}};
}

}  // namespace kith::app
