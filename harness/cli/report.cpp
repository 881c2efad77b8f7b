#include "plots/report/report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "harness/cli/verbs.h"
#include "harness/errors.h"
#include "results/file/store.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;

struct ReportRequest {
  std::vector<std::string> files;
  std::string out;
  std::vector<std::string> formats;  ///< empty: all

  bool asks_for(const char* format) const {
    return std::find(formats.begin(), formats.end(), format) != formats.end();
  }
};

void check_each_given_once(const std::vector<std::string>& files) {
  for (auto file = files.begin(); file != files.end(); ++file) {
    const auto same = [&](const std::string& earlier) {
      std::error_code missing;
      return earlier == *file || fs::equivalent(earlier, *file, missing);
    };
    if (std::any_of(files.begin(), file, same))
      throw InputError(fmt::format("{}: is given twice; name each result file once", *file));
  }
}

fs::path folder_of(const ReportRequest& request) {
  if (fs::exists(request.out) && !fs::is_directory(request.out))
    throw InputError(fmt::format("--out {}: is no folder; choose another name", request.out));
  if (!request.out.empty()) return request.out;
  if (request.files.size() > 1)
    throw InputError("several result files: say where the report goes with --out DIR");
  fs::path folder = request.files.front();
  // A name without extension is the file itself: no folder can stand there.
  return folder.has_extension() ? folder.replace_extension() : folder += "-report";
}

plots::Formats formats_of(const ReportRequest& request) {
  if (request.formats.empty()) return {};
  return {request.asks_for("md"), request.asks_for("csv"), request.asks_for("svg"), request.asks_for("html")};
}

int write(const ReportRequest& request) {
  check_each_given_once(request.files);
  plots::Report report;
  try {
    report = plots::write_report_files({request.files.begin(), request.files.end()}, folder_of(request),
                                       formats_of(request));
  } catch (const results::ResultError& error) {
    throw InputError(error.what());
  } catch (const fs::filesystem_error& error) {
    throw InputError(fmt::format("--out {}: {}; choose another folder", request.out, error.code().message()));
  }
  for (const std::string& warning : report.warnings) fmt::print(stderr, "threadmill: warning: {}\n", warning);
  for (const fs::path& file : report.files) fmt::print("{}\n", file.string());
  if (report.chart_problem.empty()) return kDone;
  fmt::print(stderr, "threadmill: {}\n", report.chart_problem);
  return request.asks_for("svg") ? kFailed : kDone;
}

}  // namespace

void add_report(CLI::App& app, CommandLine& line) {
  auto* verb = app.add_subcommand("report", "Write tables and charts from result files that `run` left");
  auto request = std::make_shared<ReportRequest>();
  verb->add_option("files", request->files, "Result files; several are put side by side")
      ->required()
      ->type_name("FILE.jsonl");
  verb->add_option(
          "--out", request->out,
          "Folder for report.md, trials.csv, index.html and charts/ (default: beside the file, of the same name)")
      ->type_name("DIR");
  verb->add_option(
          "--format", request->formats,
          "Only these, separated by commas: md, csv, html, svg (default: all, and without Node.js no charts)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"md", "csv", "html", "svg"}))
      ->type_name("F,...");
  verb->footer("Prints the files that it wrote. Charts need Node.js and `npm ci --prefix plots`.");
  verb->callback([&line, request] { line.exit_code = write(*request); });
}

}  // namespace threadmill::harness
