// What a record and its status file hold as text: values that were joined come back exactly, any text can be taken
// apart, and a status is an error or can be written and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "record/status.hpp"
#include "record/words_text.hpp"
#include "units/assert.hpp"

namespace {

void check_words(std::string_view bytes) {
  const std::vector<std::string> parts = drover::record::split(bytes);
  const std::string text = drover::record::joined(parts);
  DROVER_ASSERT(text.find('\n') == std::string::npos && text.find('\0') == std::string::npos, text.size());
  DROVER_ASSERT(drover::record::split(text) == parts, bytes.size());
  const std::vector<std::string> twice{std::string(bytes), "", std::string(bytes)};
  DROVER_ASSERT(drover::record::split(drover::record::joined(twice)) == twice, bytes.size());
}

void check_status(const std::string& bytes) {
  const auto status = drover::record::status_of(bytes);
  if (!status) return;
  const std::string text = drover::record::to_json(*status);
  const auto again = drover::record::status_of(text);
  DROVER_ASSERT(again.has_value(), text);
  DROVER_ASSERT(drover::record::to_json(*again) == text, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_words(bytes);
  check_status(std::string(bytes));
  return 0;
}
