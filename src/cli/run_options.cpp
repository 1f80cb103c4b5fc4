#include "cli/run_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <random>

#include "cli/input_words.hpp"
#include "cli/left_out.hpp"
#include "farm/quote.hpp"
#include "record/real_name.hpp"
#include "units/quantity.hpp"

namespace drover::cli {
namespace {

// Every option as it was written; the meaning is read afterwards, with messages of our own.
struct Written {
  std::vector<std::string> arg_files, grids, globs;
  std::string delimiter, colsep, header, per_task,
      replace = "{}", jobs, threads, memory, timeout, retries, retry_delay, grace, halt, directory, delay,
      seed, memory_free, record, tagstring, results, progress, job_log, crash_report;
  bool null = false, csv = false, shell = false, scratch = false, shuffle = false, pin = false,
       dry_run = false, verbose = false, group = false, keep_order = false, line_buffer = false,
       ungroup = false, resume = false, resume_failed = false, tag = false, bar = false, eta = false,
       help = false;
};

void define_inputs(CLI::App& app, Written& w) {
  app.add_option("-a,--arg-file", w.arg_files)->allow_extra_args(false);
  app.add_flag("-0,--null", w.null);
  app.add_option("-d,--delimiter", w.delimiter);
  app.add_option("-C,--colsep", w.colsep);
  app.add_flag("--csv", w.csv);
  app.add_option("--header", w.header);
  app.add_option("--grid", w.grids)->allow_extra_args(false);
  app.add_option("--glob", w.globs)->allow_extra_args(false);
  app.add_option("-n,-N,--max-args", w.per_task);
  app.add_option("-I", w.replace);
}

void define_running(CLI::App& app, Written& w) {
  app.add_flag("-c,--shell", w.shell);
  app.add_option("-j,-P,--jobs,--max-procs", w.jobs);
  app.add_option("--threads", w.threads);
  app.add_option("--mem", w.memory);
  app.add_option("--memfree", w.memory_free);
  app.add_option("--timeout", w.timeout);
  app.add_option("--retries", w.retries);
  app.add_option("--retry-delay", w.retry_delay);
  app.add_option("--grace", w.grace);
  app.add_option("--halt", w.halt);
  app.add_option("--wd", w.directory);
  app.add_flag("--scratch", w.scratch);
  app.add_option("--delay", w.delay);
  app.add_flag("--shuf", w.shuffle);
  app.add_flag("--pin", w.pin);
  app.add_option("--seed", w.seed);
  app.add_flag("--dry-run,--dryrun", w.dry_run);
  app.add_flag("-t,--verbose", w.verbose);
}

void define_output(CLI::App& app, Written& w) {
  app.add_flag("--group", w.group);
  app.add_flag("-k,--keep-order", w.keep_order);
  app.add_flag("--line-buffer,--linebuffer,--lb", w.line_buffer);
  app.add_flag("-u,--ungroup", w.ungroup);
  app.add_flag("--tag", w.tag);
  app.add_option("--tagstring", w.tagstring);
  app.add_option("--results", w.results);
  app.add_flag("--progress{auto}", w.progress);
  app.add_flag("--bar", w.bar);
  app.add_flag("--eta", w.eta);
  app.add_option("--record", w.record);
  app.add_flag("--resume", w.resume);
  app.add_flag("--resume-failed", w.resume_failed);
  app.add_option("--joblog", w.job_log);
  app.add_option("--crash-report", w.crash_report);
  app.add_flag("-h,--help", w.help);
}

std::unexpected<Error> usage(std::string message, std::string advice) {
  return failure(Errc::usage, std::move(message), std::move(advice));
}

Result<std::uint64_t> whole_number(const std::string& option, const std::string& text, std::uint64_t least,
                                   std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return usage(fmt::format("{} '{}' is no whole number from {} on", option, text, least),
                 fmt::format("write e.g. {} {}", option, std::max<std::uint64_t>(least, 4)));
  }
  return number;
}

// xargs' and parallel's ways to write one character: x, \n, \t, \0, \\, \x2c, \054.
Result<char> delimiter_of(const std::string& text) {
  if (text.size() == 1) return text[0];
  if (text.size() >= 2 && text[0] == '\\') {
    constexpr std::string_view letters = "abfnrtv0\\";
    constexpr std::string_view meanings{"\a\b\f\n\r\t\v\0\\", 9};
    const std::size_t known = letters.find(text[1]);
    if (text.size() == 2 && known != std::string_view::npos) return meanings[known];
    const bool hex = text[1] == 'x';
    unsigned value = 0;
    const char* first = text.data() + (hex ? 2 : 1);
    const auto [end, error] = std::from_chars(first, text.data() + text.size(), value, hex ? 16 : 8);
    if (error == std::errc() && end == text.data() + text.size() && value < 256)
      return static_cast<char>(value);
  }
  return usage(fmt::format("-d '{}' is not one character", text),
               "write one, e.g. -d , or -d '\\t' or -d '\\0'");
}

Result<Cores> jobs_of(const std::string& text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    return usage(fmt::format("-j {}: counted from the number of cores", text),
                 "write a number, none, quarter, half, all or a share such as 75%");
  }
  try {
    return Cores::parse(text);
  } catch (const Error& error) {
    return failure(error.code(), fmt::format("-j {}", error.message()), error.advice());
  }
}

