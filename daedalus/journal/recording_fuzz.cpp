// The readers of other recorders' files on any bytes.
#include "daedalus/journal/recording.hpp"

#include "daedalus/exchanges/registry.hpp"
#include "daedalus/journal/memory_file.hpp"

namespace daedalus {
namespace {

/// Any file of any format is read to its end, over its malformed lines.
void fuzz_recording(std::string_view input) {
  if (input.empty()) return;
  const auto formats = recording_formats();
  const auto& format = formats[static_cast<unsigned char>(input[0]) % formats.size()];
  const MemoryFile file(input.substr(1));
  const auto exchange = find_exchange("binance");
  DAEDALUS_CHECK(exchange.has_value());
  auto reader = open_recording(format.name, file.path(), {.exchange = *exchange});
  if (!reader) {
    DAEDALUS_CHECK(reader.error().kind == ErrorKind::config);
    return;
  }
  while (true) {
    const auto record = (*reader)->next();
    if (record && *record == nullptr) return;
    DAEDALUS_CHECK(record.has_value() || record.error().kind == ErrorKind::malformed);
  }
}

}  // namespace
}  // namespace daedalus

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  daedalus::fuzz_recording({reinterpret_cast<const char*>(data), size});
  return 0;
}
