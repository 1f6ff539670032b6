#include "daedalus/capture/flow_table.hpp"

#include <algorithm>

namespace daedalus {

FlowTable::Stream& FlowTable::at(const Subscription& stream) {
  return streams_[stream.symbol_native][static_cast<size_t>(stream.channel)];
}

const FlowTable::Stream* FlowTable::find(const Subscription& stream) const {
  const auto found = streams_.find(stream.symbol_native);
  return found == streams_.end() ? nullptr : &found->second[static_cast<size_t>(stream.channel)];
}

void FlowTable::change(Stream& stream, State to) {
  if (stream.state == State::flowing) --flowing_;
  if (to == State::flowing) ++flowing_;
  stream.state = to;
}

void FlowTable::ask(const Subscription& stream, Nanoseconds now) {
  Stream& entry = at(stream);
  change(entry, State::asked);
  entry.asked = now;
}

void FlowTable::lose(const Subscription& stream) {
  change(at(stream), State::unasked);
}

void FlowTable::refuse(const Subscription& stream) {
  change(at(stream), State::refused);
}

bool FlowTable::on_data(const Subscription& stream) {
  const auto found = streams_.find(stream.symbol_native);
  if (found == streams_.end()) return false;
  Stream& entry = found->second[static_cast<size_t>(stream.channel)];
  if (entry.state == State::flowing || entry.state == State::unasked) return false;
  change(entry, State::flowing);
  entry.named.reset();
  return true;
}

bool FlowTable::refused(const Subscription& stream) const {
  const Stream* entry = find(stream);
  return entry != nullptr && entry->state == State::refused;
}

bool FlowTable::flowing(const Subscription& stream) const {
  const Stream* entry = find(stream);
  return entry != nullptr && entry->state == State::flowing;
}

std::vector<Subscription> FlowTable::take_silent(Nanoseconds now, Nanoseconds patience,
                                                 Nanoseconds repeat) {
  std::vector<Subscription> silent;
  for (auto& [symbol, channels] : streams_) {
    for (size_t i = 0; i < channels.size(); ++i) {
      Stream& entry = channels[i];
      if (entry.state != State::asked && entry.state != State::refused) continue;
      if (now - entry.asked < patience) continue;
      if (entry.named && now - *entry.named < repeat) continue;
      entry.named = now;
      silent.push_back({symbol, static_cast<Channel>(i)});
    }
  }
  std::ranges::sort(silent);
  return silent;
}

}  // namespace daedalus
