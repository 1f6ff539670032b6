#include "daedalus/journal/segment_reader_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  daedalus::fuzz_journal({reinterpret_cast<const char*>(data), size});
  return 0;
}
