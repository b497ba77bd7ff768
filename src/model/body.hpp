// Body: immutable bytes that many hold at once; the one shared pointer of kith.
#pragma once

#include <memory>

#include "base/bytes.hpp"

namespace kith {

class Body {
 public:
  Body() = default;
  explicit Body(Buffer bytes) : whole_(std::make_shared<const Buffer>(std::move(bytes))), bytes_(*whole_) {}

  Bytes bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  /// A part of this body that keeps the whole alive.
  Body part(std::size_t offset, std::size_t size) const {
    Body out = *this;
    out.bytes_ = bytes_.subspan(offset, size);
    return out;
  }
  Body from(std::size_t offset) const { return part(offset, size() - offset); }

 private:
  std::shared_ptr<const Buffer> whole_;
  Bytes bytes_;
};

}  // namespace kith
