#include "daedalus/capture/seal_settings.hpp"

namespace daedalus {

Result<SealOptions> seal_settings(const Config& config, const std::string& source,
                                  const Exchange& exchange) {
  const JournalConfig& journal = config.journal;
  SealOptions options{.root = {config.data_root},
                      .source = source,
                      .exchange = &exchange,
                      .raw_format = journal.raw_format,
                      .book_images = journal.orderbook_mode == "snapshot",
                      .max_orderbook_depth = journal.max_orderbook_depth,
                      .seal_memory_mb = journal.seal_memory_mb};
  DAEDALUS_TRY(options.journal_retention_s, parse_retention(journal.journal_retention));
  return options;
}

}  // namespace daedalus
