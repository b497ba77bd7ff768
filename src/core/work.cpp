// The one place where jobs are done.
#include "core/work.hpp"

#include "base/check.hpp"

namespace kith::core {

Done run(const Job& job, ledger::Judge* judge, std::span<const Kind> kinds) {
  if (const auto* item = std::get_if<ItemJob>(&job)) {
    const auto& kind = kinds[item->item.id.kind];
    const auto& prove = item->known_author && kind.judge_known ? kind.judge_known : kind.judge;
    ItemRuling out{item->number, prove(item->item.body.bytes())};
    if (kind.needs && out.verdict == Verdict::ignore) out.needs = kind.needs(item->item.body.bytes());
    if (kind.open && out.verdict == Verdict::accept) out.letter = kind.open(item->item.body.bytes());
    return out;
  }
  check(judge != nullptr, "a block without a ledger");
  if (const auto* block = std::get_if<ledger::BlockJob>(&job)) return judge->judge(*block);
  const auto& read = std::get<ReadJob>(job);
  return BlockRead{read, judge->block(read.id)};
}

}  // namespace kith::core