Result<std::chrono::nanoseconds> duration_of(const std::string& option, const std::string& text) {
  Result<std::chrono::nanoseconds> time = parse_duration(text, BareNumber::is_seconds);
  if (!time)
    return failure(time.error().code(), fmt::format("{}: {}", option, time.error().message()),
                   time.error().advice());
  return time;
}

Result<void> read_inputs(const Written& w, std::vector<farm::SourceOption> given, farm::RunOptions& options) {
  using Kind = farm::SourceOption::Kind;
  farm::InputOptions& inputs = options.inputs;
  for (const std::string& file : w.arg_files) inputs.sources.push_back({Kind::file, false, {file}});
  for (const std::string& grid : w.grids) inputs.sources.push_back({Kind::grid, false, {grid}});
  if (!w.globs.empty()) inputs.sources.push_back({Kind::glob, false, w.globs});
  for (farm::SourceOption& source : given) inputs.sources.push_back(std::move(source));
  if (w.null && !w.delimiter.empty()) return usage("-0 and -d together", "use one of them");
  if (w.null) inputs.delimiter = '\0';
  if (!w.delimiter.empty()) {
    DROVER_TRY(inputs.delimiter, delimiter_of(w.delimiter));
  }
  if (!w.colsep.empty()) inputs.colsep = w.colsep;
  inputs.csv = w.csv;
  if (!w.header.empty() && w.header != ":" && w.header != "1") {
    return usage(fmt::format("--header {}", w.header), "write --header : (the first row names the columns)");
  }
  inputs.header = !w.header.empty();
  if (!w.per_task.empty()) {
    DROVER_TRY(const std::uint64_t n, whole_number("-n", w.per_task, 1, 1'000'000));
    inputs.per_task = static_cast<std::uint32_t>(n);
  }
  inputs.shuffle = w.shuffle;
  return {};
}

Result<void> read_timeout(const std::string& text, farm::RunOptions& options) {
  if (text.empty()) return {};
  if (text.back() == '%') {
    double per_cent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, per_cent);
    if (error != std::errc() || end != text.data() + text.size() - 1 || !(per_cent > 0) || per_cent > 1e9) {
      return usage(fmt::format("--timeout '{}'", text),
                   "write a share of the median run time, e.g. --timeout 300%");
    }
    options.timeout_per_cent = per_cent;
    return {};
  }
  DROVER_TRY(const std::chrono::nanoseconds time, duration_of("--timeout", text));
  if (time.count() == 0)
    return usage("--timeout 0 would end every task at once", "leave it out for no limit");
  options.timeout = time;
  return {};
}

Result<void> read_times(const Written& w, farm::RunOptions& options) {
  DROVER_CHECK(read_timeout(w.timeout, options));
  if (!w.grace.empty()) {
    DROVER_TRY(options.grace, duration_of("--grace", w.grace));
  }
  if (!w.retry_delay.empty()) {
    DROVER_TRY(options.retry_delay, duration_of("--retry-delay", w.retry_delay));
  }
  if (!w.delay.empty()) {
    DROVER_TRY(options.delay, duration_of("--delay", w.delay));
  }
  return {};
}

