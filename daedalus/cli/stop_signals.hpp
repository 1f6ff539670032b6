#pragma once

#include <signal.h>

namespace daedalus {

/// SIGINT and SIGTERM, from now on taken with `sigtimedwait` by the thread that asks. Call it
/// before any other thread starts, which inherits it.
sigset_t block_stop_signals();

}  // namespace daedalus
