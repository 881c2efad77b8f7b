#include "plots/report/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "harness/cli/option_values.h"
#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "harness/terminal.h"
#include "plots/history/history_report.h"
#include "plots/history/history_text.h"
#include "plots/report/terminal.h"
#include "plots/text/text.h"
#include "results/file/store.h"
#include "results/history/history.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;

struct ReportRequest {
  std::vector<std::string> files;
  std::string out;
  std::vector<std::string> formats;  ///< empty: the usual ones
  bool colours = true;
};

/// Whether a folder was given, whose files make a history.
bool is_history(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!fs::is_directory(file)) continue;
    if (files.size() == 1) return true;
    throw InputError(fmt::format("{}: is a folder, whose files make a history; give it alone", file));
  }
  return false;
}

fs::path folder_of(const ReportRequest& request) {
  if (fs::exists(request.out) && !fs::is_directory(request.out))
    throw InputError(fmt::format("--out {}: is no folder; choose another name", request.out));
  if (!request.out.empty()) return request.out;
  if (request.files.size() > 1)
    throw InputError("several result files: say where the report goes with --out DIR");
  fs::path folder = request.files.front();
  if (fs::is_directory(folder)) return folder / "history";
  // A name without extension is the file itself: no folder can stand there.
  return folder.has_extension() ? folder.replace_extension() : folder += "-report";
}

/// Those that were asked for; a report and a history have the same.
plots::Formats formats_of(const ReportRequest& request) {
  plots::Formats formats;
  if (request.formats.empty()) return formats;
  for (const auto& format : plots::report_formats()) {
    formats.*format.wanted =
        std::find(request.formats.begin(), request.formats.end(), format.name) != request.formats.end();
  }
  return formats;
}

void warn(const std::string& what) {
  fmt::print(stderr, "threadmill: warning: {}\n", plots::plain(what, 1000));
}

/// What both kinds of report end with. A chart that cannot be drawn is a failure only where charts were asked
/// for.
int tell_files(const std::vector<fs::path>& files, const std::string& chart_problem,
               const ReportRequest& request) {
  for (const fs::path& file : files) fmt::print("{}\n", file.string());
  if (chart_problem.empty()) return kDone;
  fmt::print(stderr, "threadmill: {}\n", chart_problem);
  return request.formats.empty() ? kDone : kFailed;
}

int write_comparison(const ReportRequest& request) {
  const fs::path folder = folder_of(request);
  const auto content = plots::read_report_content({request.files.begin(), request.files.end()});
  const plots::Report report = plots::write_formats(content, folder, formats_of(request));
  for (const std::string& warning : report.warnings) warn(warning);
  fmt::print("{}\n", plots::terminal_text(content.comparison, look_of_stdout(request.colours)));
  return tell_files(report.files, report.chart_problem, request);
}

/// The result files in a folder by name; not those in folders below.
std::vector<fs::path> result_files_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    std::error_code gone;
    if (entry->path().extension() == ".jsonl" && entry->is_regular_file(gone)) files.push_back(entry->path());
  }
  if (error)
    throw InputError(fmt::format("{}: cannot be read: {}; give a folder of .jsonl files that you may read",
                                 folder.string(), error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

struct GatheredHistory {
  results::History history;
  std::vector<std::string> skipped;  ///< a sentence for each file that cannot be read
};

GatheredHistory gather_history(const fs::path& folder) {
  results::HistoryBuilder builder;
  GatheredHistory gathered;
  for (const fs::path& file : result_files_in(folder)) {
    try {
      const auto original = builder.add(results::read_result_file(file));
      if (!original.empty())
        gathered.skipped.push_back(fmt::format("{}: is a copy of {}", file.filename().string(), original));
    } catch (const results::ResultError& error) {
      gathered.skipped.emplace_back(error.what());
    }
  }
  gathered.history = builder.build();
  if (gathered.history.runs.empty()) {
    const std::string first = gathered.skipped.empty() ? "" : " (" + gathered.skipped.front() + ")";
    throw InputError(
        fmt::format("{}: no result file in it{}; give a .jsonl file that `threadmill run` wrote, or a "
                    "folder of them",
                    folder.string(), first));
  }
  return gathered;
}

int write_history_of_folder(const ReportRequest& request) {
  const fs::path folder = folder_of(request);
  const GatheredHistory gathered = gather_history(request.files.front());
  for (const std::string& file : gathered.skipped) warn("left out: " + file);
  const auto report = plots::write_history(gathered.history, gathered.skipped, folder, formats_of(request));
  fmt::print("{}\n", plots::history_text(gathered.history, look_of_stdout(request.colours)));
  return tell_files(report.files, report.chart_problem, request);
}

int write(const ReportRequest& request) {
  try {
    if (is_history(request.files)) return write_history_of_folder(request);
    check_each_given_once(request.files);
    return write_comparison(request);
  } catch (const results::ResultError& error) {
    throw InputError(error.what());
  } catch (const fs::filesystem_error& error) {
    const std::string where = request.out.empty() ? folder_of(request).string() : "--out " + request.out;
    throw InputError(fmt::format("{}: {}; choose another folder with --out", where, error.code().message()));
  }
}

/// "md (report.md), csv (trials.csv), ...".
std::string formats_in_words(const std::vector<plots::FormatName>& formats) {
  std::vector<std::string> words;
  for (const auto& format : formats) words.push_back(fmt::format("{} ({})", format.name, format.files));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string usual_formats() {
  std::vector<std::string_view> usual;
  for (const auto& format : plots::report_formats()) {
    if (plots::Formats{}.*format.wanted) usual.push_back(format.name);
  }
  return fmt::format("{}", fmt::join(usual, ", "));
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& format : plots::report_formats()) names.emplace_back(format.name);
  return names;
}

}  // namespace

void add_report(CLI::App& app, CommandLine& line) {
  auto* verb =
      app.add_subcommand("report", "Show tables and write reports from result files that `run` left");
  auto request = std::make_shared<ReportRequest>();
  verb->add_option(
          "files", request->files,
          "Result files; several are put side by side. Or one folder: how each figure went over the runs "
          "in it, and where it changed")
      ->required()
      ->type_name("DIR|FILE.jsonl");
  verb->add_option(
          "--out", request->out,
          "Folder to write to (default: beside the file, of the same name; of a folder: DIR/history)")
      ->type_name("DIR");
  verb->add_option(
          "--format", request->formats,
          fmt::format("Only these, separated by commas: {} (default: {}, and without Node.js no charts). "
                      "Of a folder: {}",
                      formats_in_words(plots::report_formats()), usual_formats(),
                      formats_in_words(plots::history_formats())))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(format_names()))
      ->type_name("F,...");
  add_no_color(*verb, request->colours);
  verb->footer(
      "Prints the tables, as wide as the terminal (else $COLUMNS, else 110), and the files that it wrote.\n"
      "Charts need Node.js and `npm ci --prefix plots`; PNG needs rsvg-convert, too. LaTeX is for \\input "
      "and "
      "needs the\npackage booktabs; JSON is described by report-v1 and history-v1 in results/schema/.");
  verb->callback([&line, request] { line.exit_code = write(*request); });
}

}  // namespace threadmill::harness