Result<Bytes> size_of(const std::string& option, const std::string& text) {
  Result<Bytes> size = parse_size(text);
  if (!size)
    return failure(size.error().code(), fmt::format("{}: {}", option, size.error().message()),
                   size.error().advice());
  if (size->count == 0)
    return usage(fmt::format("{} 0 means nothing", option),
                 fmt::format("leave it out, or write an amount, e.g. {} 4G", option));
  return size;
}

Result<void> read_memory(const Written& w, farm::RunOptions& options) {
  options.learn_memory = w.memory == "auto";
  if (!w.memory.empty() && !options.learn_memory) {
    DROVER_TRY(options.memory, size_of("--mem", w.memory));
  }
  if (!w.memory_free.empty()) {
    DROVER_TRY(options.memory_free, size_of("--memfree", w.memory_free));
  }
  return {};
}

bool same_file(const std::string& one, const std::string& other) {
  std::error_code unknown;
  const auto real = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, unknown), unknown);
  };
  return real(one) == real(other) || std::filesystem::equivalent(one, other, unknown);
}

Result<void> read_record(const Written& w, farm::RunOptions& options) {
  if (w.resume) options.resume = farm::Resume::unfinished;
  if (w.resume_failed) options.resume = farm::Resume::failed_too;
  if (!w.record.empty()) options.record = record::real_name(w.record);
  if (options.resume != farm::Resume::no && !options.record) {
    return usage(
        fmt::format("{} needs the record of the run", w.resume_failed ? "--resume-failed" : "--resume"),
        "add --record FILE, the one that the run was started with");
  }
  if (options.record && options.job_log && same_file(*options.record, *options.job_log))
    return usage(fmt::format("--joblog {} would overwrite the record", *options.job_log),
                 "name another file");
  return {};
}

Result<void> read_running(const Written& w, farm::RunOptions& options) {
  if (!w.jobs.empty()) {
    DROVER_TRY(options.jobs, jobs_of(w.jobs));
  }
  if (!w.threads.empty()) {
    DROVER_TRY(const std::uint64_t n, whole_number("--threads", w.threads, 1, 65'536));
    options.threads = static_cast<std::uint32_t>(n);
  }
  DROVER_CHECK(read_memory(w, options));
  if (!w.retries.empty()) {
    DROVER_TRY(const std::uint64_t n, whole_number("--retries", w.retries, 0, 1'000'000));
    options.retries = static_cast<std::uint32_t>(n);
  }
  if (!w.halt.empty()) {
    DROVER_TRY(options.halt, schedule::parse_halt(w.halt));
  }
  if (w.seed.empty()) {
    options.seed = std::random_device{}();
  } else {
    DROVER_TRY(options.seed, whole_number("--seed", w.seed, 0, std::numeric_limits<std::uint64_t>::max()));
  }
  options.inputs.seed = options.seed;
  options.seed_given = !w.seed.empty();
  if (!w.directory.empty()) options.directory = w.directory;
  options.scratch = w.scratch;
  options.pin = w.pin;
  options.dry_run = w.dry_run;
  options.verbose = w.verbose;
  return read_times(w, options);
}

Result<progress::Mode> progress_of(const Written& w) {
  if (w.progress.empty()) return w.bar ? progress::Mode::bar : progress::Mode::automatic;
  if (w.progress == "auto") return progress::Mode::automatic;
  if (w.progress == "bar") return progress::Mode::bar;
  if (w.progress == "plain") return progress::Mode::plain;
  if (w.progress == "none") return progress::Mode::none;
  return usage(fmt::format("--progress={}", w.progress), "write auto, bar, plain or none");
}

Result<void> read_output(const Written& w, farm::RunOptions& options) {
  const int ways = (w.group ? 1 : 0) + (w.line_buffer ? 1 : 0) + (w.ungroup ? 1 : 0);
  if (ways > 1) return usage("--group, --line-buffer and --ungroup exclude each other", "use one of them");
  if (w.line_buffer) options.collation = farm::Collation::line_buffer;
  if (w.ungroup) options.collation = farm::Collation::ungroup;
  options.keep_order = w.keep_order;
  if (!w.tagstring.empty()) {  // an empty one: no tag
    options.tag = w.tagstring;
  } else if (w.tag) {
    options.tag = "{}";
  }
  if (!w.results.empty()) options.results = w.results;
  if (!w.job_log.empty()) options.job_log = w.job_log;
  if (!w.crash_report.empty()) options.crash_report = w.crash_report;
  DROVER_TRY(options.progress, progress_of(w));
  if (w.ungroup && (w.keep_order || options.tag || options.results || options.crash_report)) {
    return usage(
        "with --ungroup tasks write to the terminal or file themselves: -k, --tag, --results and "
        "--crash-report cannot be done",
        "leave out --ungroup");
  }
  return {};
}

Result<void> read_command(const Written& w, std::vector<std::string> command, farm::RunOptions& options) {
  options.command = std::move(command);
  options.replace = w.replace;
  if (w.replace.empty()) return usage("-I '' is no replacement string", "write e.g. -I @@");
  if (options.command.empty()) {
    if (w.shell)
      return usage("-c needs a shell line",
                   "write it as one word, e.g. drover run -c 'gzip -c {} > {}.gz' ::: *.fits");
    options.mode = farm::Command::Mode::lines;
  } else {
    options.mode = w.shell ? farm::Command::Mode::shell : farm::Command::Mode::direct;
  }
  return {};
}

// `--results "$UNSET"` must not mean "no results". (-I and --tagstring say themselves what an empty text is to them.)
// CLI11 reads "--results= sim" as --results sim, so that form is looked for in the words themselves.
Result<void> refuse_empty_values(const CLI::App& app, std::span<const std::string> option_words) {
  for (const std::string& word : option_words) {
    if (word.starts_with("--") && word.find('=') == word.size() - 1) {
      return usage(fmt::format("{} has an empty value", word.substr(0, word.size() - 1)),
                   "give it one or leave it out");
    }
  }
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || option->get_expected_max() == 0 || name == "-I" || name == "--tagstring")
      continue;
    for (const std::string& value : option->results()) {
      if (value.empty())
        return usage(fmt::format("{} has an empty value", name), "give it one or leave it out");
    }
  }
  return {};
}

