#include "daedalus/lake/query.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

namespace fs = std::filesystem;

bool is_program(const std::string& path) {
  std::error_code error;
  return !fs::is_directory(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> places_of_duckdb() {
  std::vector<std::string> places;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    places.push_back(program.parent_path() / "duckdb");
    places.push_back(program.parent_path().parent_path() / "lib/daedalus/duckdb");
  }
  places.push_back(DAEDALUS_SOURCE_DIR "/.venv/bin/duckdb");
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const size_t end = std::min(folders.find(':'), folders.size());
    if (end > 0) places.push_back(folders.substr(0, end) + "/duckdb");
    folders.erase(0, end + 1);
  }
  return places;
}

std::string without_semicolon(std::string sql) {
  while (!sql.empty() &&
         (sql.back() == ';' || std::isspace(static_cast<unsigned char>(sql.back())))) {
    sql.pop_back();
  }
  return sql;
}

std::vector<std::string> arguments_for(const std::string& duckdb, const QueryRequest& request,
                                       const std::string& target) {
  std::vector<std::string> arguments = {duckdb, "-no-init", "-bail", "-cmd", request.setup};
  if (request.sql.empty()) return arguments;
  std::string sql = request.sql;
  if (request.format == "csv") arguments.emplace_back("-csv");
  if (request.format == "json") arguments.emplace_back("-json");
  if (request.format == "parquet") {
    sql = fmt::format("COPY ({}) TO '{}' (FORMAT parquet, COMPRESSION zstd)",
                      without_semicolon(sql), target);
  }
  arguments.insert(arguments.end(), {"-batch", "-c", sql});
  return arguments;
}

[[noreturn]] void become(std::vector<std::string> arguments, const std::string& redirect) {
  if (!redirect.empty()) {
    const int file = ::open(redirect.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0) _exit(126);
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  _exit(127);
}

Result<int> run(const std::vector<std::string>& arguments, const std::string& redirect) {
  // Ctrl-C is for DuckDB: it ends the statement, not this program.
  const auto before = std::signal(SIGINT, SIG_IGN);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    become(arguments, redirect);
  }
  int status = 0;
  pid_t ended = -1;
  while (child > 0 && (ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, before);
  if (child < 0 || ended < 0) {
    return fail(ErrorKind::io, "cannot run {}: {}", arguments[0], std::strerror(errno));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    return fail(ErrorKind::io, "cannot run {}", arguments[0]);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

Result<void> check(const QueryRequest& request) {
  if (request.sql.empty() && (request.format != "table" || !request.output.empty())) {
    return fail(ErrorKind::config, "--format and --output need an SQL statement");
  }
  if (request.format == "parquet" && request.output.empty()) {
    return fail(ErrorKind::config, "--format parquet needs --output FILE");
  }
  if (request.output.find('\'') != std::string::npos) {
    return fail(ErrorKind::config, "--output {}: a quote in the name is not possible",
                request.output);
  }
  return {};
}

}  // namespace

Result<std::string> find_duckdb() {
  if (const char* chosen = std::getenv("DAEDALUS_DUCKDB"); chosen != nullptr && *chosen != '\0') {
    if (is_program(chosen)) return std::string(chosen);
    return fail(ErrorKind::config, "DAEDALUS_DUCKDB={}: no such program", chosen);
  }
  for (const std::string& place : places_of_duckdb()) {
    if (is_program(place)) return place;
  }
  return fail(ErrorKind::config,
              "the DuckDB command line is not there: install it (pip install duckdb-cli, or "
              "https://duckdb.org), or name it in DAEDALUS_DUCKDB");
}

Result<int> run_query(const std::string& duckdb, const QueryRequest& request) {
  DAEDALUS_OK(check(request));
  const std::string unfinished =
      request.output.empty() ? "" : request.output + std::string(kTemporarySuffix);
  const auto arguments = arguments_for(duckdb, request, unfinished);
  DAEDALUS_TRY(const int code, run(arguments, request.format == "parquet" ? "" : unfinished));
  if (request.output.empty()) return code;
  if (code == 126) return fail(ErrorKind::io, "cannot write {}", request.output);
  if (code != 0) {
    DAEDALUS_OK(remove_file(unfinished));
    return code;
  }
  DAEDALUS_OK(rename_durably(unfinished, request.output));
  return 0;
}

}  // namespace daedalus
