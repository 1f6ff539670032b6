#include <algorithm>

#include "daedalus/base/check.hpp"
#include "daedalus/capture/core_inner.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

constexpr Nanoseconds kUnparsableLineEvery = std::chrono::seconds(10);

}  // namespace

std::string CaptureCore::Inner::subject(const Slot& slot) const {
  return fmt::format("connection {} of {} ({})", &slot - slots.data() + 1, slots.size(),
                     slot.planned.url);
}

bool CaptureCore::Inner::needs_rest_snapshot(const Subscription& stream) const {
  if (stream.channel != Channel::orderbook || rest_url.empty()) return false;
  const ChannelRule* rule = find_channel_rule(exchange, stream.channel);
  return rule != nullptr && rule->snapshot != SnapshotSource::in_band;
}

Slot* CaptureCore::Inner::slot_of_connection(int64_t connection) {
  for (const auto& [id, link] : links) {
    if (link.connection == connection) return &slots[link.slot];
  }
  return nullptr;
}

void CaptureCore::Inner::open_due_connections(CoreActions& actions) {
  for (size_t i = 0; i < slots.size(); ++i) {
    Slot& slot = slots[i];
    if (slot.phase != Phase::waiting || slot.at > now) continue;
    if (!connects.allowed(now)) return;
    connects.take(now);
    slot.phase = Phase::connecting;
    slot.link = next_link++;
    links[slot.link] = {.slot = i};
    actions.open_connection(slot.link, slot.planned.url);
  }
}

void CaptureCore::Inner::take(ConnectionOpened& opened, CoreActions& actions) {
  const auto link = links.find(opened.link);
  DAEDALUS_CHECK(link != links.end());
  Slot& slot = slots[link->second.slot];
  slot.phase = Phase::open;
  slot.opened = now;
  slot.at = now;
  slot.close_reason.clear();
  link->second.connection =
      journal({.type = RecordType::connect, .url = slot.planned.url}, actions);
  tell(CoreFact::Kind::connected, subject(slot) + " stands", actions);
  slot.unsent.clear();
  slot.retried = false;
  retry_streams(slot, slot.planned.streams, false);
}

void CaptureCore::Inner::retry_streams(Slot& slot, std::vector<Subscription> wanted,
                                       bool one_by_one) {
  std::vector<std::vector<Subscription>> groups;
  if (!one_by_one)
    groups.push_back(std::move(wanted));
  else
    for (Subscription& stream : wanted) groups.push_back({std::move(stream)});
  for (const auto& group : groups) {
    Result<std::vector<SubscribeFrame>> frames =
        exchange.subscribe(group, options.plan.channel_options);
    if (!frames) continue;  // plan_source has asked the same of the same streams.
    for (SubscribeFrame& frame : *frames) slot.unsent.push_back(std::move(frame));
  }
}

void CaptureCore::Inner::send_due_frames(CoreActions& actions) {
  const int per_second = std::max(1, exchange.limits.messages_per_second);
  for (Slot& slot : slots) {
    while (slot.phase == Phase::open && !slot.unsent.empty() && slot.at <= now) {
      SubscribeFrame frame = std::move(slot.unsent.front());
      slot.unsent.pop_front();
      slot.at = now + Nanoseconds(kNanosPerSecond / per_second);
      const int64_t connection = links.at(slot.link).connection;
      journal({.type = RecordType::send, .connection = connection, .payload = frame.text}, actions);
      actions.send_frame(slot.link, frame.text);
      for (const Subscription& stream : frame.subscriptions) {
        streams.ask(stream, now);
        if (needs_rest_snapshot(stream)) {
          rest.want_snapshot(stream.symbol_native, now + options.snapshot_after);
        }
      }
      if (slot.unsent.empty()) {
        tell(CoreFact::Kind::subscribed,
             fmt::format("{} has asked for {} streams", subject(slot), slot.planned.streams.size()),
             actions);
      }
    }
  }
}

void CaptureCore::Inner::take(ConnectionEnded& ended, CoreActions& actions) {
  const auto found = links.find(ended.link);
  DAEDALUS_CHECK(found != links.end());
  const Link link = found->second;
  links.erase(found);
  Slot& slot = slots[link.slot];
  const std::string why = slot.close_reason.empty() ? ended.why : slot.close_reason;
  const bool was_open = link.connection != 0;
  if (was_open) {
    journal({.type = RecordType::disconnect, .connection = link.connection, .detail = why},
            actions);
    for (const Subscription& stream : slot.planned.streams) {
      streams.lose(stream);
      if (needs_rest_snapshot(stream)) rest.forget_snapshot(stream.symbol_native);
    }
    ++statistics.reconnects;
  }
  // A resync that we asked for on a steady connection comes back at once.
  const Nanoseconds was_up = was_open ? now - slot.opened : Nanoseconds(0);
  const bool prompt = !slot.close_reason.empty() && was_up >= options.reconnect.healthy_after;
  Nanoseconds wait = slot.backoff.next(was_up, draw());
  if (prompt) wait = Nanoseconds(0);
  if (ended.retry_after_s)
    wait = std::max(wait, Nanoseconds(std::chrono::seconds(*ended.retry_after_s)));
  const Nanoseconds hold = hold_after(ended.http_status, ended.retry_after_s);
  if (hold > Nanoseconds(0)) connects.hold_until(now + hold);
  wait = std::max(wait, hold);
  slot.phase = Phase::waiting;
  slot.at = now + wait;
  slot.unsent.clear();
  slot.close_reason.clear();
  const double wait_s = static_cast<double>(wait.count()) * 1e-9;
  if (ended.http_status != 0) {
    tell(CoreFact::Kind::refused,
         fmt::format("{}: {}{}{}; trying again in {:.1f} s", subject(slot),
                     explain_refusal(exchange, ended.http_status, ended.retry_after_s),
                     why.empty() ? "" : "; it says: ", why, wait_s),
         actions);
  } else {
    tell(CoreFact::Kind::disconnected,
         fmt::format("{} {}: {}; trying again in {:.1f} s", subject(slot),
                     was_open ? "ended" : "did not come about", why, wait_s),
         actions);
  }
}

