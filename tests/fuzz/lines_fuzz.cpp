// The lines of a file, and of a pipe that gives its bytes piece by piece, make up the bytes they came from.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "farm/line_reader.hpp"
#include "units/assert.hpp"

namespace {

using drover::farm::InputFile;
using drover::farm::LineReader;
using drover::farm::Pull;

constexpr std::size_t most = 60'000;  // what a pipe takes without a reader

// Appends what can be read now, each line with its delimiter.
Pull drain(LineReader& reader, char delimiter, std::string& text) {
  std::string_view line;
  while (true) {
    const auto pulled = reader.next(line);
    DROVER_ASSERT(pulled.has_value());
    if (*pulled != Pull::task) return *pulled;
    DROVER_ASSERT(line.find(delimiter) == std::string_view::npos, line.size());
    text += line;
    text += delimiter;
  }
}

// The last line may have come without its delimiter.
std::string with_last_delimiter(std::string_view bytes, char delimiter) {
  std::string text(bytes);
  if (!text.empty() && text.back() != delimiter) text += delimiter;
  return text;
}

void check_file(std::string_view bytes, char delimiter) {
  InputFile file;
  file.name = "memory";
  file.owned = drover::machine::UniqueFd(::memfd_create("lines", MFD_CLOEXEC));
  file.fd = file.owned.get();
  file.regular = true;
  DROVER_ASSERT(::write(file.fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
                bytes.size());
  LineReader reader(file, delimiter);
  std::string text;
  DROVER_ASSERT(drain(reader, delimiter, text) == Pull::end);
  DROVER_ASSERT(text == with_last_delimiter(bytes, delimiter), bytes.size());
}

void check_pipe(std::string_view bytes, char delimiter, std::size_t piece) {
  int ends[2];
  DROVER_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
  drover::machine::UniqueFd writer(ends[1]);
  InputFile file;
  file.name = "pipe";
  file.owned = drover::machine::UniqueFd(ends[0]);
  file.fd = ends[0];
  LineReader reader(file, delimiter);
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::string_view part = bytes.substr(at, piece);
    DROVER_ASSERT(::write(writer.get(), part.data(), part.size()) == static_cast<ssize_t>(part.size()), at);
    DROVER_ASSERT(drain(reader, delimiter, text) == Pull::later, at);
  }
  writer.reset();
  DROVER_ASSERT(drain(reader, delimiter, text) == Pull::end);
  DROVER_ASSERT(text == with_last_delimiter(bytes, delimiter), bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto delimiter = static_cast<char>(data[0]);
  const std::size_t piece = std::size_t{data[1]} * 4 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, std::min(size - 2, most));
  check_file(bytes, delimiter);
  check_pipe(bytes, delimiter, piece);
  return 0;
}