// The first `options` words are drover's own; a line that resumes gets its --resume anew.
std::string pasteable(const std::vector<std::string>& words, std::size_t options) {
  std::string line = "drover run";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i < options && (words[i] == "--resume" || words[i] == "--resume-failed")) continue;
    line += ' ';
    farm::append_quoted(words[i], line);
  }
  return line;
}

std::unexpected<Error> unknown_option(const std::string& word) {
  if (const std::optional<std::string> instead = what_instead(word)) {
    return usage(fmt::format("{} is left out on purpose", word), *instead);
  }
  return usage(fmt::format("unknown option {}", word),
               "see `drover help run`; for a command that begins with - put -- before it");
}

}  // namespace

Result<RunWords> read_run_words(const std::vector<std::string>& words) {
  CLI::App app;
  app.set_help_flag();
  app.prefix_command();
  Written written;
  define_inputs(app, written);
  define_running(app, written);
  define_output(app, written);
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() == 1) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  std::vector<std::string> reversed(words.rbegin(), words.rend());  // as CLI11 wants them
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return usage(error.what(), "see `drover help run`");
  }
  RunWords read;
  read.help = written.help;
  if (read.help) return read;
  std::vector<std::string> rest = app.remaining();
  DROVER_CHECK(refuse_empty_values(app, std::span(words).first(words.size() - rest.size())));
  const bool marked = !rest.empty() && rest[0] == "--";
  if (marked) rest.erase(rest.begin());
  if (!rest.empty() && rest[0].size() > 1 && rest[0][0] == '-' && !marked) return unknown_option(rest[0]);
  const bool sources_before = !written.arg_files.empty() || !written.grids.empty() || !written.globs.empty();
  DROVER_TRY(CommandAndInputs split, split_at_inputs(rest, sources_before));
  DROVER_CHECK(read_inputs(written, std::move(split.sources), read.options));
  DROVER_CHECK(read_running(written, read.options));
  DROVER_CHECK(read_output(written, read.options));
  DROVER_CHECK(read_record(written, read.options));
  DROVER_CHECK(read_command(written, std::move(split.command), read.options));
  read.options.line = pasteable(words, words.size() - app.remaining().size());
  return read;
}

}  // namespace drover::cli
