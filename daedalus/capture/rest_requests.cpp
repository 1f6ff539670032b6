#include "daedalus/capture/rest_requests.hpp"

#include <algorithm>

namespace daedalus {
namespace {

/// The part of the venue's budget that is used: others may share the address.
constexpr double kBudgetShare = 0.9;

}  // namespace

RestRequests::RestRequests(const RestOptions& options)
    : options_(options), weight_(static_cast<int>(options.weight_per_minute * kBudgetShare)) {}

void RestRequests::want_instruments(Nanoseconds now) {
  wanted_.try_emplace("", now);
}

void RestRequests::want_snapshot(const std::string& symbol_native, Nanoseconds not_before) {
  const auto [at, is_new] = wanted_.try_emplace(symbol_native, not_before);
  if (!is_new) at->second = std::min(at->second, not_before);
}

void RestRequests::repeat_snapshot(const std::string& symbol_native, Nanoseconds now,
                                   double random) {
  if (wanted_.contains(symbol_native)) return;
  Backoff& backoff = backoffs_.try_emplace(symbol_native, options_.backoff).first->second;
  wanted_[symbol_native] = now + backoff.next(Nanoseconds(0), random);
}

void RestRequests::want_resync(const std::string& symbol_native, Nanoseconds now, double random) {
  if (backoffs_.contains(symbol_native)) return repeat_snapshot(symbol_native, now, random);
  backoffs_.try_emplace(symbol_native, options_.backoff);
  want_snapshot(symbol_native, now);
}

void RestRequests::forget_snapshot(const std::string& symbol_native) {
  wanted_.erase(symbol_native);
  backoffs_.erase(symbol_native);
}

bool RestRequests::waits(const std::string& symbol_native) const {
  if (wanted_.contains(symbol_native)) return true;
  return std::ranges::any_of(in_flight_, [&](const auto& entry) {
    return !entry.second.overdue && entry.second.request.symbol_native == symbol_native;
  });
}

std::vector<RestRequest> RestRequests::take_due(Nanoseconds now) {
  std::vector<RestRequest> due;
  if (now < held_until_) return due;
  std::vector<std::pair<Nanoseconds, std::string>> ready;  // The longest waiting first.
  for (const auto& [symbol, not_before] : wanted_) {
    if (not_before <= now) ready.emplace_back(not_before, symbol);
  }
  std::ranges::sort(ready);
  size_t open = std::ranges::count_if(in_flight_, [](const auto& e) { return !e.second.overdue; });
  for (const auto& [not_before, symbol] : ready) {
    if (open >= options_.in_flight || weight_.next_allowed(options_.snapshot_weight, now) > now)
      break;
    weight_.take(options_.snapshot_weight, now);
    wanted_.erase(symbol);
    RestRequest request{.id = next_id_++, .symbol_native = symbol};
    in_flight_[request.id] = {.request = request, .deadline = now + options_.answer_within};
    due.push_back(std::move(request));
    ++open;
  }
  return due;
}

std::vector<RestRequest> RestRequests::take_overdue(Nanoseconds now, double random) {
  std::vector<RestRequest> overdue;
  for (auto& [id, entry] : in_flight_) {
    if (entry.overdue || entry.deadline > now) continue;
    entry.overdue = true;
    overdue.push_back(entry.request);
    repeat_snapshot(entry.request.symbol_native, now, random);
  }
  return overdue;
}

std::optional<RestRequest> RestRequests::on_answer(int64_t id, bool good, Nanoseconds now,
                                                   double random) {
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end()) return std::nullopt;
  const InFlight entry = std::move(found->second);
  in_flight_.erase(found);
  if (!good && !entry.overdue) repeat_snapshot(entry.request.symbol_native, now, random);
  if (good && entry.request.symbol_native.empty()) backoffs_.erase("");
  return entry.request;
}

void RestRequests::hold_until(Nanoseconds until) {
  held_until_ = std::max(held_until_, until);
}

std::optional<Nanoseconds> RestRequests::next_deadline(Nanoseconds now) {
  std::optional<Nanoseconds> next;
  const auto consider = [&](Nanoseconds at) { next = next ? std::min(*next, at) : at; };
  size_t open = 0;
  for (const auto& [id, entry] : in_flight_) {
    if (entry.overdue) continue;
    consider(entry.deadline);
    ++open;
  }
  if (wanted_.empty() || open >= options_.in_flight) return next;
  Nanoseconds earliest = wanted_.begin()->second;
  for (const auto& [symbol, not_before] : wanted_) earliest = std::min(earliest, not_before);
  earliest = std::max({earliest, held_until_, weight_.next_allowed(options_.snapshot_weight, now)});
  consider(earliest);
  return next;
}

}  // namespace daedalus
