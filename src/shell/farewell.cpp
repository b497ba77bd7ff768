// One row for each connection that ends, one timer for all.
#include "shell/farewell.hpp"

namespace kith::shell {

using boost::system::error_code;

void Farewells::add(Tcp connection, Bytes last) {
  connection.keep(last);
  while (rows_.size() >= max_farewells) rows_.erase(rows_.begin());
  const u64 number = next_number_++;
  rows_.emplace(number, Row{std::move(connection), std::chrono::steady_clock::now() + farewell_within});
  arm();
  step(number);
}

void Farewells::step(u64 number) {
  const auto at = rows_.find(number);
  if (at == rows_.end()) return;
  const auto next = advance(at->second);
  if (next == Next::over) return erase(number);
  at->second.connection.socket().async_wait(next == Next::room ? tcp::socket::wait_write : tcp::socket::wait_read,
                                            [this, number](const error_code&) { step(number); });
}

Farewells::Next Farewells::advance(Row& row) {
  if (!row.connection.flush()) return Next::over;
  if (row.connection.blocked()) return Next::room;
  if (!row.finished) row.connection.finish();
  row.finished = true;
  std::array<u8, 4096> dropped;
  while (row.dropped < most_dropped) {
    const auto count = row.connection.read(dropped);
    if (!count) return Next::over;
    if (*count == 0) return Next::bytes;
    row.dropped += *count;
  }
  return Next::over;
}

void Farewells::erase(u64 number) {
  if (rows_.erase(number) > 0 && rows_.empty() && on_empty_) on_empty_();
}

void Farewells::arm() {
  if (armed_ || rows_.empty()) return;
  armed_ = true;
  timer_.expires_at(rows_.begin()->second.deadline);
  timer_.async_wait([this](const error_code& error) {
    if (error) return;
    armed_ = false;
    const auto now = std::chrono::steady_clock::now();
    while (!rows_.empty() && rows_.begin()->second.deadline <= now) erase(rows_.begin()->first);
    arm();
  });
}

}  // namespace kith::shell