void CaptureCore::Inner::close_slot(Slot& slot, std::string why, CoreActions& actions) {
  if (slot.phase != Phase::open) return;
  slot.phase = Phase::closing;
  slot.close_reason = std::move(why);
  slot.unsent.clear();
  actions.close_connection(slot.link);
}

void CaptureCore::Inner::react(CoreActions& actions) {
  while (!reaction.empty()) {
    Reaction now_said = std::move(reaction);
    reaction.clear();
    for (const Subscription& stream : now_said.first_data) {
      if (needs_rest_snapshot(stream) && rest.waits(stream.symbol_native)) {
        rest.want_snapshot(stream.symbol_native, now);  // The buffer has its first delta: ask now.
      }
    }
    for (const auto& [symbol, gap] : now_said.gaps) tell_gap(symbol, gap, actions);
    for (const Subscription& stream : now_said.live_books) {
      if (needs_rest_snapshot(stream)) rest.forget_snapshot(stream.symbol_native);
    }
    for (const Reaction::Resync& lost : now_said.resyncs) resync(lost, actions);
    for (const auto& [connection, kind] : now_said.broken) {
      Slot* slot = slot_of_connection(connection);
      if (slot != nullptr)
        close_slot(*slot, fmt::format("resync ({})", gap_kind_name(kind)), actions);
    }
    for (const auto& [connection, message] : now_said.controls) {
      react_to_control(connection, message, actions);
    }
    statistics.unparsable += static_cast<int64_t>(now_said.unparsable.size());
    if (!now_said.unparsable.empty() && now >= next_unparsable_line) {
      next_unparsable_line = now + kUnparsableLineEvery;
      tell(CoreFact::Kind::unparsable,
           fmt::format("cannot parse a frame (kept in the journal; {} so far): {}",
                       statistics.unparsable, now_said.unparsable.front()),
           actions);
    }
  }
}

void CaptureCore::Inner::resync(const Reaction::Resync& lost, CoreActions& actions) {
  if (needs_rest_snapshot(lost.stream)) {
    if (rest.waits(lost.stream.symbol_native)) return;
    return rest.want_resync(lost.stream.symbol_native, now, draw());
  }
  Slot* slot = slot_of_connection(lost.connection);
  if (slot == nullptr) return;
  close_slot(*slot,
             fmt::format("resync of {} ({})", symbol_title(exchange, lost.stream.symbol_native),
                         gap_kind_name(lost.kind)),
             actions);
}

void CaptureCore::Inner::react_to_control(int64_t connection, const ControlMessage& message,
                                          CoreActions& actions) {
  if (message.kind == ControlMessage::Kind::notice) {
    tell(CoreFact::Kind::notice, fmt::format("{} says: {}", exchange.title, message.text), actions);
    return;
  }
  std::string names;
  for (const std::string& symbol : message.symbols) {
    names += (names.empty() ? "" : ", ") + symbol_title(exchange, symbol);
  }
  tell(CoreFact::Kind::refused,
       fmt::format("{} refuses {}: {}", exchange.title, names.empty() ? "a subscription" : names,
                   message.text),
       actions);
  Slot* slot = slot_of_connection(connection);
  if (slot == nullptr || slot->phase != Phase::open) return;
  // The venue may have dropped the whole request: what it did not name is asked for again, alone.
  std::vector<Subscription> others;
  for (const Subscription& stream : slot->planned.streams) {
    if (std::ranges::find(message.symbols, stream.symbol_native) != message.symbols.end()) {
      streams.refuse(stream);
      if (needs_rest_snapshot(stream)) rest.forget_snapshot(stream.symbol_native);
    } else if (!streams.flowing(stream) && !streams.refused(stream)) {
      others.push_back(stream);
    }
  }
  if (!slot->retried) {
    slot->retried = true;
    retry_streams(*slot, std::move(others), message.symbols.empty());
  }
}

void CaptureCore::Inner::tell_gap(const std::string& symbol, const GapRow& gap,
                                  CoreActions& actions) {
  const bool opens = gap.edge == GapEdge::open;
  statistics.gaps_open += opens ? 1 : -1;
  if (opens) ++statistics.gaps_opened;
  std::string text = fmt::format("{} {}: gap {} ({})", symbol, channel_name(gap.channel),
                                 opens ? "opened" : "closed", gap_kind_name(gap.kind));
  if (gap.expected && gap.received) {
    text += fmt::format(", expected {}, received {}", *gap.expected, *gap.received);
  }
  if (!gap.recovered_by.empty()) text += ", recovered by " + gap.recovered_by;
  tell(opens ? CoreFact::Kind::gap_opened : CoreFact::Kind::gap_closed, std::move(text), actions);
}

}  // namespace daedalus
