#pragma once

#include "daedalus/features/book_image.hpp"

namespace daedalus {

/// (centre of gravity - m) / m in bps, the centre being the size-weighted mean price of both sides
/// over L levels; null without a mid.
double center_of_gravity_bps(const BookImage& book);

}  // namespace daedalus
