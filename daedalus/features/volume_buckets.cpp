#include "daedalus/features/volume_buckets.hpp"

#include <algorithm>

namespace daedalus {

void VolumeBuckets::fill(Wide amount, Side side, Wide volume) {
  Wide& own = side == Side::buy ? buys_ : sells_;
  if (pending() == 0) volume_ = volume;
  const Wide space = volume_ - pending();
  if (amount < space) {
    own += amount;
    return;
  }
  own += space;
  const Wide excess = buys_ > sells_ ? buys_ - sells_ : sells_ - buys_;
  push({ratio(excess, volume_), 1});
  const Wide rest = amount - space;
  const Wide whole = rest / volume;
  if (whole > 0) push({1, static_cast<int64_t>(std::min<Wide>(whole, window_))});
  buys_ = sells_ = 0;
  own = rest % volume;
  volume_ = volume;
}

void VolumeBuckets::push(const Run& run) {
  runs_.push_back(run);
  full_ += run.count;
  sum_.add_product(run.value, static_cast<double>(run.count));
  while (full_ > window_) {
    Run& oldest = runs_[runs_.first()];
    const int64_t count = std::min(oldest.count, full_ - window_);
    sum_.subtract_product(oldest.value, static_cast<double>(count));
    full_ -= count;
    oldest.count -= count;
    if (oldest.count == 0) runs_.pop_front();
  }
  mean_ = sum_.value() / static_cast<double>(full_);
}

void VolumeBuckets::clear() {
  buys_ = sells_ = 0;
  runs_.clear();
  full_ = 0;
  sum_ = {};
  mean_ = kNull;
}

void VolumeBuckets::save(StateWriter& out) const {
  save_wide(out, volume_);
  save_wide(out, buys_);
  save_wide(out, sells_);
  out.integer(runs_.size());
  for (int64_t i = runs_.first(); i < runs_.end(); ++i) {
    out.real(runs_[i].value);
    out.integer(runs_[i].count);
  }
}

void VolumeBuckets::load(StateReader& in) {
  clear();
  volume_ = load_wide(in);
  buys_ = load_wide(in);
  sells_ = load_wide(in);
  for (size_t left = in.count(); left > 0; --left) {
    const double value = in.real();
    push({value, std::clamp<int64_t>(in.integer(), 1, window_)});
  }
}

}  // namespace daedalus
