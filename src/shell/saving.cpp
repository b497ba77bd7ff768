// Files and what is said of a disk that fails: a trouble is told once, tried again, and told when it is over.
#include <boost/asio/post.hpp>

#include "shell/file.hpp"
#include "shell/shell.hpp"

namespace kith::shell {

namespace asio = boost::asio;
using boost::system::error_code;

Result<> Shell::save(const core::Save& file) const {
  return write_atomically(config_.directory / file.file, file.bytes);
}

void Shell::submit(core::Save file) {
  workers_->submit([this, file = std::move(file)]() mutable {
    const auto result = save(file);
    asio::post(io_, [this, file = std::move(file), result]() mutable { saved(std::move(file), result); });
  });
}

void Shell::saved(core::Save file, const Result<>& result) {
  if (result) return is_well(file.file);
  in_trouble(result.error(), file.file);
  if (stopping_) return;
  // A newer content may have been submitted meanwhile; then that one's result counts.
  unsaved_.try_emplace(file.file, std::move(file));
  save_timer_.expires_after(config_.save_again);
  save_timer_.async_wait([this](const error_code& error) {
    if (error || stopping_) return;
    for (auto& [name, again] : std::exchange(unsaved_, {})) submit(std::move(again));
  });
}

void Shell::watch(const core::Done& done) {
  const auto* rulings = std::get_if<std::vector<ledger::Ruling>>(&done);
  if (!rulings) return;
  const std::string what = "the ledger";
  for (const auto& ruling : *rulings) {
    if (ruling.verdict == Verdict::accept) is_well(what);
    if (ruling.verdict == Verdict::later && ruling.error.fault == Fault::storage) in_trouble(ruling.error, what);
  }
}

void Shell::complain(const Error& error, std::string what) {
  if (on_error_) on_error_(error, std::move(what));
}

void Shell::in_trouble(const Error& error, const std::string& what) {
  if (troubles_.insert(what).second) complain(error, what);
}

void Shell::is_well(const std::string& what) {
  if (troubles_.erase(what) > 0 && on_recovered_) on_recovered_(what);
}

}  // namespace kith::shell
