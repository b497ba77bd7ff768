// What the parts of a host count, in one answer.
#include "app/rpc_metrics.hpp"

namespace kith::app {

namespace json = boost::json;

Answer metrics(const RpcContext& context, const json::object&) {
  const auto& host = context.world.host();
  u64 in = 0;
  u64 out = 0;
  u64 half_open = 0;
  u64 waiting = 0;
  for (const auto& [peer, row] : host.connections().rows()) {
    if (!row.open) {
      ++half_open;
      continue;
    }
    ++(row.info.inbound ? in : out);
    waiting += row.queued;
  }
  const auto items = host.gossip().counters();
  json::object addresses;
  for (const auto& here : host.neighbours()) addresses[here.word()] = here.book().size();
  json::object answer{{"peers_in", in}, {"peers_out", out}, {"peers_half_open", half_open}};
  answer["bytes_in"] = context.world.traffic().received;
  answer["bytes_out"] = context.world.traffic().sent;
  answer["bytes_waiting"] = waiting;
  answer["items_new"] = items.fresh;
  answer["items_again"] = items.again;
  answer["items_judging"] = items.judging;
  answer["items_asked"] = items.asked;
  answer["items_kept_bytes"] = items.cached_bytes;
  answer["addresses"] = std::move(addresses);
  if (const auto* sync = host.sync()) {
    const auto progress = sync->progress();
    answer["blocks_asked"] = progress.in_flight;
    answer["blocks_judging"] = progress.judging;
    answer["blocks_judging_bytes"] = progress.body_bytes;
  }
  return answer;
}

}  // namespace kith::app
