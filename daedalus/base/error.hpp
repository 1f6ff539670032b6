#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace daedalus {

/// What the caller does about a failure.
enum class ErrorKind {
  malformed,    ///< Input is not what it should be: count it, keep it, go on.
  unavailable,  ///< Somebody else is not there now: retry.
  io,           ///< This machine failed: stop this stage, keep what is on disk.
  config,       ///< The user asked for something impossible: tell them, exit 2.
};

/// A failure with a message for people: static text first, values last, naming the thing.
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;
};

using Failure = tl::unexpected<Error>;

/// A value or an Error. Ignoring one is a compile error.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// `return fail(ErrorKind::io, "cannot open {}: {}", path, reason);`
template <class... Args>
Failure fail(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
  return Failure(Error{kind, fmt::format(text, std::forward<Args>(args)...)});
}

/// The same failure with the place it happened in written before its message: "<context>:
/// <message>".
template <class... Args>
Failure with_context(Error error, fmt::format_string<Args...> text, Args&&... args) {
  error.message = fmt::format(text, std::forward<Args>(args)...) + ": " + error.message;
  return Failure(std::move(error));
}

}  // namespace daedalus

#define DAEDALUS_CONCAT_INNER(a, b) a##b
#define DAEDALUS_CONCAT(a, b) DAEDALUS_CONCAT_INNER(a, b)
#define DAEDALUS_TRY_INNER(result, declaration, expression)           \
  auto result = (expression);                                         \
  if (!result) return ::daedalus::Failure(std::move(result).error()); \
  declaration = *std::move(result)

/// `DAEDALUS_TRY(auto file, File::open(path));` declares `file`, or returns the error.
#define DAEDALUS_TRY(declaration, expression) \
  DAEDALUS_TRY_INNER(DAEDALUS_CONCAT(result_, __LINE__), declaration, expression)

/// `DAEDALUS_OK(file.flush());` goes on, or returns the error.
#define DAEDALUS_OK(expression)                                 \
  do {                                                          \
    if (auto result_ok = (expression); !result_ok) {            \
      return ::daedalus::Failure(std::move(result_ok).error()); \
    }                                                           \
  } while (false)
