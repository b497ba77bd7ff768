// The parts of `bench lean`, one function each; they append their figures.
#pragma once

#include "figures.hpp"

namespace kith::bench {

using Figures = std::vector<Figure>;

/// CPU of one connection beside a bare loop.
void bulk(Figures& out);
/// Handshakes beside what the curve alone allows.
void handshakes(Figures& out);
/// Memory of idle connections.
void idle(Figures& out);
/// Signed items among twenty nodes: small ones for their CPU and bytes, large ones for their time.
void gossip(Figures& out);

}  // namespace kith::bench
